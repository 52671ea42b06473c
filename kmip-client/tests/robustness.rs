//! Deviations of real peers, and how they are handled: each from bytes made by hand. `DESIGN.md` has the list.

#![allow(clippy::unwrap_used)]

mod bytes;

use bytes::{byte_string, date_time, enumeration, integer, structure, text};
use kmip_client::Exchange;
use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::{AttributeReference, AttributeValue, Attributes};
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::object::{KeyValue, Object};
use kmip_client::protocol::operation::{Activate, Get, GetAttributes, GetResponse, RequestPayload, ResponsePayload};
use kmip_ttlv::enumeration::{CryptographicAlgorithm, ObjectType, OperationCode, State};
use kmip_ttlv::{Rules, Tag, V1_4, Value};

/// The rules of a client.
const CLIENT: Rules = Rules::STRICT.skip_unknown().integer_stand_ins();

const OBJECT_TYPE: u32 = 0x42_0057;
const UNIQUE_IDENTIFIER: u32 = 0x42_0094;
const UNIQUE_BATCH_ITEM_ID: u32 = 0x42_0093;

fn version(major: i32, minor: i32) -> Vec<u8> {
    structure(0x42_0069, &[integer(0x42_006A, major), integer(0x42_006B, minor)])
}

/// Returns a response of this version: header items between time and Batch Count, the count, and items.
fn response((major, minor): (i32, i32), marks: Vec<u8>, count: i32, items: &[Vec<u8>]) -> Vec<u8> {
    let time_stamp = date_time(0x42_0092, 1_577_836_800);
    let header = structure(0x42_007A, &[version(major, minor), time_stamp, marks, integer(0x42_000D, count)]);
    structure(0x42_007B, &[header, items.concat()])
}

/// Returns an item of a successful response, with a payload of these items.
fn success(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42_000F, &[enumeration(0x42_005C, operation), enumeration(0x42_007F, 0), structure(0x42_007C, payload)])
}

/// Decodes the message with one item under the rules of a client, and returns the number of skipped items.
fn survived(frame: &[u8]) -> (ResponsePayload<'_>, u32) {
    let (message, skipped) = ResponseMessage::decode_message(frame, CLIENT).unwrap();
    let [item] = &message.batch_items[..] else { panic!("one item") };
    (item.payload.clone().unwrap(), skipped)
}

/// Returns the error of strict rules.
fn refused(frame: &[u8]) -> String {
    ResponseMessage::decode_message(frame, Rules::STRICT).unwrap_err().to_string()
}

/// Vault. Server Correlation Value belongs to KMIP 1.4.
#[test]
fn a_server_correlation_value_in_a_reply_of_1_0() {
    let item = success(0x12, &[text(UNIQUE_IDENTIFIER, "1")]);
    let frame = response((1, 0), text(0x42_0106, "request 7"), 1, &[item]);
    for rules in [CLIENT, Rules::STRICT] {
        let (message, skipped) = ResponseMessage::decode_message(&frame, rules).unwrap();
        assert_eq!((message.header.server_correlation_value, skipped), (Some("request 7"), 0));
        assert_eq!(message.encode_again().unwrap(), frame);
        // It cannot be created.
        let error = message.encode_message().unwrap_err().to_string();
        assert_eq!(error, "ResponseHeader/ServerCorrelationValue: not in KMIP 1.0: it exists in 1.4 and later");
    }
}

/// Vault. The response to Register has only the identifier.
#[test]
fn an_object_type_in_the_reply_to_register() {
    let item = success(3, &[enumeration(OBJECT_TYPE, 2), text(UNIQUE_IDENTIFIER, "1")]);
    let frame = response((1, 4), vec![], 1, &[item]);
    let (ResponsePayload::Register(registered), skipped) = survived(&frame) else { panic!("a Register") };
    assert_eq!((registered.unique_identifier, skipped), (Id::from("1"), 1));
    assert!(refused(&frame).contains("UniqueIdentifier: the item is missing"), "{}", refused(&frame));
}

/// Vault. The count is two, but only one item is present.
#[test]
fn a_batch_count_above_the_items_present() {
    let frame = response((1, 4), vec![], 2, &[success(0x12, &[text(UNIQUE_IDENTIFIER, "1")])]);
    for rules in [CLIENT, Rules::STRICT] {
        let (message, skipped) = ResponseMessage::decode_message(&frame, rules).unwrap();
        assert_eq!((message.header.batch_count, message.batch_items.len(), skipped), (Some(2), 1, 0));
        assert_eq!(message.encode_message().unwrap(), frame);
    }
}

/// SafeNet. The standard has the other order.
#[test]
fn vendor_identification_after_server_information() {
    let information = structure(0x42_0088, &[text(0x42_0131, "KeySecure")]);
    let item = success(0x18, &[enumeration(0x42_005C, 1), information, text(0x42_009D, "SafeNet")]);
    let frame = response((1, 4), vec![], 1, &[item]);
    let (ResponsePayload::Query(query), skipped) = survived(&frame) else { panic!("a Query") };
    assert_eq!((query.vendor_identification, skipped), (Some("SafeNet"), 0));
    assert_eq!(query.operations, [OperationCode::CREATE]);
    assert_eq!(query.server_information_texts().map(|(_, text)| text).collect::<Vec<_>>(), ["KeySecure"]);
    assert!(refused(&frame).contains("VendorIdentification"), "{}", refused(&frame));
}

/// Some servers omit the operation.
#[test]
fn no_operation_in_a_reply() {
    let payload = structure(0x42_007C, &[text(UNIQUE_IDENTIFIER, "1")]);
    let item = structure(0x42_000F, &[enumeration(0x42_007F, 0), payload]);
    let frame = response((1, 4), vec![], 1, &[item]);
    for rules in [CLIENT, Rules::STRICT] {
        let (message, skipped) = ResponseMessage::decode_message(&frame, rules).unwrap();
        assert_eq!((message.batch_items[0].operation, skipped), (None, 0));
        assert!(matches!(message.batch_items[0].payload, Some(ResponsePayload::Other(_))), "kept as it is");
        assert_eq!(message.encode_message().unwrap(), frame);
    }
    // A client knows its request.
    let reply = Exchange::new(V1_4, &Activate::id("1")).unwrap().answer(frame.into()).unwrap();
    assert_eq!(reply.payload().unique_identifier, Id::from("1"));
}

/// Some servers do not return the ID of the item; an unexpected one is harmless.
#[test]
fn no_unique_batch_item_id_in_a_reply_or_one_too_many() {
    let payload = || structure(0x42_007C, &[text(UNIQUE_IDENTIFIER, "1")]);
    for id in [vec![], byte_string(UNIQUE_BATCH_ITEM_ID, &[1])] {
        let item = structure(0x42_000F, &[enumeration(0x42_005C, 0x12), id, enumeration(0x42_007F, 0), payload()]);
        let frame = response((1, 4), vec![], 1, &[item]);
        let (message, skipped) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
        assert!(matches!(message.batch_items[0].payload, Some(ResponsePayload::Activate(_))));
        assert_eq!((message.encode_message().unwrap(), skipped), (frame, 0));
    }
}

/// Returns an attribute of KMIP 1.x.
fn attribute(name: &str, value: Vec<u8>) -> Vec<u8> {
    structure(0x42_0008, &[text(0x42_000A, name), value])
}

const ATTRIBUTE_VALUE: u32 = 0x42_000B;

/// Cosmian. The names are those of KMIP 1.4 and 2.1, in a response of 1.2.
#[test]
fn attributes_newer_than_the_version() {
    let item = success(
        0x0B,
        &[
            text(UNIQUE_IDENTIFIER, "1"),
            attribute("Sensitive", bytes::boolean(ATTRIBUTE_VALUE, true)),
            attribute("Rotate Generation", integer(ATTRIBUTE_VALUE, 3)),
            attribute("Shoe Size", integer(ATTRIBUTE_VALUE, 46)),
        ],
    );
    let frame = response((1, 2), vec![], 1, &[item]);
    for rules in [CLIENT, Rules::STRICT] {
        let (message, skipped) = ResponseMessage::decode_message(&frame, rules).unwrap();
        let Some(ResponsePayload::GetAttributes(found)) = &message.batch_items[0].payload else { panic!() };
        let values: Vec<_> = found.attributes.as_ref().unwrap().iter().cloned().collect();
        assert_eq!(
            values,
            [
                AttributeValue::Sensitive(true),
                AttributeValue::RotateGeneration(3),
                AttributeValue::other(AttributeReference::Named("Shoe Size"), Value::Integer(46)),
            ]
        );
        assert_eq!((message.encode_again().unwrap(), skipped), (frame.clone(), 0));
        assert!(message.encode_message().is_err(), "it is not something to be made up");
    }
}

/// Returns a response to Get of an AES key, whose Key Value has these items after the key.
fn key_with(version: (i32, i32), behind: &[Vec<u8>]) -> Vec<u8> {
    let key = byte_string(0x42_0043, &[7; 16]);
    let block = structure(
        0x42_0040,
        &[
            enumeration(0x42_0042, 1),
            structure(0x42_0045, &[key, behind.concat()]),
            enumeration(0x42_0028, 3),
            integer(0x42_002A, 128),
        ],
    );
    let payload = [enumeration(OBJECT_TYPE, 2), text(UNIQUE_IDENTIFIER, "1"), structure(0x42_008F, &[block])];
    response(version, vec![], 1, &[success(0x0A, &payload)])
}

/// Returns the attributes that travel with the key.
fn attributes_of(got: &GetResponse<'_>) -> Vec<AttributeValue<'static>> {
    let block = got.object.key_block().unwrap();
    assert_eq!(block.bytes().unwrap().expose(), [7; 16]);
    let Some(KeyValue::Plain(plain)) = &block.key_value else { panic!("a plain key") };
    let lengths = plain.attributes.iter().flat_map(Attributes::iter);
    lengths
        .map(|value| match value {
            AttributeValue::CryptographicLength(bits) => AttributeValue::CryptographicLength(*bits),
            other => panic!("{other:?}"),
        })
        .collect()
}

/// Cosmian. The standard allows them, but few servers send them.
#[test]
fn attributes_inside_the_key_value() {
    let length = [AttributeValue::CryptographicLength(128)];
    let old = [attribute("Cryptographic Length", integer(ATTRIBUTE_VALUE, 128))];
    let new = [structure(0x42_0125, &[integer(0x42_002A, 128)])];
    for frame in [key_with((1, 4), &old), key_with((2, 1), &new)] {
        let (message, skipped) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
        let Some(ResponsePayload::Get(got)) = &message.batch_items[0].payload else { panic!("a Get") };
        assert_eq!(attributes_of(got), length);
        assert_eq!((message.encode_message().unwrap(), skipped), (frame, 0));
    }
    // The form of the other major version is skipped, and the key is decoded.
    for frame in [key_with((1, 4), &new), key_with((2, 1), &old)] {
        let (ResponsePayload::Get(got), skipped) = survived(&frame) else { panic!("a Get") };
        assert_eq!((attributes_of(&got), skipped), (vec![], 1));
        assert!(refused(&frame).contains("Attribute"), "{}", refused(&frame));
    }
}

/// MySQL. The numbers are right, but the type is not.
#[test]
fn an_integer_where_an_enumeration_is_expected() {
    let algorithm = attribute("Cryptographic Algorithm", integer(ATTRIBUTE_VALUE, 3));
    let payload = structure(0x42_0079, &[integer(OBJECT_TYPE, 2), structure(0x42_0091, &[algorithm])]);
    let item = structure(0x42_000F, &[integer(0x42_005C, 1), payload]);
    let header = structure(0x42_0077, &[version(1, 4), integer(0x42_000D, 1)]);
    let frame = structure(0x42_0078, &[header, item]);

    let (message, skipped) = RequestMessage::decode_message(&frame, CLIENT).unwrap();
    assert_eq!((message.batch_items[0].operation, skipped), (OperationCode::CREATE, 0));
    let RequestPayload::Create(create) = &message.batch_items[0].payload else { panic!("a Create") };
    assert_eq!(create.object_type, ObjectType::SYMMETRIC_KEY);
    let values: Vec<_> = create.attributes.iter().collect();
    assert_eq!(values, [&AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES)]);

    let error = RequestMessage::decode_message(&frame, Rules::STRICT).unwrap_err().to_string();
    assert_eq!(error, "RequestMessage/BatchItem/Operation: expected Enumeration, found Integer at byte 80");
    // No other number is accepted.
    let lease = structure(0x42_000F, &[bytes::interval(0x42_005C, 1), structure(0x42_0079, &[])]);
    let header = structure(0x42_0077, &[version(1, 4), integer(0x42_000D, 1)]);
    assert!(RequestMessage::decode_message(&structure(0x42_0078, &[header, lease]), CLIENT).is_err());

    // In a response, where the client has the same rules.
    let got = response(
        (1, 4),
        vec![],
        1,
        &[success(0x0B, &[text(UNIQUE_IDENTIFIER, "1"), attribute("State", integer(ATTRIBUTE_VALUE, 2))])],
    );
    let (ResponsePayload::GetAttributes(found), 0) = survived(&got) else { panic!("attributes") };
    let attributes = found.attributes.unwrap();
    assert_eq!(attributes.find(Tag::STATE).collect::<Vec<_>>(), [&AttributeValue::State(State::ACTIVE)]);
    let exchange = Exchange::new(V1_4, &GetAttributes::id("1").state()).unwrap();
    let reply = exchange.answer(got.clone().into()).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    assert_eq!(attributes.find(Tag::STATE).collect::<Vec<_>>(), [&AttributeValue::State(State::ACTIVE)]);
    // Strict rules preserve a value that is not valid for the standard attribute.
    let (message, _) = ResponseMessage::decode_message(&got, Rules::STRICT).unwrap();
    assert_eq!(message.encode_message().unwrap(), got);
}

/// The standard has the index before the value; some servers send it after the value.
#[test]
fn an_attribute_index_on_either_side_of_the_value() {
    let (name, index) = (text(0x42_000A, "Contact Information"), integer(0x42_0009, 1));
    let value = text(ATTRIBUTE_VALUE, "storage team");
    let right = structure(0x42_0008, &[name.clone(), index.clone(), value.clone()]);
    let wrong = structure(0x42_0008, &[name, value, index]);
    for (attribute, strict) in [(right, true), (wrong, false)] {
        let frame = response((1, 4), vec![], 1, &[success(0x0B, &[text(UNIQUE_IDENTIFIER, "1"), attribute])]);
        let (ResponsePayload::GetAttributes(found), 0) = survived(&frame) else { panic!("attributes") };
        let list = found.attributes.unwrap().list;
        assert_eq!((list.len(), list[0].index), (1, Some(1)));
        assert_eq!(list[0].value, AttributeValue::ContactInformation("storage team"));
        assert_eq!(ResponseMessage::decode_message(&frame, Rules::STRICT).is_ok(), strict);
    }
}

/// Unknown items are skipped and counted, also in the reply that a program gets.
#[test]
fn the_caller_is_told_what_was_skipped() {
    let frame = key_with((1, 4), &[structure(0x42_0125, &[integer(0x42_002A, 128)])]);
    let reply = Exchange::new(V1_4, &Get::id("1")).unwrap().answer(frame.into()).unwrap();
    assert!(matches!(reply.payload().object, Object::SymmetricKey(_)));
    assert_eq!(reply.skipped(), 1);
}
