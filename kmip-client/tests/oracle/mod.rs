//! What holds for any bytes at all. Tests ask it of messages, the targets in `fuzz` of whatever they come up with.
#![allow(dead_code, reason = "no one who includes this uses all of it")]

use bytes::Bytes;
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{Create, Get, GetAttributes, Locate, Query, Request};
use kmip_client::{Exchange, Incoming, NoReply};
use kmip_ttlv::enumeration::QueryFunction;
use kmip_ttlv::{ProtocolVersion, Rules, V1_0, V1_4, V2_1};

/// A message of either direction that strict rules take is encoded to the same bytes; and lax rules take it too.
pub(crate) fn messages(bytes: &[u8]) {
    let lax = Rules::STRICT.skip_unknown().any_padding();
    let request = RequestMessage::decode_message(bytes, lax);
    if let Ok((strict, 0)) = RequestMessage::decode_message(bytes, Rules::STRICT) {
        // What has no form in the version, such as a vendor's attribute in KMIP 1.x, cannot come from there.
        assert_eq!(strict.encode_again().expect("it was decoded from something"), bytes);
        assert_eq!(request.expect("lax rules take what strict ones take"), (strict, 0));
    }
    let response = ResponseMessage::decode_message(bytes, lax);
    if let Ok((strict, 0)) = ResponseMessage::decode_message(bytes, Rules::STRICT) {
        assert_eq!(strict.encode_again().expect("it was decoded from something"), bytes);
        assert_eq!(response.expect("lax rules take what strict ones take"), (strict, 0));
    }
}

/// A server that sends any bytes in any pieces gets no further than an error. The first byte says how the rest is cut.
pub(crate) fn conversation(bytes: &[u8]) {
    let Some((cut, mut rest)) = bytes.split_first() else { return };
    let mut incoming = Incoming::new(1 << 16);
    while !rest.is_empty() {
        let space = incoming.space();
        let length = space.len().min(rest.len()).min(usize::from(*cut) + 1);
        space[..length].copy_from_slice(&rest[..length]);
        rest = &rest[length..];
        match incoming.filled(length) {
            Ok(Some(frame)) => answers(&frame),
            Ok(None) => {}
            Err(_) => return,
        }
    }
}

/// Takes a message for the answer to several requests.
fn answers(frame: &Bytes) {
    for version in [V1_0, V1_4, V2_1] {
        answer(version, &Get::id("1"), frame);
        answer(version, &Create::aes(256), frame);
        answer(version, &Locate::all(), frame);
        answer(version, &GetAttributes::id("1"), frame);
        answer(version, &Query::functions([QueryFunction::QUERY_OPERATIONS]), frame);
    }
}

fn answer<R: Request>(version: ProtocolVersion, request: &R, frame: &Bytes) {
    let exchange = Exchange::new(version, request).expect("every version has these requests");
    match exchange.answer(frame.clone()) {
        // It was read once already, and is read again.
        Ok(reply) => drop(reply.payload()),
        Err(NoReply::Malformed(error)) => assert!(error.offset() <= frame.len()),
        Err(refused) => assert!(!refused.to_string().is_empty()),
    }
}
