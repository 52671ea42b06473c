//! The layout of an item: header, value, padding.

use crate::tag::Tag;
use crate::types::{BigInteger, Type};

/// Returns the header of an item as one number: tag, type, length.
#[inline]
pub(crate) const fn header(tag: Tag, ty: Type, length: u32) -> u64 {
    (head(tag, ty) as u64) << 32 | length as u64
}

/// Returns the first half of a header: tag and type.
#[inline]
pub(crate) const fn head(tag: Tag, ty: Type) -> u32 {
    tag.value() << 8 | ty.code() as u32
}

/// Returns `true` if anything but zeros follows a value of this length, up to the next multiple of 8.
#[inline]
pub(crate) fn has_padding(padded: &[u8], length: usize) -> bool {
    // The first byte of the last word is its lowest, so a right shift by the length of the value leaves the padding. If
    // the length is a multiple of 8, all 64 bits are value, and the shift takes two steps: by 1 and by 63, which is -1
    // here.
    #[expect(clippy::cast_possible_truncation, reason = "three bits")]
    let value = (8 * (length & 7) as u32).wrapping_sub(1);
    padded.last_chunk().is_some_and(|last| (u64::from_le_bytes(*last) >> 1).wrapping_shr(value) != 0)
}

/// Returns the length of an item with this header, header and padding included.
#[inline]
pub(crate) const fn item_len(&[.., a, b, c, d]: &[u8; 8]) -> u64 {
    (u32::from_be_bytes([a, b, c, d]) as u64 + 15) & !7
}

/// Returns an item of 16 bytes as two words: the header, and the value with its padding.
#[inline]
pub(crate) const fn words(item: &[u8; 16]) -> [u64; 2] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = *item;
    [u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes([i, j, k, l, m, n, o, p])]
}

/// Does the same as `slice::split_at` for lengths from the wire, which need not fit a `usize`.
#[inline]
pub(crate) fn split_at(bytes: &[u8], length: u64) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(usize::try_from(length).ok()?)
}

/// Returns the number of bytes that extend the sign of a Big Integer on the wire.
pub(crate) const fn big_integer_padding(value: BigInteger<'_>) -> usize {
    match value.bytes().len() {
        0 => 8,
        length => length.wrapping_neg() & 7,
    }
}
