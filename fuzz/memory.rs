//! What every target runs under: an allocator that counts, and the bound that decoding has to keep.
#![allow(dead_code, reason = "not every target has something to decode")]

use kmip_ttlv::MAX_AMPLIFICATION;

/// What an error takes, and what is not counted by the byte.
const SLACK: usize = 4_096;

/// Runs this, and panics where it held more memory at a time than may be for so many bytes.
pub(crate) fn bounded<T>(length: usize, decode: impl FnOnce() -> T) {
    let held = allocation_counter::measure(|| drop(decode())).bytes_max;
    let most = (MAX_AMPLIFICATION * length + SLACK) as u64;
    assert!(held <= most, "{held} bytes of memory for {length}");
}
