//! Any bytes that walk cleanly are written anew to the same bytes.
#![no_main]

#[path = "../../kmip-ttlv/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::roundtrip(bytes));
