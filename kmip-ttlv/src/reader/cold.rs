//! The cold path of typed reads: items further on, lenient values, and errors.

use super::Reader;
use crate::error::{Error, ErrorKind, Result};
use crate::item::Item;
use crate::tag::Tag;
use crate::types::Type;
use crate::wire::split_at;

impl<'a> Reader<'a> {
    /// The cold path of every typed read whose item is not next, or not well formed: one of the functions below.
    #[inline(always)]
    pub(super) fn further<T>(
        &mut self,
        tag: Tag,
        ty: Type,
        read: fn(Self, Tag, Type) -> Result<(T, Self)>,
    ) -> Result<T> {
        // By value, because a borrowed reader would not stay in registers on the hot path.
        let (value, reader) = read(self.clone(), tag, ty)?;
        *self = reader;
        Ok(value)
    }

    #[cold]
    pub(super) fn four_bytes_further(self, tag: Tag, ty: Type) -> Result<(u32, Self)> {
        self.read_further(tag, ty, Item::four_bytes)
    }

    #[cold]
    pub(super) fn eight_bytes_further(self, tag: Tag, ty: Type) -> Result<(u64, Self)> {
        self.read_further(tag, ty, Item::eight_bytes)
    }

    #[cold]
    pub(super) fn bytes_further(self, tag: Tag, ty: Type) -> Result<(&'a [u8], Self)> {
        self.read_further(tag, ty, Item::expect)
    }

    #[cold]
    pub(super) fn structure_further(self, tag: Tag, ty: Type) -> Result<(Self, Self)> {
        self.read_further(tag, ty, |item, _| item.as_structure())
    }

    fn read_further<T>(mut self, tag: Tag, ty: Type, value: fn(&Item<'a>, Type) -> Result<T>) -> Result<(T, Self)> {
        self.run_ahead(tag)?;
        let before = self.clone();
        match self.next_item() {
            // The reader has skipped to it, its padding need not be zero, or it is a structure that is too deep.
            Ok(Some(item)) if item.ty() == ty => Ok((value(&item, ty)?, self)),
            Ok(Some(item)) if item.ty() == Type::Integer && self.ctx.rules().takes_integer_as(ty) => {
                if ty == Type::Interval && item.as_integer()? < 0 {
                    return Err(before.error(ErrorKind::Value("a duration is not negative")));
                }
                Ok((value(&item, Type::Integer)?, self))
            }
            _ => Err(before.broken(Some(ty))),
        }
    }

    /// Skips to the item with the tag, if there is one further on and unknown items are skipped.
    fn run_ahead(&mut self, tag: Tag) -> Result<()> {
        if self.at(tag) || (self.peek_tag().is_none() && !self.is_empty()) {
            return Ok(());
        }
        if self.ctx.rules().runs_ahead() {
            let mut ahead = self.clone();
            while let Ok(Some(item)) = ahead.next_item() {
                if item.tag() == tag {
                    while !self.at(tag) {
                        self.skip()?;
                    }
                    return Ok(());
                }
            }
        }
        Err(self.error(ErrorKind::Missing(tag)))
    }

    /// Returns the error of the next item, in the order of its bytes: header, type, length, value, padding.
    #[cold]
    #[inline(never)]
    pub(super) fn broken(self, expected: Option<Type>) -> Error {
        let Some((&[.., ty, l0, l1, l2, l3], rest)) = self.rest.split_first_chunk::<8>() else {
            return self.error(ErrorKind::Header { left: self.rest.len() });
        };
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        let Some(found) = Type::from_code(ty) else {
            return self.error(ErrorKind::UnknownType(ty));
        };
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return self.error(ErrorKind::Type { expected, found });
        }
        if !found.can_be(length) {
            return self.error(ErrorKind::Length { ty: found, length });
        }
        let Some((padded, _)) = split_at(rest, (u64::from(length) + 7) & !7) else {
            return self.error(ErrorKind::Overrun { length, left: rest.len() });
        };
        let item = Item::new(Tag::from_bytes([0; 3]), found, padded, length as usize, self.offset(), self.ctx);
        // A well-formed structure that could not be entered is too deep.
        self.error(item.check().err().unwrap_or(ErrorKind::TooDeep))
    }
}
