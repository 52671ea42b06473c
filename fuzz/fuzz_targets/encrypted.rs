//! Any bytes as an encrypted key or as PKCS#12.
#![no_main]

#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    oracle::inputs::encrypted(bytes);
});
