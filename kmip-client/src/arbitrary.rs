//! Typed messages out of any bytes: for fuzz targets, for property tests, and for attacks on other KMIP stacks.
//!
//! Every request and response of every version is made from the tables that also encode and decode it. A message is
//! valid by construction: it has no field and no value that its version lacks, its batch count is right, a payload is
//! that of its operation. It encodes to bytes that decode to an equal message under strict rules.
//!
//! ```
//! use kmip_client::arbitrary::{Unstructured, request_message};
//! use kmip_client::protocol::message::RequestMessage;
//! use kmip_client::ttlv::{Rules, V2_1};
//!
//! let bytes = [0xA5; 512]; // from a fuzzer, or from a random number generator
//! let request = request_message(&mut Unstructured::new(&bytes), V2_1);
//! let frame = request.encode_message()?;
//! assert_eq!(RequestMessage::decode_message(&frame, Rules::STRICT)?, (request, 0));
//! # Ok::<(), kmip_client::ttlv::Error>(())
//! ```
//!
//! [`RequestMessage`] and [`ResponseMessage`] implement [`Arbitrary`], in a version that the bytes pick.
//! [`requests`](request_message_by) and [responses](response_message_by) that are slightly invalid come from a
//! [`Generator`] with [oddities](Generator::oddities). A payload alone is a [`Generator::value`].
//!
//! `examples/attack` sends such messages to a server.

use kmip_ttlv::{ProtocolVersion, Tag, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0};

/// The bytes that messages are made of, as libFuzzer's and other fuzzers' Rust bindings pass them.
pub use kmip_ttlv::arbitrary::arbitrary::{Arbitrary, Result, Unstructured};
/// The makers of values out of bytes.
pub use kmip_ttlv::arbitrary::{Generate, Generator};

use crate::protocol::message::{RequestHeader, RequestMessage, ResponseHeader, ResponseMessage};

/// The versions in which messages are made.
pub const VERSIONS: [ProtocolVersion; 8] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0];

/// Makes a valid request message of this version.
pub fn request_message<'a>(source: &mut Unstructured<'a>, version: ProtocolVersion) -> RequestMessage<'a> {
    with(source, version, request_message_by)
}

/// Makes a valid response message of this version.
pub fn response_message<'a>(source: &mut Unstructured<'a>, version: ProtocolVersion) -> ResponseMessage<'a> {
    with(source, version, response_message_by)
}

/// Makes a request message as this generator makes values: slightly invalid, if it has
/// [oddities](Generator::oddities). [`RequestMessage::encode_again`] encodes such a message.
pub fn request_message_by<'a>(generator: &mut Generator<'a>) -> RequestMessage<'a> {
    let batch_items = items(generator);
    let mut header: RequestHeader<'a> = generator.value(Tag::REQUEST_HEADER);
    // Servers answer requests with these by an error before they look at the rest.
    if !generator.once_in(8) {
        header.authentication = None;
    }
    if !generator.once_in(8) {
        header.maximum_response_size = None;
    }
    header.protocol_version = generator.version();
    if !generator.is_odd() {
        header.batch_count = batch_count(generator, batch_items.len());
    }
    RequestMessage { header, batch_items }
}

/// Makes a response message as this generator makes values. See [`request_message_by`].
pub fn response_message_by<'a>(generator: &mut Generator<'a>) -> ResponseMessage<'a> {
    let batch_items = items(generator);
    let mut header: ResponseHeader<'a> = generator.value(Tag::RESPONSE_HEADER);
    header.protocol_version = generator.version();
    if !generator.is_odd() {
        header.batch_count = batch_count(generator, batch_items.len());
    }
    ResponseMessage { header, batch_items }
}

/// Most often one item, and up to four.
fn items<'a, T: Generate<'a>>(generator: &mut Generator<'a>) -> Vec<T> {
    let length = if generator.once_in(4) { 1 + generator.below(4) } else { 1 };
    (0..length).map(|_| generator.value(Tag::BATCH_ITEM)).collect()
}

/// KMIP 3.0 has no batch count.
fn batch_count(generator: &Generator<'_>, items: usize) -> Option<i32> {
    i32::try_from(items).ok().filter(|_| generator.version() < V3_0)
}

/// Makes a value with the bytes of `source`, and leaves it the rest of them.
fn with<'a, T>(
    source: &mut Unstructured<'a>,
    version: ProtocolVersion,
    make: impl FnOnce(&mut Generator<'a>) -> T,
) -> T {
    let bytes = std::mem::replace(source, Unstructured::new(&[]));
    let mut generator = Generator::from_source(bytes, version);
    let made = make(&mut generator);
    *source = generator.into_source();
    made
}

impl<'a> Arbitrary<'a> for RequestMessage<'a> {
    fn arbitrary(source: &mut Unstructured<'a>) -> Result<Self> {
        let version = *source.choose(&VERSIONS)?;
        Ok(request_message(source, version))
    }
}

impl<'a> Arbitrary<'a> for ResponseMessage<'a> {
    fn arbitrary(source: &mut Unstructured<'a>) -> Result<Self> {
        let version = *source.choose(&VERSIONS)?;
        Ok(response_message(source, version))
    }
}
