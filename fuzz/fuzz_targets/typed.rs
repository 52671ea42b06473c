//! Typed messages out of any bytes: there and back in each way.
#![no_main]

#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    oracle::typed(bytes);
});
