//! Flows on servers with habits that the embedded KMS does not have by itself.

use kmip_client::flow::{FlowError, Migration, create_active, migrate, rotate_by_create};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, Create, GetAttributes, Locate, LocateResponse, Revoke};
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::{Error, Kmip, blocking};
use kmip_ttlv::enumeration::{OperationCode as Code, ResultReason, RevocationReasonCode, State};
use kmip_ttlv::{DateTime, Item, Tag, V2_1};

use crate::{answer, runtime};

/// Runs a flow from one server to another with each client.
macro_rules! from_to {
    ($from:expr, $to:expr, |$old:ident, $new:ident| $flow:block) => {{
        async fn flow($old: &impl Kmip, $new: &impl Kmip) {
            $flow
        }
        let [old, new] = [$from.config(), $to.config()];
        let to = blocking::Client::connect(&new).unwrap();
        blocking::Client::connect(&old).unwrap().run(async |from| flow(&from, &to.for_flow()).await);
        runtime().block_on(async {
            let from = kmip_client::Client::connect(&old).await.unwrap();
            flow(&from, &kmip_client::Client::connect(&new).await.unwrap()).await;
        });
    }};
}

async fn create(kms: &impl Kmip) -> String {
    kms.call(&Create::aes(256)).await.unwrap().payload().unique_identifier.to_string()
}

async fn attributes_of(kms: &impl Kmip, id: &str) -> (State, bool) {
    let reply = kms.call(&GetAttributes::id(id)).await.unwrap();
    let attributes = reply.payload().attributes.unwrap();
    let state = attributes.find(Tag::STATE).find_map(|value| match value {
        AttributeValue::State(state) => Some(*state),
        _ => None,
    });
    (state.unwrap(), attributes.find(Tag::ACTIVATION_DATE).next().is_some())
}

#[test]
fn a_server_that_answers_revoke_and_changes_nothing() {
    let (from, to) = (TestServer::start(), TestServer::start());
    to.fail(Fault::Reply(answer(V2_1, Code::REVOKE, &Item::default())).on(Code::REVOKE).always());
    from_to!(from, to, |old, new| {
        let id = create(old).await;
        old.call(&Activate::id(&id)).await.unwrap();
        old.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).await.unwrap();
        let error = migrate(old, new, &id).await.unwrap_err();
        let FlowError::CannotRepeat { left: Some(copy), source } = error else { panic!("it has no name: {error:?}") };
        let FlowError::StateDiffers { id, state, wanted } = *source else { panic!("{source:?}") };
        assert_eq!((&id, state, wanted), (&copy, State::ACTIVE, State::DEACTIVATED));
        assert_eq!(attributes_of(new, &copy).await.0, State::ACTIVE);
    });
}

#[test]
fn a_server_that_revokes_only_what_is_active() {
    let (from, to) = (TestServer::start(), TestServer::start());
    from_to!(from, to, |old, new| {
        let id = create(old).await;
        old.call(&Revoke::key_compromise(&id, DateTime(1_700_000_000))).await.unwrap();
        assert_eq!(attributes_of(old, &id).await, (State::COMPROMISED, false));
        let copy = migrate(old, new, &id).await.unwrap();
        assert_eq!(attributes_of(new, copy.id()).await, (State::COMPROMISED, false), "without the habit");
    });
    for _ in 0..2 {
        to.fail(Fault::Refuse(ResultReason::WRONG_KEY_LIFECYCLE_STATE).on(Code::REVOKE));
        from_to!(from, to, |old, new| {
            let id = create(old).await;
            old.call(&Revoke::key_compromise(&id, DateTime(1_700_000_000))).await.unwrap();
            let copy = migrate(old, new, &id).await.unwrap();
            assert_eq!(attributes_of(new, copy.id()).await.0, State::COMPROMISED);
        });
    }
}

/// Without an answer to Query the way of copying is unknown. Another way than that of the run before could copy twice.
#[test]
fn a_server_that_does_not_answer_query() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let [old, new] = [&from, &to].map(|server| blocking::Client::connect(&server.config()).unwrap());
    old.run(async |old| create(&old).await);
    for server in [&from, &to] {
        server.fail(Fault::CloseUnanswered.on(Code::QUERY).always());
        let error = old.run(async |old| Migration::new(&old, &new.for_flow()).run().await).unwrap_err();
        assert!(matches!(error, FlowError::Kms(Error::NoAnswer(_))), "{error:?}");
        let error = runtime().block_on(async {
            let old = kmip_client::Client::connect(&from.config()).await.unwrap();
            let new = kmip_client::Client::connect(&to.config()).await.unwrap();
            Migration::new(&old, &new).run().await.unwrap_err()
        });
        assert!(matches!(error, FlowError::Kms(Error::NoAnswer(_))), "{error:?}");
        assert!(new.call(&Locate::all()).unwrap().payload().unique_identifiers.is_empty());
        server.heal();
    }
    let report = old.run(async |old| Migration::new(&old, &new.for_flow()).run().await).unwrap();
    assert!(report.is_complete() && report.carried().len() == 1);
}

/// A server may return fewer objects than it has found, whether or not anybody has asked for pages.
#[test]
fn a_server_that_caps_locate() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let old = blocking::Client::connect(&from.config()).unwrap();
    for _ in 0..3 {
        old.run(async |old| create(&old).await);
    }
    let found = old.call(&Locate::all()).unwrap();
    let mut capped = LocateResponse::default().located_items(3);
    capped.unique_identifiers = found.payload().unique_identifiers[..1].to_vec();
    let capped = answer(V2_1, Code::LOCATE, &capped);

    let new = blocking::Client::connect(&to.config()).unwrap();
    from.fail(Fault::Reply(capped.clone()).on(Code::LOCATE));
    let report = old.run(async |old| Migration::new(&old, &new.for_flow()).run().await).unwrap();
    assert_eq!((report.carried().len(), report.is_complete()), (3, true));

    from.fail(Fault::Reply(capped).on(Code::LOCATE));
    let report = runtime().block_on(async {
        let old = kmip_client::Client::connect(&from.config()).await.unwrap();
        let new = kmip_client::Client::connect(&to.config()).await.unwrap();
        Migration::new(&old, &new).run().await.unwrap()
    });
    assert_eq!((report.carried().len(), report.is_complete()), (3, true));
}

/// A flow that is repeated there makes another object, so the error names the one that there is.
#[test]
fn a_server_that_finds_nothing_by_a_name() {
    let nothing = answer(V2_1, Code::LOCATE, &LocateResponse::default().located_items(0));
    for keeps_names in [true, false] {
        let (from, to) = (TestServer::start(), TestServer::start());
        if !keeps_names {
            to.fail(Fault::Reply(nothing.clone()).on(Code::LOCATE).always());
        }
        to.fail(Fault::Refuse(ResultReason::GENERAL_FAILURE).on(Code::ACTIVATE).always());
        from_to!(from, to, |old, new| {
            let here = old.call(&Locate::all()).await.unwrap().payload().unique_identifiers.len();
            let name = format!("vm-{here}");
            let original = create_active(old, &name, &Create::aes(256)).await.unwrap();
            let named = new.call(&Create::aes(256).name(&format!("{name}, too"))).await.unwrap();
            let named = named.payload().unique_identifier.to_string();
            let errors = [
                create_active(new, &format!("{name}, new"), &Create::aes(256)).await.unwrap_err(),
                rotate_by_create(new, &named).await.unwrap_err(),
                migrate(old, new, &original).await.unwrap_err(),
            ];
            // A server that keeps names finds the object of the first run again.
            let is_refused = |error: &FlowError| matches!(error, FlowError::Kms(Error::Refused(_)));
            let left = errors.each_ref().map(|error| match error {
                FlowError::CannotRepeat { left: Some(id), source } if is_refused(source) => Some(id.as_str()),
                error if is_refused(error) => None,
                error => panic!("{error:?}"),
            });
            for id in left.iter().flatten() {
                assert!(![&*named, &*original].contains(id), "it is the new object");
                assert_eq!(attributes_of(new, id).await.0, State::PRE_ACTIVE);
            }
            let finds_names = new.call(&Locate::name(&name)).await.unwrap().payload().unique_identifiers.len() == 1;
            assert_eq!(left.map(|left| left.is_none()), [finds_names; 3]);
        });
    }
}
