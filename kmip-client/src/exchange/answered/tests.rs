//! The proof that a response belongs to its request, and the objects that a response has made.

use kmip_ttlv::enumeration::{ObjectType, OperationCode};
use kmip_ttlv::{DateTime, V1_4};

use super::*;
use crate::exchange::asked::Asked;
use crate::exchange::options::RequestOptions;
use crate::protocol::operation::{
    Activate, ActivateResponse, Create, CreateResponse, GetAttributeList, GetAttributeListResponse, ResponsePayload,
};

type TypedItem<'a> = ResponseBatchItem<'a, ResponsePayload<'a>>;

fn sent(requests: &[Asked<'_>], number: Option<u64>) -> Outgoing {
    Outgoing::new(V1_4, requests, Default::default(), &RequestOptions::new(), number).unwrap()
}

fn read(outgoing: &Outgoing, items: &[TypedItem<'_>]) -> (Answered<NoReply>, Proof) {
    let message = ResponseMessage::new(V1_4, DateTime(0), items.to_vec());
    Answered::read(outgoing, message.encode_message().unwrap().into()).unwrap()
}

fn activated(id: &str) -> TypedItem<'_> {
    let payload = ActivateResponse { unique_identifier: id.into() };
    TypedItem::success(OperationCode::ACTIVATE, ResponsePayload::Activate(payload))
}

#[test]
fn a_response_is_proved_by_a_number_or_else_by_the_names_of_its_operation_and_object() {
    let request = Activate::id("a");
    let [alone, numbered] = [None, Some(7)].map(|number| sent(&[Asked::new(&request)], number));
    let id = 7_u64.to_be_bytes();
    let with_id = TypedItem { unique_batch_item_id: Some(&id), ..activated("a") };
    let without_operation = TypedItem { operation: None, ..activated("a") };
    let refusal = TypedItem { result_status: ResultStatus::OPERATION_FAILED, payload: None, ..activated("a") };
    for (outgoing, item, expected) in [
        (&numbered, with_id, Proof::Number),
        (&numbered, activated("a"), Proof::Names),
        (&alone, activated("a"), Proof::Names),
        (&alone, activated(""), Proof::Order),
        (&alone, without_operation, Proof::Order),
        (&alone, refusal, Proof::Order),
    ] {
        assert_eq!(read(outgoing, std::slice::from_ref(&item)).1, expected, "{item:?}");
    }
}

/// One item without a proof leaves the whole batch without one.
#[test]
fn a_batch_is_proved_by_each_of_its_items() {
    let (a, b) = (Activate::id("a"), Activate::id("b"));
    let outgoing = sent(&[Asked::new(&a), Asked::new(&b)], Some(7));
    let ids = [7, 8_u64].map(u64::to_be_bytes);
    let with_ids = [("a", &ids[0]), ("b", &ids[1])]
        .map(|(object, id)| TypedItem { unique_batch_item_id: Some(id), ..activated(object) });
    let [first, _] = with_ids.clone();
    let unproved = TypedItem { operation: None, ..activated("b") };
    assert_eq!(read(&outgoing, &with_ids).1, Proof::Number);
    assert_eq!(read(&outgoing, &[first.clone(), activated("b")]).1, Proof::Names);
    assert_eq!(read(&outgoing, &[first, unproved]).1, Proof::Order);
}

#[test]
fn the_objects_of_a_response_are_those_that_it_has_made() {
    let (create, list) = (Create::aes(256), GetAttributeList::id("old"));
    assert_eq!(sent(&[Asked::new(&list)], None).made_object(), None);
    let outgoing = sent(&[Asked::new(&list), Asked::new(&create)], None);
    assert_eq!(outgoing.made_object(), Some(OperationCode::CREATE));
    let outgoing = sent(&[Asked::new(&create), Asked::new(&list), Asked::new(&create)], None);
    let made = |id: &'static str| {
        let payload = CreateResponse {
            object_type: ObjectType::SYMMETRIC_KEY,
            unique_identifier: id.into(),
            ..CreateResponse::default()
        };
        TypedItem::success(OperationCode::CREATE, ResponsePayload::Create(payload))
    };
    let payload = GetAttributeListResponse { unique_identifier: "old".into(), ..Default::default() };
    let listed = TypedItem::success(OperationCode::GET_ATTRIBUTE_LIST, ResponsePayload::GetAttributeList(payload));
    let (answered, _) = read(&outgoing, &[made("new-1"), listed, made("new-2")]);
    let objects: Vec<_> = answered.made_objects(outgoing.expected()).collect();
    assert_eq!(objects.len(), 2);
    for (object, id) in objects.iter().zip([&b"new-1"[..], b"new-2"]) {
        assert!(object.windows(id.len()).any(|part| part == id), "{object:?}");
    }
}
