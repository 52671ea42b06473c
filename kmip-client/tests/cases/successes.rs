//! A success may omit what the client already knows.

use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::object::{Object, SymmetricKey};
use kmip_client::protocol::operation::{
    Activate, AddAttribute, Archive, Create, Deactivate, DeleteAttribute, Destroy, Get, GetUsageAllocation, Import,
    Locate, ModifyAttribute, Operation, Recover, Request, Revoke, SetAttribute,
};
use kmip_client::{Exchange, NoReply};
use kmip_ttlv::enumeration::RevocationReasonCode;
use kmip_ttlv::{Tag, V1_4, V2_1, V3_0};

use crate::bytes::{enumeration, text};
use crate::wire::{
    ACTIVATE, OPERATION, RESULT_MESSAGE, RESULT_REASON, RESULT_STATUS, SUCCESS, UNIQUE_IDENTIFIER, batch_count,
    batch_item, header, message, payload, response, success, time_stamp, version,
};

/// Returns successes of this operation that lack items, one per line.
fn lacking(operation: u32, (major, minor): (i32, i32)) -> Vec<bytes::Bytes> {
    let start = [enumeration(OPERATION, operation), enumeration(RESULT_STATUS, SUCCESS)];
    let item = |rest: &[Vec<u8>]| response((major, minor), &[&start[..], rest].concat());
    let empty_texts = [enumeration(RESULT_REASON, 0), text(RESULT_MESSAGE, "Success"), payload(&[])];
    vec![item(&[]), item(&[payload(&[])]), item(&[payload(&[text(UNIQUE_IDENTIFIER, "")])]), item(&empty_texts)]
}

/// Returns the identifier in each reply.
fn told<R: Request>(
    version: kmip_ttlv::ProtocolVersion,
    request: &R,
    id: impl Fn(<R::Operation as Operation>::Response<'_>) -> Option<String>,
) {
    let exchange = Exchange::new(version, request).unwrap();
    let code = R::Operation::CODE.value();
    for (number, frame) in lacking(code, (version.major().into(), version.minor().into())).into_iter().enumerate() {
        if version == V3_0 && number == 2 {
            continue; // an Identifier there
        }
        let reply = exchange.answer(frame.clone()).unwrap_or_else(|error| panic!("{code:#x}, {number}: {error:?}"));
        assert_eq!(id(reply.payload()).as_deref(), Some("k"), "{code:#x}, {number}");
        assert_eq!(reply.frame(), &frame);
        assert_eq!(id(reply.clone().payload()).as_deref(), Some("k"));
    }
}

#[test]
fn the_identifier_is_the_one_that_was_asked_for() {
    macro_rules! all {
        ($($version:ident $request:expr;)*) => {
            $(told($version, &$request, |payload| payload.unique_identifier.as_str().map(str::to_owned));)*
        };
    }
    let key = || Object::SymmetricKey(SymmetricKey::default());
    let comment = || AttributeValue::Comment("c");
    all! {
        V1_4 Activate::id("k");
        V2_1 Activate::id("k");
        V3_0 Activate::id("k");
        V1_4 AddAttribute::id("k", comment());
        V1_4 Archive::id("k");
        V3_0 Deactivate::id("k");
        V1_4 DeleteAttribute::id("k", Tag::COMMENT);
        V1_4 Destroy::id("k");
        V1_4 GetUsageAllocation::bytes("k", 1);
        V2_1 Import::object("k", key());
        V1_4 ModifyAttribute::id("k", comment());
        V1_4 Recover::id("k");
        V1_4 Revoke::id("k", RevocationReasonCode::SUPERSEDED);
        V2_1 SetAttribute::id("k", comment());
    }
}

#[test]
fn the_placeholder_stands_for_what_an_earlier_item_has_made() {
    let exchange = Exchange::batch(V1_4, &(Create::aes(256), Activate::id(Id::Placeholder))).unwrap();
    let created = [enumeration(0x420057, 2), text(UNIQUE_IDENTIFIER, "fresh")];
    let frame = message(&[
        header(&[version(1, 4), time_stamp(), batch_count(2)]),
        batch_item(&[enumeration(OPERATION, 1), enumeration(RESULT_STATUS, SUCCESS), payload(&created)]),
        batch_item(&[enumeration(OPERATION, ACTIVATE), enumeration(RESULT_STATUS, SUCCESS)]),
    ]);
    let (created, activated) = exchange.answers(frame).unwrap();
    assert_eq!(created.unwrap().payload().unique_identifier.as_str(), Some("fresh"));
    assert_eq!(activated.unwrap().payload().unique_identifier.as_str(), Some("fresh"));
    // Without any indication the object is unknown.
    let alone = Exchange::new(V1_4, &Activate::id(Id::Placeholder)).unwrap();
    assert!(matches!(alone.answer(success(ACTIVATE, &[])), Err(NoReply::Malformed(_))));
}

#[test]
fn accepts_a_locate_without_a_payload_as_nothing_found() {
    let exchange = Exchange::new(V1_4, &Locate::name("")).unwrap();
    for frame in [success(8, &[]), success(8, &[payload(&[])])] {
        assert!(exchange.answer(frame).unwrap().payload().unique_identifiers.is_empty());
    }
}

/// A response with information that only the server has.
#[test]
fn rejects_a_success_that_lacks_what_only_the_server_knows() {
    let malformed = |frame: bytes::Bytes| match Exchange::new(V1_4, &Create::aes(256)).unwrap().answer(frame) {
        Err(NoReply::Malformed(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let item = "ResponseMessage/BatchItem";
    assert_eq!(malformed(success(1, &[])), format!("{item}/ResponsePayload: the item is missing at byte 128"));
    assert_eq!(
        malformed(success(1, &[payload(&[])])),
        format!("{item}/ResponsePayload/ObjectType: the item is missing at byte 136")
    );
    // The same for a Get that lacks identifier, type and object.
    let get = Exchange::new(V1_4, &Get::id("k")).unwrap();
    let Err(NoReply::Malformed(error)) = get.answer(success(0x0A, &[])) else { panic!("it is taken for an answer") };
    assert_eq!(error.to_string(), format!("{item}/ResponsePayload: the item is missing at byte 128"));
}

#[test]
fn a_message_that_lacks_more_is_an_error_at_its_place() {
    let activate = Exchange::new(V1_4, &Activate::id("k")).unwrap();
    let error = |frame| activate.answer(frame).unwrap_err();
    let path = |frame| match error(frame) {
        NoReply::Malformed(error) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(path(message(&[])), "ResponseMessage/ResponseHeader: the item is missing at byte 8");
    let done = || batch_item(&[enumeration(OPERATION, ACTIVATE), enumeration(RESULT_STATUS, SUCCESS)]);
    assert_eq!(
        path(message(&[header(&[version(1, 4), batch_count(1)]), done()])),
        "ResponseMessage/ResponseHeader/TimeStamp: the item is missing at byte 72"
    );
    // No item, whatever the header states.
    for count in [0, 1] {
        let frame = message(&[header(&[version(1, 4), time_stamp(), batch_count(count)])]);
        assert_eq!(error(frame).to_string(), "the answer has 0 items, the request had 1");
    }
}
