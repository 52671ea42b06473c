//! Any bytes through everything that walks.
#![no_main]

#[path = "../memory.rs"]
mod memory;
#[path = "../../kmip-ttlv/tests/oracle/mod.rs"]
mod oracle;

use kmip_ttlv::{V1_4, Walk, check_vocabulary};
use memory::bounded;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), || Walk::new(bytes).filter(Result::is_err).count());
    bounded(bytes.len(), || check_vocabulary(bytes, V1_4));
    oracle::walk(bytes);
});
