//! Any bytes to XML and back, and from XML, where they are some.
#![no_main]

#[path = "../../kmip-ttlv/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::xml(bytes));
