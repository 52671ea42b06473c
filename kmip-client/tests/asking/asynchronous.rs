//! Asynchronous responses.

use std::time::{Duration, Instant};

use kmip_client::protocol::Id;
use kmip_client::protocol::operation::{
    Activate, Cancel, Create, CreateResponse, Get, Locate, Poll, Process, QueryAsynchronousRequests,
};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{Batch, Config, Error, Kmip, Pending, RequestOptions, blocking};
use kmip_ttlv::enumeration::{
    AsynchronousIndicator, CancellationResult, ObjectType, OperationCode as Code, ProcessingStage, ResultReason,
};
use kmip_ttlv::{ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1};

use crate::{answer, runtime, with_both};

const WAITS: fn() -> RequestOptions =
    || RequestOptions::new().asynchronous(AsynchronousIndicator::OPTIONAL).wait_for_pending(true);
const BY_HAND: fn() -> RequestOptions = || RequestOptions::new().asynchronous(AsynchronousIndicator::OPTIONAL);

fn later(polls: u32) -> TestServer {
    let server = TestServer::start();
    server.answer_later(polls);
    server
}

fn waits(server: &TestServer) -> Config {
    server.config().request_options(WAITS())
}

#[test]
fn a_call_waits_for_its_answer_on_every_version() {
    for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1] {
        let server = later(1);
        with_both!(&waits(&server).version(version), kms => {
            let created = kms.call(&Create::aes(256).name("later")).await.unwrap();
            let id = created.payload().unique_identifier;
            let fetched = kms.call(&Get::id(id)).await.unwrap();
            assert_eq!(fetched.payload().object.key_block().unwrap().bytes().unwrap().len(), 32);
            kms.call(&kmip_client::protocol::operation::Destroy::id(id)).await.unwrap();
        });
        let requests = server.requests();
        assert_eq!(requests[&Code::CREATE], 2, "{version}");
        assert_eq!(requests[&Code::POLL], 2 * 3 * 2, "{version}: one is told to wait, the next has it");
    }
}

#[test]
fn nobody_waits_who_has_not_asked_to() {
    let server = later(2);
    with_both!(&server.config(), kms => {
        kms.call(&Create::aes(256)).await.unwrap();
    });
    assert_eq!(server.requests().get(&Code::POLL), None);
    let kms = blocking::Client::connect(&server.config()).unwrap();
    kms.with_asynchronous(true).call(&Create::aes(256)).unwrap();
    assert_eq!(server.requests()[&Code::POLL], 3);
    kms.with_asynchronous(true).with_asynchronous(false).call(&Create::aes(256)).unwrap();
    assert_eq!(server.requests()[&Code::POLL], 3);
}

async fn pending(kms: &impl Kmip) -> Box<Pending> {
    match kms.call(&Create::aes(256)).await {
        Err(Error::Pending(pending)) => pending,
        other => panic!("{other:?}"),
    }
}

async fn keys(kms: &impl Kmip) -> usize {
    let kms = kms.with_request_options(RequestOptions::new());
    kms.call(&Locate::all()).await.unwrap().payload().unique_identifiers.len()
}

#[test]
fn by_hand() {
    for version in [V1_0, V1_4, V2_1] {
        let server = later(1);
        with_both!(&server.config().version(version).request_options(BY_HAND()), kms => {
            let before = keys(kms).await;
            // Polled to completion.
            let created = pending(kms).await;
            assert_eq!(created.operation, Code::CREATE);
            let mark = created.asynchronous_correlation_value.unwrap();
            let Err(Error::Pending(again)) = kms.call(&Poll::correlation_value(&mark)).await else { panic!() };
            assert_eq!(again.asynchronous_correlation_value.as_ref(), Some(&mark));
            assert_eq!(keys(kms).await, before, "it is not done yet");
            let polled = kms.call(&Poll::correlation_value(&mark)).await.unwrap();
            let answer = polled.payload().answer::<Create>().unwrap();
            assert_eq!(answer.object_type, ObjectType::SYMMETRIC_KEY);
            assert_eq!(keys(kms).await, before + 1);
            let error = kms.call(&Poll::correlation_value(&mark)).await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "an answer is fetched once");

            // Canceled.
            let mark = pending(kms).await.asynchronous_correlation_value.unwrap();
            let canceled = kms.call(&Cancel::correlation_value(&mark)).await.unwrap();
            assert_eq!(canceled.payload().cancellation_result, CancellationResult::CANCELED);
            let error = kms.call(&Poll::correlation_value(&mark)).await.unwrap_err();
            assert_eq!(error.reason(), Some(ResultReason::OPERATION_CANCELED_BY_REQUESTER));
            assert_eq!(keys(kms).await, before + 1);
        });
    }
}

/// Other servers do not know the request.
#[test]
fn by_hand_at_the_server_that_promised_the_answer() {
    let server = later(1);
    let replica = server.replica();
    replica.answer_later(1);
    let config = server.config().endpoint(replica.address().to_string()).spread().request_options(BY_HAND());
    with_both!(&config, kms => {
        for _ in 0..4 {
            let promised = pending(kms).await;
            let mark = promised.asynchronous_correlation_value.as_deref().unwrap();
            let there = kms.with_endpoint(promised.endpoint.as_ref().unwrap()).unwrap();
            let Err(Error::Pending(_)) = there.call(&Poll::correlation_value(mark)).await else { panic!() };
            there.call(&Poll::correlation_value(mark)).await.unwrap();
        }
        assert!(kms.with_endpoint(&"kms.example".parse().unwrap()).is_none());
    });
    assert_eq!((server.requests()[&Code::POLL], replica.requests()[&Code::POLL]), (8, 8));
}

#[test]
fn kmip_2_1_tells_what_is_pending_and_can_hurry_it() {
    let server = later(100);
    with_both!(&server.config().version(V2_1).request_options(BY_HAND()), kms => {
        let first = pending(kms).await.asynchronous_correlation_value.unwrap();
        let second = pending(kms).await.asynchronous_correlation_value.unwrap();
        kms.call(&Poll::correlation_value(&second)).await.unwrap_err();
        let asked = kms.call(&QueryAsynchronousRequests::operations([Code::CREATE])).await.unwrap();
        let stages: Vec<_> = asked
            .payload()
            .asynchronous_requests
            .iter()
            .map(|request| (request.asynchronous_correlation_value.to_vec(), request.processing_stage))
            .collect();
        assert_eq!(stages, [(first.clone(), ProcessingStage::SUBMITTED), (second.clone(), ProcessingStage::IN_PROCESS)]);
        let none = kms.call(&QueryAsynchronousRequests::operations([Code::DESTROY])).await.unwrap();
        assert!(none.payload().asynchronous_requests.is_empty());

        kms.call(&Process::request(&second)).await.unwrap();
        let again = kms.call(&Process::request(&second)).await.unwrap_err();
        assert_eq!(again.reason(), Some(ResultReason::DUPLICATE_PROCESS_REQUEST));
        let asked = kms.call(&QueryAsynchronousRequests::correlation_values([&second[..]])).await.unwrap();
        assert_eq!(asked.payload().asynchronous_requests[0].processing_stage, ProcessingStage::COMPLETED);
        let canceled = kms.call(&Cancel::correlation_value(&second)).await.unwrap();
        assert_eq!(canceled.payload().cancellation_result, CancellationResult::COMPLETED);
        kms.call(&Poll::correlation_value(&second)).await.unwrap();
        kms.call(&Cancel::correlation_value(&first)).await.unwrap();
        let left = kms.call(&QueryAsynchronousRequests::all()).await.unwrap();
        assert!(left.payload().asynchronous_requests.is_empty());
    });
}

#[test]
fn answers_later_where_the_request_demands_it() {
    let server = TestServer::start(); // which would answer at once
    let options = RequestOptions::new().asynchronous(AsynchronousIndicator::MANDATORY);
    with_both!(&server.config().request_options(options), kms => {
        let mark = pending(kms).await.asynchronous_correlation_value.unwrap();
        kms.call(&Poll::correlation_value(&mark)).await.unwrap();
        let waits = kms.request_options().clone().wait_for_pending(true);
        kms.with_request_options(waits).call(&Create::aes(128)).await.unwrap();
    });
}

#[test]
fn the_waiting_has_an_end() {
    let server = later(1_000_000);
    let start = Instant::now();
    with_both!(&waits(&server).version(V1_4).pending_timeout(Duration::from_millis(200)), kms => {
        let start = Instant::now();
        let pending = pending(kms).await;
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(2), "{took:?}");
        // The operation can be continued.
        let mark = pending.asynchronous_correlation_value.unwrap();
        let canceled = kms.call(&Cancel::correlation_value(&mark)).await.unwrap();
        assert_eq!(canceled.payload().cancellation_result, CancellationResult::CANCELED);
    });
    assert!(start.elapsed() < Duration::from_secs(5));
    let polls = server.requests()[&Code::POLL];
    assert!(polls <= 2 * 4, "pauses of 20, 40, 80 and 60 ms: {polls} polls");
}

#[test]
fn a_refusal_may_come_later_too() {
    let server = later(1);
    with_both!(&waits(&server), kms => {
        let error = kms.call(&Get::id("no such key")).await.unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
        let Error::Refused(refusal) = error else { panic!() };
        assert_eq!(refusal.operation, Some(Code::GET), "what was asked, not Poll");
    });
}

#[test]
fn a_call_that_is_dropped_is_canceled() {
    let server = later(1_000_000);
    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&waits(&server)).await.unwrap();
        let create = Create::aes(256).name("not wanted any more");
        let dropped = tokio::time::timeout(Duration::from_millis(150), kms.call(&create)).await;
        assert!(dropped.is_err());
        let limit = Instant::now() + Duration::from_secs(5);
        while !server.requests().contains_key(&Code::CANCEL) && Instant::now() < limit {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(server.requests().get(&Code::CANCEL), Some(&1));
        assert_eq!(keys(&kms).await, 0);
        let by_hand = kms.with_request_options(RequestOptions::new());
        let left = by_hand.call(&QueryAsynchronousRequests::all()).await.unwrap();
        assert!(left.payload().asynchronous_requests.is_empty());
    });
}

#[test]
fn batches() {
    for version in [V1_2, V2_1] {
        let server = later(1);
        with_both!(&waits(&server).version(version), kms => {
            let batch = (Create::aes(256), Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
            let (created, activated, fetched) = kms.batch(&batch).await.unwrap();
            let created = created.unwrap();
            let id = created.payload().unique_identifier;
            assert_eq!(activated.unwrap().payload().unique_identifier, id);
            assert_eq!(fetched.unwrap().payload().unique_identifier, id);

            let (failed, stopped) = kms.batch(&(Get::id("no such key"), Create::aes(256))).await.unwrap();
            assert!(failed.unwrap_err().is_not_found());
            assert!(matches!(stopped, Err(Error::Refused(_))), "{stopped:?}");
            let (failed, done) = kms.batch(&(Get::id("no such key"), Create::aes(256)).keep_going()).await.unwrap();
            assert!(failed.unwrap_err().is_not_found());
            done.unwrap();
        });
        assert_eq!(server.requests()[&Code::CREATE], 6);
    }
}

/// Applies the script to the request after the next one, which succeeds.
fn second_goes_wrong(server: &TestServer, script: Script) {
    server.fail_next(Script::Delay(Duration::ZERO));
    server.fail_next(script);
}

#[test]
fn an_answer_that_is_lost_is_not_asked_for_again() {
    for idempotent in [false, true] {
        let server = later(1);
        let kms = blocking::Client::connect(&server.config().version(V1_4)).unwrap();
        let id = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
        let waiting = kms.with_request_options(WAITS());
        second_goes_wrong(&server, Script::LoseReply);
        if idempotent {
            let Err(Error::NoAnswer(attempt)) = waiting.call(&Get::id(&id)) else { panic!() };
            assert_eq!(attempt.operations, [Code::GET]);
        } else {
            let Err(Error::OutcomeUnknown(attempt)) = waiting.call(&Create::aes(256)) else { panic!() };
            assert_eq!(attempt.operations, [Code::CREATE]);
        }
        assert_eq!(server.requests()[&Code::POLL], 1);
        waiting.call(&Locate::all()).unwrap();
    }
}

/// Some servers name Poll in the response to Poll, which the specification allows.
#[test]
fn an_answer_may_name_poll_or_what_was_asked() {
    let reply = |operation, version| {
        let created = CreateResponse::new(ObjectType::SYMMETRIC_KEY, "4711");
        answer(version, operation, &created)
    };
    for version in [V1_4, V2_1] {
        let named = |operation, version: ProtocolVersion| {
            let server = later(1);
            let kms = blocking::Client::connect(&waits(&server).version(version)).unwrap();
            second_goes_wrong(&server, Script::Reply(reply(operation, version)));
            kms.call(&Create::aes(256))
        };
        for operation in [Code::POLL, Code::CREATE] {
            let created = named(operation, version).unwrap();
            assert_eq!(created.payload().unique_identifier, "4711".into());
        }
        assert!(matches!(named(Code::GET, version), Err(Error::OutcomeUnknown(_))));
    }
}

#[test]
fn polls_the_server_that_accepted_the_request() {
    let one = later(1);
    let two = one.replica();
    two.answer_later(1);
    let config = waits(&one).endpoint(two.address().to_string()).spread();
    with_both!(&config, kms => {
        for _ in 0..4 {
            kms.call(&Create::aes(256)).await.unwrap();
        }
    });
    for server in [&one, &two] {
        let requests = server.requests();
        assert!(requests[&Code::CREATE] >= 2, "{requests:?}");
        assert_eq!(requests[&Code::POLL], 2 * requests[&Code::CREATE], "{requests:?}");
    }
}

#[test]
fn a_call_waits_no_longer_than_the_caller_allows() {
    let server = later(u32::MAX);
    let config = waits(&server).pending_timeout(Duration::from_secs(3600));
    let kms = blocking::Client::connect(&config).unwrap();
    let limit = Duration::from_millis(300);
    let ended = |kms: blocking::Client, limit: Duration| {
        let start = Instant::now();
        let error = kms.call(&Create::aes(256)).unwrap_err();
        assert!(
            matches!(&error, Error::Pending(pending) if pending.asynchronous_correlation_value.is_some()),
            "{error:?}"
        );
        assert!((limit..limit * 10).contains(&start.elapsed()), "{:?}", start.elapsed());
    };
    ended(kms.with_timeout(limit), limit);
    ended(kms.with_deadline(Instant::now() + limit + Duration::from_millis(20)), limit);
    // Without an explicit limit the one for pending responses applies, even if it exceeds that of a call.
    let limit = Duration::from_millis(1300);
    let config = waits(&server).total_timeout(Duration::from_secs(1)).pending_timeout(limit);
    ended(blocking::Client::connect(&config).unwrap(), limit);
}
