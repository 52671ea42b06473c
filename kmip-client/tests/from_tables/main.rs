//! Operations and structures with few test cases or none, compared with bytes made by hand from the specification's
//! tables.

#![allow(clippy::unwrap_used)]

#[path = "../bytes/mod.rs"]
mod bytes;
mod messages;
mod newest;
mod objects;
mod operations;

use std::fmt::Debug;

use bytes::structure;
use kmip_client::protocol::operation::Operation;
use kmip_ttlv::{Decode, Encode, ProtocolVersion, Rules, Tag, V2_0, V2_1, V3_0, decode, encode};

pub(crate) const REQUEST_PAYLOAD: u32 = 0x42_0079;
pub(crate) const RESPONSE_PAYLOAD: u32 = 0x42_007C;
pub(crate) const UNIQUE_IDENTIFIER: u32 = 0x42_0094;
pub(crate) const ATTRIBUTES: u32 = 0x42_0125;
pub(crate) const ASYNCHRONOUS_CORRELATION_VALUE: u32 = 0x42_0006;

/// Checks that the value and the bytes correspond, in each of these versions.
pub(crate) fn same<'a, T: Encode + Decode<'a> + PartialEq + Debug>(
    value: &T,
    tag: Tag,
    expected: &'a [u8],
    versions: &[ProtocolVersion],
) {
    for version in versions {
        assert_eq!(encode(value, tag, *version).unwrap(), expected, "{value:?} in {version}");
        assert_eq!(&decode::<T>(expected, tag, *version, Rules::STRICT).unwrap(), value, "in {version}");
    }
}

/// Checks the payloads of an operation against the items of the tables.
pub(crate) fn payloads<'a, O: Operation>(
    code: u32,
    versions: &[ProtocolVersion],
    (request, request_bytes): (&O::Request<'a>, &'a [u8]),
    (response, response_bytes): (&O::Response<'a>, &'a [u8]),
) where
    O::Request<'a>: PartialEq + Debug,
    O::Response<'a>: PartialEq + Debug,
{
    assert_eq!(O::CODE.value(), code);
    same(request, Tag::REQUEST_PAYLOAD, request_bytes, versions);
    same(response, Tag::RESPONSE_PAYLOAD, response_bytes, versions);
}

pub(crate) fn request(items: &[Vec<u8>]) -> Vec<u8> {
    structure(REQUEST_PAYLOAD, items)
}

pub(crate) fn response(items: &[Vec<u8>]) -> Vec<u8> {
    structure(RESPONSE_PAYLOAD, items)
}

pub(crate) const SINCE_2_0: &[ProtocolVersion] = &[V2_0, V2_1, V3_0];
pub(crate) const SINCE_2_1: &[ProtocolVersion] = &[V2_1, V3_0];
