//! Structures that are read by hand, because one field decides how another is read. Their fields come in any order, as those of tables do.

use alloc::vec::Vec;

use super::{Ended, Reader};
use crate::error::Result;
use crate::rules::Context;
use crate::{Decode, DecodeField, ProtocolVersion, Tag};

/// A structure whose fields are read one by one from a [`Source`], in the order that the specification gives.
///
/// The order is the one in which fields may depend on each other: under lax rules [`Reader::record`] finds each field wherever it stands. A
/// structure without such a dependency is a table ([`ttlv_struct!`](crate::ttlv_struct)).
#[doc(hidden)]
pub trait Record<'a>: Default {
    /// What decides, from outside of the structure, how it is read.
    type Context: Copy;

    /// Reads every field. Called a second time, for a value of its own, if the fields turn out not to be in order.
    fn read_fields<S: Source<'a>>(&mut self, context: Self::Context, source: &mut S) -> Result<()>;
}

/// The fields of a structure: a [`Reader`] has them in the order of the bytes.
#[doc(hidden)]
pub trait Source<'a> {
    /// Reads what there is of a field.
    fn field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()>;

    /// [`Source::field`] for one that may be missing, is last, and is rarely there: read elsewhere, so that the reader stays in registers.
    fn rare_field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()>;

    /// Returns `true` if the next item has this tag, and the fields between the last one that was read and this one are thus missing.
    fn is_next(&self, tag: Tag) -> bool;

    /// Reads what there is of a list that is rarely empty.
    fn items<T: Decode<'a>>(&mut self, items: &mut Vec<T>, tag: Tag) -> Result<()>;

    /// Returns a reader before the item with this tag; where there is none, before the place where it should be.
    ///
    /// What was read from there goes back to [`Source::behind`]. Two calls in place of one that takes a closure: closures are not inlined where
    /// it counts.
    fn before(&mut self, tag: Tag) -> Result<Reader<'a>>;

    /// Takes note of what was read since [`Source::before`].
    fn behind(&mut self, reader: Reader<'a>) -> Result<()>;

    /// Sets the version for the fields that follow, once one has told it.
    fn set_version(&mut self, version: ProtocolVersion);
}

impl<'a> Source<'a> for Reader<'a> {
    #[inline(always)]
    fn field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()> {
        field.decode_field(self, tag)
    }

    #[inline(always)]
    fn rare_field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()> {
        if !self.is_empty() {
            *self = decode_apart(field, self.clone(), tag)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn is_next(&self, tag: Tag) -> bool {
        self.at(tag)
    }

    #[inline(always)]
    fn items<T: Decode<'a>>(&mut self, items: &mut Vec<T>, tag: Tag) -> Result<()> {
        crate::codec::decode_items(items, self, tag)
    }

    #[inline(always)]
    fn before(&mut self, _: Tag) -> Result<Reader<'a>> {
        Ok(self.clone())
    }

    #[inline(always)]
    fn behind(&mut self, reader: Reader<'a>) -> Result<()> {
        *self = reader;
        Ok(())
    }

    #[inline(always)]
    fn set_version(&mut self, version: ProtocolVersion) {
        Reader::set_version(self, version);
    }
}

#[inline(never)]
fn decode_apart<'a, F: DecodeField<'a>>(field: &mut F, mut reader: Reader<'a>, tag: Tag) -> Result<Reader<'a>> {
    field.decode_field(&mut reader, tag)?;
    Ok(reader)
}

/// The fields of a structure wherever they stand in it.
///
/// Each field is looked for from the start. There are few fields, so reading a structure takes time in proportion to its length.
struct Scattered<'a> {
    /// Stands before the first item.
    start: Reader<'a>,
    /// Stands where a field is being read.
    place: Reader<'a>,
    /// How many items no field has taken so far.
    unread: usize,
}

impl<'a> Scattered<'a> {
    fn new(start: Reader<'a>) -> Result<Self> {
        let unread = count(start.clone(), start.end)?;
        Ok(Self { place: start.clone(), start, unread })
    }

    /// Returns a reader before the first item that is `wanted`, or behind the last one.
    fn find(&self, wanted: impl Fn(&Reader<'a>) -> bool) -> Result<Reader<'a>> {
        let mut reader = self.start.clone();
        while !reader.is_empty() && !wanted(&reader) {
            reader.next_item()?;
        }
        Ok(reader)
    }

    fn end(&self) -> Ended {
        Ended(self.start.skipped.saturating_add(self.unread))
    }
}

/// Counts the items before this offset of the message.
fn count(mut reader: Reader<'_>, end: usize) -> Result<usize> {
    let mut items = 0;
    while reader.offset() < end && reader.next_item()?.is_some() {
        items += 1;
    }
    Ok(items)
}

impl<'a> Source<'a> for Scattered<'a> {
    fn field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()> {
        let mut unread = true;
        let mut reader = self.start.clone();
        while !reader.is_empty() {
            if !field.wants(&reader, tag, unread) {
                reader.next_item()?;
                continue;
            }
            self.place = reader.clone();
            field.decode_field(&mut reader, tag)?;
            self.behind(reader.clone())?;
            unread = false;
        }
        // A field that has to be there and was not says so now.
        if unread { field.decode_field(&mut reader, tag) } else { Ok(()) }
    }

    fn rare_field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()> {
        self.field(field, tag)
    }

    /// No field is known to be missing before all were looked for.
    fn is_next(&self, _: Tag) -> bool {
        false
    }

    fn items<T: Decode<'a>>(&mut self, items: &mut Vec<T>, tag: Tag) -> Result<()> {
        self.field(items, tag)
    }

    fn before(&mut self, tag: Tag) -> Result<Reader<'a>> {
        self.place = self.find(|reader| reader.at(tag))?;
        Ok(self.place.clone())
    }

    fn behind(&mut self, reader: Reader<'a>) -> Result<()> {
        self.unread -= count(self.place.clone(), reader.offset())?.min(self.unread);
        self.start.skipped = reader.skipped;
        Ok(())
    }

    fn set_version(&mut self, version: ProtocolVersion) {
        self.start.set_version(version);
    }
}

impl<'a> Reader<'a> {
    /// Reads the next item, a structure that is read by hand: in a function of its own that takes the reader in registers.
    #[doc(hidden)]
    #[inline(always)]
    pub fn record<T: Record<'a>>(&mut self, tag: Tag, into: &mut T, context: T::Context) -> Result<()> {
        // Not by `apart`, for the reason that `Reader::read_table` gives.
        #[inline(never)]
        fn fields<'a, T: Record<'a>>(
            into: &mut T,
            context: T::Context,
            rest: &'a [u8],
            end: usize,
            ctx: Context,
            skipped: usize,
        ) -> Result<Ended> {
            Reader { rest, end, ctx, skipped }.read_record(into, context)
        }
        let body = self.enter_table(tag)?;
        self.skipped = fields(into, context, body.rest, body.end, body.ctx, body.skipped)?.0;
        Ok(())
    }

    /// Reads the fields of a structure that is read by hand and was entered by [`Reader::enter_table`].
    #[doc(hidden)]
    #[inline(always)]
    pub fn read_record<T: Record<'a>>(self, into: &mut T, context: T::Context) -> Result<Ended> {
        let start = self.clone();
        let mut body = self;
        match into.read_fields(context, &mut body) {
            Ok(()) if body.is_empty() => Ok(Ended(body.skipped)),
            in_order => start.read_scattered(into, context, in_order, body.clone()),
        }
    }

    /// What is left where the fields are not in order: an error under strict rules.
    #[cold]
    #[inline(never)]
    #[expect(clippy::needless_pass_by_value, reason = "a lent reader would have to lie in memory where it is lent")]
    fn read_scattered<T: Record<'a>>(
        self,
        into: &mut T,
        context: T::Context,
        in_order: Result<()>,
        left: Self,
    ) -> Result<Ended> {
        let lax = self.rules().skips_unknown();
        match in_order {
            Ok(()) if !lax => return left.end(),
            // A field of this very structure.
            Err(error) if !(lax && error.kind().is_missing() && error.level() == self.ctx.level()) => {
                return Err(error);
            }
            _ => {}
        }
        *into = T::default();
        let mut fields = Scattered::new(self)?;
        into.read_fields(context, &mut fields)?;
        Ok(fields.end())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests;
