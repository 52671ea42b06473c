//! Injected faults, as seen by a program: each through the blocking and the async client, over TLS and over HTTPS.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use kmip_client::protocol::operation::{Create, Encrypt, Get, GetAttributes, Locate, Query};
use kmip_client::test_server::{Builder, Fault as Script, Script as Scripted, TestServer};
use kmip_client::{Config, Error, HttpError, Kmip, OutOfStep, ServerCheck, TlsError, TransportError, blocking};
use kmip_ttlv::enumeration::{OperationCode, ResultReason};
use kmip_ttlv::{ErrorKind, V1_4, V2_0, V2_1};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Runs a flow with each client, over each transport, on a server of its own.
fn everywhere(flow: &impl AsyncFn(&dyn Fn(&'static str) -> String, &Kms, &TestServer)) {
    type Transport = fn(Builder) -> Builder;
    for (transport, built) in [("TLS", (|builder| builder) as Transport), ("HTTPS", Builder::https)] {
        let limits = |server: &TestServer| server.config().version(V1_4).attempt_timeout(Duration::from_millis(400));

        let server = built(TestServer::builder()).start();
        let kms = Kms::Blocking(blocking::Client::connect(&limits(&server)).unwrap().for_flow());
        let here = |what| format!("{what}: blocking, over {transport}");
        // A flow over the blocking client never pends, whatever polls it.
        runtime().block_on(flow(&here, &kms, &server));

        let server = built(TestServer::builder()).start();
        let here = |what| format!("{what}: async, over {transport}");
        runtime().block_on(async {
            let kms = Kms::Async(kmip_client::Client::connect(&limits(&server)).await.unwrap());
            flow(&here, &kms, &server).await;
        });
    }
}

/// Either client.
enum Kms {
    Blocking(blocking::FlowClient),
    Async(kmip_client::Client),
}

impl Kms {
    async fn create(&self, name: &str) -> Result<String, Error> {
        let request = Create::aes(256).name(name);
        let reply = match self {
            Self::Blocking(kms) => Kmip::call(kms, &request).await,
            Self::Async(kms) => kms.call(&request).await,
        };
        reply.map(|reply| reply.payload().unique_identifier.to_string())
    }

    async fn get(&self, id: &str) -> Result<(), Error> {
        match self {
            Self::Blocking(kms) => Kmip::call(kms, &Get::id(id)).await.map(drop),
            Self::Async(kms) => kms.call(&Get::id(id)).await.map(drop),
        }
    }

    /// Returns the number of keys with this name.
    async fn count(&self, name: &str) -> usize {
        let request = Locate::name(name);
        let reply = match self {
            Self::Blocking(kms) => Kmip::call(kms, &request).await,
            Self::Async(kms) => kms.call(&request).await,
        };
        reply.unwrap().payload().unique_identifiers.len()
    }
}

/// Checks that a Create has an unknown outcome, and returns the cause.
fn unknown(result: Result<String, Error>, here: &str) -> TransportError {
    match result {
        Err(Error::OutcomeUnknown(attempt)) => attempt.error,
        other => panic!("{here}: {other:?}"),
    }
}

/// Checks that a Get failed on a kept connection and on a fresh one, and returns the cause.
fn unanswered(result: Result<(), Error>, here: &str) -> TransportError {
    match result {
        Err(Error::NoAnswer(attempt)) => attempt.error,
        other => panic!("{here}: {other:?}"),
    }
}

/// A fault, whether the Create is executed all the same, and the expected cause.
type Row = (Script, bool, fn(&TransportError) -> bool);

/// The faults that leave the outcome open.
const OPEN: &[Row] = &[
    (Script::CloseUnread, false, |fault| matches!(fault, TransportError::Closed(_) | TransportError::Io(_))),
    (Script::CloseUnanswered, false, |fault| matches!(fault, TransportError::Closed(_))),
    (Script::LoseReply, true, |fault| matches!(fault, TransportError::Closed(_))),
    (Script::HalfReply, true, |fault| matches!(fault, TransportError::Truncated { .. })),
    (Script::Stall, true, |fault| matches!(fault, TransportError::TimedOut { .. })),
    (Script::Delay(Duration::from_secs(30)), true, |fault| matches!(fault, TransportError::TimedOut { .. })),
    (Script::Garbage, false, |fault| {
        matches!(fault, TransportError::Malformed(_) | TransportError::Http(HttpError::NotHttp))
    }),
    (Script::Oversized, false, |fault| match fault {
        TransportError::Malformed(error) => matches!(error.kind(), ErrorKind::TooLarge { .. }),
        fault => matches!(fault, TransportError::Http(HttpError::TooLarge { .. })),
    }),
    (Script::ExtraItem, true, |fault| {
        matches!(fault, TransportError::OutOfStep(OutOfStep::BatchCount { expected: 1, received: 2 }))
    }),
    (Script::OtherOperation, true, |fault| matches!(fault, TransportError::OutOfStep(OutOfStep::Operation { .. }))),
    (Script::AnswerInOtherVersion, true, |fault| {
        matches!(fault, TransportError::OutOfStep(OutOfStep::Version { expected: V1_4, received: V2_0 }))
    }),
];

#[test]
fn faults_that_leave_the_outcome_open() {
    everywhere(&async |here, kms, server| {
        let id = kms.create("before").await.unwrap();
        for (number, (script, done, is_expected)) in OPEN.iter().enumerate() {
            let (here, name) = (here("create") + &format!(", {script:?}"), format!("key {number}"));
            server.fail(script.clone().on(OperationCode::CREATE));
            let fault = unknown(kms.create(&name).await, &here);
            assert!(is_expected(&fault), "{here}: {fault:?}");
            assert_eq!(kms.count(&name).await, usize::from(*done), "{here}");

            // A Get is retried once, if the deadline allows it.
            server.fail(script.clone().on(OperationCode::GET).times(2));
            let fault = unanswered(kms.get(&id).await, &here);
            assert!(is_expected(&fault), "{here}: {fault:?}");
            server.heal();
            kms.get(&id).await.unwrap();
        }
        assert_eq!(server.requests()[&OperationCode::CREATE], 1 + OPEN.len(), "each Create was sent once");
    });
}

#[test]
fn faults_that_do_no_harm() {
    everywhere(&async |here, kms, server| {
        for (number, script) in
            [Script::MissingItem, Script::CloseAfterReply, Script::Delay(Duration::from_millis(50))].iter().enumerate()
        {
            let name = format!("key {number}");
            server.fail(script.clone().on(OperationCode::CREATE));
            kms.create(&name).await.unwrap_or_else(|error| panic!("{}: {script:?}: {error:?}", here("create")));
            // Until the client can see that the connection was closed.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let next = kms.create(&format!("next {number}")).await;
            next.unwrap_or_else(|error| panic!("{}: {script:?}: {error:?}", here("next")));
            assert_eq!(kms.count(&name).await, 1);
        }
    });
}

#[test]
fn refusals() {
    everywhere(&async |here, kms, server| {
        server.fail(Script::Refuse(ResultReason::CRYPTOGRAPHIC_FAILURE).on(OperationCode::CREATE));
        let error = kms.create("refused").await.unwrap_err();
        assert_eq!(error.reason(), Some(ResultReason::CRYPTOGRAPHIC_FAILURE), "{}", here("refused"));
        // Under a header of KMIP 1.0 it is still a refusal.
        server.fail(Script::OtherVersion.on(OperationCode::CREATE));
        assert_eq!(kms.create("refused").await.unwrap_err().reason(), Some(ResultReason::INVALID_MESSAGE));
        assert_eq!(kms.count("refused").await, 0);
        // That refusal has no ID, so that a repeat of it would refuse any request.
        assert_eq!(server.connections(), 2, "{}: the first refusal keeps its connection", here("refused"));
    });
}

#[test]
fn a_server_in_read_only_mode() {
    everywhere(&async |here, kms, server| {
        let id = kms.create("before").await.unwrap();
        server.set_read_only(true);
        let error = kms.create("meanwhile").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{}: {error:?}", here("read-only"));
        assert_eq!(error.reason(), Some(ResultReason::PERMISSION_DENIED));
        assert!(error.to_string().contains("read-only mode"), "{error}");
        kms.get(&id).await.unwrap();
        assert_eq!(kms.count("meanwhile").await, 0);
        server.set_read_only(false);
        kms.create("afterwards").await.unwrap();
    });
}

#[test]
fn reading_is_more_than_get() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config().version(V2_1)).unwrap();
    let id = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    server.set_read_only(true);
    kms.call(&GetAttributes::id(&id)).unwrap();
    kms.call(&Query::functions([kmip_ttlv::enumeration::QueryFunction::QUERY_OPERATIONS])).unwrap();
    // The key is not active, so the server has processed the request itself.
    let error = kms.call(&Encrypt::aes_gcm(&id, b"plain")).unwrap_err();
    assert_eq!(error.reason(), Some(ResultReason::WRONG_KEY_LIFECYCLE_STATE));
    // A batch fails where it changes something.
    let (got, created) = kms.batch(&(Get::id(&id), Create::aes(128))).unwrap();
    got.unwrap();
    assert_eq!(created.unwrap_err().reason(), Some(ResultReason::PERMISSION_DENIED));
}

#[test]
fn a_client_that_is_revoked() {
    everywhere(&async |here, kms, server| {
        kms.create("before").await.unwrap();
        server.revoke_client("alice");
        // Until the client can see that the connection was closed.
        tokio::time::sleep(Duration::from_millis(50)).await;
        match kms.create("meanwhile").await {
            Err(Error::Unreachable(attempt)) => assert!(
                matches!(
                    attempt.error,
                    TransportError::Tls(TlsError::ClientCertificateRefused { alert: "certificate_revoked", .. })
                ),
                "{attempt:?}"
            ),
            other => panic!("{}: {other:?}", here("revoked")),
        }
        // Others are accepted, and so is a client with a new certificate.
        for config in [server.config_of("bob"), server.config()] {
            blocking::Client::connect(&config).unwrap();
        }
    });
}

#[test]
fn certificates_that_have_expired() {
    everywhere(&async |here, kms, server| {
        // The client's certificate.
        let expired = server.pki().issue_expired_client("alice").identity().unwrap();
        for error in cannot_connect(&server.config().identity(expired)).await {
            let alert = matches!(
                error.transport_error(),
                Some(TransportError::Tls(TlsError::ClientCertificateRefused { alert: "certificate_expired", .. }))
            );
            assert!(matches!(error, Error::Unreachable(_)) && alert, "{}: {error:?}", here("client"));
        }
        // The server's certificate. Established connections continue.
        server.present(&server.pki().issue_expired_server());
        kms.create("meanwhile").await.unwrap();
        for error in cannot_connect(&server.config()).await {
            match error.transport_error() {
                Some(TransportError::Tls(TlsError::Untrusted(untrusted))) => {
                    assert!(matches!(untrusted.check, ServerCheck::Expired { .. }), "{untrusted:?}");
                }
                _ => panic!("{}: {error:?}", here("server")),
            }
        }
        let renewed = server.pki().issue_server();
        server.present(&renewed);
        let reached = blocking::Client::connect(&server.config()).unwrap();
        assert_eq!(reached.server_thumbprint(), Some(server.thumbprint()));
    });
}

async fn cannot_connect(config: &Config) -> [Error; 2] {
    [
        blocking::Client::connect(config).expect_err("the blocking client connects"),
        kmip_client::Client::connect(config).await.expect_err("the async client connects"),
    ]
}

#[test]
fn scripts_pick_requests() {
    let refused = || Script::Refuse(ResultReason::GENERAL_FAILURE);
    type Scripting = fn(Script) -> Scripted;
    let script: [(Scripting, &str); 6] = [
        (Scripted::from, "xooooo"),
        (|fault| fault.times(3), "xxxooo"),
        (|fault| fault.always(), "xxxxxx"),
        (|fault| fault.after(2), "ooxooo"),
        (|fault| fault.after(1).times(2), "oxxooo"),
        (|fault| fault.after(4).always(), "ooooxx"),
    ];
    everywhere(&async |here, kms, server| {
        let id = kms.create("before").await.unwrap();
        for (scripted, expected) in script {
            for on_gets_only in [false, true] {
                let script = scripted(refused());
                server.fail(if on_gets_only { script.on(OperationCode::GET) } else { script });
                let mut seen = String::new();
                for _ in expected.bytes() {
                    if on_gets_only {
                        // Not counted.
                        kms.count("before").await;
                    }
                    seen.push(if kms.get(&id).await.is_ok() { 'o' } else { 'x' });
                }
                assert_eq!(seen, expected, "{}", here("script"));
                server.heal();
                kms.get(&id).await.unwrap();
            }
        }
        // The first that fits, and then the next.
        server.fail(refused().on(OperationCode::CREATE));
        server.fail(Script::Refuse(ResultReason::PERMISSION_DENIED).times(2));
        server.fail(Script::CloseUnread);
        assert_eq!(kms.get(&id).await.unwrap_err().reason(), Some(ResultReason::PERMISSION_DENIED));
        assert_eq!(kms.create("no").await.unwrap_err().reason(), Some(ResultReason::GENERAL_FAILURE));
        assert_eq!(kms.get(&id).await.unwrap_err().reason(), Some(ResultReason::PERMISSION_DENIED));
        let requests = server.messages();
        kms.get(&id).await.unwrap();
        assert_eq!(server.messages(), requests + 1, "the first try was not read");
    });
}

#[test]
fn one_item_of_a_batch_is_enough_for_a_script() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    server.fail(Script::Refuse(ResultReason::PERMISSION_DENIED).on(OperationCode::GET));
    let (created, got) = kms.batch(&(Create::aes(128), Get::id("any"))).unwrap();
    for error in [created.unwrap_err(), got.unwrap_err()] {
        assert_eq!(error.reason(), Some(ResultReason::PERMISSION_DENIED));
    }
}
