//! Faults between a request and its response, and the resulting errors: each with the blocking and the async client.

#![allow(clippy::unwrap_used)]

use std::error::Error as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::object::Object;
use kmip_client::protocol::operation::{Create, Get, Locate, Register};
use kmip_client::test_server::{Fault as Script, Pki, TestServer};
use kmip_client::{
    Config, Error, Kmip, OutOfStep, Phase, ServerCapabilities, ServerCheck, TlsError, TransportError, Trust, blocking,
};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, ObjectType, OpaqueDataType, OperationCode, QueryFunction, ResultReason,
};
use kmip_ttlv::{ErrorKind, ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, VersionRange};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Connects with each client, and returns the errors.
fn cannot_connect(config: &Config) -> [Error; 2] {
    [
        blocking::Client::connect(config).expect_err("the blocking client connects"),
        runtime().block_on(kmip_client::Client::connect(config)).expect_err("the async client connects"),
    ]
}

/// A request that may be repeated, and one that may not.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Asked {
    Get,
    Create,
}

/// The outcome of a failed request, and what the server observed.
struct Seen {
    asked: Asked,
    error: Error,
    /// The number of times that the request reached the server.
    requests: usize,
    /// The number of keys that the request created.
    made: usize,
    took: Duration,
}

/// Applies the script to one request, with each client and each kind of request. Then another request on the same
/// client must succeed: on a new connection unless the old one was `kept`.
fn goes_wrong(script: &Script, kept: bool) -> Vec<Seen> {
    let mut all = Vec::new();
    for asked in [Asked::Get, Asked::Create] {
        let limits = |server: &TestServer| server.config().version(V1_4).attempt_timeout(Duration::from_millis(400));
        let server = TestServer::start();
        let kms = blocking::Client::connect(&limits(&server)).unwrap();
        all.push(kms.run(async |kms| one_goes_wrong(&kms, &server, script, asked, kept).await));

        let server = TestServer::start();
        all.push(runtime().block_on(async {
            let kms = kmip_client::Client::connect(&limits(&server)).await.unwrap();
            one_goes_wrong(&kms, &server, script, asked, kept).await
        }));
    }
    all
}

async fn one_goes_wrong(kms: &impl Kmip, server: &TestServer, script: &Script, asked: Asked, kept: bool) -> Seen {
    let id = kms.call(&Create::aes(256).name("before")).await.unwrap().payload().unique_identifier.to_string();
    let (connections, before) = (server.connections(), server.requests());

    server.fail_next(script.clone());
    // A repeatable request is repeated if it was sent on a kept connection.
    server.fail_next(script.clone());
    let start = Instant::now();
    let error = match asked {
        Asked::Get => kms.call(&Get::id(&id)).await.expect_err("Get goes right"),
        Asked::Create => kms.call(&Create::aes(256).name("lost")).await.expect_err("Create goes right"),
    };
    let took = start.elapsed();
    let code = if asked == Asked::Get { OperationCode::GET } else { OperationCode::CREATE };
    let count = |requests: &std::collections::BTreeMap<_, usize>| requests.get(&code).copied().unwrap_or(0);
    let requests = count(&server.requests()) - count(&before);

    // Uses up the script, so that the following requests succeed.
    while kms.call(&Locate::name("before")).await.is_err() {}
    assert_eq!(server.connections() > connections, !kept, "{script:?}, {asked:?}: {error:?}");
    let lost = kms.call(&Locate::name("lost")).await.unwrap();
    let made = lost.payload().unique_identifiers.len();
    Seen { asked, error, requests, made, took }
}

/// Checks that a request with a possible effect reports it, and that one without an effect reports that it may be
/// repeated.
fn outcome(seen: &Seen) -> &TransportError {
    match (seen.asked, &seen.error) {
        (Asked::Get, Error::NoAnswer(attempt)) | (Asked::Create, Error::OutcomeUnknown(attempt)) => &attempt.error,
        (asked, error) => panic!("{asked:?}: {error:?}"),
    }
}

#[test]
fn a_server_that_closes_without_an_answer() {
    for seen in goes_wrong(&Script::CloseUnanswered, false) {
        assert!(matches!(outcome(&seen), TransportError::Closed(_)), "{:?}", seen.error);
        assert_eq!(seen.made, 0);
        // The kept connection may have died earlier: a harmless request is retried once, others are not.
        assert_eq!(seen.requests, if seen.asked == Asked::Get { 2 } else { 1 });
    }
}

#[test]
fn a_reply_that_is_lost_leaves_a_key_that_can_be_located() {
    for seen in goes_wrong(&Script::LoseReply, false) {
        assert!(matches!(outcome(&seen), TransportError::Closed(_)), "{:?}", seen.error);
        if seen.asked == Asked::Create {
            assert_eq!((seen.requests, seen.made), (1, 1), "sent once, done once");
        }
    }
}

#[test]
fn a_reply_that_is_cut_off() {
    for seen in goes_wrong(&Script::HalfReply, false) {
        let TransportError::Truncated { received, expected: Some(expected) } = *outcome(&seen) else {
            panic!("{:?}", seen.error);
        };
        assert_eq!(received, expected / 2);
    }
}

#[test]
fn a_reply_that_is_late() {
    for seen in goes_wrong(&Script::Delay(Duration::from_secs(2)), false) {
        let limit = Duration::from_millis(400);
        assert!(matches!(outcome(&seen), TransportError::TimedOut { phase: Phase::Attempt, limit: l } if *l == limit));
        assert!(seen.error.is_timeout());
        assert!(seen.took < Duration::from_millis(1500), "{:?}", seen.took);
        assert_eq!(seen.requests, 1, "a time limit holds for the whole call: there is no second try");
    }
}

#[test]
fn a_reply_that_is_no_kmip() {
    for seen in goes_wrong(&Script::Garbage, false) {
        let source = outcome(&seen).source().unwrap().to_string();
        assert_eq!(source, "what arrived is not a KMIP message at byte 0");
    }
}

#[test]
fn a_reply_that_is_too_large() {
    for seen in goes_wrong(&Script::Oversized, false) {
        let TransportError::Malformed(error) = outcome(&seen) else { panic!("{:?}", seen.error) };
        assert!(matches!(error.kind(), ErrorKind::TooLarge { length: 0x8000_0000, limit: 16_777_216 }));
    }
}

/// HashiCorp Vault announces more items than it sends; those that arrive are evaluated.
#[test]
fn a_reply_with_fewer_items_than_announced_is_let_pass() {
    async fn create(kms: &impl Kmip, server: &TestServer) {
        server.fail_next(Script::MissingItem);
        let created = kms.call(&Create::aes(256)).await.unwrap();
        assert!(kms.call(&Get::id(created.payload().unique_identifier)).await.is_ok());
        assert_eq!(server.connections(), 1);
    }
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    kms.run(async |kms| create(&kms, &server).await);
    let server = TestServer::start();
    runtime().block_on(async {
        create(&kmip_client::Client::connect(&server.config()).await.unwrap(), &server).await;
    });
}

#[test]
fn a_reply_to_another_operation() {
    for seen in goes_wrong(&Script::OtherOperation, false) {
        assert!(matches!(outcome(&seen), TransportError::OutOfStep(OutOfStep::Operation { .. })), "{:?}", seen.error);
    }
}

#[test]
fn a_reply_that_breaks_off_inside_an_item() {
    // A Response Message of 16 bytes with an item that claims 64.
    let broken = [0x42, 0, 0x7B, 1, 0, 0, 0, 8, 0x42, 0, 0x7A, 1, 0, 0, 0, 64];
    for seen in goes_wrong(&Script::Reply(broken.to_vec()), false) {
        let source = outcome(&seen).source().unwrap().to_string();
        assert!(source.starts_with("ResponseMessage/ResponseHeader: length 64 overruns"), "{source}");
    }
}

#[test]
fn a_reply_in_another_version() {
    // A success without a payload, in KMIP 2.0: another major version.
    let reply = "42007b0100000068 42007a0100000048 4200690100000020 42006a0200000004 0000000200000000 42006b0200000004 \
                 0000000000000000 4200920900000008 0000000000000000 42000d0200000004 0000000100000000 \
                 42000f0100000010 42007f0500000004 0000000000000000";
    for seen in goes_wrong(&Script::Reply(hex(reply)), false) {
        let expected = OutOfStep::Version { expected: V1_4, received: V2_0 };
        assert!(matches!(outcome(&seen), TransportError::OutOfStep(found) if *found == expected), "{:?}", seen.error);
    }
}

/// It has no ID, so that a repeat of it would refuse any request: the connection is not reused.
#[test]
fn a_refusal_in_another_version_is_still_that_refusal() {
    for seen in goes_wrong(&Script::OtherVersion, false) {
        let Error::Refused(refusal) = &seen.error else { panic!("{:?}", seen.error) };
        assert_eq!(refusal.reason, Some(ResultReason::INVALID_MESSAGE));
        assert_eq!(seen.requests, 1);
    }
}

/// The response counts; the connection is not reused.
#[test]
fn an_answer_and_a_repeat_of_it() {
    // A refusal with General Failure, in KMIP 1.4.
    let refusal = "42007b0100000078 42007a0100000048 4200690100000020 42006a0200000004 0000000100000000 \
                   42006b0200000004 0000000400000000 4200920900000008 0000000000000000 42000d0200000004 \
                   0000000100000000 42000f0100000020 42007f0500000004 0000000100000000 42007e0500000004 \
                   0000010000000000";
    for seen in goes_wrong(&Script::Reply([hex(refusal), hex(refusal)].concat()), false) {
        assert_eq!(seen.error.reason(), Some(ResultReason::GENERAL_FAILURE), "{:?}", seen.error);
        assert_eq!(seen.requests, 1);
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(16 * pair[0] + pair[1]).unwrap()).collect()
}

#[test]
fn an_idle_connection_that_the_server_has_closed_costs_no_call() {
    let idle = Duration::from_millis(50);
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config().version(V1_4)).unwrap();
    for name in ["one", "two", "three"] {
        server.fail_next(Script::CloseAfterReply);
        kms.call(&Create::aes(256).name(name)).unwrap();
        std::thread::sleep(idle);
    }
    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&server.config().version(V1_4)).await.unwrap();
        for name in ["four", "five", "six"] {
            server.fail_next(Script::CloseAfterReply);
            kms.call(&Create::aes(256).name(name)).await.unwrap();
            tokio::time::sleep(idle).await;
        }
    });
    assert_eq!(server.requests()[&OperationCode::CREATE], 6, "each was sent once");
    assert_eq!(server.connections(), 6);
}

/// TLS traffic between messages, such as the session tickets of TLS 1.3, does not make a connection look used.
#[test]
fn a_kept_connection_serves_the_next_call() {
    for server in [TestServer::builder().tls12_only().start(), TestServer::builder().tls13_only().start()] {
        let config = server.config().version(V1_4);
        let kms = blocking::Client::connect(&config).unwrap();
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(20));
            kms.call(&Locate::all()).unwrap();
        }
        assert_eq!(server.connections(), 1);
        runtime().block_on(async {
            let kms = kmip_client::Client::connect(&config).await.unwrap();
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                kms.call(&Locate::all()).await.unwrap();
            }
        });
        assert_eq!(server.connections(), 2);
    }
}

#[test]
fn a_large_object_goes_both_ways() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect();
    let server = TestServer::start();
    let request = Register::opaque_object(OpaqueDataType::from_value(0x8000_0001), &bytes);
    let same = |object: &Object<'_>| matches!(object, Object::OpaqueObject(o) if o.opaque_data_value.expose() == bytes);

    let kms = blocking::Client::connect(&server.config()).unwrap();
    let id = kms.call(&request).unwrap().payload().unique_identifier.to_string();
    assert!(same(&kms.call(&Get::id(&id)).unwrap().payload().object));

    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&server.config()).await.unwrap();
        let id = kms.call(&request).await.unwrap().payload().unique_identifier.to_string();
        assert!(same(&kms.call(&Get::id(&id)).await.unwrap().payload().object));
    });

    let small = server.config().max_response_size(1 << 20);
    let kms = blocking::Client::connect(&small).unwrap();
    let error = kms.call(&Get::id(&id)).unwrap_err();
    let Some(TransportError::Malformed(error)) = error.transport_error() else { panic!("{error:?}") };
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 1_048_576, .. }), "{error}");
}

#[test]
fn a_call_that_is_dropped_leaves_the_client_in_step() {
    let server = TestServer::start();
    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&server.config()).await.unwrap();
        let id = kms.call(&Create::aes(256).name("kept")).await.unwrap().payload().unique_identifier.to_string();
        server.fail_next(Script::Delay(Duration::from_millis(300)));
        let get = Get::id(&id);
        let dropped = tokio::time::timeout(Duration::from_millis(50), kms.call(&get)).await;
        assert!(dropped.is_err());
        // If the old connection were reused, this would read the response to the dropped call.
        let located = kms.call(&Locate::name("kept")).await.unwrap();
        assert_eq!(located.payload().unique_identifiers, [id.as_str().into()]);
    });
}

#[test]
fn many_threads_share_one_client() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let kms = kms.clone();
            scope.spawn(move || {
                for n in 0..10 {
                    let name = format!("{thread}-{n}");
                    let created = kms.call(&Create::aes(128).name(&name)).unwrap();
                    let found = kms.call(&Locate::name(&name)).unwrap();
                    assert_eq!(found.payload().unique_identifiers, [created.payload().unique_identifier]);
                }
            });
        }
    });
    assert_eq!(server.requests()[&OperationCode::CREATE], 80);
    assert!(server.connections() <= 9, "{} connections", server.connections());
}

#[test]
fn a_foreign_client_certificate_is_refused() {
    for (name, server) in [("1.2", TestServer::builder().tls12_only()), ("1.3", TestServer::builder().tls13_only())] {
        let server = server.start();
        let foreign = server.config().identity(Pki::new().issue_client("alice").identity().unwrap());
        for error in cannot_connect(&foreign) {
            let fault = error.transport_error();
            let refused = matches!(fault, Some(TransportError::Tls(TlsError::ClientCertificateRefused { .. })));
            assert!(matches!(error, Error::Unreachable(_)) && refused, "TLS {name}: {error:?}");
        }
        let none = Config::new(server.address().to_string()).trust(Trust::ca_pem(server.pki().ca_pem()).unwrap());
        for error in cannot_connect(&none) {
            let fault = error.transport_error();
            let missing = matches!(fault, Some(TransportError::Tls(TlsError::ClientCertificateMissing { .. })));
            assert!(matches!(error, Error::Unreachable(_)) && missing, "TLS {name}: {error:?}");
        }
    }
}

#[test]
fn a_refused_certificate_is_told_with_a_fixed_version_too() {
    // With TLS 1.3 the client believes that it is connected; the first call fails, and nothing was executed.
    let server = TestServer::builder().tls13_only().start();
    let foreign = server.config().identity(Pki::new().issue_client("alice").identity().unwrap()).version(V1_4);
    let error = match blocking::Client::connect(&foreign) {
        Ok(kms) => kms.call(&Create::aes(256)).unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(
        matches!(error.transport_error(), Some(TransportError::Tls(TlsError::ClientCertificateRefused { .. }))),
        "{error:?}"
    );
}

/// The server closes the connection while the request is still being written, after an alert with the reason.
#[test]
fn a_refused_certificate_is_told_in_the_middle_of_a_large_request() {
    let bytes = vec![7; 8_000_000];
    let request = Register::opaque_object(OpaqueDataType::from_value(0x8000_0001), &bytes);
    let server = TestServer::builder().tls13_only().start();
    let foreign = server.config().identity(Pki::new().issue_client("alice").identity().unwrap()).version(V1_4);
    let error = match blocking::Client::connect(&foreign) {
        Ok(kms) => kms.call(&request).unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(
        matches!(error.transport_error(), Some(TransportError::Tls(TlsError::ClientCertificateRefused { .. }))),
        "{error:?}"
    );
}

#[test]
fn a_server_certificate_that_is_not_trusted_is_presented() {
    let server = TestServer::start();
    let wrong_pin = "00".repeat(32);
    let configs = [
        (server.config().trust(Trust::ca_pem(Pki::new().ca_pem()).unwrap()), "issuer"),
        (server.config().trust(Trust::thumbprint(&wrong_pin).unwrap()), "thumbprint"),
        (server.config().server_name("another.example"), "name"),
    ];
    for (config, which) in configs {
        for error in cannot_connect(&config) {
            let Some(TransportError::Tls(TlsError::Untrusted(untrusted))) = error.transport_error() else {
                panic!("{error:?}")
            };
            assert_eq!(untrusted.presented, server.thumbprint());
            let check = match untrusted.check {
                ServerCheck::UnknownIssuer => "issuer",
                ServerCheck::Thumbprint { .. } => "thumbprint",
                ServerCheck::WrongName { .. } => "name",
                _ => "another",
            };
            assert_eq!(check, which, "{error:?}");
            let text = format!("{}", error.transport_error().unwrap());
            assert!(text.contains(&server.thumbprint().to_string()), "{text}");
        }
    }
}

#[test]
fn a_thumbprint_in_place_of_a_ca() {
    let server = TestServer::start();
    let thumbprint = server.thumbprint().to_string();
    for written in [thumbprint.clone(), thumbprint.replace(':', ""), thumbprint.to_lowercase()] {
        let config = server.config().trust(Trust::thumbprint(&written).unwrap());
        let kms = blocking::Client::connect(&config).unwrap();
        assert_eq!(kms.server_thumbprint(), Some(server.thumbprint()));
        runtime().block_on(kmip_client::Client::connect(&config)).unwrap();
    }
}

#[test]
fn nothing_listens_there() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = TestServer::start();
    let config = Config::new(format!("127.0.0.1:{port}"))
        .trust(Trust::pinned(server.thumbprint()))
        .identity(server.pki().issue_client("alice").identity().unwrap());
    for error in cannot_connect(&config) {
        assert!(matches!(error.transport_error(), Some(TransportError::Connect(_))), "{error:?}");
        assert_eq!(error.to_string(), format!("cannot reach 127.0.0.1:{port}"));
    }
}

#[test]
fn something_else_listens_there() {
    let server = TestServer::start();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = Config::new(other.local_addr().unwrap().to_string())
        .trust(Trust::pinned(server.thumbprint()))
        .connect_timeout(Duration::from_millis(300));
    // One that never sends anything.
    for error in cannot_connect(&config) {
        assert!(
            matches!(error.transport_error(), Some(TransportError::TimedOut { phase: Phase::Connecting, .. })),
            "{error:?}"
        );
    }
    // One that speaks another protocol.
    std::thread::spawn(move || {
        for stream in other.incoming() {
            let _ = stream.unwrap().write_all(b"220 mail.example ESMTP\r\n");
        }
    });
    for error in cannot_connect(&config) {
        assert!(matches!(error.transport_error(), Some(TransportError::Tls(TlsError::NotTls { .. }))), "{error:?}");
    }
}

#[test]
fn the_newest_version_of_both_is_agreed_on() {
    let all = VersionRange::from(V1_0..=V2_1);
    let cases: [(VersionRange, VersionRange, ProtocolVersion); 5] = [
        (all, all, V2_1),
        ((V1_2..=V1_3).into(), all, V1_3),
        (all, (V1_0..=V1_2).into(), V1_2),
        ((V2_0..=V2_0).into(), all, V2_0),
        // A server of 1.0 refuses Discover Versions.
        ((V1_0..=V1_0).into(), all, V1_0),
    ];
    for (theirs, ours, expected) in cases {
        let server = TestServer::builder().versions(theirs).start();
        let config = server.config().versions(ours);
        assert_eq!(blocking::Client::connect(&config).unwrap().version(), expected);
        let kms = runtime().block_on(kmip_client::Client::connect(&config)).unwrap();
        assert_eq!(kms.version(), expected);
    }
}

#[test]
fn a_server_that_has_no_version_in_common_with_us() {
    let server = TestServer::builder().versions(V1_1..=V1_2).start();
    for error in cannot_connect(&server.config().versions(V2_0..)) {
        let Error::NoCommonVersion { ours, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*ours, [V2_1, V2_0]);
        assert!(error.to_string().contains("this client is to speak KMIP 2.1, 2.0"), "{error}");
    }
}

#[test]
fn reads_server_capabilities_in_every_version() {
    for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1] {
        let server = TestServer::start();
        let config = server.config().version(version);
        let check = |told: ServerCapabilities| {
            assert!(told.advertises(OperationCode::CREATE) && !told.advertises(OperationCode::NOTIFY), "{version}");
            assert_eq!(told.advertises(OperationCode::DISCOVER_VERSIONS), version >= V1_1, "{version}");
            assert!(told.object_types().contains(&ObjectType::SYMMETRIC_KEY), "{version}");
            assert_eq!(told.vendor(), Some("kmip-client test server"), "{version}");
            assert_eq!(told.information().is_empty(), version < V2_0, "{version}");
            let undoes = told.features().map(|features| features.batch_undo);
            let expected = match version {
                V1_0 | V1_1 | V1_2 => None,
                V1_3 => Some(None),
                _ => Some(Some(true)),
            };
            assert_eq!(undoes, expected, "{version}");
            assert!(told.refused().is_empty(), "{version}");
        };
        check(blocking::Client::connect(&config).unwrap().capabilities().unwrap());
        check(runtime().block_on(async {
            let kms = kmip_client::Client::connect(&config).await.unwrap();
            tokio::spawn(async move { kms.capabilities().await.unwrap() }).await.unwrap()
        }));
        assert_eq!(server.requests()[&OperationCode::QUERY], 2, "{version}: one question each");
    }
}

#[test]
fn a_server_that_refuses_some_questions_answers_the_others() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config().version(V1_2)).unwrap();
    // All versions at once, and then the first of them.
    server.fail_next(Script::OtherVersion);
    server.fail_next(Script::OtherVersion);
    let told = kms.capabilities().unwrap();
    assert_eq!(told.refused(), [QueryFunction::QUERY_OPERATIONS]);
    assert!(told.operations().is_empty());
    assert!(told.object_types().contains(&ObjectType::SYMMETRIC_KEY));
    assert_eq!(told.vendor(), Some("kmip-client test server"));
    assert_eq!(told.responses().count(), 6);

    for _ in 0..8 {
        server.fail_next(Script::OtherVersion);
    }
    let error = kms.capabilities().unwrap_err();
    assert_eq!(error.reason(), Some(ResultReason::INVALID_MESSAGE));
    assert!(kms.call(&Locate::all()).is_ok(), "none of the refusals was left");

    server.fail_next(Script::CloseUnanswered);
    server.fail_next(Script::CloseUnanswered);
    assert!(matches!(kms.capabilities(), Err(Error::NoAnswer(_))));
}

#[test]
fn rejects_a_request_that_the_version_cannot_carry_before_sending() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config().version(V1_0)).unwrap();
    let sensitive = Create::aes(256).attribute(AttributeValue::Sensitive(true));
    let algorithm = Create::symmetric_key(CryptographicAlgorithm::CHACHA20, 256);
    for (request, what) in [(sensitive, "1.4 and later"), (algorithm, "1.4 and later")] {
        let error = kms.call(&request).unwrap_err();
        let Error::Encode(source) = &error else { panic!("{error:?}") };
        assert!(source.to_string().contains("not in KMIP 1.0"), "{source}");
        assert!(source.to_string().contains(what), "{source}");
    }
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[test]
fn keys_do_not_show() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    let key = *b"SECRETSECRETSECRETSECRETSECRET!!";
    let request = Register::symmetric_key(CryptographicAlgorithm::AES, &key);
    let registered = kms.call(&request).unwrap();
    let fetched = kms.call(&Get::id(registered.payload().unique_identifier)).unwrap();
    assert_eq!(fetched.payload().object.key_block().unwrap().bytes().unwrap().expose(), key);

    server.fail_next(Script::HalfReply);
    let lost = kms.call(&request).unwrap_err();
    let shown = format!("{request:?} {fetched:?} {:?} {lost:?} {lost} {kms:?}", fetched.payload());
    // As text, as hex, and in Rust's format for bytes.
    for secret in ["SECRET", "534543524554", "53, 45", "83, 69"] {
        assert!(!shown.contains(secret), "{secret} shows in {shown}");
    }
}

/// The refusal of Discover Versions by a server that repeats no ID.
fn refuses_versions(server: &TestServer, reason: ResultReason) {
    use kmip_client::protocol::message::{ResponseBatchItem, ResponseHeader, ResponseMessage};
    let item: ResponseBatchItem<'_, kmip_ttlv::Item<'_>> = ResponseBatchItem::default()
        .operation(OperationCode::DISCOVER_VERSIONS)
        .result_status(kmip_ttlv::enumeration::ResultStatus::OPERATION_FAILED)
        .result_reason(reason);
    let header = ResponseHeader::default().protocol_version(V1_1).batch_count(1);
    let message = ResponseMessage::default().header(header).batch_items([item]).encode_message().unwrap();
    server.fail(Script::Reply(message).on(OperationCode::DISCOVER_VERSIONS).always());
}

/// Each allowed version is tried once, and what was refused without an ID leaves no connection behind.
#[test]
fn a_server_that_refuses_discover_versions_is_asked_in_each_version() {
    let server = TestServer::start();
    refuses_versions(&server, ResultReason::OPERATION_NOT_SUPPORTED);
    let kms = blocking::Client::connect(&server.config().versions(V1_0..=V1_2)).unwrap();
    assert_eq!(kms.version(), V1_0);
    assert_eq!(server.requests()[&OperationCode::DISCOVER_VERSIONS], 2, "in 1.1 and 1.2");
    assert_eq!(server.connections(), 2, "a repeat of the refusal would fit any request");
    kms.call(&Create::aes(256)).unwrap();
    assert_eq!(server.connections(), 2);
    // Without 1.0 there is nothing to fall back to.
    for error in cannot_connect(&server.config().versions(V1_1..=V1_4)) {
        assert_eq!(error.reason(), Some(ResultReason::OPERATION_NOT_SUPPORTED), "{error:?}");
    }
}

/// A server that does not know Discover Versions stays at 1.0. One that refuses it for another reason is asked again
/// on its next connection.
#[test]
fn a_version_that_was_guessed_lasts_as_long_as_its_connection() {
    for (reason, later) in [(ResultReason::OPERATION_NOT_SUPPORTED, V1_0), (ResultReason::GENERAL_FAILURE, V2_1)] {
        let server = TestServer::start();
        server.fail(Script::Refuse(reason).on(OperationCode::DISCOVER_VERSIONS).always());
        let kms = blocking::Client::connect(&server.config()).unwrap();
        assert_eq!(kms.version(), V1_0);
        server.heal();
        kms.call(&Create::aes(256)).unwrap();
        assert_eq!((kms.version(), server.connections()), (V1_0, 1));
        server.fail_next(Script::LoseReply);
        kms.call(&Locate::all()).unwrap();
        assert_eq!((kms.version(), server.connections()), (later, 2), "{reason}");
    }
}
