//! Connections that end at any moment of an exchange, in each version of TLS: nothing is done twice, and a response
//! that has arrived is taken.

use std::io::Write as _;
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use kmip_client::Error;
use kmip_client::protocol::operation::{Activate, Create, Get};

use crate::evil::{ALERT, DATA, Echo, Evil, Sealer, TERMS, TRANSPORTS, Terms, Transport, key, operation, serve_by};
use crate::messages::{all_created, identifier};
use crate::{Either, call, limits, run};

const GET: u32 = 10;
const INTERNAL_ERROR: u8 = 80;
const ACCESS_DENIED: u8 = 49;

/// The way in which the connection ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Alert(u8),
    CloseNotify,
    /// The end of TCP without that of TLS.
    Cut,
    Reset,
    /// A record that cannot be decrypted.
    Undecryptable,
    /// Bytes that are not TLS.
    Garbage,
}

const ENDS: [End; 7] = [
    End::Alert(INTERNAL_ERROR),
    End::Alert(ACCESS_DENIED),
    End::CloseNotify,
    End::Cut,
    End::Reset,
    End::Undecryptable,
    End::Garbage,
];

/// The last thing before the end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Request,
    HalfOfResponse,
    Response,
}

/// The connection of the request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Session {
    Fresh,
    Used,
    Resumed,
}

/// Sends the records and the end at once.
fn finish(mut sealer: Sealer, mut records: Vec<u8>, end: End) {
    match end {
        End::Alert(description) => records.extend(sealer.sealed(ALERT, &[2, description])),
        End::CloseNotify => records.extend(sealer.sealed(ALERT, &[1, 0])),
        End::Undecryptable => {
            let mut record = sealer.sealed(DATA, b"never read");
            *record.last_mut().unwrap() ^= 1;
            records.extend(record);
        }
        End::Garbage => records.extend(b"HTTP/1.1 400 Bad Request\r\n\r\n".repeat(3)),
        End::Cut => {}
        End::Reset => socket2::SockRef::from(&sealer.tcp).set_linger(Some(Duration::ZERO)).unwrap(),
    }
    sealer.tcp.write_all(&records).unwrap();
    if end != End::Reset {
        let _ = sealer.tcp.shutdown(Shutdown::Write);
    }
}

/// A server, and what it has done.
#[derive(Clone, Default)]
struct Attack {
    /// The number of times that Create was requested.
    made: Arc<AtomicUsize>,
    /// `true` once the connection has ended.
    has_ended: Arc<AtomicBool>,
}

impl Attack {
    fn serve(&self, mut evil: Evil, session: Session, when: When, with: End) {
        while let Some(request) = evil.request() {
            if operation(&request) == GET {
                let answer = key(&request, Echo::Id, &identifier(&request));
                if session == Session::Resumed {
                    evil.answer_and_close(&answer);
                } else {
                    assert!(evil.answer(&answer));
                }
                continue;
            }
            let made = self.made.fetch_add(1, Ordering::SeqCst);
            let answer = all_created(&request, &format!("new-{made}"));
            if made > 0 {
                evil.answer(&answer);
                continue;
            }
            let framed = evil.framed(&answer);
            let records = match when {
                When::Request => Vec::new(),
                When::HalfOfResponse => evil.sealed(&framed[..framed.len() / 2]),
                When::Response => evil.sealed(&framed),
            };
            finish(evil.into_sealer(), records, with);
            self.has_ended.store(true, Ordering::SeqCst);
            return;
        }
    }
}

/// Creates a key, alone or in one batch with another operation.
async fn create(client: &Either, in_batch: bool) -> Result<(), Error> {
    let batch = (Create::aes(256), Activate::id("a"));
    let replies = match client {
        _ if !in_batch => return call!(client, &Create::aes(256)).map(drop),
        Either::Blocking(client) => client.batch(&batch)?,
        Either::Async(client) => client.batch(&batch).await?,
    };
    replies.0.map(drop)?;
    replies.1.map(drop)
}

fn attack(terms: Terms, transport: Transport) {
    for session in [Session::Fresh, Session::Used, Session::Resumed] {
        for when in [When::Request, When::HalfOfResponse, When::Response] {
            for with in ENDS {
                for (is_async, in_batch) in [(false, false), (false, true), (true, false), (true, true)] {
                    let attack = Attack::default();
                    let server = attack.clone();
                    let serve = move |evil: Evil, _| server.serve(evil, session, when, with);
                    run(&limits(serve_by(transport, terms, serve)), is_async, async |client| {
                        let what = format!(
                            "TLS 1.2: {}, {transport:?}, {session:?}, {when:?}, {with:?}, async: {is_async}, batch: {in_batch}",
                            terms.is_tls12,
                        );
                        if session != Session::Fresh {
                            call!(client, &Get::id("a")).unwrap();
                        }
                        let result = create(&client, in_batch).await;
                        assert_eq!(attack.made.load(Ordering::SeqCst), 1, "{what}: {result:?}");
                        match when {
                            When::Response => result.unwrap_or_else(|error| panic!("{what}: {error:?}")),
                            _ => assert!(matches!(result, Err(Error::OutcomeUnknown(_))), "{what}: {result:?}"),
                        }
                        let counters = match &client {
                            Either::Blocking(client) => client.counters(),
                            Either::Async(client) => client.counters(),
                        };
                        assert_eq!(counters.endpoints[0].resumed, u64::from(session == Session::Resumed), "{what}");
                        while !attack.has_ended.load(Ordering::SeqCst) {
                            thread::yield_now();
                        }
                        create(&client, in_batch).await.unwrap_or_else(|error| panic!("{what}, the next: {error:?}"));
                        assert_eq!(attack.made.load(Ordering::SeqCst), 2, "{what}");
                    });
                }
            }
        }
    }
}

#[test]
fn tls_1_2() {
    attack(Terms { is_tls12: true, asks: true, ..TERMS }, TRANSPORTS[0]);
}

#[test]
fn tls_1_3() {
    attack(Terms { tickets: 2, ..TERMS }, TRANSPORTS[0]);
}

#[test]
fn https() {
    attack(Terms { is_tls12: true, ..TERMS }, TRANSPORTS[1]);
}
