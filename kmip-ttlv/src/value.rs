//! Values whose type is not known at compile time.

use core::fmt;

use crate::error::Result;
use crate::types::{BigInteger, DateTime, DateTimeExtended, Identifier, Interval, NameReference, Reference, Type};
use crate::{Decode, Encode, Item, Reader, Tag, Writer};

/// A value of any type, for example of a custom attribute.
///
/// Printing shows its type only, because it may be a secret.
///
/// ```
/// use kmip_ttlv::{Rules, Tag, V1_4, Value, decode, encode};
///
/// let frame = encode(&Value::TextString("blue"), Tag::ATTRIBUTE_VALUE, V1_4)?;
/// assert_eq!(decode::<Value>(&frame, Tag::ATTRIBUTE_VALUE, V1_4, Rules::STRICT)?, Value::TextString("blue"));
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Structure: the item as received.
    Structure(Item<'a>),
    /// Integer.
    Integer(i32),
    /// Long Integer.
    LongInteger(i64),
    /// Big Integer.
    BigInteger(BigInteger<'a>),
    /// Enumeration, by its number.
    Enumeration(u32),
    /// Boolean.
    Boolean(bool),
    /// Text String.
    TextString(&'a str),
    /// Byte String.
    ByteString(&'a [u8]),
    /// Date-Time.
    DateTime(DateTime),
    /// Interval.
    Interval(Interval),
    /// Date-Time Extended.
    DateTimeExtended(DateTimeExtended),
    /// Identifier.
    Identifier(Identifier<'a>),
    /// Reference.
    Reference(Reference<'a>),
    /// Name Reference.
    NameReference(NameReference<'a>),
}

/// Lists the types once, for all code that matches on them.
macro_rules! each_type {
    ($value:expr, $inner:ident => $each:expr) => {
        match $value {
            Value::Structure($inner) => $each,
            Value::Integer($inner) => $each,
            Value::LongInteger($inner) => $each,
            Value::BigInteger($inner) => $each,
            Value::Boolean($inner) => $each,
            Value::TextString($inner) => $each,
            Value::ByteString($inner) => $each,
            Value::DateTime($inner) => $each,
            Value::Interval($inner) => $each,
            Value::DateTimeExtended($inner) => $each,
            Value::Identifier($inner) => $each,
            Value::Reference($inner) => $each,
            Value::NameReference($inner) => $each,
            Value::Enumeration(number) => {
                let $inner = Enumerated(number);
                $each
            }
        }
    };
}

impl Value<'_> {
    /// Returns the type of the item that holds the value.
    #[must_use]
    pub const fn ty(&self) -> Type {
        match self {
            Self::Structure(_) => Type::Structure,
            Self::Integer(_) => Type::Integer,
            Self::LongInteger(_) => Type::LongInteger,
            Self::BigInteger(_) => Type::BigInteger,
            Self::Enumeration(_) => Type::Enumeration,
            Self::Boolean(_) => Type::Boolean,
            Self::TextString(_) => Type::TextString,
            Self::ByteString(_) => Type::ByteString,
            Self::DateTime(_) => Type::DateTime,
            Self::Interval(_) => Type::Interval,
            Self::DateTimeExtended(_) => Type::DateTimeExtended,
            Self::Identifier(_) => Type::Identifier,
            Self::Reference(_) => Type::Reference,
            Self::NameReference(_) => Type::NameReference,
        }
    }
}

/// Implements conversions from Rust types.
macro_rules! from {
    ($($ty:ty => $variant:ident;)*) => {$(
        impl<'a> From<$ty> for Value<'a> {
            fn from(value: $ty) -> Self {
                Self::$variant(value)
            }
        }
    )*};
}

from! {
    i32 => Integer;
    i64 => LongInteger;
    bool => Boolean;
    &'a str => TextString;
    &'a [u8] => ByteString;
    DateTime => DateTime;
    Interval => Interval;
}

impl<'a> Value<'a> {
    /// Returns the text of a Text String; `None` for another type.
    #[must_use]
    pub const fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::TextString(text) => Some(text),
            _ => None,
        }
    }
}

/// The number of an unknown enumeration.
#[derive(Clone, Copy)]
struct Enumerated(u32);

impl Encode for Enumerated {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.enumeration(tag, self.0);
        Ok(())
    }
}

impl<'a> Item<'a> {
    /// Returns the value, according to the type of the item.
    ///
    /// # Errors
    ///
    /// Fails if the value is invalid.
    pub fn to_value(&self) -> Result<Value<'a>> {
        Ok(match self.ty() {
            Type::Structure => Value::Structure(*self),
            Type::Integer => Value::Integer(self.as_integer()?),
            Type::LongInteger => Value::LongInteger(self.as_long_integer()?),
            Type::BigInteger => Value::BigInteger(self.as_big_integer()?),
            Type::Enumeration => Value::Enumeration(self.as_enumeration()?),
            Type::Boolean => Value::Boolean(self.as_boolean()?),
            Type::TextString => Value::TextString(self.as_text_string()?),
            Type::ByteString => Value::ByteString(self.as_byte_string()?),
            Type::DateTime => Value::DateTime(self.as_date_time()?),
            Type::Interval => Value::Interval(self.as_interval()?),
            Type::DateTimeExtended => Value::DateTimeExtended(self.as_date_time_extended()?),
            Type::Identifier => Value::Identifier(Identifier(self.as_text(Type::Identifier)?)),
            Type::Reference => Value::Reference(Reference(self.as_text(Type::Reference)?)),
            Type::NameReference => Value::NameReference(NameReference(self.as_text(Type::NameReference)?)),
        })
    }
}

/// A Boolean `false`: the initial value of a field before decoding, with few bytes to write.
impl Default for Value<'_> {
    #[inline]
    fn default() -> Self {
        Self::Boolean(false)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.ty(), f)
    }
}

impl<'a> Decode<'a> for Value<'a> {
    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        let item = Item::decode_next(reader, tag)?;
        *self = item.to_value()?;
        Ok(())
    }
}

impl Encode for Value<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        each_type!(*self, value => value.encode(tag, writer))
    }
}
