//! The names in certificates, as people write them.

use std::net::IpAddr;

use super::der::{Item, identifier, items};
use crate::exchange::report::Printable;

/// The longest name that DNS has, in characters (RFC 1035, 2.3.4).
pub(super) const LONGEST_NAME: usize = 253;

/// The short names of attribute types: those that RFC 4514 requires, and two that are widespread.
const TYPES: [(&str, &str); 11] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("2.5.4.5", "serialNumber"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// Writes a distinguished name, given as its DER without tag and length (RFC 4514, 2). It is safe for a terminal.
#[inline]
pub(super) fn distinguished(name: &[u8]) -> String {
    let mut parts: Vec<String> = items(name)
        .map(|set| items(set.value).map(|attribute| written(&attribute)).collect::<Vec<_>>().join("+"))
        .collect();
    parts.reverse();
    Printable::new(&parts.join(",")).to_string()
}

/// Writes an attribute as its type and value; a value that is not text in hexadecimal digits.
#[inline]
fn written(attribute: &Item<'_>) -> String {
    let dotted = identifier(attribute.value).unwrap_or_else(|| "?".to_owned());
    let name = TYPES.iter().find(|(known, _)| *known == dotted).map(|(_, name)| *name);
    let value = items(attribute.value).nth(1);
    match (name, value.as_ref().map(|value| (value, text(value)))) {
        (Some(name), Some((_, Some(text)))) => format!("{name}={}", escaped(&text)),
        (name, value) => {
            let bytes = value.map_or(&[][..], |(value, _)| value.whole);
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{}=#{digits}", name.unwrap_or(&dotted))
        }
    }
}

/// Returns the text of a `DirectoryString` or `IA5String`.
#[inline]
pub(super) fn text(value: &Item<'_>) -> Option<String> {
    match value.tag {
        // UTF8String, PrintableString, IA5String.
        0x0C | 0x13 | 0x16 => std::str::from_utf8(value.value).ok().map(ToOwned::to_owned),
        // TeletexString, which is taken for Latin-1 everywhere.
        0x14 => Some(value.value.iter().copied().map(char::from).collect()),
        // BMPString.
        0x1E => {
            let units: Vec<u16> =
                value.value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

/// Escapes what has a meaning in the text of a distinguished name (RFC 4514, 2.4).
#[inline]
fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut escaped = String::with_capacity(text.len());
    for (at, character) in text.chars().enumerate() {
        let is_special = match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => true,
            '#' => at == 0,
            ' ' => at == 0 || at == last,
            _ => false,
        };
        if is_special {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Reads a `GeneralName` by which a host can be reached: a DNS name or an IP address (RFC 5280, 4.2.1.6).
#[inline]
pub(super) fn of_a_host(name: &Item<'_>) -> Option<String> {
    match name.tag {
        0x82 => {
            let name = std::str::from_utf8(name.value).ok().filter(|name| name.is_ascii())?;
            Some(Printable::within(name, LONGEST_NAME).to_string())
        }
        0x87 => {
            let four = <[u8; 4]>::try_from(name.value).map(IpAddr::from);
            let address = four.or_else(|_| <[u8; 16]>::try_from(name.value).map(IpAddr::from)).ok()?;
            Some(address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `openssl req -x509 -subj '/C=DE/O=Acme, Inc./CN=#1 +x\1E' -nameopt RFC2253`, which writes the same.
    #[test]
    fn distinguished_names_as_openssl_writes_them() {
        let name = [
            &[0x31, 0x0B, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02][..],
            b"DE",
            &[0x31, 0x13, 0x30, 0x11, 0x06, 0x03, 0x55, 0x04, 0x0A, 0x0C, 0x0A],
            b"Acme, Inc.",
            &[0x31, 0x0E, 0x30, 0x0C, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x05],
            b"#1 +x",
        ]
        .concat();
        assert_eq!(distinguished(&name), r"CN=\#1 \+x,O=Acme\, Inc.,C=DE");
        // Of a type that has no short name, and a value that is no text.
        let name = [0x31, 0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x2D, 0x03, 0x01, 0x00];
        assert_eq!(distinguished(&name), "2.5.4.45=#030100");
        assert_eq!(distinguished(&[0x31, 0x7F]), "");
    }

    #[test]
    fn names_are_escaped_for_a_terminal() {
        let name = [&[0x31, 0x0D, 0x30, 0x0B, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x04][..], b"a\x1B[J"].concat();
        assert_eq!(distinguished(&name), r"CN=a\u{1b}[J");
    }
}
