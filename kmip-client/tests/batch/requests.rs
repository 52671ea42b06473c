//! The encoding of batches.

use kmip_client::protocol::Id;
use kmip_client::protocol::message::RequestMessage;
use kmip_client::protocol::operation::{Activate, Create, Destroy, Encrypt, Get, Repeat};
use kmip_client::{Batch, Exchange, Operations, RequestOptions};
use kmip_ttlv::enumeration::{BatchErrorContinuationOption as Continuation, OperationCode as Code};
use kmip_ttlv::{ProtocolVersion, Rules, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0};

const VERSIONS: [ProtocolVersion; 8] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0];

/// Returns the options in the header of the message with the batch.
fn options<B: Batch + ?Sized>(version: ProtocolVersion, batch: &B) -> (Option<Continuation>, Option<bool>)
where
    B::Operations: Operations,
{
    let exchange = Exchange::batch(version, batch).unwrap();
    let (message, _) = RequestMessage::decode_message(exchange.request(), Rules::STRICT).unwrap();
    (message.header.batch_error_continuation_option, message.header.batch_order_option)
}

#[test]
fn each_item_has_an_id_of_its_own() {
    for version in VERSIONS {
        let batch = (Create::aes(256), Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
        let exchange = Exchange::batch(version, &batch).unwrap();
        let (message, skipped) = RequestMessage::decode_message(exchange.request(), Rules::STRICT).unwrap();
        assert_eq!(skipped, 0);
        let operations: Vec<_> = message.batch_items.iter().map(|item| item.operation).collect();
        assert_eq!(operations, [Code::CREATE, Code::ACTIVATE, Code::GET]);
        let ids: Vec<_> = message.batch_items.iter().map(|item| item.unique_batch_item_id).collect();
        if version < V3_0 {
            assert_eq!(message.header.batch_count, Some(3));
            assert!(ids[0].is_some() && ids[0] != ids[1] && ids[1] != ids[2] && ids[2] != ids[0], "{ids:?}");
        } else {
            // KMIP 3.0 has neither: the order determines the request.
            assert_eq!((message.header.batch_count, ids), (None, vec![None; 3]));
        }
    }
}

#[test]
fn a_single_request_has_neither_id_nor_options() {
    for version in VERSIONS {
        let alone = Exchange::new(version, &Get::id("1")).unwrap();
        let batch = Exchange::batch(version, &(Get::id("1"),).keep_going().in_any_order()).unwrap();
        assert_eq!(alone.request(), batch.request());
        let (message, _) = RequestMessage::decode_message(alone.request(), Rules::STRICT).unwrap();
        assert_eq!(message.batch_items[0].unique_batch_item_id, None);
        assert_eq!(message.header.batch_count.is_some(), version < V3_0);
    }
}

/// Before KMIP 2.0 the server chooses the order unless the request asks for one; since then it is that of the items.
#[test]
fn the_order_is_that_of_the_requests_unless_told_otherwise() {
    for version in VERSIONS {
        let batch = vec![Destroy::id("1"), Destroy::id("2")];
        let (in_order, in_any_order) = match version {
            V3_0 => (None, None),
            V2_0 | V2_1 => (None, Some(false)),
            _ => (Some(true), None),
        };
        assert_eq!(options(version, &batch), (None, in_order), "{version}");
        assert_eq!(options(version, batch.as_slice()), (None, in_order), "{version}");
        assert_eq!(options(version, &batch.as_slice().in_any_order()), (None, in_any_order), "{version}");
        assert_eq!(options(version, &(&batch).keep_going()), (Some(Continuation::CONTINUE), in_order), "{version}");
        let undo = batch.undo_on_failure().in_any_order();
        assert_eq!(options(version, &undo), (Some(Continuation::UNDO), in_any_order), "{version}");
    }
}

#[test]
fn a_placeholder_is_said_by_saying_nothing_before_kmip_2() {
    let said = |version| {
        let exchange = Exchange::batch(version, &[Get::id(Id::Placeholder), Get::id("1")]).unwrap();
        let (message, _) = RequestMessage::decode_message(exchange.request(), Rules::STRICT).unwrap();
        match &message.batch_items[0].payload {
            kmip_client::protocol::operation::RequestPayload::Get(get) => {
                get.unique_identifier.map(|id| id == Id::Placeholder)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((said(V1_0), said(V1_4), said(V2_0), said(V2_1)), (None, None, Some(true), Some(true)));
}

#[test]
fn a_batch_is_repeated_as_its_dearest_request() {
    let (get, encrypt, create) = (Get::id("1"), Encrypt::data("1", b"plaintext"), Create::aes(256));
    let alone = Exchange::new(V1_4, &get).unwrap();
    assert_eq!((alone.repeat(), alone.is_idempotent()), (Repeat::Free, true));
    let metered = Exchange::batch(V1_4, &(get.clone(), encrypt.clone())).unwrap();
    assert_eq!((metered.repeat(), metered.is_idempotent()), (Repeat::Metered, false));
    let never = Exchange::batch(V1_4, &(get, create, encrypt)).unwrap();
    assert_eq!((never.repeat(), never.is_idempotent()), (Repeat::Never, false));
}

#[test]
fn an_exchange_is_shown_without_its_content() {
    let one = Exchange::with(V1_4, &Get::id("secret"), &RequestOptions::new()).unwrap();
    assert_eq!(format!("{one:?}"), format!("Exchange(Get, KMIP 1.4, {} bytes)", one.request().len()));
    let two = Exchange::batch(V2_1, &[Get::id("secret"), Get::id("1")]).unwrap();
    assert_eq!(format!("{two:?}"), format!("Exchange(2 requests, KMIP 2.1, {} bytes)", two.request().len()));
}
