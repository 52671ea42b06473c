//! Responses, assembled by hand.

use bytes::Bytes;

use crate::bytes::{date_time, enumeration, integer, structure, text};

pub(crate) const OPERATION: u32 = 0x42005C;
pub(crate) const RESULT_STATUS: u32 = 0x42007F;
pub(crate) const RESULT_REASON: u32 = 0x42007E;
pub(crate) const RESULT_MESSAGE: u32 = 0x42007D;
pub(crate) const UNIQUE_IDENTIFIER: u32 = 0x420094;
pub(crate) const ATTRIBUTE_VALUE: u32 = 0x42000B;

pub(crate) const ACTIVATE: u32 = 0x12;
pub(crate) const SUCCESS: u32 = 0;
pub(crate) const FAILED: u32 = 1;

pub(crate) fn version(major: i32, minor: i32) -> Vec<u8> {
    structure(0x420069, &[integer(0x42006A, major), integer(0x42006B, minor)])
}

pub(crate) fn time_stamp() -> Vec<u8> {
    date_time(0x420092, 1_700_000_000)
}

pub(crate) fn batch_count(items: i32) -> Vec<u8> {
    integer(0x42000D, items)
}

pub(crate) fn header(items: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42007A, items)
}

pub(crate) fn batch_item(items: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42000F, items)
}

pub(crate) fn payload(items: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42007C, items)
}

pub(crate) fn message(items: &[Vec<u8>]) -> Bytes {
    structure(0x42007B, items).into()
}

/// Returns a response of this version with one batch item.
pub(crate) fn response((major, minor): (i32, i32), item: &[Vec<u8>]) -> Bytes {
    message(&[header(&[version(major, minor), time_stamp(), batch_count(1)]), batch_item(item)])
}

/// Returns a success of this version with these items in its payload.
pub(crate) fn success_in(version: (i32, i32), operation: u32, items: &[Vec<u8>]) -> Bytes {
    response(version, &[enumeration(OPERATION, operation), enumeration(RESULT_STATUS, SUCCESS), payload(items)])
}

/// Returns the structure Attribute of KMIP 1.x. The value has the tag [`ATTRIBUTE_VALUE`].
pub(crate) fn attribute(name: &str, value: Vec<u8>) -> Vec<u8> {
    structure(0x420008, &[text(0x42000A, name), value])
}

/// Returns a success of KMIP 1.4 with this payload.
pub(crate) fn success(operation: u32, payload: &[Vec<u8>]) -> Bytes {
    let item =
        [vec![enumeration(OPERATION, operation), enumeration(RESULT_STATUS, SUCCESS)], payload.to_vec()].concat();
    response((1, 4), &item)
}
