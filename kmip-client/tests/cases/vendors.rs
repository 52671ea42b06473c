//! Reported deviations of vendors' servers from the standard, one kind per test.

use bytes::Bytes;
use kmip_client::protocol::attribute::{AttributeReference, AttributeValue};
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{
    Activate, Create, Encrypt, Get, GetAttributes, Locate, ObtainLease, Query, Register, Revoke,
};
use kmip_client::{Exchange, NoReply, RequestOptions};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, ObjectType, OperationCode, QueryFunction, ResultReason, RevocationReasonCode, RngAlgorithm,
    State,
};
use kmip_ttlv::{Interval, Rules, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, Value};

use crate::bytes::{boolean, byte_string, date_time, enumeration, integer, interval, long_integer, structure, text};
use crate::wire::{
    ACTIVATE, ATTRIBUTE_VALUE, FAILED, OPERATION, RESULT_MESSAGE, RESULT_REASON, RESULT_STATUS, SUCCESS,
    UNIQUE_IDENTIFIER, attribute, batch_count, batch_item, header, message, payload, response, success_in, time_stamp,
    version,
};

const OBJECT_TYPE: u32 = 0x42_0057;
const LEASE_TIME: u32 = 0x42_0049;
const CRYPTOGRAPHIC_LENGTH: u32 = 0x42_002A;
const GET_ATTRIBUTES: u32 = 0x0B;

/// Returns `true` if strict rules, as `ttlv --typed` applies them, refuse the frame.
fn is_strictly_refused(frame: &Bytes) -> bool {
    match ResponseMessage::decode_message(frame, Rules::STRICT) {
        Ok((message, _)) => message.encode_message().is_err(),
        Err(_) => true,
    }
}

/// HashiCorp Vault 1.15 answers a message of KMIP 1.0 with an item of 1.4.
#[test]
fn a_correlation_value_of_1_4_in_the_header_of_1_0() {
    let exchange = Exchange::new(V1_0, &Activate::id("k")).unwrap();
    let correlation = text(0x42_0106, "d6b5c2a1");
    let item = || {
        let done = payload(&[text(UNIQUE_IDENTIFIER, "k")]);
        batch_item(&[enumeration(OPERATION, ACTIVATE), enumeration(RESULT_STATUS, SUCCESS), done])
    };
    for items in [
        [version(1, 0), time_stamp(), correlation.clone(), batch_count(1)],
        [version(1, 0), time_stamp(), batch_count(1), correlation.clone()],
        [correlation.clone(), version(1, 0), time_stamp(), batch_count(1)],
    ] {
        let frame = message(&[header(&items), item()]);
        let reply = exchange.answer(frame.clone()).unwrap();
        assert_eq!(reply.payload().unique_identifier.as_str(), Some("k"));
        assert_eq!(reply.version(), V1_0);
        assert!(is_strictly_refused(&frame));
    }
}

/// HashiCorp Vault of 2020 states the type of the object in the response to Register, which has no such field.
#[test]
fn an_object_type_in_the_answer_to_register() {
    let exchange = Exchange::new(V1_4, &Register::symmetric_key(CryptographicAlgorithm::AES, &[7; 16])).unwrap();
    for items in [
        [enumeration(OBJECT_TYPE, 2), text(UNIQUE_IDENTIFIER, "fresh")],
        [text(UNIQUE_IDENTIFIER, "fresh"), enumeration(OBJECT_TYPE, 2)],
    ] {
        let reply = exchange.answer(success_in((1, 4), 3, &items)).unwrap();
        assert_eq!(reply.payload().unique_identifier.as_str(), Some("fresh"));
        assert_eq!(reply.skipped(), 1, "it is told that something was skipped");
    }
    // If it states another type than the registered one, the response is about something else.
    let other = [text(UNIQUE_IDENTIFIER, "fresh"), enumeration(OBJECT_TYPE, 7)];
    let answer = exchange.answer(success_in((1, 4), 3, &other));
    assert!(matches!(answer, Err(NoReply::OutOfStep(_))), "{answer:?}");
}

#[test]
fn extensions_of_a_vendor_before_the_identifier() {
    let exchange = Exchange::new(V1_4, &Get::id("k")).unwrap();
    let extension = structure(0x54_0001, &[text(0x54_0002, "slot 3"), integer(0x54_0003, 3)]);
    let material = structure(0x42_0045, &[byte_string(0x42_0043, &[7; 16])]);
    let block = structure(
        0x42_0040,
        &[enumeration(0x42_0042, 1), material, enumeration(0x42_0028, 3), integer(CRYPTOGRAPHIC_LENGTH, 128)],
    );
    let key = structure(0x42_008F, &[block]);
    let fields = [enumeration(OBJECT_TYPE, 2), text(UNIQUE_IDENTIFIER, "k"), key];
    for place in 0..=fields.len() {
        let mut items = fields.to_vec();
        items.insert(place, extension.clone());
        let reply = exchange.answer(success_in((1, 4), 0x0A, &items)).unwrap();
        let payload = reply.payload();
        assert_eq!((payload.object_type, reply.skipped()), (ObjectType::SYMMETRIC_KEY, 1));
        assert_eq!(payload.object.key_block().unwrap().bytes().unwrap().expose(), [7; 16]);
    }
    // The identifier after it must still be the requested one.
    let foreign = [extension, enumeration(OBJECT_TYPE, 2), text(UNIQUE_IDENTIFIER, "other"), fields[2].clone()];
    assert!(matches!(exchange.answer(success_in((1, 4), 0x0A, &foreign)), Err(NoReply::OutOfStep(_))));
}

/// Oracle Key Vault speaks KMIP 1.1 and has operations and attributes of later versions. It may answer a request of 1.2
/// in 1.1.
#[test]
fn operations_of_1_2_in_answers_of_1_1() {
    let in_1_1 = Exchange::new(V1_1, &Encrypt::data("k", b"attack at dawn")).unwrap_err().to_string();
    assert!(in_1_1.contains("Encrypt is not in KMIP 1.1"), "{in_1_1}");

    let newer = RequestOptions::new().payload_version(V1_2);
    let exchange = Exchange::with(V1_1, &Encrypt::data("k", b"attack at dawn"), &newer).unwrap();
    let (sent, _) = RequestMessage::decode_message(exchange.request(), Rules::STRICT.skip_unknown()).unwrap();
    assert_eq!((sent.header.protocol_version, sent.batch_items[0].operation), (V1_1, OperationCode::ENCRYPT));
    let in_2_0 = RequestOptions::new().payload_version(V2_0);
    let error = Exchange::with(V1_1, &Encrypt::data("k", b""), &in_2_0).unwrap_err().to_string();
    assert!(error.contains("same major version"), "{error}");
    // An agreed version that is later already is not changed.
    assert_eq!(
        Exchange::with(V1_4, &Encrypt::data("k", b""), &newer).unwrap().request(),
        Exchange::new(V1_4, &Encrypt::data("k", b"")).unwrap().request()
    );
    let items = [text(UNIQUE_IDENTIFIER, "k"), byte_string(0x42_00C2, b"ciphertext"), byte_string(0x42_003D, &[1; 12])];
    let reply = exchange.answer(success_in((1, 1), 0x1F, &items)).unwrap();
    assert_eq!(reply.version(), V1_2);
    let payload = reply.payload();
    assert_eq!((payload.data, payload.iv_counter_nonce), (Some(&b"ciphertext"[..]), Some(&[1; 12][..])));

    let exchange = Exchange::new(V1_2, &Encrypt::data("k", b"attack at dawn")).unwrap();
    assert_eq!(exchange.answer(success_in((1, 1), 0x1F, &items)).unwrap().version(), V1_1);

    let create = Create::aes(256).attribute(AttributeValue::Extractable(false));
    assert!(Exchange::new(V1_1, &create).is_err() && Exchange::with(V1_1, &create, &newer).is_err());
    Exchange::with(V1_1, &create, &RequestOptions::new().payload_version(V1_4)).unwrap();

    let exchange = Exchange::new(V1_1, &GetAttributes::id("k")).unwrap();
    let items = [text(UNIQUE_IDENTIFIER, "k"), attribute("Extractable", boolean(ATTRIBUTE_VALUE, false))];
    let reply = exchange.answer(success_in((1, 1), GET_ATTRIBUTES, &items)).unwrap();
    assert_eq!(reply.payload().attributes.unwrap().extractable(), Some(false));
}

/// Cosmian KMS returns attributes that are newer than the client's version, and the identifier after them.
#[test]
fn newer_attributes_in_another_order() {
    let exchange = Exchange::new(V1_0, &GetAttributes::id("k")).unwrap();
    let attributes = [
        attribute("Fresh", boolean(ATTRIBUTE_VALUE, true)),
        attribute("Sensitive", boolean(ATTRIBUTE_VALUE, true)),
        attribute("State", enumeration(ATTRIBUTE_VALUE, 2)),
        attribute("y-unsupported KeyFormatType", text(ATTRIBUTE_VALUE, "Raw")),
    ];
    for items in [
        [&[text(UNIQUE_IDENTIFIER, "k")], &attributes[..]].concat(),
        [&attributes[..], &[text(UNIQUE_IDENTIFIER, "k")]].concat(),
    ] {
        let frame = success_in((1, 0), GET_ATTRIBUTES, &items);
        let reply = exchange.answer(frame.clone()).unwrap();
        let told = reply.payload().attributes.unwrap();
        assert_eq!((told.fresh(), told.sensitive(), told.list.len()), (Some(true), Some(true), 4));
        assert_eq!(told.vendor("y", "unsupported KeyFormatType"), Some(Value::TextString("Raw")));
        assert_eq!(told.list[3].reference(), AttributeReference::from_name("y-unsupported KeyFormatType"));
        assert!(is_strictly_refused(&frame));
    }
}

/// Cosmian KMS before 5.26 sends the Lease Time as Integer, which is read as an Interval.
#[test]
fn a_lease_time_that_is_an_integer() {
    let get = Exchange::new(V1_4, &GetAttributes::id("k")).unwrap();
    let lease = Exchange::new(V1_4, &ObtainLease::id("k")).unwrap();
    let forms: [fn(u32) -> Vec<u8>; 2] = [|tag| interval(tag, 3600), |tag| integer(tag, 3600)];
    for form in forms {
        let state = attribute("State", enumeration(ATTRIBUTE_VALUE, 2));
        let items = [text(UNIQUE_IDENTIFIER, "k"), attribute("Lease Time", form(ATTRIBUTE_VALUE)), state];
        let reply = get.answer(success_in((1, 4), GET_ATTRIBUTES, &items)).unwrap();
        let attributes = reply.payload().attributes.unwrap();
        assert_eq!((attributes.lease_time(), attributes.state()), (Some(Interval(3600)), Some(State::ACTIVE)));

        let items = [text(UNIQUE_IDENTIFIER, "k"), form(LEASE_TIME), date_time(0x42_0048, 1_700_000_000)];
        let reply = lease.answer(success_in((1, 4), 0x10, &items)).unwrap();
        assert_eq!(reply.payload().lease_time, Interval(3600));
    }
}

/// Cosmian KMS before 5.26 sends the length of the generator's cipher as Long Integer.
#[test]
fn a_length_of_a_generator_that_is_a_long_integer() {
    let parameters = |length| [enumeration(0x42_00DA, 4), enumeration(0x42_0028, 3), length];
    let long = || long_integer(CRYPTOGRAPHIC_LENGTH, 256);
    let exchange = Exchange::new(V1_4, &GetAttributes::id("k")).unwrap();
    let value = structure(ATTRIBUTE_VALUE, &parameters(long()));
    let items = [
        text(UNIQUE_IDENTIFIER, "k"),
        attribute("Random Number Generator", value),
        attribute("State", enumeration(ATTRIBUTE_VALUE, 2)),
    ];
    match exchange.answer(success_in((1, 4), GET_ATTRIBUTES, &items)) {
        Ok(reply) => {
            let attributes = reply.payload().attributes.unwrap();
            assert!(attributes.random_number_generator().is_none() && attributes.state().is_some());
        }
        Err(error) => panic!("{error}"),
    }
    let exchange = Exchange::new(V1_3, &Query::functions([QueryFunction::QUERY_RNGS])).unwrap();
    let query = |length| exchange.answer(success_in((1, 3), 0x18, &[structure(0x42_00D9, &parameters(length))]));
    let reply = query(integer(CRYPTOGRAPHIC_LENGTH, 256)).unwrap();
    assert_eq!(reply.payload().rng_parameters[0].rng_algorithm, RngAlgorithm::from_value(4));
    assert_eq!(reply.payload().rng_parameters[0].cryptographic_length, Some(256));
}

#[test]
fn located_items_before_there_were_any() {
    let exchange = Exchange::new(V1_0, &Locate::name("vm-42")).unwrap();
    let ids = [text(UNIQUE_IDENTIFIER, "a"), text(UNIQUE_IDENTIFIER, "b")];
    for items in [[&[integer(0x42_00D5, 2)], &ids[..]].concat(), [&ids[..], &[integer(0x42_00D5, 2)]].concat()] {
        let reply = exchange.answer(success_in((1, 0), 8, &items)).unwrap();
        let found: Vec<_> = reply.payload().unique_identifiers.iter().map(ToString::to_string).collect();
        assert_eq!(found, ["a", "b"]);
    }
}

/// A refusal without the operation, with a vendor's reason, in any order.
#[test]
fn a_refusal_for_a_reason_of_a_vendor() {
    let exchange = Exchange::new(V1_4, &Revoke::id("k", RevocationReasonCode::SUPERSEDED)).unwrap();
    let fields = [
        enumeration(RESULT_STATUS, FAILED),
        enumeration(RESULT_REASON, 0x8000_ABCD),
        text(RESULT_MESSAGE, "policy 17 forbids it"),
    ];
    let reversed: Vec<_> = fields.iter().rev().cloned().collect();
    for item in [fields.to_vec(), reversed] {
        let Err(NoReply::Refused(refusal)) = exchange.answer(response((1, 4), &item)) else { panic!("no refusal") };
        assert_eq!(refusal.reason, Some(ResultReason::from_value(0x8000_ABCD)));
        assert_eq!(refusal.message.as_deref(), Some("policy 17 forbids it"));
    }
    // A success without the operation is attributed to the request, and its identifier still has to match.
    let done = |id| [enumeration(RESULT_STATUS, SUCCESS), payload(&[text(UNIQUE_IDENTIFIER, id)])];
    assert!(exchange.answer(response((1, 4), &done("k"))).is_ok());
    assert!(matches!(exchange.answer(response((1, 4), &done("other"))), Err(NoReply::OutOfStep(_))));
}

/// Servers based on one Go library always answer in 1.4, whatever the version of the request. The response may then
/// have items of 1.4.
#[test]
fn an_answer_in_the_servers_own_version() {
    let exchange = Exchange::new(V1_0, &Locate::name("vm-42")).unwrap();
    let items = [integer(0x42_00D5, 1), text(UNIQUE_IDENTIFIER, "a")];
    let reply = exchange.answer(success_in((1, 4), 8, &items)).unwrap();
    assert_eq!((reply.version(), reply.payload().located_items), (V1_4, Some(1)));
    // Another major version is refused.
    assert!(matches!(exchange.answer(success_in((2, 0), 8, &items)), Err(NoReply::OutOfStep(_))));
}
