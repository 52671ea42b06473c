//! Attributes from text, as humans write and read them.
//!
//! No table here repeats what the attribute table knows: a decoder that gets an item of an impossible type names the
//! type that it expects. So every attribute, and every field of its structures, can be written.

mod error;
mod reference;
mod structure;
mod value;

use std::fmt;
use std::str::FromStr;

use kmip_ttlv::{Type, V3_0, Writer};

pub use self::error::ParseAttributeError;

use self::structure::{reader, write_structure};
use self::value::write_value;
use super::value::Row;
use super::{AttributeReference, AttributeValue};

/// An attribute that was parsed from text.
///
/// The text of a value is what `Display` of [`AttributeValue`] prints, so a displayed value can be set again. Names of
/// attributes, enumerations and masks are found regardless of case and of the separators between words.
///
/// | type | text |
/// |---|---|
/// | Text String, Name, identifier | the text itself |
/// | Enumeration | a name of the specification, or `0x` and hex digits: `PreActive`, `pre-active` |
/// | mask | such names with `\|` or commas between them: `Encrypt \| Decrypt` |
/// | Integer, Long Integer | decimal digits |
/// | Boolean | `true` or `false` |
/// | Date-Time | RFC 3339, or a date alone: `2027-01-31T12:00:00Z`, `2027-01-31` |
/// | Interval | seconds, or a number with `m`, `h` or `d`: `3600`, `3600 s`, `30d` |
/// | Byte String | pairs of hex digits |
/// | Structure | its fields with commas between them: `Link Type: NextLink, Linked Object Identifier: 9dc02223` |
///
/// A text in a structure is put in double quotes if it contains a comma, a quote or a backslash, or starts or ends with
/// a blank; `\"` and `\\` represent a quote and a backslash in it. The value of a custom attribute (`x-NAME`) is a
/// text.
///
/// ```
/// use kmip_client::protocol::attribute::{AttributeValue, ParsedAttribute};
/// use kmip_client::ttlv::DateTime;
/// use kmip_client::ttlv::enumeration::LinkType;
///
/// let parsed = ParsedAttribute::new("activation date", "2020-01-01")?;
/// assert_eq!(parsed.value(), AttributeValue::ActivationDate(DateTime(1_577_836_800)));
///
/// let parsed: ParsedAttribute = "Link=Link Type: next link, Linked Object Identifier: 9dc02223".parse()?;
/// assert_eq!(parsed.value().link().map(|link| link.link_type), Some(LinkType::NEXT_LINK));
///
/// let error = ParsedAttribute::new("State", "on").unwrap_err();
/// assert!(error.to_string().starts_with("State: expected one of PreActive, Active, "));
/// # Ok::<(), kmip_client::protocol::attribute::ParseAttributeError>(())
/// ```
#[derive(Clone)]
pub struct ParsedAttribute(Parsed);

#[derive(Clone)]
enum Parsed {
    /// An attribute of the standard, and its value as an item.
    Standard(&'static Row, Vec<u8>),
    Custom {
        name: String,
        text: String,
    },
}

impl ParsedAttribute {
    /// Parses the value of the attribute with this name.
    ///
    /// # Errors
    ///
    /// Returns [`ParseAttributeError`] with the expected values.
    #[inline]
    pub fn new(name: &str, text: &str) -> Result<Self, ParseAttributeError> {
        let row = match AttributeReference::parse(name)? {
            AttributeReference::Standard(tag) => Row::of_tag(tag),
            _ => None,
        };
        let Some(row) = row else {
            return Ok(Self(Parsed::Custom { name: name.to_owned(), text: text.to_owned() }));
        };
        let mut writer = Writer::new(V3_0).in_any_version();
        match row.type_of_value() {
            Type::Structure => write_structure(&mut writer, row, text)?,
            ty => write_value(&mut writer, row.tag, ty, text)
                .map_err(|expected| ParseAttributeError::Value { name: row.name(), expected })?,
        }
        Ok(Self(Parsed::Standard(row, writer.into_vec())))
    }

    /// Returns the attribute.
    #[must_use]
    #[inline]
    pub fn value(&self) -> AttributeValue<'_> {
        match &self.0 {
            Parsed::Standard(row, item) => {
                let mut value = AttributeValue::default();
                // `new` has decoded the same item.
                let _ = row.read(&mut value, &mut reader(item), row.tag);
                value
            }
            Parsed::Custom { name, text } => AttributeValue::custom(name, text.as_str()),
        }
    }
}

/// Parses `NAME=VALUE`.
impl FromStr for ParsedAttribute {
    type Err = ParseAttributeError;

    #[inline]
    fn from_str(text: &str) -> Result<Self, ParseAttributeError> {
        let (name, value) = text.split_once('=').ok_or(ParseAttributeError::NoValue)?;
        Self::new(name.trim(), value)
    }
}

impl PartialEq for ParsedAttribute {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl Eq for ParsedAttribute {}

/// Prints the attribute.
impl fmt::Debug for ParsedAttribute {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

#[cfg(test)]
mod tests;
