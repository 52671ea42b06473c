//! The filters of Locate: whole values, and structures with only some of their fields.

use kmip_ttlv::{
    Decode, Encode, Error, ErrorKind, Reader, Record, Result, Rules, Source, Tag, V2_0, Value, VersionRange, Writer,
};

use super::form::{EmptyParameters, ListForm, list_form};
use super::list::Attributes;
use super::reference::AttributeReference;
use super::single::Attribute;
use super::value::{AttributeValue, Row};
use crate::protocol::make_room;
use crate::protocol::with_setters::with_setters;

/// One condition that an object has to match.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeFilter<'a> {
    /// An attribute with this value. Fields that a structure leaves out match anything.
    Value(Attribute<'a>),
    /// A structure that has these fields.
    Part(AttributePart<'a>),
}

with_setters! {
    /// Some fields of a structured attribute, for a filter to match (KMIP 2.1, 6.1.28).
    ///
    /// A filter may leave out required fields of the attribute: it asks for a Link by its type alone, or by its object
    /// alone. The attribute types do not allow that, so the fields are listed by their tags here.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::AttributePart;
    /// use kmip_client::ttlv::enumeration::LinkType;
    /// use kmip_client::ttlv::{Tag, Value};
    ///
    /// let replaced = Value::Enumeration(LinkType::REPLACED_OBJECT_LINK.value());
    /// let part = AttributePart::new(Tag::LINK, [(Tag::LINK_TYPE, replaced)]);
    /// assert_eq!(part.fields.len(), 1);
    /// ```
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct AttributePart<'a> {
        /// The attribute. A vendor's attribute of KMIP 2.x has the tag `ATTRIBUTE`, and its names are among the fields.
        pub attribute: Tag,
        /// The index, which KMIP 1.x allows here without giving it a meaning.
        pub index: Option<i32>,
        /// The fields, in the order of the structure.
        pub fields: Vec<(Tag, Value<'a>)>,
    }
}

/// The remedy in KMIP 3.0, whose links have nothing but an object.
const PART_OF_LINK: &str =
    "KMIP 3.0 has an attribute for each type of link, so a filter needs type and object: use Locate's linked";

impl<'a> AttributePart<'a> {
    /// Asks for these fields of the attribute.
    pub fn new(attribute: Tag, fields: impl IntoIterator<Item = (Tag, Value<'a>)>) -> Self {
        Self { attribute, index: None, fields: fields.into_iter().collect() }
    }

    /// Decodes the structure Attribute of KMIP 1.x, with a structure as its value.
    fn decode_structure(&mut self, reader: &mut Reader<'a>) -> Result<()> {
        reader.record(Tag::ATTRIBUTE, self, ())
    }

    /// Decodes the tagged structure of KMIP 2.x.
    fn decode_tagged(&mut self, reader: &mut Reader<'a>) -> Result<()> {
        self.attribute = reader.peek_tag().unwrap_or_default();
        self.decode_fields(reader, self.attribute)
    }

    fn decode_fields(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        let mut body = reader.enter(tag)?;
        if !body.is_empty() {
            self.fields.reserve_exact(body.count_items());
        }
        while let Some(field) = body.peek_tag() {
            self.fields.push((field, Value::decode_next(&mut body, field)?));
        }
        reader.leave(body)
    }

    fn encode_structure(&self, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(Tag::ATTRIBUTE);
        AttributeReference::Standard(self.attribute).encode_name(writer)?;
        if let Some(index) = self.index {
            writer.integer(Tag::ATTRIBUTE_INDEX, index);
        }
        self.encode_fields(Tag::ATTRIBUTE_VALUE, writer)?;
        writer.end(started)
    }

    fn encode_tagged(&self, writer: &mut Writer) -> Result<()> {
        let versions = Row::of_tag(self.attribute).map_or(VersionRange::ALL, |row| row.versions);
        if let Err(error) = writer.require(self.attribute, versions) {
            let is_link = self.attribute == Tag::LINK;
            return Err(if is_link { Error::of_value(Tag::LINK, ErrorKind::Value(PART_OF_LINK)) } else { error });
        }
        self.encode_fields(self.attribute, writer)
    }

    fn encode_fields(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        let started = writer.begin(tag);
        self.fields.iter().try_for_each(|(field, value)| value.encode(*field, writer))?;
        writer.end(started)
    }
}

impl<'a> Record<'a> for AttributePart<'a> {
    type Context = ();

    fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
        let before = source.before(Tag::ATTRIBUTE_NAME)?;
        let mut body = before.clone();
        match AttributeReference::from_name(body.text_string(Tag::ATTRIBUTE_NAME)?) {
            AttributeReference::Standard(tag) => self.attribute = tag,
            _ => return Err(before.error(ErrorKind::Value("only attributes of the standard have fields"))),
        }
        source.behind(body)?;
        source.field(&mut self.index, Tag::ATTRIBUTE_INDEX)?;
        let mut body = source.before(Tag::ATTRIBUTE_VALUE)?;
        self.decode_fields(&mut body, Tag::ATTRIBUTE_VALUE)?;
        source.behind(body)
    }
}

type Whole<'a> = fn(&mut Attribute<'a>, &mut Reader<'a>) -> Result<()>;
type Part<'a> = fn(&mut AttributePart<'a>, &mut Reader<'a>) -> Result<()>;

impl<'a> AttributeFilter<'a> {
    /// Reads a whole value, or the fields that are there if some are missing. `whole` and `part` decode the two forms
    /// in this version.
    ///
    /// Tries strict rules first, because lax rules skip items and could so mistake a part for a whole value.
    fn decode_either(reader: &mut Reader<'a>, whole: Whole<'a>, part: Part<'a>) -> Result<Self> {
        let mut strict = reader.clone().with_rules(Rules::STRICT);
        if let Ok(filter) = Self::decode_once(&mut strict, whole, part) {
            *reader = strict.with_rules(reader.rules());
            return Ok(filter);
        }
        Self::decode_once(reader, whole, part)
    }

    fn decode_once(reader: &mut Reader<'a>, whole: Whole<'a>, part: Part<'a>) -> Result<Self> {
        let before = reader.clone();
        let mut attribute = Attribute::default();
        match whole(&mut attribute, reader) {
            Ok(()) => Ok(Self::Value(attribute)),
            Err(error) if matches!(error.kind(), ErrorKind::Missing(_)) => {
                *reader = before;
                let mut fields = AttributePart::default();
                // An item that is no valid part either is reported with the error of the whole value.
                part(&mut fields, reader).map(|()| Self::Part(fields)).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }

    #[inline]
    fn encode(&self, writer: &mut Writer) -> Result<()> {
        match self {
            Self::Value(attribute) if writer.version() < V2_0 => attribute.encode(Tag::ATTRIBUTE, writer),
            Self::Part(part) if writer.version() < V2_0 => part.encode_structure(writer),
            Self::Value(attribute) => attribute.encode_tagged(writer),
            Self::Part(part) => part.encode_tagged(writer),
        }
    }
}

with_setters! {
    /// A list of conditions, all of which an object has to match.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{AttributeFilters, AttributePart, AttributeValue};
    /// use kmip_client::ttlv::{Tag, Value};
    ///
    /// let mut filters = AttributeFilters::default();
    /// filters.push(AttributeValue::CryptographicLength(256));
    /// let spelled = (Tag::NAME_VALUE, Value::TextString("vm-42"));
    /// filters.push_part(AttributePart::new(Tag::NAME, [spelled])); // whatever type the name has
    /// assert_eq!(filters.list.len(), 2);
    /// ```
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct AttributeFilters<'a> {
        /// The filters.
        pub list: Vec<AttributeFilter<'a>>,
        /// `true` if a message of KMIP 2.0 or later was received without the enclosing structure, as PyKMIP sends it.
        /// An empty list is encoded the same way again.
        left_out: bool,
    }
}

impl<'a> AttributeFilters<'a> {
    /// Asks for an attribute with this value.
    pub fn push(&mut self, value: AttributeValue<'a>) {
        self.list.push(AttributeFilter::Value(value.into()));
    }

    /// Asks for an attribute with these fields.
    pub fn push_part(&mut self, part: AttributePart<'a>) {
        self.list.push(AttributeFilter::Part(part));
    }
}

impl AttributeFilters<'_> {
    const fn is_left_out(&self) -> bool {
        self.left_out && self.list.is_empty()
    }
}

impl<'a> FromIterator<AttributeValue<'a>> for AttributeFilters<'a> {
    fn from_iter<I: IntoIterator<Item = AttributeValue<'a>>>(values: I) -> Self {
        Self { list: values.into_iter().map(|value| AttributeFilter::Value(value.into())).collect(), left_out: false }
    }
}

/// Has the same forms as [`Attributes`] under `ATTRIBUTE`: bare before KMIP 2.0, in a structure since.
impl<'a> Decode<'a> for AttributeFilters<'a> {
    const REPEATS: bool = true;

    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        Attributes::follows(reader, tag)
    }

    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        match list_form(tag, reader.version()) {
            ListForm::Tagged(tag) if !reader.at(tag) => {
                self.left_out = true;
                Ok(())
            }
            // Same rule as for the attributes of an object.
            ListForm::Tagged(_) if !self.list.is_empty() => reader.skip(),
            ListForm::Tagged(tag) => reader.structure(tag, self, |filters, mut body| {
                filters.left_out = false;
                filters.list.reserve_exact(body.count_items());
                let mut parameters = EmptyParameters::default();
                while !body.is_empty() {
                    if parameters.is_repeated(&body) {
                        let mut fields = AttributePart::default();
                        fields.decode_tagged(&mut body)?;
                        filters.list.push(AttributeFilter::Part(fields));
                        continue;
                    }
                    let filter = AttributeFilter::decode_either(
                        &mut body,
                        Attribute::decode_tagged::<false>,
                        AttributePart::decode_tagged,
                    );
                    filters.list.push(filter?);
                }
                body.end()
            }),
            ListForm::Bare | ListForm::Template(_) => {
                make_room(&mut self.list, reader.count_tagged(Tag::ATTRIBUTE));
                while reader.at(Tag::ATTRIBUTE) {
                    self.list.push(AttributeFilter::decode_either(
                        reader,
                        Attribute::decode_named::<false>,
                        AttributePart::decode_structure,
                    )?);
                }
                Ok(())
            }
        }
    }
}

impl Encode for AttributeFilters<'_> {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        let mut filters = self.list.iter();
        match list_form(tag, writer.version()) {
            ListForm::Tagged(_) if self.is_left_out() => Ok(()),
            ListForm::Tagged(tag) => {
                let started = writer.begin(tag);
                filters.try_for_each(|filter| filter.encode(writer))?;
                writer.end(started)
            }
            ListForm::Bare | ListForm::Template(_) => filters.try_for_each(|filter| filter.encode(writer)),
        }
    }
}
