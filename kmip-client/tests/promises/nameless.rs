//! A server that repeats no IDs, and answers requests that name no object, or the same one again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kmip_client::protocol::operation::{Activate, Create, Encrypt, Get, Locate, RngRetrieve};
use kmip_client::{Error, OutOfStep, TransportError};
use kmip_ttlv::enumeration::{KeyFormatType, OperationCode, ResultReason};

use crate::evil::{Echo, Evil, created, find, identifier, item, key, operation, refusal, success};
use crate::repeats::{REPEATS, twice};
use crate::{attack, call};

const DATA: u32 = 0x42_00C2;
const UNIQUE_IDENTIFIER: u32 = 0x42_0094;
const NAME_VALUE: u32 = 0x42_0055;

/// Answers with what only this request can have for an answer.
fn answer(request: &[u8], drawn: &AtomicUsize) -> Vec<u8> {
    let payload = match OperationCode::from_value(operation(request)) {
        OperationCode::RNG_RETRIEVE => {
            vec![item(DATA, 8, &drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes())]
        }
        OperationCode::LOCATE => vec![item(UNIQUE_IDENTIFIER, 7, find(request, NAME_VALUE, 7).unwrap())],
        _ => {
            let sealed = find(request, DATA, 8).unwrap();
            vec![item(UNIQUE_IDENTIFIER, 7, identifier(request).as_bytes()), item(DATA, 8, sealed)]
        }
    };
    success(request, Echo::Nothing, &payload)
}

#[test]
fn no_answer_is_taken_for_that_of_a_like_request() {
    for repeat in REPEATS {
        let drawn = Arc::new(AtomicUsize::new(0));
        let serve = move |evil: Evil, _| twice(evil, repeat, |request| answer(request, &drawn));
        attack(serve, async |what, client| {
            let (mut numbers, mut right) = (Vec::new(), 0);
            for round in 0..4_u8 {
                let what = format!("{repeat:?}, {}, round {round}", what());
                // A metered request may fail. A success has to be right.
                if let Ok(reply) = call!(client, &RngRetrieve::bytes(8)) {
                    let number = reply.payload().data.expose().to_vec();
                    assert!(!numbers.contains(&number), "{what}: {number:?} twice");
                    numbers.push(number);
                }
                if let Ok(reply) = call!(client, &Encrypt::data("key", &[round; 9])) {
                    assert_eq!(reply.payload().data, Some(&[round; 9][..]), "{what}");
                    right += 1;
                }
                let name = format!("name-{round}");
                let found = call!(client, &Locate::name(&name)).unwrap_or_else(|error| panic!("{what}: {error:?}"));
                assert_eq!(found.payload().unique_identifiers, [name.as_str().into()], "{what}");
            }
            assert!(numbers.len() + right > 0, "{repeat:?}, {}: no call ended well", what());
        });
    }
}

/// A refusal without an ID fits any request, whatever it names.
#[test]
fn a_late_refusal_refuses_nothing_else() {
    for repeat in REPEATS {
        let made = Arc::new(AtomicUsize::new(0));
        let serve = move |evil: Evil, _| {
            twice(evil, repeat, |request| match OperationCode::from_value(operation(request)) {
                OperationCode::CREATE => {
                    created(request, Echo::Nothing, &format!("new-{}", made.fetch_add(1, Ordering::SeqCst)))
                }
                _ => refusal(ResultReason::ITEM_NOT_FOUND.value()),
            });
        };
        attack(serve, async |what, client| {
            for _ in 0..4 {
                let error = call!(client, &Get::id("nowhere")).map(drop).unwrap_err();
                assert!(error.is_not_found(), "{repeat:?}, {}: {error:?}", what());
                if let Err(error) = call!(client, &Create::aes(256)) {
                    assert!(matches!(error, Error::OutcomeUnknown(_)), "{repeat:?}, {}: {error:?}", what());
                }
            }
        });
    }
}

/// A server has repeated the ID of a request: a success without one may be a repeat of that answer if it fits that
/// request too.
#[test]
fn an_answer_without_an_id_is_none_where_there_were_ids() {
    let serve = |evil: Evil, connection: usize| {
        let mut first: Option<Vec<u8>> = None;
        evil.answer_each(move |request| {
            let name = |request: &[u8]| item(UNIQUE_IDENTIFIER, 7, find(request, NAME_VALUE, 7).unwrap());
            match &first {
                // The first connection repeats the answer to its first request.
                Some(first) if connection == 0 => success(request, Echo::Nothing, &[name(first)]),
                _ => success(request, Echo::Id, &[name(first.insert(request.to_vec()))]),
            }
        });
    };
    attack(serve, async |what, client| {
        for name in ["a", "b", "c"] {
            // A request without an effect is repeated on another connection.
            let found = call!(client, &Locate::name(name)).unwrap_or_else(|error| panic!("{}: {error:?}", what()));
            assert_eq!(found.payload().unique_identifiers, [name.into()], "{}", what());
        }
    });
    // The first answer is repeated for the second request, and each is right in its operation and its object.
    let serve = |evil: Evil, _| {
        let mut first: Option<Vec<u8>> = None;
        evil.answer_each(move |request| {
            let echo = if first.is_none() { Echo::Id } else { Echo::Nothing };
            let data = first.get_or_insert_with(|| find(request, DATA, 8).unwrap_or(&[7; 8]).to_vec());
            let object = find(request, UNIQUE_IDENTIFIER, 7).map(|id| item(UNIQUE_IDENTIFIER, 7, id));
            success(request, echo, &[object.unwrap_or_default(), item(DATA, 8, data)])
        });
    };
    attack(serve, async |what, client| {
        call!(client, &RngRetrieve::bytes(8)).unwrap();
        let error = call!(client, &RngRetrieve::bytes(8)).map(drop).unwrap_err();
        let Some(TransportError::OutOfStep(OutOfStep::Unnumbered)) = error.transport_error() else {
            panic!("{}: {error:?}", what())
        };
    });
    attack(serve, async |what, client| {
        call!(client, &Encrypt::data("key", b"1")).unwrap();
        let error = call!(client, &Encrypt::data("key", b"2")).map(drop).unwrap_err();
        let Some(TransportError::OutOfStep(OutOfStep::Unnumbered)) = error.transport_error() else {
            panic!("{}: {error:?}", what())
        };
    });
}

/// A server may repeat IDs in some answers only: those that fit no other request are taken.
#[test]
fn a_server_that_repeats_the_id_of_its_first_answer_alone_is_spoken_with() {
    let connections = Arc::new(AtomicUsize::new(0));
    let serve = {
        let connections = Arc::clone(&connections);
        move |evil: Evil, _| {
            connections.fetch_add(1, Ordering::SeqCst);
            let mut answers = 0_u8..;
            evil.answer_each(move |request| {
                let echo = if answers.next() == Some(0) { Echo::Id } else { Echo::Nothing };
                match OperationCode::from_value(operation(request)) {
                    OperationCode::GET => key(request, echo, &identifier(request)),
                    _ => success(request, echo, &[item(UNIQUE_IDENTIFIER, 7, identifier(request).as_bytes())]),
                }
            });
        }
    };
    attack(serve, async |what, client| {
        let before = connections.load(Ordering::SeqCst);
        call!(client, &Get::id("a")).unwrap();
        call!(client, &Activate::id("a")).unwrap_or_else(|error| panic!("{}: {error:?}", what()));
        call!(client, &Get::id("b")).unwrap();
        call!(client, &Activate::id("b")).unwrap_or_else(|error| panic!("{}: {error:?}", what()));
        assert!(connections.load(Ordering::SeqCst) <= before + 1, "{}", what());
    });
}

/// Requests whose answers cannot be mistaken for each other share a connection.
#[test]
fn requests_that_are_apart_share_a_connection() {
    let connections = Arc::new(AtomicUsize::new(0));
    let serve = {
        let connections = Arc::clone(&connections);
        move |evil: Evil, _| {
            connections.fetch_add(1, Ordering::SeqCst);
            evil.answer_each(|request| key(request, Echo::Nothing, &identifier(request)));
        }
    };
    attack(serve, async |what, client| {
        call!(client, &Get::id("a")).unwrap();
        let before = connections.load(Ordering::SeqCst);
        for id in ["b", "c", "a", "b", "a"] {
            call!(client, &Get::id(id)).unwrap();
        }
        let opened = connections.load(Ordering::SeqCst) - before;
        assert_eq!(opened, 0, "{}", what());
        // The same key in another format is another answer.
        call!(client, &Get::id("a").format(KeyFormatType::RAW)).unwrap();
        assert_eq!(connections.load(Ordering::SeqCst) - before, 1, "{}", what());
    });
}
