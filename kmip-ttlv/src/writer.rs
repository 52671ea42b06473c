//! Encoding of items to bytes.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Result, length_of};
use crate::types::{BigInteger, DateTime, DateTimeExtended, Interval, Type};
use crate::{Item, ProtocolVersion, Tag, VersionRange};

/// Writes consecutive items into a buffer that it owns.
///
/// The length of a structure is filled in at its end ([`Writer::begin`], [`Writer::end`]).
///
/// Messages hold keys, so freed memory keeps nothing of them: an outgrown buffer is overwritten with zeros before it is
/// freed, and so is the buffer of a writer that is dropped. The caller wipes the buffer that [`Writer::into_vec`]
/// returns.
///
/// ```
/// use kmip_ttlv::{Tag, Writer, V1_4};
///
/// let mut writer = Writer::new(V1_4);
/// writer.integer(Tag::CRYPTOGRAPHIC_LENGTH, 256);
/// assert_eq!(writer.as_slice(), [0x42, 0x00, 0x2A, 2, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0, 0]);
/// ```
#[derive(Clone)]
pub struct Writer {
    out: Vec<u8>,
    version: ProtocolVersion,
    /// `true` to write items that the version does not have.
    any_version: bool,
}

/// A structure that was begun, to be passed to [`Writer::end`].
#[derive(Debug)]
#[must_use = "a structure has to be ended, or its length stays 0"]
pub struct Started {
    tag: Tag,
    /// The offset of the value.
    body: usize,
}

impl Writer {
    /// Creates a writer of items of this version, with an empty buffer.
    #[must_use]
    pub const fn new(version: ProtocolVersion) -> Self {
        Self::with_buffer(version, Vec::new())
    }

    /// Creates a writer that appends to this buffer, so that one allocation can serve many messages.
    #[must_use]
    #[inline]
    pub const fn with_buffer(version: ProtocolVersion, buffer: Vec<u8>) -> Self {
        Self { out: buffer, version, any_version: false }
    }

    /// The initial capacity for a message of unknown length: most messages fit, and no more than this is wasted.
    pub(crate) const USUAL: usize = 512;

    /// Creates a writer whose buffer has room for this many bytes before it grows.
    ///
    /// ```
    /// use kmip_ttlv::{V1_4, Writer};
    ///
    /// assert!(Writer::with_capacity(V1_4, 512).into_vec().capacity() >= 512);
    /// ```
    #[must_use]
    #[inline]
    pub fn with_capacity(version: ProtocolVersion, bytes: usize) -> Self {
        Self::with_buffer(version, Vec::with_capacity(bytes))
    }

    /// Returns the same writer for received messages: some peers send items that their version does not have, and a
    /// tool or a proxy writes them again.
    #[must_use]
    pub const fn in_any_version(mut self) -> Self {
        self.any_version = true;
        self
    }

    /// Returns the version of the message.
    #[must_use]
    #[inline]
    pub const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// Sets the version, as stated in the header of a message.
    #[inline]
    pub const fn set_version(&mut self, version: ProtocolVersion) {
        self.version = version;
    }

    /// Returns the bytes written so far.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.out
    }

    /// Returns the buffer with the bytes written so far.
    #[must_use]
    #[inline]
    pub fn into_vec(mut self) -> Vec<u8> {
        core::mem::take(&mut self.out)
    }

    /// Begins a structure: all items until [`Writer::end`] are inside it.
    #[inline(always)]
    pub fn begin(&mut self, tag: Tag) -> Started {
        self.header(tag, Type::Structure, 0);
        Started { tag, body: self.out.len() }
    }

    /// Begins a structure whose beginning is already encoded: its header, with any length, and its first items.
    #[inline(always)]
    pub fn begin_encoded(&mut self, tag: Tag, beginning: &[u8]) -> Started {
        let body = self.out.len() + 8;
        self.put(beginning);
        Started { tag, body }
    }

    /// Ends a structure.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::TooLong`] for a structure of 4 GiB or more.
    #[inline]
    #[expect(clippy::needless_pass_by_value, reason = "a structure is ended once")]
    pub fn end(&mut self, started: Started) -> Result<()> {
        let length = length_of(started.tag, self.out.len() - started.body)?;
        if let Some(field) = self.out.get_mut(started.body - 4..started.body) {
            field.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    /// Writes an Integer.
    #[inline(always)]
    pub fn integer(&mut self, tag: Tag, value: i32) {
        self.four_bytes(tag, Type::Integer, value.cast_unsigned());
    }

    /// Writes a Long Integer.
    #[inline]
    pub fn long_integer(&mut self, tag: Tag, value: i64) {
        self.eight_bytes(tag, Type::LongInteger, value.cast_unsigned());
    }

    /// Writes a Big Integer, with its sign extended to a multiple of 8 bytes, at least 8.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::TooLong`] for 4 GiB or more, as do all methods that take bytes.
    pub fn big_integer(&mut self, tag: Tag, value: BigInteger<'_>) -> Result<()> {
        let padding = big_integer_padding(value);
        let length = length_of(tag, value.bytes().len() + padding)?;
        self.header(tag, Type::BigInteger, length);
        self.put(&[value.sign(); 8][..padding]);
        self.put(value.bytes());
        Ok(())
    }

    /// Writes an Enumeration.
    #[inline(always)]
    pub fn enumeration(&mut self, tag: Tag, value: u32) {
        self.four_bytes(tag, Type::Enumeration, value);
    }

    /// Writes a Boolean.
    #[inline(always)]
    pub fn boolean(&mut self, tag: Tag, value: bool) {
        self.eight_bytes(tag, Type::Boolean, value.into());
    }

    /// Writes a Text String.
    ///
    /// # Errors
    ///
    /// Fails if the value is longer than an item can be.
    #[inline]
    pub fn text_string(&mut self, tag: Tag, value: &str) -> Result<()> {
        self.bytes(tag, Type::TextString, value.as_bytes())
    }

    /// Writes a Byte String.
    ///
    /// # Errors
    ///
    /// Fails if the value is longer than an item can be.
    #[inline]
    pub fn byte_string(&mut self, tag: Tag, value: &[u8]) -> Result<()> {
        self.bytes(tag, Type::ByteString, value)
    }

    /// Writes a Date-Time.
    #[inline(always)]
    pub fn date_time(&mut self, tag: Tag, value: DateTime) {
        self.eight_bytes(tag, Type::DateTime, value.0.cast_unsigned());
    }

    /// Writes an Interval.
    #[inline]
    pub fn interval(&mut self, tag: Tag, value: Interval) {
        self.four_bytes(tag, Type::Interval, value.0);
    }

    /// Writes a Date-Time Extended.
    #[inline]
    pub fn date_time_extended(&mut self, tag: Tag, value: DateTimeExtended) {
        self.eight_bytes(tag, Type::DateTimeExtended, value.0.cast_unsigned());
    }

    /// Writes a received item unchanged, under this tag.
    ///
    /// # Errors
    ///
    /// Fails if the value is longer than an item can be.
    pub fn item(&mut self, tag: Tag, item: &Item<'_>) -> Result<()> {
        let length = length_of(tag, item.value().len())?;
        self.header(tag, item.ty(), length);
        self.put(item.padded());
        Ok(())
    }

    /// Appends items that are already encoded.
    #[inline(always)]
    pub fn encoded(&mut self, items: &[u8]) {
        self.put(items);
    }

    /// Checks that the version of the message is in the range of the item `tag`.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::NotInVersion`] otherwise.
    #[inline]
    pub fn require(&self, tag: Tag, range: impl Into<VersionRange>) -> Result<()> {
        let (range, version) = (range.into(), self.version);
        if range.contains(version) || self.any_version {
            return Ok(());
        }
        Err(Error::of_value(tag, ErrorKind::NotInVersion { tag, version, range }))
    }

    /// Writes a value of bytes with its padding, under any type of variable length.
    #[inline(always)]
    pub(crate) fn bytes(&mut self, tag: Tag, ty: Type, value: &[u8]) -> Result<()> {
        let length = length_of(tag, value.len())?;
        if matches!(value.len(), 1..8) {
            self.sixteen(header(tag, ty, length), short_word(value));
            return Ok(());
        }
        self.header(tag, ty, length);
        self.put(&value[..value.len() & !7]);
        // The last bytes and the padding are one word, which is faster than appending so few bytes twice.
        let padding = 8 * (value.len().wrapping_neg() & 7);
        if let (1.., Some(last)) = (padding, value.last_chunk()) {
            self.put(&(u64::from_be_bytes(*last) << padding).to_be_bytes());
        }
        Ok(())
    }

    /// Returns the bytes written so far, to change them in place.
    #[cfg(feature = "json")]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.out
    }

    #[cfg(any(feature = "xml", feature = "json"))]
    pub(crate) const fn capacity(&self) -> usize {
        self.out.capacity()
    }

    /// Removes the bytes written from this offset on.
    #[cfg(any(feature = "xml", feature = "json"))]
    pub(crate) fn truncate(&mut self, length: usize) {
        self.out.truncate(length);
    }

    /// Returns the number of bytes that fit before the buffer has to grow.
    #[inline(always)]
    pub(crate) fn room(&self) -> usize {
        self.out.capacity() - self.out.len()
    }

    /// Makes room for this many bytes.
    #[inline(always)]
    pub(crate) fn reserve(&mut self, bytes: usize) {
        if self.room() < bytes {
            grow(&mut self.out, bytes);
        }
    }

    /// Appends bytes. All output goes through here, so that growing leaves nothing behind.
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.out.extend_from_slice(bytes);
    }

    #[inline(always)]
    fn header(&mut self, tag: Tag, ty: Type, length: u32) {
        self.put(&header(tag, ty, length).to_be_bytes());
    }

    #[inline(always)]
    fn four_bytes(&mut self, tag: Tag, ty: Type, value: u32) {
        self.sixteen(header(tag, ty, 4), u64::from(value) << 32);
    }

    #[inline(always)]
    fn eight_bytes(&mut self, tag: Tag, ty: Type, value: u64) {
        self.sixteen(header(tag, ty, 8), value);
    }

    /// Writes a whole item of 16 bytes, in one store.
    #[inline(always)]
    fn sixteen(&mut self, header: u64, value: u64) {
        self.put(&(u128::from(header) << 64 | u128::from(value)).to_be_bytes());
    }
}

/// Prints the length of the output, not its contents.
impl core::fmt::Debug for Writer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Writer(KMIP {}, {} bytes)", self.version, self.out.len())
    }
}

impl Drop for Writer {
    #[inline]
    fn drop(&mut self) {
        // Usually empty, because `into_vec` has taken it.
        if self.out.capacity() > 0 {
            wipe(&mut self.out);
        }
    }
}

/// Moves the output to a larger buffer, and wipes the old one, which `Vec` would free unwiped.
#[cold]
#[inline(never)]
pub(crate) fn grow(out: &mut Vec<u8>, more: usize) {
    // Small buffers grow in large steps, because each step costs a copy and a wipe. The new buffer has at most four
    // times the needed size, plus the old one. After one long value there is room for the usual rest.
    let factor = if out.capacity() < 1 << 16 { 4 } else { 2 };
    let capacity = out.len().saturating_add(more).saturating_add(Writer::USUAL).max(factor * out.capacity());
    let mut larger = Vec::with_capacity(capacity);
    larger.extend_from_slice(out);
    wipe(out);
    *out = larger;
}

/// Overwrites the whole buffer with zeros, including the bytes of an earlier message after its length.
#[cold]
#[inline(never)]
pub(crate) fn wipe(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.resize(buffer.capacity(), 0);
    // Prevents the compiler from removing writes that are never read.
    core::hint::black_box(buffer.as_mut_slice());
    buffer.clear();
}

#[inline]
const fn header(tag: Tag, ty: Type, length: u32) -> u64 {
    (tag.value() as u64) << 40 | (ty.code() as u64) << 32 | length as u64
}

/// Returns one to seven bytes and the zeros after them.
#[inline]
fn short_word(value: &[u8]) -> u64 {
    match (value.first_chunk(), value.last_chunk()) {
        // The two overlap in equal bytes.
        (Some(first), Some(last)) => {
            let (first, last) = (u32::from_be_bytes(*first), u32::from_be_bytes(*last));
            u64::from(first) << 32 | u64::from(last) << (8 * (8 - value.len()))
        }
        _ => value.iter().rev().fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56),
    }
}

/// Returns the number of bytes that extend the sign of a Big Integer on the wire.
pub(crate) const fn big_integer_padding(value: BigInteger<'_>) -> usize {
    match value.bytes().len() {
        0 => 8,
        length => length.wrapping_neg() & 7,
    }
}

/// Returns the length of a whole item with a value of this many bytes, header and padding included.
pub(crate) const fn padded_len(length: usize) -> usize {
    8 + length.next_multiple_of(8)
}
