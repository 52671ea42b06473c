//! Typed writes of one item.

use super::Writer;
use crate::error::{Result, length_of};
use crate::tag::Tag;
use crate::types::{BigInteger, DateTime, DateTimeExtended, Interval, Type};
use crate::wire::{big_integer_padding, header};

impl Writer {
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
    /// Returns [`ErrorKind::TooLong`](crate::ErrorKind::TooLong) for 4 GiB or more, as do all methods that take bytes.
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

    /// Writes four bytes; the counterpart of [`Reader::word`](crate::Reader::word).
    #[inline(never)]
    pub(crate) fn word(&mut self, tag: Tag, ty: Type, value: u32) {
        self.four_bytes(tag, ty, value);
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
