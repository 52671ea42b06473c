//! Any bytes to XML and back, and from XML, where they are some.
#![no_main]

#[path = "../memory.rs"]
mod memory;
#[path = "../../kmip-ttlv/tests/oracle/mod.rs"]
mod oracle;

use std::sync::Once;

use kmip_ttlv::xml;
use memory::bounded;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // One-time allocations happen before anything is counted.
    static ONCE: Once = Once::new();
    ONCE.call_once(|| _ = xml::from_xml("<D/>").count());
    if let Ok(document) = std::str::from_utf8(bytes) {
        bounded(document.len(), || xml::from_xml(document).collect::<Result<Vec<_>, _>>());
    }
    oracle::xml(bytes);
});
