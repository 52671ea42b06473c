//! Messages encoded by others are decoded to typed messages and encoded to the same bytes. `kmip-ttlv/tests/corpus`
//! describes their sources.

#![allow(clippy::print_stdout, reason = "says how much was tested")]

#[path = "../../kmip-ttlv/tests/corpus/mod.rs"]
mod corpus;
mod oracle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{RequestPayload, ResponsePayload};
use kmip_ttlv::{ProtocolVersion, Reader, Result, Rules, Tag};

/// The result for one message.
struct Taken {
    /// The bytes encoded again.
    bytes: Vec<u8>,
    /// `true` if it has only items of its version.
    within: bool,
    skipped: u32,
    /// The items that the crate has no type for: operations, and items below their payloads.
    untyped: Vec<String>,
}

fn through(frame: &[u8], rules: Rules) -> Result<Taken> {
    if Reader::new(frame).at(Tag::REQUEST_MESSAGE) {
        let (message, skipped) = RequestMessage::decode_message(frame, rules)?;
        let items = message.batch_items.iter().filter(|item| matches!(item.payload, RequestPayload::Other(_)));
        let untyped = items.map(|item| item.operation.to_string()).chain(untyped_inside(&message)).collect();
        let within = message.encode_message().is_ok();
        Ok(Taken { bytes: message.encode_again()?, within, skipped, untyped })
    } else {
        let (message, skipped) = ResponseMessage::decode_message(frame, rules)?;
        let items = message.batch_items.iter().filter(|item| matches!(item.payload, Some(ResponsePayload::Other(_))));
        let operations = items.map(|item| item.operation.map_or("no operation".to_owned(), |code| code.to_string()));
        let untyped = operations.chain(untyped_inside(&message)).collect();
        let within = message.encode_message().is_ok();
        Ok(Taken { bytes: message.encode_again()?, within, skipped, untyped })
    }
}

/// Returns the contents of `Other` variants below payloads, as printed: credentials, key material, attributes. Vendor
/// and custom attributes are expected there, and are recognized by their names.
fn untyped_inside(message: &impl Debug) -> Vec<String> {
    const MEANT: [&str; 3] = ["RequestPayload", "ResponsePayload", "OtherAttribute { name: Vendor"];
    let printed = format!("{message:?}");
    let others = printed.split("Other(").skip(1).filter(|other| !MEANT.iter().any(|meant| other.starts_with(meant)));
    others.map(|other| other[..other.find([',', '}']).unwrap_or(other.len())].to_owned()).collect()
}

/// Items without types: their description, the cases that have them, and the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "OtherAttribute { name: Unnamed",
    "CS-AC-M-",
    "an Attribute without its Attribute Name, which no version allows",
)];

/// The results of one version.
#[derive(Default)]
struct Row {
    files: BTreeSet<String>,
    messages: usize,
    typed: usize,
    within: usize,
}

#[test]
fn the_same_bytes() {
    let mut rows = BTreeMap::<ProtocolVersion, Row>::new();
    let (mut exceptions, mut left) = (BTreeMap::<_, usize>::new(), Vec::new());
    for message in corpus::messages() {
        for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
            let taken = through(&message.bytes, rules).unwrap_or_else(|error| panic!("{}: {error}", message.name));
            assert_eq!(taken.bytes, message.bytes, "{}", message.name);
            assert_eq!(taken.skipped, 0, "{}", message.name);
            if rules != Rules::STRICT {
                continue;
            }
            let row = rows.entry(message.version()).or_default();
            row.files.insert(message.name.split(':').next().unwrap_or_default().to_owned());
            row.messages += 1;
            row.typed += usize::from(taken.untyped.is_empty());
            row.within += usize::from(taken.within);
            for what in taken.untyped {
                let allowed = EXCEPTIONS.iter().find(|(that, cases, _)| what == *that && message.name.contains(cases));
                match allowed {
                    Some((_, _, reason)) => *exceptions.entry(*reason).or_default() += 1,
                    None => left.push(format!("{}: {what}", message.name)),
                }
            }
        }
    }
    println!("KMIP | files | messages | typed throughout | hold only what the version has");
    for (version, row) in &rows {
        println!("{version} | {} | {} | {} | {}", row.files.len(), row.messages, row.typed, row.within);
    }
    println!("exceptions: {exceptions:?}");
    // The contents of other messages are unknown.
    if corpus::is_known() {
        assert!(left.is_empty(), "{} are not typed: {left:#?}", left.len());
    } else {
        println!("not typed: {left:#?}");
    }
}

/// No bytes make the typed messages panic: every message of the corpus, truncated and with single bits flipped.
#[test]
fn damaged_messages_are_errors_or_other_messages() {
    for (n, message) in corpus::messages().iter().enumerate() {
        let length = message.bytes.len();
        for k in 0..8 {
            // Positions that differ between messages, and are the same in every run.
            let place = (n * 31 + k * 977) % length;
            let mut turned = message.bytes.clone();
            turned[place] ^= 1 << ((n + k) % 8);
            for damaged in [&turned[..], &message.bytes[..place]] {
                oracle::messages(damaged);
                oracle::conversation(damaged);
            }
        }
    }
}
