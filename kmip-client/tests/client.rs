//! Methods of both clients other than calls: pages, closing, status, and those of the trait. Each test runs with either
//! client.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use kmip_client::protocol::operation::{Create, Hash, Locate};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{Config, EndpointState, Error, Kmip, Verdict, blocking};
use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{ErrorKind, V1_2, V1_4};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Does the same with both clients.
macro_rules! both {
    ($config:expr, $test:expr) => {{
        let config: Config = $config;
        let kms = blocking::Client::connect(&config).unwrap();
        kms.run(async |kms| $test(&kms).await);
        runtime().block_on(async { $test(&kmip_client::Client::connect(&config).await.unwrap()).await });
    }};
}

/// Returns the identifiers that a Locate finds, page by page, and the number of pages.
async fn found(
    kms: &impl Kmip,
    request: kmip_client::protocol::operation::LocateRequest<'_>,
    size: u32,
) -> (Vec<String>, usize) {
    let (mut pages, mut found, mut calls) = (kms.locate_pages(request, size), Vec::new(), 0);
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        found.extend(page.payload().unique_identifiers.iter().map(ToString::to_string));
        calls += 1;
    }
    assert!(pages.next().await.is_none(), "it stays at its end");
    (found, calls)
}

#[test]
fn pages_hold_every_object_once() {
    async fn test(kms: &impl Kmip) {
        let all: Vec<_> = {
            let reply = kms.call(&Locate::all()).await.unwrap();
            reply.payload().unique_identifiers.iter().map(ToString::to_string).collect()
        };
        assert_eq!(all.len(), 7);
        for (size, calls) in [(1, 7), (2, 4), (3, 3), (7, 1), (100, 1), (0, 7), (u32::MAX, 1)] {
            let (located, made) = found(kms, Locate::all(), size).await;
            assert_eq!(located, all, "{size}");
            assert!(made == calls || made == calls + 1, "{size}: {made} calls");
        }
        // A limit for all pages together, and an offset.
        assert_eq!(found(kms, Locate::all().at_most(5), 2).await.0, all[..5]);
        assert_eq!(found(kms, Locate::all().at_most(0), 2).await, (Vec::new(), 0));
        assert_eq!(found(kms, Locate::all().offset_items(4), 2).await.0, all[4..]);
        assert!(found(kms, Locate::name("nobody"), 2).await.0.is_empty());
    }
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    for _ in 0..7 {
        kms.call(&Create::aes(128)).unwrap();
    }
    both!(server.config(), test);
    let pages = kms.locate_pages(Locate::all(), 3).map(|page| page.unwrap().payload().unique_identifiers.len());
    assert_eq!(pages.sum::<usize>(), 7);
}

#[test]
fn ends_pages_after_one_error() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        // KMIP 1.2 has no offset: only the first page can be requested.
        let mut pages = kms.locate_pages(Locate::all(), 2);
        assert_eq!(pages.next().await.unwrap().unwrap().payload().unique_identifiers.len(), 2);
        let error = pages.next().await.unwrap().unwrap_err();
        assert!(
            matches!(&error, Error::Encode(error) if matches!(error.kind(), ErrorKind::NotInVersion { .. })),
            "{error}"
        );
        assert!(pages.next().await.is_none());
        // An error in the middle ends the pages too.
        server.fail_next(Script::CloseUnanswered);
        server.fail_next(Script::CloseUnanswered);
        let mut pages = kms.locate_pages(Locate::all(), 2);
        assert!(pages.next().await.unwrap().is_err() && pages.next().await.is_none());
        while kms.call(&Locate::all()).await.is_err() {}
    }
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    for _ in 0..3 {
        kms.call(&Create::aes(128)).unwrap();
    }
    both!(server.config().version(V1_2), async |kms: &_| test(kms, &server).await);
}

/// A server that ignores Offset Items sends the first page again and again.
#[test]
fn a_server_without_offsets_is_noticed() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let page = |kms: kmip_client::Reply<Locate>| kms.frame().to_vec();
        let first = page(kms.call(&Locate::all().at_most(2)).await.unwrap());
        server.fail_next(Script::Reply(first.clone()));
        server.fail_next(Script::Reply(first));
        let mut pages = kms.locate_pages(Locate::all(), 2);
        let mut ended = Vec::new();
        while let Some(page) = pages.next().await {
            ended.push(page.map(drop));
            assert!(ended.len() < 5, "it would go on for ever");
        }
        server.heal();
        // If the server states the total, the client does not request further pages.
        assert!(matches!(ended[..], [Ok(()), Err(Error::NotInPages(OperationCode::LOCATE))] | [Ok(())]), "{ended:?}");
    }
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    for _ in 0..5 {
        kms.call(&Create::aes(128)).unwrap();
    }
    // Without numbers of their own, responses can be repeated by hand.
    both!(server.config().version(V1_4).batch_item_ids(false), async |kms: &_| test(kms, &server).await);
}

#[test]
fn a_closed_client_has_no_connections_and_makes_no_calls() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        kms.call(&Locate::all()).await.unwrap();
        let open = || kms.counters().endpoints[0].opened - kms.counters().endpoints[0].closed;
        assert!(open() > 0);
        let (clone, messages) = (kms.clone(), server.messages());
        clone.close();
        assert_eq!(open(), 0, "idle connections are closed at once");
        let late = kms.with_timeout(Duration::from_secs(1));
        for error in [
            Arc::new(kms.call(&Locate::all()).await.map(drop).unwrap_err()),
            Arc::new(late.batch(&[Create::aes(128)]).await.map(drop).unwrap_err()),
            kms.probe().await.endpoints[0].error.take().unwrap(),
        ] {
            assert!(matches!(*error, Error::ClientClosed) && !error.is_retryable(), "{error:?}");
        }
        assert_eq!(server.messages(), messages);
        clone.close();
    }
    let server = TestServer::start();
    both!(server.config().min_idle(2), async |kms: &_| test(kms, &server).await);
}

#[test]
fn a_call_that_is_under_way_ends_after_its_client_was_closed() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    server.fail_next(Script::Delay(Duration::from_millis(400)));
    let caller = std::thread::spawn({
        let kms = kms.clone();
        move || kms.call(&Create::aes(128)).map(drop)
    });
    while kms.counters().endpoints[0].reused == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    kms.close();
    caller.join().unwrap().unwrap();
    let counters = kms.counters();
    assert_eq!(counters.endpoints[0].opened, counters.endpoints[0].closed, "{counters}");
}

#[test]
fn status_tells_what_calls_have_shown_and_asks_nobody() {
    async fn test(kms: &impl Kmip, servers: &[TestServer; 2]) {
        let [one, two] = servers;
        let asked = || (one.connections(), one.messages(), two.connections(), two.messages());
        let before = asked();
        let status = kms.status();
        assert_eq!(asked(), before);
        let states = |status: &kmip_client::Status| [status.endpoints[0].state, status.endpoints[1].state];
        assert_eq!(states(&status), [EndpointState::Normal, EndpointState::Untried]);
        assert_eq!((status.verdict(), status.endpoints[0].version), (Verdict::Normal, Some(V1_4)));
        assert_eq!(status.endpoints[0].thumbprint, Some(one.thumbprint()));
        assert!(status.endpoints[0].certificate_ends.is_some() && status.endpoints[1].certificate_ends.is_none());

        one.stop();
        kms.call(&Locate::all()).await.unwrap();
        let status = kms.status();
        assert_eq!(
            (states(&status), status.verdict()),
            ([EndpointState::Unreachable, EndpointState::Normal], Verdict::Degraded)
        );
        let failure = status.endpoints[0].failure.as_deref().unwrap();
        assert!(
            failure.starts_with("no connection could be made") && status.endpoints[1].failure.is_none(),
            "{failure}"
        );

        one.restart();
        let probed = kms.probe().await;
        assert_eq!((states(&probed), probed.verdict()), ([EndpointState::Normal; 2], Verdict::Normal), "{probed}");
        assert_eq!(states(&kms.status()), [EndpointState::Normal; 2], "what a probe has shown is known");
    }
    let one = TestServer::start();
    let servers = [one.replica(), one];
    let config = servers[0].config().endpoint(servers[1].address()).version(V1_4);
    let kms = blocking::Client::connect(&config).unwrap();
    kms.run(async |kms| test(&kms, &servers).await);
    runtime().block_on(async { test(&kmip_client::Client::connect(&config).await.unwrap(), &servers).await });
}

#[test]
fn the_trait_has_what_a_client_has() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        server.fail_next(Script::Delay(Duration::from_secs(3)));
        let error = kms.with_timeout(Duration::from_millis(200)).call(&Locate::all()).await.unwrap_err();
        assert!(error.is_timeout());
        let late = kms.with_deadline(Instant::now());
        assert!(late.call(&Locate::all()).await.unwrap_err().is_timeout());
        server.heal();

        server.answer_later(1);
        kms.with_asynchronous(true).call(&Create::aes(128)).await.unwrap();
        server.answer_later(0);

        let mut hash = kms.open_stream(Hash::sha256(b""));
        hash.push(b"ab").await.unwrap();
        hash.push(b"c").await.unwrap();
        assert_eq!(hash.finish().await.unwrap().last().payload().data.unwrap()[..4], [0xBA, 0x78, 0x16, 0xBF]);

        assert_eq!(kms.endpoint(), &server.endpoint());
        assert_eq!(kms.server_thumbprint(), Some(server.thumbprint()));
        assert!(kms.capabilities().await.unwrap().advertises(OperationCode::CREATE));
        assert!(
            kms.with_endpoint(&server.endpoint()).is_some() && kms.with_endpoint(&"other".parse().unwrap()).is_none()
        );
    }
    let server = TestServer::start();
    both!(server.config(), async |kms: &_| test(kms, &server).await);
}
