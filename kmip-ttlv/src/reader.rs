//! A cursor over the items of a message.

mod cold;
mod layout;
mod list;
mod record;
mod structure;
mod table;
mod value;

use crate::error::{Error, ErrorKind, Result};
use crate::item::Item;
use crate::rules::{Context, Rules};
use crate::tag::Tag;
use crate::types::Type;
use crate::version::ProtocolVersion;
use crate::wire::split_at;

pub use self::layout::{Layout, Word};
pub use self::record::{Record, Source};

/// A cursor over the items of a message or of one structure in it. It borrows the bytes and copies nothing.
///
/// The typed methods read the next item if it has the requested tag and type; any other item is an error, and the
/// cursor stays. Under [`Rules::skip_unknown`] they skip to the next item with the tag, if there is one: read known
/// optional items before it first.
///
/// ```
/// use kmip_ttlv::{Reader, Tag, Writer, V1_4};
///
/// let mut writer = Writer::new(V1_4);
/// let start = writer.begin(Tag::PROTOCOL_VERSION);
/// writer.integer(Tag::PROTOCOL_VERSION_MAJOR, 1);
/// writer.integer(Tag::PROTOCOL_VERSION_MINOR, 4);
/// writer.end(start)?;
///
/// let mut reader = Reader::new(writer.as_slice());
/// let mut version = reader.enter(Tag::PROTOCOL_VERSION)?;
/// assert_eq!(version.integer(Tag::PROTOCOL_VERSION_MAJOR)?, 1);
/// assert_eq!(version.integer(Tag::PROTOCOL_VERSION_MINOR)?, 4);
/// assert!(version.is_empty() && reader.is_empty());
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// The end of `rest` in the message, from which offsets are computed.
    end: usize,
    ctx: Context,
    skipped: usize,
}

/// The proof that a structure was read to its end ([`Reader::end`]), with the number of items of the message skipped so
/// far.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Ended(usize);

impl<'a> Reader<'a> {
    /// Creates a reader of these bytes, with strict rules, in KMIP 1.0 until the version is set.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, end: bytes.len(), ctx: Context::DEFAULT, skipped: 0 }
    }

    /// Creates a reader of a part of a message that is `level` structures deep, so that errors have the offset in the
    /// whole message.
    ///
    /// # Panics
    ///
    /// Panics if the range is not inside the message.
    #[must_use]
    pub fn part_of(message: &'a [u8], range: core::ops::Range<usize>, level: u8) -> Self {
        let end = range.end;
        let mut reader = Self { rest: &message[range], end, ..Self::new(message) };
        reader.ctx = reader.ctx.with_level(level);
        reader
    }

    /// Returns the same reader with other rules.
    #[must_use]
    pub const fn with_rules(mut self, rules: Rules) -> Self {
        self.ctx = self.ctx.with_rules(rules);
        self
    }

    /// Returns the same reader for items of this version, on which some decoding depends.
    #[must_use]
    pub const fn with_version(mut self, version: ProtocolVersion) -> Self {
        self.ctx = self.ctx.with_version(version);
        self
    }

    /// Returns a reader of the items inside a structure.
    pub(crate) const fn inside(body: &'a [u8], end: usize, ctx: Context) -> Self {
        Self { rest: body, end, ctx, skipped: 0 }
    }

    /// Returns a reader of the items after this one, one structure further out.
    pub(crate) const fn outside(&self, rest: &'a [u8]) -> Self {
        Self { rest, end: self.offset() + rest.len(), ctx: self.ctx.outside(), skipped: self.skipped }
    }

    pub(crate) const fn end_offset(&self) -> usize {
        self.end
    }

    /// Returns the rules of the reader.
    #[must_use]
    #[inline]
    pub const fn rules(&self) -> Rules {
        self.ctx.rules()
    }

    /// Returns the version of the message.
    #[must_use]
    #[inline]
    pub const fn version(&self) -> ProtocolVersion {
        self.ctx.version()
    }

    /// Sets the version, once the header of the message has stated it.
    pub const fn set_version(&mut self, version: ProtocolVersion) {
        self.ctx = self.ctx.with_version(version);
    }

    /// Returns the byte offset of the next item in the message.
    #[must_use]
    #[inline]
    pub const fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    /// Returns `true` if no item is left.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Returns the number of skipped unknown items; 0 under strict rules.
    #[must_use]
    #[inline]
    pub fn skipped(&self) -> u32 {
        u32::try_from(self.skipped).unwrap_or(u32::MAX)
    }

    /// Returns the tag of the next item, if there is one.
    #[must_use]
    #[inline]
    pub fn peek_tag(&self) -> Option<Tag> {
        self.rest.first_chunk::<8>().map(|&[a, b, c, ..]| Tag::from_bytes([a, b, c]))
    }

    /// Returns the type of the next item, if there is one with a known type.
    #[must_use]
    #[inline]
    pub fn peek_type(&self) -> Option<Type> {
        self.rest.first_chunk::<8>().and_then(|&[_, _, _, ty, ..]| Type::from_code(ty))
    }

    /// Returns `true` if the next item has this tag.
    #[must_use]
    #[inline(always)]
    pub fn at(&self, tag: Tag) -> bool {
        // The whole header, because it is loaded anyway if this is `true`.
        self.rest.first_chunk::<8>().is_some_and(|header| u64::from_be_bytes(*header) >> 40 == u64::from(tag.value()))
    }

    /// Returns the unread rest of the structure or message.
    #[must_use]
    #[inline]
    pub const fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    /// Steps over these items and returns `true`, if exactly these are next. For items that are known beforehand, such
    /// as a name in a table: the comparison replaces all checks.
    #[inline]
    pub fn take_encoded(&mut self, items: &[u8]) -> bool {
        let Some((start, rest)) = self.rest.split_at_checked(items.len()) else { return false };
        let ((start, _), (items, odd)) = (start.as_chunks::<8>(), items.as_chunks::<8>());
        // Word by word, which for items this short is faster than a call or vector instructions.
        let same = start.iter().zip(items).all(|(a, b)| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b));
        if !same || !odd.is_empty() {
            return false;
        }
        self.rest = rest;
        true
    }

    /// Reads the next item, whatever it is; returns `None` at the end. Its own bytes are checked, but not those inside
    /// a structure.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are no item, or if its value is invalid.
    #[inline]
    pub fn next_item(&mut self) -> Result<Option<Item<'a>>> {
        let Some((header, rest)) = self.rest.split_first_chunk::<8>() else {
            return if self.rest.is_empty() { Ok(None) } else { Err(self.clone().broken(None)) };
        };
        let [a, b, c, ty, l0, l1, l2, l3] = *header;
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        if let Some(ty) = Type::from_code(ty)
            && let Some((padded, tail)) = split_at(rest, (u64::from(length) + 7) & !7)
        {
            let tag = Tag::from_bytes([a, b, c]);
            let item = Item::new(tag, ty, padded, length as usize, self.offset(), self.ctx);
            if item.check().is_ok() {
                self.rest = tail;
                return Ok(Some(item));
            }
        }
        Err(self.clone().broken(None))
    }

    /// Ends the reading of a message, after which nothing may be left.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::TrailingBytes`] otherwise.
    #[inline]
    pub fn finish(&self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(self.error(ErrorKind::TrailingBytes(self.rest.len()))) }
    }

    /// Steps over the next item and counts it as skipped.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are no item, or if its value is invalid.
    pub fn skip(&mut self) -> Result<()> {
        if self.next_item()?.is_some() {
            self.skipped = self.skipped.saturating_add(1);
        }
        Ok(())
    }

    /// Creates an error at the next item.
    #[must_use]
    pub fn error(&self, kind: ErrorKind) -> Error {
        Error::at(kind, self.offset(), self.ctx.level())
    }
}
