//! Any bytes that walk cleanly are written anew to the same bytes.
#![no_main]

#[path = "../memory.rs"]
mod memory;
#[path = "../../kmip-ttlv/tests/oracle/mod.rs"]
mod oracle;

use memory::bounded;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), || oracle::rewrite(bytes));
    oracle::roundtrip(bytes);
});
