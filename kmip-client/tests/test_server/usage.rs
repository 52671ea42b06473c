//! Permitted uses of a key: Check, Obtain Lease, Get Usage Allocation; the archive; and asynchronous requests.

use std::time::Duration;

use kmip_client::protocol::attribute::{AttributeValue, UsageLimits};
use kmip_client::protocol::message::{RequestBatchItem, RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{
    Activate, Archive, Cancel, Check, CheckRequest, CheckResponse, Create, CreateRequest, DeleteAttribute, Destroy,
    Get, GetAttributes, GetUsageAllocation, Locate, ModifyAttribute, ObtainLease, Poll, ReKey, Recover, RequestPayload,
    ResponsePayload, Revoke,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BatchErrorContinuationOption, CancellationResult, CryptographicAlgorithm as Algorithm,
    CryptographicUsageMask as Mask, OperationCode, ResultReason as Reason, ResultStatus, RevocationReasonCode,
    StorageStatusMask as Storage, UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, Interval, Rules, Tag, V1_4, V2_0, V2_1};

use crate::wire::{VERSIONS, Wire, now, text};

fn make(wire: &mut Wire, request: &CreateRequest<'_>) -> String {
    text(wire.call(request).unwrap().payload().unique_identifier)
}

fn limits<'a>(total: i64) -> AttributeValue<'a> {
    AttributeValue::UsageLimits(UsageLimits::new(total, UsageLimitsUnit::BYTE))
}

/// Returns a request for a key for this many bytes, active since this time.
fn limited<'a>(total: i64, since: i64) -> CreateRequest<'a> {
    Create::aes(256).attribute(limits(total)).attribute(AttributeValue::ActivationDate(DateTime(since)))
}

fn left(wire: &mut Wire, id: &str) -> (i64, Option<i64>) {
    let reply = wire.call(&GetAttributes::id(id).attribute(Tag::USAGE_LIMITS)).unwrap();
    match reply.payload().attributes.unwrap().find(Tag::USAGE_LIMITS).next() {
        Some(AttributeValue::UsageLimits(limits)) => (limits.total, limits.count),
        other => panic!("{other:?}"),
    }
}

#[test]
fn usage_is_counted() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let id = make(&mut wire, &limited(1000, now() - 10));
        assert_eq!(left(&mut wire, &id), (1000, Some(1000)));
        wire.call(&ModifyAttribute::id(&id, limits(900))).unwrap();
        wire.call(&GetUsageAllocation::bytes(&id, 600)).unwrap();
        assert_eq!(left(&mut wire, &id), (900, Some(300)));
        let too_much = wire.reason(Reason::PERMISSION_DENIED, Reason::USAGE_LIMIT_EXCEEDED);
        assert_eq!(wire.call(&GetUsageAllocation::bytes(&id, 301)).err(), Some(too_much));
        assert_eq!(wire.call(&GetUsageAllocation::bytes(&id, 0)).err(), Some(Reason::INVALID_FIELD));
        assert_eq!(wire.call(&GetUsageAllocation::bytes(&id, -1)).err(), Some(Reason::INVALID_FIELD));
        wire.call(&GetUsageAllocation::bytes(&id, 300)).unwrap();
        assert_eq!(left(&mut wire, &id), (900, Some(0)));

        // The limits cannot be changed once they have been used.
        let read_only = Some(wire.reason(Reason::PERMISSION_DENIED, Reason::ATTRIBUTE_READ_ONLY));
        assert_eq!(wire.call(&ModifyAttribute::id(&id, limits(5000))).err(), read_only);
        assert_eq!(wire.call(&DeleteAttribute::id(&id, Tag::USAGE_LIMITS)).err(), read_only);
        // The replacement starts with the full amount.
        let new_id = text(wire.call(&ReKey::id(&id)).unwrap().payload().unique_identifier);
        assert_eq!(left(&mut wire, &new_id), (900, Some(900)));

        let unlimited = make(&mut wire, &Create::aes(256).attribute(AttributeValue::ActivationDate(DateTime(1000))));
        let none = wire.reason(Reason::ILLEGAL_OPERATION, Reason::ATTRIBUTE_NOT_FOUND);
        assert_eq!(wire.call(&GetUsageAllocation::bytes(&unlimited, 1)).err(), Some(none));
        let reading = Create::symmetric_key(Algorithm::AES, 256).usage(Mask::DECRYPT).attribute(limits(10));
        let reading = make(&mut wire, &reading);
        let not_for_it = wire.reason(Reason::ILLEGAL_OPERATION, Reason::INVALID_OBJECT_TYPE);
        assert_eq!(wire.call(&GetUsageAllocation::bytes(&reading, 1)).err(), Some(not_for_it));
    }
}

#[test]
fn usage_is_granted_between_its_dates() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let at = now();
        let dates = [
            AttributeValue::ProcessStartDate(DateTime(at + 2000)),
            AttributeValue::ProtectStopDate(DateTime(at + 3000)),
            AttributeValue::DeactivationDate(DateTime(at + 4000)),
        ];
        let request = dates.into_iter().fold(limited(1000, at + 1000), CreateRequest::attribute);
        let id = make(&mut wire, &request);
        let denied = Some(Reason::PERMISSION_DENIED);
        let ask = |wire: &mut Wire| wire.call(&GetUsageAllocation::bytes(&id, 1)).err();
        assert_eq!(ask(&mut wire), denied, "Pre-Active");
        server.advance(Duration::from_secs(1500));
        assert_eq!(ask(&mut wire), denied, "before Process Start");
        server.advance(Duration::from_secs(1000));
        assert_eq!(ask(&mut wire), None);
        // A past date cannot be changed.
        let start = AttributeValue::ProcessStartDate(DateTime(at + 2800));
        let wrong_state = wire.reason(Reason::PERMISSION_DENIED, Reason::WRONG_KEY_LIFECYCLE_STATE);
        assert_eq!(wire.call(&ModifyAttribute::id(&id, start)).err(), Some(wrong_state));
        let stop = AttributeValue::ProtectStopDate(DateTime(at + 3100));
        wire.call(&ModifyAttribute::id(&id, stop.clone())).unwrap();
        server.advance(Duration::from_secs(1000));
        assert_eq!(ask(&mut wire), denied, "after Protect Stop");
        assert_eq!(wire.call(&ModifyAttribute::id(&id, stop)).err(), Some(wrong_state));
        server.advance(Duration::from_secs(1000));
        assert_eq!(ask(&mut wire), denied, "Deactivated");
    }
}

#[test]
fn a_lease_tells_when_the_object_was_changed() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let id = wire.new_key("leased");
        let lease = |wire: &mut Wire| {
            let reply = wire.call(&ObtainLease::id(&id)).unwrap();
            let lease = reply.payload();
            assert_eq!(lease.unique_identifier.as_str(), Some(id.as_str()));
            (lease.lease_time, lease.last_change_date)
        };
        let (time, made) = lease(&mut wire);
        assert_eq!(time, Interval(3600));
        let reply = wire.call(&GetAttributes::id(&id).attribute(Tag::LEASE_TIME)).unwrap();
        assert_eq!(reply.payload().attributes.unwrap().list[0].value, AttributeValue::LeaseTime(time));
        server.advance(Duration::from_secs(60));
        assert_eq!(lease(&mut wire).1, made, "a lease changes nothing");
        wire.call(&Activate::id(&id)).unwrap();
        assert!(lease(&mut wire).1.0 >= made.0 + 60);
        wire.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).unwrap();
        wire.call(&Destroy::id(&id)).unwrap();
        assert_eq!(wire.call(&ObtainLease::id(&id)).err(), Some(Reason::PERMISSION_DENIED));
        let nobody = wire.reason(Reason::ITEM_NOT_FOUND, Reason::OBJECT_NOT_FOUND);
        assert_eq!(wire.call(&ObtainLease::id("nobody")).err(), Some(nobody));
    }
}

/// Returns the results of the second and third of three items: a Check, and an item that refers to the ID Placeholder.
fn guarded(wire: &mut Wire, check: &CheckRequest<'_>) -> [Option<Reason>; 2] {
    let mut check = check.clone();
    check.unique_identifier = None;
    let mut get = Get::id("");
    get.unique_identifier = None;
    let payloads = [
        (OperationCode::CREATE, RequestPayload::Create(limited(1000, 1000))),
        (OperationCode::CHECK, RequestPayload::Check(check)),
        (OperationCode::GET, RequestPayload::Get(get)),
    ];
    let marks = [b"1", b"2", b"3"];
    let items = payloads
        .into_iter()
        .zip(marks)
        .map(|((code, payload), mark)| RequestBatchItem::new(code, payload).unique_batch_item_id(mark));
    let mut request = RequestMessage::new(wire.version, items.collect());
    request.header.batch_error_continuation_option = Some(BatchErrorContinuationOption::CONTINUE);
    let frame = wire.exchange(&request.encode_message().unwrap());
    let (response, _) = ResponseMessage::<ResponsePayload<'_>>::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(response.batch_items[0].result_status, ResultStatus::SUCCESS);
    [1, 2].map(|place| response.batch_items[place].result_reason)
}

#[test]
fn a_check_guards_what_follows() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let fine = Check::id("").usage(Mask::ENCRYPT).usage_limits(1000).lease(3600);
        assert_eq!(guarded(&mut wire, &fine), [None, None]);
        let gone = Some(wire.reason(Reason::ITEM_NOT_FOUND, Reason::OBJECT_NOT_FOUND));
        let denied = |wire: &Wire, v2| Some(wire.reason(Reason::PERMISSION_DENIED, v2));
        let mask = denied(&wire, Reason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK);
        assert_eq!(guarded(&mut wire, &Check::id("").usage(Mask::ENCRYPT | Mask::SIGN)), [mask, gone]);
        let limit = denied(&wire, Reason::USAGE_LIMIT_EXCEEDED);
        assert_eq!(guarded(&mut wire, &Check::id("").usage_limits(1001)), [limit, gone]);
        assert_eq!(guarded(&mut wire, &Check::id("").lease(3601)), [denied(&wire, Reason::PERMISSION_DENIED), gone]);
    }
}

#[test]
fn a_check_says_what_is_denied() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let id = make(&mut wire, &limited(1000, 1000));
    let check = Check::id(&id).usage(Mask::SIGN).usage_limits(5).lease(7200);
    let item = RequestBatchItem::new(OperationCode::CHECK, RequestPayload::Check(check));
    let frame = wire.exchange(&RequestMessage::new(V1_4, vec![item]).encode_message().unwrap());
    let (response, _) = ResponseMessage::<ResponsePayload<'_>>::decode_message(&frame, Rules::STRICT).unwrap();
    assert_eq!(response.batch_items[0].result_status, ResultStatus::OPERATION_FAILED);
    let denied = CheckResponse::default().cryptographic_usage_mask(Mask::SIGN).lease_time(Interval(7200));
    assert_eq!(response.batch_items[0].payload, Some(ResponsePayload::Check(denied)));
    // Nothing was subtracted.
    assert_eq!(left(&mut wire, &id), (1000, Some(1000)));
}

#[test]
fn nothing_is_done_with_an_archived_object() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let (id, other) = (wire.new_key("archived"), wire.new_key("on-line"));
        wire.call(&Archive::id(&id)).unwrap();
        let archived = Some(Reason::OBJECT_ARCHIVED);
        assert_eq!(wire.call(&Archive::id(&id)).err(), archived);
        assert_eq!(wire.call(&Get::id(&id)).err(), archived);
        assert_eq!(wire.call(&GetAttributes::id(&id)).err(), archived);
        assert_eq!(wire.call(&Activate::id(&id)).err(), archived);
        assert_eq!(wire.call(&Revoke::id(&id, RevocationReasonCode::KEY_COMPROMISE)).err(), archived);
        assert_eq!(wire.call(&Destroy::id(&id)).err(), archived);
        assert_eq!(wire.call(&ReKey::id(&id)).err(), archived);
        assert_eq!(wire.call(&Check::id(&id)).err(), archived);
        assert_eq!(wire.call(&ObtainLease::id(&id)).err(), archived);
        assert_eq!(wire.call(&GetUsageAllocation::bytes(&id, 1)).err(), archived);
        let modify = ModifyAttribute::id(&id, AttributeValue::Name("other".into()));
        assert_eq!(wire.call(&modify).err(), archived);
        assert_eq!(wire.call(&DeleteAttribute::id(&id, Tag::NAME)).err(), archived);

        assert_eq!(wire.locate(&Locate::all()), [other.as_str()]);
        assert_eq!(wire.locate(&Locate::all().stored(Storage::ARCHIVAL_STORAGE)), [id.as_str()]);
        let both = Storage::ARCHIVAL_STORAGE | Storage::ON_LINE_STORAGE;
        assert_eq!(wire.locate(&Locate::all().stored(both)), [other.as_str(), id.as_str()]);
        // Its name stays taken.
        assert!(wire.call(&Create::aes(128).name("archived")).is_err());
        // Other clients do not learn that it exists.
        let mut bob = Wire::to(&server, "bob", version);
        let nobody = bob.reason(Reason::ITEM_NOT_FOUND, Reason::OBJECT_NOT_FOUND);
        assert_eq!(bob.call(&Recover::id(&id)).err(), Some(nobody));

        wire.call(&Recover::id(&id)).unwrap();
        wire.call(&Recover::id(&id)).unwrap();
        assert!(wire.call(&Get::id(&id)).is_ok());
        assert!(!wire.attribute_names(&id).contains(&"Archive Date".to_owned()));
        assert_eq!(wire.locate(&Locate::name("archived")), [id]);
    }
}

#[test]
fn an_archived_object_is_found_by_when_it_was_archived() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let id = wire.new_key("archived");
    wire.call(&Archive::id(&id)).unwrap();
    let date = |seconds| AttributeValue::ArchiveDate(DateTime(now() + seconds));
    let request = Locate::attribute(date(-60)).attribute(date(60)).stored(Storage::ARCHIVAL_STORAGE);
    assert_eq!(wire.locate(&request), [id]);
    let request = Locate::attribute(date(60)).attribute(date(90)).stored(Storage::ARCHIVAL_STORAGE);
    assert!(wire.locate(&request).is_empty());
}

#[test]
fn nothing_is_ever_pending() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let unknown = wire.reason(Reason::ITEM_NOT_FOUND, Reason::INVALID_ASYNCHRONOUS_CORRELATION_VALUE);
        assert_eq!(wire.call(&Poll::correlation_value(b"job")).err(), Some(unknown));
        match wire.call(&Cancel::correlation_value(b"job")) {
            Ok(reply) if version < V2_0 => {
                let answer = reply.payload();
                assert_eq!(answer.asynchronous_correlation_value, b"job");
                assert_eq!(answer.cancellation_result, CancellationResult::UNAVAILABLE);
            }
            refused => assert_eq!(refused.err(), Some(unknown)),
        }
    }
}
