//! Inputs that once broke something, or nearly would have: a list for each fuzz target of this crate. `fuzz/README.md`
//! says how one gets here.

#![allow(clippy::unwrap_used)]

mod oracle;

/// The property that holds for any bytes, by the name of the fuzz target.
type Target = (&'static str, fn(&[u8]));

const TARGETS: &[Target] = &[
    ("messages", oracle::messages),
    ("typed", oracle::typed),
    ("conversation", oracle::conversation),
    ("http", kmip_client::fuzzed::http),
    ("endpoint", oracle::inputs::endpoint),
    ("pem", oracle::inputs::pem),
    ("encrypted", oracle::inputs::encrypted),
    ("keys", oracle::inputs::keys),
    ("front", oracle::server::front),
    ("kms", oracle::server::kms),
];

/// The target, the input in hex, and why it is here.
const INPUTS: &[(&str, &str, &str)] = &[
    ("messages", "", "no bytes"),
    (
        "messages",
        "42007b01000000904200 7a01000000384200 6901000000204200 6a02000000040000 0000000000004200 6b02000000040000 000000000000\
         42009209000000080042 00535e0be1004200 0f01000000484200 5c05000000040000 0001000000004200 7f05000000040000 000000000000\
         42007c01000000204200 5705000000040000 0002000000004200 9405000000040000 000100000000",
        "the ID Placeholder as a value before KMIP 2.0, where it is a field that is left out",
    ),
    (
        "messages",
        "42007b01000000e042007a0100000048420069010000002042006a0200000004000000010000000042006b02000000040000000200000000\
         4200920900000008000000004f9a54e842000d0200000004000000010000000042000f010000008842005c05000000040000000b00000000\
         42007f0500000004000000000000000042007c01000000604200940700000006757569642d310000420008010000004842000a0700000006\
         446967657374000042000b010000003042003505000000040000000600000000420035080000000807070707070707074200420500000004\
         0000000300000000",
        "a Digest with a Digest Value in place of the Hashing Algorithm: kept by strict rules as one that lacks a field",
    ),
    (
        "messages",
        "42007801000000984200770100000038420069010000002042006a0200000004000000010000000042006b02000000040000000400000000\
         42000d0200000004000000010000000042000f010000005042005c0500000004000000080000000042007901000000384200080100000030\
         42000a0700000013436f6e7461637420496e666f726d6174696f6e000000000000000000000000000000000000000000",
        "an attribute whose value is eight zeros in place of a header: it was read as one, and lost its name",
    ),
    ("typed", "07FF", "KMIP 3.0, all odd, and nothing to decide by"),
    ("conversation", "00 42007B01 FFFFFFF8", "an answer of 4 GiB, byte by byte"),
    ("http", "00 485454502F312E3120323030204F4B0D0A0D0A", "no length"),
    ("endpoint", "68747470733A2F2F", "https:// and no host"),
    ("endpoint", "757365723A68756E7465723240 6B6D733A30", "a password, and the port 0"),
    (
        "endpoint",
        "406E6E6E6E6E6E6E6E6E6E6E6E406E6E6E6E6E6E6E6E6E6E6E6E7A",
        "no password, and a host that looks like one",
    ),
    ("pem", "2D2D2D2D2D424547494E20", "the beginning of a beginning"),
    ("encrypted", "30", "the tag of a sequence"),
    ("keys", "3080", "a sequence without an end"),
    ("front", "42007801 00000008 42007701 00000000", "a header with nothing in it"),
    ("front", "504F5354202F6B6D697020485454502F312E310D0A0D0A", "HTTP without a length"),
    ("kms", "0600", "a request of no bytes"),
];

#[test]
fn oracles_hold_for_known_inputs() {
    for (name, input, why) in INPUTS {
        let (_, oracle) = TARGETS.iter().find(|(target, _)| target == name).unwrap();
        check(name, &format!("{input}: {why}"), *oracle, &bytes(input));
    }
}

/// Every target takes what the others had in mind.
#[test]
fn what_holds_for_any_bytes_holds_for_the_inputs_of_other_targets() {
    for (name, oracle) in TARGETS {
        for (_, input, why) in INPUTS {
            check(name, &format!("{input}: {why}"), *oracle, &bytes(input));
        }
    }
}

/// The keys and certificates of the tests, whole, cut off, and with a byte changed.
#[test]
fn oracles_hold_for_damaged_keys() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pem");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        // Opening these takes long without optimisation.
        let Some(name) = file.file_name().and_then(|name| name.to_str()).filter(|name| !name.contains("scrypt")) else {
            continue;
        };
        let whole = std::fs::read(&file).unwrap();
        let (mut changed, at) = (whole.clone(), whole.len() * 2 / 3);
        changed[at] ^= 4;
        for target in ["pem", "keys"] {
            let (_, oracle) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
            for (how, bytes) in [("whole", &whole[..]), ("cut off", &whole[..at]), ("changed", &changed[..])] {
                check(target, &format!("{name}, {how}"), *oracle, bytes);
            }
        }
        seen += 1;
    }
    assert!(seen > 30, "{seen} files");
}

/// Runs it, and names the target and the input that fail.
fn check(target: &str, input: &str, oracle: fn(&[u8]), bytes: &[u8]) {
    let held = std::panic::catch_unwind(|| oracle(bytes));
    assert!(held.is_ok(), "{target} fails on {input}");
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}
