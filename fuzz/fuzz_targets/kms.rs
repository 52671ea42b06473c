//! Generated requests to the test server.
#![no_main]

#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    oracle::server::kms(bytes);
});
