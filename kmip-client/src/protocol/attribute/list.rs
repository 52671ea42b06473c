//! A list of attributes.

use std::iter::Map;
use std::{slice, vec};

use kmip_ttlv::{Decode, DecodeField, Encode, EncodeField, Reader, Record, Result, Source, Tag, Writer};

use super::form::{EmptyParameters, ListForm, list_form};
use super::reference::AttributeReference;
use super::single::Attribute;
use super::structure::Name;
use super::value::AttributeValue;
use crate::protocol::with_setters::with_setters;

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
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
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
        self.iter().find_map(|value| match value {
            AttributeValue::Other(other) if other.name == name => Some(other.value),
            _ => None,
        })
    }

    /// Returns the number of attributes, in which each value of one that has several counts. Templates do not count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns `true` if there are no attributes. Templates do not count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns the attributes in order, without the indices that KMIP 1.x gives them; [`list`](Self::list) has those.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{Attributes, AttributeValue};
    ///
    /// let mut attributes = Attributes::from([AttributeValue::CryptographicLength(256)]);
    /// attributes.extend([AttributeValue::Name("vm-42".into())]);
    /// assert_eq!(attributes.len(), 2);
    /// assert!(attributes.iter().any(|value| *value == AttributeValue::CryptographicLength(256)));
    /// for value in &attributes {
    ///     println!("{}: {value}", value.name());
    /// }
    /// let copied: Attributes = attributes.into_iter().filter(|value| value.name() != "Name").collect();
    /// assert_eq!(copied.len(), 1);
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &AttributeValue<'a>> + DoubleEndedIterator + '_ {
        self.list.iter().map(|attribute| &attribute.value)
    }

    /// Returns the values of one attribute of the standard.
    pub fn find(&self, tag: Tag) -> impl Iterator<Item = &AttributeValue<'a>> + '_ {
        self.iter().filter(move |value| value.row().is_some_and(|row| row.tag == tag))
    }
}

impl<'a> FromIterator<AttributeValue<'a>> for Attributes<'a> {
    fn from_iter<I: IntoIterator<Item = AttributeValue<'a>>>(values: I) -> Self {
        Self { templates: Vec::new(), list: values.into_iter().map(Attribute::from).collect() }
    }
}

/// The attributes of a list, by value: what [`Attributes::iter`] returns by reference.
impl<'a> IntoIterator for Attributes<'a> {
    type Item = AttributeValue<'a>;
    type IntoIter = Map<vec::IntoIter<Attribute<'a>>, fn(Attribute<'a>) -> AttributeValue<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter().map(|attribute| attribute.value)
    }
}

/// Does the same as [`Attributes::iter`].
impl<'s, 'a> IntoIterator for &'s Attributes<'a> {
    type Item = &'s AttributeValue<'a>;
    type IntoIter = Map<slice::Iter<'s, Attribute<'a>>, fn(&'s Attribute<'a>) -> &'s AttributeValue<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter().map(|attribute| &attribute.value)
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
            ListForm::Tagged(_) if !self.list.is_empty() => {
                *reader = skip(reader.clone())?;
                Ok(())
            }
            ListForm::Tagged(tag) => reader.structure(tag, self, |attributes, mut body| {
                attributes.list.reserve_exact(body.count_items());
                let mut parameters = EmptyParameters::default();
                while !body.is_empty() {
                    let mut attribute = Attribute::default();
                    if parameters.is_repeated(&body) {
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

/// By value, so that the reader of the structure around it stays in registers.
#[cold]
#[inline(never)]
fn skip(mut reader: Reader<'_>) -> Result<Reader<'_>> {
    reader.skip()?;
    Ok(reader)
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
}
