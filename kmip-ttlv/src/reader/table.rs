//! Structures whose fields are a table, read in any order under lax rules.

use alloc::vec::Vec;

use super::{Ended, Reader};
use crate::codec::{Order, ReadField, Table};
use crate::error::{Error, Result};
use crate::rules::Context;
use crate::tag::Tag;

impl<'a> Reader<'a> {
    /// Does the same as [`Reader::enter`] for [`ttlv_struct!`](crate::ttlv_struct): [`Reader::read_on`] handles the
    /// rest of such a structure.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter_table(&mut self, tag: Tag) -> Result<Self> {
        let mut body = self.enter(tag)?;
        body.ctx = body.ctx.of_table();
        Ok(body)
    }

    /// Reads the contents of a structure that was entered. A structure with few fields is not worth a call.
    #[doc(hidden)]
    #[inline(always)]
    pub fn read_table<T: Table<'a>>(self, into: &mut T) -> Result<Ended> {
        // This does not go through `apart`: a function argument is not always inlined there, and then takes its reader
        // from memory.
        #[inline(never)]
        fn fields<'a, T: Table<'a>>(
            into: &mut T,
            rest: &'a [u8],
            end: usize,
            ctx: Context,
            skipped: usize,
        ) -> Result<Ended> {
            into.decode_fields(Reader { rest, end, ctx, skipped })
        }
        if T::FIELDS <= 3 {
            into.decode_fields(self)
        } else {
            fields(into, self.rest, self.end, self.ctx, self.skipped)
        }
    }

    /// Does the same as [`Reader::leave`] for a structure that was read to its end.
    #[doc(hidden)]
    #[inline(always)]
    pub fn leave_table(&mut self, ended: Ended) {
        self.skipped = ended.0;
    }

    /// Reads the contents of a structure whose fields are known at run time.
    #[doc(hidden)]
    pub fn read_fields(mut self, fields: &mut [(Tag, &mut dyn ReadField<'a>)]) -> Result<Ended> {
        let mut read = 0;
        let in_order = fields.iter_mut().try_for_each(|(tag, field)| {
            field.read_field(&mut self, *tag, Order::AsDeclared)?;
            read += 1;
            Ok(())
        });
        if in_order.is_ok() && self.is_empty() {
            return self.end();
        }
        self.read_on(in_order, read, fields)
    }

    /// Handles the rest of a structure after the first `read` fields of its table were read in order, or one of them
    /// could not be.
    ///
    /// Under strict rules that is an error. Otherwise items that belong to a field are read, in any order, and the rest
    /// is skipped. Each item is visited once, so this takes linear time. Takes the reader by value, for the reason
    /// given at [`Reader::further`].
    #[doc(hidden)]
    #[cold]
    pub fn read_on(
        mut self,
        in_order: Result<()>,
        read: usize,
        fields: &mut [(Tag, &mut dyn ReadField<'a>)],
    ) -> Result<Ended> {
        match in_order {
            Ok(()) if !self.ctx.rules().skips_unknown() => return self.pass_over_all(),
            Err(error) if !(self.ctx.rules().skips_unknown() && self.lacks_field(&error)) => return Err(error),
            _ => {}
        }
        let mut unread: Vec<bool> = (0..fields.len()).map(|index| index >= read).collect();
        while !self.is_empty() {
            let mut taken = false;
            for ((tag, field), unread) in fields.iter_mut().zip(&mut unread) {
                taken = field.read_field(&mut self, *tag, Order::Any { unread: *unread })?;
                if taken {
                    *unread = false;
                    break;
                }
            }
            if !taken {
                self.skip()?;
            }
        }
        // Required fields that are missing fail here.
        fields
            .iter_mut()
            .zip(unread)
            .filter(|(_, unread)| *unread)
            .try_for_each(|((tag, field), _)| field.read_field(&mut self, *tag, Order::AsDeclared).map(drop))?;
        Ok(Ended(self.skipped))
    }

    /// Returns `true` if an error means that a field of this very structure is not at the position of the reader.
    fn lacks_field(&self, error: &Error) -> bool {
        error.kind().is_missing() && error.level() == self.ctx.level() && error.offset() == self.offset()
    }
}
