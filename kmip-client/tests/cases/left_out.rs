//! Requests without items that the specification requires: typed, and encoded to the same bytes.

use kmip_client::protocol::message::RequestMessage;
use kmip_client::protocol::operation::{Import, Locate, RequestPayload, SetConstraints};
use kmip_client::{Exchange, NoReply};
use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{Rules, V1_4, V2_0, V2_1};

use crate::bytes::{enumeration, integer, structure, text};
use crate::wire::{OPERATION, batch_count, batch_item, payload, success, version};

fn request((major, minor): (i32, i32), operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let header = structure(0x420077, &[version(major, minor), batch_count(1)]);
    let item = batch_item(&[enumeration(OPERATION, operation), structure(0x420079, payload)]);
    structure(0x420078, &[header, item])
}

/// Decodes the payload by strict and by lax rules, and checks that each encodes to the same bytes.
fn typed(frame: &[u8], check: impl Fn(&RequestPayload<'_>)) {
    for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
        let (message, skipped) = RequestMessage::decode_message(frame, rules).unwrap();
        check(&message.batch_items[0].payload);
        assert_eq!((message.encode_message().unwrap().as_slice(), skipped), (frame, 0));
    }
}

#[test]
fn set_constraints_without_constraints() {
    typed(&request((2, 1), 0x37, &[]), |payload| {
        assert!(matches!(payload, RequestPayload::SetConstraints(set) if set.constraints.is_none()), "{payload:?}");
    });
    // A missing list is not the same as an empty one.
    let empty = SetConstraints::constraints([]);
    let exchange = Exchange::new(V2_1, &empty).unwrap();
    typed(exchange.request(), |payload| assert_eq!(*payload, RequestPayload::SetConstraints(empty.clone())));
}

/// PyKMIP's client omits Attributes when it locates everything.
#[test]
fn locate_without_attributes() {
    for minor in [0, 1] {
        typed(&request((2, minor), 8, &[]), |payload| {
            assert!(matches!(payload, RequestPayload::Locate(locate) if locate.attributes.list.is_empty()));
        });
        typed(&request((2, minor), 8, &[integer(0x42004F, 3)]), |payload| {
            assert!(matches!(payload, RequestPayload::Locate(locate) if locate.maximum_items == Some(3)));
        });
        typed(&request((2, minor), 8, &[structure(0x420125, &[])]), |payload| {
            assert_eq!(*payload, RequestPayload::Locate(Locate::all()));
        });
    }
    // A client of this crate always sends the filter, even an empty one.
    let all = Exchange::new(V2_0, &Locate::all()).unwrap();
    assert!(all.request().ends_with(&structure(0x420125, &[])));
    // With a further filter the structure is present.
    let frame = request((2, 0), 8, &[]);
    let (message, _) = RequestMessage::decode_message(&frame, Rules::STRICT).unwrap();
    let RequestPayload::Locate(locate) = message.batch_items[0].payload.clone() else { panic!("{message:?}") };
    let named = locate.attribute(kmip_client::protocol::attribute::AttributeValue::Name("n".into()));
    assert_eq!(
        Exchange::new(V2_0, &named).unwrap().request(),
        Exchange::new(V2_0, &Locate::name("n")).unwrap().request()
    );
}

#[test]
fn an_object_that_is_missing_is_named_as_one() {
    let missing = "the object (Symmetric Key, Certificate or another) is missing at byte";
    for (operation, version, items) in [
        (0x2A, (1, 4), vec![text(0x420094, "k")]),
        (0x2A, (2, 1), vec![text(0x420094, "k"), enumeration(0x420057, 2), structure(0x420125, &[])]),
        (0x03, (1, 4), vec![enumeration(0x420057, 2), structure(0x420091, &[])]),
    ] {
        for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
            let frame = request(version, operation, &items);
            let error = RequestMessage::decode_message(&frame, rules).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("RequestMessage/BatchItem/RequestPayload: {missing} {}", frame.len())
            );
            assert_eq!(error.offset(), frame.len());
        }
    }
    // In a response too.
    let fetched = success(0x0A, &[payload(&[enumeration(0x420057, 2), text(0x420094, "k")])]);
    let exchange = Exchange::new(V1_4, &kmip_client::protocol::operation::Get::id("k")).unwrap();
    let Err(NoReply::Malformed(error)) = exchange.answer(fetched.clone()) else { panic!("it is an answer") };
    let place = "ResponseMessage/BatchItem/ResponsePayload";
    assert_eq!(error.to_string(), format!("{place}: {missing} {}", fetched.len()));
    assert_eq!(<Import as kmip_client::protocol::operation::Operation>::CODE, OperationCode::IMPORT);
}
