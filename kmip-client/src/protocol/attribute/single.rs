//! One attribute.

use kmip_ttlv::enumeration::NameType;
use kmip_ttlv::{
    Decode, DecodeField, Encode, EncodeField, Ended, Error, ErrorKind, Layout, ProtocolVersion, Reader, Record, Result,
    Source, Tag, Type, V2_0, V3_0, Walk, Word, Writer,
};

use super::naming::NO_TAG;
use super::reference::{AttributeReference, OtherAttribute, VendorAttribute};
use super::structure::Name;
use super::value::{AttributeValue, Row};
use crate::protocol::begin;
use crate::protocol::with_setters::with_setters;

with_setters! {
    /// One attribute of an object (KMIP 1.4, 2.1.1; KMIP 2.1, 4.60).
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{Attribute, AttributeValue};
    /// use kmip_client::ttlv::{Tag, V1_4, V2_1, encode};
    ///
    /// let length = Attribute::from(AttributeValue::CryptographicLength(256));
    /// assert_eq!(length.reference().to_string(), "Cryptographic Length");
    /// assert_eq!(encode(&length, Tag::NEW_ATTRIBUTE, V1_4)?.len(), 56); // Attribute, with name and value
    /// assert_eq!(encode(&length, Tag::NEW_ATTRIBUTE, V2_1)?.len(), 24); // New Attribute, with Cryptographic Length
    /// # Ok::<(), kmip_client::ttlv::Error>(())
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Attribute<'a> {
        /// The attribute's name and value.
        pub value: AttributeValue<'a>,
        /// The index among several values of the attribute, from 0. KMIP 1.x only; no index means the first.
        pub index: Option<i32>,
    }
}

impl<'a> Attribute<'a> {
    /// Returns the attribute's name.
    #[must_use]
    pub fn reference(&self) -> AttributeReference<'a> {
        self.value.reference()
    }

    /// Decodes the next item, an Attribute of KMIP 1.x. A value with missing fields is kept untyped if `KEEP`, and is
    /// an error otherwise.
    #[inline(always)]
    pub(super) fn decode_named<const KEEP: bool>(&mut self, reader: &mut Reader<'a>) -> Result<()> {
        if self.take_usual(reader) {
            return Ok(());
        }
        reader.structure(Tag::ATTRIBUTE, self, Self::decode_structure::<KEEP>)
    }

    /// Reads an attribute in one go, and returns `true`, if it is in the table, without an index, and its value is four
    /// bytes or a Name, as most are. Otherwise reads nothing.
    #[inline(always)]
    fn take_usual(&mut self, reader: &mut Reader<'a>) -> bool {
        const HEADER: Layout<1> = Layout::new([Word::open_header(Tag::ATTRIBUTE, Type::Structure)]);
        const VALUE: Layout<2> = Layout::new([Word::EIGHT_BYTES, Word::FOUR_BYTES]);
        let mut ahead = reader.clone();
        let Some([structure]) = ahead.take_layout(&HEADER) else { return false };
        let Some(row) = Row::of_next_name(&mut ahead) else { return false };
        // The structure ends behind the value.
        let value_len = (structure & 0xFFFF_FFFF).wrapping_sub(row.name_item().len() as u64);
        if row.tag == Tag::NAME {
            let Some(name) = take_name(&mut ahead, value_len) else { return false };
            begin(&mut self.value, AttributeValue::Name(name));
        } else {
            let Some([header, value]) = ahead.take_layout(&VALUE) else { return false };
            let word = u32::from_be_bytes(Word::four_bytes(value));
            if value_len != 16 || !ahead.may_enter(1) || !row.set(&mut self.value, header, word) {
                return false;
            }
        }
        *reader = ahead;
        true
    }

    /// Decodes the contents of an Attribute of KMIP 1.x.
    #[inline(always)]
    fn decode_structure<const KEEP: bool>(&mut self, mut body: Reader<'a>) -> Result<Ended> {
        let start = body.clone();
        if let Some(row) = Row::of_next_name(&mut body) {
            self.index.decode_field(&mut body, Tag::ATTRIBUTE_INDEX)?;
            // A local copy of the reader, so that `body` stays in registers.
            let mut value = body.clone();
            if row.read(&mut self.value, &mut value, Tag::ATTRIBUTE_VALUE).is_ok() && value.is_empty() {
                return value.end();
            }
        }
        start.apart(self, Self::decode_any::<KEEP>)
    }

    /// Decodes an attribute that is not in the table, or does not match its row. This slow path also reports precise
    /// errors.
    #[inline]
    fn decode_any<const KEEP: bool>(&mut self, body: Reader<'a>) -> Result<Ended> {
        // The fast path may have written a value already.
        *self = Self::default();
        body.read_record(self, KEEP)
    }

    /// Decodes the value of the attribute with this name.
    fn decode_value(&mut self, name: AttributeReference<'a>, keep: bool, mut body: Reader<'a>) -> Result<Reader<'a>> {
        if let AttributeReference::Standard(tag) = name
            && let Some(row) = Row::of_tag(tag)
        {
            let before = body.clone();
            match row.read(&mut self.value, &mut body, Tag::ATTRIBUTE_VALUE) {
                Ok(()) => return Ok(body),
                Err(error) => keep_untyped(keep, error, row, &before, Tag::ATTRIBUTE_VALUE)?,
            }
            body = before;
        }
        let value = Decode::decode_next(&mut body, Tag::ATTRIBUTE_VALUE)?;
        self.value = AttributeValue::Other(OtherAttribute { name, value });
        Ok(body)
    }

    #[inline(always)]
    pub(super) fn encode_structure(&self, writer: &mut Writer) -> Result<()> {
        // Most attributes are in the table.
        let Some(row) = self.value.row_inlined() else { return self.encode_other(writer) };
        writer.require(row.tag, row.versions)?;
        let started = writer.begin_encoded(Tag::ATTRIBUTE, row.beginning());
        self.index.encode_field(Tag::ATTRIBUTE_INDEX, writer)?;
        self.value.encode_value(Tag::ATTRIBUTE_VALUE, writer)?;
        writer.end(started)
    }

    #[cold]
    fn encode_other(&self, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(Tag::ATTRIBUTE);
        self.reference().encode_name(writer)?;
        self.index.encode_field(Tag::ATTRIBUTE_INDEX, writer)?;
        if let AttributeValue::Other(other) = &self.value {
            other.value.encode(Tag::ATTRIBUTE_VALUE, writer)?;
        }
        writer.end(started)
    }

    /// Decodes a tagged value of KMIP 2.x under any tag. A value with missing fields is kept untyped if `KEEP`, and is
    /// an error otherwise.
    pub(super) fn decode_tagged<const KEEP: bool>(&mut self, reader: &mut Reader<'a>) -> Result<()> {
        let Some(tag) = reader.peek_tag() else {
            return Err(reader.error(ErrorKind::Missing(Tag::ATTRIBUTE)));
        };
        if tag == Tag::ATTRIBUTE {
            let VendorAttribute { vendor_identification, name, value } = Decode::decode_next(reader, tag)?;
            let name = AttributeReference::Vendor { vendor_identification, name };
            self.value = AttributeValue::Other(OtherAttribute { name, value });
            return Ok(());
        }
        let before = reader.clone();
        if let Some(row) = Row::of_tag(tag) {
            match row.read(&mut self.value, reader, tag) {
                Ok(()) => return Ok(()),
                Err(error) => keep_untyped(KEEP, error, row, &before, tag)?,
            }
        }
        *reader = before;
        self.decode_untyped(reader, tag)
    }

    /// Keeps a tagged value untyped, ignoring the table.
    pub(super) fn decode_untyped(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        let value = Decode::decode_next(reader, tag)?;
        self.value = AttributeValue::Other(OtherAttribute { name: tag.into(), value });
        Ok(())
    }

    pub(super) fn encode_tagged(&self, writer: &mut Writer) -> Result<()> {
        if let Some(row) = self.value.row() {
            if let Err(error) = writer.require(row.tag, row.versions) {
                return self.encode_split_link(writer, error);
            }
            return self.value.encode_apart(row.tag, writer);
        }
        match self.vendor_form() {
            (Some(vendor), _) => vendor.encode(Tag::ATTRIBUTE, writer),
            (None, Some(tag)) => match &self.value {
                AttributeValue::Other(other) => other.value.encode(tag, writer),
                _ => Ok(()),
            },
            (None, None) if matches!(self.value, AttributeValue::Absent(_)) => {
                Err(Error::of_value(Tag::ATTRIBUTE, ErrorKind::Value("KMIP 2.x has no attributes without a value")))
            }
            (None, None) => Err(Error::of_value(Tag::ATTRIBUTE, NO_TAG)),
        }
    }

    /// Encodes an attribute that the version lacks as the link attribute of KMIP 3.0, if it is a [`Link`], or returns
    /// the error.
    #[cold]
    fn encode_split_link(&self, writer: &mut Writer, error: Error) -> Result<()> {
        match self.split_link().filter(|_| writer.version() >= V3_0) {
            Some(split) => split.encode_tagged(writer),
            None => Err(error),
        }
    }

    /// Returns the form that KMIP 2.x gives an attribute outside of the table: the structure Attribute, or a bare tag.
    fn vendor_form(&self) -> (Option<VendorAttribute<'a>>, Option<Tag>) {
        let AttributeValue::Other(OtherAttribute { name, value }) = self.value else { return (None, None) };
        match name {
            AttributeReference::Vendor { vendor_identification, name } => {
                (Some(VendorAttribute { vendor_identification, name, value }), None)
            }
            AttributeReference::Standard(tag) => (None, Some(tag)),
            AttributeReference::Named(_) | AttributeReference::Unnamed => (None, None),
        }
    }
}

/// Reads a Name that takes this many bytes as the value of an attribute.
#[inline(always)]
fn take_name<'a>(reader: &mut Reader<'a>, value_len: u64) -> Option<Name<'a>> {
    const BEFORE_TEXT: Layout<2> = Layout::new([
        Word::open_header(Tag::ATTRIBUTE_VALUE, Type::Structure),
        Word::open_header(Tag::NAME_VALUE, Type::TextString),
    ]);
    const AFTER_TEXT: Layout<2> = Layout::new([Word::header(Tag::NAME_TYPE, Type::Enumeration, 4), Word::FOUR_BYTES]);
    let [value, text] = reader.take_layout(&BEFORE_TEXT)?;
    let bytes = reader.take_value(text)?;
    let [_, name_type] = reader.take_layout(&AFTER_TEXT)?;
    let body_len = 24 + bytes.len().next_multiple_of(8) as u64;
    if value & 0xFFFF_FFFF != body_len || value_len != 8 + body_len || !reader.may_enter(2) {
        return None;
    }
    let name_type = NameType::from_value(u32::from_be_bytes(Word::four_bytes(name_type)));
    Some(Name { value: str::from_utf8(bytes).ok()?, name_type })
}

impl<'a> From<AttributeValue<'a>> for Attribute<'a> {
    fn from(value: AttributeValue<'a>) -> Self {
        Self { value, index: None }
    }
}

/// An attribute without a name, as an initial value.
impl Default for Attribute<'_> {
    fn default() -> Self {
        AttributeValue::default().into()
    }
}

/// The structure Attribute of KMIP 1.x. Not declared as a table, because the name determines the type of the value.
impl<'a> Record<'a> for Attribute<'a> {
    /// `true` keeps a value with missing fields untyped; `false` makes it an error.
    type Context = bool;

    #[inline]
    fn read_fields<S: Source<'a>>(&mut self, keep: bool, source: &mut S) -> Result<()> {
        const NAME: Tag = Tag::ATTRIBUTE_NAME;
        let mut name = AttributeReference::default();
        source.field(&mut name, NAME)?;
        source.field(&mut self.index, Tag::ATTRIBUTE_INDEX)?;
        let body = source.before(Tag::ATTRIBUTE_VALUE)?;
        if body.at(Tag::ATTRIBUTE_VALUE) {
            return source.behind(self.decode_value(name, keep, body)?);
        }
        if name == AttributeReference::Unnamed {
            return Err(body.error(ErrorKind::Missing(NAME)));
        }
        self.value = AttributeValue::Absent(name);
        Ok(())
    }
}

/// Returns `Ok` if a value that contradicts its row in the table can be kept untyped, and the error otherwise. Peers
/// send values of another type (Cosmian sends Short Unique Identifier as text), structures with their fields in another
/// order (Cosmian: Usage Limits, Alternative Name), and structures without a required field (Cosmian: an empty Name for
/// an object that has none). Keeping such a value loses nothing and encodes to the same bytes, so strict rules allow it
/// too. Lax rules have already reordered fields, and so may have found another fault than a missing field: they accept
/// whatever strict rules accept.
#[cold]
fn keep_untyped(keep: bool, error: Error, row: &Row, value: &Reader<'_>, tag: Tag) -> Result<()> {
    match error.kind() {
        ErrorKind::Type { .. } if error.offset() == value.offset() => Ok(()),
        kind if keep && value.at(tag) && (matches!(kind, ErrorKind::Missing(_)) || value.rules().skips_unknown()) => {
            // No other code validates the contents of an item that is kept.
            let fields = value.clone().enter(tag)?;
            Walk::from_reader(fields).try_for_each(|item| item.map(drop))?;
            if has_unknown_fields(row, value, tag) { Err(error) } else { Ok(()) }
        }
        _ => Err(error),
    }
}

/// Returns `true` if lax rules would read the value by skipping fields that are not in the table. Strict rules refuse
/// such a value.
fn has_unknown_fields(row: &Row, value: &Reader<'_>, tag: Tag) -> bool {
    let mut lax = value.clone().with_rules(value.rules().skip_unknown());
    row.read(&mut Attribute::default().value, &mut lax, tag).is_ok() && lax.skipped() > value.skipped()
}

/// Returns the tag under which the version writes one attribute. KMIP 1.x has the one tag Attribute for New Attribute,
/// too.
fn attribute_tag(tag: Tag, version: ProtocolVersion) -> Tag {
    if tag == Tag::NEW_ATTRIBUTE && version < V2_0 { Tag::ATTRIBUTE } else { tag }
}

/// One attribute in a structure of its own: `Attribute` up to KMIP 1.4, the structure `tag` with the tagged value from
/// 2.0 on.
impl<'a> Decode<'a> for Attribute<'a> {
    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        reader.at(attribute_tag(tag, reader.version()))
    }

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        if reader.version() < V2_0 {
            return self.decode_named::<true>(reader);
        }
        reader.structure(tag, self, |attribute, mut body| {
            attribute.decode_tagged::<true>(&mut body)?;
            body.end()
        })
    }
}

impl Encode for Attribute<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        if writer.version() < V2_0 {
            return self.encode_structure(writer);
        }
        let started = writer.begin(tag);
        self.encode_tagged(writer)?;
        writer.end(started)
    }
}
