//! Encoding of items to bytes.

mod value;

use alloc::vec::Vec;

use crate::buffer::{grow, wipe};
use crate::error::{Error, ErrorKind, Result, length_of};
use crate::item::Item;
use crate::tag::Tag;
use crate::types::Type;
use crate::version::{ProtocolVersion, VersionRange};
use crate::wire::header;

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
