//! Names and display text of attributes.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use kmip_ttlv::{Encode, Item, Reader, Tag, Type, V3_0, Value, Walk, Writer};

use super::reference::{AttributeReference, OtherAttribute};
use super::single::Attribute;
use super::value::AttributeValue;

impl<'a> AttributeValue<'a> {
    /// Returns the attribute's name in KMIP 1.x: `Cryptographic Length`, `x-Vendor`.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::AttributeValue;
    ///
    /// assert_eq!(AttributeValue::CryptographicLength(256).name(), "Cryptographic Length");
    /// assert_eq!(AttributeValue::custom("x-Vendor", "VMware, Inc.").name(), "x-Vendor");
    /// ```
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        match (self.row(), self.reference()) {
            (Some(row), _) => row.name().into(),
            (None, AttributeReference::Named(name)) => name.into(),
            (None, other) => other.to_string().into(),
        }
    }

    /// Creates a custom attribute, which a client defines. KMIP 1.x names it `x-NAME`, KMIP 2.x `NAME` of the vendor
    /// `x`. The prefix is optional in `name`.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{Attributes, AttributeValue};
    /// use kmip_client::protocol::operation::Create;
    /// use kmip_client::ttlv::Value;
    ///
    /// let request = Create::aes(256).attribute(AttributeValue::custom("x-Vendor", "VMware, Inc."));
    /// assert_eq!(request.attributes.custom("x-Vendor"), Some(Value::TextString("VMware, Inc.")));
    /// ```
    #[must_use]
    pub fn custom(name: &'a str, value: impl Into<Value<'a>>) -> Self {
        Self::other(AttributeReference::custom(name), value.into())
    }

    /// Creates a vendor's attribute for KMIP 2.x. KMIP 1.x has only custom attributes.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::AttributeValue;
    ///
    /// assert_eq!(AttributeValue::vendor("ACME", "Colour", "blue").name(), "ACME-Colour");
    /// ```
    #[must_use]
    pub fn vendor(vendor_identification: &'a str, name: &'a str, value: impl Into<Value<'a>>) -> Self {
        Self::other(AttributeReference::Vendor { vendor_identification, name }, value.into())
    }
}

impl<'a> AttributeReference<'a> {
    /// Returns the reference to a custom attribute, whose prefix `x-` is optional.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::AttributeReference;
    ///
    /// assert_eq!(AttributeReference::custom("Colour"), AttributeReference::from_name("x-Colour"));
    /// ```
    #[must_use]
    pub fn custom(name: &'a str) -> Self {
        match Self::from_name(name) {
            vendor @ Self::Vendor { .. } => vendor,
            _ => Self::Vendor { vendor_identification: "x", name },
        }
    }
}

/// Writes name and value: `State: Active`.
///
/// ```
/// use kmip_client::protocol::attribute::{Attribute, AttributeValue};
///
/// let length = Attribute::from(AttributeValue::CryptographicLength(256));
/// assert_eq!(length.to_string(), "Cryptographic Length: 256");
/// ```
impl fmt::Display for Attribute<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escaped(f, &self.value.name())?;
        if let Some(index @ 1..) = self.index {
            write!(f, " [{index}]")?;
        }
        write!(f, ": {}", self.value)
    }
}

/// Writes the value: dates as RFC 3339, masks and enumerations by their names, bytes in hexadecimal, structures field
/// by field. Terminal control characters are escaped. The counter of a one-time password is not printed.
///
/// ```
/// use kmip_client::protocol::attribute::{AttributeValue, Digest};
/// use kmip_client::ttlv::DateTime;
/// use kmip_client::ttlv::enumeration::{CryptographicUsageMask, HashingAlgorithm, KeyFormatType};
///
/// assert_eq!(AttributeValue::ActivationDate(DateTime(1_577_836_800)).to_string(), "2020-01-01T00:00:00Z");
/// let usage = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
/// assert_eq!(AttributeValue::CryptographicUsageMask(usage).to_string(), "Encrypt | Decrypt");
/// let digest = Digest::new(HashingAlgorithm::SHA_256).digest_value(&[0xAB, 0xCD]).key_format_type(KeyFormatType::RAW);
/// let text = "Hashing Algorithm: SHA_256, Digest Value: abcd, Key Format Type: Raw";
/// assert_eq!(AttributeValue::Digest(digest).to_string(), text);
/// ```
impl fmt::Display for AttributeValue<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text(self, f, |tag, _| tag == Tag::OTP_COUNTER)
    }
}

/// Writes the name and the text of the value, without what [`Text`](kmip_ttlv::Text) redacts:
/// `CryptographicLength(256)`.
impl fmt::Debug for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Other(other) = self {
            return f.debug_tuple("Other").field(other).finish();
        }
        escaped(f, &self.name().replace(' ', ""))?;
        f.write_str("(")?;
        text(self, f, kmip_ttlv::__private::hides)?;
        f.write_str(")")
    }
}

/// Writes the value, except for those that are `hidden`.
fn text(value: &AttributeValue<'_>, f: &mut fmt::Formatter<'_>, hidden: fn(Tag, Type) -> bool) -> fmt::Result {
    // Names are plain text in KMIP 3.0, the most readable form.
    let mut writer = Writer::new(V3_0).in_any_version();
    let encoded = match (value, value.row()) {
        (AttributeValue::Other(OtherAttribute { value, .. }), _) => value.encode(Tag::ATTRIBUTE_VALUE, &mut writer),
        (known, Some(row)) => known.encode_apart(row.tag, &mut writer),
        (_, None) => return f.write_str("no value"),
    };
    // A value that cannot be sent, such as a list without end.
    if encoded.is_err() {
        return f.write_str("invalid");
    }
    match Reader::new(writer.as_slice()).next_item() {
        Ok(Some(item)) if item.ty() == Type::Structure => structure(f, &item, hidden),
        Ok(Some(item)) => primitive(f, &item, hidden),
        _ => Err(fmt::Error),
    }
}

/// Writes the fields of a structure. Nested structures are put in brackets.
#[inline]
fn structure(f: &mut fmt::Formatter<'_>, item: &Item<'_>, hidden: fn(Tag, Type) -> bool) -> fmt::Result {
    let (mut depth, mut separator) = (0, "");
    for visit in Walk::from_reader(item.as_structure().map_err(|_| fmt::Error)?) {
        let visit = visit.map_err(|_| fmt::Error)?;
        while depth > visit.depth {
            f.write_str("]")?;
            (depth, separator) = (depth - 1, ", ");
        }
        f.write_str(separator)?;
        match visit.item.tag().title() {
            Some(title) => f.write_str(title)?,
            None => write!(f, "{}", visit.item.tag())?,
        }
        f.write_str(": ")?;
        if visit.item.ty() == Type::Structure {
            f.write_str("[")?;
            (depth, separator) = (depth + 1, "");
        } else {
            match visit.item.to_value() {
                Ok(Value::TextString(text)) if needs_quotes(text) && !hidden(visit.item.tag(), Type::TextString) => {
                    quoted(f, text)?;
                }
                _ => primitive(f, &visit.item, hidden)?,
            }
            separator = ", ";
        }
    }
    (0..depth).try_for_each(|_| f.write_str("]"))
}

#[inline]
fn primitive(f: &mut fmt::Formatter<'_>, item: &Item<'_>, hidden: fn(Tag, Type) -> bool) -> fmt::Result {
    let tag = item.tag();
    if hidden(tag, item.ty()) {
        return f.write_str("not printed");
    }
    match item.to_value().map_err(|_| fmt::Error)? {
        Value::Enumeration(number) => match tag.enumeration() {
            Some(table) => table.fmt_number(number, f),
            None => write!(f, "0x{number:08X}"),
        },
        Value::Integer(number) => match tag.mask() {
            Some(table) => table.fmt_number(number.cast_unsigned(), f),
            None => write!(f, "{number}"),
        },
        Value::LongInteger(number) => write!(f, "{number}"),
        Value::BigInteger(number) => hex(f, number.bytes()),
        Value::ByteString(bytes) => hex(f, bytes),
        Value::Boolean(value) => write!(f, "{value}"),
        Value::TextString(text) => escaped(f, text),
        Value::Identifier(text) => escaped(f, text.0),
        Value::Reference(text) => escaped(f, text.0),
        Value::NameReference(text) => escaped(f, text.0),
        Value::DateTime(time) => write!(f, "{time}"),
        Value::DateTimeExtended(time) => write!(f, "{time}"),
        Value::Interval(interval) => write!(f, "{interval}"),
        other => write!(f, "{other:?}"),
    }
}

/// Returns `true` for a text that would not be read as it is among the fields of a structure.
fn needs_quotes(text: &str) -> bool {
    text.trim() != text || text.contains([',', '"', '\\', '[', ']'])
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    escaped(f, &text.replace('\\', r"\\").replace('"', "\\\""))?;
    f.write_str("\"")
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Writes text from a peer, and escapes characters that control a terminal or are invisible.
fn escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|character| match character {
        '"' | '\'' | '\\' => f.write_char(character),
        other => write!(f, "{}", other.escape_debug()),
    })
}
