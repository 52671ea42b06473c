//! Any bytes to JSON and back, and from JSON, where they are some.
#![no_main]

#[path = "../memory.rs"]
mod memory;
#[path = "../../kmip-ttlv/tests/oracle/mod.rs"]
mod oracle;

use std::sync::Once;

use kmip_ttlv::json;
use memory::bounded;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // One-time allocations happen before anything is counted.
    static ONCE: Once = Once::new();
    ONCE.call_once(|| _ = json::from_json(r#"{"tag":"D"}"#).count());
    if let Ok(document) = std::str::from_utf8(bytes) {
        bounded(document.len(), || json::from_json(document).collect::<Result<Vec<_>, _>>());
    }
    oracle::json(bytes);
});
