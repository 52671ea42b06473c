//! KMIP over HTTPS: against the embedded KMS always, against Cosmian KMS if the environment names it (`.ci/servers`),
//! with the blocking and the async client.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod real_server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, Create, Destroy, Get, GetAttributes, Locate, Register, Revoke};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{
    Config, EndpointState, Error, HttpError, Kmip, MessageEncoding, Phase, TransportError, Trust, blocking,
};
use kmip_ttlv::enumeration::{CryptographicAlgorithm, OperationCode, RevocationReasonCode, SecretDataType, State};
use kmip_ttlv::{ProtocolVersion, Tag, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1};

use self::real_server::RealServer;

const ENCODINGS: [MessageEncoding; 3] = [MessageEncoding::Ttlv, MessageEncoding::Xml, MessageEncoding::Json];

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn on_the_embedded_server() {
    for encoding in ENCODINGS {
        for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1] {
            let server = TestServer::builder().https().start();
            both_clients(&server.config().encoding(encoding), version, "embedded");
            assert_eq!(server.connections(), 2, "each client keeps its connection");
        }
    }
}

#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn on_cosmian() {
    let Some(server) = RealServer::named_by("KMIP_TEST_COSMIAN") else { return };
    let url = server.read("https");
    let config = Config::new(url.as_str()).identity(server.identity()).trust(server.trust());
    let json = config.clone().encoding(MessageEncoding::Json);
    for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1] {
        both_clients(&config, version, "Cosmian");
        if [V1_4, V2_1].contains(&version) {
            both_clients(&json, version, "Cosmian");
        } else {
            let kms = blocking::Client::connect(&json.clone().version(version)).unwrap();
            let error = kms.call(&Create::aes(256)).expect_err("it does it by now: mend this list");
            assert!(error.to_string().contains("2.1 or 1.4"), "{error}");
        }
    }

    // It fails when a TLS session is resumed, as further connections of a client do.
    let kms = blocking::Client::connect(&config.clone().version(V1_4)).unwrap();
    let all_at_once = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                all_at_once.wait();
                for _ in 0..3 {
                    kms.call(&Locate::name("no key has this name")).unwrap();
                }
            });
        }
    });

    // Requests that it refuses. No wanted request was sent.
    let status = |config: &Config| match blocking::Client::connect(config) {
        Err(Error::Unreachable(attempt)) => match attempt.error {
            TransportError::Http(HttpError::Status { status }) => status,
            fault => panic!("{fault:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(status(&config.clone().encoding(MessageEncoding::Xml)), 422);
    assert_eq!(status(&Config::new(url.as_str()).trust(server.trust())), 401);
    let elsewhere = Config::new(format!("{url}/elsewhere"));
    assert_eq!(status(&elsewhere.identity(server.identity()).trust(server.trust())), 404);
}

fn both_clients(config: &Config, version: ProtocolVersion, server: &str) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let (pid, number) = (std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let name = |client: &str| format!("https-{server}-{version}-{client}-{pid}-{number}");
    let config = config.clone().version(version);
    let kms = blocking::Client::connect(&config).unwrap();
    kms.run(async |kms| life(&kms, &name("blocking")).await.unwrap_or_else(|error| panic!("{config:?}: {error:?}")));
    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        life(&kms, &name("async")).await.unwrap_or_else(|error| panic!("{config:?}: {error:?}"));
    });
}

/// One key's life, and other contents of messages: a mask, dates, bytes, errors, batches.
async fn life(kms: &impl Kmip, name: &str) -> Result<(), Error> {
    let created = kms.call(&Create::aes(256).name(name)).await?;
    let id = created.payload().unique_identifier.to_string();
    let fetched = kms.call(&Get::id(&id)).await?;
    let object = fetched.payload().object;
    let block = object.key_block().unwrap();
    assert_eq!(block.cryptographic_algorithm, Some(CryptographicAlgorithm::AES));
    assert_eq!(block.bytes().unwrap().expose().len(), 32);
    kms.call(&Activate::id(&id)).await?;
    let attributes = kms.call(&GetAttributes::id(&id)).await?;
    let payload = attributes.payload();
    let attributes = payload.attributes.unwrap();
    assert!(attributes.iter().any(|value| *value == AttributeValue::State(State::ACTIVE)));
    assert!(attributes.find(Tag::CRYPTOGRAPHIC_USAGE_MASK).next().is_some());
    let found = kms.call(&Locate::name(name)).await?;
    assert_eq!(found.payload().unique_identifiers, [id.as_str().into()]);
    assert!(kms.call(&Get::id("no-such-object")).await.unwrap_err().is_not_found());

    let secret = Register::secret_data(SecretDataType::PASSWORD, "correct \u{1f40e} <battery> & \"staple\"".as_bytes());
    let registered = kms.call(&secret).await?.payload().unique_identifier.to_string();
    let (key, password) = kms.batch(&(Get::id(&id), Get::id(&registered))).await?;
    assert_eq!(key?.payload().unique_identifier, id.as_str().into());
    let password = password?;
    let object = password.payload().object;
    let bytes = object.key_block().unwrap().bytes().unwrap();
    assert_eq!(bytes.expose(), "correct \u{1f40e} <battery> & \"staple\"".as_bytes());

    kms.call(&Revoke::id(&id, RevocationReasonCode::CESSATION_OF_OPERATION)).await?;
    for id in [&id, &registered] {
        kms.call(&Destroy::id(id)).await?;
    }
    Ok(())
}

/// Connects with each client, applies the script to a Create, and returns the errors.
fn answered_by(config: fn(Config) -> Config, script: &Script) -> [Error; 2] {
    let of = || {
        let server = TestServer::builder().https().start();
        let config = config(server.config().version(V1_4).attempt_timeout(Duration::from_millis(400)));
        (server, config)
    };
    let (server, config) = of();
    let kms = blocking::Client::connect(&config).unwrap();
    // A request that was surely not executed is retried once, on a fresh connection.
    server.fail(script.clone().times(2));
    let blocking = kms.call(&Create::aes(256)).expect_err("it is made");
    server.heal();
    // The client works again.
    kms.call(&Locate::all()).unwrap();

    let (server, config) = of();
    let other = runtime().block_on(async {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        server.fail(script.clone().times(2));
        let error = kms.call(&Create::aes(256)).await.expect_err("it is made");
        server.heal();
        kms.call(&Locate::all()).await.unwrap();
        error
    });
    [blocking, other]
}

#[test]
fn statuses() {
    // 4xx means that the request was not executed; the others leave it open.
    for (status, is_unreachable) in [
        (302, false),
        (307, false),
        (401, true),
        (403, true),
        (404, true),
        (405, true),
        (413, true),
        (415, true),
        (422, true),
        (429, true),
        (500, false),
        (502, false),
        (503, false),
        (204, false),
    ] {
        for error in answered_by(|config| config, &Script::HttpStatus(status)) {
            let told = matches!(error.transport_error(), Some(TransportError::Http(HttpError::Status { status: told })) if *told == status);
            assert!(told, "{status}: {error:?}");
            if is_unreachable {
                assert!(matches!(error, Error::Unreachable(_)), "{status}: {error:?}");
            } else {
                assert!(matches!(error, Error::OutcomeUnknown(_)), "{status}: {error:?}");
            }
        }
    }
}

#[test]
fn the_status_of_a_server_that_does_not_let_us_in() {
    let server = TestServer::builder().https().start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    for (status, state) in
        [(401, EndpointState::Refused), (403, EndpointState::Refused), (503, EndpointState::Unreachable)]
    {
        server.fail(Script::HttpStatus(status).always());
        assert_eq!(kms.probe().endpoints[0].state, state, "{status}");
        server.heal();
    }
    assert_eq!(kms.probe().endpoints[0].state, EndpointState::Normal);
}

#[test]
fn answers_that_are_none() {
    type Check = fn(&TransportError) -> bool;
    let malformed: Check = |fault| matches!(fault, TransportError::Http(HttpError::Malformed(_)));
    let truncated: Check = |fault| matches!(fault, TransportError::TimedOut { phase: Phase::Attempt, .. });
    let html = "<html>Welcome</html>";
    for (answer, is_expected) in [
        ("HTTP/1.1 200 OK\r\n\r\n".to_owned(), malformed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nBO".to_owned(), truncated),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: application/octet-stream\r\n\r\nBODY".to_owned(),
            malformed,
        ),
        (
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: {}\r\n\r\n{html}",
                html.len()
            ),
            |fault| matches!(fault, TransportError::Http(HttpError::ContentType { found, .. }) if found == "text/html"),
        ),
        (format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(20_000)), |fault| {
            matches!(fault, TransportError::Http(HttpError::TooLarge { part: "the head", .. }))
        }),
        ("HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n".to_owned(), |fault| {
            matches!(fault, TransportError::Http(HttpError::TooLarge { part: "the body", limit: 16_777_216 }))
        }),
    ] {
        for error in answered_by(|config| config, &Script::Reply(answer.clone().into_bytes())) {
            let Error::OutcomeUnknown(attempt) = &error else { panic!("{answer:.80}: {error:?}") };
            assert!(is_expected(&attempt.error), "{answer:.80}: {error:?}");
        }
    }
    // Truncated JSON in a complete body.
    let cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"tag\":\"R";
    for error in answered_by(|config| config.encoding(MessageEncoding::Json), &Script::Reply(cut.into())) {
        assert!(matches!(error.transport_error(), Some(TransportError::Malformed(_))), "{error:?}");
    }
    for error in answered_by(|config| config.encoding(MessageEncoding::Xml), &Script::Oversized) {
        assert!(matches!(error.transport_error(), Some(TransportError::Http(HttpError::TooLarge { .. }))), "{error:?}");
    }
}

/// Returns a refusal of KMIP 1.4, which can answer any request.
fn refusal() -> Vec<u8> {
    let document = r#"{"tag":"ResponseMessage","value":[{"tag":"ResponseHeader","value":[{"tag":"ProtocolVersion","value":[{"tag":"ProtocolVersionMajor","type":"Integer","value":1},{"tag":"ProtocolVersionMinor","type":"Integer","value":4}]},{"tag":"TimeStamp","type":"DateTime","value":"2026-01-01T00:00:00Z"},{"tag":"BatchCount","type":"Integer","value":1}]},{"tag":"BatchItem","value":[{"tag":"ResultStatus","type":"Enumeration","value":"OperationFailed"},{"tag":"ResultReason","type":"Enumeration","value":"General_Failure"}]}]}"#;
    kmip_ttlv::json::from_json(document).next().unwrap().unwrap()
}

#[test]
fn answers_in_chunks_and_under_another_name() {
    let refusal = refusal();
    let (one, two) = refusal.split_at(10);
    let head = &b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/kmip\r\nTransfer-Encoding: chunked\r\n\r\na\r\n"[..];
    let between = format!("\r\n{:x};why=not\r\n", two.len()).into_bytes();
    let answer = [head, one, &between, two, b"\r\n0\r\nTrailer: field\r\n\r\n"].concat();
    for error in answered_by(|config| config, &Script::Reply(answer.clone())) {
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
    // A byte after the response is not part of it.
    for error in answered_by(|config| config, &Script::Reply([&answer[..], b"!"].concat())) {
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
}

#[test]
fn a_connection_that_ends_with_the_answer_is_not_used_again() {
    let refusal = refusal();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", refusal.len());
    let answer = Script::Reply([head.as_bytes(), &refusal].concat());

    let server = TestServer::builder().https().start();
    let kms = blocking::Client::connect(&server.config().version(V1_4)).unwrap();
    server.fail_next(answer.clone());
    kms.call(&Create::aes(256)).unwrap_err();
    // The server has left the connection open; the client chose not to reuse it.
    kms.call(&Create::aes(256)).unwrap();
    assert_eq!((server.connections(), server.requests()[&OperationCode::CREATE]), (2, 2));

    let server = TestServer::builder().https().start();
    runtime().block_on(async {
        let kms = kmip_client::Client::connect(&server.config().version(V1_4)).await.unwrap();
        server.fail_next(answer);
        kms.call(&Create::aes(256)).await.unwrap_err();
        kms.call(&Create::aes(256)).await.unwrap();
    });
    assert_eq!((server.connections(), server.requests()[&OperationCode::CREATE]), (2, 2));
}

#[test]
fn both_transports_on_one_port() {
    let server = TestServer::builder().https().start();
    let bare = Config::new(server.address().to_string())
        .identity(server.pki().issue_client("alice").identity().unwrap())
        .trust(Trust::pinned(server.thumbprint()));
    let created = blocking::Client::connect(&bare).unwrap().call(&Create::aes(256)).unwrap();
    let id = created.payload().unique_identifier;
    blocking::Client::connect(&server.config()).unwrap().call(&Get::id(id)).unwrap();
}

#[test]
fn http_where_none_is_spoken() {
    let server = TestServer::start();
    let url = format!("https://{}/kmip", server.address());
    let config = Config::new(url)
        .identity(server.pki().issue_client("alice").identity().unwrap())
        .trust(Trust::pinned(server.thumbprint()));
    let error = blocking::Client::connect(&config).unwrap_err();
    assert!(matches!(error.transport_error(), Some(TransportError::Http(HttpError::NotHttp))), "{error:?}");
    assert!(error.transport_error().unwrap().to_string().contains("host:port"));
}

#[test]
fn rejects_a_request_that_the_encoding_cannot_carry_before_sending() {
    let server = TestServer::builder().https().start();
    let config = server.config().version(V1_4).encoding(MessageEncoding::Xml);
    let kms = blocking::Client::connect(&config).unwrap();
    let error = kms.call(&Create::aes(256).name("bell \u{7}")).unwrap_err();
    assert!(matches!(error.transport_error(), Some(TransportError::Http(HttpError::Unwritable(_)))), "{error:?}");
    assert_eq!(server.messages(), 0);
    let kms = blocking::Client::connect(&config.encoding(MessageEncoding::Json)).unwrap();
    kms.call(&Create::aes(256).name("bell \u{7}")).unwrap();
}
