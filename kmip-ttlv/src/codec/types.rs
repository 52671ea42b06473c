//! The item types as Rust types.

use alloc::boxed::Box;

use super::{Decode, Encode};
use crate::error::{ErrorKind, Result};
use crate::item::Item;
use crate::reader::Reader;
use crate::tag::Tag;
use crate::types::{BigInteger, DateTime, DateTimeExtended, Identifier, Interval, NameReference, Reference, Type};
use crate::writer::Writer;

/// Implements the traits for types with one method of [`Reader`] and one of [`Writer`]: 16 bytes on the wire.
macro_rules! fixed {
    ($($ty:ty: $method:ident $(, $word:ident $from:expr, $into:ident)?;)*) => {$(
        impl Decode<'_> for $ty {
            const MIN_LEN: usize = 16;
            $(const WORD: Option<Type> = Some(Type::$word);

            fn from_word(word: u32) -> Self {
                $from(word)
            })?

            #[inline(always)]
            fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
                *self = reader.$method(tag)?;
                Ok(())
            }
        }

        impl Encode for $ty {
            #[inline(always)]
            fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                writer.$method(tag, *self);
                Ok(())
            }
            $(
            #[inline]
            fn word(&self) -> Option<(Type, u32)> {
                Some((Type::$word, self.$into()))
            })?
        }
    )*};
}

fixed! {
    i32: integer, Integer u32::cast_signed, cast_unsigned;
    i64: long_integer;
    bool: boolean;
    DateTime: date_time;
    Interval: interval;
    DateTimeExtended: date_time_extended;
}

/// Implements the traits for types of any length that borrow from the message.
macro_rules! borrowed {
    ($($ty:ty: |$reader:ident, $tag:ident| $decode:expr, |$value:ident, $writer:ident| $encode:expr;)*) => {$(
        impl<'a> Decode<'a> for $ty {
            #[inline(always)]
            fn decode_into(&mut self, $reader: &mut Reader<'a>, $tag: Tag) -> Result<()> {
                *self = $decode;
                Ok(())
            }
        }

        impl<'a> Encode for $ty {
            #[inline(always)]
            fn encode(&self, $tag: Tag, $writer: &mut Writer) -> Result<()> {
                let $value = self;
                $encode
            }

            fn prints_bytes(&self) -> bool {
                true
            }
        }
    )*};
}

borrowed! {
    &'a str: |r, tag| r.text_string(tag)?, |value, w| w.text_string(tag, value);
    &'a [u8]: |r, tag| r.byte_string(tag)?, |value, w| w.byte_string(tag, value);
    BigInteger<'a>: |r, tag| r.big_integer(tag)?, |value, w| w.big_integer(tag, *value);
    Identifier<'a>: |r, tag| Self(r.text(tag, Type::Identifier)?),
        |value, w| w.bytes(tag, Type::Identifier, value.0.as_bytes());
    Reference<'a>: |r, tag| Self(r.text(tag, Type::Reference)?),
        |value, w| w.bytes(tag, Type::Reference, value.0.as_bytes());
    NameReference<'a>: |r, tag| Self(r.text(tag, Type::NameReference)?),
        |value, w| w.bytes(tag, Type::NameReference, value.0.as_bytes());
}

impl<'a> Decode<'a> for Item<'a> {
    /// Reads any item with the tag. The contents of a structure are checked, so that it can be written again unread.
    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        (*self, *reader) = item(reader.clone(), tag)?;
        Ok(())
    }
}

#[inline(never)]
fn item<'a>(mut reader: Reader<'a>, tag: Tag) -> Result<(Item<'a>, Reader<'a>)> {
    if !reader.at(tag) {
        return Err(reader.error(ErrorKind::Missing(tag)));
    }
    let item = reader.next_item()?.unwrap_or_default();
    item.check_inside()?;
    Ok((item, reader))
}

impl Encode for Item<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.item(tag, self)
    }
}

/// A tag as the value of an item: an Enumeration (KMIP 2.1, 7.3).
impl Decode<'_> for Tag {
    const MIN_LEN: usize = 16;

    fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
        let before = reader.clone();
        let number = reader.enumeration(tag)?;
        *self = Self::try_from(number).map_err(|_| before.error(ErrorKind::Value("a tag has 24 bits")))?;
        Ok(())
    }
}

impl Encode for Tag {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.enumeration(tag, self.value());
        Ok(())
    }
}

/// A value that may be large and is rarely present, stored separately.
impl<'a, T: Decode<'a>> Decode<'a> for Box<T> {
    const MIN_LEN: usize = T::MIN_LEN;

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        *reader = decode_apart(&mut **self, reader.clone(), tag)?;
        Ok(())
    }

    #[inline]
    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        T::follows(reader, tag)
    }
}

/// Decodes a value that is rarely present. By value, because a borrowed reader would be in memory wherever it is used.
#[doc(hidden)]
#[inline(never)]
pub fn decode_apart<'a, T: Decode<'a>>(value: &mut T, mut reader: Reader<'a>, tag: Tag) -> Result<Reader<'a>> {
    value.decode_into(&mut reader, tag)?;
    Ok(reader)
}

/// Encodes a value that is rarely present, or one of many types.
#[doc(hidden)]
#[inline(never)]
pub fn encode_apart<T: Encode>(value: &T, tag: Tag, writer: &mut Writer) -> Result<()> {
    value.encode(tag, writer)
}

impl<T: Encode> Encode for Box<T> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        (**self).encode(tag, writer)
    }
}
