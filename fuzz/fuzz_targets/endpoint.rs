//! Any bytes as an address or a thumbprint.
#![no_main]

#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    oracle::inputs::endpoint(bytes);
});
