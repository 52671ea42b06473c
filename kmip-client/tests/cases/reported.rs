//! Servers as users of KMIP clients have reported them: a test for each report, with its source.

use bytes::Bytes;
use kmip_client::protocol::operation::{
    AddAttribute, Get, GetAttributes, Locate, ModifyAttribute, Query, QueryRequest, Request,
};
use kmip_client::protocol::{Id, attribute::AttributeValue};
use kmip_client::{Exchange, NoReply, Refusal};
use kmip_ttlv::enumeration::{ObjectType, OperationCode, QueryFunction, ResultReason, State};
use kmip_ttlv::{DateTime, ProtocolVersion, Tag, V1_0, V1_2, V1_4};

use crate::bytes::{byte_string, date_time, enumeration, integer, structure, text};
use crate::wire::{
    ATTRIBUTE_VALUE, FAILED, OPERATION, RESULT_MESSAGE, RESULT_REASON, RESULT_STATUS, UNIQUE_IDENTIFIER, attribute,
    response, success_in,
};

const GET: u32 = 0x0A;
const GET_ATTRIBUTES: u32 = 0x0B;
const ADD_ATTRIBUTE: u32 = 0x0D;
const MODIFY_ATTRIBUTE: u32 = 0x0E;
const LOCATE: u32 = 0x08;
const QUERY: u32 = 0x18;

/// Asks, and returns the refusal.
fn refused<R: Request>(version: ProtocolVersion, request: &R, answer: Bytes) -> Refusal {
    match Exchange::new(version, request).unwrap().answer(answer).map(drop) {
        Err(NoReply::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// A SafeNet appliance tells the Server Information before the Vendor Identification (PyKMIP, issue 100).
#[test]
fn server_information_before_the_vendor() {
    let request: QueryRequest<'_> = Query::functions([QueryFunction::QUERY_SERVER_INFORMATION]);
    let exchange = Exchange::new(V1_2, &request).unwrap();
    let information = structure(0x42_0088, &[text(0x42_009D, "KeySecure")]);
    let reply = exchange.answer(success_in((1, 2), QUERY, &[information, text(0x42_009D, "SafeNet, Inc.")])).unwrap();
    let payload = reply.payload();
    assert_eq!(payload.vendor_identification, Some("SafeNet, Inc."));
    assert!(payload.server_information.is_some());
}

/// Cosmian KMS before its support for Veeam put attributes of KMIP 2.x into the Key Value of 1.x (Cosmian/kms, pull
/// request 874).
#[test]
fn attributes_of_2_x_in_the_key_value_of_1_x() {
    let material = byte_string(0x42_0043, &[7; 32]);
    let state = enumeration(0x42_008D, 2);
    let link = structure(0x42_004A, &[enumeration(0x42_004B, 0x103), text(0x42_004C, "public")]);
    let unique = text(UNIQUE_IDENTIFIER, "k");
    for beside in
        [vec![structure(0x42_0125, &[state.clone(), link.clone(), unique.clone()])], vec![state, link, unique]]
    {
        let value = structure(0x42_0045, &[std::slice::from_ref(&material), &beside].concat());
        let block = [enumeration(0x42_0042, 1), value, enumeration(0x42_0028, 3), integer(0x42_002A, 256)];
        let key = structure(0x42_008F, &[structure(0x42_0040, &block)]);
        let items = [enumeration(0x42_0057, 2), text(UNIQUE_IDENTIFIER, "k"), key];
        let reply = Exchange::new(V1_4, &Get::id("k")).unwrap().answer(success_in((1, 4), GET, &items)).unwrap();
        let payload = reply.payload();
        assert_eq!(payload.object_type, ObjectType::SYMMETRIC_KEY);
        assert_eq!(payload.object.key_block().unwrap().bytes().unwrap().expose(), [7; 32]);
    }
}

/// Cosmian KMS answered Modify Attribute of a Synology NAS in 1.2 without the attribute (Cosmian/kms, issue 820).
#[test]
fn a_changed_attribute_that_is_not_repeated() {
    let items = [text(UNIQUE_IDENTIFIER, "k")];
    let name = || AttributeValue::Name("volume 1".into());
    let modify = Exchange::new(V1_2, &ModifyAttribute::id("k", name())).unwrap();
    let reply = modify.answer(success_in((1, 2), MODIFY_ATTRIBUTE, &items)).unwrap();
    assert_eq!(reply.payload().unique_identifier, Id::from("k"));
    let add = Exchange::new(V1_2, &AddAttribute::id("k", name())).unwrap();
    let reply = add.answer(success_in((1, 2), ADD_ATTRIBUTE, &items)).unwrap();
    assert_eq!(reply.payload().unique_identifier, Id::from("k"));
}

/// A server tells the Original Creation Date among all attributes, of which PyKMIP's client knew the name alone
/// (PyKMIP, issue 628).
#[test]
fn an_original_creation_date_among_all_attributes() {
    for version in [(1, 0), (1, 4)] {
        let items = [
            text(UNIQUE_IDENTIFIER, "k"),
            attribute("Original Creation Date", date_time(ATTRIBUTE_VALUE, 1_594_719_096)),
        ];
        let exchange = Exchange::new(V1_4, &GetAttributes::id("k")).unwrap();
        let reply = exchange.answer(success_in(version, GET_ATTRIBUTES, &items)).unwrap();
        let attributes = reply.payload().attributes.unwrap();
        let dates: Vec<_> = attributes.find(Tag::ORIGINAL_CREATION_DATE).collect();
        let expected = AttributeValue::OriginalCreationDate(DateTime(1_594_719_096));
        assert_eq!(dates, [&expected], "{version:?}");
    }
}

/// vSphere 6.5 at a server without Get Attributes, which says so in words of its own (PyKMIP, issue 218).
#[test]
fn an_operation_that_the_server_lacks() {
    let words = "Get_Attributes operation is not supported by the server.";
    let item = [
        enumeration(OPERATION, GET_ATTRIBUTES),
        enumeration(RESULT_STATUS, FAILED),
        enumeration(RESULT_REASON, 5),
        text(RESULT_MESSAGE, words),
    ];
    let refusal = refused(V1_2, &GetAttributes::id("44").state(), response((1, 2), &item));
    assert_eq!(refusal.reason, Some(ResultReason::OPERATION_NOT_SUPPORTED));
    assert_eq!(refusal.to_string().matches(words).count(), 1, "{refusal}");
}

/// vCenter 7 sends what PyKMIP's server cannot read: that answers the message as a whole, in 1.0, and names no
/// operation (PyKMIP, issue 661).
#[test]
fn a_message_that_the_server_cannot_read() {
    let words = "Error parsing request message. See server logs for more information.";
    let item = [enumeration(RESULT_STATUS, FAILED), enumeration(RESULT_REASON, 4), text(RESULT_MESSAGE, words)];
    let refusal = refused(V1_4, &GetAttributes::id("44"), response((1, 0), &item));
    assert_eq!(refusal.operation, Some(OperationCode::GET_ATTRIBUTES));
    assert_eq!((refusal.reason, refusal.message.as_deref()), (Some(ResultReason::INVALID_MESSAGE), Some(words)));
}

/// A server that polls the state of its key gets none: opaque objects have none, and some servers leave it out
/// (percona/psmdb-docs, pull request 911). That is no state, and not a wrong one.
#[test]
fn a_state_that_is_left_out() {
    let exchange = Exchange::new(V1_0, &GetAttributes::id("k").state()).unwrap();
    let reply = exchange.answer(success_in((1, 0), GET_ATTRIBUTES, &[text(UNIQUE_IDENTIFIER, "k")])).unwrap();
    assert_eq!(reply.payload().attributes.and_then(|attributes| attributes.state()), None);
    let items = [text(UNIQUE_IDENTIFIER, "k"), attribute("State", enumeration(ATTRIBUTE_VALUE, 3))];
    let reply = exchange.answer(success_in((1, 0), GET_ATTRIBUTES, &items)).unwrap();
    assert_eq!(reply.payload().attributes.unwrap().state(), Some(State::DEACTIVATED));
}

/// A strict server refuses a Locate for the name of an attribute that it does not know, and names it (scylladb, issue
/// 23970). It is a refusal, not "nothing found", by which a client would make a key for every table.
#[test]
fn a_filter_that_the_server_does_not_know() {
    let words = "unknown attribute: CryptographicLength";
    let item = [
        enumeration(OPERATION, LOCATE),
        enumeration(RESULT_STATUS, FAILED),
        enumeration(RESULT_REASON, 7),
        text(RESULT_MESSAGE, words),
    ];
    let refusal = refused(V1_2, &Locate::all().application_namespace("a"), response((1, 2), &item));
    assert_eq!((refusal.reason, refusal.message.as_deref()), (Some(ResultReason::INVALID_FIELD), Some(words)));
}

/// A server counts all that it has found and sends a part of it, without being asked for a part (Cosmian/kms, issue
/// 824).
#[test]
fn more_located_items_than_identifiers() {
    let items = [integer(0x42_00D5, 4), text(UNIQUE_IDENTIFIER, "k")];
    let exchange = Exchange::new(V1_4, &Locate::name("ipsec")).unwrap();
    let reply = exchange.answer(success_in((1, 4), LOCATE, &items)).unwrap();
    let payload = reply.payload();
    assert_eq!((payload.located_items, payload.unique_identifiers.len()), (Some(4), 1));
}
