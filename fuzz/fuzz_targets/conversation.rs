//! Any bytes, in any pieces, as what a server sends.
#![no_main]

#[path = "../memory.rs"]
mod memory;
#[path = "../../kmip-client/tests/oracle/mod.rs"]
mod oracle;

use kmip_client::Incoming;
use memory::bounded;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), || received(bytes));
    oracle::conversation(bytes);
});

/// Feeds these bytes to the buffer of a client, cut as the first byte says.
fn received(bytes: &[u8]) -> Option<Incoming> {
    let (cut, mut rest) = bytes.split_first()?;
    let mut incoming = Incoming::new(1 << 16);
    while !rest.is_empty() {
        let space = incoming.space();
        let length = space.len().min(rest.len()).min(usize::from(*cut) + 1);
        space[..length].copy_from_slice(&rest[..length]);
        rest = &rest[length..];
        incoming.filled(length).ok()?;
    }
    Some(incoming)
}
