//! Several servers of one KMS, deadlines, state between calls, and what an observer sees.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use kmip_client::observe::{AttemptFailed, CallEnded, ConnectionClosed, ConnectionOpened, Observer};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::message::{ResponseBatchItem, ResponseHeader, ResponseMessage};
use kmip_client::protocol::operation::{Activate, Create, Get, Locate};
use kmip_client::test_server::{Fault as Script, Pki, TestServer};
use kmip_client::{
    Batch as _, Config, Credentials, EndpointState, Error, Kmip, Phase, RequestOptions, ServerCheck, TlsError,
    TransportError, Verdict, blocking,
};
use kmip_ttlv::enumeration::{OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{Item, V1_0, V1_2, V1_4, V2_1};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Returns a KMS with this many servers, and the configuration of a client of all of them.
fn kms_of(count: usize) -> (Vec<TestServer>, Config) {
    let mut servers = vec![TestServer::start()];
    while servers.len() < count {
        servers.push(servers[0].replica());
    }
    let config =
        servers[1..].iter().fold(servers[0].config(), |config, server| config.endpoint(server.address().to_string()));
    (servers, config)
}

/// Does the same with each client. Calls are awaited in either.
macro_rules! with_each_client {
    ($config:expr, |$kms:ident| $body:expr) => {{
        let config = $config;
        let $kms = blocking::Client::connect(&config).unwrap();
        $kms.run(async |$kms| $body);
        runtime().block_on(async {
            let $kms = kmip_client::Client::connect(&config).await.unwrap();
            $body
        });
    }};
}

async fn create(kms: &impl Kmip) -> Result<String, Error> {
    Ok(kms.call(&Create::aes(256)).await?.payload().unique_identifier.to_string())
}

#[test]
fn the_first_server_is_used_as_long_as_it_is_well() {
    let (servers, config) = kms_of(2);
    with_each_client!(config, |kms| {
        let id = create(&kms).await.unwrap();
        assert_eq!(kms.endpoint(), &servers[0].endpoint());
        servers[0].stop();
        // Before the call was sent, so that even a Create is sent to another server.
        create(&kms).await.unwrap();
        assert_eq!(kms.endpoint(), &servers[1].endpoint());
        Kmip::call(&kms, &Get::id(&id)).await.unwrap();
        servers[0].restart();
        let start = Instant::now();
        while kms.endpoint() != &servers[0].endpoint() {
            Kmip::call(&kms, &Get::id(&id)).await.unwrap();
            assert!(start.elapsed() < Duration::from_secs(5), "it comes back by itself");
        }
        let counters = kms.counters();
        assert!(counters.failovers >= 1 && counters.failed == 0, "{counters:?}");
    });
}

/// Stops a server, and keeps its port from other tests, whose servers would answer there.
fn stop(server: &TestServer) -> socket2::Socket {
    server.stop();
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    // Bound, but not listening: connections are refused.
    socket.bind(&server.address().into()).unwrap();
    socket
}

#[test]
fn a_client_connects_where_it_can() {
    let (servers, config) = kms_of(3);
    let _stopped = [stop(&servers[0]), stop(&servers[1])];
    with_each_client!(config.clone(), |kms| assert_eq!(kms.endpoint(), &servers[2].endpoint()));
    let _last = stop(&servers[2]);
    let error = blocking::Client::connect(&config).unwrap_err();
    let Error::Unreachable(attempt) = &error else { panic!("{error:?}") };
    let tried: Vec<_> = attempt.earlier.iter().chain([&**attempt]).map(|attempt| attempt.endpoint.clone()).collect();
    let all = [servers[0].endpoint(), servers[1].endpoint(), servers[2].endpoint()];
    assert_eq!(tried[..3], all, "in their order");
    assert!(tried.len() == 9 && all.iter().all(|one| tried[3..].contains(one)), "and all once more, twice: {tried:?}");
    let told = attempt.to_string();
    assert!(told.starts_with("no connection") && told.ends_with(" failed in the same way"), "{told}");
    for other in all.iter().filter(|one| **one != attempt.endpoint) {
        assert_eq!(told.matches(&other.to_string()).count(), 1, "{told}");
    }
}

#[test]
fn a_reply_that_is_lost_is_asked_for_elsewhere_if_that_is_harmless() {
    let (servers, config) = kms_of(2);
    with_each_client!(config.version(V1_4), |kms| {
        let id = create(&kms).await.unwrap();
        let before = servers[1].requests();
        // Once on the kept connection, once on a fresh one.
        servers[0].fail_next(Script::LoseReply);
        servers[0].fail_next(Script::LoseReply);
        Kmip::call(&kms, &Get::id(&id)).await.unwrap();
        assert_eq!(kms.endpoint(), &servers[1].endpoint());
        assert_eq!(servers[1].requests()[&OperationCode::GET], before.get(&OperationCode::GET).unwrap_or(&0) + 1);

        let mine = kms.with_timeout(Duration::from_secs(9));
        servers[1].fail_next(Script::LoseReply);
        let creates = |server: &TestServer| server.requests().get(&OperationCode::CREATE).copied().unwrap_or(0);
        let made = creates(&servers[0]) + creates(&servers[1]);
        // Backoff decides which of both is called; the script waits at the second.
        let error = loop {
            match create(&mine).await {
                Ok(_) => {}
                Err(error) => break error,
            }
            if kms.endpoint() == &servers[0].endpoint() {
                servers[0].stop();
            }
        };
        servers[0].restart();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
        let attempts = kms.counters().retries;
        assert!(attempts >= 2, "{:?}", kms.counters());
        assert!(creates(&servers[0]) + creates(&servers[1]) > made);
        // Back to the first, for the other client.
        while kms.endpoint() != &servers[0].endpoint() {
            let _ = Kmip::call(&kms, &Get::id(&id)).await;
        }
    });
}

/// The refusal of the next request by a read-only server.
fn read_only(server: &TestServer) {
    let item: ResponseBatchItem<'_, Item<'_>> = ResponseBatchItem::default()
        .result_status(ResultStatus::OPERATION_FAILED)
        .result_reason(ResultReason::PERMISSION_DENIED)
        .result_message("the server is in Read-Only mode");
    let header = ResponseHeader::default().protocol_version(V1_4).batch_count(1);
    let message = ResponseMessage::default().header(header).batch_items([item]);
    server.fail_next(Script::Reply(message.encode_message().unwrap()));
}

#[test]
fn a_server_in_read_only_mode_is_not_dead() {
    let (servers, config) = kms_of(2);
    with_each_client!(config.version(V1_4), |kms| {
        read_only(&servers[0]);
        let id = create(&kms).await.unwrap();
        assert_eq!(kms.endpoint(), &servers[1].endpoint(), "another may write");
        Kmip::call(&kms, &Get::id(&id)).await.unwrap();
        assert_eq!(kms.endpoint(), &servers[0].endpoint(), "it was not set aside");
        assert_eq!(kms.counters().endpoints[0].failed_attempts, 0);

        // Its refusal had no ID, so that a repeat of it would fit any request: its connection is gone.
        let endpoint = kms.counters().endpoints[0].clone();
        assert_eq!(endpoint.opened - endpoint.closed, 1, "{endpoint:?}");
        read_only(&servers[0]);
        assert!(create(&kms).await.is_ok());
        let endpoint = kms.counters().endpoints[0].clone();
        assert_eq!(endpoint.opened, endpoint.closed, "{endpoint:?}");

        read_only(&servers[0]);
        read_only(&servers[1]);
        let error = create(&kms).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
        assert!(error.to_string().contains("Read-Only mode"), "{error}");
    });
    // With one server it is an ordinary refusal.
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config().version(V1_4)).unwrap();
    read_only(&server);
    assert!(matches!(kms.call(&Create::aes(256)), Err(Error::Refused(_))));
}

#[test]
fn servers_of_different_versions() {
    let old = TestServer::builder().versions(V1_0..=V1_2).start();
    let new = TestServer::start();
    let config = new
        .config()
        .trust(kmip_client::Trust::ca_pem([new.pki().ca_pem(), old.pki().ca_pem()].concat()).unwrap())
        .endpoint(old.address().to_string());
    // The old one does not know our certificate, because the authorities differ. It refuses the client with an alert.
    let kms = blocking::Client::connect(&config).unwrap();
    assert_eq!(kms.version(), V2_1);
    new.stop();
    let error = kms.call(&Locate::all()).unwrap_err();
    // The idle connection may end before the request is written, or after.
    assert!(matches!(error, Error::Unreachable(_) | Error::NoAnswer(_)), "{error:?}");
    new.restart();

    let config = old.config().endpoint(new.address().to_string());
    let kms = blocking::Client::connect(&config).unwrap();
    assert_eq!(kms.version(), V1_2);
    assert_eq!(kms.probe().verdict(), Verdict::Degraded);
}

/// A request that was encoded for one server is encoded again for another that speaks another version.
#[test]
fn each_server_is_asked_in_its_version() {
    let new = TestServer::start();
    let old = TestServer::builder()
        .versions(V1_0..=V1_2)
        .pki(Pki::from_pem(&new.pki().ca_pem(), &new.pki().ca_key_pem()).unwrap())
        .start();
    with_each_client!(new.config().endpoint(old.address().to_string()), |kms| {
        create(&kms).await.unwrap();
        assert_eq!(kms.version(), V2_1);
        let stopped = stop(&new);
        create(&kms).await.unwrap();
        assert_eq!((kms.version(), kms.endpoint()), (V1_2, &old.endpoint()));
        drop(stopped);
        new.restart();
    });
}

/// Only a refusal that is due to the server itself is tried elsewhere.
#[test]
fn a_refusal_that_is_due_to_the_request_is_not_tried_elsewhere() {
    let (servers, config) = kms_of(2);
    with_each_client!(config.version(V1_4), |kms| {
        let id = create(&kms).await.unwrap();
        let error = Kmip::call(&kms, &Get::id("unknown")).await.map(drop).unwrap_err();
        assert_eq!(error.reason(), Some(ResultReason::ITEM_NOT_FOUND));
        for reason in [ResultReason::PERMISSION_DENIED, ResultReason::OPERATION_NOT_SUPPORTED] {
            servers[0].fail(Script::Refuse(reason).on(OperationCode::GET));
            let error = Kmip::call(&kms, &Get::id(&id)).await.map(drop).unwrap_err();
            assert_eq!(error.reason(), Some(reason));
        }
        // A part of the batch was executed, so all of it stays with this server.
        servers[0].set_read_only(true);
        let (fetched, created) = kms.batch(&(Get::id(&id), Create::aes(256)).keep_going()).await.unwrap();
        assert!(fetched.is_ok());
        assert!(matches!(created, Err(Error::Refused(_))), "{created:?}");
        assert_eq!(kms.counters().failovers, 0);
        assert_eq!(servers[1].messages(), 0);
        servers[0].set_read_only(false);
    });
}

#[test]
fn a_request_that_a_busy_server_refuses_is_tried_elsewhere() {
    let (servers, config) = kms_of(2);
    with_each_client!(config, |kms| {
        let busy = Script::Refuse(ResultReason::SERVER_LIMIT_EXCEEDED).on(OperationCode::CREATE);
        servers[0].fail(busy.clone());
        create(&kms).await.unwrap();
        assert_eq!(kms.endpoint(), &servers[1].endpoint());
        servers[0].fail(busy.clone());
        servers[1].fail(busy);
        let error = create(&kms).await.unwrap_err();
        assert_eq!(error.reason(), Some(ResultReason::SERVER_LIMIT_EXCEEDED));
    });
}

#[test]
fn servers_that_have_addresses_and_a_certificate_each() {
    let (servers, _) = kms_of(3);
    for (server, name) in servers.iter().zip(["kms-1.example", "kms-2.example", "kms-3.example"]) {
        server.present(&servers[0].pki().issue_server_for(&[name]));
    }
    let address = |server: usize| servers[server].address().to_string();
    let config = servers[0]
        .config()
        .endpoint_named(address(1), "kms-2.example")
        .server_name("kms-1.example")
        .endpoint_named(address(2), "kms-1.example");
    let kms = blocking::Client::connect(&config).unwrap();
    let states: Vec<_> = kms.probe().endpoints.iter().map(|endpoint| endpoint.state).collect();
    assert_eq!(states, [EndpointState::Normal, EndpointState::Normal, EndpointState::Untrusted]);
    servers[0].stop();
    kms.call(&Locate::all()).unwrap();
    assert_eq!(kms.endpoint().port(), servers[1].address().port());
    let error = servers[0].config().endpoint_named(address(1), "kms-2:5696").check().unwrap_err();
    assert!(matches!(error, kmip_client::ConfigError::InvalidServerName { .. }), "{error:?}");
}

#[test]
fn calls_are_spread_over_all_servers() {
    let (servers, config) = kms_of(3);
    let kms = blocking::Client::connect(&config.spread()).unwrap();
    for _ in 0..30 {
        kms.call(&Locate::all()).unwrap();
    }
    for server in &servers {
        assert_eq!(server.requests()[&OperationCode::LOCATE], 10);
    }
    servers[1].stop();
    for _ in 0..30 {
        kms.call(&Locate::all()).unwrap();
    }
}

#[test]
fn connections_are_bounded_and_everybody_gets_one() {
    let server = TestServer::start();
    let config = server.config().version(V1_4).max_connections(2);
    let kms = blocking::Client::connect(&config).unwrap();
    let barrier = Barrier::new(16);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..5 {
                    kms.call(&Locate::all()).unwrap();
                }
            });
        }
    });
    assert_eq!(server.requests()[&OperationCode::LOCATE], 80);
    assert_eq!(server.connections(), 2);

    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        let calls = (0..40).map(|_| {
            let kms = kms.clone();
            tokio::spawn(async move { Kmip::call(&kms, &Locate::all()).await.map(|_| ()) })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        assert_eq!(kms.counters().endpoints[0].opened, 2);
    });
}

#[test]
fn waits_for_a_connection_no_longer_than_the_limit() {
    let server = TestServer::start();
    let config = server.config().version(V1_4).max_connections(1).attempt_timeout(Duration::from_secs(5));
    let limit = Duration::from_millis(200);
    let check = |error: Error, took: Duration| {
        let waiting = matches!(error.transport_error(), Some(TransportError::TimedOut { phase: Phase::Waiting, limit: l }) if *l == limit);
        assert!(matches!(error, Error::Unreachable(_)) && waiting, "{error:?}");
        assert!(took >= limit && took < 3 * limit, "{took:?}");
    };
    let kms = blocking::Client::connect(&config).unwrap();
    server.fail_next(Script::Delay(Duration::from_secs(1)));
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| kms.call(&Locate::all()).map(|_| ()));
        std::thread::sleep(Duration::from_millis(100));
        let start = Instant::now();
        check(kms.with_timeout(limit).call(&Locate::all()).unwrap_err(), start.elapsed());
        slow.join().unwrap().unwrap();
    });
    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        server.fail_next(Script::Delay(Duration::from_secs(1)));
        let slow = tokio::spawn({
            let kms = kms.clone();
            async move { Kmip::call(&kms, &Locate::all()).await.map(|_| ()) }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let start = Instant::now();
        check(Kmip::call(&kms.with_timeout(limit), &Locate::all()).await.unwrap_err(), start.elapsed());
        slow.await.unwrap().unwrap();
    });
}

#[test]
fn a_limit_holds_for_all_of_a_call() {
    let (servers, config) = kms_of(2);
    let config = config.version(V1_4).attempt_timeout(Duration::from_millis(300));
    with_each_client!(config, |kms| {
        for server in &servers {
            server.fail_next(Script::Delay(Duration::from_secs(2)));
        }
        // Both servers are slow.
        let start = Instant::now();
        let error = Kmip::call(&kms, &Locate::all()).await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer(_)) && error.is_timeout(), "{error:?}");
        assert!(start.elapsed() >= Duration::from_millis(600), "each has its time: {:?}", start.elapsed());

        for server in &servers {
            server.fail_next(Script::Delay(Duration::from_secs(2)));
        }
        let start = Instant::now();
        let error = Kmip::call(&kms.with_timeout(Duration::from_millis(400)), &Locate::all()).await.unwrap_err();
        assert!(
            matches!(error.transport_error(), Some(TransportError::TimedOut { phase: Phase::Total, .. })),
            "{error:?}"
        );
        assert!(start.elapsed() < Duration::from_millis(600), "{:?}", start.elapsed());

        let messages: usize = servers.iter().map(TestServer::messages).sum();
        let error = Kmip::call(&kms.with_deadline(Instant::now()), &Create::aes(256)).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable(_)) && error.is_timeout(), "nothing was sent: {error:?}");
        assert_eq!(servers.iter().map(TestServer::messages).sum::<usize>(), messages);
        // Uses up the script.
        while servers.iter().map(TestServer::messages).sum::<usize>() < messages + 4 {
            let _ = Kmip::call(&kms, &Locate::all()).await;
        }
    });
}

#[test]
fn dropped_calls_take_no_place_with_them() {
    let server = TestServer::start();
    runtime().block_on(async {
        let config = server.config().version(V1_4).max_connections(2);
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        for _ in 0..10 {
            server.fail_next(Script::Delay(Duration::from_millis(30)));
            server.fail_next(Script::Delay(Duration::from_millis(30)));
            let calls: Vec<_> = (0..3)
                .map(|_| {
                    let kms = kms.clone();
                    tokio::spawn(async move { kms.call(&Locate::all()).await.map(|_| ()) })
                })
                .collect();
            tokio::time::sleep(Duration::from_millis(10)).await;
            for call in calls {
                call.abort();
                assert!(call.await.unwrap_err().is_cancelled());
            }
        }
        Kmip::call(&kms.with_timeout(Duration::from_secs(5)), &Locate::all()).await.unwrap();
        let counters = kms.counters();
        let endpoint = &counters.endpoints[0];
        assert_eq!(endpoint.opened - endpoint.closed, 1, "{counters:?}");
        assert_eq!((counters.calls, counters.failed), (31, 30));
    });
}

#[test]
fn does_not_reuse_connections_that_were_idle_for_too_long() {
    let server = TestServer::start();
    let config = server.config().version(V1_4).idle_timeout(Duration::from_millis(50));
    for (min_idle, opened) in [(0, 3), (1, 1), (3, 3)] {
        with_each_client!(config.clone().min_idle(min_idle), |kms| {
            for _ in 0..2 {
                std::thread::sleep(Duration::from_millis(80));
                Kmip::call(&kms, &Locate::all()).await.unwrap();
            }
            assert_eq!(kms.counters().endpoints[0].opened, opened, "{min_idle}");
        });
    }
}

#[test]
fn sessions_of_tls_are_resumed() {
    for server in [TestServer::builder().tls12_only().start(), TestServer::builder().tls13_only().start()] {
        with_each_client!(server.config().version(V1_4), |kms| {
            for _ in 0..3 {
                server.fail_next(Script::CloseAfterReply);
                Kmip::call(&kms, &Locate::all()).await.unwrap();
                std::thread::sleep(Duration::from_millis(30));
            }
            Kmip::call(&kms, &Locate::all()).await.unwrap();
            let counters = kms.counters();
            assert_eq!((counters.endpoints[0].opened, counters.endpoints[0].resumed), (4, 3), "{counters:?}");
        });
    }
}

#[test]
fn status_tells_how_each_server_is() {
    let (servers, config) = kms_of(3);
    let stranger = TestServer::start();
    servers[1].stop();
    let config = config.endpoint(stranger.address().to_string());
    with_each_client!(config, |kms| {
        let status = Kmip::probe(&kms).await;
        assert_eq!(status.verdict(), Verdict::Degraded);
        let states: Vec<_> = status.endpoints.iter().map(|endpoint| endpoint.state).collect();
        use EndpointState::{Normal, Unreachable, Untrusted};
        assert_eq!(states, [Normal, Unreachable, Normal, Untrusted]);
        let [first, gone, _, strange] = &status.endpoints[..] else { panic!("{status:?}") };
        assert_eq!((first.version, first.thumbprint), (Some(V2_1), Some(servers[0].thumbprint())));
        assert!(first.latency.is_some() && first.error.is_none());
        assert!(
            matches!(gone.error.as_deref().and_then(Error::transport_error), Some(TransportError::Connect(_))),
            "{gone:?}"
        );
        assert_eq!(strange.thumbprint, Some(stranger.thumbprint()), "to be compared");
        let Some(TransportError::Tls(TlsError::Untrusted(untrusted))) =
            strange.error.as_deref().and_then(Error::transport_error)
        else {
            panic!("{strange:?}")
        };
        assert!(matches!(untrusted.check, ServerCheck::UnknownIssuer));
        let ends = first.certificate_ends.unwrap();
        assert!(ends > std::time::SystemTime::now() && status.client_certificate_ends.is_some());
    });
}

#[test]
fn status_tells_of_refusals_and_of_certificates_that_end() {
    let server = TestServer::start();
    let config = server.config().expiry_warning(Duration::MAX);
    let status = blocking::Client::connect(&config).unwrap().probe();
    assert_eq!(status.endpoints[0].state, EndpointState::Expiring);
    assert_eq!(status.verdict(), Verdict::Degraded);
    let line = status.to_string();
    assert!(line.starts_with(&format!("degraded; {} is expiring, KMIP 2.1, ", server.address())), "{line}");
    assert!(line.contains(", its certificate ends ") && line.contains("; the client certificate ends "), "{line}");

    let two = server.replica();
    let foreign = Pki::new().issue_client("alice").identity().unwrap();
    // TLS 1.3 completes the client's handshake before the server checks its certificate, so that there is a client to
    // call.
    let kms = blocking::Client::connect(&two.config().version(V1_4).identity(foreign)).unwrap();
    let status = kms.probe();
    assert_eq!(status.endpoints[0].state, EndpointState::Refused);
    assert_eq!(status.verdict(), Verdict::Down);
    let (line, error) = (status.to_string(), status.endpoints[0].error.as_ref().unwrap());
    assert!(line.contains(&format!("down; {} is refused, KMIP 1.4: {}", two.address(), error.report())), "{line}");
}

/// A server that refuses what it is asked by is well, unless it refuses the client.
#[test]
fn status_tells_whom_a_server_refuses() {
    let server = TestServer::start();
    with_each_client!(server.config().version(V1_4), |kms| {
        for (reason, state) in [
            (ResultReason::PERMISSION_DENIED, EndpointState::Refused),
            (ResultReason::AUTHENTICATION_NOT_SUCCESSFUL, EndpointState::Refused),
            (ResultReason::GENERAL_FAILURE, EndpointState::Normal),
        ] {
            server.fail(Script::Refuse(reason).on(OperationCode::DISCOVER_VERSIONS));
            let status = Kmip::probe(&kms).await;
            let endpoint = &status.endpoints[0];
            assert_eq!(
                (endpoint.state, endpoint.error.as_deref().and_then(Error::reason)),
                match state {
                    EndpointState::Refused => (state, Some(reason)),
                    _ => (state, None),
                }
            );
            assert_eq!(endpoint.latency.is_some(), state == EndpointState::Normal);
        }
    });
    assert_eq!(server.requests().get(&OperationCode::QUERY), None);
    // KMIP 1.0 has no Discover Versions.
    let server = TestServer::start();
    with_each_client!(server.config().version(V1_0), |kms| {
        assert_eq!(Kmip::probe(&kms).await.verdict(), Verdict::Normal);
    });
    assert_eq!((server.requests().len(), server.requests()[&OperationCode::QUERY]), (1, 2));
}

/// The outcomes of calls, by their names.
#[derive(Default)]
struct Outcomes(Mutex<Vec<&'static str>>);

impl Observer for Outcomes {
    fn call_ended(&self, call: &CallEnded<'_>) {
        self.0.lock().unwrap().push(call.outcome.name());
    }
}

#[test]
fn an_observer_is_told_of_a_refusal() {
    let server = TestServer::start();
    let outcomes = Arc::new(Outcomes::default());
    with_each_client!(server.config().observer(outcomes.clone()), |kms| {
        Kmip::call(&kms, &Get::id("unknown")).await.map(drop).unwrap_err();
        let [one] = kms.batch(&[Get::id("unknown")]).await.unwrap();
        assert!(one.is_err());
        assert_eq!(std::mem::take(&mut *outcomes.0.lock().unwrap()), ["refused", "answered"]);
    });
}

#[derive(Default)]
struct Seen(Mutex<Vec<String>>);

impl Seen {
    fn push(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Observer for Seen {
    fn connection_opened(&self, opened: &ConnectionOpened<'_>) {
        self.push(format!("opened {}", opened.endpoint.port()));
    }
    fn connection_closed(&self, closed: &ConnectionClosed<'_>) {
        self.push(format!("closed {}", closed.endpoint.port()));
    }
    fn attempt_failed(&self, failed: &AttemptFailed<'_>) {
        self.push(format!("failed {:?} {} {}", failed.operations, failed.endpoint.port(), failed.was_sent));
    }
    fn call_ended(&self, call: &CallEnded<'_>) {
        let port = call.endpoint.map_or(0, kmip_client::Endpoint::port);
        assert!(call.sent > 0 && (call.received > 0) == (call.outcome.name() == "answered"), "{call:?}");
        let (version, name) = (call.version.unwrap(), call.outcome.name());
        self.push(format!("called {:?} {port} {version} x{} {name}", call.operations, call.attempts));
    }
}

#[test]
fn an_observer_is_told_what_happens() {
    let server = TestServer::start();
    let port = server.address().port();
    let seen = Arc::new(Seen::default());
    let kms = blocking::Client::connect(&server.config().version(V1_4).observer(seen.clone())).unwrap();
    server.fail_next(Script::LoseReply);
    kms.call(&Locate::all()).unwrap();
    server.fail_next(Script::LoseReply);
    kms.call(&Create::aes(256)).unwrap_err();
    let seen = seen.0.lock().unwrap().clone();
    let (locate, create) = (format!("{:?}", [OperationCode::LOCATE]), format!("{:?}", [OperationCode::CREATE]));
    assert_eq!(
        seen,
        [
            format!("opened {port}"),
            format!("closed {port}"),
            format!("failed {locate} {port} true"),
            format!("opened {port}"),
            format!("called {locate} {port} 1.4 x2 answered"),
            format!("closed {port}"),
            format!("failed {create} {port} true"),
            format!("called {create} {port} 1.4 x1 outcome_unknown"),
        ]
    );
    let counters = kms.counters();
    assert_eq!((counters.calls, counters.failed, counters.retries, counters.failovers), (2, 1, 1, 0));
    let endpoint = &counters.endpoints[0];
    assert_eq!((endpoint.opened, endpoint.closed, endpoint.reused, endpoint.failed_attempts), (2, 2, 2, 2));
    assert!(endpoint.sent > endpoint.received && endpoint.received > 0);
    assert_eq!(
        counters.to_string(),
        format!(
            "calls 2, failed 1, retries 1, failovers 0; 127.0.0.1:{port}: opened 2, resumed {}, reused 2, closed 2, failed attempts 2, \
             sent {} B, received {} B",
            endpoint.resumed, endpoint.sent, endpoint.received
        )
    );
}

/// Requests credentials for every operation except Activate, and records the operations.
#[derive(Default)]
struct Introduces(Mutex<Vec<Vec<OperationCode>>>);

impl Observer for Introduces {
    fn request_options(&self, operations: &[OperationCode], options: RequestOptions) -> RequestOptions {
        self.0.lock().unwrap().push(operations.to_vec());
        if operations.contains(&OperationCode::ACTIVATE) {
            options
        } else {
            options.credential(Credentials::user("alice", "secret"))
        }
    }
}

#[test]
fn an_observer_may_change_the_header() {
    let server = TestServer::builder().user("alice", "secret").start();
    let (locate, activate) = (Locate::all(), Activate::id("any"));
    for versions in [V1_4..=V1_4, V1_2..=V1_4] {
        let introduces = Arc::new(Introduces::default());
        let config = server.config().versions(versions).observer(introduces.clone());
        let kms = blocking::Client::connect(&config).unwrap();
        kms.call(&locate).unwrap();
        assert!(kms.batch(&[Locate::all(), Locate::all()]).unwrap().iter().all(Result::is_ok));
        assert_eq!(kms.probe().endpoints[0].state, EndpointState::Normal);
        let error = kms.call(&activate).unwrap_err();
        assert_eq!(error.reason(), Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL));
        assert!(kms.batch(&(locate.clone(), activate.clone())).is_err());
        let (locate, activate) = (OperationCode::LOCATE, OperationCode::ACTIVATE);
        let seen = introduces.0.lock().unwrap().clone();
        assert_eq!(seen, [vec![], vec![locate], vec![locate; 2], vec![], vec![activate], vec![locate, activate]]);
    }
}

/// One caller's record of its creations: the group of each, and its outcome.
type Record = Vec<(String, Result<(), Error>)>;

/// Callers use three servers, one of which is killed and restarted at random: for `KMIP_TEST_CHAOS_SECONDS`, 4 by
/// default.
///
/// No call that may be repeated fails. Every other call was executed once, or reports an unknown outcome, and the
/// servers executed it at most once.
#[test]
fn one_of_three_servers_is_killed_and_restarted() {
    let seconds = std::env::var("KMIP_TEST_CHAOS_SECONDS").map_or(4, |seconds| seconds.parse::<u64>().unwrap());
    let (servers, config) = kms_of(3);
    for config in [config.clone(), config.spread()] {
        let until = Instant::now() + Duration::from_secs(seconds) / 2;
        let mut record = chaos(&servers, &config, until);
        let unknown = record.iter().filter(|(_, ended)| ended.is_err()).count();
        println!("{} creations, {unknown} with an outcome unknown", record.len());
        let kms = blocking::Client::connect(&config).unwrap();
        for (group, ended) in record.drain(..) {
            let found = kms.call(&Locate::all().attribute(AttributeValue::ObjectGroup(&group))).unwrap();
            let made = found.payload().unique_identifiers.len();
            match ended {
                Ok(()) => assert_eq!(made, 1, "{group}"),
                Err(error) => {
                    assert!(matches!(error, Error::OutcomeUnknown(_)), "{group}: {error:?}");
                    assert!(made <= 1, "{group}");
                }
            }
        }
    }
}

fn chaos(servers: &[TestServer], config: &Config, until: Instant) -> Record {
    let name = if format!("{config:?}").contains("spread: true") { "spread" } else { "in order" };
    let kms = blocking::Client::connect(config).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let records = Arc::new(Mutex::new(Record::new()));
    std::thread::scope(|scope| {
        for caller in 0..3 {
            let (kms, over, records) = (kms.clone(), Arc::clone(&over), Arc::clone(&records));
            scope.spawn(move || {
                let mut record = Record::new();
                while !over.load(Ordering::Relaxed) {
                    let group = format!("{name} blocking {caller}-{}", record.len());
                    let ended = kms.run(async |kms| work(&kms, &group).await);
                    record.push((group, ended));
                }
                records.lock().unwrap().append(&mut record);
            });
        }
        scope.spawn(|| {
            runtime().block_on(async {
                let kms = kmip_client::Client::connect(config).await.unwrap();
                let callers = (0..3).map(|caller| {
                    let (kms, over, records) = (kms.clone(), Arc::clone(&over), Arc::clone(&records));
                    tokio::spawn(async move {
                        let mut record = Record::new();
                        while !over.load(Ordering::Relaxed) {
                            let group = format!("{name} async {caller}-{}", record.len());
                            let ended = work(&kms, &group).await;
                            record.push((group, ended));
                        }
                        records.lock().unwrap().append(&mut record);
                    })
                });
                for caller in callers.collect::<Vec<_>>() {
                    caller.await.unwrap();
                }
            });
        });
        let mut random = fastrand(u64::from(std::process::id()));
        while Instant::now() < until {
            let server = &servers[usize::try_from(random() % 3).unwrap()];
            server.stop();
            std::thread::sleep(Duration::from_millis(20 + random() % 200));
            server.restart();
            std::thread::sleep(Duration::from_millis(20 + random() % 300));
        }
        over.store(true, Ordering::Relaxed);
    });
    let mut records = records.lock().unwrap();
    std::mem::take(&mut records)
}

/// Creates a key of this group, and then locates it, which must not fail.
async fn work(kms: &impl Kmip, group: &str) -> Result<(), Error> {
    let created = kms.call(&Create::aes(256).attribute(AttributeValue::ObjectGroup(group))).await;
    let found = kms.call(&Locate::all().attribute(AttributeValue::ObjectGroup(group))).await;
    let found = found.unwrap_or_else(|error| panic!("{group}: {error:?}"));
    for id in &found.payload().unique_identifiers {
        kms.call(&Get::id(*id)).await.unwrap_or_else(|error| panic!("{group}: {error:?}"));
    }
    created.map(|_| ())
}

/// Returns pseudo-random numbers (xorshift).
fn fastrand(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

/// A read-only replica is listed before the writable server; each counts its requests.
#[test]
fn writes_pass_over_an_endpoint_for_reading() {
    let main = TestServer::start();
    let replica = main.replica();
    let config = main.config().read_only_endpoint(replica.address().to_string()).spread();
    let kms = blocking::Client::connect(&config).unwrap();
    let created: Vec<_> =
        (0..4).map(|_| kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string()).collect();
    let asked = |server: &TestServer, operation| server.requests().get(&operation).copied().unwrap_or_default();
    assert_eq!((asked(&main, OperationCode::CREATE), asked(&replica, OperationCode::CREATE)), (4, 0));
    for id in &created {
        kms.call(&Get::id(&**id)).unwrap();
    }
    assert_eq!(asked(&main, OperationCode::GET) + asked(&replica, OperationCode::GET), 4);
    assert!(asked(&replica, OperationCode::GET) > 0, "reads use it");

    // A refusal that a replica causes is retried at the next endpoint; without the mark on the endpoint the refusal is
    // returned.
    for reason in [ResultReason::PERMISSION_DENIED, ResultReason::OPERATION_NOT_SUPPORTED] {
        replica.fail(Script::Refuse(reason).on(OperationCode::GET).always());
        for id in &created {
            kms.call(&Get::id(&**id)).unwrap();
        }
        replica.heal();
        main.fail(Script::Refuse(reason).on(OperationCode::GET).always());
        let writer = blocking::Client::connect(&main.config()).unwrap();
        let refused = writer.call(&Get::id(&*created[0])).unwrap_err();
        assert_eq!(refused.reason(), Some(reason));
        main.heal();
    }
}
