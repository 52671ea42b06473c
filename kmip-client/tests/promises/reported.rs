//! Reports of users about servers that take a connection to reproduce.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kmip_client::blocking::Client;
use kmip_client::flow::{FlowError, lineage, rotate_named};
use kmip_client::protocol::operation::{Create, Get};
use kmip_client::{Error, Kmip, TransportError};
use kmip_ttlv::enumeration::OperationCode;

use crate::evil::{Echo, Evil, Transport, identifier, item, operation, serve as serve_over, structure, success};
use crate::{Either, attack, call, limits};

const UNIQUE_IDENTIFIER: u32 = 0x42_0094;
const LINK_TYPE: u32 = 0x42_004B;
const LINKED_OBJECT: u32 = 0x42_004C;
const REPLACEMENT_OBJECT_LINK: u32 = 0x106;

/// A server ends the connection within the header of its answer, for which a client waited for a buffer of 4 bytes
/// (PyKMIP, issue 665).
#[test]
fn an_answer_that_ends_within_its_header() {
    for bytes in [0, 1, 4, 7] {
        let serve = move |mut evil: Evil, _| {
            if let Some(request) = evil.request() {
                let begun = evil.framed(&success(&request, Echo::Id, &[]))[..bytes].to_vec();
                let records = [evil.sealed(&begun), evil.close_notify()].concat();
                let _ = evil.tcp.write_all(&records);
            }
        };
        attack(serve, async |what, client| {
            let told = |error: &Error| match error.transport_error() {
                Some(TransportError::Truncated { received, expected: None }) if *received == bytes => {}
                Some(TransportError::Closed(_)) if bytes == 0 => {}
                _ => panic!("{bytes}, {}: {error:?}", what()),
            };
            let error = call!(client, &Get::id("key")).map(drop).unwrap_err();
            assert!(matches!(error, Error::NoAnswer(_)), "{bytes}, {}: {error:?}", what());
            told(&error);
            let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
            assert!(matches!(error, Error::OutcomeUnknown(_)), "{bytes}, {}: {error:?}", what());
            told(&error);
        });
    }
}

/// A server ignores a name that it looks for and returns what it has (Cosmian/kms, issues 824 and 935). No flow takes
/// that for the key of that name.
#[test]
fn an_object_of_another_name_is_not_the_one_that_was_looked_for() {
    let changes = Arc::new(AtomicUsize::new(0));
    let serve = {
        let changes = Arc::clone(&changes);
        move |evil: Evil, _| {
            evil.answer_each(|request| match OperationCode::from_value(operation(request)) {
                OperationCode::LOCATE => success(request, Echo::Id, &[item(UNIQUE_IDENTIFIER, 7, b"master")]),
                OperationCode::GET_ATTRIBUTES => {
                    let attribute = |name: &[u8], value| structure(0x42_0008, &[item(0x42_000A, 7, name), value]);
                    let name = [item(0x42_0055, 7, b"master key"), item(0x42_0054, 5, &[0, 0, 0, 1])];
                    let attributes = [
                        item(UNIQUE_IDENTIFIER, 7, b"master"),
                        attribute(b"State", item(0x42_000B, 5, &[0, 0, 0, 2])),
                        attribute(b"Name", structure(0x42_000B, &name)),
                    ];
                    success(request, Echo::Id, &attributes)
                }
                _ => {
                    changes.fetch_add(1, Ordering::SeqCst);
                    success(request, Echo::Id, &[item(UNIQUE_IDENTIFIER, 7, b"master")])
                }
            });
        }
    };
    async fn rotate(kms: &impl Kmip) -> FlowError {
        rotate_named(kms, "backup").await.map(drop).unwrap_err()
    }
    attack(serve, async |what, client| {
        let error = match &client {
            Either::Blocking(client) => client.run(async |kms| rotate(&kms).await),
            Either::Async(client) => rotate(client).await,
        };
        assert!(matches!(error, FlowError::NotNamed { .. }), "{}: {error:?}", what());
        assert_eq!(changes.load(Ordering::SeqCst), 0, "{}", what());
    });
}

/// A server names a newer generation of every key that it is asked for. The walk ends.
#[test]
fn a_lineage_without_end_is_an_error() {
    let serve = |evil: Evil, _| {
        evil.answer_each(|request| {
            let id = identifier(request);
            let next = format!("{}", id.parse::<u64>().unwrap() + 1);
            let link =
                [item(LINK_TYPE, 5, &REPLACEMENT_OBJECT_LINK.to_be_bytes()), item(LINKED_OBJECT, 7, next.as_bytes())];
            let attribute = [item(0x42_000A, 7, b"Link"), structure(0x42_000B, &link)];
            let payload = [item(UNIQUE_IDENTIFIER, 7, id.as_bytes()), structure(0x42_0008, &attribute)];
            success(request, Echo::Id, &payload)
        });
    };
    let client = Client::connect(&limits(serve_over(Transport::Tls, serve))).unwrap();
    let error = client.run(async |kms| lineage(&kms, "0").await).unwrap_err();
    assert!(matches!(&error, FlowError::TooManyGenerations { key, .. } if key == "0"), "{error:?}");
}
