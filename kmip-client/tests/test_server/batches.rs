//! Batches: placeholders between items, failures, and the header.

use kmip_client::protocol::message::{
    Asynchronous, MessageExtension, RequestBatchItem, RequestHeader, RequestMessage, ResponseMessage,
};
use kmip_client::protocol::operation::{
    Activate, Create, CreateKeyPair, Destroy, Get, GetAttributes, Hash, Locate, Query, Register, RequestPayload,
    ResponsePayload,
};
use kmip_client::protocol::{Data, Id};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    AsynchronousIndicator, BatchErrorContinuationOption as Continuation, CryptographicAlgorithm, DataPlaceholder,
    OperationCode as Code, QueryFunction, RecommendedCurve, ResultReason as Reason, ResultStatus as Status,
    UniqueIdentifierPlaceholder as By,
};
use kmip_ttlv::{Rules, V1_2, V1_4, V2_0, V2_1};

use crate::wire::{VERSIONS, Wire};

type Item<'a> = (Code, RequestPayload<'a>);

/// Sends the items with this header, and returns the result of each.
fn batch(wire: &mut Wire, header: RequestHeader<'_>, items: Vec<Item<'_>>) -> (Vec<Result<(), Reason>>, Vec<u8>) {
    let ids: Vec<[u8; 1]> = (0..items.len()).map(|place| [u8::try_from(place).unwrap()]).collect();
    let several = items.len() > 1;
    let items = items.into_iter().zip(&ids).map(|((code, payload), id)| {
        let mut item = RequestBatchItem::new(code, payload);
        item.unique_batch_item_id = several.then_some(&id[..]);
        item
    });
    let mut message = RequestMessage::new(wire.version, items.collect());
    let batch_count = message.header.batch_count;
    message.header = header.protocol_version(wire.version);
    message.header.batch_count = batch_count;
    let frame = wire.exchange(&message.encode_message().unwrap());
    let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(response.header.batch_count, i32::try_from(response.batch_items.len()).ok());
    for (item, id) in response.batch_items.iter().zip(&ids) {
        if item.operation.is_some() {
            assert_eq!(item.unique_batch_item_id, several.then_some(&id[..]));
        }
    }
    let outcomes = response.batch_items.iter().map(|item| item.result_reason.map_or(Ok(()), Err)).collect();
    (outcomes, frame)
}

fn outcomes(wire: &mut Wire, items: Vec<Item<'_>>) -> Vec<Result<(), Reason>> {
    batch(wire, RequestHeader::default(), items).0
}

fn create() -> Item<'static> {
    (Code::CREATE, RequestPayload::Create(Create::aes(256)))
}

fn get(id: Id<'_>) -> Item<'_> {
    (Code::GET, RequestPayload::Get(Get::id(id)))
}

fn activate(id: Id<'_>) -> Item<'_> {
    (Code::ACTIVATE, RequestPayload::Activate(Activate::id(id)))
}

#[test]
fn items_mean_the_object_of_an_earlier_one() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let all = outcomes(&mut wire, vec![create(), activate(Id::Placeholder), get(Id::Placeholder)]);
        assert_eq!(all, [Ok(()); 3], "{version}");
        // It ends with the batch.
        let none = wire.reason(Reason::ITEM_NOT_FOUND, Reason::OBJECT_NOT_FOUND);
        assert_eq!(outcomes(&mut wire, vec![get(Id::Placeholder)]), [Err(none)]);
        // Locate sets it if it returns one object, and clears it if it returns several.
        wire.new_key(&format!("first {version}"));
        wire.new_key(&format!("second {version}"));
        let first = format!("first {version}");
        let locate = |request| (Code::LOCATE, RequestPayload::Locate(request));
        assert_eq!(outcomes(&mut wire, vec![locate(Locate::name(&first)), get(Id::Placeholder)]), [Ok(()), Ok(())]);
        assert_eq!(outcomes(&mut wire, vec![locate(Locate::all().at_most(1)), get(Id::Placeholder)]), [Ok(()), Ok(())]);
        assert_eq!(
            outcomes(&mut wire, vec![create(), locate(Locate::all()), get(Id::Placeholder)]),
            [Ok(()), Ok(()), Err(none)]
        );
    }
}

#[test]
fn kmip_2_has_more_ways_to_mean_an_object() {
    let server = TestServer::start();
    for version in [V2_0, V2_1] {
        let mut wire = Wire::alice(&server, version);
        let pair =
            || (Code::CREATE_KEY_PAIR, RequestPayload::CreateKeyPair(CreateKeyPair::ec(RecommendedCurve::P_256)));
        let register = Register::symmetric_key(CryptographicAlgorithm::AES, &[7; 16]);
        let items = vec![
            create(),
            pair(),
            (Code::REGISTER, RequestPayload::Register(register)),
            get(Id::Enumerated(By::CREATE)),
            get(Id::Enumerated(By::CREATE_KEY_PAIR_PRIVATE_KEY)),
            get(Id::Enumerated(By::CREATE_KEY_PAIR_PUBLIC_KEY)),
            get(Id::Enumerated(By::REGISTER)),
            get(Id::Index(0)),
            get(Id::Index(2)),
            get(Id::Index(-1)),
            get(Id::Index(-4)),
        ];
        let (all, frame) = batch(&mut wire, RequestHeader::default(), items);
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
        let kinds: Vec<String> = response.batch_items[3..]
            .iter()
            .map(|item| match &item.payload {
                Some(ResponsePayload::Get(get)) => get.object_type.to_string(),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [
            "SymmetricKey",
            "PrivateKey",
            "PublicKey",
            "SymmetricKey",
            "SymmetricKey",
            "PublicKey",
            "SymmetricKey",
            "SymmetricKey",
        ];
        assert_eq!(kinds, expected);
        assert_eq!(outcomes(&mut wire, vec![create(), get(Id::Index(1))]), [Ok(()), Err(Reason::OBJECT_NOT_FOUND)]);
        assert_eq!(outcomes(&mut wire, vec![create(), get(Id::Index(-2))]), [Ok(()), Err(Reason::OBJECT_NOT_FOUND)]);
    }
}

#[test]
fn data_go_from_item_to_item() {
    let server = TestServer::start();
    for version in [V2_0, V2_1] {
        let mut wire = Wire::alice(&server, version);
        let hash = |data: Data<'static>| (Code::HASH, RequestPayload::Hash(Hash::sha256(data)));
        let items = vec![
            hash(Data::from(b"abc")),
            hash(Data::ResultOf(DataPlaceholder::HASH)),
            hash(Data::Index(0)),
            hash(Data::Index(-3)),
        ];
        let (outcomes, frame) = batch(&mut wire, RequestHeader::default(), items);
        assert_eq!(outcomes, [Ok(()); 4]);
        let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
        let digests = response.batch_items.iter().map(|item| match &item.payload {
            Some(ResponsePayload::Hash(hash)) => hash.data.unwrap(),
            other => panic!("{other:?}"),
        });
        let digests: Vec<_> = digests.collect();
        // SHA-256 of "abc", and of that.
        assert_eq!(digests[0][..4], [0xBA, 0x78, 0x16, 0xBF]);
        assert_eq!(digests[1][..4], [0x4F, 0x8B, 0x42, 0xC2]);
        assert!(digests[2..].iter().all(|digest| *digest == digests[1]));
        for nothing in [Data::Index(0), Data::Index(-1), Data::ResultOf(DataPlaceholder::ENCRYPT)] {
            assert_eq!(self::outcomes(&mut wire, vec![hash(nothing)]), [Err(Reason::INVALID_FIELD)]);
        }
    }
}

#[test]
fn a_failure_stops_the_batch_unless_told_otherwise() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let items = || vec![create(), get(Id::Text("nobody")), create()];
        let not_found = Err(wire.reason(Reason::ITEM_NOT_FOUND, Reason::OBJECT_NOT_FOUND));
        let mut with = |option| {
            let mut header = RequestHeader::default();
            header.batch_error_continuation_option = option;
            batch(&mut wire, header, items()).0
        };
        assert_eq!(with(None), [Ok(()), not_found]);
        assert_eq!(with(Some(Continuation::STOP)), [Ok(()), not_found]);
        assert_eq!(with(Some(Continuation::CONTINUE)), [Ok(()), not_found, Ok(())]);
        assert_eq!(with(Some(Continuation::UNDO)), [Ok(()), not_found]);
        assert_eq!(wire.locate(&Locate::all()).len(), 4, "what was made before the failure was undone");
        for id in wire.locate(&Locate::all()) {
            wire.call(&Destroy::id(&id)).unwrap();
        }
    }
}

#[test]
fn a_batch_is_undone_as_if_it_had_not_been() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let id = wire.new_key(&format!("kept {version}"));
        let attributes = || (Code::GET_ATTRIBUTES, RequestPayload::GetAttributes(GetAttributes::id(&id)));
        assert_eq!(outcomes(&mut wire, vec![get(Id::Text(&id))]), [Ok(())]);
        let before = batch(&mut wire, RequestHeader::default(), vec![attributes()]).1;
        let destroy = (Code::DESTROY, RequestPayload::Destroy(Destroy::id(&id)));
        let undo = || RequestHeader::default().batch_error_continuation_option(Continuation::UNDO);
        let items = vec![get(Id::Text(&id)), destroy.clone(), create(), activate(Id::Text("nobody")), create()];
        let (_, frame) = batch(&mut wire, undo(), items);
        let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
        let status: Vec<_> = response.batch_items.iter().map(|item| item.result_status).collect();
        let undone = Status::OPERATION_UNDONE;
        assert_eq!(status, [undone, undone, undone, Status::OPERATION_FAILED], "{version}");
        let after = batch(&mut wire, RequestHeader::default(), vec![attributes()]).1;
        assert_eq!(payload(&after), payload(&before), "{version}");
        // Without a failure nothing is undone.
        assert_eq!(batch(&mut wire, undo(), vec![create(), destroy]).0, [Ok(()), Ok(())]);
        let gone = wire.reason(Reason::ILLEGAL_OPERATION, Reason::OBJECT_DESTROYED);
        assert_eq!(outcomes(&mut wire, vec![get(Id::Text(&id))]), [Err(gone)]);
    }
}

/// Returns the payload of the only item.
fn payload(frame: &[u8]) -> ResponsePayload<'_> {
    let (mut response, _) = ResponseMessage::decode_message(frame, Rules::STRICT).unwrap();
    response.batch_items.remove(0).payload.unwrap()
}

#[test]
fn an_identifier_that_means_several_objects_is_refused() {
    let server = TestServer::start();
    for version in [V2_0, V2_1] {
        let mut wire = Wire::alice(&server, version);
        let pair = (Code::CREATE_KEY_PAIR, RequestPayload::CreateKeyPair(CreateKeyPair::ec(RecommendedCurve::P_256)));
        let locate = |request| (Code::LOCATE, RequestPayload::Locate(request));
        let several = Err(Reason::FEATURE_NOT_SUPPORTED);
        let items = vec![pair, get(Id::Enumerated(By::CREATE_KEY_PAIR))];
        assert_eq!(outcomes(&mut wire, items), [Ok(()), several]);
        assert_eq!(
            outcomes(&mut wire, vec![locate(Locate::all()), get(Id::Enumerated(By::LOCATE))]),
            [Ok(()), several]
        );
        let one = || locate(Locate::all().at_most(1));
        assert_eq!(outcomes(&mut wire, vec![one(), get(Id::Enumerated(By::LOCATE))]), [Ok(()), Ok(())]);
        // The last response of the operation counts, even one that found nothing.
        let nothing = || locate(Locate::name("nobody"));
        let not_found = Err(Reason::OBJECT_NOT_FOUND);
        let items = vec![one(), nothing(), get(Id::Enumerated(By::LOCATE))];
        assert_eq!(outcomes(&mut wire, items), [Ok(()), Ok(()), not_found]);
        assert_eq!(outcomes(&mut wire, vec![create(), nothing(), get(Id::Placeholder)]), [Ok(()), Ok(()), not_found]);
        for never in [By::IMPORT, By::DERIVE_KEY, By::RE_KEY_KEY_PAIR_PUBLIC_KEY, By::CERTIFY] {
            assert_eq!(outcomes(&mut wire, vec![create(), get(Id::Enumerated(never))]), [Ok(()), not_found]);
        }
        let unknown = Id::Enumerated(By::from_value(0x8000_0001));
        assert_eq!(outcomes(&mut wire, vec![create(), get(unknown)]), [Ok(()), several]);
    }
}

#[test]
fn items_of_a_batch_have_marks() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let item = |payload: RequestPayload<'static>| RequestBatchItem::new(Code::CREATE, payload);
    let items = vec![item(create().1), item(create().1)];
    refused(&mut wire, &RequestMessage::new(V1_4, items), Reason::INVALID_MESSAGE);
    for count in [Some(2), Some(0), Some(-1), None] {
        let mut message = RequestMessage::new(V1_4, vec![item(create().1)]);
        message.header.batch_count = count;
        refused(&mut wire, &message, Reason::INVALID_MESSAGE);
    }
    refused(&mut wire, &RequestMessage::new(V1_4, Vec::new()), Reason::INVALID_MESSAGE);
    assert!(wire.locate(&Locate::all()).is_empty(), "nothing was done");
}

/// Checks that the message as a whole is refused with this reason.
fn refused(wire: &mut Wire, message: &RequestMessage<'_>, reason: Reason) {
    let frame = wire.exchange(&message.encode_message().unwrap());
    let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(response.header.protocol_version, wire.version);
    let [item] = &response.batch_items[..] else { panic!("{response:?}") };
    assert_eq!((item.operation, item.result_reason), (None, Some(reason)));
}

#[test]
fn refuses_options_of_a_batch_that_it_does_not_support() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let mut message = RequestMessage::new(V2_1, vec![RequestBatchItem::new(Code::CREATE, create().1)]);
    // A request that is executed after its response cannot be undone with the rest.
    message.header.asynchronous_indicator = Some(Asynchronous::Indicated(AsynchronousIndicator::MANDATORY));
    message.header.batch_error_continuation_option = Some(Continuation::UNDO);
    refused(&mut wire, &message, Reason::FEATURE_NOT_SUPPORTED);
    message.header.asynchronous_indicator = None;
    message.header.batch_error_continuation_option = None;
    let extension = |criticality_indicator| {
        let vendor_identification = "acme";
        vec![
            MessageExtension::default()
                .vendor_identification(vendor_identification)
                .criticality_indicator(criticality_indicator),
        ]
    };
    message.batch_items[0].message_extensions = extension(true);
    refused(&mut wire, &message, Reason::UNKNOWN_MESSAGE_EXTENSION);
    let mut older = Wire::alice(&server, V1_4);
    message.header.protocol_version = V1_4;
    refused(&mut older, &message, Reason::FEATURE_NOT_SUPPORTED);
    assert!(wire.locate(&Locate::all()).is_empty());

    // Optional and non-critical features are ignored.
    message.batch_items[0].message_extensions = extension(false);
    message.header.asynchronous_indicator = Some(Asynchronous::Allowed(true));
    older.exchange(&message.encode_message().unwrap());
    assert_eq!(wire.locate(&Locate::all()).len(), 1);
}

#[test]
fn a_response_is_not_longer_than_allowed() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let query = || {
            let functions = [QueryFunction::QUERY_OPERATIONS, QueryFunction::QUERY_OBJECTS];
            vec![(Code::QUERY, RequestPayload::Query(Query::functions(functions)))]
        };
        let mut with = |size| {
            let header = RequestHeader::default().maximum_response_size(size);
            batch(&mut wire, header, query())
        };
        let (all, frame) = with(100_000);
        assert_eq!(all, [Ok(())]);
        let length = i32::try_from(frame.len()).unwrap();
        assert_eq!(with(length).0, [Ok(())]);
        assert_eq!(with(length - 1).0, [Err(Reason::RESPONSE_TOO_LARGE)]);

        // A request that is reported as failed was not executed.
        let header = RequestHeader::default().maximum_response_size(200);
        let (all, _) = batch(&mut wire, header, vec![create(), get(Id::Placeholder)]);
        assert_eq!(all, [Err(Reason::RESPONSE_TOO_LARGE); 2]);
        assert!(wire.locate(&Locate::all()).is_empty());
    }
}

#[test]
fn correlation_values_come_back() {
    let server = TestServer::start();
    for (version, has) in [(V1_2, false), (V1_4, true), (V2_1, true)] {
        let mut wire = Wire::alice(&server, version);
        let mut header = RequestHeader::default();
        header.client_correlation_value = has.then_some("job 7");
        let state = GetAttributes::id("nobody").state();
        let (_, frame) = batch(&mut wire, header, vec![(Code::GET_ATTRIBUTES, RequestPayload::GetAttributes(state))]);
        let (response, _) = ResponseMessage::decode_message(&frame, Rules::STRICT).unwrap();
        assert_eq!(response.header.client_correlation_value, has.then_some("job 7"));
        assert_eq!(response.header.server_correlation_value.is_some(), has);
        assert!((response.header.time_stamp.0 - crate::wire::now()).abs() < 30);
    }
}
