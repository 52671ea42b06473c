//! One item of a message.

use core::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::rules::Context;
use crate::tag::Tag;
use crate::types::{BigInteger, DateTime, DateTimeExtended, Interval, Type};
use crate::version::ProtocolVersion;
use crate::wire::has_padding;

/// An item as received: tag, type, and the bytes of its value.
///
/// It holds data without a type of its own, such as vendor extensions, and encodes to the same bytes.
///
/// ```
/// use kmip_ttlv::{Reader, Tag, Writer, V1_4};
///
/// let mut writer = Writer::new(V1_4);
/// writer.text_string(Tag::NAME_VALUE, "vm-42");
/// let item = Reader::new(writer.as_slice()).next_item()?.expect("one was written");
/// assert_eq!((item.tag(), item.as_text_string()?), (Tag::NAME_VALUE, "vm-42"));
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Item<'a> {
    /// The value with its padding.
    padded: &'a [u8],
    length: usize,
    offset: usize,
    tag: Tag,
    ty: Type,
    ctx: Context,
}

impl<'a> Item<'a> {
    #[inline]
    pub(crate) const fn new(tag: Tag, ty: Type, padded: &'a [u8], length: usize, offset: usize, ctx: Context) -> Self {
        Self { padded, length, offset, tag, ty, ctx }
    }

    /// Returns the tag.
    #[must_use]
    #[inline]
    pub const fn tag(&self) -> Tag {
        self.tag
    }

    /// Returns the type.
    #[must_use]
    #[inline]
    pub const fn ty(&self) -> Type {
        self.ty
    }

    /// Returns the offset of the item's header in the message.
    #[must_use]
    #[inline]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the range of the whole item in the message, header and padding included.
    #[must_use]
    pub const fn range(&self) -> core::ops::Range<usize> {
        self.offset..self.offset + 8 + self.padded.len()
    }

    /// Returns the version of the message that contained the item.
    #[must_use]
    pub const fn version(&self) -> ProtocolVersion {
        self.ctx.version()
    }

    /// Returns the bytes of the value, without padding.
    #[must_use]
    #[inline]
    pub fn value(&self) -> &'a [u8] {
        &self.padded[..self.length]
    }

    /// Returns the value of an Integer.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_integer(&self) -> Result<i32> {
        self.four_bytes(Type::Integer).map(u32::cast_signed)
    }

    /// Returns the value of a Long Integer.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_long_integer(&self) -> Result<i64> {
        self.eight_bytes(Type::LongInteger).map(u64::cast_signed)
    }

    /// Returns the value of a Big Integer.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    pub fn as_big_integer(&self) -> Result<BigInteger<'a>> {
        self.expect(Type::BigInteger).map(BigInteger::new)
    }

    /// Returns the number of an Enumeration.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_enumeration(&self) -> Result<u32> {
        self.four_bytes(Type::Enumeration)
    }

    /// Returns the value of a Boolean.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_boolean(&self) -> Result<bool> {
        self.eight_bytes(Type::Boolean).map(|value| value != 0)
    }

    /// Returns the value of a Text String.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_text_string(&self) -> Result<&'a str> {
        self.as_text(Type::TextString)
    }

    /// Returns the value of a Byte String.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_byte_string(&self) -> Result<&'a [u8]> {
        self.expect(Type::ByteString)
    }

    /// Returns the value of a Date-Time.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_date_time(&self) -> Result<DateTime> {
        self.eight_bytes(Type::DateTime).map(|value| DateTime(value.cast_signed()))
    }

    /// Returns the value of an Interval.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_interval(&self) -> Result<Interval> {
        self.four_bytes(Type::Interval).map(Interval)
    }

    /// Returns the value of a Date-Time Extended.
    ///
    /// # Errors
    ///
    /// Fails if the item has another type, or if its value is invalid.
    #[inline]
    pub fn as_date_time_extended(&self) -> Result<DateTimeExtended> {
        self.eight_bytes(Type::DateTimeExtended).map(|value| DateTimeExtended(value.cast_signed()))
    }

    /// Returns the text of any type that is encoded like a Text String.
    #[inline]
    pub(crate) fn as_text(&self, ty: Type) -> Result<&'a str> {
        core::str::from_utf8(self.expect(ty)?)
            .map_err(|error| self.error(ErrorKind::Utf8 { valid_up_to: error.valid_up_to() }))
    }

    /// Checks the length, value and padding against the type.
    #[inline(always)]
    pub(crate) fn check(&self) -> Result<(), ErrorKind> {
        match self.ty {
            Type::Structure | Type::BigInteger => self.check_length(),
            Type::LongInteger | Type::DateTime | Type::DateTimeExtended => self.check_length(),
            Type::Integer | Type::Enumeration | Type::Interval => {
                self.check_length()?;
                self.check_padding()
            }
            Type::Boolean => {
                self.check_length()?;
                if matches!(self.padded, [0, 0, 0, 0, 0, 0, 0, 0 | 1]) { Ok(()) } else { Err(ErrorKind::Boolean) }
            }
            Type::ByteString => self.check_padding(),
            Type::TextString | Type::Identifier | Type::Reference | Type::NameReference => {
                self.check_padding()?;
                match core::str::from_utf8(self.value()) {
                    Ok(_) => Ok(()),
                    Err(error) => Err(ErrorKind::Utf8 { valid_up_to: error.valid_up_to() }),
                }
            }
        }
    }

    #[inline(always)]
    fn check_length(&self) -> Result<(), ErrorKind> {
        // Lengths come from the wire, so the conversion cannot truncate.
        let length = u32::try_from(self.length).unwrap_or(u32::MAX);
        if self.ty.can_be(length) { Ok(()) } else { Err(ErrorKind::Length { ty: self.ty, length }) }
    }

    #[inline(always)]
    fn check_padding(&self) -> Result<(), ErrorKind> {
        let wrong = has_padding(self.padded, self.length) && !self.ctx.rules().allow_any_padding();
        if wrong { Err(ErrorKind::Padding) } else { Ok(()) }
    }

    #[inline]
    pub(crate) const fn ctx(&self) -> Context {
        self.ctx
    }

    /// Returns the whole value with its padding, as in the message.
    pub(crate) const fn padded(&self) -> &'a [u8] {
        self.padded
    }

    #[inline]
    pub(crate) fn expect(&self, expected: Type) -> Result<&'a [u8]> {
        if self.ty == expected { Ok(self.value()) } else { Err(self.of_other_type(expected)) }
    }

    #[cold]
    fn of_other_type(&self, expected: Type) -> Error {
        self.error(ErrorKind::Type { expected, found: self.ty })
    }

    #[inline]
    pub(crate) fn four_bytes(&self, ty: Type) -> Result<u32> {
        let length = ErrorKind::Length { ty, length: 0 };
        self.expect(ty)?.first_chunk().map(|four| u32::from_be_bytes(*four)).ok_or_else(|| self.error(length))
    }

    #[inline]
    pub(crate) fn eight_bytes(&self, ty: Type) -> Result<u64> {
        let length = ErrorKind::Length { ty, length: 0 };
        self.expect(ty)?.first_chunk().map(|eight| u64::from_be_bytes(*eight)).ok_or_else(|| self.error(length))
    }

    /// Creates an error at this item.
    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::at(kind, self.offset, self.ctx.level())
    }
}

/// Compares tag, type and value; the position does not matter.
impl PartialEq for Item<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.tag, self.ty, self.value()) == (other.tag, other.ty, other.value())
    }
}

impl Eq for Item<'_> {}

/// An empty structure: the initial value of a field before decoding.
impl Default for Item<'_> {
    fn default() -> Self {
        Self::new(Tag::from_bytes([0; 3]), Type::Structure, &[], 0, 0, Context::DEFAULT)
    }
}

/// Prints tag, type and length, never the value, which may be secret.
impl fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}({} bytes)", self.tag, self.ty, self.length)
    }
}
