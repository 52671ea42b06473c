//! The callers' view, with the blocking and the async client, on the embedded server.

use std::time::Duration;

use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{
    Activate, Create, Destroy, Get, GetAttributes, Locate, Query, Register, Request, Revoke,
};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{Batch, Config, Error, Kmip, Reply, blocking};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, OperationCode as Code, QueryFunction, ResultReason, ResultStatus, RevocationReasonCode,
    State,
};
use kmip_ttlv::{ProtocolVersion, Tag, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1};

const VERSIONS: [ProtocolVersion; 7] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1];

/// Runs `$test` with each client, and a server for each.
macro_rules! with_both_clients {
    ($change:expr, $test:expr) => {{
        let change: fn(kmip_client::Config) -> kmip_client::Config = $change;
        let server = TestServer::start();
        let kms = kmip_client::blocking::Client::connect(&change(server.config())).unwrap();
        kms.run(async |kms| $test(&kms, &server).await);

        let server = TestServer::start();
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let kms = kmip_client::Client::connect(&change(server.config())).await.unwrap();
            $test(&kms, &server).await;
        });
    }};
}

pub(crate) use with_both_clients;

pub(crate) fn in_1_4(config: Config) -> Config {
    config.version(V1_4)
}

/// Numbers the items of each batch from 1, for prepared responses.
pub(crate) fn counting_from_1(config: Config) -> Config {
    in_1_4(config).batch_item_ids(false)
}

pub(crate) fn in_1_4_and_a_hurry(config: Config) -> Config {
    in_1_4(config).attempt_timeout(Duration::from_millis(400))
}

async fn is_there(kms: &impl Kmip, name: &str) -> bool {
    !kms.call(&Locate::name(name)).await.unwrap().payload().unique_identifiers.is_empty()
}

pub(crate) fn refusal<T>(reply: Result<T, Error>) -> (Option<Code>, ResultStatus, Option<ResultReason>) {
    match reply {
        Err(Error::Refused(refusal)) => (refusal.operation, refusal.status, refusal.reason),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it is not refused"),
    }
}

#[test]
fn create_activate_get_is_one_round_trip() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let state = GetAttributes::id(Id::Placeholder).attribute(Tag::STATE);
        let requests = (Create::aes(256).name("vm"), Activate::id(Id::Placeholder), Get::id(Id::Placeholder), state);
        let (created, activated, fetched, state) = kms.batch(&requests).await.unwrap();
        let id = created.unwrap().payload().unique_identifier.to_string();
        assert_eq!(activated.unwrap().payload().unique_identifier.as_str(), Some(&*id));
        let fetched = fetched.unwrap();
        assert_eq!(fetched.payload().unique_identifier.as_str(), Some(&*id));
        assert_eq!(fetched.payload().object.key_block().unwrap().bytes().unwrap().len(), 32);
        let state = state.unwrap();
        let attributes = state.payload().attributes.unwrap();
        assert_eq!(attributes.iter().next(), Some(&AttributeValue::State(State::ACTIVE)));
        // The replies share the message.
        assert_eq!(fetched.frame().as_ptr(), state.frame().as_ptr());
        assert_eq!((server.messages(), server.connections()), (1, 1), "one round trip");
    }
    for version in VERSIONS {
        let server = TestServer::start();
        let config = server.config().version(version);
        let kms = blocking::Client::connect(&config).unwrap();
        kms.run(async |kms| test(&kms, &server).await);
    }
    with_both_clients!(in_1_4, test);
}

#[test]
fn a_failure_leaves_the_rest_readable() {
    async fn test(kms: &impl Kmip, _: &TestServer) {
        let (created, unknown, activated, located) = kms
            .batch(&(
                Create::aes(256).name("first"),
                Get::id("nobody"),
                Activate::id(Id::Placeholder),
                Locate::name("first"),
            ))
            .await
            .unwrap();
        assert!(created.is_ok());
        assert!(unknown.unwrap_err().is_not_found());
        assert!(matches!(activated, Err(Error::NotExecuted(Code::ACTIVATE))), "{activated:?}");
        let error = located.unwrap_err();
        assert!(matches!(error, Error::NotExecuted(Code::LOCATE)), "{error:?}");
        assert_eq!(error.to_string(), "Locate was not executed, since another request of its batch failed");
        assert!(is_there(kms, "first").await);
    }
    with_both_clients!(in_1_4, test);
}

#[test]
fn lists_are_answered_by_lists() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let names = ["a", "b", "c"];
        let [a, b, c] = kms.batch(&names.map(|name| Create::aes(128).name(name))).await.unwrap();
        let created = [a, b, c].map(Result::unwrap);
        let ids: Vec<_> = created.iter().map(|reply| reply.payload().unique_identifier).collect();
        let gets: Vec<_> = ids.iter().map(|id| Get::id(*id)).collect();
        for replies in [kms.batch(&gets).await, kms.batch(gets.as_slice()).await, kms.batch(&&gets[..]).await] {
            let replies: Vec<Reply<Get>> = replies.unwrap().into_iter().map(Result::unwrap).collect();
            let fetched: Vec<_> = replies.iter().map(|reply| reply.payload().unique_identifier).collect();
            assert_eq!(fetched, ids);
        }
        let messages = server.messages();
        assert!(kms.batch(&gets[..0]).await.unwrap().is_empty());
        assert!(kms.batch(&Vec::from_iter(gets.first().filter(|_| false).cloned())).await.unwrap().is_empty());
        assert_eq!(server.messages(), messages, "what asks nothing is not sent");
        let (one,) = kms.batch(&(Get::id(ids[0]),)).await.unwrap();
        assert!(one.is_ok());
    }
    with_both_clients!(in_1_4, test);
}

#[test]
fn a_hundred_requests_of_one_kind() {
    async fn test(kms: &impl Kmip, _: &TestServer) {
        let names: Vec<_> = (0..100).map(|n| format!("key {n}")).collect();
        let requests: Vec<_> = names.iter().map(|name| Create::aes(256).name(name)).collect();
        let created = kms.batch(&requests).await.unwrap();
        let located = kms.batch(&names.iter().map(|name| Locate::name(name)).collect::<Vec<_>>()).await.unwrap();
        assert_eq!((created.len(), located.len()), (100, 100));
        for (created, located) in created.into_iter().zip(located) {
            assert_eq!(located.unwrap().payload().unique_identifiers, [created.unwrap().payload().unique_identifier]);
        }
    }
    with_both_clients!(in_1_4, test);
}

#[test]
fn twelve_requests_of_any_kind() {
    async fn test(kms: &impl Kmip, _: &TestServer) {
        let id = || Id::Placeholder;
        let key = [7; 16];
        let (created, activated, fetched, attributes, list, located, query, revoked, destroyed, registered, got, gone) =
            kms.batch(&(
                Create::aes(256).name("twelve"),
                Activate::id(id()),
                Get::id(id()),
                GetAttributes::id(id()),
                kmip_client::protocol::operation::GetAttributeList::id(id()),
                Locate::name("twelve"),
                Query::functions([QueryFunction::QUERY_OPERATIONS]),
                Revoke::id(id(), RevocationReasonCode::SUPERSEDED),
                Destroy::id(id()),
                Register::symmetric_key(CryptographicAlgorithm::AES, &key),
                Get::id(id()),
                Destroy::id(id()),
            ))
            .await
            .unwrap();
        let id = created.unwrap().payload().unique_identifier.to_string();
        for same in [
            activated.unwrap().payload().unique_identifier,
            fetched.unwrap().payload().unique_identifier,
            attributes.unwrap().payload().unique_identifier,
            list.unwrap().payload().unique_identifier,
            located.unwrap().payload().unique_identifiers[0],
            revoked.unwrap().payload().unique_identifier,
            destroyed.unwrap().payload().unique_identifier,
        ] {
            assert_eq!(same.as_str(), Some(&*id));
        }
        assert!(query.unwrap().payload().operations.contains(&Code::CREATE));
        let registered = registered.unwrap();
        assert_eq!(got.unwrap().payload().object.key_block().unwrap().bytes().unwrap().expose(), key);
        assert_eq!(gone.unwrap().payload().unique_identifier, registered.payload().unique_identifier);
    }
    for version in VERSIONS {
        let server = TestServer::start();
        let kms = blocking::Client::connect(&server.config().version(version)).unwrap();
        kms.run(async |kms| test(&kms, &server).await);
    }
    with_both_clients!(in_1_4, test);
}

#[test]
fn the_server_goes_on_where_it_is_told_to() {
    async fn test(kms: &impl Kmip, _: &TestServer) {
        let requests = (Get::id("nobody"), Create::aes(256).name("on"), Get::id("nobody either"), Locate::name("on"));
        let (unknown, created, another, located) = kms.batch(&requests.keep_going()).await.unwrap();
        assert!(unknown.unwrap_err().is_not_found() && another.unwrap_err().is_not_found());
        assert_eq!(located.unwrap().payload().unique_identifiers, [created.unwrap().payload().unique_identifier]);
    }
    with_both_clients!(in_1_4, test);
    with_both_clients!(|config| config.version(V2_1), test);
}

#[test]
fn all_or_nothing() {
    async fn test(kms: &impl Kmip, _: &TestServer) {
        let kept = kms.call(&Create::aes(256).name("kept")).await.unwrap();
        let kept = kept.payload().unique_identifier;
        let requests = (Create::aes(256).name("lost"), Activate::id(kept), Get::id("nobody"), Destroy::id(kept));
        let (created, activated, unknown, destroyed) = kms.batch(&requests.undo_on_failure()).await.unwrap();
        let created = created.unwrap_err();
        assert_eq!(created.to_string(), "Create refused: OperationUndone");
        assert_eq!(refusal::<()>(Err(created)), (Some(Code::CREATE), ResultStatus::OPERATION_UNDONE, None));
        assert_eq!(refusal(activated), (Some(Code::ACTIVATE), ResultStatus::OPERATION_UNDONE, None));
        assert!(unknown.unwrap_err().is_not_found());
        assert!(matches!(destroyed, Err(Error::NotExecuted(Code::DESTROY))));
        assert!(!is_there(kms, "lost").await);
        let state = kms.call(&GetAttributes::id(kept).attribute(Tag::STATE)).await.unwrap();
        assert!(state.payload().attributes.unwrap().iter().any(|v| *v == AttributeValue::State(State::PRE_ACTIVE)));

        let (created, activated) =
            kms.batch(&(Create::aes(256).name("made"), Activate::id(kept)).undo_on_failure()).await.unwrap();
        assert!(created.is_ok() && activated.is_ok());
        assert!(is_there(kms, "made").await);
    }
    with_both_clients!(in_1_4, test);
    with_both_clients!(|config| config.version(V2_1), test);
}

#[test]
fn rejects_a_batch_that_the_version_cannot_carry_before_sending() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let requests = (Create::aes(256), Create::aes(256).attribute(AttributeValue::Sensitive(true)));
        let Err(Error::Encode(error)) = kms.batch(&requests).await else { panic!("it is sent") };
        assert!(error.to_string().contains("not in KMIP 1.0"), "{error}");
        assert_eq!(server.messages(), 0);
    }
    with_both_clients!(|config| config.version(V1_0), test);
}

#[test]
fn a_batch_that_is_refused_as_a_whole() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        server.fail_next(Script::OtherVersion);
        let error = kms.batch(&[Get::id("a"), Get::id("b")]).await.err().unwrap();
        assert_eq!(refusal::<()>(Err(error)).0, None);
        assert!(kms.call(&Locate::all()).await.is_ok());
        assert_eq!(server.connections(), 2, "the refusal has no ID, so a repeat of it would fit any request");
    }
    with_both_clients!(in_1_4, test);
}

/// The future of a batch, and its replies, can be sent to another thread, for any requests.
#[test]
fn a_batch_can_be_sent_between_threads() {
    fn of_any<R: Request, K: Kmip>(kms: &K, requests: &[R]) -> impl Send {
        kms.batch(requests)
    }
    let server = TestServer::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let kms = kmip_client::Client::connect(&server.config()).await.unwrap();
        drop(of_any(&kms, &[Get::id("a")]));
        let task = tokio::spawn(async move {
            let name = String::from("sent");
            kms.batch(&(Create::aes(256).name(&name), Get::id(Id::Placeholder))).await.unwrap()
        });
        let (created, fetched) = task.await.unwrap();
        assert_eq!(created.unwrap().payload().unique_identifier, fetched.unwrap().payload().unique_identifier);
    });
}
