//! Typed reads of one item: a 16-byte load and one comparison of the whole header.

use super::Reader;
use crate::error::{Error, ErrorKind, Result};
use crate::tag::Tag;
use crate::types::{BigInteger, DateTime, DateTimeExtended, Interval, Type};
use crate::wire::{has_padding, head, header, split_at, words};

impl<'a> Reader<'a> {
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

    /// Reads four bytes. A function, for all types of fields that are read through one.
    #[doc(hidden)]
    #[inline(never)]
    pub fn word(&mut self, tag: Tag, ty: Type) -> Result<u32> {
        self.four_bytes(tag, ty)
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
        self.further(tag, ty, Self::four_bytes_further)
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
        self.further(tag, ty, Self::eight_bytes_further)
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
        self.further(tag, ty, Self::bytes_further)
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
