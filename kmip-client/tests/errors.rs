//! The text of errors: complete in one line, without repetitions, terminal control characters, or secrets. Each with
//! both clients.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use kmip_client::flow::FlowError;
use kmip_client::protocol::message::{ResponseBatchItem, ResponseMessage};
use kmip_client::protocol::operation::{Create, Destroy, Get, Locate};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{Config, ConfigError, Credentials, Endpoint, Error, Kmip, Report, Trust, blocking};
use kmip_ttlv::enumeration::{OperationCode as Code, ResultReason, ResultStatus};
use kmip_ttlv::{Item, V1_4};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Returns an address without a listener.
fn dead() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Does the same with both clients.
macro_rules! both {
    ($config:expr, $test:expr) => {{
        let config = $config;
        let kms = blocking::Client::connect(&config).unwrap();
        kms.run(async |kms| $test(&kms).await);
        runtime().block_on(async { $test(&kmip_client::Client::connect(&config).await.unwrap()).await });
    }};
}

/// Returns a script that refuses one request with this reason and message.
#[allow(clippy::field_reassign_with_default, reason = "types of the protocol may get more fields")]
fn refusal(operation: Code, reason: ResultReason, message: &str) -> Script {
    let mut item = ResponseBatchItem::<Item<'_>>::default();
    item.operation = Some(operation);
    item.result_status = ResultStatus::OPERATION_FAILED;
    item.result_reason = Some(reason);
    item.result_message = Some(message);
    let mut response = ResponseMessage::<Item<'_>>::default();
    response.header.protocol_version = V1_4;
    response.header.batch_count = Some(1);
    response.batch_items = vec![item];
    Script::Reply(response.encode_message().unwrap())
}

/// Returns `true` for characters that break lines, control terminals, or are invisible.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
}

#[test]
fn dead_endpoints_are_told_once_each() {
    let dead = [dead(), dead(), dead()];
    let trust = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d").unwrap();
    let config = Config::new(dead[0]).endpoint(dead[1]).endpoint(dead[2]).trust(trust);
    let errors = [
        blocking::Client::connect(&config).unwrap_err(),
        runtime().block_on(kmip_client::Client::connect(&config)).unwrap_err(),
    ];
    for error in errors {
        let Error::Unreachable(attempt) = &error else { panic!("{error:?}") };
        assert!(attempt.earlier.len() > 2, "each was tried several times: {attempt:?}");
        let line = error.report().to_string();
        for endpoint in dead {
            assert_eq!(line.matches(&endpoint.to_string()).count(), 1, "{line}");
        }
        for text in ["no connection could be made", "onnection refused", "failed in the same way"] {
            assert_eq!(line.matches(text).count(), 1, "{line}");
        }
        assert_eq!(format!("{error:?}"), format!("Unreachable({line})"));
        // The chain of sources has no repetitions either.
        let mut chain = vec![error.to_string()];
        let mut next = std::error::Error::source(&error);
        while let Some(cause) = next {
            chain.push(cause.to_string());
            next = cause.source();
        }
        let chain = chain.join(": ");
        assert_eq!(chain.matches("no connection could be made").count(), 1, "{chain}");
        assert_eq!(chain.matches("onnection refused").count(), 1, "{chain}");
    }
}

#[test]
fn servers_that_fail_in_different_ways_are_told_one_by_one() {
    let (server, dead) = (TestServer::start(), dead());
    let stranger = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d").unwrap();
    let config = Config::new(server.address()).endpoint(dead).trust(stranger);
    let line = blocking::Client::connect(&config).unwrap_err().report().to_string();
    assert_eq!(line.matches("is not the pinned one").count(), 1, "{line}");
    assert_eq!(line.matches("onnection refused").count(), 1, "{line}");
    assert!(line.contains("; before that, "), "{line}");
}

#[test]
fn words_of_a_server_are_escaped_and_cut() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        for evil in
            ["\u{1b}[2J\r\nroot: all is well", "\u{202e}txet\u{2066}\u{2028}\u{2029}\u{200b}", "\0\u{7f}\u{9b}31m"]
        {
            server.fail_next(refusal(Code::GET, ResultReason::GENERAL_FAILURE, evil));
            let error = kms.call(&Get::id("a")).await.unwrap_err();
            let Error::Refused(refused) = &error else { panic!("{error:?}") };
            let flow = FlowError::NotPlain { id: evil.to_owned() };
            let said = [
                error.to_string(),
                format!("{error:?} {error:#?}"),
                error.report().to_string(),
                refused.message.clone().unwrap(),
                format!("{refused} {refused:?}"),
                format!("{flow} {flow:?} {}", flow.report()),
            ];
            for said in said {
                assert!(!said.contains(is_unprintable), "{said:?}");
            }
        }
        server.fail_next(refusal(Code::GET, ResultReason::GENERAL_FAILURE, &"a".repeat(8 << 20)));
        let error = kms.call(&Get::id("a")).await.unwrap_err();
        for said in [error.to_string(), format!("{error:?}"), error.report().to_string()] {
            assert!(said.len() < 1200 && said.contains("... (8388608 bytes in all)"), "{}", said.len());
        }
    }
    let server = TestServer::start();
    both!(server.config().version(V1_4), async |kms: &_| test(kms, &server).await);
}

/// The error of a batch lists each operation once, and not a thousand of them.
#[test]
fn a_batch_is_told_by_its_first_operations() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        server.fail_next(Script::CloseUnanswered);
        server.fail_next(Script::CloseUnanswered);
        let error = kms.batch(&vec![Create::aes(256); 1000]).await.unwrap_err();
        let Error::OutcomeUnknown(attempt) = &error else { panic!("{error:?}") };
        assert_eq!(attempt.operations.len(), 1000);
        for said in [format!("{error:?}"), format!("{attempt:?}"), error.report().to_string()] {
            assert_eq!(said.matches("Create").count(), 4, "{said}");
            assert!(said.contains("and 996 more"), "{said}");
        }
        while kms.call(&Locate::all()).await.is_err() {}
    }
    let server = TestServer::start();
    both!(server.config().version(V1_4), async |kms: &_| test(kms, &server).await);
}

#[test]
fn user_info_of_an_address_is_not_printed() {
    for address in [
        "https://alice:hunter2@kms.example/kmip",
        "http://alice:hunter2@kms.example",
        "ftp://alice:hun/ter2@kms.example",
        "alice:hunter2@kms.example:5696",
        "alice@hunter2@kms.example",
    ] {
        let config = Config::new(address).endpoint(address);
        let error = config.check().unwrap_err();
        let parsed = address.parse::<Endpoint>().unwrap_err();
        let refused = Error::from(parsed.clone());
        for said in [
            format!("{config:?} {config:#?}"),
            format!("{error} {error:?} {}", error.report()),
            format!("{parsed} {parsed:?}"),
            format!("{refused} {refused:?} {}", refused.report()),
        ] {
            assert!(!said.contains("ter2") && !said.contains("alice"), "{said}");
            assert!(said.contains("kms.example"), "{said}");
        }
    }
}

#[test]
fn addresses_of_the_system_are_taken_as_they_are() {
    let server = TestServer::start();
    let identity = server.pki().issue_client("alice").identity().unwrap();
    let config = |config: Config| config.trust(Trust::pinned(server.thumbprint())).identity(identity.clone());
    blocking::Client::connect(&config(Config::new(server.address()))).unwrap();
    blocking::Client::connect(&config(Config::new(server.endpoint()).endpoint(server.endpoint()))).unwrap();
    assert_eq!(blocking::fetch_certificate(server.address()).unwrap().sha256, server.thumbprint());
    let v6 = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 5700));
    assert!(matches!(Config::new(v6).check(), Err(ConfigError::NoTrust)), "the address is read");
    assert!(matches!(Config::new(SocketAddr::from(([127, 0, 0, 1], 0))).check(), Err(ConfigError::InvalidPort { .. })));
}

#[test]
fn an_answer_over_the_limit_says_how_to_get_along() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        for _ in 0..40 {
            kms.call(&Create::aes(256)).await.unwrap();
        }
        let line = kms.call(&Locate::all()).await.unwrap_err().report().to_string();
        for name in ["Locate::at_most", "offset", "Config::max_response_size"] {
            assert!(line.contains(name), "{line}");
        }
        // One that the server itself considers too long.
        server.fail_next(refusal(Code::LOCATE, ResultReason::RESPONSE_TOO_LARGE, "no"));
        let error = kms.call(&Locate::all()).await.unwrap_err();
        assert!(
            error.to_string().contains(
                "Locate::at_most and offset_items, or locate_pages), or raise RequestOptions::max_response_size"
            ),
            "{error}"
        );
        assert!(kms.call(&Locate::all().at_most(5)).await.is_ok());
    }
    let server = TestServer::start();
    both!(server.config().version(V1_4).max_response_size(1024), async |kms: &_| test(kms, &server).await);
}

/// A predicate of an error.
type Is = fn(&Error) -> bool;

#[test]
fn errors_say_of_what_kind_they_are() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let cases: [(ResultReason, Is); 10] = [
            (ResultReason::ITEM_NOT_FOUND, Error::is_not_found),
            (ResultReason::OBJECT_NOT_FOUND, Error::is_not_found),
            (ResultReason::PERMISSION_DENIED, Error::is_permission_denied),
            (ResultReason::NOT_AUTHORISED, Error::is_permission_denied),
            (ResultReason::AUTHENTICATION_NOT_SUCCESSFUL, Error::is_unauthenticated),
            (ResultReason::BAD_PASSWORD, Error::is_unauthenticated),
            (ResultReason::OBJECT_ALREADY_EXISTS, Error::is_already_exists),
            (ResultReason::OPERATION_NOT_SUPPORTED, Error::is_not_supported),
            (ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED, Error::is_not_supported),
            (ResultReason::SERVER_LIMIT_EXCEEDED, Error::is_retryable),
        ];
        let all = [
            Error::is_not_found,
            Error::is_permission_denied,
            Error::is_unauthenticated,
            Error::is_already_exists,
            Error::is_not_supported,
            Error::is_retryable,
            Error::is_timeout,
        ];
        for (reason, is) in cases {
            server.fail_next(refusal(Code::DESTROY, reason, "no"));
            let error = kms.call(&Destroy::id("a")).await.unwrap_err();
            assert!(is(&error), "{error}");
            assert_eq!(all.iter().filter(|is| is(&error)).count(), 1, "{error}");
        }
    }
    let server = TestServer::start();
    both!(server.config().version(V1_4), async |kms: &_| test(kms, &server).await);
}

#[test]
fn reports_a_client_that_is_not_let_in_as_unauthenticated() {
    let server = TestServer::builder().user("alice", "secret").start();
    let config = server.config().credential(Credentials::user("alice", "wrong"));
    let error = blocking::Client::connect(&config).and_then(|kms| kms.call(&Create::aes(256))).unwrap_err();
    assert!(error.is_unauthenticated() && !error.is_permission_denied(), "{error:?}");

    let server = TestServer::start();
    let config = Config::new(server.address()).trust(Trust::pinned(server.thumbprint()));
    let error = blocking::Client::connect(&config).unwrap_err();
    assert!(error.is_unauthenticated() && error.is_retryable(), "{error:?}");

    let late = server.config().attempt_timeout(Duration::from_millis(100));
    let kms = blocking::Client::connect(&late).unwrap();
    server.fail_next(Script::Delay(Duration::from_secs(1)));
    let error = kms.call(&Create::aes(256)).unwrap_err();
    assert!(error.is_timeout() && !error.is_retryable(), "{error:?}");
    assert_eq!(Report::new(&error).to_string(), error.report().to_string());
}
