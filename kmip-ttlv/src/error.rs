//! Errors of decoding and encoding, with their position.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::{ProtocolVersion, Tag, Type, VersionRange};

/// The result of this crate's functions.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// An error of decoding bytes or encoding a value: the kind, the byte offset, and the path of the item.
///
/// It is one pointer wide. It never holds a value from the message, so it may be logged.
///
/// ```
/// use kmip_ttlv::{Reader, Tag};
///
/// let frame = [0x42, 0x00, 0x2A, 0x07, 0, 0, 0, 1, b'x', 0, 0, 0, 0, 0, 0, 0];
/// let error = Reader::new(&frame).integer(Tag::CRYPTOGRAPHIC_LENGTH).unwrap_err().locate(&frame);
/// assert_eq!(error.to_string(), "CryptographicLength: expected Integer, found TextString at byte 0");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    /// `None` while encoding, because incomplete output has no useful offset.
    offset: Option<usize>,
    /// The number of structures around the item, which limits how far `locate` descends.
    level: u8,
    path: Vec<Step>,
}

/// One step of the path to an item: its tag, and the index among items of this tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Step {
    tag: Tag,
    index: Option<usize>,
}

/// The kind of an error. [`Error`] has the position.
///
/// ```
/// use kmip_ttlv::{ErrorKind, Walk};
///
/// // A Text String of eight bytes, of which three are there.
/// let cut_off = [0x42, 0x00, 0x94, 0x07, 0, 0, 0, 8, b'a', b'b', b'c'];
/// let error = Walk::new(&cut_off).find_map(Result::err).expect("it is cut off");
/// assert!(matches!(error.kind(), ErrorKind::Overrun { length: 8, left: 3 }));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends inside the eight bytes of tag, type and length.
    #[error("the header of the item is cut off, {left} of 8 bytes are there")]
    Header {
        /// The bytes that are left.
        left: usize,
    },
    /// The length reaches beyond the end of the enclosing structure or the message.
    #[error("length {length} overruns what is around it, {left} bytes are left for value and padding")]
    Overrun {
        /// The length that the item states.
        length: u32,
        /// The bytes that are left for the item, padding included.
        left: usize,
    },
    /// The item is of another type than the field.
    #[error("expected {expected}, found {found}")]
    Type {
        /// The type that the field requires.
        expected: Type,
        /// The type of the item.
        found: Type,
    },
    /// The item type is not one of KMIP's.
    #[error("unknown item type {0:#04x}")]
    UnknownType(u8),
    /// The type cannot have this length.
    #[error("length {length} is none that {ty} can have")]
    Length {
        /// The type of the item.
        ty: Type,
        /// The length that the item states.
        length: u32,
    },
    /// The padding is not zero.
    #[error("the padding is not zero")]
    Padding,
    /// The Boolean is neither 0 nor 1.
    #[error("a Boolean is neither 0 nor 1")]
    Boolean,
    /// The text is not UTF-8.
    #[error("the text is not UTF-8 after {valid_up_to} bytes")]
    Utf8 {
        /// The number of bytes of the text that are valid.
        valid_up_to: usize,
    },
    /// There are bytes after the end of the requested item.
    #[error("{0} bytes follow where the message ends")]
    TrailingBytes(usize),
    /// There are more nested structures than the limit allows.
    #[error("structures are nested deeper than the limit")]
    TooDeep,
    /// A required item is missing.
    #[error("the item is missing")]
    Missing(Tag),
    /// A required item is missing that may have one of several tags.
    #[error("{0} is missing")]
    MissingOneOf(
        /// The missing item.
        &'static str,
    ),
    /// The item is not allowed at this position, or is repeated.
    #[error("the item has no place here")]
    Unexpected(Tag),
    /// The value has the right type, but the field cannot have it.
    #[error("{0}")]
    Value(&'static str),
    /// The message is larger than the limit of the reader.
    #[error("a message of {length} bytes is over the limit of {limit}")]
    TooLarge {
        /// The length of the message, its header included.
        length: u64,
        /// The limit that was set.
        limit: usize,
    },
    /// The version of the message does not have this field, name or type.
    #[error("not in KMIP {version}: it exists in {range}")]
    NotInVersion {
        /// The item that cannot be encoded.
        tag: Tag,
        /// The version of the message.
        version: ProtocolVersion,
        /// The versions that have it.
        range: VersionRange,
    },
    /// The version of the message does not have this enumeration value, mask bit or attribute name.
    #[error("{name} is not in KMIP {version}: it exists in {range}")]
    ValueNotInVersion {
        /// The name of the value in the tables.
        name: &'static str,
        /// The version of the message.
        version: ProtocolVersion,
        /// The versions that have it.
        range: VersionRange,
    },
    /// The value is too long for the four bytes of a length.
    #[error("{0} bytes do not fit the length of an item")]
    TooLong(usize),
    /// The XML or JSON is not well formed, does not encode items, or requires an expansion.
    #[error("{0}")]
    Syntax(&'static str),
    /// The XML or JSON has a name that no version of KMIP has.
    #[error("{0} has no such name")]
    UnknownName(
        /// The kind of name: `Tag`, `Item Type`, or the title of an enumeration or mask.
        &'static str,
    ),
    /// The text has a character that XML cannot carry, not even escaped.
    #[error("XML cannot carry the character U+{:04X}", u32::from(*.0))]
    Character(char),
}

impl ErrorKind {
    /// Returns `true` if a required item is missing.
    pub(crate) const fn is_missing(self) -> bool {
        matches!(self, Self::Missing(_) | Self::MissingOneOf(_))
    }
}

impl Error {
    /// Creates an error at this byte offset of a message, `level` structures deep. The cold end of every check.
    #[cold]
    #[inline(never)]
    pub(crate) fn at(kind: ErrorKind, offset: usize, level: u8) -> Self {
        Self(Box::new(Inner { kind, offset: Some(offset), level, path: Vec::new() }))
    }

    /// Creates an error about a value that is being encoded. It has no offset.
    #[cold]
    #[inline(never)]
    pub fn of_value(tag: Tag, kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, offset: None, level: 0, path: alloc::vec![Step { tag, index: None }] }))
    }

    /// Creates an error in a document of another encoding. The path leads through the open structures of `out`, which
    /// start at `open`, to the item `tag`, if its tag is known.
    #[cfg(any(feature = "xml", feature = "json"))]
    pub(crate) fn in_document(
        kind: ErrorKind,
        offset: usize,
        out: &[u8],
        open: impl Iterator<Item = usize>,
        tag: Option<Tag>,
    ) -> Self {
        let mut path = Vec::new();
        let mut body = 0;
        let places = open.map(|start| (start, header_at(out, start))).chain(tag.map(|tag| (out.len(), tag)));
        for (start, tag) in places {
            // Later items are not written yet, so the first of several has no index.
            let index = headers(out, body, start).filter(|h| h.tag == tag).count();
            path.push(Step { tag, index: (index > 0).then_some(index) });
            body = start + 8;
        }
        Self(Box::new(Inner { kind, offset: Some(offset), level: 0, path }))
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the byte offset of the invalid item, or the offset at which an item is missing, from the start of the
    /// message. Returns 0 while encoding.
    ///
    /// For XML and JSON it is the byte offset in the document of the element or object of the item.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset.unwrap_or_default()
    }

    /// Returns the tags on the path to the item, outermost first. The path is empty until [`Error::locate`] has found
    /// it.
    pub fn path(&self) -> impl Iterator<Item = Tag> + '_ {
        self.0.path.iter().map(|step| step.tag)
    }

    /// Adds the structure around the item, while encoding. The innermost one is there already.
    pub(crate) fn within(mut self, tag: Tag) -> Self {
        self.0.path.insert(0, Step { tag, index: None });
        self
    }

    pub(crate) fn level(&self) -> u8 {
        self.0.level
    }

    /// Finds the path to the item in the message that was decoded. `frame` starts at offset 0.
    ///
    /// Decoding records only the offset, because most messages are well formed. Code that decodes a whole message calls
    /// this once.
    #[must_use]
    pub fn locate(mut self, frame: &[u8]) -> Self {
        if self.0.path.is_empty() {
            self.0.path = path_to(frame, &self.0);
        }
        self
    }
}

/// Walks the headers from the outside in, and stops early if the headers themselves are broken.
fn path_to(frame: &[u8], error: &Inner) -> Vec<Step> {
    let mut path = Vec::new();
    let offset = error.offset.unwrap_or_default();
    let mut start = 0;
    let mut end = frame.len();
    for _ in 0..error.level {
        // The offset lies inside a structure, after its header. An offset at its very end is still inside.
        let Some(found) = headers(frame, start, end).find(|h| h.start + 8 <= offset && offset <= h.end) else {
            return path;
        };
        path.push(step(frame, start, end, found));
        (start, end) = (found.start + 8, found.end.min(frame.len()));
    }
    match error.kind {
        ErrorKind::Missing(tag) => path.push(Step { tag, index: None }),
        ErrorKind::TrailingBytes(_) | ErrorKind::TooLarge { .. } | ErrorKind::MissingOneOf(_) => {}
        _ => path.extend(headers(frame, start, end).find(|h| h.start == offset).map(|h| step(frame, start, end, h))),
    }
    path
}

/// Returns the step to an item of a structure, with an index if the tag occurs more than once.
fn step(frame: &[u8], start: usize, end: usize, found: Header) -> Step {
    let same = || headers(frame, start, end).filter(|h| h.tag == found.tag);
    let index = same().take_while(|h| h.start < found.start).count();
    Step { tag: found.tag, index: (same().nth(1).is_some()).then_some(index) }
}

/// Returns the tag of the item that starts here.
#[cfg(any(feature = "xml", feature = "json"))]
fn header_at(out: &[u8], start: usize) -> Tag {
    out.get(start..).and_then(<[u8]>::first_chunk).copied().map(Tag::from_bytes).unwrap_or_default()
}

#[derive(Clone, Copy)]
struct Header {
    tag: Tag,
    start: usize,
    end: usize,
}

/// Returns the headers of the items between two offsets, as far as they can be read. The last item may reach beyond the
/// end.
fn headers(frame: &[u8], mut start: usize, end: usize) -> impl Iterator<Item = Header> + '_ {
    core::iter::from_fn(move || {
        let [a, b, c, _, length @ ..] = *frame.get(start..end)?.first_chunk::<8>()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?.checked_next_multiple_of(8)?;
        let header = Header { tag: Tag::from_bytes([a, b, c]), start, end: start.checked_add(8)?.checked_add(length)? };
        start = header.end;
        Some(header)
    })
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, offset, path, .. } = &*self.0;
        for (n, Step { tag, index }) in path.iter().enumerate() {
            let slash = if n == 0 { "" } else { "/" };
            write!(f, "{slash}{tag}")?;
            if let Some(index) = index {
                write!(f, "[{index}]")?;
            }
        }
        if !path.is_empty() {
            f.write_str(": ")?;
        }
        match kind {
            // Without a path, only the tag identifies the item.
            ErrorKind::Missing(tag) if path.is_empty() => write!(f, "{tag} is missing")?,
            ErrorKind::Unexpected(tag) if path.is_empty() => write!(f, "{tag} has no place here")?,
            kind => write!(f, "{kind}")?,
        }
        offset.map_or(Ok(()), |offset| write!(f, " at byte {offset}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl core::error::Error for Error {}

impl PartialEq for Error {
    /// Compares kind and position.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&*self.0, &*other.0);
        (a.kind, a.offset, &a.path) == (b.kind, b.offset, &b.path)
    }
}

impl Eq for Error {}

/// Converts a number to the `u32` of the wire.
#[inline]
pub(crate) fn length_of(tag: Tag, length: usize) -> Result<u32> {
    match u32::try_from(length) {
        Ok(length) => Ok(length),
        Err(_) => Err(Error::of_value(tag, ErrorKind::TooLong(length))),
    }
}
