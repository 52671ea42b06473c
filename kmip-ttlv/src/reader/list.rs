//! The number of items in a list, so that it is allocated once.

use super::Reader;
use crate::Tag;
use crate::wire::{item_len, split_at};

impl<'a> Reader<'a> {
    /// Returns `true` if a list that starts here has one item, because a second one of the same length does not fit.
    #[inline]
    pub(crate) fn holds_one(&self) -> bool {
        self.rest.first_chunk::<8>().is_none_or(|header| 2 * item_len(header) > self.rest.len() as u64)
    }

    /// Estimates the number of items in the list that starts here, as if all had the length of the first. At least one.
    #[inline]
    pub(crate) fn guess_list(&self) -> usize {
        let item = self.rest.first_chunk::<8>().map_or(u64::MAX, item_len);
        (self.rest.len() / usize::try_from(item).unwrap_or(usize::MAX)).max(1)
    }

    /// Counts the items of the list that starts here: those that `follows` accepts, up to the first that it does not;
    /// under rules that skip unknown items also later ones in the structure. At least one.
    ///
    /// An item of fewer than `least` bytes ends the count: decoding fails there, so no memory should be allocated for
    /// later items.
    #[inline]
    pub(crate) fn count_list(&self, least: usize, follows: impl Fn(&Self) -> bool) -> usize {
        let item = self.rest.first_chunk::<8>().map_or(u64::MAX, item_len);
        if item >= self.rest.len() as u64 { 1 } else { self.clone().count_on(least as u64, follows) }
    }

    #[inline(never)]
    fn count_on(mut self, least: u64, follows: impl Fn(&Self) -> bool) -> usize {
        let lax = self.ctx.rules().skips_unknown();
        let mut items = 0;
        // The header and length of the previous item, initially of one that does not fit. Items with the same header
        // have the same length, so most steps do not wait for a length from memory.
        let (mut header, mut length, mut is_counted) = (u64::MAX, u64::MAX, false);
        while let Some(next) = self.rest.first_chunk::<8>() {
            if u64::from_ne_bytes(*next) != header {
                (header, length, is_counted) = (u64::from_ne_bytes(*next), item_len(next), follows(&self));
                if is_counted && length < least || !is_counted && !lax {
                    break;
                }
            }
            let Some((_, tail)) = split_at(self.rest, length) else { break };
            self.rest = tail;
            items += usize::from(is_counted);
        }
        items.max(1)
    }

    /// Counts the remaining items, whatever their tags, for lists of any items.
    #[doc(hidden)]
    #[must_use]
    pub fn count_items(&self) -> usize {
        if self.is_empty() { 0 } else { self.count_list(8, |_| true) }
    }

    /// Counts the items with this tag as [`DecodeField`] does for a list of them; 0 if the next item has another tag.
    #[doc(hidden)]
    #[must_use]
    pub fn count_tagged(&self, tag: Tag) -> usize {
        if self.at(tag) { self.count_list(8, |reader| reader.at(tag)) } else { 0 }
    }
}
