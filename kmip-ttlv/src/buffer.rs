//! Buffers that hold keys: growth and release leave nothing behind.

use alloc::vec::Vec;

/// The initial capacity for a message of unknown length: most messages fit, and no more than this is wasted.
pub(crate) const USUAL: usize = 512;

/// Moves the output to a larger buffer, and wipes the old one, which `Vec` would free unwiped.
#[cold]
#[inline(never)]
pub(crate) fn grow(out: &mut Vec<u8>, more: usize) {
    // Small buffers grow in large steps, because each step costs a copy and a wipe. The new buffer has at most four
    // times the needed size, plus the old one. After one long value there is room for the usual rest.
    let factor = if out.capacity() < 1 << 16 { 4 } else { 2 };
    let capacity = out.len().saturating_add(more).saturating_add(USUAL).max(factor * out.capacity());
    let mut larger = Vec::with_capacity(capacity);
    larger.extend_from_slice(out);
    wipe(out);
    *out = larger;
}

/// Overwrites the whole buffer with zeros, including the bytes of an earlier message after its length.
#[cold]
#[inline(never)]
pub(crate) fn wipe(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.resize(buffer.capacity(), 0);
    // Prevents the compiler from removing writes that are never read.
    core::hint::black_box(buffer.as_mut_slice());
    buffer.clear();
}
