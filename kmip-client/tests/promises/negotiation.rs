//! Servers that negotiate the version in unusual ways.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kmip_client::protocol::operation::{Create, Get};
use kmip_client::{Error, TransportError, blocking};
use kmip_ttlv::{V1_0, V1_4};

use crate::evil::{
    Echo, Evil, TRANSPORTS, created, find, identifier, item, key, key_of, operation, refusal, serve, structure, success,
};
use crate::{call, limits, run};

const CREATE: u32 = 1;
const DISCOVER_VERSIONS: u32 = 0x1E;

/// Returns the minor version of a request.
fn minor(request: &[u8]) -> u8 {
    find(request, 0x42_006B, 2).unwrap()[3]
}

/// gemalto/kmip-go answers every request in its own version, including Discover Versions in 1.1.
#[test]
fn a_server_that_always_answers_in_1_4_is_spoken_with_from_end_to_end() {
    for transport in TRANSPORTS {
        for is_async in [false, true] {
            let serve_it = |mut evil: Evil, _| {
                while let Some(request) = evil.request() {
                    let version = |minor| {
                        structure(
                            0x42_0069,
                            &[item(0x42_006A, 2, &[0, 0, 0, 1]), item(0x42_006B, 2, &[0, 0, 0, minor])],
                        )
                    };
                    let answer = match operation(&request) {
                        DISCOVER_VERSIONS => {
                            assert_eq!(minor(&request), 1);
                            success(&request, Echo::Id, &[4, 3, 2, 1, 0].map(version))
                        }
                        CREATE => created(&request, Echo::Id, "new"),
                        _ => key(&request, Echo::Id, &identifier(&request)),
                    };
                    evil.answer(&answer);
                }
            };
            let config = limits(serve(transport, serve_it)).versions(V1_0..=V1_4);
            run(&config, is_async, async |client| {
                let id = call!(client, &Create::aes(256)).unwrap().payload().unique_identifier.to_string();
                let reply = call!(client, &Get::id(&*id)).unwrap();
                assert_eq!((id.as_str(), reply.version()), ("new", V1_4), "{transport:?}, async: {is_async}");
                let payload = reply.payload();
                assert_eq!(payload.object.key_block().unwrap().bytes().unwrap().expose(), key_of("new"));
            });
        }
    }
}

/// The moment at which a server closes the connection on which it refused Discover Versions.
#[derive(Clone, Copy, Debug)]
enum HangUp {
    /// Together with the refusal.
    AtOnce,
    /// After it has read the next request, which is not answered.
    AtTheNext,
}

#[test]
fn a_server_that_hangs_up_with_each_refusal_to_name_versions_is_spoken_with_in_1_0() {
    const NOT_SUPPORTED: u32 = 5;
    const GENERAL_FAILURE: u32 = 0x100;
    for hang_up in [HangUp::AtOnce, HangUp::AtTheNext] {
        for reason in [NOT_SUPPORTED, GENERAL_FAILURE] {
            for transport in TRANSPORTS {
                for is_async in [false, true] {
                    let lost = Arc::new(AtomicUsize::new(0));
                    let serve_it = {
                        let lost = Arc::clone(&lost);
                        move |mut evil: Evil, _| {
                            while let Some(request) = evil.request() {
                                if operation(&request) != DISCOVER_VERSIONS {
                                    evil.answer(&created(&request, Echo::Id, "new"));
                                    continue;
                                }
                                evil.answer(&refusal(reason));
                                if let HangUp::AtTheNext = hang_up {
                                    let next = evil.request();
                                    let is_other = |next: &Vec<u8>| operation(next) != DISCOVER_VERSIONS;
                                    lost.fetch_add(usize::from(next.as_ref().is_some_and(is_other)), Ordering::SeqCst);
                                }
                                return;
                            }
                        }
                    };
                    let config = limits(serve(transport, serve_it)).versions(V1_0..=V1_4);
                    let what = format!("{hang_up:?}, {reason:#x}, {transport:?}, async: {is_async}");
                    run(&config, is_async, async |client| {
                        for _ in 0..2 {
                            call!(client, &Create::aes(256)).unwrap_or_else(|error| panic!("{what}: {error:?}"));
                        }
                    });
                    assert_eq!(lost.load(Ordering::SeqCst), 0, "{what}: a Create went out in vain");
                }
            }
        }
    }
}

/// A silent close is not interpreted: it may be a refusal of the client certificate.
#[test]
fn a_server_that_only_hangs_up_is_an_error() {
    let config = limits(serve(TRANSPORTS[0], |mut evil: Evil, _| drop(evil.request()))).versions(V1_0..=V1_4);
    let error = blocking::Client::connect(&config).map(drop).unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(matches!(error.transport_error(), Some(TransportError::Closed(_))), "{error:?}");
}
