//! The async client on a runtime whose clock is paused: limits and pauses are in real time. The test stands here
//! because the feature of tokio that it needs would be on for every test of the client otherwise.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use kmip_client::protocol::operation::Create;
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::{Client, Error, Kmip, Phase, TransportError};

/// Returns a runtime whose clock jumps to the next timer as soon as nothing else is to be done.
fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

#[test]
fn a_reply_is_waited_for() {
    let server = TestServer::start();
    server.fail(Fault::Delay(Duration::from_millis(300)).always());
    paused().block_on(async {
        let kms = Client::connect(&server.config()).await.unwrap();
        kms.call(&Create::aes(256)).await.unwrap();
        let request = Create::aes(256);
        let (created, ()) = tokio::join!(kms.call(&request), tokio::time::advance(Duration::from_secs(3600)));
        created.unwrap();
    });
}

#[test]
fn a_limit_passes_in_real_time() {
    const LIMIT: Duration = Duration::from_millis(300);
    let server = TestServer::start();
    paused().block_on(async {
        let kms = Client::connect(&server.config().attempt_timeout(LIMIT)).await.unwrap();
        server.fail(Fault::Stall.always());
        let start = Instant::now();
        let error = kms.call(&Create::aes(256)).await.unwrap_err();
        assert!(start.elapsed() >= LIMIT, "{:?}", start.elapsed());
        let Error::OutcomeUnknown(attempt) = &error else { panic!("{error:?}") };
        assert!(matches!(attempt.error, TransportError::TimedOut { phase: Phase::Attempt, .. }), "{error:?}");

        let start = Instant::now();
        kms.pause(LIMIT).await;
        assert!(start.elapsed() >= LIMIT, "{:?}", start.elapsed());
    });
}
