//! Alerts that refuse a client, at unusual moments.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kmip_client::Error;
use kmip_client::protocol::operation::{Create, Get};

use crate::evil::{Echo, Evil, TRANSPORTS, created, identifier, key, operation, serve_asking_once, serve_with};
use crate::{call, limits, run};

const CREATE: u32 = 1;
const ACCESS_DENIED: u8 = 49;
const CERTIFICATE_EXPIRED: u8 = 45;
const DECRYPT_ERROR: u8 = 51;
const HANDSHAKE_FAILURE: u8 = 40;

/// The moment of the server's alert.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// As the first record after a handshake in which the client has sent its certificate.
    First,
    /// As the first record after a handshake without a certificate, so that the request is the reason.
    NotAsked,
    /// As the first record of a resumed session, whose certificate was accepted before.
    Resumed,
    /// After session tickets.
    AfterTickets,
    /// After half of the response.
    AfterHalf,
    /// On a connection that has answered before.
    OnAUsedConnection,
}

#[test]
fn an_alert_leaves_the_outcome_unknown_unless_nothing_was_before_it() {
    for when in
        [When::First, When::NotAsked, When::Resumed, When::AfterTickets, When::AfterHalf, When::OnAUsedConnection]
    {
        for description in [ACCESS_DENIED, CERTIFICATE_EXPIRED, DECRYPT_ERROR, HANDSHAKE_FAILURE] {
            for transport in TRANSPORTS {
                for is_async in [false, true] {
                    attack(when, description, transport, is_async);
                }
            }
        }
    }
}

fn attack(when: When, description: u8, transport: crate::evil::Transport, is_async: bool) {
    let done = Arc::new(AtomicUsize::new(0));
    let serve = {
        let done = Arc::clone(&done);
        move |mut evil: Evil, connection| {
            while let Some(request) = evil.request() {
                if operation(&request) != CREATE {
                    let answer = key(&request, Echo::Id, &identifier(&request));
                    if when == When::Resumed {
                        // The next request comes on a connection that resumes the session.
                        evil.answer_and_close(&answer);
                    } else {
                        assert!(evil.answer(&answer));
                    }
                    continue;
                }
                let made = done.fetch_add(1, Ordering::SeqCst);
                let answer = created(&request, Echo::Id, &format!("new-{made}"));
                if connection > usize::from(when == When::Resumed) {
                    evil.answer(&answer);
                    continue;
                }
                if when == When::AfterHalf {
                    let framed = evil.framed(&answer);
                    let half = evil.sealed(&framed[..framed.len() / 2]);
                    evil.tcp.write_all(&half).unwrap();
                }
                return evil.alert(description);
            }
        }
    };
    let tickets = if matches!(when, When::AfterTickets | When::Resumed) { 2 } else { 0 };
    let config = match when {
        When::NotAsked => serve_with(transport, tickets, serve),
        _ => serve_asking_once(transport, tickets, serve),
    };
    run(&limits(config), is_async, async |client| {
        if matches!(when, When::OnAUsedConnection | When::Resumed) {
            call!(client, &Get::id("a")).unwrap();
        }
        let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
        let what = format!("{when:?}, {description}, {transport:?}, async: {is_async}: {error:?}");
        match when {
            When::First => assert!(matches!(error, Error::Unreachable(_)), "{what}"),
            _ => assert!(matches!(error, Error::OutcomeUnknown(_)), "{what}"),
        }
        assert_eq!(done.load(Ordering::SeqCst), 1, "{what}: it was sent to the same server again");
    });
}
