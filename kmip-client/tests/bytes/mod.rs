//! TTLV assembled by hand (KMIP 1.4, 9.1), so that expected bytes do not come from the encoder under test.
#![allow(dead_code, reason = "no one who includes this uses all of it")]

/// Returns an item: tag, type, and a value with its padding.
pub(crate) fn item(tag: u32, ty: u8, value: &[u8]) -> Vec<u8> {
    let [0, a, b, c] = tag.to_be_bytes() else { panic!("a tag has 24 bits") };
    let length = u32::try_from(value.len()).expect("a short value");
    let mut bytes = vec![a, b, c, ty];
    bytes.extend(length.to_be_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

pub(crate) fn structure(tag: u32, items: &[Vec<u8>]) -> Vec<u8> {
    item(tag, 0x01, &items.concat())
}

pub(crate) fn integer(tag: u32, value: i32) -> Vec<u8> {
    item(tag, 0x02, &value.to_be_bytes())
}

pub(crate) fn long_integer(tag: u32, value: i64) -> Vec<u8> {
    item(tag, 0x03, &value.to_be_bytes())
}

pub(crate) fn enumeration(tag: u32, value: u32) -> Vec<u8> {
    item(tag, 0x05, &value.to_be_bytes())
}

pub(crate) fn boolean(tag: u32, value: bool) -> Vec<u8> {
    item(tag, 0x06, &u64::from(value).to_be_bytes())
}

pub(crate) fn text(tag: u32, value: &str) -> Vec<u8> {
    item(tag, 0x07, value.as_bytes())
}

pub(crate) fn byte_string(tag: u32, value: &[u8]) -> Vec<u8> {
    item(tag, 0x08, value)
}

pub(crate) fn date_time(tag: u32, seconds: i64) -> Vec<u8> {
    item(tag, 0x09, &seconds.to_be_bytes())
}

pub(crate) fn interval(tag: u32, seconds: u32) -> Vec<u8> {
    item(tag, 0x0A, &seconds.to_be_bytes())
}

pub(crate) fn date_time_extended(tag: u32, microseconds: i64) -> Vec<u8> {
    item(tag, 0x0B, &microseconds.to_be_bytes())
}

pub(crate) fn identifier(tag: u32, value: &str) -> Vec<u8> {
    item(tag, 0x0C, value.as_bytes())
}

pub(crate) fn reference(tag: u32, value: &str) -> Vec<u8> {
    item(tag, 0x0D, value.as_bytes())
}

pub(crate) fn name_reference(tag: u32, value: &str) -> Vec<u8> {
    item(tag, 0x0E, value.as_bytes())
}
