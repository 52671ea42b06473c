//! The floors: hand-written code for exactly these messages, and nothing else.
//!
//! Only W1 to W5 are accepted. Each field has the position of these messages, versions are not distinguished, and
//! errors have no details. The checks are the same: every tag, type and length, padding, Booleans, UTF-8, trailing
//! bytes.

#![allow(clippy::cast_possible_truncation, reason = "halves of numbers, and lengths of messages that are small")]

mod decode;
mod encode;
mod walk;

pub use decode::{
    Attribute, Header, Payload, Request, RequestItem, Response, ResponseItem, request, request_in_place, response,
    response_in_place,
};
pub use encode::{encode_request, encode_response};
pub use walk::{Walker, walk};

/// The error of an invalid message, without details.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wrong;

// The tags and types of these messages, as the first four bytes of an item.
const RESPONSE_MESSAGE: u32 = 0x4200_7B01;
const REQUEST_MESSAGE: u32 = 0x4200_7801;
const RESPONSE_HEADER: u32 = 0x4200_7A01;
const REQUEST_HEADER: u32 = 0x4200_7701;
const PROTOCOL_VERSION: u32 = 0x4200_6901;
const PROTOCOL_VERSION_MAJOR: u32 = 0x4200_6A02;
const PROTOCOL_VERSION_MINOR: u32 = 0x4200_6B02;
const TIME_STAMP: u32 = 0x4200_9209;
const BATCH_COUNT: u32 = 0x4200_0D02;
const BATCH_ITEM: u32 = 0x4200_0F01;
const OPERATION: u32 = 0x4200_5C05;
const UNIQUE_BATCH_ITEM_ID: u32 = 0x4200_9308;
const RESULT_STATUS: u32 = 0x4200_7F05;
const RESPONSE_PAYLOAD: u32 = 0x4200_7C01;
const REQUEST_PAYLOAD: u32 = 0x4200_7901;
const OBJECT_TYPE: u32 = 0x4200_5705;
const UNIQUE_IDENTIFIER: u32 = 0x4200_9407;
const SYMMETRIC_KEY: u32 = 0x4200_8F01;
const KEY_BLOCK: u32 = 0x4200_4001;
const KEY_FORMAT_TYPE: u32 = 0x4200_4205;
const KEY_VALUE: u32 = 0x4200_4501;
const KEY_MATERIAL: u32 = 0x4200_4308;
const CRYPTOGRAPHIC_ALGORITHM: u32 = 0x4200_2805;
const CRYPTOGRAPHIC_LENGTH: u32 = 0x4200_2A02;
const TEMPLATE_ATTRIBUTE: u32 = 0x4200_9101;
const ATTRIBUTE: u32 = 0x4200_0801;
const ATTRIBUTE_NAME: u32 = 0x4200_0A07;
const ATTRIBUTE_VALUE_ENUMERATION: u32 = 0x4200_0B05;
const ATTRIBUTE_VALUE_INTEGER: u32 = 0x4200_0B02;
const ATTRIBUTE_VALUE_STRUCTURE: u32 = 0x4200_0B01;
const NAME_VALUE: u32 = 0x4200_5507;
const NAME_TYPE: u32 = 0x4200_5405;

const GET: u32 = 0x0A;
const LOCATE: u32 = 0x08;
const CREATE: u32 = 0x01;
