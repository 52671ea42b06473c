//! Values parsed from the characters of a document.

use alloc::vec::Vec;

use crate::buffer::wipe;
use crate::date;
use crate::enumeration::MaskTable;
use crate::error::ErrorKind;
use crate::names::Names;
use crate::types::{BigInteger, DateTime, DateTimeExtended, Interval, Type};
use crate::{Error, Tag, Writer};

/// A value in the form of the document.
#[derive(Clone, Copy)]
pub(in crate::encoding) enum Given<'a> {
    /// An attribute of XML: any characters.
    #[cfg(feature = "xml")]
    Attribute(&'a str),
    /// A string of JSON.
    #[cfg(feature = "json")]
    String(&'a str),
    /// A number of JSON.
    #[cfg(feature = "json")]
    Number(&'a str),
    /// `true` or `false` of JSON.
    #[cfg(feature = "json")]
    Boolean(bool),
}

const INTEGER: ErrorKind = ErrorKind::Value("an Integer is a whole number of 32 bits, or 0x and up to 8 hex digits");
const LONG: ErrorKind = ErrorKind::Value("a LongInteger is a whole number of 64 bits, or 0x and up to 16 hex digits");
const BIG: ErrorKind = ErrorKind::Value("a BigInteger is hex digits, 16 or a multiple of it");
const ENUMERATION: ErrorKind = ErrorKind::Value("an Enumeration is 0x and up to 8 hex digits, or a name");
const NAMELESS: ErrorKind =
    ErrorKind::Value("no names are known for the values of this Enumeration, so it has to be hex");
const BOOLEAN: ErrorKind = ErrorKind::Value("a Boolean is true or false");
const TEXT: ErrorKind = ErrorKind::Value("a text has to be a string");
const BYTES: ErrorKind = ErrorKind::Value("a ByteString is pairs of hex digits, without 0x");
const DATE: ErrorKind =
    ErrorKind::Value("a point in time is written as 2001-01-01T10:00:00+10:00, or 0x and up to 16 hex digits");
const INTERVAL: ErrorKind = ErrorKind::Value("an Interval is a whole number of 32 bits, or 0x and up to 8 hex digits");
const STRUCTURE: ErrorKind = ErrorKind::Syntax("a Structure holds items, not a value");

impl<'a> Given<'a> {
    /// Returns the characters of an attribute or string; `None` for a number or Boolean of JSON.
    pub(in crate::encoding) const fn text(self) -> Option<&'a str> {
        match self {
            #[cfg(feature = "xml")]
            Self::Attribute(text) => Some(text),
            #[cfg(feature = "json")]
            Self::String(text) => Some(text),
            #[cfg(feature = "json")]
            Self::Number(_) | Self::Boolean(_) => None,
        }
    }

    /// Returns the characters without surrounding spaces, which XML Schema ignores except in a text.
    fn word(self) -> Option<&'a str> {
        self.text().map(|text| text.trim_matches([' ', '\t', '\r', '\n']))
    }

    /// Parses a decimal number.
    fn decimal<T: core::str::FromStr>(self) -> Option<T> {
        match self {
            #[cfg(feature = "xml")]
            Self::Attribute(_) => self.word()?.parse().ok(),
            #[cfg(feature = "json")]
            Self::Number(number) => number.parse().ok(),
            #[cfg(feature = "json")]
            Self::String(_) | Self::Boolean(_) => None,
        }
    }

    /// Parses a number in hex, with its `0x`.
    fn hex(self) -> Option<u64> {
        hex_u64(self.word()?.strip_prefix("0x")?)
    }

    fn hex_32(self) -> Option<u32> {
        hex_u32(self.word()?.strip_prefix("0x")?)
    }

    fn boolean(self) -> Option<bool> {
        match self {
            #[cfg(feature = "xml")]
            Self::Attribute(_) => match self.word()? {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            #[cfg(feature = "json")]
            Self::Boolean(value) => Some(value),
            #[cfg(feature = "json")]
            Self::String(_) => match self.hex()? {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
            #[cfg(feature = "json")]
            Self::Number(_) => None,
        }
    }

    /// Writes an item of this value. `meaning` is the tag that determines its names. `scratch` is a buffer for bytes.
    pub(super) fn write(
        self,
        writer: &mut Writer,
        tag: Tag,
        ty: Type,
        meaning: Tag,
        scratch: &mut Vec<u8>,
    ) -> Result<(), ErrorKind> {
        let too_long = |error: Error| error.kind();
        match ty {
            Type::Structure => return Err(STRUCTURE),
            Type::Integer => writer.integer(tag, self.integer(meaning)?),
            Type::LongInteger => {
                let hex = || self.hex().map(u64::cast_signed);
                writer.long_integer(tag, self.decimal().or_else(hex).ok_or(LONG)?);
            }
            Type::BigInteger => {
                self.big_integer(scratch).ok_or(BIG)?;
                writer.big_integer(tag, BigInteger::new(scratch)).map_err(too_long)?;
            }
            Type::Enumeration => writer.enumeration(tag, self.enumeration(meaning)?),
            Type::Boolean => writer.boolean(tag, self.boolean().ok_or(BOOLEAN)?),
            Type::TextString | Type::Identifier | Type::Reference | Type::NameReference => {
                writer.bytes(tag, ty, self.text().ok_or(TEXT)?.as_bytes()).map_err(too_long)?;
            }
            Type::ByteString => {
                self.word().and_then(|digits| hex_bytes(digits, scratch)).ok_or(BYTES)?;
                writer.byte_string(tag, scratch).map_err(too_long)?;
            }
            Type::DateTime => writer.date_time(tag, DateTime(self.date(|(seconds, _)| Some(seconds))?)),
            Type::DateTimeExtended => {
                let micros = |(seconds, micros): (i64, i64)| seconds.checked_mul(1_000_000)?.checked_add(micros);
                writer.date_time_extended(tag, DateTimeExtended(self.date(micros)?));
            }
            Type::Interval => {
                writer.interval(tag, Interval(self.decimal().or_else(|| self.hex_32()).ok_or(INTERVAL)?));
            }
        }
        Ok(())
    }

    fn integer(self, meaning: Tag) -> Result<i32, ErrorKind> {
        if let Some(number) = self.decimal().or_else(|| self.hex_32().map(u32::cast_signed)) {
            return Ok(number);
        }
        match (Names::of(meaning, Type::Integer), self.word()) {
            (Some(Names::Mask(table)), Some(words)) => mask(table, words).map(u32::cast_signed),
            _ => Err(INTEGER),
        }
    }

    fn enumeration(self, meaning: Tag) -> Result<u32, ErrorKind> {
        if let Some(number) = self.decimal().or_else(|| self.hex_32()) {
            return Ok(number);
        }
        match (self.word(), Names::of(meaning, Type::Enumeration)) {
            (None, _) | (Some(""), _) => Err(ENUMERATION),
            (Some(name), _) if name.starts_with("0x") => Err(ENUMERATION),
            (Some(name), Some(Names::Enumeration(table))) => {
                table.value_of(name).ok_or(ErrorKind::UnknownName(table.title()))
            }
            _ => Err(NAMELESS),
        }
    }

    /// Returns the wire form of the bytes: JSON has the prefix `0x`, XML has none. A number of JSON takes eight bytes.
    fn big_integer(self, bytes: &mut Vec<u8>) -> Option<()> {
        match self.word() {
            Some(word) => hex_bytes(word.strip_prefix("0x").unwrap_or(word), bytes)?,
            None => {
                bytes.clear();
                // A number is no key, so it needs no wiping.
                bytes.extend_from_slice(&self.decimal::<i64>()?.to_be_bytes());
            }
        }
        (!bytes.is_empty() && bytes.len().is_multiple_of(8)).then_some(())
    }

    fn date(self, number: impl Fn((i64, i64)) -> Option<i64>) -> Result<i64, ErrorKind> {
        let text = || self.word().and_then(date::parse).and_then(&number);
        self.hex().map(u64::cast_signed).or_else(text).ok_or(DATE)
    }
}

/// Parses names of bits, and bits in hex. XML separates them by spaces, JSON by bars.
fn mask(table: &MaskTable, words: &str) -> Result<u32, ErrorKind> {
    let words = words.split([' ', '\t', '\r', '\n', '|']).filter(|word| !word.is_empty());
    words.map(|word| bits(table, word)).try_fold(0, |all, bits| Ok(all | bits?))
}

fn bits(table: &MaskTable, word: &str) -> Result<u32, ErrorKind> {
    match word.strip_prefix("0x") {
        Some(digits) => hex_u32(digits).ok_or(INTEGER),
        None => table.bit_of(word).ok_or(ErrorKind::UnknownName(table.title())),
    }
}

/// Parses up to eight hex digits and nothing else.
pub(super) fn hex_u32(digits: &str) -> Option<u32> {
    hex_u64(digits).filter(|_| digits.len() <= 8).and_then(|number| u32::try_from(number).ok())
}

fn hex_u64(digits: &str) -> Option<u64> {
    // Checked first, because `from_str_radix` accepts a sign.
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

/// Replaces the contents of `bytes` by the bytes of pairs of hex digits.
fn hex_bytes(digits: &str, bytes: &mut Vec<u8>) -> Option<()> {
    bytes.clear();
    if bytes.capacity() < digits.len() / 2 {
        // Wipes first: `reserve` would free the key of an earlier item unwiped.
        wipe(bytes);
        *bytes = Vec::with_capacity(digits.len() / 2);
    }
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    for &[high, low] in pairs {
        bytes.push(hex_digit(high)? << 4 | hex_digit(low)?);
    }
    rest.is_empty().then_some(())
}

const fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
