//! The fields of a structure in any order, for tables and for hand-written structures.

use bytes::Bytes;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::message::{Credential, RequestMessage, ResponseItems, ResponseMessage};
use kmip_client::protocol::operation::{Activate, Get, GetAttributes, RequestPayload};
use kmip_client::{Exchange, NoReply};
use kmip_ttlv::enumeration::{LinkType, ObjectType, OperationCode, ResultReason, SecretDataType, UsageLimitsUnit};
use kmip_ttlv::{ErrorKind, Rules, Tag, V1_4, V2_0};

use crate::bytes::{byte_string, enumeration, integer, long_integer, structure, text};
use crate::wire::{
    ACTIVATE, FAILED, OPERATION, RESULT_MESSAGE, RESULT_REASON, RESULT_STATUS, SUCCESS, UNIQUE_IDENTIFIER, batch_count,
    batch_item, header, message, payload, response, success, time_stamp, version,
};

/// Returns every permutation of these items.
fn orders(items: &[Vec<u8>]) -> Vec<Vec<Vec<u8>>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let mut orders = Vec::new();
    for order in self::orders(rest) {
        for place in 0..=order.len() {
            let mut order = order.clone();
            order.insert(place, first.clone());
            orders.push(order);
        }
    }
    orders
}

fn activated() -> Vec<Vec<u8>> {
    let payload = payload(&[text(UNIQUE_IDENTIFIER, "k")]);
    vec![enumeration(OPERATION, ACTIVATE), enumeration(RESULT_STATUS, SUCCESS), payload]
}

/// Returns `true` if strict rules, which require the order, refuse the frame.
fn is_strictly_refused(frame: &Bytes) -> bool {
    ResponseMessage::decode_message(frame, Rules::STRICT).is_err()
}

#[test]
fn a_success_in_any_order() {
    let exchange = Exchange::new(V1_4, &Activate::id("k")).unwrap();
    let version_items = [integer(0x42006A, 1), integer(0x42006B, 4)];
    let in_order = response((1, 4), &activated());
    for version in orders(&version_items) {
        for header_items in orders(&[structure(0x420069, &version), time_stamp(), batch_count(1)]) {
            for item in orders(&activated()) {
                for items in orders(&[header(&header_items), batch_item(&item)]) {
                    let frame = message(&items);
                    let reply = exchange.answer(frame.clone()).unwrap();
                    assert_eq!(reply.payload().unique_identifier.as_str(), Some("k"));
                    assert_eq!(reply.skipped(), 0, "nothing is lost");
                    assert_eq!(is_strictly_refused(&frame), frame != in_order);
                    let mut one_by_one = ResponseItems::new(&frame, Rules::STRICT.skip_unknown());
                    assert_eq!(one_by_one.header().unwrap().protocol_version, V1_4);
                    assert!(one_by_one.next_item().unwrap().is_some() && one_by_one.next_item().unwrap().is_none());
                }
            }
        }
    }
}

#[test]
fn a_refusal_in_any_order() {
    let exchange = Exchange::new(V1_4, &Activate::id("k")).unwrap();
    let fields = [
        enumeration(OPERATION, ACTIVATE),
        enumeration(RESULT_STATUS, FAILED),
        enumeration(RESULT_REASON, 1),
        text(RESULT_MESSAGE, "the key is gone"),
    ];
    for item in orders(&fields) {
        let Err(NoReply::Refused(refusal)) = exchange.answer(response((1, 4), &item)) else { panic!("no refusal") };
        assert_eq!(refusal.reason, Some(ResultReason::ITEM_NOT_FOUND));
        assert_eq!(refusal.message.as_deref(), Some("the key is gone"));
    }
}

/// Unknown items are skipped and counted at any position; a repeated field counts once.
#[test]
fn skips_unknown_items_at_any_position() {
    let exchange = Exchange::new(V1_4, &Activate::id("k")).unwrap();
    let extension = text(0x540001, "of a vendor");
    for item in orders(&[activated(), vec![extension.clone()]].concat()) {
        let reply = exchange.answer(response((1, 4), &item)).unwrap();
        assert_eq!((reply.payload().unique_identifier.as_str(), reply.skipped()), (Some("k"), 1));
    }
    let twice = [vec![enumeration(RESULT_STATUS, FAILED)], activated(), vec![extension]].concat();
    assert!(matches!(exchange.answer(response((1, 4), &twice)), Err(NoReply::Refused(_))), "the first counts");
    // The items of a batch keep their order.
    let both = Exchange::batch(V1_4, &[Activate::id("a"), Activate::id("b")]).unwrap();
    let item = |id| {
        let payload = payload(&[text(UNIQUE_IDENTIFIER, id)]);
        batch_item(&[payload, enumeration(RESULT_STATUS, SUCCESS), enumeration(OPERATION, ACTIVATE)])
    };
    let frame = message(&[item("a"), header(&[version(1, 4), time_stamp(), batch_count(2)]), item("b")]);
    let told = both.answers(frame).unwrap().map(|reply| reply.unwrap().payload().unique_identifier.to_string());
    assert_eq!(told, ["a", "b"]);
}

/// A missing field is reported at its own structure, whatever the order of the others.
#[test]
fn names_the_missing_item() {
    let exchange = Exchange::new(V1_4, &Activate::id("k")).unwrap();
    let fields = [enumeration(OPERATION, ACTIVATE), payload(&[text(UNIQUE_IDENTIFIER, "k")])];
    for item in orders(&fields) {
        let Err(NoReply::Malformed(error)) = exchange.answer(response((1, 4), &item)) else { panic!("it is read") };
        assert_eq!(error.kind(), ErrorKind::Missing(Tag::RESULT_STATUS));
        assert!(error.to_string().starts_with("ResponseMessage/BatchItem/ResultStatus: "), "{error}");
    }
}

fn attributes_of((major, minor): (i32, i32), attribute: &[u8]) -> Bytes {
    let payload = payload(&[text(UNIQUE_IDENTIFIER, "k"), attribute.to_vec()]);
    response((major, minor), &[enumeration(OPERATION, 0x0B), enumeration(RESULT_STATUS, SUCCESS), payload])
}

#[test]
fn an_attribute_of_1_x_in_any_order() {
    let exchange = Exchange::new(V1_4, &GetAttributes::id("k")).unwrap();
    let usage = |items: &[Vec<u8>]| structure(0x42000B, items);
    let limits = [long_integer(0x420097, 10), long_integer(0x420096, 5), enumeration(0x420098, 1)];
    let name = [text(0x420055, "n"), enumeration(0x420054, 1)];
    let link = [enumeration(0x42004B, 0x101), text(0x42004C, "2")];
    let check = |frame: Bytes, expected: &dyn Fn(&AttributeValue<'_>) -> bool, index| {
        let reply = exchange.answer(frame).unwrap();
        let attributes = reply.payload().attributes.unwrap();
        let [attribute] = attributes.list.as_slice() else { panic!("{attributes:?}") };
        assert!(expected(&attribute.value), "{attribute:?}");
        assert_eq!((attribute.index, reply.skipped()), (index, 0));
    };
    for value in orders(&limits) {
        for attribute in orders(&[text(0x42000A, "Usage Limits"), usage(&value)]) {
            let is_it = |value: &AttributeValue<'_>| {
                matches!(value, AttributeValue::UsageLimits(limits)
                    if limits.unit == UsageLimitsUnit::BYTE && limits.count == Some(5))
            };
            check(attributes_of((1, 4), &structure(0x420008, &attribute)), &is_it, None);
        }
    }
    for value in orders(&name) {
        for attribute in orders(&[text(0x42000A, "Name"), integer(0x420009, 3), usage(&value)]) {
            let is_it = |value: &AttributeValue<'_>| matches!(value, AttributeValue::Name(name) if name.value == "n");
            check(attributes_of((1, 4), &structure(0x420008, &attribute)), &is_it, Some(3));
        }
    }
    for value in orders(&link) {
        for attribute in orders(&[text(0x42000A, "Link"), usage(&value)]) {
            let is_it = |value: &AttributeValue<'_>| matches!(value, AttributeValue::Link(link) if link.link_type == LinkType::CERTIFICATE_LINK);
            check(attributes_of((1, 4), &structure(0x420008, &attribute)), &is_it, None);
        }
    }
    // One that is not in the table.
    for attribute in orders(&[text(0x42000A, "x-Colour"), integer(0x420009, 1), text(0x42000B, "blue")]) {
        let is_it = |value: &AttributeValue<'_>| matches!(value, AttributeValue::Other(_));
        check(attributes_of((1, 4), &structure(0x420008, &attribute)), &is_it, Some(1));
    }
}

#[test]
fn an_attribute_of_2_0_in_any_order() {
    let exchange = Exchange::new(V2_0, &GetAttributes::id("k")).unwrap();
    for name in orders(&[text(0x420055, "n"), enumeration(0x420054, 1)]) {
        for list in orders(&[structure(0x420053, &name), enumeration(0x42008D, 2)]) {
            let reply = exchange.answer(attributes_of((2, 0), &structure(0x420125, &list))).unwrap();
            let attributes = reply.payload().attributes.unwrap();
            assert!(attributes.find(Tag::NAME).any(|name| matches!(name, AttributeValue::Name(n) if n.value == "n")));
            assert_eq!((attributes.find(Tag::STATE).count(), attributes.list.len()), (1, 2));
        }
    }
}

#[test]
fn an_object_in_any_order() {
    let exchange = Exchange::new(V1_4, &Get::id("k")).unwrap();
    let attribute = structure(0x420008, &[text(0x42000A, "Comment"), text(0x42000B, "kept")]);
    let value = [byte_string(0x420043, b"secret"), attribute];
    for value in orders(&value) {
        for block in orders(&[enumeration(0x420042, 2), structure(0x420045, &value), integer(0x42002A, 48)]) {
            for secret in orders(&[enumeration(0x420086, 1), structure(0x420040, &block)]) {
                let object = structure(0x420085, &secret);
                for items in orders(&[enumeration(0x420057, 7), text(UNIQUE_IDENTIFIER, "k"), object]) {
                    let reply = exchange.answer(success(0x0A, &[payload(&items)])).unwrap();
                    let got = reply.payload();
                    assert_eq!((got.object_type, got.unique_identifier.as_str()), (ObjectType::SECRET_DATA, Some("k")));
                    let kmip_client::protocol::object::Object::SecretData(data) = &got.object else {
                        panic!("{got:?}")
                    };
                    assert_eq!(data.secret_data_type, SecretDataType::PASSWORD);
                    assert_eq!(data.key_block.bytes().unwrap().expose(), b"secret");
                    assert_eq!(data.key_block.cryptographic_length, Some(48));
                    assert_eq!(reply.skipped(), 0);
                }
            }
        }
    }
}

/// Decoded leniently, as by a server.
#[test]
fn a_request_in_any_order() {
    let rules = Rules::STRICT.skip_unknown();
    let user = [text(0x420099, "alice"), text(0x4200A1, "secret")];
    let request_payload = structure(0x420079, &[text(UNIQUE_IDENTIFIER, "k")]);
    for user in orders(&user) {
        for credential in orders(&[enumeration(0x420024, 1), structure(0x420025, &user)]) {
            let authentication = structure(0x42000C, &[structure(0x420023, &credential)]);
            let header = structure(0x420077, &[version(1, 4), authentication, batch_count(1)]);
            let fields = [enumeration(OPERATION, ACTIVATE), byte_string(0x420093, &[7]), request_payload.clone()];
            for item in orders(&fields) {
                for items in orders(&[header.clone(), batch_item(&item)]) {
                    let frame = structure(0x420078, &items);
                    let (request, skipped) = RequestMessage::decode_message(&frame, rules).unwrap();
                    let credentials = request.header.authentication.unwrap().credentials;
                    let [Credential::UsernameAndPassword(user)] = credentials.as_slice() else {
                        panic!("{credentials:?}")
                    };
                    assert_eq!((user.username, user.password.unwrap().expose()), ("alice", "secret"));
                    let [item] = request.batch_items.as_slice() else { panic!("one item") };
                    assert_eq!((item.operation, item.unique_batch_item_id), (OperationCode::ACTIVATE, Some(&[7][..])));
                    assert!(matches!(&item.payload, RequestPayload::Activate(activate)
                        if activate.unique_identifier.and_then(|id| id.as_str()) == Some("k")));
                    assert_eq!(skipped, 0);
                }
            }
        }
    }
}

/// The template of KMIP 1.x: names of templates, and attributes.
#[test]
fn a_template_and_a_filter_in_any_order() {
    let rules = Rules::STRICT.skip_unknown();
    let request = |operation, payload: Vec<u8>| {
        let header = structure(0x420077, &[version(1, 2), batch_count(1)]);
        structure(0x420078, &[header, batch_item(&[enumeration(OPERATION, operation), payload])])
    };
    let named = structure(0x420053, &[text(0x420055, "t"), enumeration(0x420054, 1)]);
    let length = structure(0x420008, &[integer(0x42000B, 256), text(0x42000A, "Cryptographic Length")]);
    for template in orders(&[named, length]) {
        let payload = structure(0x420079, &[enumeration(0x420057, 2), structure(0x420091, &template)]);
        let frame = request(1, payload);
        let (message, _) = RequestMessage::decode_message(&frame, rules).unwrap();
        let RequestPayload::Create(create) = &message.batch_items[0].payload else { panic!("{message:?}") };
        assert_eq!((create.attributes.templates.len(), create.attributes.list.len()), (1, 1));
        assert_eq!(create.attributes.list[0].value, AttributeValue::CryptographicLength(256));
    }
    let part = structure(0x42000B, &[enumeration(0x42004B, 0x101)]);
    for attribute in orders(&[text(0x42000A, "Link"), integer(0x420009, 0), part]) {
        let frame = request(8, structure(0x420079, &[structure(0x420008, &attribute)]));
        let (message, skipped) = RequestMessage::decode_message(&frame, rules).unwrap();
        let RequestPayload::Locate(locate) = &message.batch_items[0].payload else { panic!("{message:?}") };
        assert_eq!(skipped, 0);
        let [kmip_client::protocol::attribute::AttributeFilter::Part(part)] = locate.attributes.list.as_slice() else {
            panic!("{locate:?}")
        };
        assert_eq!((part.attribute, part.index, part.fields.len()), (Tag::LINK, Some(0), 1));
    }
}
