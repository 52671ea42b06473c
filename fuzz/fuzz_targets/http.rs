//! Any bytes, in any pieces, as HTTP.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kmip_client::fuzzed::http(bytes);
});
