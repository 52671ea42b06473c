//! Messages that others have made, through the typed messages and out again: the same bytes. `kmip-ttlv/tests/corpus` says where they are.

#![allow(clippy::print_stdout, reason = "says how much was tested")]

#[path = "../../kmip-ttlv/tests/corpus/mod.rs"]
mod corpus;
mod oracle;

use std::collections::BTreeMap;

use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::protocol::operation::{RequestPayload, ResponsePayload};
use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{Encode, Reader, Result, Rules, Tag};

/// What became of a message.
struct Taken {
    /// Encoded again.
    bytes: Vec<u8>,
    /// How long it was said to become.
    announced: usize,
    /// Whether it holds nothing that its version does not have.
    within: bool,
    skipped: u32,
    /// The operations whose payloads are kept as items, since the crate has no types for them.
    left: Vec<Option<OperationCode>>,
}

fn through(frame: &[u8], rules: Rules) -> Result<Taken> {
    if Reader::new(frame).at(Tag::REQUEST_MESSAGE) {
        let (message, skipped) = RequestMessage::decode_message(frame, rules)?;
        let left = message.batch_items.iter().filter(|item| matches!(item.payload, RequestPayload::Other(_)));
        let left = left.map(|item| Some(item.operation)).collect();
        let announced = message.encoded_len(Tag::REQUEST_MESSAGE, message.header.protocol_version);
        let within = message.encode_message().is_ok();
        Ok(Taken { bytes: message.encode_again()?, announced, within, skipped, left })
    } else {
        let (message, skipped) = ResponseMessage::decode_message(frame, rules)?;
        let left = message.batch_items.iter().filter(|item| matches!(item.payload, Some(ResponsePayload::Other(_))));
        let left = left.map(|item| item.operation).collect();
        let announced = message.encoded_len(Tag::RESPONSE_MESSAGE, message.header.protocol_version);
        let within = message.encode_message().is_ok();
        Ok(Taken { bytes: message.encode_again()?, announced, within, skipped, left })
    }
}

#[test]
fn the_same_bytes() {
    let (mut typed, mut untyped, mut left) = (0, 0, BTreeMap::<_, usize>::new());
    let mut beyond = Vec::new();
    for message in corpus::messages() {
        for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
            let taken = through(&message.bytes, rules).unwrap_or_else(|error| panic!("{}: {error}", message.name));
            assert_eq!(taken.bytes, message.bytes, "{}", message.name);
            assert_eq!(taken.announced, message.bytes.len(), "{}", message.name);
            assert_eq!(taken.skipped, 0, "{}", message.name);
            if rules == Rules::STRICT {
                beyond.extend((!taken.within).then(|| message.name.clone()));
                *(if taken.left.is_empty() { &mut typed } else { &mut untyped }) += 1;
                for operation in taken.left.into_iter().flatten() {
                    *left.entry(operation.to_string()).or_default() += 1;
                }
            }
        }
    }
    println!("{typed} messages typed throughout; {untyped} with payloads kept as items: {left:?}");
    println!("{} messages hold what their version does not have: {beyond:?}", beyond.len());
}

/// No bytes make the typed messages panic: every message of the corpus, cut off and with single bits turned.
#[test]
fn damaged_messages_are_errors_or_other_messages() {
    for (n, message) in corpus::messages().iter().enumerate() {
        let length = message.bytes.len();
        for k in 0..8 {
            // Places that differ from message to message, and are the same in every run.
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
