//! The counting allocator that every target runs under, and the bound for decoding.
#![allow(dead_code, reason = "not every target has something to decode")]

use kmip_ttlv::MAX_AMPLIFICATION;

/// The bytes for an error, and for other state that does not grow with the input.
const SLACK: usize = 4_096;

/// Runs this, and panics where it held more memory at a time than may be for so many bytes.
pub(crate) fn bounded<T>(length: usize, decode: impl FnOnce() -> T) {
    let held = allocation_counter::measure(|| drop(decode())).bytes_max;
    let most = (MAX_AMPLIFICATION * length + SLACK) as u64;
    assert!(held <= most, "{held} bytes of memory for {length}");
}
