//! Structures from text: their fields, and the types that their decoders expect.

use kmip_ttlv::{BigInteger, ErrorKind, Reader, Rules, Tag, Type, V3_0, Writer};

use super::error::ParseAttributeError;
use super::reference::letters;
use super::value::write_value;
use crate::protocol::attribute::AttributeValue;
use crate::protocol::attribute::value::Row;

impl Row {
    /// Reads an item that a function has written, and drops the value.
    fn try_item(&self, write: impl FnOnce(&mut Writer)) -> kmip_ttlv::Result<()> {
        let mut writer = Writer::new(V3_0).in_any_version();
        write(&mut writer);
        self.read(&mut AttributeValue::default(), &mut reader(writer.as_slice()), self.tag)
    }

    /// Returns the type of the attribute's items, as its decoder names it.
    #[inline]
    pub(super) fn type_of_value(&self) -> Type {
        wanted_type(self.try_item(|writer| write_odd(writer, self.tag))).unwrap_or(Type::TextString)
    }

    /// Returns the type of a field of the attribute's structure; `None` if it has no such field.
    #[inline]
    pub(super) fn type_of_field(&self, field: Tag) -> Option<Type> {
        wanted_type(self.try_item(|writer| {
            let started = writer.begin(self.tag);
            write_odd(writer, field);
            // The length of such a short item always fits.
            let _ = writer.end(started);
        }))
    }

    /// Returns the fields of the attribute's structure.
    #[inline]
    pub(super) fn fields(&self) -> impl Iterator<Item = Tag> + '_ {
        let tags = Tag::TABLE.entries().filter_map(|entry| Tag::try_from(entry.value()).ok());
        tags.filter(|tag| self.type_of_field(*tag).is_some())
    }
}

/// Writes an item of a type that no attribute and no field has.
#[inline]
fn write_odd(writer: &mut Writer, tag: Tag) {
    // The length of such a short item always fits.
    let _ = writer.big_integer(tag, BigInteger::new(&[0; 8]));
}

#[inline]
fn wanted_type(read: kmip_ttlv::Result<()>) -> Option<Type> {
    match read.map_err(|error| error.kind()) {
        Err(ErrorKind::Type { expected, .. }) => Some(expected),
        _ => None,
    }
}

#[inline]
fn title(tag: Tag) -> &'static str {
    tag.title().unwrap_or("an unknown field")
}

/// Writes the structure with these fields.
#[inline]
pub(super) fn write_structure(writer: &mut Writer, row: &'static Row, text: &str) -> Result<(), ParseAttributeError> {
    let malformed = || {
        let fields: Vec<_> = row.fields().map(title).collect();
        let expected = format!("fields as in `{}: ...`, with commas between: {}", fields[0], fields.join(", "));
        ParseAttributeError::Value { name: row.name(), expected }
    };
    let mut fields = Vec::new();
    for (name, value) in Fields(text) {
        let value = value.ok_or_else(malformed)?;
        let wanted = letters(name);
        let known = |tag: &Tag| [tag.title(), tag.name()].into_iter().flatten().any(|name| letters(name) == wanted);
        let Some(tag) = row.fields().find(known) else {
            let fields = row.fields().map(title).collect();
            return Err(ParseAttributeError::UnknownField { name: row.name(), field: name.to_owned(), fields });
        };
        fields.push((tag, value));
    }
    let started = writer.begin(row.tag);
    for (tag, value) in &fields {
        let ty = row.type_of_field(*tag).unwrap_or(Type::TextString);
        write_value(writer, *tag, ty, value)
            .map_err(|expected| ParseAttributeError::Value { name: title(*tag), expected })?;
    }
    writer.end(started).map_err(|_| malformed())?;
    match row.read(&mut AttributeValue::default(), &mut reader(writer.as_slice()), row.tag) {
        Ok(()) => Ok(()),
        Err(error) => match error.kind() {
            ErrorKind::Missing(tag) => Err(ParseAttributeError::MissingField { name: row.name(), field: title(tag) }),
            _ => Err(malformed()),
        },
    }
}

/// Iterates over the fields of a text: their names, and their values unless the text is malformed.
struct Fields<'a>(&'a str);

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Option<String>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_start();
        if text.is_empty() {
            return None;
        }
        let Some((name, rest)) = text.split_once(':') else {
            self.0 = "";
            return Some((text, None));
        };
        let rest = rest.trim_start();
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => match unquote(quoted) {
                Some((value, rest)) => (Some(value), rest.trim_start()),
                None => (None, ""),
            },
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (Some(rest[..end].trim_end().to_owned()), &rest[end..])
            }
        };
        self.0 = rest.strip_prefix(',').unwrap_or(rest);
        // Only a comma follows a value.
        let value = value.filter(|_| rest.is_empty() || rest.starts_with(','));
        if value.is_none() {
            self.0 = "";
        }
        Some((name.trim_end(), value))
    }
}

/// Returns the text up to the closing quote, and what follows it.
#[inline]
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

/// Returns a reader of written items. Fields may come in any order.
#[inline]
pub(super) fn reader(items: &[u8]) -> Reader<'_> {
    Reader::new(items).with_version(V3_0).with_rules(Rules::STRICT.skip_unknown())
}
