//! Servers that change the keys of a connection (RFC 8446, 4.6.3), a few times or without end.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use kmip_client::protocol::operation::Get;

use crate::evil::{Echo, Evil, TRANSPORTS, identifier, key, serve};
use crate::floods::{holds_up_no_call, idle_and_pending};
use crate::{call, limits, run};

/// A few updates before a response, behind it and on the idle connection change nothing.
#[test]
fn keys_change_around_a_response() {
    for transport in TRANSPORTS {
        for is_async in [false, true] {
            let connections = Arc::new(AtomicUsize::new(0));
            let serve_it = {
                let connections = Arc::clone(&connections);
                move |mut evil: Evil, _| {
                    connections.fetch_add(1, Ordering::SeqCst);
                    while let Some(request) = evil.request() {
                        let framed = evil.framed(&key(&request, Echo::Id, &identifier(&request)));
                        let (half, rest) = framed.split_at(framed.len() / 2);
                        let records = [
                            evil.key_update(),
                            evil.sealed(half),
                            evil.key_update(),
                            evil.sealed(rest),
                            evil.key_update(),
                        ];
                        evil.tcp.write_all(&records.concat()).unwrap();
                        thread::sleep(Duration::from_millis(5));
                        let idle = evil.key_update();
                        evil.tcp.write_all(&idle).unwrap();
                    }
                }
            };
            run(&limits(serve(transport, serve_it)), is_async, async |client| {
                for _ in 0..8 {
                    call!(client, &Get::id("a")).unwrap_or_else(|error| panic!("{transport:?}, {is_async}: {error:?}"));
                    thread::sleep(Duration::from_millis(10));
                }
                assert_eq!(connections.load(Ordering::SeqCst), 1, "{transport:?}, async: {is_async}");
            });
        }
    }
}

/// Sends updates until the client disconnects. `begun` becomes `true` with the first.
fn flood(mut evil: Evil, begun: &AtomicBool) {
    loop {
        let records: Vec<u8> = (0..100).flat_map(|_| evil.key_update()).collect();
        let sent = evil.tcp.write_all(&records);
        begun.store(true, Ordering::SeqCst);
        if sent.is_err() {
            return;
        }
    }
}

#[test]
fn key_updates_without_end_hold_up_no_call() {
    for transport in TRANSPORTS.into_iter().take(2) {
        for is_async in [false, true] {
            let begun = Arc::new(AtomicBool::new(false));
            let begins = Arc::clone(&begun);
            let config = limits(serve(transport, idle_and_pending(move |evil| flood(evil, &begins))));
            holds_up_no_call(&config, is_async, &begun, &format!("{transport:?}, async: {is_async}"));
        }
    }
}
