//! Messages in XML, and back (KMIP Additional Message Encodings 1.0, 6). Needs the feature `xml`, and `std`.
//!
//! An item is an element named after its tag, with its type and value as attributes; a structure contains the elements
//! of its items. Names, also those of enumerations and masks, are the canonical ones. Tags without a name are in hex:
//! `<TTLV tag="0x540001" type="Integer" value="1" />`.
//!
//! ```
//! use kmip_ttlv::{Tag, V1_4, encode, xml};
//!
//! let document = r#"
//! <ProtocolVersion>
//!   <ProtocolVersionMajor type="Integer" value="1" />
//!   <ProtocolVersionMinor type="Integer" value="4" />
//! </ProtocolVersion>
//! "#;
//! let frame = encode(&V1_4, Tag::PROTOCOL_VERSION, V1_4)?;
//! assert_eq!(xml::to_xml(&frame)?, document.trim_start());
//! assert_eq!(xml::from_xml(document).collect::<Result<Vec<_>, _>>()?, [frame]);
//! # Ok::<(), kmip_ttlv::Error>(())
//! ```
//!
//! # Output
//!
//! - Enumerations by the name that the version of the message has for them; masks as names with spaces between; what
//!   has no name as `0x` and eight digits. In KMIP 1.x the preceding Attribute Name determines the names of an
//!   Attribute Value.
//! - Dates in universal time, as `2020-01-01T00:00:00+00:00`; before the year 1 and after 9999, which many readers
//!   reject, as `0x` and sixteen digits. Big Integers with all their digits, so that sign extension survives.
//! - Everything: keys and passwords are not redacted. The caller wipes the document; buffers freed while it grew are
//!   wiped. [`Text`](crate::Text) is the form for logs.
//!
//! # Accepted input
//!
//! The reader also accepts hex for any number, decimal numbers for enumerations, former names and spellings seen in
//! practice, times of any zone (UTC if none is given) and with fractions of a second (truncated to the precision of the
//! type), `<TTLV tag="Name">` and `<x540001>`, namespaces and prefixes (ignored), comments and processing instructions
//! (skipped). It refuses document types and entities other than the five of XML, and expands nothing. It also refuses
//! text between elements, other attributes, and names that no version of KMIP has.
//!
//! Memory is bounded: reading allocates at most [`MAX_AMPLIFICATION`](crate::MAX_AMPLIFICATION) times the bytes of the
//! document, and a message takes at most two bytes for each character of it. A document takes less than fifty
//! characters for each byte of its message, and usually four. Both directions take one pass, and nothing recurses.

mod read;

use alloc::string::String;
use core::fmt::Write;

use super::notation::{Content, Line, Page, Spelling, each_line, holds_one};
use crate::error::{ErrorKind, Result};

pub use self::read::{Messages, from_xml};

/// The element of a tag without a name.
const GENERAL: &str = "TTLV";

/// Returns the XML of a message or any other item, inside `<KMIP>` if there are several items or none.
///
/// See [the module](self) for an example.
///
/// ```
/// use kmip_ttlv::xml::to_xml;
///
/// let batch_count = [0x42, 0x00, 0x0D, 0x02, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0];
/// assert_eq!(to_xml(&batch_count)?.trim_end(), r#"<BatchCount type="Integer" value="1" />"#);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns the errors of [`Walk`](crate::Walk) for bytes that are no items, and [`ErrorKind::Character`] for a text
/// with a character that XML cannot carry: control characters except tab, line feed and carriage return, U+FFFE and
/// U+FFFF. Both have offset and path in the message.
pub fn to_xml(items: &[u8]) -> Result<String> {
    let mut out = Page::with_capacity(4 * items.len());
    let one = holds_one(items);
    if !one {
        out.push_str("<KMIP>\n");
    }
    each_line(items, |line| write_line(&mut out, line))?;
    if !one {
        out.push_str("</KMIP>\n");
    }
    Ok(out.into_string())
}

fn write_line(out: &mut Page, Line { depth, tag, name, content }: Line<'_>) -> Result<(), ErrorKind> {
    out.indent(depth);
    out.push_str(if let Content::End = content { "</" } else { "<" });
    out.push_str(name.unwrap_or(GENERAL));
    if let (None, Content::Empty | Content::Begin | Content::Value(..)) = (name, content) {
        // Writing to a `String` does not fail.
        let _ = write!(out, " tag=\"{tag}\"");
    }
    match content {
        Content::Begin | Content::End => out.push_str(">\n"),
        Content::Empty => out.push_str(" />\n"),
        Content::Value(ty, value) => {
            let _ = write!(out, " type=\"{ty}\" value=\"");
            match value {
                Spelling::Text(text) => write_text(out, text)?,
                value => value.write(out, ' '),
            }
            out.push_str("\" />\n");
        }
    }
    Ok(())
}

/// Writes an escaped text. White space other than the blank is escaped, because readers would normalize it to a blank.
fn write_text(out: &mut Page, text: &str) -> Result<(), ErrorKind> {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            c if is_character(c) => out.push(c),
            c => return Err(ErrorKind::Character(c)),
        }
    }
    Ok(())
}

/// Returns `true` if XML 1.0 has the character (2.2).
const fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
