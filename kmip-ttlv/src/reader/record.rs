//! Structures with hand-written readers, because one field decides how another is read. Under lax rules their fields
//! may come in any order, as those of tables may.

use alloc::vec::Vec;

use super::{Ended, Reader};
use crate::codec::{Order, ReadField};
use crate::error::Result;
use crate::rules::Context;
use crate::{Decode, DecodeField, ProtocolVersion, Tag};

/// A structure whose fields are read one by one from a [`Source`], in the order of the specification.
///
/// A field may depend on the fields before it in this order. Under lax rules [`Reader::record`] finds each field at any
/// position. A structure without such a dependency is a table ([`ttlv_struct!`](crate::ttlv_struct)).
#[doc(hidden)]
pub trait Record<'a>: Default {
    /// An input from outside of the structure that decides how it is read.
    type Context: Copy;

    /// Reads every field. If the fields turn out to be out of order, this is called a second time, on a fresh value.
    fn read_fields<S: Source<'a>>(&mut self, context: Self::Context, source: &mut S) -> Result<()>;
}

/// The fields of a structure. A [`Reader`] is a source that has them in the order of the bytes.
#[doc(hidden)]
pub trait Source<'a> {
    /// Reads all items of a field.
    fn field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()>;

    /// Does the same as [`Source::field`], for a trailing optional field that is rarely present. It is read out of
    /// line, so that the reader stays in registers.
    fn rare_field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()>;

    /// Returns `true` if the next item has this tag, so that the fields between the last one read and this one are
    /// missing.
    fn is_next(&self, tag: Tag) -> bool;

    /// Reads all items of a list that is rarely present.
    fn items<T: Decode<'a>>(&mut self, items: &mut Vec<T>, tag: Tag) -> Result<()>;

    /// Returns a reader that is positioned before the item with this tag, or before the position at which it is
    /// missing.
    ///
    /// The caller passes the reader to [`Source::behind`] after reading. These are two calls rather than one with a
    /// closure, because closures are not inlined in the hot paths.
    fn before(&mut self, tag: Tag) -> Result<Reader<'a>>;

    /// Records what was read since [`Source::before`].
    fn behind(&mut self, reader: Reader<'a>) -> Result<()>;

    /// Sets the version for the following fields, once a field has stated it.
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

/// The fields of a structure, at any position in it.
///
/// Each field is searched for from the start. There are few fields, so reading a structure takes time in proportion to
/// its length.
struct Scattered<'a> {
    /// Positioned before the first item.
    start: Reader<'a>,
    /// Positioned at the field that is being read.
    place: Reader<'a>,
    /// The number of items that no field has read so far.
    unread: usize,
}

impl<'a> Scattered<'a> {
    fn new(start: Reader<'a>) -> Result<Self> {
        let unread = count(start.clone(), start.end)?;
        Ok(Self { place: start.clone(), start, unread })
    }

    /// Returns a reader before the first item that is `wanted`, or after the last one.
    fn find(&self, wanted: impl Fn(&Reader<'a>) -> bool) -> Result<Reader<'a>> {
        let mut reader = self.start.clone();
        while !reader.is_empty() && !wanted(&reader) {
            reader.next_item()?;
        }
        Ok(reader)
    }

    /// Reads all items of a field, wherever they are.
    fn read(&mut self, field: &mut dyn ReadField<'a>, tag: Tag) -> Result<()> {
        let mut unread = true;
        let mut reader = self.start.clone();
        while !reader.is_empty() {
            let before = reader.clone();
            if !field.read_field(&mut reader, tag, Order::Any { unread })? {
                reader.next_item()?;
                continue;
            }
            self.place = before;
            self.behind(reader.clone())?;
            unread = false;
        }
        // A required field that is missing fails here.
        if unread { field.read_field(&mut reader, tag, Order::AsDeclared).map(drop) } else { Ok(()) }
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
        self.read(field, tag)
    }

    fn rare_field<F: DecodeField<'a>>(&mut self, field: &mut F, tag: Tag) -> Result<()> {
        self.field(field, tag)
    }

    /// No field is known to be missing before all were searched for.
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
    /// Reads the next item, a structure with a hand-written reader. This is a function of its own, so that it takes the
    /// reader in registers.
    #[doc(hidden)]
    #[inline(always)]
    pub fn record<T: Record<'a>>(&mut self, tag: Tag, into: &mut T, context: T::Context) -> Result<()> {
        // This does not go through `apart`, for the reason given at `Reader::read_table`.
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

    /// Reads the fields of a structure with a hand-written reader, after [`Reader::enter_table`].
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

    /// Handles fields that are not in order, which is an error under strict rules.
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
            // The field that is missing belongs to this very structure.
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
