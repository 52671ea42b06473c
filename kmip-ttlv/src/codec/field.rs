//! Fields of a structure, and how often each may occur.

use alloc::vec::Vec;

use super::list::{decode_run, encode_run};
use super::types::{decode_apart, encode_apart};
use super::{Decode, Encode, SMALL};
use crate::error::Result;
use crate::reader::Reader;
use crate::tag::Tag;
use crate::version::VersionRange;
use crate::writer::Writer;

/// A field of a structure, with its cardinality: `T` occurs exactly once, `Option<T>` at most once, `Vec<T>` any number
/// of times.
pub trait DecodeField<'a>: ReadField<'a> {
    /// Reads all items of the field at the position of the reader.
    ///
    /// # Errors
    ///
    /// Fails if the item is missing where it is required, is there too often, or is invalid.
    fn decode_field(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()>;
}

/// A [`DecodeField`] whose type is unknown. It has one method, because each costs a function and a relocation for each
/// type of field.
#[doc(hidden)]
pub trait ReadField<'a> {
    /// Reads all items of the field at the position of the reader. Returns `false` if the next item is not the field's.
    fn read_field(&mut self, reader: &mut Reader<'a>, tag: Tag, order: Order) -> Result<bool>;
}

/// The order of the fields in a structure.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// The order of the table.
    AsDeclared,
    /// Any, since unknown items are skipped. `unread` is `true` for a field that was not reached yet: a second item never
    /// replaces the first.
    Any { unread: bool },
}

// What reads a value is shared by all kinds of fields, and among values of four bytes by all types.

impl<'a, T: Decode<'a>> ReadField<'a> for T {
    fn read_field(&mut self, reader: &mut Reader<'a>, tag: Tag, order: Order) -> Result<bool> {
        match order {
            Order::Any { unread } if !((unread || T::REPEATS) && T::follows(reader, tag)) => return Ok(false),
            _ => {}
        }
        match T::WORD {
            Some(ty) => *self = T::from_word(reader.word(tag, ty)?),
            None => *reader = decode_apart(self, reader.clone(), tag)?,
        }
        Ok(true)
    }
}

impl<'a, T: Decode<'a>> ReadField<'a> for Option<T> {
    fn read_field(&mut self, reader: &mut Reader<'a>, tag: Tag, order: Order) -> Result<bool> {
        if matches!(order, Order::Any { .. }) && self.is_some() || !T::follows(reader, tag) {
            return Ok(false);
        }
        match T::WORD {
            Some(ty) => *self = Some(T::from_word(reader.word(tag, ty)?)),
            None => *reader = decode_apart(self.insert(T::default()), reader.clone(), tag)?,
        }
        Ok(true)
    }
}

impl<'a, T: Decode<'a>> ReadField<'a> for Vec<T> {
    fn read_field(&mut self, reader: &mut Reader<'a>, tag: Tag, _: Order) -> Result<bool> {
        let follows = T::follows(reader, tag);
        if follows {
            *reader = decode_run(self, reader.clone(), tag)?;
        }
        Ok(follows)
    }
}

/// The minimum number of bytes of a field on the wire: none if it may be missing.
#[doc(hidden)]
pub trait FieldLen<'a> {
    const MIN_LEN: usize = 0;
}

impl<'a, T: Decode<'a>> FieldLen<'a> for T {
    const MIN_LEN: usize = if T::REPEATS { 0 } else { T::MIN_LEN };
}

impl<'a, T: Decode<'a>> FieldLen<'a> for Option<T> {}
impl<'a, T: Decode<'a>> FieldLen<'a> for Vec<T> {}

impl<'a, T: Decode<'a>> DecodeField<'a> for T {
    #[inline(always)]
    fn decode_field(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        self.decode_into(reader, tag)
    }
}

impl<'a, T: Decode<'a>> DecodeField<'a> for Option<T> {
    #[inline(always)]
    fn decode_field(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        let follows = match T::WORD {
            // One comparison of the whole header replaces two.
            Some(ty) => match reader.optional_word(tag, ty) {
                Ok(word) => {
                    *self = Some(T::from_word(word));
                    return Ok(());
                }
                Err(follows) => follows,
            },
            None => T::follows(reader, tag),
        };
        if !follows {
            return Ok(());
        }
        if size_of::<T>() <= SMALL {
            *self = Some(T::decode_next(reader, tag)?);
            return Ok(());
        }
        self.insert(T::default()).decode_into(reader, tag)
    }
}

impl<'a, T: Decode<'a>> DecodeField<'a> for Vec<T> {
    #[inline(always)]
    fn decode_field(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        if T::follows(reader, tag) {
            *reader = decode_run(self, reader.clone(), tag)?;
        }
        Ok(())
    }
}

/// A field of a structure while encoding; the counterpart of [`DecodeField`].
pub trait EncodeField {
    /// Returns `true` if there is nothing to write.
    fn is_absent(&self) -> bool;

    /// Writes all items of the field.
    ///
    /// # Errors
    ///
    /// Fails if the writer's version cannot carry the value.
    fn encode_field(&self, tag: Tag, writer: &mut Writer) -> Result<()>;
}

/// An [`EncodeField`] whose type is unknown, with one method for the reason given at [`ReadField`].
#[doc(hidden)]
pub trait WriteField {
    /// Writes all items of the field, which exists in these versions.
    fn write_field(&self, tag: Tag, versions: Option<VersionRange>, writer: &mut Writer) -> Result<()>;
}

impl<T: Encode> WriteField for T {
    fn write_field(&self, tag: Tag, versions: Option<VersionRange>, writer: &mut Writer) -> Result<()> {
        versions.map_or(Ok(()), |versions| writer.require(tag, versions))?;
        match self.word() {
            Some((ty, word)) => {
                writer.word(tag, ty, word);
                Ok(())
            }
            None => encode_apart(self, tag, writer),
        }
    }
}

impl<T: Encode> WriteField for Option<T> {
    fn write_field(&self, tag: Tag, versions: Option<VersionRange>, writer: &mut Writer) -> Result<()> {
        self.as_ref().map_or(Ok(()), |value| value.write_field(tag, versions, writer))
    }
}

impl<T: Encode> WriteField for Vec<T> {
    fn write_field(&self, tag: Tag, versions: Option<VersionRange>, writer: &mut Writer) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        versions.map_or(Ok(()), |versions| writer.require(tag, versions))?;
        encode_run(self, tag, writer)
    }
}

impl<T: Encode> EncodeField for T {
    #[inline]
    fn is_absent(&self) -> bool {
        false
    }

    #[inline(always)]
    fn encode_field(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        self.encode(tag, writer)
    }
}

impl<T: Encode> EncodeField for Option<T> {
    #[inline]
    fn is_absent(&self) -> bool {
        self.is_none()
    }

    #[inline(always)]
    fn encode_field(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match self {
            Some(value) => value.encode(tag, writer),
            None => Ok(()),
        }
    }
}

impl<T: Encode> EncodeField for Vec<T> {
    #[inline]
    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    #[inline(always)]
    fn encode_field(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        if self.is_empty() { Ok(()) } else { encode_run(self, tag, writer) }
    }
}

/// Writes a structure whose fields are known at run time: each with its tag, and the versions that have it.
#[doc(hidden)]
pub fn encode_fields(
    writer: &mut Writer,
    tag: Tag,
    fields: &[(&dyn WriteField, Tag, Option<VersionRange>)],
) -> Result<()> {
    let started = writer.begin(tag);
    for (field, field_tag, versions) in fields {
        field.write_field(*field_tag, *versions, writer).map_err(|error| error.within(tag))?;
    }
    writer.end(started)
}
