//! The document that is being written, and characters of a document that was read. Both may hold keys.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::buffer::{grow, wipe};

/// A document that is being written. Growing and dropping it leave nothing in freed memory.
pub(in crate::encoding) struct Page(Vec<u8>);

impl Page {
    pub(in crate::encoding) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    #[inline]
    pub(in crate::encoding) fn push_str(&mut self, text: &str) {
        self.reserve(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    #[inline]
    pub(in crate::encoding) fn push(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    /// Appends hex digits.
    #[inline]
    pub(in crate::encoding) fn push_digits(&mut self, digits: &[u8]) {
        debug_assert!(digits.is_ascii());
        self.reserve(digits.len());
        self.0.extend_from_slice(digits);
    }

    /// Makes room for this many bytes.
    #[inline]
    pub(in crate::encoding) fn reserve(&mut self, bytes: usize) {
        if self.0.capacity() - self.0.len() < bytes {
            grow(&mut self.0, bytes);
        }
    }

    /// Begins a line at this depth.
    pub(in crate::encoding) fn indent(&mut self, depth: usize) {
        (0..depth).for_each(|_| self.push_str("  "));
    }

    pub(in crate::encoding) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Removes the last character if it is this one.
    pub(in crate::encoding) fn pop_if(&mut self, last: u8) {
        if last.is_ascii() && self.0.last() == Some(&last) {
            self.0.pop();
        }
    }

    /// Returns the document, which the caller has to wipe.
    pub(in crate::encoding) fn into_string(mut self) -> String {
        String::from_utf8(core::mem::take(&mut self.0)).expect("only text was written")
    }
}

impl fmt::Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if self.0.capacity() > 0 {
            wipe(&mut self.0);
        }
    }
}

/// Characters of a document: borrowed, or an unescaped copy that is wiped on drop.
pub(in crate::encoding) struct Quoted<'a>(Cow<'a, str>);

impl<'a> From<Cow<'a, str>> for Quoted<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self(text)
    }
}

impl core::ops::Deref for Quoted<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Quoted<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            wipe(&mut core::mem::take(text).into_bytes());
        }
    }
}
