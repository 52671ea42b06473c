//! Transport faults, and the resulting errors, with the blocking and the async client.

use std::time::Duration;

use kmip_client::protocol::Id;
use kmip_client::protocol::operation::{Activate, Create, Destroy, Get, Locate, Revoke};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{Batch, Error, Kmip, OutOfStep, TransportError};
use kmip_ttlv::enumeration::{OperationCode as Code, ResultReason, RevocationReasonCode};

use crate::clients::{counting_from_1, in_1_4, in_1_4_and_a_hurry, refusal, with_both_clients};
use crate::wire::{ACTIVATE, Answer, CREATE, GET, created, done, enumeration, failed, identifier, message, payload};

/// Applies the script to a batch; the next one succeeds.
async fn goes_wrong<B: Batch>(kms: &impl Kmip, server: &TestServer, script: Script, batch: &B) -> Error {
    // Establishes a kept connection.
    kms.call(&Locate::all()).await.unwrap();
    server.fail_next(script.clone());
    server.fail_next(script);
    let error = kms.batch(batch).await.err().expect("the batch goes right");
    while kms.call(&Locate::all()).await.is_err() {}
    error
}

#[test]
fn an_answer_that_is_cut_off_leaves_the_outcome_unknown() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let requests = (Create::aes(256).name("lost"), Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
        for script in [Script::HalfReply, Script::LoseReply, Script::Delay(Duration::from_secs(1))] {
            let before = server.requests().get(&Code::CREATE).copied().unwrap_or(0);
            let error = goes_wrong(kms, server, script.clone(), &requests).await;
            let Error::OutcomeUnknown(attempt) = &error else { panic!("{error:?}") };
            assert_eq!(attempt.operations, [Code::CREATE, Code::ACTIVATE, Code::GET]);
            assert!(error.to_string().starts_with("the outcome of Create, Activate, Get on 127.0.0.1:"), "{error}");
            match (&script, &attempt.error) {
                (Script::HalfReply, TransportError::Truncated { received, expected: Some(expected) }) => {
                    assert_eq!(*received, expected / 2);
                }
                (Script::LoseReply, TransportError::Closed(_))
                | (Script::Delay(_), TransportError::TimedOut { .. }) => {}
                (_, fault) => panic!("{fault:?}"),
            }
            assert_eq!(server.requests()[&Code::CREATE], before + 1, "it is sent once");
            // The effect can be found.
            let located = kms.call(&Locate::name("lost")).await.unwrap();
            for id in located.payload().unique_identifiers {
                let reason = RevocationReasonCode::CESSATION_OF_OPERATION;
                let (revoked, destroyed) = kms.batch(&(Revoke::id(id, reason), Destroy::id(id))).await.unwrap();
                assert!(revoked.is_ok() && destroyed.is_ok());
            }
        }
    }
    with_both_clients!(in_1_4_and_a_hurry, test);
}

#[test]
fn a_batch_is_sent_again_if_each_of_its_requests_may_be() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let id = kms.call(&Create::aes(256)).await.unwrap().payload().unique_identifier.to_string();
        server.fail_next(Script::CloseUnanswered);
        let (fetched, located) = kms.batch(&(Get::id(&id), Locate::all())).await.unwrap();
        assert!(fetched.is_ok() && located.is_ok());
        assert_eq!(server.requests()[&Code::GET], 2);

        let error = goes_wrong(kms, server, Script::CloseUnanswered, &(Get::id(&id), Locate::all())).await;
        assert!(matches!(&error, Error::NoAnswer(attempt) if attempt.operations.len() == 2), "{error:?}");

        let mixed = (Get::id(&id), Activate::id(&id));
        let error = goes_wrong(kms, server, Script::CloseUnanswered, &mixed).await;
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
        assert_eq!(server.requests()[&Code::ACTIVATE], 1);
    }
    with_both_clients!(in_1_4, test);
}

#[test]
fn a_long_batch_is_told_by_its_first_requests() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let error = goes_wrong(kms, server, Script::CloseUnanswered, &vec![Create::aes(256); 1000]).await;
        assert!(error.to_string().contains(" Create, Create, Create, Create and 996 more on 127.0.0.1:"), "{error}");
    }
    with_both_clients!(in_1_4, test);
}

#[test]
fn answers_to_something_else_are_dropped_with_their_connection() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let activated = || done(ACTIVATE, identifier("a"));
        let cases = [
            (vec![activated().to(1); 3], OutOfStep::BatchCount { expected: 2, received: 3 }),
            (vec![activated().to(1), activated().to(3)], OutOfStep::ForeignItem),
            (vec![activated().to(2), activated().to(2)], OutOfStep::ItemTwice),
            (
                vec![activated().to(1), done(GET, identifier("a")).to(2)],
                OutOfStep::Operation { expected: Code::ACTIVATE, received: Code::GET },
            ),
        ];
        for (items, expected) in cases {
            let connections = server.connections();
            let script = Script::Reply(message(items).to_vec());
            let error = goes_wrong(kms, server, script, &["a", "b"].map(Activate::id)).await;
            let Error::OutcomeUnknown(attempt) = &error else { panic!("{error:?}") };
            assert!(matches!(attempt.error, TransportError::OutOfStep(found) if found == expected), "{error:?}");
            assert!(server.connections() > connections);
        }
    }
    with_both_clients!(counting_from_1, test);
}

/// A fault of one reply affects that reply only. The others can be read, and the connection is not reused.
#[test]
fn keeps_the_replies_beside_one_that_is_wrong() {
    async fn one(kms: &impl Kmip, server: &TestServer, items: Vec<Answer>) -> (Error, Error) {
        let connections = server.connections();
        server.fail_next(Script::Reply(message(items).to_vec()));
        let (made, activated, fetched) =
            kms.batch(&(Create::aes(256), Activate::id(Id::Placeholder), Get::id("a"))).await.unwrap();
        assert_eq!(made.unwrap().payload().unique_identifier.as_str(), Some("fresh"));
        kms.call(&Locate::all()).await.unwrap();
        assert_eq!(server.connections(), connections + 1, "a new connection");
        (activated.err().unwrap(), fetched.err().unwrap())
    }
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let fresh = || done(CREATE, created("fresh")).to(1);
        // Payloads without a required item.
        let other = payload(&[enumeration(0x420057, 2)]);
        let items = vec![fresh(), done(ACTIVATE, other).to(2), done(GET, payload(&[])).to(3)];
        let (activated, fetched) = one(kms, server, items).await;
        let Error::OutcomeUnknown(attempt) = &activated else { panic!("{activated:?}") };
        assert_eq!(attempt.operations, [Code::ACTIVATE]);
        assert!(matches!(attempt.error, TransportError::Malformed(_)));
        assert!(matches!(&fetched, Error::NoAnswer(attempt) if matches!(attempt.error, TransportError::Malformed(_))));

        // Fewer items than requests, without a failure.
        let (activated, fetched) = one(kms, server, vec![fresh()]).await;
        let unanswered = |error: &Error, operation| matches!(error.transport_error(), Some(TransportError::OutOfStep(OutOfStep::Unanswered { operation: o })) if *o == operation);
        assert!(matches!(activated, Error::OutcomeUnknown(_)) && unanswered(&activated, Code::ACTIVATE));
        assert!(matches!(fetched, Error::NoAnswer(_)) && unanswered(&fetched, Code::GET));
    }
    with_both_clients!(counting_from_1, test);
}

#[test]
fn reuses_the_connection_after_a_stopped_batch() {
    async fn test(kms: &impl Kmip, server: &TestServer) {
        let items = vec![done(CREATE, created("fresh")).to(1), failed(ACTIVATE).to(2)];
        server.fail_next(Script::Reply(message(items).to_vec()));
        let (made, activated, fetched) =
            kms.batch(&(Create::aes(256), Activate::id(Id::Placeholder), Get::id("a"))).await.unwrap();
        assert!(made.is_ok());
        assert_eq!(refusal(activated).2, Some(ResultReason::GENERAL_FAILURE));
        assert!(matches!(fetched, Err(Error::NotExecuted(Code::GET))));
        kms.call(&Locate::all()).await.unwrap();
        assert_eq!(server.connections(), 1);
    }
    with_both_clients!(counting_from_1, test);
}
