//! Values from text.

use kmip_ttlv::enumeration::Entry;
use kmip_ttlv::{DateTime, Encode, Identifier, Interval, NameReference, Reference, Tag, Type, Writer};

/// Writes an item of this type. An error lists the possible values.
#[inline]
pub(super) fn write_value(writer: &mut Writer, tag: Tag, ty: Type, text: &str) -> Result<(), String> {
    let word = text.trim();
    match ty {
        Type::Integer => writer.integer(tag, integer(tag, word)?),
        Type::LongInteger => writer.long_integer(tag, word.parse().map_err(|_| "a whole number".to_owned())?),
        Type::Enumeration => writer.enumeration(tag, enumeration(tag, word)?),
        Type::Boolean => match word.to_ascii_lowercase().as_str() {
            "true" => writer.boolean(tag, true),
            "false" => writer.boolean(tag, false),
            _ => return Err("true or false".into()),
        },
        Type::DateTime => {
            let time = word.parse::<DateTime>();
            writer.date_time(tag, time.map_err(|_| "a point in time as in 2027-01-31T12:00:00Z, or a date")?);
        }
        Type::Interval => {
            let time = word.parse::<Interval>();
            writer.interval(tag, time.map_err(|_| "seconds up to 32 bits, or a number with m, h or d, as in 30d")?);
        }
        Type::ByteString => {
            let bytes = hex(word).ok_or("pairs of hex digits")?;
            return writer.byte_string(tag, &bytes).map_err(|error| error.to_string());
        }
        Type::Identifier => return Identifier(text).encode(tag, writer).map_err(|error| error.to_string()),
        Type::Reference => return Reference(text).encode(tag, writer).map_err(|error| error.to_string()),
        Type::NameReference => return NameReference(text).encode(tag, writer).map_err(|error| error.to_string()),
        Type::TextString => return writer.text_string(tag, text).map_err(|error| error.to_string()),
        other => return Err(format!("a value of the type {other}, which has no text")),
    }
    Ok(())
}

#[inline]
fn enumeration(tag: Tag, word: &str) -> Result<u32, String> {
    let table = tag.enumeration();
    // Without a name, only the number is possible.
    let number = || word.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    table.map_or_else(number, |table| table.find(word)).ok_or_else(|| match table {
        Some(table) if table.entries().len() > 0 => {
            format!("one of {}", names(table.entries().map(Entry::name)))
        }
        _ => "a number as in 0x00000001".into(),
    })
}

#[inline]
fn integer(tag: Tag, word: &str) -> Result<i32, String> {
    let Some(table) = tag.mask() else { return word.parse().map_err(|_| "a whole number of 32 bits".into()) };
    let mut bits = word.split(['|', ',']).map(|name| table.find(name.trim()));
    bits.try_fold(0, |all, bit| Some(all | bit?)).map(u32::cast_signed).ok_or_else(|| {
        let names = names(table.entries().map(Entry::name));
        format!("names with | between them, of {names}")
    })
}

/// Lists names for an error; only the first ones of a long list.
fn names(all: impl Iterator<Item = &'static str>) -> String {
    let mut all: Vec<_> = all.collect();
    let more = all.len() > 24;
    all.truncate(24);
    all.join(", ") + if more { ", ..." } else { "" }
}

#[inline]
fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect::<Option<_>>();
    bytes.filter(|_| rest.is_empty())
}
