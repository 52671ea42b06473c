//! KMIP 3.0 on the server alone. The OASIS test cases are in `peers`, both clients in the test `kmip_3_0`.

use kmip_client::protocol::attribute::{AttributeValue, ObjectLink};
use kmip_client::protocol::message::{RequestBatchItem, RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{
    Activate, AddAttribute, Create, Deactivate, DeleteAttribute, GetAttributeList, Locate, Obliterate, Query, Revoke,
    RevokeRequest,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{OperationCode, QueryFunction, ResultReason, State};
use kmip_ttlv::{DateTime, Item, NameReference, Rules, Tag, V1_0, V2_1, V3_0};

use crate::wire::{Payload, Wire, now};

fn server() -> TestServer {
    TestServer::builder().versions(V1_0..=V3_0).start()
}

/// Returns the reason of the only item of the response.
fn reason(frame: &[u8]) -> Option<ResultReason> {
    let (response, _) = ResponseMessage::<Item<'_>>::decode_message_as(frame, Rules::STRICT).unwrap();
    assert_eq!((response.header.protocol_version, response.header.batch_count), (V3_0, None));
    response.batch_items[0].result_reason
}

#[test]
fn items_are_neither_counted_nor_marked() {
    let server = server();
    let mut wire = Wire::alice(&server, V3_0);
    let payload = Payload::of(&Locate::all(), V3_0);
    let message = || RequestMessage::new(V3_0, vec![RequestBatchItem::new(OperationCode::LOCATE, payload.item())]);
    assert_eq!(reason(&wire.exchange(&message().encode_again().unwrap())), None);

    let mut counted = message();
    counted.header.batch_count = Some(1);
    assert!(reason(&wire.exchange(&counted.encode_again().unwrap())).is_some());
    let mut marked = message();
    marked.batch_items[0].unique_batch_item_id = Some(b"1");
    assert_eq!(reason(&wire.exchange(&marked.encode_again().unwrap())), Some(ResultReason::INVALID_MESSAGE));
    let nothing = RequestMessage::<Item<'_>>::new(V3_0, Vec::new());
    assert_eq!(reason(&wire.exchange(&nothing.encode_again().unwrap())), Some(ResultReason::INVALID_MESSAGE));
}

#[test]
fn a_server_speaks_it_only_if_told_to() {
    let server = TestServer::builder().versions(V1_0..).start();
    let mut wire = Wire::alice(&server, V3_0);
    let payload = Payload::of(&Locate::all(), V3_0);
    let message = RequestMessage::new(V3_0, vec![RequestBatchItem::new(OperationCode::LOCATE, payload.item())]);
    let reply = wire.exchange(&message.encode_message().unwrap());
    let (reply, _) = ResponseMessage::<Item<'_>>::decode_message_as(&reply, Rules::STRICT).unwrap();
    assert_eq!(reply.header.protocol_version, V2_1);
    assert_eq!(reply.batch_items[0].result_reason, Some(ResultReason::UNSUPPORTED_PROTOCOL_VERSION));
}

#[test]
fn operations_of_3_0_are_told_to_its_clients_alone() {
    let server = server();
    for (version, has) in [(V2_1, false), (V3_0, true)] {
        let mut wire = Wire::alice(&server, version);
        let told = wire.call(&Query::functions([QueryFunction::QUERY_OPERATIONS])).unwrap();
        for code in [OperationCode::DEACTIVATE, OperationCode::OBLITERATE] {
            assert_eq!(told.payload().operations.contains(&code), has, "{code} in {version}");
        }
    }
}

#[test]
fn deactivate_waits_for_a_date_that_is_to_come() {
    let server = server();
    let mut wire = Wire::alice(&server, V3_0);
    let id = wire.new_key("deactivated");
    let reason = wire.call(&Deactivate::id(&id)).err();
    assert_eq!(reason, Some(ResultReason::WRONG_KEY_LIFECYCLE_STATE));
    wire.call(&Activate::id(&id)).unwrap();
    let date = DateTime(now() + 3600);
    wire.call(&Deactivate::id(&id).deactivation_date(date)).unwrap();
    assert_eq!((wire.state(&id), wire.date(&id, Tag::DEACTIVATION_DATE)), (State::ACTIVE, Some(date.0)));
    server.advance(std::time::Duration::from_secs(3601));
    assert_eq!(wire.state(&id), State::DEACTIVATED);
}

#[test]
fn revoke_needs_no_reason() {
    let server = server();
    let mut wire = Wire::alice(&server, V3_0);
    let id = wire.new_key("revoked");
    wire.call(&Activate::id(&id)).unwrap();
    wire.call(&RevokeRequest::default().unique_identifier(&id)).unwrap();
    assert_eq!(wire.state(&id), State::DEACTIVATED);
}

#[test]
fn forgets_an_obliterated_object_and_its_name() {
    let server = server();
    let (mut wire, mut before) = (Wire::alice(&server, V3_0), Wire::alice(&server, V2_1));
    let id = wire.new_key("gone");
    wire.call(&Activate::id(&id)).unwrap();
    assert_eq!(wire.call(&Obliterate::id(&id)).err(), Some(ResultReason::WRONG_KEY_LIFECYCLE_STATE));
    wire.call(&Revoke::id(&id, kmip_ttlv::enumeration::RevocationReasonCode::UNSPECIFIED)).unwrap();
    let mut bob = Wire::to(&server, "bob", V3_0);
    assert_eq!(bob.call(&Obliterate::id(&id)).err(), Some(ResultReason::ITEM_NOT_FOUND));
    wire.call(&Obliterate::id(&id)).unwrap();
    let request = GetAttributeList::id(&id);
    assert_eq!(wire.call(&request).err(), Some(ResultReason::ITEM_NOT_FOUND));
    assert_eq!(before.call(&request).err(), Some(ResultReason::OBJECT_NOT_FOUND));
    assert!(wire.locate(&Locate::all()).is_empty());
    let next = wire.new_key("gone");
    assert_eq!(wire.locate(&Locate::all()), [next]);
}

#[test]
fn links_of_3_0_stay_hidden_from_others() {
    let server = server();
    let (mut wire, mut before) = (Wire::alice(&server, V3_0), Wire::alice(&server, V2_1));
    let group = || AttributeValue::GroupLink(ObjectLink::Name(NameReference("vms")));
    let reply = wire.call(&Create::aes(128).attribute(group())).unwrap();
    let id = reply.payload().unique_identifier.to_string();
    let other = wire.new_key("not in the group");
    assert_eq!(wire.locate(&Locate::attribute(group())), [id.as_str()]);
    assert!(wire.attribute_names(&id).contains(&"Group Link".to_owned()));
    assert!(!before.attribute_names(&id).contains(&"Group Link".to_owned()));
    assert!(!before.attribute_names(&id).contains(&"Object Class".to_owned()));

    // A link attribute of 3.0 covers the links of one type of earlier versions.
    for link in [AttributeValue::NextLink(other.as_str().into()), AttributeValue::ParentLink(other.as_str().into())] {
        wire.call(&AddAttribute::id(&id, link.clone())).unwrap();
        assert!(wire.call(&AddAttribute::id(&id, link)).is_err(), "it is there already");
    }
    assert_eq!(before.attribute_names(&id).iter().filter(|name| *name == "Link").count(), 1);
    wire.call(&DeleteAttribute::id(&id, Tag::NEXT_LINK)).unwrap();
    let names = wire.attribute_names(&id);
    assert!(names.contains(&"Parent Link".to_owned()) && !names.contains(&"Next Link".to_owned()), "{names:?}");
}
