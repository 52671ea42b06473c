//! Invalid requests, and requests that arrive in pieces.

use std::io::{Read, Write};

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::message::{RequestBatchItem, RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{Create, Get, Locate, ModifyAttribute, RequestPayload};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{OperationCode as Code, ResultReason as Reason, ResultStatus};
use kmip_ttlv::{ProtocolVersion, Rules, Tag, V1_0, V1_1, V1_2, V1_4, V2_0, V2_1, V3_0, Writer};

use crate::wire::{Payload, VERSIONS, Wire};

fn locate(version: ProtocolVersion) -> Vec<u8> {
    let item = RequestBatchItem::new(Code::LOCATE, RequestPayload::Locate(Locate::all()));
    RequestMessage::new(version, vec![item]).encode_message().unwrap()
}

/// Returns the version and the reason of a refusal of the whole message.
fn refusal(frame: &[u8]) -> (ProtocolVersion, Reason) {
    let (response, _) = ResponseMessage::decode_message(frame, Rules::STRICT).unwrap();
    let [item] = &response.batch_items[..] else { panic!("{response:?}") };
    assert_eq!((item.operation, item.result_status), (None, ResultStatus::OPERATION_FAILED));
    (response.header.protocol_version, item.result_reason.unwrap())
}

fn is_answered(wire: &mut Wire) {
    assert!(wire.locate(&Locate::all()).is_empty());
}

#[test]
fn a_request_may_come_in_pieces() {
    let server = TestServer::start();
    for size in [1, 3, 8, 9, 64] {
        let mut wire = Wire::alice(&server, V1_4);
        for piece in locate(V1_4).chunks(size) {
            wire.stream.write_all(piece).unwrap();
            wire.stream.flush().unwrap();
        }
        ResponseMessage::decode_message(&wire.read(), Rules::STRICT).unwrap();
    }
}

#[test]
fn requests_may_come_before_they_are_answered() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    wire.stream.write_all(&locate(V1_4).repeat(3)).unwrap();
    for _ in 0..3 {
        ResponseMessage::decode_message(&wire.read(), Rules::STRICT).unwrap();
    }
}

#[test]
fn a_large_request_arrives_whole() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let data = vec![7; 1_000_000];
    let request = kmip_client::protocol::operation::Register::opaque_object(Default::default(), &data);
    let id = crate::wire::text(wire.call(&request).unwrap().payload().unique_identifier);
    let reply = wire.call(&Get::id(&id)).unwrap();
    let kmip_client::protocol::object::Object::OpaqueObject(object) = reply.payload().object else { panic!() };
    assert_eq!(object.opaque_data_value.expose(), data);
}

#[test]
fn a_message_that_cannot_be_read_is_refused_and_the_connection_lives_on() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let good = locate(version);
        // The Batch Count becomes an Enumeration; the Operation is truncated; an item follows the last one.
        let mut wrong_type = good.clone();
        let batch_count = good.windows(4).position(|bytes| bytes == [0x42, 0x00, 0x0D, 0x02]).unwrap();
        wrong_type[batch_count + 3] = 5;
        let mut headless = Writer::new(version);
        let started = headless.begin(Tag::REQUEST_MESSAGE);
        headless.item(Tag::REQUEST_HEADER, &kmip_ttlv::Reader::new(&good[8..]).next_item().unwrap().unwrap()).unwrap();
        let item = headless.begin(Tag::BATCH_ITEM);
        headless.end(item).unwrap();
        headless.end(started).unwrap();
        for bad in [wrong_type, headless.into_vec()] {
            assert_eq!(refusal(&wire.exchange(&bad)), (version, Reason::INVALID_MESSAGE));
            is_answered(&mut wire);
        }
        // If even the version cannot be decoded, the response has the oldest.
        let mut empty = Writer::new(version);
        let started = empty.begin(Tag::REQUEST_MESSAGE);
        empty.end(started).unwrap();
        assert_eq!(refusal(&wire.exchange(empty.as_slice())), (V1_0, Reason::INVALID_MESSAGE));
        is_answered(&mut wire);
        // A response is not a request.
        let response = wire.exchange(&good);
        assert_eq!(refusal(&wire.exchange(&response)), (V1_0, Reason::INVALID_MESSAGE));
        is_answered(&mut wire);
    }
}

#[test]
fn closes_where_the_next_message_cannot_be_found() {
    let server = TestServer::start();
    let oversized = [0x42, 0x00, 0x78, 0x01, 0x7F, 0xFF, 0xFF, 0xF8];
    for bad in [&b"GET / HTTP/1.1\r\n\r\n"[..], &b"G"[..], &oversized, &[0x42, 0x00, 0x78, 0x01, 0, 0, 0, 9]] {
        let mut wire = Wire::alice(&server, V1_4);
        assert_eq!(refusal(&wire.exchange(bad)), (V1_0, Reason::INVALID_MESSAGE));
        assert_eq!(wire.stream.read(&mut [0; 8]).unwrap(), 0, "closed in order");
    }
}

#[test]
fn other_versions_are_refused_in_one_that_is_spoken() {
    let cases = [
        (TestServer::start(), V3_0, V2_1, Reason::UNSUPPORTED_PROTOCOL_VERSION),
        (TestServer::start(), ProtocolVersion::new(1, 9), V1_4, Reason::INVALID_MESSAGE),
        (TestServer::start(), ProtocolVersion::new(0, 9), V1_0, Reason::INVALID_MESSAGE),
        (TestServer::builder().versions(V1_1..=V1_2).start(), V2_0, V1_2, Reason::INVALID_MESSAGE),
        (TestServer::builder().versions(V1_1..=V1_2).start(), V1_0, V1_1, Reason::INVALID_MESSAGE),
        (TestServer::builder().versions(V2_0..).start(), V1_4, V2_0, Reason::UNSUPPORTED_PROTOCOL_VERSION),
    ];
    for (server, asked, answered, reason) in cases {
        let mut wire = Wire::alice(&server, answered);
        let mut frame = locate(V1_0);
        let number = |tag| frame.windows(3).position(|bytes| bytes == tag).unwrap() + 11;
        let (major, minor) = (number([0x42, 0x00, 0x6A]), number([0x42, 0x00, 0x6B]));
        (frame[major], frame[minor]) = (asked.major(), asked.minor());
        assert_eq!(refusal(&wire.exchange(&frame)), (answered, reason), "{asked}");
        is_answered(&mut wire);
    }
}

#[test]
fn a_payload_that_cannot_be_read_fails_alone() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        // A Create without its attributes, between two good items.
        let bad = Payload::of(&Locate::all(), version);
        let good = Payload::of(&Create::aes(128), version);
        let item = |payload, id| RequestBatchItem::new(Code::CREATE, payload).unique_batch_item_id(id);
        let items = vec![item(good.item(), &b"a"[..]), item(bad.item(), b"b"), item(good.item(), b"c")];
        let frame = wire.exchange(&RequestMessage::new(version, items).encode_message().unwrap());
        let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
        let reasons: Vec<_> = response.batch_items.iter().map(|item| item.result_reason).collect();
        assert_eq!(reasons, [None, Some(Reason::INVALID_MESSAGE)]);
        let message = response.batch_items[1].result_message.unwrap();
        assert!(message.contains("RequestPayload"), "says where: {message}");
        assert_eq!(wire.locate(&Locate::all()).len(), 1);
        let id = wire.locate(&Locate::all()).remove(0);
        wire.call(&kmip_client::protocol::operation::Destroy::id(&id)).unwrap();
    }
}

#[test]
fn refuses_what_the_version_does_not_have() {
    let server = TestServer::start();
    // A Get of 1.4 with a Key Wrap Type, labelled as 1.2.
    let mut request = Get::id("nobody");
    request.key_wrap_type = Some(kmip_ttlv::enumeration::KeyWrapType::AS_REGISTERED);
    let newer = Payload::of(&request, V1_4);
    let mut wire = Wire::alice(&server, V1_2);
    assert_eq!(wire.call_any(Code::GET, &newer).err(), Some(Reason::INVALID_FIELD));
    // An attribute of 1.4.
    let comment = Payload::of(&ModifyAttribute::id("nobody", AttributeValue::Comment("new")), V1_4);
    assert_eq!(wire.call_any(Code::MODIFY_ATTRIBUTE, &comment).err(), Some(Reason::INVALID_FIELD));
    // An operation of 2.0, and an unknown one.
    for code in [Code::SET_ATTRIBUTE, Code::from_value(0x8000_0001), Code::EXPORT] {
        assert_eq!(wire.call_any(code, &comment).err(), Some(Reason::OPERATION_NOT_SUPPORTED));
    }
    is_answered(&mut wire);
}
