//! The XML reader.

use alloc::vec::Vec;
use core::fmt;

use quick_xml::XmlVersion;
use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{GENERAL, is_character};
use crate::encoding::notation::{Builder, Fault, Given, Quoted, tag_named, tag_of_digits, type_named};
use crate::error::{ErrorKind, Result};
use crate::{Tag, Type};

/// The element around several messages.
const AROUND: &str = "KMIP";

/// Reads a document: an item, or several in `<KMIP>`. Each is returned as TTLV, in a buffer of its own.
///
/// ```
/// use kmip_ttlv::{Tag, V1_4, encode, xml};
///
/// let document = r#"<KMIP><BatchCount type="Integer" value="1"/><BatchCount type="Integer" value="two"/></KMIP>"#;
/// let mut messages = xml::from_xml(document);
/// assert_eq!(messages.next(), Some(encode(&1, Tag::BATCH_COUNT, V1_4)));
/// assert_eq!(
///     messages.next().unwrap().unwrap_err().to_string(),
///     "BatchCount: an Integer is a whole number of 32 bits, or 0x and up to 8 hex digits at byte 44"
/// );
/// assert_eq!(messages.next(), None);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
#[must_use]
pub fn from_xml(document: &str) -> Messages<'_> {
    Messages {
        reader: Reader::from_str(document),
        builder: Builder::new(document.len()),
        place: Place::Before,
        in_value: false,
    }
}

/// The messages of a document, in order. After an error the iterator ends.
///
/// ```
/// use kmip_ttlv::xml::{from_xml, to_xml};
///
/// let item = [0x42, 0x00, 0x0D, 0x02, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0]; // Batch Count 1
/// let document = to_xml(&item)?;
/// for message in from_xml(&document) {
///     assert_eq!(message?, item);
/// }
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns [`ErrorKind::Syntax`], [`ErrorKind::UnknownName`] and [`ErrorKind::Value`] for faults of the document,
/// [`ErrorKind::TooDeep`] for more than [`MAX_DEPTH`](crate::MAX_DEPTH) nested structures, and [`ErrorKind::TooLarge`]
/// above [`Messages::limit`]. The offset is that of the element in the document. An index in the path counts the items
/// before, so the first of several has none.
pub struct Messages<'a> {
    reader: Reader<&'a [u8]>,
    builder: Builder,
    place: Place,
    /// `true` inside an element that contains no other, because it is no structure.
    in_value: bool,
}

/// The position in the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before its element.
    Before,
    /// In its element, an item.
    InItem,
    /// In its element `<KMIP>`.
    InList,
    /// After its element.
    After,
    /// After an error, or at the end.
    Done,
}

impl Messages<'_> {
    /// Refuses messages of more bytes than this, counted in TTLV. A message that is more than 64 bytes longer than its
    /// document is refused in any case.
    #[must_use]
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.builder.set_limit(bytes);
        self
    }

    /// Refuses messages with more nested structures than this, if that is less than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[must_use]
    pub const fn max_depth(mut self, structures: u8) -> Self {
        self.builder.set_max_depth(structures);
        self
    }

    /// Reads until a message is complete; returns `None` at the end.
    fn read(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        loop {
            let at = self.offset();
            let fail = |what| Err(Fault(ErrorKind::Syntax(what), at, None));
            let complete = match self.reader.read_event() {
                Ok(Event::Start(element)) => {
                    self.start(&element, at)?;
                    false
                }
                Ok(Event::Empty(element)) => {
                    self.start(&element, at)?;
                    self.end()?
                }
                Ok(Event::End(_)) => self.end()?,
                Ok(Event::Text(text)) if text.bytes().all(|byte| byte.is_ascii_whitespace()) => false,
                Ok(Event::Decl(_) | Event::Comment(_) | Event::PI(_)) => false,
                Ok(Event::Text(_) | Event::CData(_)) => return fail("text between elements has no meaning"),
                Ok(Event::DocType(_)) => return fail("document types are refused: nothing is expanded"),
                Ok(Event::GeneralRef(_)) => return fail("entities between elements are refused: nothing is expanded"),
                Ok(Event::Eof) => match self.place {
                    Place::Before => return fail("the document has no element"),
                    Place::InItem | Place::InList => return fail("the document ends inside an element"),
                    Place::After | Place::Done => return Ok(None),
                },
                Err(error) => return fail(describe(&error)),
            };
            if complete {
                return Ok(Some(self.builder.take()));
            }
        }
    }

    fn offset(&self) -> usize {
        // The document is in memory, so its length is a `usize`.
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn start(&mut self, element: &BytesStart<'_>, at: usize) -> Result<(), Fault> {
        let name = element.local_name();
        match self.place {
            Place::Before if name.as_ref() == AROUND => {
                self.place = Place::InList;
                return Ok(());
            }
            Place::Before => self.place = Place::InItem,
            Place::After => {
                return Err(Fault(ErrorKind::Syntax("a second element: several stand in <KMIP>"), at, None));
            }
            Place::InItem | Place::InList | Place::Done => {}
        }
        if self.in_value {
            return Err(Fault(ErrorKind::Syntax("only a Structure holds elements"), at, None));
        }
        let attributes = Attributes::of(element).map_err(|kind| Fault(kind, at, None))?;
        let tag = attributes.tag(name.as_ref()).map_err(|kind| Fault(kind, at, None))?;
        self.item(tag, &attributes).map_err(|kind| Fault(kind, at, Some(tag)))
    }

    fn item(&mut self, tag: Tag, attributes: &Attributes<'_>) -> Result<(), ErrorKind> {
        match (attributes.ty()?, attributes.value.as_deref()) {
            (Type::Structure, None) => self.builder.begin(tag),
            (_, None) => Err(ErrorKind::Syntax("the element needs a value")),
            (ty, Some(value)) => {
                let is_text = matches!(ty, Type::TextString | Type::Identifier | Type::Reference | Type::NameReference);
                if let Some(c) = value.chars().find(|c| is_text && !is_character(*c)) {
                    return Err(ErrorKind::Character(c));
                }
                self.builder.value(tag, ty, Given::Attribute(value))?;
                self.in_value = true;
                Ok(())
            }
        }
    }

    /// Ends the innermost element, and returns `true` if that completes a message.
    fn end(&mut self) -> Result<bool, Fault> {
        let at = self.offset();
        let in_value = core::mem::take(&mut self.in_value);
        if !in_value && self.builder.depth() > 0 {
            self.builder.end().map_err(|kind| Fault(kind, at, None))?;
        } else if !in_value {
            // The element that ends is no item, so it is the outermost one.
            self.place = Place::After;
            return Ok(false);
        }
        let complete = self.builder.depth() == 0;
        if complete && self.place == Place::InItem {
            self.place = Place::After;
        }
        Ok(complete)
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.place == Place::Done {
            return None;
        }
        let read = self.read().map_err(|fault| self.builder.error(fault));
        if !matches!(read, Ok(Some(_))) {
            self.place = Place::Done;
        }
        read.transpose()
    }
}

impl core::iter::FusedIterator for Messages<'_> {}

/// Prints nothing of the document, which may hold secrets.
impl fmt::Debug for Messages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Messages(at byte {})", self.offset())
    }
}

/// The meaningful attributes of an element. `name` is for people, on a tag without a name.
#[derive(Default)]
struct Attributes<'a> {
    tag: Option<Quoted<'a>>,
    name: Option<Quoted<'a>>,
    ty: Option<Quoted<'a>>,
    value: Option<Quoted<'a>>,
}

impl<'a> Attributes<'a> {
    fn of(element: &'a BytesStart<'_>) -> Result<Self, ErrorKind> {
        let mut found = Self::default();
        // The parser's own check for duplicates takes time quadratic in their number.
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| ErrorKind::Syntax("the attributes are not well formed"))?;
            let slot = match attribute.key.as_ref() {
                "tag" => &mut found.tag,
                "name" => &mut found.name,
                "type" => &mut found.ty,
                "value" => &mut found.value,
                // Namespaces and attributes of other vocabularies.
                key if key == "xmlns" || key.contains(':') => continue,
                _ => return Err(ErrorKind::Syntax("the attributes of an element are tag, name, type and value")),
            };
            if slot.is_some() {
                return Err(ErrorKind::Syntax("an attribute comes twice"));
            }
            if attribute.value.contains('<') {
                return Err(ErrorKind::Syntax("an attribute holds a <"));
            }
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            let value = value
                .map_err(|_| ErrorKind::Syntax("an entity or character that XML does not have: nothing is expanded"))?;
            *slot = Some(value.into());
        }
        Ok(found)
    }

    /// Returns the tag of the element, from its own name or its attribute.
    fn tag(&self, element: &str) -> Result<Tag, ErrorKind> {
        match (element, &self.tag) {
            (GENERAL, Some(tag)) => tag_named(tag),
            (GENERAL, None) => Err(ErrorKind::Syntax("the element TTLV needs a tag")),
            (_, Some(_)) => Err(ErrorKind::Syntax("only the element TTLV has a tag")),
            (name, None) => match name.strip_prefix('x').and_then(tag_of_digits) {
                Some(tag) => Ok(tag),
                None => tag_named(name),
            },
        }
    }

    fn ty(&self) -> Result<Type, ErrorKind> {
        self.ty.as_deref().map_or(Ok(Type::Structure), type_named)
    }
}

/// Describes the parser's finding without the characters that it quotes.
const fn describe(error: &XmlError) -> &'static str {
    match error {
        XmlError::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_)) => {
            "an end tag that ends another element"
        }
        XmlError::Syntax(_) => "the XML is not well formed: something is not closed",
        _ => "the XML is not well formed",
    }
}
