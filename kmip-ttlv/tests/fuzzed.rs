//! Inputs that once broke something, or nearly did. `fuzz/README.md` describes how to add one.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;
mod oracle;

/// The property that holds for any bytes, by the name of the fuzz target.
type Target = (&'static str, fn(&[u8]));

const TARGETS: &[Target] = &[
    ("walk", oracle::walk),
    ("roundtrip", oracle::roundtrip),
    #[cfg(feature = "xml")]
    ("xml", oracle::xml),
    #[cfg(feature = "json")]
    ("json", oracle::json),
];

/// The input in hex, and the reason for it.
const INPUTS: &[(&str, &str)] = &[
    ("", "no bytes"),
    ("420078", "a part of a header"),
    ("42006204 00000000", "a Big Integer of no bytes, which came back as eight"),
    ("42007801 00000000", "a message with nothing in it"),
    ("42007801 FFFFFFF8", "a message of 4 GiB"),
    ("42007801 00000007 00000000000000", "a length that is wrong, and too large as well"),
    ("42007801 00000010 42000F01 00000000 42000F01 00000000", "structures that end where the next begins"),
    ("42000807 00000001 FF00000000000000", "no UTF-8"),
];

#[test]
fn oracles_hold_for_known_inputs() {
    for (input, why) in INPUTS {
        let bytes = corpus::hex(input);
        for (target, oracle) in TARGETS {
            assert!(std::panic::catch_unwind(|| oracle(&bytes)).is_ok(), "{target} fails on {input}: {why}");
        }
    }
}

/// Every message with one bit flipped, at a few positions each, and truncated.
#[test]
fn oracles_hold_for_damaged_messages() {
    for (number, message) in corpus::messages().into_iter().enumerate() {
        let mut bytes = message.bytes;
        for step in 0..8 {
            let place = (number * 31 + step * 97) % bytes.len();
            bytes[place] ^= 1 << (step);
            oracle::walk(&bytes);
            oracle::roundtrip(&bytes);
            oracle::walk(&bytes[..place]);
            bytes[place] ^= 1 << (step);
        }
        oracle::walk(&bytes);
    }
}
