//! The JSON reader.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use json_event_parser::{JsonEvent, LowLevelJsonParser};

use crate::encoding::notation::{Builder, Fault, Given, Quoted, tag_named, type_named};
use crate::error::{ErrorKind, Result};
use crate::{MAX_DEPTH, Tag, Type};

/// Reads a document: an item, an array of items, or several of either in sequence. Each item is returned as TTLV, in a
/// buffer of its own.
///
/// ```
/// use kmip_ttlv::{Tag, V1_4, encode, json};
///
/// let document = r#"[{"tag":"BatchCount", "type":"Integer", "value":1}, {"tag":"BatchCount", "type":"Integer", "value":"two"}]"#;
/// let mut messages = json::from_json(document);
/// assert_eq!(messages.next(), Some(encode(&1, Tag::BATCH_COUNT, V1_4)));
/// assert_eq!(
///     messages.next().unwrap().unwrap_err().to_string(),
///     "BatchCount: an Integer is a whole number of 32 bits, or 0x and up to 8 hex digits at byte 52"
/// );
/// assert_eq!(messages.next(), None);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
#[must_use]
pub fn from_json(document: &str) -> Messages<'_> {
    Messages {
        rest: document.as_bytes(),
        end: document.len(),
        parser: parser(),
        base: 0,
        builder: Builder::new(document.len()),
        items: Vec::new(),
        in_list: false,
        found: false,
        done: false,
    }
}

/// The messages of a document, in order. After an error the iterator ends.
///
/// ```
/// use kmip_ttlv::json::{from_json, to_json};
///
/// let item = [0x42, 0x00, 0x0D, 0x02, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0]; // Batch Count 1
/// let document = to_json(&item)?;
/// for message in from_json(&document) {
///     assert_eq!(message?, item);
/// }
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns [`ErrorKind::Syntax`], [`ErrorKind::UnknownName`] and [`ErrorKind::Value`] for faults of the document,
/// [`ErrorKind::TooDeep`] for more than [`MAX_DEPTH`] nested structures, and [`ErrorKind::TooLarge`] above
/// [`Messages::limit`]. The offset is that of the object in the document. An index in the path counts the items before,
/// so the first of several has none.
pub struct Messages<'a> {
    rest: &'a [u8],
    /// The length of the document.
    end: usize,
    /// The parser of one value; each of several values gets its own.
    parser: LowLevelJsonParser,
    /// The offset at which the parser began.
    base: usize,
    builder: Builder,
    /// The open items, outermost first.
    items: Vec<Item<'a>>,
    /// `true` inside an array of messages.
    in_list: bool,
    /// `true` once a message was found.
    found: bool,
    done: bool,
}

/// A partially read object. Its members come in any order.
#[derive(Default)]
struct Item<'a> {
    at: usize,
    /// The current member; `None` before the first, and after the array of a structure.
    member: Option<Member>,
    /// The members that were read.
    seen: [bool; 4],
    tag: Option<Tag>,
    ty: Option<Type>,
    value: Option<Held<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Tag,
    Name,
    Type,
    Value,
}

/// A value that waits for its type; `None` stands for `null`.
enum Held<'a> {
    /// An array. The builder has to be told its end.
    Items,
    String(Quoted<'a>),
    Number(Cow<'a, str>),
    Boolean(bool),
}

const NO_ITEM: ErrorKind = ErrorKind::Syntax("an object of tag, type and value is expected here");
const NO_NAME: ErrorKind = ErrorKind::Syntax("tag, name and type are strings");

/// Creates a parser. An item nests two levels, its object and the array in it; one more is the outermost array.
fn parser() -> LowLevelJsonParser {
    LowLevelJsonParser::new().with_max_stack_size(2 * usize::from(MAX_DEPTH) + 8)
}

impl<'a> Messages<'a> {
    /// Refuses messages of more bytes than this, counted in TTLV. A message is never longer than its document.
    #[must_use]
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.builder.set_limit(bytes);
        self
    }

    /// Refuses messages with more nested structures than this, if that is less than [`MAX_DEPTH`].
    #[must_use]
    pub const fn max_depth(mut self, structures: u8) -> Self {
        self.builder.set_max_depth(structures);
        self
    }

    /// Reads until a message is complete; returns `None` at the end.
    fn read(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        loop {
            let event = self.event()?;
            // The end of the event; the characters that begin an item are one byte.
            let at = self.offset().saturating_sub(1);
            match event {
                None => return Ok(None),
                Some(JsonEvent::StartObject) => self.start_item(at)?,
                Some(JsonEvent::EndObject) => {
                    if let Some(item) = self.items.pop() {
                        item.end(&mut self.builder).map_err(|kind| item.fault(kind))?;
                    }
                    if self.items.is_empty() {
                        self.end_of_value();
                        return Ok(Some(self.builder.take()));
                    }
                }
                Some(JsonEvent::EndArray) if self.items.is_empty() => {
                    self.in_list = false;
                    self.end_of_value();
                }
                Some(JsonEvent::StartArray) if self.items.is_empty() && !self.in_list => {
                    self.in_list = true;
                    self.found = true;
                }
                Some(event) => {
                    let item = self.items.last_mut().ok_or(Fault(NO_ITEM, at, None))?;
                    item.part(event, &mut self.builder).map_err(|kind| item.fault(kind))?;
                }
            }
        }
    }

    /// Returns the next event; `None` at the end of the document.
    fn event(&mut self) -> Result<Option<JsonEvent<'a>>, Fault> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        if !self.in_list && self.items.is_empty() && self.rest.iter().all(is_blank) {
            return if self.found {
                Ok(None)
            } else {
                Err(Fault(ErrorKind::Syntax("the document has no object"), self.end, None))
            };
        }
        let step = self.parser.parse_next(self.rest, true);
        self.rest = self.rest.get(step.consumed_bytes..).unwrap_or_default();
        let at = match step.event {
            Some(Ok(JsonEvent::Eof)) | None => self.end,
            Some(Ok(event)) => return Ok(Some(event)),
            Some(Err(error)) => usize::try_from(error.location().start.offset).map_or(self.end, |at| self.base + at),
        };
        let ended = at >= self.end;
        let what = if ended { "the document ends too early" } else { "the JSON is not well formed" };
        Err(Fault(ErrorKind::Syntax(what), at.min(self.end), None))
    }

    fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    /// Starts a new parser after a message, or an array of them.
    fn end_of_value(&mut self) {
        self.found = true;
        if !self.in_list {
            self.parser = parser();
            self.base = self.offset();
        }
    }

    fn start_item(&mut self, at: usize) -> Result<(), Fault> {
        if let Some(around) = self.items.last().filter(|around| !around.is_in_array()) {
            return Err(around.fault(ErrorKind::Syntax("no member is an object: items stand in an array")));
        }
        self.items.push(Item { at, ..Item::default() });
        Ok(())
    }
}

impl<'a> Item<'a> {
    /// Returns `true` if the next value is an item of this structure.
    const fn is_in_array(&self) -> bool {
        matches!((self.member, &self.value), (Some(Member::Value), Some(Held::Items)))
    }

    /// Handles a part of the object other than its end: the name of a member, or its value.
    fn part(&mut self, event: JsonEvent<'a>, builder: &mut Builder) -> Result<(), ErrorKind> {
        match (self.member, event) {
            (_, JsonEvent::ObjectKey(key)) => return self.start_member(&key),
            (Some(Member::Tag), JsonEvent::String(tag)) => self.tag = Some(tag_named(&tag)?),
            (Some(Member::Type), JsonEvent::String(ty)) => self.ty = Some(type_named(&ty)?),
            (Some(Member::Name), JsonEvent::String(_)) => {}
            (Some(Member::Tag | Member::Type | Member::Name), _) => return Err(NO_NAME),
            (Some(Member::Value), JsonEvent::EndArray) => self.member = None,
            (Some(Member::Value), _) if self.is_in_array() => return Err(NO_ITEM),
            (Some(Member::Value), JsonEvent::StartArray) => {
                // The tag may come later, and is set when the object ends.
                builder.begin(self.tag.unwrap_or_default())?;
                self.value = Some(Held::Items);
            }
            (Some(Member::Value), JsonEvent::String(text)) => self.value = Some(Held::String(text.into())),
            (Some(Member::Value), JsonEvent::Number(number)) => self.value = Some(Held::Number(number)),
            (Some(Member::Value), JsonEvent::Boolean(value)) => self.value = Some(Held::Boolean(value)),
            (Some(Member::Value), JsonEvent::Null) => {}
            // The parser guarantees that nothing else occurs.
            (Some(Member::Value) | None, _) => return Err(NO_ITEM),
        }
        Ok(())
    }

    fn start_member(&mut self, key: &str) -> Result<(), ErrorKind> {
        let member = match key {
            "tag" => Member::Tag,
            "name" => Member::Name,
            "type" => Member::Type,
            "value" => Member::Value,
            _ => return Err(ErrorKind::Syntax("the members of an item are tag, name, type and value")),
        };
        self.member = Some(member);
        let repeated = core::mem::replace(&mut self.seen[member as usize], true);
        if repeated { Err(ErrorKind::Syntax("a member comes twice")) } else { Ok(()) }
    }

    fn end(&self, builder: &mut Builder) -> Result<(), ErrorKind> {
        let tag = self.tag.ok_or(ErrorKind::Syntax("the object has no tag"))?;
        let ty = self.ty.unwrap_or(Type::Structure);
        let given = match (ty, &self.value) {
            (Type::Structure, Some(Held::Items)) => return builder.end_as(tag),
            (Type::Structure, None) => {
                builder.begin(tag)?;
                return builder.end();
            }
            (_, Some(Held::Items)) => return Err(ErrorKind::Syntax("only a Structure holds items")),
            (_, None) => return Err(ErrorKind::Syntax("the object needs a value")),
            (_, Some(Held::String(text))) => Given::String(text),
            (_, Some(Held::Number(number))) => Given::Number(number),
            (_, Some(Held::Boolean(value))) => Given::Boolean(*value),
        };
        builder.value(tag, ty, given)
    }

    fn fault(&self, kind: ErrorKind) -> Fault {
        // A structure that was begun is among the enclosing ones already.
        let begun = matches!(self.value, Some(Held::Items));
        Fault(kind, self.at, self.tag.filter(|_| !begun))
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let read = self.read().map_err(|fault| self.builder.error(fault));
        self.done = !matches!(read, Ok(Some(_)));
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
