//! Attributes: the metadata that a server keeps for an object.
//!
//! KMIP 1.x and 2.x encode them differently. The types here are the same for both. The version of the message selects
//! the form, so payloads do not depend on it.
//!
//! | | KMIP 1.x | KMIP 2.x |
//! |---|---|---|
//! | one attribute | `Attribute` of name, index and value | `Current Attribute`, `New Attribute` with the tagged value inside |
//! | the attributes of a new object | `Template-Attribute` | `Attributes` |
//! | the attributes of an existing one | `Attribute`, repeated | `Attributes` |
//! | the name of an attribute | `Attribute Name` | `Attribute Reference` |
//!
//! KMIP 3.0 writes them as 2.x does, and has an attribute for each type of [`Link`]. A `Link` goes out as that attribute;
//! [`AttributeValue::link`] and [`Attributes::linked`] read both.

mod filter;
mod link;
mod naming;
mod people;
mod reference;
mod structure;
mod table;

use kmip_ttlv::{
    Decode, DecodeField, Encode, EncodeField, Ended, Error, ErrorKind, ProtocolVersion, Reader, Record, Result, Source,
    Tag, V2_0, V3_0, Walk, Writer,
};

pub use self::filter::{AttributeFilter, AttributeFilters, AttributePart};
pub(crate) use self::link::LINK_TAGS;
#[cfg(feature = "test-server")]
pub(crate) use self::link::link_type_of;
pub use self::reference::{AttributeReference, OtherAttribute};
pub use self::structure::{
    AlternativeName, ApplicationSpecificInformation, CertificateIdentifier, CertificateIssuer, CertificateSubject,
    CryptographicDomainParameters, CryptographicParameters, DeactivationReason, Digest, KeyValueLocation, Link, Name,
    ObjectLink, RevocationReason, RngParameters, RotateName, UsageLimits, X509CertificateIdentifier,
    X509CertificateIssuer, X509CertificateSubject,
};
pub use self::table::AttributeValue;

use self::reference::VendorAttribute;
use self::table::Row;
use crate::protocol::with_setters::with_setters;

impl<'a> AttributeValue<'a> {
    /// Creates an attribute that this crate has no type for: a custom or vendor attribute.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{AttributeReference, AttributeValue};
    /// use kmip_client::ttlv::Value;
    ///
    /// let colour = AttributeValue::other(AttributeReference::from_name("x-Colour"), Value::TextString("blue"));
    /// ```
    #[must_use]
    pub const fn other(name: AttributeReference<'a>, value: kmip_ttlv::Value<'a>) -> Self {
        Self::Other(OtherAttribute { name, value })
    }

    /// Returns the attribute's name.
    #[must_use]
    pub fn reference(&self) -> AttributeReference<'a> {
        match self {
            Self::Other(other) => other.name,
            Self::Absent(name) => *name,
            known => known.row().map_or_else(AttributeReference::default, |row| row.tag.into()),
        }
    }
}

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
    #[derive(Clone, Debug, PartialEq)]
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

    /// Decodes the structure Attribute of KMIP 1.x. A value with missing fields is kept untyped if `KEEP`, and is an
    /// error otherwise.
    #[inline(always)]
    fn decode_structure<const KEEP: bool>(&mut self, mut body: Reader<'a>) -> Result<Ended> {
        let start = body.clone();
        if let Some(row) = Row::of_next_name(&mut body) {
            // Most values are four bytes, and nothing follows them.
            if let Some(word) = body.peek_last_word(row.word) {
                (row.set)(&mut self.value, word);
                return Ok(body.end_behind_word());
            }
            self.index.decode_field(&mut body, Tag::ATTRIBUTE_INDEX)?;
            // A local copy of the reader, so that `body` stays in registers.
            let mut value = body.clone();
            if (row.read)(&mut self.value, &mut value, Tag::ATTRIBUTE_VALUE).is_ok() && value.is_empty() {
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
            match (row.read)(&mut self.value, &mut body, Tag::ATTRIBUTE_VALUE) {
                Ok(()) => return Ok(body),
                Err(error) => survive(keep, error, row, &before, Tag::ATTRIBUTE_VALUE)?,
            }
            body = before;
        }
        let value = Decode::decode_next(&mut body, Tag::ATTRIBUTE_VALUE)?;
        self.value = AttributeValue::Other(OtherAttribute { name, value });
        Ok(body)
    }

    #[inline(always)]
    fn encode_structure(&self, writer: &mut Writer) -> Result<()> {
        // Most attributes are in the table.
        let Some(row) = self.value.row() else { return self.encode_other(writer) };
        writer.require(row.tag, row.versions)?;
        let started = writer.begin_encoded(Tag::ATTRIBUTE, row.beginning);
        self.index.encode_field(Tag::ATTRIBUTE_INDEX, writer)?;
        (row.write)(&self.value, Tag::ATTRIBUTE_VALUE, writer)?;
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

    fn structure_len(&self, version: ProtocolVersion) -> usize {
        let index = self.index.field_len(Tag::ATTRIBUTE_INDEX, version);
        let beginning = match self.value.row() {
            Some(row) => row.beginning.len(),
            None => 8 + self.reference().name_len(),
        };
        beginning + index + self.value.value_len(version)
    }

    /// Decodes a tagged value of KMIP 2.x under any tag. A value with missing fields is kept untyped if `KEEP`, and is
    /// an error otherwise.
    fn decode_tagged<const KEEP: bool>(&mut self, reader: &mut Reader<'a>) -> Result<()> {
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
            match (row.read)(&mut self.value, reader, tag) {
                Ok(()) => return Ok(()),
                Err(error) => survive(KEEP, error, row, &before, tag)?,
            }
        }
        *reader = before;
        self.decode_untyped(reader, tag)
    }

    /// Keeps a tagged value untyped, ignoring the table.
    fn decode_untyped(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        let value = Decode::decode_next(reader, tag)?;
        self.value = AttributeValue::Other(OtherAttribute { name: tag.into(), value });
        Ok(())
    }

    fn encode_tagged(&self, writer: &mut Writer) -> Result<()> {
        if let Some(row) = self.value.row() {
            if let Err(error) = writer.require(row.tag, row.versions) {
                return self.encode_split_link(writer, error);
            }
            return (row.write)(&self.value, row.tag, writer);
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
            (None, None) => {
                let kind = ErrorKind::Value("an attribute of KMIP 1.x for which KMIP 2.x has no tag");
                Err(Error::of_value(Tag::ATTRIBUTE, kind))
            }
        }
    }

    /// What the version does not have: an error, unless it is a [`Link`] for KMIP 3.0.
    #[cold]
    fn encode_split_link(&self, writer: &mut Writer, error: Error) -> Result<()> {
        match self.split_link().filter(|_| writer.version() >= V3_0) {
            Some(split) => split.encode_tagged(writer),
            None => Err(error),
        }
    }

    fn tagged_len(&self, version: ProtocolVersion) -> usize {
        if let Some(split) = self.split_link().filter(|_| version >= V3_0) {
            return split.value.value_len(version);
        }
        match self.vendor_form() {
            (Some(vendor), _) => vendor.encoded_len(Tag::ATTRIBUTE, version),
            (None, _) => self.value.value_len(version),
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

impl<'a> From<AttributeValue<'a>> for Attribute<'a> {
    fn from(value: AttributeValue<'a>) -> Self {
        Self { value, index: None }
    }
}

/// An attribute without a name, which stands for none.
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
fn survive(keep: bool, error: Error, row: &Row, value: &Reader<'_>, tag: Tag) -> Result<()> {
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
    (row.read)(&mut Attribute::default().value, &mut lax, tag).is_ok() && lax.skipped() > value.skipped()
}

/// `true` once a list has held Cryptographic Parameters without a field. In the tagged form of KMIP 2.x these take
/// eight bytes, and the box that they decode to exceeds [`MAX_AMPLIFICATION`](kmip_ttlv::MAX_AMPLIFICATION). The bytes
/// around the list pay for one; further ones carry no information and are kept untyped.
#[derive(Default)]
struct EmptyParameters(bool);

impl EmptyParameters {
    /// Returns `true` if the next item is such, and not the first.
    #[inline]
    fn come_again(&mut self, reader: &Reader<'_>) -> bool {
        const EMPTY: [u8; 8] = [0x42, 0x00, 0x2B, 0x01, 0, 0, 0, 0];
        reader.remaining().first_chunk() == Some(&EMPTY) && std::mem::replace(&mut self.0, true)
    }
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
            return reader.structure(Tag::ATTRIBUTE, self, Self::decode_structure::<true>);
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

    fn encoded_len(&self, _: Tag, version: ProtocolVersion) -> usize {
        if version < V2_0 { self.structure_len(version) } else { 8 + self.tagged_len(version) }
    }
}

with_setters! {
    /// A list of attributes: of a new object, of an existing one, or of a search.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{Attributes, AttributeValue};
    /// use kmip_client::ttlv::Tag;
    ///
    /// let mut attributes = Attributes::default();
    /// attributes.push(AttributeValue::CryptographicLength(256));
    /// attributes.push(AttributeValue::Name("vm-42".into()));
    /// assert!(matches!(attributes.find(Tag::NAME).next(), Some(AttributeValue::Name(name)) if name.value == "vm-42"));
    /// ```
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Attributes<'a> {
        /// The names of templates that come before the attributes in KMIP 1.x. Deprecated since 1.3, removed in 2.0.
        pub templates: Vec<Name<'a>>,
        /// The attributes.
        pub list: Vec<Attribute<'a>>,
    }
}

impl<'a> Attributes<'a> {
    /// Appends an attribute, even if the list has one of the same name.
    pub fn push(&mut self, value: AttributeValue<'a>) {
        self.list.push(value.into());
    }

    /// Sets an attribute. If an object has the attribute at most once, the value replaces an earlier one. If an object
    /// may have several, as with Name and Link, or the standard does not know the attribute, the value is added.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{Attributes, AttributeValue};
    ///
    /// let mut attributes = Attributes::default();
    /// attributes.set(AttributeValue::CryptographicLength(128));
    /// attributes.set(AttributeValue::CryptographicLength(256));
    /// assert_eq!(attributes.cryptographic_length(), Some(256));
    /// assert_eq!(attributes.list.len(), 1);
    /// ```
    pub fn set(&mut self, value: AttributeValue<'a>) {
        match value.row() {
            Some(row) if !row.many => {
                let is_same = |there: &Attribute<'a>| there.value.row().is_some_and(|other| other.tag == row.tag);
                match self.list.iter().position(is_same) {
                    Some(place) => self.list[place] = value.into(),
                    None => self.push(value),
                }
            }
            _ => self.push(value),
        }
    }

    /// Returns the value of a custom attribute with the name `x-NAME` or `NAME`. See [`AttributeValue::custom`].
    #[must_use]
    pub fn custom(&self, name: &str) -> Option<kmip_ttlv::Value<'a>> {
        self.other(AttributeReference::custom(name))
    }

    /// Returns the value of a vendor's attribute. See [`AttributeValue::vendor`].
    #[must_use]
    pub fn vendor(&self, vendor_identification: &str, name: &str) -> Option<kmip_ttlv::Value<'a>> {
        self.other(AttributeReference::Vendor { vendor_identification, name })
    }

    fn other(&self, name: AttributeReference<'_>) -> Option<kmip_ttlv::Value<'a>> {
        self.values().find_map(|value| match value {
            AttributeValue::Other(other) if other.name == name => Some(other.value),
            _ => None,
        })
    }

    /// Returns `true` if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.templates.is_empty() && self.list.is_empty()
    }

    /// Returns the values in order.
    pub fn values(&self) -> impl Iterator<Item = &AttributeValue<'a>> + '_ {
        self.list.iter().map(|attribute| &attribute.value)
    }

    /// Returns the values of one attribute of the standard.
    pub fn find(&self, tag: Tag) -> impl Iterator<Item = &AttributeValue<'a>> + '_ {
        self.values().filter(move |value| value.row().is_some_and(|row| row.tag == tag))
    }
}

impl<'a> FromIterator<AttributeValue<'a>> for Attributes<'a> {
    fn from_iter<I: IntoIterator<Item = AttributeValue<'a>>>(values: I) -> Self {
        Self { templates: Vec::new(), list: values.into_iter().map(Attribute::from).collect() }
    }
}

impl<'a> From<AttributeValue<'a>> for Attributes<'a> {
    /// Creates a list with this one attribute.
    fn from(value: AttributeValue<'a>) -> Self {
        Self::from_iter([value])
    }
}

impl<'a> From<Vec<AttributeValue<'a>>> for Attributes<'a> {
    fn from(values: Vec<AttributeValue<'a>>) -> Self {
        Self::from_iter(values)
    }
}

impl<'a, const N: usize> From<[AttributeValue<'a>; N]> for Attributes<'a> {
    fn from(values: [AttributeValue<'a>; N]) -> Self {
        Self::from_iter(values)
    }
}

impl<'a> Extend<AttributeValue<'a>> for Attributes<'a> {
    fn extend<I: IntoIterator<Item = AttributeValue<'a>>>(&mut self, values: I) {
        self.list.extend(values.into_iter().map(Attribute::from));
    }
}

/// The form in which a version writes a list of attributes.
enum ListForm {
    /// KMIP 1.x, of a new object: a Template-Attribute under this tag.
    Template(Tag),
    /// KMIP 1.x, of an existing object: bare attributes one after another.
    Bare,
    /// KMIP 2.x: the tagged values inside a structure with this tag.
    Tagged(Tag),
}

/// Returns the form for a tag of KMIP 2.x. A field that is no Template-Attribute in 1.x has the tag `ATTRIBUTE`.
fn list_form(tag: Tag, version: ProtocolVersion) -> ListForm {
    match tag {
        Tag::ATTRIBUTE if version < V2_0 => ListForm::Bare,
        Tag::ATTRIBUTE => ListForm::Tagged(Tag::ATTRIBUTES),
        tag if version >= V2_0 => ListForm::Tagged(tag),
        Tag::COMMON_ATTRIBUTES => ListForm::Template(Tag::COMMON_TEMPLATE_ATTRIBUTE),
        Tag::PRIVATE_KEY_ATTRIBUTES => ListForm::Template(Tag::PRIVATE_KEY_TEMPLATE_ATTRIBUTE),
        Tag::PUBLIC_KEY_ATTRIBUTES => ListForm::Template(Tag::PUBLIC_KEY_TEMPLATE_ATTRIBUTE),
        _ => ListForm::Template(Tag::TEMPLATE_ATTRIBUTE),
    }
}

/// A Template-Attribute under `ATTRIBUTES` and its like before KMIP 2.0, and bare attributes under `ATTRIBUTE`.
impl<'a> Decode<'a> for Attributes<'a> {
    // Bare attributes are a list without an end marker.
    const REPEATS: bool = true;

    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        match list_form(tag, reader.version()) {
            ListForm::Bare => reader.at(Tag::ATTRIBUTE),
            ListForm::Template(tag) | ListForm::Tagged(tag) => reader.at(tag),
        }
    }

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        match list_form(tag, reader.version()) {
            ListForm::Bare => self.list.decode_field(reader, Tag::ATTRIBUTE),
            ListForm::Template(tag) => reader.record(tag, self, ()),
            // The structure occurs once. Only lax rules reach a second one, and skip it.
            ListForm::Tagged(_) if !self.list.is_empty() => reader.skip(),
            ListForm::Tagged(tag) => reader.structure(tag, self, |attributes, mut body| {
                attributes.list.reserve_exact(body.count_items());
                let mut parameters = EmptyParameters::default();
                while !body.is_empty() {
                    let mut attribute = Attribute::default();
                    if parameters.come_again(&body) {
                        attribute.decode_untyped(&mut body, Tag::CRYPTOGRAPHIC_PARAMETERS)?;
                    } else {
                        attribute.decode_tagged::<true>(&mut body)?;
                    }
                    attributes.list.push(attribute);
                }
                body.end()
            }),
        }
    }
}

/// A Template-Attribute of KMIP 1.x.
impl<'a> Record<'a> for Attributes<'a> {
    type Context = ();

    #[inline(always)]
    fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
        source.field(&mut self.templates, Tag::NAME)?;
        source.items(&mut self.list, Tag::ATTRIBUTE)
    }
}

impl Encode for Attributes<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match list_form(tag, writer.version()) {
            ListForm::Bare => self.list.encode_field(Tag::ATTRIBUTE, writer),
            ListForm::Template(tag) => {
                let started = writer.begin(tag);
                self.templates.encode_field(Tag::NAME, writer)?;
                self.list.iter().try_for_each(|attribute| attribute.encode_structure(writer))?;
                writer.end(started)
            }
            ListForm::Tagged(tag) => {
                if !self.templates.is_empty() {
                    writer.require(Tag::TEMPLATE_ATTRIBUTE, ..=kmip_ttlv::V1_4)?;
                }
                let started = writer.begin(tag);
                self.list.iter().try_for_each(|attribute| attribute.encode_tagged(writer))?;
                writer.end(started)
            }
        }
    }

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        match list_form(tag, version) {
            ListForm::Bare => self.list.field_len(Tag::ATTRIBUTE, version),
            ListForm::Template(_) => {
                8 + self.templates.field_len(Tag::NAME, version) + self.list.field_len(Tag::ATTRIBUTE, version)
            }
            ListForm::Tagged(_) => 8 + self.list.iter().map(|attribute| attribute.tagged_len(version)).sum::<usize>(),
        }
    }
}
