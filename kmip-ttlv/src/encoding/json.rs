//! Messages in JSON, and back (KMIP Additional Message Encodings 1.0, 4). Needs the feature `json`, and `std`.
//!
//! An item is an object of `tag`, `type` and `value`. The value of a structure is an array of its items, and its type
//! is omitted. Names, also those of enumerations and masks, are the canonical ones. Numbers without a name are in hex:
//! `{"tag":"0x540001", ...}`.
//!
//! ```
//! use kmip_ttlv::{Tag, V1_4, encode, json};
//!
//! let document = r#"
//! {"tag":"ProtocolVersion", "value":[
//!   {"tag":"ProtocolVersionMajor", "type":"Integer", "value":1},
//!   {"tag":"ProtocolVersionMinor", "type":"Integer", "value":4}
//! ]}
//! "#;
//! let frame = encode(&V1_4, Tag::PROTOCOL_VERSION, V1_4)?;
//! assert_eq!(json::to_json(&frame)?, document.trim_start());
//! assert_eq!(json::from_json(document).collect::<Result<Vec<_>, _>>()?, [frame]);
//! # Ok::<(), kmip_ttlv::Error>(())
//! ```
//!
//! # Output
//!
//! - Enumerations by the name that the version of the message has for them; masks as names with `|` between; what has
//!   no name as `0x` and eight digits. In KMIP 1.x the preceding Attribute Name determines the names of an Attribute
//!   Value.
//! - Integers and Intervals as numbers. Long Integers as numbers below 2^52, as `0x` and sixteen digits from there on,
//!   because many JSON readers have no more precise numbers. Big Integers as `0x` and all their digits, so that sign
//!   extension survives; Byte Strings as digits only.
//! - Dates in universal time, as `2020-01-01T00:00:00+00:00`; before the year 1 and after 9999, which many readers
//!   reject, as `0x` and sixteen digits.
//! - Everything: keys and passwords are not redacted. The caller wipes the document; buffers freed while it grew are
//!   wiped. [`Text`](crate::Text) is the form for logs.
//!
//! # Accepted input
//!
//! The reader also accepts hex for any number, numbers for enumerations and Big Integers, former names and spellings
//! seen in practice, times of any zone (UTC if none is given) and with fractions of a second (truncated to the
//! precision of the type), members in any order, `name` for people, `"type":"Structure"`, and `null` for an empty
//! structure. It refuses other members, duplicate members, numbers with a fraction or exponent, and names that no
//! version of KMIP has.
//!
//! Memory is bounded: reading allocates at most [`MAX_AMPLIFICATION`](crate::MAX_AMPLIFICATION) times the bytes of the
//! document, and a message takes at most one byte for each character of it. A document takes less than fifty characters
//! for each byte of its message, and usually five. Both directions take one pass, and nothing recurses.
//!
//! Copies made while unescaping are wiped, except for what the parser leaves behind while such a copy grows. Keys have
//! no escapes; passwords may have some.

mod read;

use alloc::string::String;
use core::fmt::Write as _;

use super::notation::{Content, Line, Page, Spelling, each_line, holds_one};
use crate::error::Result;

pub use self::read::{Messages, from_json};

/// Returns the JSON of a message or any other item, or an array if there are several items or none.
///
/// See [the module](self) for an example.
///
/// ```
/// use kmip_ttlv::json::to_json;
///
/// let batch_count = [0x42, 0x00, 0x0D, 0x02, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0];
/// assert_eq!(to_json(&batch_count)?.trim_end(), r#"{"tag":"BatchCount", "type":"Integer", "value":1}"#);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns the errors of [`Walk`](crate::Walk) for bytes that are no items, with offset and path in the message.
pub fn to_json(items: &[u8]) -> Result<String> {
    write(items, &PEOPLE)
}

/// Returns the JSON for a peer rather than for people: on one line, and with masks as numbers, because some servers do
/// not know the names of bits.
///
/// ```
/// use kmip_ttlv::enumeration::CryptographicUsageMask;
/// use kmip_ttlv::{Tag, V1_4, encode, json};
///
/// let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
/// let item = encode(&mask, Tag::CRYPTOGRAPHIC_USAGE_MASK, V1_4)?;
/// assert_eq!(json::to_compact_json(&item)?, r#"{"tag":"CryptographicUsageMask","type":"Integer","value":12}"#);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns the same errors as [`to_json`].
pub fn to_compact_json(items: &[u8]) -> Result<String> {
    write(items, &PEER)
}

/// The style of a document: for people or for a peer.
struct Style {
    /// The separator between the members of an object.
    comma: &'static str,
    /// `true` to put items on lines of their own, indented.
    lines: bool,
    named_bits: bool,
}

const PEOPLE: Style = Style { comma: ", ", lines: true, named_bits: true };
const PEER: Style = Style { comma: ",", lines: false, named_bits: false };

fn write(items: &[u8], style: &Style) -> Result<String> {
    let mut out = Page::with_capacity(4 * items.len());
    let one = holds_one(items);
    if !one {
        out.push('[');
    }
    // `true` if the next line starts the enclosing array; only then is there no comma before it.
    let mut first = true;
    each_line(items, |line| {
        if let Content::End = line.content {
            new_line(&mut out, line.depth, style);
            out.push_str("]}");
        } else {
            if !first {
                out.push(',');
            }
            if line.depth > 0 || !one {
                new_line(&mut out, line.depth, style);
            }
            write_item(&mut out, line, style);
        }
        first = matches!(line.content, Content::Begin);
        Ok(())
    })?;
    if !one {
        new_line(&mut out, 0, style);
        out.push(']');
    }
    new_line(&mut out, 0, style);
    Ok(out.into_string())
}

fn new_line(out: &mut Page, depth: usize, style: &Style) {
    if style.lines {
        out.push('\n');
        out.indent(depth);
    }
}

fn write_item(out: &mut Page, Line { tag, name, content, .. }: Line<'_>, style: &Style) {
    let comma = style.comma;
    out.push_str("{\"tag\":\"");
    match name {
        Some(name) => out.push_str(name),
        // Writing to a `String` does not fail.
        None => _ = write!(out, "{tag}"),
    }
    out.push('"');
    // Writing to a `String` does not fail.
    let _ = match content {
        Content::Begin => write!(out, "{comma}\"value\":["),
        // The item that ends here began on another line.
        Content::Empty | Content::End => write!(out, "{comma}\"value\":[]}}"),
        Content::Value(ty, value) => {
            let _ = write!(out, "{comma}\"type\":\"{ty}\"{comma}\"value\":");
            match value {
                Spelling::Mask(_, bits) if !style.named_bits => {
                    write_value(out, Spelling::Number(bits.cast_signed().into()));
                }
                value => write_value(out, value),
            }
            out.write_char('}')
        }
    };
}

fn write_value(out: &mut Page, value: Spelling<'_>) {
    /// The integers that every JSON reader represents exactly.
    const PRECISE: core::ops::Range<i64> = -(1 << 52) + 1..1 << 52;

    match value {
        Spelling::Number(number) if !PRECISE.contains(&number) => {
            write_value(out, Spelling::Hex64(number.cast_unsigned()));
        }
        Spelling::Number(_) | Spelling::Boolean(_) => value.write(out, '|'),
        Spelling::Text(text) => write_text(out, text),
        Spelling::BigInteger(_) => {
            out.push_str("\"0x");
            value.write(out, '|');
            out.push('"');
        }
        _ => {
            out.push('"');
            value.write(out, '|');
            out.push('"');
        }
    }
}

fn write_text(out: &mut Page, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1F}' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}
