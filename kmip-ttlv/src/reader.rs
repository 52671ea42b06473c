//! A cursor over the items of a message.

mod layout;
mod record;

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Result};
use crate::rules::{Context, Rules};
use crate::types::{BigInteger, DateTime, DateTimeExtended, Interval, Type};
use crate::{DecodeField, Item, ProtocolVersion, Table, Tag};

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

/// Returns the header of an item as one number: tag, type, length.
const fn header(tag: Tag, ty: Type, length: u32) -> u64 {
    (head(tag, ty) as u64) << 32 | length as u64
}

/// Returns the first half of a header: tag and type.
const fn head(tag: Tag, ty: Type) -> u32 {
    tag.value() << 8 | ty.code() as u32
}

/// Returns `true` if anything but zeros follows a value of this length, up to the next multiple of 8.
#[inline]
pub(crate) fn has_padding(padded: &[u8], length: usize) -> bool {
    // The first byte of the last word is its lowest, so a right shift by the length of the value leaves the padding. If
    // the length is a multiple of 8, all 64 bits are value, and the shift takes two steps: by 1 and by 63, which is -1
    // here.
    #[expect(clippy::cast_possible_truncation, reason = "three bits")]
    let value = (8 * (length & 7) as u32).wrapping_sub(1);
    padded.last_chunk().is_some_and(|last| (u64::from_le_bytes(*last) >> 1).wrapping_shr(value) != 0)
}

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

    /// Returns `true` if a list that starts here has one item, because a second one of the same length does not fit.
    #[inline]
    pub(crate) fn holds_one(&self) -> bool {
        self.rest.first_chunk::<8>().is_none_or(|header| 2 * item_len(header) > self.rest.len() as u64)
    }

    /// Estimates the number of items in the list that starts here, as if all had the length of the first. At least one.
    #[inline]
    pub(crate) fn guess_list(&self) -> usize {
        let item = self.rest.first_chunk::<8>().map_or(u64::MAX, item_len);
        (self.rest.len() / usize::try_from(item).unwrap_or(usize::MAX)).max(1)
    }

    /// Counts the items of the list that starts here: those that `follows` accepts, up to the first that it does not;
    /// under rules that skip unknown items also later ones in the structure. At least one.
    ///
    /// An item of fewer than `least` bytes ends the count: decoding fails there, so no memory should be allocated for
    /// later items.
    #[inline]
    pub(crate) fn count_list(&self, least: usize, follows: impl Fn(&Self) -> bool) -> usize {
        let item = self.rest.first_chunk::<8>().map_or(u64::MAX, item_len);
        if item >= self.rest.len() as u64 { 1 } else { self.clone().count_on(least as u64, follows) }
    }

    #[inline(never)]
    fn count_on(mut self, least: u64, follows: impl Fn(&Self) -> bool) -> usize {
        let lax = self.ctx.rules().skips_unknown();
        let mut items = 0;
        // The header and length of the previous item, initially of one that does not fit. Items with the same header
        // have the same length, so most steps do not wait for a length from memory.
        let (mut header, mut length, mut is_counted) = (u64::MAX, u64::MAX, false);
        while let Some(next) = self.rest.first_chunk::<8>() {
            if u64::from_ne_bytes(*next) != header {
                (header, length, is_counted) = (u64::from_ne_bytes(*next), item_len(next), follows(&self));
                if is_counted && length < least || !is_counted && !lax {
                    break;
                }
            }
            let Some((_, tail)) = split_at(self.rest, length) else { break };
            self.rest = tail;
            items += usize::from(is_counted);
        }
        items.max(1)
    }

    /// Counts the remaining items, whatever their tags, for lists of any items.
    #[doc(hidden)]
    #[must_use]
    pub fn count_items(&self) -> usize {
        if self.is_empty() { 0 } else { self.count_list(8, |_| true) }
    }

    /// Counts the items with this tag as [`DecodeField`] does for a list of them; 0 if the next item has another tag.
    #[doc(hidden)]
    #[must_use]
    pub fn count_tagged(&self, tag: Tag) -> usize {
        if self.at(tag) { self.count_list(8, |reader| reader.at(tag)) } else { 0 }
    }

    /// Enters the next item, a structure, and steps over it. Returns a reader of the items inside.
    ///
    /// # Errors
    ///
    /// Fails if the next item is no structure with this tag.
    #[inline(always)]
    pub fn enter(&mut self, tag: Tag) -> Result<Self> {
        if let Some((header, rest)) = self.rest.split_first_chunk::<8>() {
            let header = u64::from_be_bytes(*header);
            let fits = header >> 32 == u64::from(head(tag, Type::Structure)) && header & 7 == 0;
            if fits
                && self.ctx.depth() > 0
                && let Some((body, tail)) = split_at(rest, header & 0xFFFF_FFFF)
            {
                let ctx = self.ctx.inside();
                self.rest = tail;
                return Ok(Self { rest: body, end: self.end - tail.len(), ctx, skipped: self.skipped });
            }
        }
        let body = self.further(tag, Type::Structure, |item, _| item.as_structure())?;
        Ok(Self { skipped: self.skipped, ..body })
    }

    /// Ends the reading of a structure, and adds its skipped items. Any item left in it is an error, or is skipped.
    ///
    /// # Errors
    ///
    /// Fails under strict rules if anything is left in the structure.
    #[inline]
    #[expect(clippy::needless_pass_by_value, reason = "a structure is left once")]
    pub fn leave(&mut self, inner: Self) -> Result<()> {
        self.skipped = inner.end()?.0;
        Ok(())
    }

    /// Enters the next item, a structure, calls `read` on its contents and `into`, and leaves it.
    ///
    /// Does the same as [`Reader::enter`] and [`Reader::leave`], but faster: `read` becomes a function that takes its
    /// reader in registers, and this reader need not be in memory for another function to move it.
    ///
    /// ```
    /// use kmip_ttlv::{Ended, Reader, Result, Tag, V1_4, encode};
    ///
    /// fn minor(number: &mut i32, mut version: Reader<'_>) -> Result<Ended> {
    ///     version.integer(Tag::PROTOCOL_VERSION_MAJOR)?;
    ///     *number = version.integer(Tag::PROTOCOL_VERSION_MINOR)?;
    ///     version.end()
    /// }
    ///
    /// let frame = encode(&V1_4, Tag::PROTOCOL_VERSION, V1_4)?;
    /// let mut number = 0;
    /// Reader::new(&frame).structure(Tag::PROTOCOL_VERSION, &mut number, minor)?;
    /// assert_eq!(number, 4);
    /// # Ok::<(), kmip_ttlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the next item is no structure with this tag, and where `read` fails.
    #[inline(always)]
    pub fn structure<T>(&mut self, tag: Tag, into: &mut T, read: impl Fn(&mut T, Self) -> Result<Ended>) -> Result<()> {
        let body = self.enter(tag)?;
        self.skipped = body.apart(into, read)?.0;
        Ok(())
    }

    /// Calls `read` with this reader, in a function of its own that takes the reader in registers.
    ///
    /// For large `read` functions: neither they nor their callers have to keep a reader in memory.
    ///
    /// # Errors
    ///
    /// Fails where `read` fails.
    #[inline(always)]
    pub fn apart<T, R>(self, into: &mut T, read: impl Fn(&mut T, Self) -> Result<R>) -> Result<R> {
        // Only single numbers are passed in registers, so the reader is taken apart.
        #[inline(never)]
        fn apart<'a, T, R>(
            into: &mut T,
            rest: &'a [u8],
            end: usize,
            ctx: Context,
            skipped: usize,
            read: impl Fn(&mut T, Reader<'a>) -> Result<R>,
        ) -> Result<R> {
            read(into, Reader { rest, end, ctx, skipped })
        }
        apart(into, self.rest, self.end, self.ctx, self.skipped, read)
    }

    /// Ends a structure. Any item left in it is an error, or is skipped.
    ///
    /// # Errors
    ///
    /// Fails under strict rules if anything is left.
    #[inline]
    pub fn end(&self) -> Result<Ended> {
        if self.is_empty() { Ok(Ended(self.skipped)) } else { self.clone().pass_over_all() }
    }

    #[cold]
    fn pass_over_all(mut self) -> Result<Ended> {
        while !self.is_empty() {
            self.pass_over()?;
        }
        Ok(Ended(self.skipped))
    }

    /// Handles an item that belongs to no field of its structure: an error under strict rules, and a skipped item
    /// otherwise.
    ///
    /// # Errors
    ///
    /// Fails under strict rules, and if the item is invalid.
    #[cold]
    pub fn pass_over(&mut self) -> Result<()> {
        match self.clone().next_item()? {
            Some(item) if !self.ctx.rules().skips_unknown() => Err(self.error(ErrorKind::Unexpected(item.tag()))),
            _ => self.skip(),
        }
    }

    /// Does the same as [`Reader::enter`] for [`ttlv_struct!`](crate::ttlv_struct): [`Reader::read_on`] handles the
    /// rest of such a structure.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter_table(&mut self, tag: Tag) -> Result<Self> {
        let mut body = self.enter(tag)?;
        body.ctx = body.ctx.of_table();
        Ok(body)
    }

    /// Reads the contents of a structure that was entered. A structure with few fields is not worth a call.
    #[doc(hidden)]
    #[inline(always)]
    pub fn read_table<T: Table<'a>>(self, into: &mut T) -> Result<Ended> {
        // This does not go through `apart`: a function argument is not always inlined there, and then takes its reader
        // from memory.
        #[inline(never)]
        fn fields<'a, T: Table<'a>>(
            into: &mut T,
            rest: &'a [u8],
            end: usize,
            ctx: Context,
            skipped: usize,
        ) -> Result<Ended> {
            into.decode_fields(Reader { rest, end, ctx, skipped })
        }
        if T::FIELDS <= 3 {
            into.decode_fields(self)
        } else {
            fields(into, self.rest, self.end, self.ctx, self.skipped)
        }
    }

    /// Does the same as [`Reader::leave`] for a structure that was read to its end.
    #[doc(hidden)]
    #[inline(always)]
    pub fn leave_table(&mut self, ended: Ended) {
        self.skipped = ended.0;
    }

    /// Handles the rest of a structure after the first `read` fields of its table were read in order, or one of them
    /// could not be.
    ///
    /// Under strict rules that is an error. Otherwise items that belong to a field are read, in any order, and the rest
    /// is skipped. Each item is visited once, so this takes linear time. Takes the reader by value, for the reason
    /// given at [`Reader::further`].
    #[doc(hidden)]
    #[cold]
    pub fn read_on(
        mut self,
        in_order: Result<()>,
        read: usize,
        fields: &mut [(Tag, &mut dyn DecodeField<'a>)],
    ) -> Result<Ended> {
        match in_order {
            Ok(()) if !self.ctx.rules().skips_unknown() => return self.pass_over_all(),
            Err(error) if !(self.ctx.rules().skips_unknown() && self.lacks_field(&error)) => return Err(error),
            _ => {}
        }
        let mut unread: Vec<bool> = (0..fields.len()).map(|index| index >= read).collect();
        while !self.is_empty() {
            let mut fields = fields.iter_mut().zip(&mut unread);
            match fields.find(|((tag, field), unread)| field.wants(&self, *tag, **unread)) {
                Some(((tag, field), unread)) => {
                    field.decode_field(&mut self, *tag)?;
                    *unread = false;
                }
                None => self.skip()?,
            }
        }
        // Required fields that are missing fail here.
        fields
            .iter_mut()
            .zip(unread)
            .filter(|(_, unread)| *unread)
            .try_for_each(|((tag, field), _)| field.decode_field(&mut self, *tag))?;
        Ok(Ended(self.skipped))
    }

    /// Returns `true` if an error means that a field of this very structure is not at the position of the reader.
    fn lacks_field(&self, error: &Error) -> bool {
        error.kind().is_missing() && error.level() == self.ctx.level() && error.offset() == self.offset()
    }

    /// Reads an Integer as `i32`.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline(always)]
    pub fn integer(&mut self, tag: Tag) -> Result<i32> {
        self.four_bytes(tag, Type::Integer).map(u32::cast_signed)
    }

    /// Reads a Long Integer as `i64`.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline]
    pub fn long_integer(&mut self, tag: Tag) -> Result<i64> {
        self.eight_bytes(tag, Type::LongInteger).map(u64::cast_signed)
    }

    /// Reads a Big Integer.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline]
    pub fn big_integer(&mut self, tag: Tag) -> Result<BigInteger<'a>> {
        let before = self.clone();
        match self.bytes(tag, Type::BigInteger)? {
            bytes if !bytes.is_empty() && bytes.len().is_multiple_of(8) => Ok(BigInteger::new(bytes)),
            bytes => {
                *self = before;
                Err(self.wrong_length(Type::BigInteger, bytes.len()))
            }
        }
    }

    /// Reads the number of an Enumeration.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline(always)]
    pub fn enumeration(&mut self, tag: Tag) -> Result<u32> {
        self.four_bytes(tag, Type::Enumeration)
    }

    /// Reads a Boolean as `bool`.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline]
    pub fn boolean(&mut self, tag: Tag) -> Result<bool> {
        let before = self.clone();
        match self.eight_bytes(tag, Type::Boolean)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => {
                *self = before;
                Err(self.error(ErrorKind::Boolean))
            }
        }
    }

    /// Reads a Text String, which is UTF-8.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline(always)]
    pub fn text_string(&mut self, tag: Tag) -> Result<&'a str> {
        self.text(tag, Type::TextString)
    }

    /// Reads text of any type that is encoded like a Text String.
    #[inline(always)]
    pub(crate) fn text(&mut self, tag: Tag, ty: Type) -> Result<&'a str> {
        let before = self.rest;
        let bytes = self.bytes(tag, ty)?;
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => {
                // The cursor stays.
                self.rest = before;
                Err(self.clone().not_utf8(error))
            }
        }
    }

    /// Reads a Byte String.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline(always)]
    pub fn byte_string(&mut self, tag: Tag) -> Result<&'a [u8]> {
        self.bytes(tag, Type::ByteString)
    }

    /// Reads a Date-Time: seconds since 1970.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline(always)]
    pub fn date_time(&mut self, tag: Tag) -> Result<DateTime> {
        self.eight_bytes(tag, Type::DateTime).map(|value| DateTime(value.cast_signed()))
    }

    /// Reads an Interval: a duration in seconds.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline]
    pub fn interval(&mut self, tag: Tag) -> Result<Interval> {
        self.four_bytes(tag, Type::Interval).map(Interval)
    }

    /// Reads a Date-Time Extended: microseconds since 1970.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or if its value is invalid.
    #[inline]
    pub fn date_time_extended(&mut self, tag: Tag) -> Result<DateTimeExtended> {
        self.eight_bytes(tag, Type::DateTimeExtended).map(|value| DateTimeExtended(value.cast_signed()))
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

    #[inline(always)]
    fn four_bytes(&mut self, tag: Tag, ty: Type) -> Result<u32> {
        if let Some((item, rest)) = self.rest.split_first_chunk::<16>() {
            let [head, value] = words(item);
            if head == header(tag, ty, 4) && value << 32 == 0 {
                self.rest = rest;
                return Ok((value >> 32) as u32);
            }
        }
        self.further(tag, ty, Item::four_bytes)
    }

    #[inline(always)]
    fn eight_bytes(&mut self, tag: Tag, ty: Type) -> Result<u64> {
        if let Some((item, rest)) = self.rest.split_first_chunk::<16>() {
            let [head, value] = words(item);
            if head == header(tag, ty, 8) {
                self.rest = rest;
                return Ok(value);
            }
        }
        self.further(tag, ty, Item::eight_bytes)
    }

    /// Reads the next item, if it has this tag: the four bytes of an optional item.
    ///
    /// `Err` holds `true` if there is such an item, and it is not as usual: [`Reader::four_bytes`] reads it, or says
    /// what is wrong.
    #[inline(always)]
    pub(crate) fn optional_word(&mut self, tag: Tag, ty: Type) -> Result<u32, bool> {
        let Some((item, rest)) = self.rest.split_first_chunk::<16>() else { return Err(self.at(tag)) };
        let [head, value] = words(item);
        let differ = head ^ header(tag, ty, 4);
        if differ == 0 && value << 32 == 0 {
            self.rest = rest;
            return Ok((value >> 32) as u32);
        }
        Err(differ >> 40 == 0)
    }

    /// Returns the value of an item of any length, without its padding.
    #[inline(always)]
    fn bytes(&mut self, tag: Tag, ty: Type) -> Result<&'a [u8]> {
        if let Some(header) = self.rest.first_chunk::<8>() {
            let header = u64::from_be_bytes(*header);
            let length = header & 0xFFFF_FFFF;
            if header >> 32 == u64::from(head(tag, ty))
                && let Some((item, tail)) = split_at(self.rest, (length + 15) & !7)
            {
                let length = length as usize;
                // The header is included, so that there is a last word even for an empty value.
                if !has_padding(item, length) {
                    self.rest = tail;
                    return Ok(&item[8..8 + length]);
                }
            }
        }
        self.further(tag, ty, Item::expect)
    }

    /// The cold path of every typed read whose item is not next, or not well formed.
    #[inline(always)]
    fn further<T>(&mut self, tag: Tag, ty: Type, value: fn(&Item<'a>, Type) -> Result<T>) -> Result<T> {
        // By value, because a borrowed reader would not stay in registers on the hot path.
        let (value, reader) = self.clone().read_further(tag, ty, value)?;
        *self = reader;
        Ok(value)
    }

    #[cold]
    #[inline(never)]
    fn read_further<T>(mut self, tag: Tag, ty: Type, value: fn(&Item<'a>, Type) -> Result<T>) -> Result<(T, Self)> {
        self.run_ahead(tag)?;
        let before = self.clone();
        match self.next_item() {
            // The reader has skipped to it, its padding need not be zero, or it is a structure that is too deep.
            Ok(Some(item)) if item.ty() == ty => Ok((value(&item, ty)?, self)),
            Ok(Some(item)) if item.ty() == Type::Integer && self.ctx.rules().takes_integer_as(ty) => {
                if ty == Type::Interval && item.as_integer()? < 0 {
                    return Err(before.error(ErrorKind::Value("a duration is not negative")));
                }
                Ok((value(&item, Type::Integer)?, self))
            }
            _ => Err(before.broken(Some(ty))),
        }
    }

    /// Skips to the item with the tag, if there is one further on and unknown items are skipped.
    fn run_ahead(&mut self, tag: Tag) -> Result<()> {
        if self.at(tag) || (self.peek_tag().is_none() && !self.is_empty()) {
            return Ok(());
        }
        if self.ctx.rules().runs_ahead() {
            let mut ahead = self.clone();
            while let Ok(Some(item)) = ahead.next_item() {
                if item.tag() == tag {
                    while !self.at(tag) {
                        self.skip()?;
                    }
                    return Ok(());
                }
            }
        }
        Err(self.error(ErrorKind::Missing(tag)))
    }

    /// Returns the error of the next item, in the order of its bytes: header, type, length, value, padding.
    #[cold]
    #[inline(never)]
    fn broken(self, expected: Option<Type>) -> Error {
        let Some((&[.., ty, l0, l1, l2, l3], rest)) = self.rest.split_first_chunk::<8>() else {
            return self.error(ErrorKind::Header { left: self.rest.len() });
        };
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        let Some(found) = Type::from_code(ty) else {
            return self.error(ErrorKind::UnknownType(ty));
        };
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return self.error(ErrorKind::Type { expected, found });
        }
        if !found.can_be(length) {
            return self.error(ErrorKind::Length { ty: found, length });
        }
        let Some((padded, _)) = split_at(rest, (u64::from(length) + 7) & !7) else {
            return self.error(ErrorKind::Overrun { length, left: rest.len() });
        };
        let item = Item::new(Tag::from_bytes([0; 3]), found, padded, length as usize, self.offset(), self.ctx);
        // A well-formed structure that could not be entered is too deep.
        self.error(item.check().err().unwrap_or(ErrorKind::TooDeep))
    }

    #[cold]
    #[inline(never)]
    fn not_utf8(self, error: core::str::Utf8Error) -> Error {
        self.error(ErrorKind::Utf8 { valid_up_to: error.valid_up_to() })
    }

    #[cold]
    fn wrong_length(&self, ty: Type, length: usize) -> Error {
        self.error(ErrorKind::Length { ty, length: u32::try_from(length).unwrap_or(u32::MAX) })
    }
}

/// Returns the length of an item with this header, header and padding included.
#[inline]
const fn item_len(&[.., a, b, c, d]: &[u8; 8]) -> u64 {
    (u32::from_be_bytes([a, b, c, d]) as u64 + 15) & !7
}

/// Returns an item of 16 bytes as two words: the header, and the value with its padding.
#[inline]
const fn words(item: &[u8; 16]) -> [u64; 2] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *item;
    [u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes([i, j, k, l, m, n, o, p])]
}

/// Does the same as `slice::split_at` for lengths from the wire, which need not fit a `usize`.
#[inline]
fn split_at(bytes: &[u8], length: u64) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(usize::try_from(length).ok()?)
}
