//! The bytes of KMIP 3.0 that differ from 2.1, and the matching of responses to requests.

use kmip_client::bytes::Bytes;
use kmip_client::protocol::Id;
use kmip_client::protocol::message::{ResponseBatchItem, ResponseMessage};
use kmip_client::protocol::operation::{Activate, ActivateResponse, Create, Destroy, Get};
use kmip_client::{Batch as _, Exchange, NoReply, OutOfStep};
use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{DateTime, Tag, V2_1, V3_0, Walk};

fn tags(message: &[u8]) -> Vec<Tag> {
    Walk::new(message).map(|visit| visit.unwrap().item.tag()).collect()
}

#[test]
fn a_request_is_as_the_specification_has_it() {
    let exchange = Exchange::new(V3_0, &Activate::id("abc")).unwrap();
    // Header without a Batch Count, and an identifier of type 0C.
    let expected = "42007801000000604200770100000028420069010000002042006A02000000040000000300000000 \
                    42006B0200000004000000000000000042000F010000002842005C05000000040000001200000000 \
                    42007901000000104200940C000000036162630000000000";
    assert_eq!(exchange.request(), crate::corpus::hex(expected));
    let absent = [Tag::BATCH_COUNT, Tag::BATCH_ORDER_OPTION, Tag::UNIQUE_BATCH_ITEM_ID];
    let batch = (Create::aes(256), Get::id(Id::Placeholder), Destroy::id("abc"));
    let before = tags(Exchange::batch(V2_1, &(&batch).in_any_order()).unwrap().request());
    let since = tags(Exchange::batch(V3_0, &(&batch).in_any_order()).unwrap().request());
    for tag in absent {
        assert!(before.contains(&tag), "{tag}");
        assert!(!since.contains(&tag), "{tag}");
    }
    assert_eq!(since.iter().filter(|tag| **tag == Tag::BATCH_ITEM).count(), 3);
}

/// Returns a response to Activate in KMIP 3.0 with these objects.
fn activated(ids: &[&str]) -> Bytes {
    let items = ids.iter().map(|id| ResponseBatchItem::success(OperationCode::ACTIVATE, ActivateResponse::new(*id)));
    let message = ResponseMessage::new(V3_0, DateTime(0), items.collect());
    message.encode_message().unwrap().into()
}

#[test]
fn a_response_belongs_to_its_request_by_the_identifier() {
    let exchange = Exchange::new(V3_0, &Activate::id("abc")).unwrap();
    assert_eq!(exchange.answer(activated(&["abc"])).unwrap().payload().unique_identifier, Id::Text("abc"));
    let foreign = exchange.answer(activated(&["abd"])).unwrap_err();
    assert!(matches!(foreign, NoReply::OutOfStep(OutOfStep::ForeignObject { .. })), "{foreign:?}");

    let batch = Exchange::batch(V3_0, &[Activate::id("abc"), Activate::id("abd")]).unwrap();
    let in_order = batch.answers(activated(&["abc", "abd"])).unwrap();
    assert!(in_order.iter().all(Result::is_ok));
    // Swapped responses are not mistaken for each other.
    let swapped = batch.answers(activated(&["abd", "abc"])).unwrap_err();
    assert!(matches!(swapped, NoReply::OutOfStep(OutOfStep::ForeignObject { .. })), "{swapped:?}");
}
