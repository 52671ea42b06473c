//! Command line values, by their KMIP names.

use kmip_client::protocol::attribute::{AttributeValue, ParsedAttribute};
use kmip_client::ttlv::Interval;
use kmip_client::ttlv::enumeration::{CryptographicUsageMask, Entry, Enumeration, Mask};

/// Finds the value of an enumeration by its name in the specification, regardless of case and of the separators between
/// words.
pub(crate) fn named<T: Enumeration>(text: &str) -> Result<T, String> {
    let value = T::TABLE.find(text).ok_or_else(|| format!("one of {}", names(T::TABLE.entries())))?;
    Ok(T::from_value(value))
}

/// Parses the permitted uses of a key: names with commas between.
pub(crate) fn usage(text: &str) -> Result<CryptographicUsageMask, String> {
    let table = CryptographicUsageMask::TABLE;
    let mut bits = text.split([',', '|']).map(|name| table.find(name.trim()));
    let bits = bits.try_fold(0, |all, bit| Some(all | bit?));
    let bits = bits.ok_or_else(|| format!("names with commas between, of {}", names(table.entries())))?;
    Ok(CryptographicUsageMask::from_bits(bits))
}

/// Lists names for an error; of long lists the beginning.
fn names(entries: impl ExactSizeIterator<Item = Entry>) -> String {
    let all = entries.len();
    let names: Vec<_> = entries.map(Entry::name).take(24).collect();
    names.join(", ") + if all > names.len() { ", ..." } else { "" }
}

/// Parses a span of time: seconds, or a number with m, h or d.
pub(crate) fn interval(text: &str) -> Result<Interval, String> {
    text.parse().map_err(|_| "seconds, or a number with m, h or d, as in 30d".to_owned())
}

/// Returns the attribute in the form of the server's version: KMIP 3.0 has an attribute for each type of link, whose
/// names are shorter to write.
pub(crate) fn value(attribute: &ParsedAttribute) -> AttributeValue<'_> {
    let value = attribute.value();
    value.link().map_or(value, AttributeValue::Link)
}
