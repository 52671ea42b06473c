//! Structures: a reader of their items, and the end of it.

use super::{Ended, Reader};
use crate::error::{ErrorKind, Result};
use crate::item::Item;
use crate::rules::Context;
use crate::tag::Tag;
use crate::types::Type;
use crate::wire::{head, split_at};

impl<'a> Reader<'a> {
    /// Enters the next item, a structure, and steps over it. Returns a reader of the items inside.
    ///
    /// # Errors
    ///
    /// Fails if the next item is no structure with this tag.
    #[inline(always)]
    pub fn enter(&mut self, tag: Tag) -> Result<Self> {
        if let Some((header, rest)) = self.rest.split_first_chunk::<8>() {
            let header = u64::from_be_bytes(*header);
            let fits = header >> 32 == u64::from(head(tag, Type::Structure)) && header & 7 == 0;
            if fits
                && self.ctx.depth() > 0
                && let Some((body, tail)) = split_at(rest, header & 0xFFFF_FFFF)
            {
                let ctx = self.ctx.inside();
                self.rest = tail;
                return Ok(Self { rest: body, end: self.end - tail.len(), ctx, skipped: self.skipped });
            }
        }
        let body = self.further(tag, Type::Structure, Self::structure_further)?;
        Ok(Self { skipped: self.skipped, ..body })
    }

    /// Ends the reading of a structure, and adds its skipped items. Any item left in it is an error, or is skipped.
    ///
    /// # Errors
    ///
    /// Fails under strict rules if anything is left in the structure.
    #[inline]
    #[expect(clippy::needless_pass_by_value, reason = "a structure is left once")]
    pub fn leave(&mut self, inner: Self) -> Result<()> {
        self.skipped = inner.end()?.0;
        Ok(())
    }

    /// Enters the next item, a structure, calls `read` on its contents and `into`, and leaves it.
    ///
    /// Does the same as [`Reader::enter`] and [`Reader::leave`], but faster: `read` becomes a function that takes its
    /// reader in registers, and this reader need not be in memory for another function to move it.
    ///
    /// ```
    /// use kmip_ttlv::{Ended, Reader, Result, Tag, V1_4, encode};
    ///
    /// fn minor(number: &mut i32, mut version: Reader<'_>) -> Result<Ended> {
    ///     version.integer(Tag::PROTOCOL_VERSION_MAJOR)?;
    ///     *number = version.integer(Tag::PROTOCOL_VERSION_MINOR)?;
    ///     version.end()
    /// }
    ///
    /// let frame = encode(&V1_4, Tag::PROTOCOL_VERSION, V1_4)?;
    /// let mut number = 0;
    /// Reader::new(&frame).structure(Tag::PROTOCOL_VERSION, &mut number, minor)?;
    /// assert_eq!(number, 4);
    /// # Ok::<(), kmip_ttlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the next item is no structure with this tag, and where `read` fails.
    #[inline(always)]
    pub fn structure<T>(&mut self, tag: Tag, into: &mut T, read: impl Fn(&mut T, Self) -> Result<Ended>) -> Result<()> {
        let body = self.enter(tag)?;
        self.skipped = body.apart(into, read)?.0;
        Ok(())
    }

    /// Calls `read` with this reader, in a function of its own that takes the reader in registers.
    ///
    /// For large `read` functions: neither they nor their callers have to keep a reader in memory.
    ///
    /// # Errors
    ///
    /// Fails where `read` fails.
    #[inline(always)]
    pub fn apart<T, R>(self, into: &mut T, read: impl Fn(&mut T, Self) -> Result<R>) -> Result<R> {
        // Only single numbers are passed in registers, so the reader is taken apart.
        #[inline(never)]
        fn apart<'a, T, R>(
            into: &mut T,
            rest: &'a [u8],
            end: usize,
            ctx: Context,
            skipped: usize,
            read: impl Fn(&mut T, Reader<'a>) -> Result<R>,
        ) -> Result<R> {
            read(into, Reader { rest, end, ctx, skipped })
        }
        apart(into, self.rest, self.end, self.ctx, self.skipped, read)
    }

    /// Ends a structure. Any item left in it is an error, or is skipped.
    ///
    /// # Errors
    ///
    /// Fails under strict rules if anything is left.
    #[inline]
    pub fn end(&self) -> Result<Ended> {
        if self.is_empty() { Ok(Ended(self.skipped)) } else { self.clone().pass_over_all() }
    }

    #[cold]
    pub(super) fn pass_over_all(mut self) -> Result<Ended> {
        while !self.is_empty() {
            self.pass_over()?;
        }
        Ok(Ended(self.skipped))
    }

    /// Handles an item that belongs to no field of its structure: an error under strict rules, and a skipped item
    /// otherwise.
    ///
    /// # Errors
    ///
    /// Fails under strict rules, and if the item is invalid.
    #[cold]
    pub fn pass_over(&mut self) -> Result<()> {
        match self.clone().next_item()? {
            Some(item) if !self.ctx.rules().skips_unknown() => Err(self.error(ErrorKind::Unexpected(item.tag()))),
            _ => self.skip(),
        }
    }
}

impl<'a> Item<'a> {
    /// Returns the items of a Structure.
    ///
    /// # Errors
    ///
    /// Fails if the item is no structure.
    #[inline]
    pub fn as_structure(&self) -> Result<Reader<'a>> {
        self.expect(Type::Structure)?;
        self.inside()
    }

    /// Returns a reader of the items inside a Structure.
    #[inline]
    pub(crate) fn inside(&self) -> Result<Reader<'a>> {
        if self.ctx().depth() == 0 {
            return Err(self.error(ErrorKind::TooDeep));
        }
        Ok(Reader::inside(self.padded(), self.range().end, self.ctx().inside()))
    }
}
