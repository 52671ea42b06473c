//! Messages that the feature `arbitrary` makes are valid, and nothing that the tables have is missing from them.
//!
//! `KMIP_TEST_GENERATED` says how many are made; a few thousand by default.

#![allow(clippy::unwrap_used)]

mod oracle;

use std::collections::BTreeSet;

use kmip_client::arbitrary::{Arbitrary, Unstructured, VERSIONS, request_message, response_message};
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::ttlv::enumeration::{Entry, Enumeration, OperationCode};
use kmip_client::ttlv::{Tag, Walk};
use proptest::prelude::*;

use self::oracle::random::Random;

/// Returns the number of messages of each direction to make.
fn count(default: usize) -> usize {
    std::env::var("KMIP_TEST_GENERATED")
        .map_or(default, |count| count.parse().expect("KMIP_TEST_GENERATED is a number"))
}

#[test]
fn generated_messages_are_valid() {
    let mut random = Random(1);
    for number in 0..count(1000) {
        let bytes = random.bytes(64 << (number % 6));
        let checked = std::panic::catch_unwind(|| oracle::typed(&bytes));
        assert!(checked.is_ok(), "message {number}, made of {}", hex(&bytes));
    }
}

proptest! {
    #[test]
    fn messages_of_any_bytes_are_valid(bytes in prop::collection::vec(any::<u8>(), 0..1024)) {
        oracle::typed(&bytes);
    }
}

/// A row of a table that is never generated would go untested without a word.
#[test]
fn every_operation_and_every_tag_is_generated() {
    let mut random = Random(2);
    let (mut operations, mut tags) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..4000 {
        let bytes = random.bytes(2048);
        let mut source = Unstructured::new(&bytes);
        let request = RequestMessage::arbitrary(&mut source).unwrap();
        operations.extend(request.batch_items.iter().map(|item| (true, item.operation.to_string())));
        let response = ResponseMessage::arbitrary(&mut Unstructured::new(&bytes)).unwrap();
        operations.extend(response.batch_items.iter().map(|item| (false, item.operation.unwrap().to_string())));
        for frame in [request.encode_message().unwrap(), response.encode_message().unwrap()] {
            tags.extend(Walk::new(&frame).map(|visit| visit.unwrap().item.tag()));
        }
    }
    // All of the standard and one of a vendor, in both directions.
    let all = <OperationCode as Enumeration>::TABLE.entries().len() + 1;
    assert_eq!(operations.len(), 2 * all, "{operations:?}");

    let missing: Vec<_> = Tag::TABLE
        .entries()
        .filter(|entry| {
            entry.versions().last().is_none_or(|last| last >= VERSIONS[0])
                && !tags.contains(&Tag::try_from(entry.value()).unwrap())
        })
        .map(Entry::name)
        .collect();
    // Attributes that end with KMIP 1.4, which writes them by their names, and what stands in structures that are kept
    // as they are.
    let expected = [
        "CertificateIdentifier",
        "CertificateIssuer",
        "CertificateSubject",
        "CustomAttribute",
        "OperationPolicyName",
        "ServerName",
        "ServerSerialNumber",
        "ServerVersion",
        "ServerLoad",
        "ProductName",
        "BuildLevel",
        "BuildDate",
        "ClusterInfo",
        "AlternateFailoverEndpoints",
        "Tag",
    ];
    assert_eq!(missing, expected);
}

/// The same bytes make the same message, and no bytes at all make one, too.
#[test]
fn the_bytes_decide() {
    for version in VERSIONS {
        let bytes = Random(3).bytes(512);
        assert_eq!(
            request_message(&mut Unstructured::new(&bytes), version),
            request_message(&mut Unstructured::new(&bytes), version)
        );
        let least = response_message(&mut Unstructured::new(&[]), version);
        assert_eq!(least.batch_items.len(), 1);
        assert_eq!(least.header.protocol_version, version);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
