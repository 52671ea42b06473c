//! Any bytes through everything that walks.
#![no_main]

#[path = "../../kmip-ttlv/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::walk(bytes));
