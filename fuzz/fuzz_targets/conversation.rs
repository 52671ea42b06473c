//! Any bytes, in any pieces, as what a server sends.
#![no_main]

#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::conversation(bytes));
