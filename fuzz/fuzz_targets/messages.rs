//! Any bytes as a typed request and response.
#![no_main]

#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::messages(bytes));
