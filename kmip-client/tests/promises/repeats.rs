//! Servers that repeat their responses.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use kmip_client::Error;
use kmip_client::protocol::operation::{Activate, Create, Encrypt, Get};
use kmip_client::test_server::{Fault, TestServer};
use kmip_ttlv::enumeration::OperationCode;

use crate::evil::{Echo, Evil, created, identifier, key, key_of};
use crate::{Either, attack, call, run};

/// The form of the repetition.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Repeat {
    /// In the same TLS record.
    InOneRecord,
    /// In a record of its own, written together with the first.
    InOneWrite,
    /// After a while.
    Later(Duration),
    /// Half of a record with the response; the rest after the next request has arrived.
    HalfARecord,
}

pub(crate) const REPEATS: [Repeat; 6] = [
    Repeat::InOneRecord,
    Repeat::InOneWrite,
    Repeat::Later(Duration::ZERO),
    Repeat::Later(Duration::from_micros(300)),
    Repeat::Later(Duration::from_millis(2)),
    Repeat::HalfARecord,
];

/// Answers every request of a connection twice.
pub(crate) fn twice(mut evil: Evil, repeat: Repeat, answer: impl Fn(&[u8]) -> Vec<u8>) {
    let mut rest = Vec::new();
    while let Some(request) = evil.request() {
        if !rest.is_empty() {
            if evil.tcp.write_all(&std::mem::take(&mut rest)).is_err() {
                return;
            }
            continue;
        }
        let framed = evil.framed(&answer(&request));
        let written = match repeat {
            Repeat::InOneRecord => {
                let records = evil.sealed(&[&framed[..], &framed].concat());
                evil.tcp.write_all(&records)
            }
            Repeat::InOneWrite => {
                let records = [evil.sealed(&framed), evil.sealed(&framed)].concat();
                evil.tcp.write_all(&records)
            }
            Repeat::Later(pause) => {
                let (first, second) = (evil.sealed(&framed), evil.sealed(&framed));
                let sent = evil.tcp.write_all(&first);
                thread::sleep(pause);
                sent.and_then(|()| evil.tcp.write_all(&second))
            }
            Repeat::HalfARecord => {
                let (first, second) = (evil.sealed(&framed), evil.sealed(&framed));
                let (half, other) = second.split_at(second.len() / 2);
                rest = other.to_vec();
                evil.tcp.write_all(&[&first, half].concat())
            }
        };
        if written.is_err() {
            return;
        }
    }
}

#[test]
fn no_get_returns_the_key_of_another() {
    for repeat in REPEATS {
        for echo in [Echo::Id, Echo::Nothing] {
            let serve = move |evil: Evil, _| twice(evil, repeat, |request| key(request, echo, &identifier(request)));
            attack(serve, async |what, client| {
                for number in 0..12 {
                    let id = format!("key-{number}");
                    // A request without an effect is retried after a stray response; so each call succeeds.
                    let reply = call!(client, &Get::id(&*id))
                        .unwrap_or_else(|error| panic!("{repeat:?}, {}: {error:?}", what()));
                    let payload = reply.payload();
                    assert_eq!(payload.unique_identifier, id.as_str().into(), "{repeat:?}, {}", what());
                    let block = payload.object.key_block().unwrap();
                    assert_eq!(block.bytes().unwrap().expose(), key_of(&id), "{repeat:?}, {}", what());
                    if number % 3 == 0 {
                        thread::sleep(Duration::from_millis(3));
                    }
                }
            });
        }
    }
}

#[test]
fn no_two_creates_share_an_identifier() {
    for repeat in REPEATS {
        for echo in [Echo::Id, Echo::Nothing] {
            let made = Arc::new(AtomicUsize::new(0));
            let serve = {
                let made = Arc::clone(&made);
                move |evil: Evil, _| {
                    twice(evil, repeat, |request| {
                        created(request, echo, &format!("new-{}", made.fetch_add(1, Ordering::SeqCst)))
                    });
                }
            };
            attack(serve, async |what, client| {
                let mut seen = Vec::new();
                for number in 0..8 {
                    if let Ok(reply) = call!(client, &Create::aes(256)) {
                        let id = reply.payload().unique_identifier.to_string();
                        assert!(!seen.contains(&id), "{repeat:?}, {}: {id} twice", what());
                        seen.push(id);
                    }
                    if number % 3 == 0 {
                        thread::sleep(Duration::from_millis(3));
                    }
                }
                assert!(seen.len() >= 4, "{repeat:?}, {}: {seen:?}", what());
            });
        }
    }
}

/// The server repeats a response to Create with another time, and without the ID.
#[test]
fn an_object_is_made_once_whatever_is_around_its_identifier() {
    let made = Arc::new(AtomicUsize::new(0));
    let serve = move |evil: Evil, _| {
        let mut before: Option<String> = None;
        evil.answer_each(|request| {
            let id = format!("new-{}", made.fetch_add(1, Ordering::SeqCst));
            let mut answer = match &before {
                None => created(request, Echo::Id, &id),
                Some(before) => created(request, Echo::Nothing, before),
            };
            let stamp = answer.windows(4).position(|four| four == [0x42, 0, 0x92, 9]).unwrap();
            answer[stamp + 15] = u8::try_from(made.load(Ordering::SeqCst)).unwrap();
            before.get_or_insert(id);
            answer
        });
    };
    attack(serve, async |what, client| {
        call!(client, &Create::aes(256)).unwrap();
        let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{}: {error:?}", what());
    });
}

/// The caller decides whether a metered request is repeated.
#[test]
fn a_lost_reply_to_what_costs_is_asked_for_again_only_where_the_caller_says_so() {
    for repeats in [false, true] {
        for is_async in [false, true] {
            let server = TestServer::start();
            run(&server.config(), is_async, async |client| {
                let id = call!(client, &Create::aes(256)).unwrap().payload().unique_identifier.to_string();
                call!(client, &Activate::id(&*id)).unwrap();
                let client = match client {
                    Either::Blocking(client) => Either::Blocking(client.with_repeat_metered(repeats)),
                    Either::Async(client) => Either::Async(client.with_repeat_metered(repeats)),
                };
                server.fail_next(Fault::LoseReply);
                let answered = call!(client, &Encrypt::aes_gcm(&*id, b"data")).map(drop);
                match answered {
                    Ok(()) => assert!(repeats, "async: {is_async}"),
                    Err(error) => {
                        assert!(!repeats && matches!(error, Error::OutcomeUnknown(_)), "async: {is_async}: {error:?}");
                    }
                }
                let seen = server.requests()[&OperationCode::ENCRYPT];
                assert_eq!(seen, if repeats { 2 } else { 1 }, "async: {is_async}");
                // A request with an effect is never sent twice.
                server.fail_next(Fault::LoseReply);
                let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
                assert!(matches!(error, Error::OutcomeUnknown(_)), "async: {is_async}: {error:?}");
                assert_eq!(server.requests()[&OperationCode::CREATE], 2);
            });
        }
    }
}
