//! Items at known offsets, read together.
//!
//! Some parts of messages almost always look the same: headers, and the block around a plain symmetric key. Comparing
//! them whole takes a third of the time of reading item by item. Whatever looks different is read item by item, so a
//! layout changes only the speed.

use super::Reader;
use crate::wire::{has_padding, head, header, split_at};
use crate::{Tag, Type, Writer};

/// Consecutive items, as words of eight bytes.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Layout<const N: usize> {
    /// The words in the order of memory, so that comparing them needs no conversion.
    expected: [u64; N],
    /// The bits of each word that have to be as expected.
    fixed: [u64; N],
}

/// One word of a [`Layout`].
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Word {
    expected: u64,
    fixed: u64,
}

impl Word {
    /// Value of four bytes, and its padding.
    pub const FOUR_BYTES: Self = Self { expected: 0, fixed: 0xFFFF_FFFF };
    /// Value of four bytes that fits one, and its padding.
    pub const SMALL: Self = Self { expected: 0, fixed: 0xFFFF_FF00_FFFF_FFFF };
    /// Value of eight bytes.
    pub const EIGHT_BYTES: Self = Self { expected: 0, fixed: 0 };

    /// Returns the value that a word of [`Word::FOUR_BYTES`] or [`Word::SMALL`] holds.
    #[must_use]
    #[inline]
    pub const fn four_bytes(word: u64) -> [u8; 4] {
        let [a, b, c, d, ..] = word.to_be_bytes();
        [a, b, c, d]
    }

    /// Returns the header of an item of this length.
    #[must_use]
    pub const fn header(tag: Tag, ty: Type, length: u32) -> Self {
        Self { expected: header(tag, ty, length), fixed: u64::MAX }
    }

    /// Returns the header of an item of any length.
    #[must_use]
    pub const fn open_header(tag: Tag, ty: Type) -> Self {
        Self { expected: (head(tag, ty) as u64) << 32, fixed: 0xFFFF_FFFF_0000_0000 }
    }
}

impl<const N: usize> Layout<N> {
    /// Creates the layout of these words.
    #[must_use]
    pub const fn new(words: [Word; N]) -> Self {
        let (mut expected, mut fixed) = ([0; N], [0; N]);
        let mut n = 0;
        while n < N {
            (expected[n], fixed[n]) = (words[n].expected.to_be(), words[n].fixed.to_be());
            n += 1;
        }
        Self { expected, fixed }
    }
}

impl<'a> Reader<'a> {
    /// Returns `true` if this many structures may be nested here.
    #[doc(hidden)]
    #[inline(always)]
    #[must_use]
    pub const fn may_enter(&self, structures: u8) -> bool {
        self.ctx.depth() >= structures
    }

    /// Steps over the next items and returns their words, if they have this layout.
    ///
    /// The caller checks that structures end where their items do, and that they may be entered.
    #[doc(hidden)]
    #[inline(always)]
    pub fn take_layout<const N: usize>(&mut self, layout: &Layout<N>) -> Option<[u64; N]> {
        let (words, _) = self.rest.as_chunks::<8>();
        let words = words.first_chunk::<N>()?.map(u64::from_ne_bytes);
        let expected = layout.expected.iter().zip(&layout.fixed);
        let differ =
            words.iter().zip(expected).fold(0, |differ, (word, (expected, fixed))| differ | (word ^ expected) & fixed);
        self.rest = self.rest.get(8 * N..).filter(|_| differ == 0)?;
        Some(words.map(u64::from_be))
    }

    /// Steps over the value that belongs to this header, and its padding, and returns the value, if the padding is
    /// zero.
    #[doc(hidden)]
    #[inline(always)]
    pub fn take_value(&mut self, header: u64) -> Option<&'a [u8]> {
        let length = header & 0xFFFF_FFFF;
        let (padded, tail) = split_at(self.rest, (length + 7) & !7)?;
        let length = usize::try_from(length).ok()?;
        let value = padded.get(..length).filter(|_| !has_padding(padded, length))?;
        self.rest = tail;
        Some(value)
    }
}

impl Writer {
    /// Writes items of this layout. `values` holds the open bits of the layout, and zeros elsewhere.
    #[doc(hidden)]
    #[inline(always)]
    pub fn layout<const N: usize>(&mut self, layout: &Layout<N>, values: [u64; N]) {
        let mut words = [[0; 8]; N];
        for (word, (expected, value)) in words.iter_mut().zip(layout.expected.iter().zip(values)) {
            *word = (expected | value.to_be()).to_ne_bytes();
        }
        self.encoded(words.as_flattened());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests;
