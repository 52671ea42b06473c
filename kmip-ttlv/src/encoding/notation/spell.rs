//! Items as the lines of a document.

use alloc::vec::Vec;
use core::fmt::Write;

use super::Page;
use crate::enumeration::{Entry, EnumerationTable, MaskTable};
use crate::error::{Error, ErrorKind, Result};
use crate::names::{Meanings, Names};
use crate::types::{DateTime, DateTimeExtended};
use crate::{Item, ProtocolVersion, Reader, Tag, Type, Value, Visit, Walk};

/// The content of one line of a document.
#[derive(Clone, Copy)]
pub(in crate::encoding) struct Line<'a> {
    /// The number of enclosing structures.
    pub(in crate::encoding) depth: usize,
    pub(in crate::encoding) tag: Tag,
    /// The name of the tag in the message's version.
    pub(in crate::encoding) name: Option<&'static str>,
    pub(in crate::encoding) content: Content<'a>,
}

#[derive(Clone, Copy)]
pub(in crate::encoding) enum Content<'a> {
    /// An empty structure.
    Empty,
    /// A structure begins.
    Begin,
    /// A structure ends.
    End,
    Value(Type, Spelling<'a>),
}

/// The spelling of a value, without the marks around it.
#[derive(Clone, Copy)]
pub(in crate::encoding) enum Spelling<'a> {
    Number(i64),
    Boolean(bool),
    Text(&'a str),
    /// The digits of a Byte String.
    Bytes(&'a [u8]),
    /// The digits of a Big Integer.
    BigInteger(&'a [u8]),
    /// The name of an Enumeration's value.
    Name(&'static str),
    /// The bits of a mask that are set, at least one.
    Mask(&'static MaskTable, u32),
    /// A number of 32 bits that has no name.
    Hex(u32),
    /// A number of 64 bits.
    Hex64(u64),
    DateTime(DateTime),
    DateTimeExtended(DateTimeExtended),
}

/// Returns `true` if these bytes are exactly one item, so that a document needs no enclosing element.
pub(in crate::encoding) fn holds_one(items: &[u8]) -> bool {
    let mut reader = Reader::new(items);
    matches!(reader.next_item(), Ok(Some(_))) && reader.is_empty()
}

/// Walks through items, one message after another, and passes each line of their document to `write`.
pub(in crate::encoding) fn each_line<'a>(
    items: &'a [u8],
    mut write: impl FnMut(Line<'a>) -> Result<(), ErrorKind>,
) -> Result<()> {
    let mut meanings = Meanings::default();
    let mut version = Version::default();
    let mut open: Vec<Line<'a>> = Vec::new();
    for visit in Walk::new(items) {
        let visit = visit.map_err(|error| error.locate(items))?;
        let Visit { depth, item } = visit;
        let fail = |kind| item.error(kind).locate(items);
        for line in open.drain(depth..).rev() {
            write(line).map_err(fail)?;
        }
        if depth == 0 {
            // Each message is read on its own.
            (meanings, version) = Default::default();
        }
        let meaning = meanings.tag_of(&visit);
        version.follow(&item);
        let content = match item.ty() {
            Type::Structure if item.value().is_empty() => Content::Empty,
            Type::Structure => Content::Begin,
            ty => Content::Value(ty, Spelling::of(&item, meaning, version.stated)?),
        };
        let name = entry(Tag::TABLE, item.tag().value(), version.stated).map(Entry::name);
        let line = Line { depth, tag: item.tag(), name, content };
        write(line).map_err(fail)?;
        if let Content::Begin = content {
            open.push(Line { content: Content::End, ..line });
        }
    }
    for line in open.into_iter().rev() {
        write(line).map_err(|kind| Error::of_value(line.tag, kind))?;
    }
    Ok(())
}

/// The version of a message: the first one in its header. Later ones may be data.
#[derive(Default)]
struct Version {
    major: u8,
    stated: Option<ProtocolVersion>,
}

impl Version {
    fn follow(&mut self, item: &Item<'_>) {
        let part = || item.as_integer().ok().and_then(|part| u8::try_from(part).ok()).unwrap_or_default();
        match (item.tag(), self.stated) {
            (Tag::PROTOCOL_VERSION_MAJOR, None) => self.major = part(),
            (Tag::PROTOCOL_VERSION_MINOR, None) => self.stated = Some(ProtocolVersion::new(self.major, part())),
            _ => {}
        }
    }
}

/// Returns the row that names a value in this version; the newest if the version is unknown.
fn entry(table: &EnumerationTable, value: u32, version: Option<ProtocolVersion>) -> Option<Entry> {
    match version {
        Some(version) => table.entry_in(value, version),
        None => table.entry(value),
    }
}

impl<'a> Spelling<'a> {
    fn of(item: &Item<'a>, meaning: Tag, version: Option<ProtocolVersion>) -> Result<Self> {
        Ok(match (item.to_value()?, Names::of(meaning, item.ty())) {
            (Value::Integer(number), Some(Names::Mask(table))) if number != 0 => {
                Self::Mask(table, number.cast_unsigned())
            }
            (Value::Integer(number), _) => Self::Number(number.into()),
            (Value::LongInteger(number), _) => Self::Number(number),
            (Value::BigInteger(number), _) => Self::BigInteger(number.bytes()),
            (Value::Enumeration(number), Some(Names::Enumeration(table))) => {
                entry(table, number, version).map_or(Self::Hex(number), |entry| Self::Name(entry.name()))
            }
            (Value::Enumeration(number), _) => Self::Hex(number),
            (Value::Boolean(value), _) => Self::Boolean(value),
            (Value::TextString(text), _) => Self::Text(text),
            (Value::Identifier(text), _) => Self::Text(text.0),
            (Value::Reference(text), _) => Self::Text(text.0),
            (Value::NameReference(text), _) => Self::Text(text.0),
            (Value::ByteString(bytes), _) => Self::Bytes(bytes),
            (Value::DateTime(time), _) if is_four_digit_year(time.0) => Self::DateTime(time),
            (Value::DateTime(time), _) => Self::Hex64(time.0.cast_unsigned()),
            (Value::DateTimeExtended(time), _) if is_four_digit_year(time.0.div_euclid(1_000_000)) => {
                Self::DateTimeExtended(time)
            }
            (Value::DateTimeExtended(time), _) => Self::Hex64(time.0.cast_unsigned()),
            (Value::Interval(interval), _) => Self::Number(interval.0.into()),
            // Items are lines of their own.
            (Value::Structure(_), _) => Self::Bytes(&[]),
        })
    }

    /// Writes the characters that are the same in every document. Texts are excluded, because each form has its own
    /// escapes.
    ///
    /// `between` separates the names of a mask.
    pub(in crate::encoding) fn write(self, out: &mut Page, between: char) {
        // Writing to a `String` does not fail.
        let _ = match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Boolean(value) => write!(out, "{value}"),
            Self::Text(text) => out.write_str(text),
            Self::Bytes(bytes) | Self::BigInteger(bytes) => {
                write_digits(out, bytes);
                Ok(())
            }
            Self::Name(name) => out.write_str(name),
            Self::Mask(table, bits) => {
                write_mask(out, table, bits, between);
                Ok(())
            }
            Self::Hex(number) => write!(out, "0x{number:08X}"),
            Self::Hex64(number) => write!(out, "0x{number:016X}"),
            Self::DateTime(time) => write_time(out, time),
            Self::DateTimeExtended(time) => write_time(out, time),
        };
    }
}

/// Returns `true` for the years that every XML Schema reader accepts: 1 to 9999. Others are written in hex.
fn is_four_digit_year(seconds: i64) -> bool {
    (-62_135_596_800..253_402_300_800).contains(&seconds)
}

/// Writes a time. The zone is spelled as in the OASIS test cases, which readers without support for `Z` accept too.
fn write_time(out: &mut Page, time: impl core::fmt::Display) -> core::fmt::Result {
    write!(out, "{time}")?;
    out.pop_if(b'Z');
    out.write_str("+00:00")
}

fn write_digits(out: &mut Page, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.reserve(2 * bytes.len());
    // Writes several digits at a time: pushing each one takes several times as long.
    for bytes in bytes.chunks(32) {
        let mut digits = [0; 64];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
            *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        }
        out.push_digits(&digits[..2 * bytes.len()]);
        digits.fill(0);
        core::hint::black_box(&mut digits);
    }
}

fn write_mask(out: &mut Page, table: &MaskTable, bits: u32, between: char) {
    let start = out.len();
    for entry in table.entries_of(bits) {
        if out.len() > start {
            out.push(between);
        }
        out.push_str(entry.name());
    }
    let unknown = table.unknown_bits(bits);
    if unknown != 0 {
        if out.len() > start {
            out.push(between);
        }
        let _ = write!(out, "0x{unknown:08X}");
    }
}
