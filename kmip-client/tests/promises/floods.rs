//! Servers that send unsolicited data, without end or after the end.

use std::io::{ErrorKind, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use kmip_client::protocol::Id;
use kmip_client::protocol::operation::{Activate, Create, Get, Register};
use kmip_client::{Config, Error};
use kmip_ttlv::enumeration::CryptographicAlgorithm;

use crate::evil::{
    ALERT, DATA, Echo, Evil, HANDSHAKE, Sealer, TERMS, TRANSPORTS, Terms, created, identifier, key, refusal,
    serve as serve_on, serve_by,
};
use crate::{attack, call, limits, run};

/// Creates a record of a flood.
type Record = fn(&mut Sealer) -> Vec<u8>;

/// Sends a flood until the client disconnects. `full` becomes `true` once it fills the buffers between the two, so that
/// a client that looks does not find a pause.
fn flood(mut sealer: Sealer, record: Record, full: &AtomicBool) {
    sealer.tcp.set_write_timeout(Some(Duration::from_millis(5))).unwrap();
    loop {
        let records: Vec<u8> = (0..500).flat_map(|_| record(&mut sealer)).collect();
        let mut rest = &records[..];
        while !rest.is_empty() {
            match sealer.tcp.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
                    full.store(true, Ordering::SeqCst);
                }
                // The client has had enough.
                Err(_) => return full.store(true, Ordering::SeqCst),
            }
        }
    }
}

/// Waits for a flood.
fn wait_for(begun: &AtomicBool) {
    while !begun.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(1));
    }
}

const FLOODS: [(&str, Record); 4] = [
    ("tickets", Sealer::ticket),
    ("bytes", |sealer| sealer.sealed(DATA, &[0])),
    ("nothing", |sealer| sealer.sealed(DATA, &[])),
    ("a byte of a ticket each", |sealer| sealer.sealed(HANDSHAKE, &[4])),
];

/// The following call succeeds on another connection.
#[test]
fn a_flood_on_an_idle_connection_does_not_hold_up_the_next_call() {
    for (name, record) in FLOODS {
        for transport in TRANSPORTS {
            for is_async in [false, true] {
                let full = Arc::new(AtomicBool::new(false));
                let fills = Arc::clone(&full);
                let serve = move |mut evil: Evil, connection| {
                    while let Some(request) = evil.request() {
                        evil.answer(&key(&request, Echo::Id, &identifier(&request)));
                        if connection == 0 {
                            return flood(evil.into_sealer(), record, &fills);
                        }
                    }
                };
                run(&limits(serve_on(transport, serve)), is_async, async |client| {
                    let what = format!("{name}, {transport:?}, async: {is_async}");
                    call!(client, &Get::id("a")).unwrap();
                    wait_for(&full);
                    let start = Instant::now();
                    let reply = call!(client, &Get::id("b")).unwrap_or_else(|error| panic!("{what}: {error:?}"));
                    assert_eq!(reply.payload().unique_identifier, "b".into(), "{what}");
                    assert!(start.elapsed() < Duration::from_secs(4), "{what}: {:?}", start.elapsed());
                });
            }
        }
    }
}

/// Serves with a flood on the first connection after the response, and on the second in its place.
pub(crate) fn idle_and_pending(
    flood: impl Fn(Evil) + Clone + Send + 'static,
) -> impl Fn(Evil, usize) + Clone + Send + 'static {
    move |mut evil, connection| {
        while let Some(request) = evil.request() {
            if connection != 1 {
                evil.answer(&created(&request, Echo::Id, &format!("new-{connection}")));
            }
            if connection < 2 {
                return flood(evil);
            }
        }
    }
}

/// Checks that the call on the second connection of [`idle_and_pending`] ends, and that the others succeed.
pub(crate) fn holds_up_no_call(config: &Config, is_async: bool, begun: &AtomicBool, what: &str) {
    run(config, is_async, async |client| {
        let start = Instant::now();
        call!(client, &Create::aes(256)).unwrap_or_else(|error| panic!("{what}: {error:?}"));
        wait_for(begun);
        let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{what}: {error:?}");
        call!(client, &Create::aes(256)).unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert!(start.elapsed() < Duration::from_secs(8), "{what}: {:?}", start.elapsed());
    });
}

/// In TLS 1.2: requests for another handshake, warnings, and records with little or nothing in them.
#[test]
fn a_flood_in_tls_1_2_holds_up_no_call() {
    let floods: [(&str, Record); 4] = [
        ("bytes", |sealer| sealer.sealed(DATA, &[0])),
        ("nothing", |sealer| sealer.sealed(DATA, &[])),
        ("HelloRequest", |sealer| sealer.sealed(HANDSHAKE, &[0, 0, 0, 0])),
        ("no_renegotiation", |sealer| sealer.sealed(ALERT, &[1, 100])),
    ];
    for (name, record) in floods {
        for is_async in [false, true] {
            let full = Arc::new(AtomicBool::new(false));
            let fills = Arc::clone(&full);
            let serve = idle_and_pending(move |evil| flood(evil.into_sealer(), record, &fills));
            let terms = Terms { is_tls12: true, ..TERMS };
            let config = limits(serve_by(TRANSPORTS[0], terms, serve)).attempt_timeout(Duration::from_secs(1));
            holds_up_no_call(&config, is_async, &full, &format!("{name}, async: {is_async}"));
        }
    }
}

/// No plaintext ever arrives, so that only the deadline ends the call.
#[test]
fn a_flood_in_the_place_of_an_answer_ends_with_the_call() {
    for (name, record) in [FLOODS[0], FLOODS[2]] {
        for is_async in [false, true] {
            let serve = move |mut evil: Evil, _| {
                if evil.request().is_some() {
                    flood(evil.into_sealer(), record, &AtomicBool::default());
                }
            };
            let config = limits(serve_on(TRANSPORTS[0], serve)).attempt_timeout(Duration::from_millis(700));
            run(&config, is_async, async |client| {
                let start = Instant::now();
                let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
                let what = format!("{name}, async: {is_async}: {error:?}");
                assert!(matches!(error, Error::OutcomeUnknown(_)), "{what}");
                assert!(start.elapsed() < Duration::from_secs(8), "{what}: {:?}", start.elapsed());
            });
        }
    }
}

/// More records follow the one that ends TLS, in the same packet. TLS ignores them.
#[test]
fn ignores_records_after_the_end_of_tls() {
    for has_answer in [true, false] {
        let serve = move |mut evil: Evil, connection| {
            let Some(request) = evil.request() else { return };
            let answer = evil.framed(&created(&request, Echo::Id, &format!("new-{connection}")));
            let mut sealer = evil.into_sealer();
            let mut records = if has_answer { sealer.sealed(DATA, &answer) } else { Vec::new() };
            records.extend(sealer.sealed(ALERT, &[1, 0]));
            records.resize(records.len() + 14_000, 23);
            sealer.tcp.write_all(&records).unwrap();
            thread::sleep(Duration::from_secs(20));
        };
        attack(serve, async |what, client| {
            for number in 0..2 {
                let start = Instant::now();
                let answered = call!(client, &Create::aes(256));
                assert!(start.elapsed() < Duration::from_secs(4), "{}: {:?}", what(), start.elapsed());
                match answered {
                    Ok(reply) if has_answer => {
                        assert_eq!(reply.payload().unique_identifier, Id::from(&*format!("new-{number}")));
                    }
                    Err(Error::OutcomeUnknown(_)) if !has_answer => {}
                    other => panic!("has_answer: {has_answer}, {}: {other:?}", what()),
                }
            }
        });
    }
}

/// A server that answers a request while it is being written, and then closes the connection.
#[test]
fn reads_an_answer_that_came_before_the_server_cut_off_the_request() {
    const TOO_LARGE: u32 = 0x02;
    let material: &[u8] = &[7; 8_000_000];
    // A refusal, or an invalid response that is larger than TLS reads at once.
    for is_refusal in [true, false] {
        let serve = move |mut evil: Evil, _| {
            if evil.begin_of_request().is_none() {
                return;
            }
            let said = if is_refusal {
                evil.framed(&refusal(TOO_LARGE))
            } else {
                [&[0x42, 0, 0x7B, 1, 0, 0x20, 0, 0][..], &[0; 15_000]].concat()
            };
            let records: Vec<u8> = said.chunks(3000).flat_map(|chunk| evil.sealed(chunk)).collect();
            let _ = evil.tcp.write_all(&records);
            // The rest of the request is not read, so that the connection is reset.
        };
        // Writing this much text takes a while.
        for transport in TRANSPORTS.into_iter().take(2) {
            for is_async in [false, true] {
                let what = format!("is_refusal: {is_refusal}, {transport:?}, async: {is_async}");
                run(&limits(serve_on(transport, serve)), is_async, async |client| {
                    let start = Instant::now();
                    let request = Register::symmetric_key(CryptographicAlgorithm::AES, material);
                    let error = call!(client, &request).map(drop).unwrap_err();
                    assert!(start.elapsed() < Duration::from_secs(5), "{what}: {:?}", start.elapsed());
                    // The number of bytes that the system has received by then depends on the time of the reset.
                    println!("{what}: {error:?}");
                    let is_told =
                        matches!(&error, Error::Refused(refusal) if refusal.message.as_deref() == Some("not to you"));
                    let is_unknown = matches!(error, Error::OutcomeUnknown(_));
                    assert!(is_unknown || (is_refusal && is_told), "{what}: {error:?}");
                });
            }
        }
    }
}

/// Alerts between the parts of a response, and a response that stops in the middle of a record.
#[test]
fn an_answer_that_breaks_off_leaves_the_outcome_unknown() {
    for has_alert in [true, false] {
        let serve = move |mut evil: Evil, _| {
            let Some(request) = evil.request() else { return };
            let answer = evil.framed(&key(&request, Echo::Id, &identifier(&request)));
            let mut sealer = evil.into_sealer();
            let (begin, rest) = answer.split_at(answer.len() / 2);
            let mut records = sealer.sealed(DATA, begin);
            if has_alert {
                records.extend(sealer.sealed(ALERT, &[2, 80]));
            }
            records.extend(sealer.sealed(DATA, rest));
            let end = records.len() - usize::from(!has_alert);
            sealer.tcp.write_all(&records[..end]).unwrap();
            sealer.end();
        };
        attack(serve, async |what, client| {
            let error = call!(client, &Activate::id("a")).map(drop).unwrap_err();
            assert!(matches!(error, Error::OutcomeUnknown(_)), "has_alert: {has_alert}, {}: {error:?}", what());
        });
    }
}
