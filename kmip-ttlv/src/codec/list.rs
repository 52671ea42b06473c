//! Lists of values, allocated once and in proportion to what arrived.

use alloc::vec::Vec;

use super::types::encode_apart;
use super::{Decode, Encode, SMALL};
use crate::error::Result;
use crate::reader::Reader;
use crate::tag::Tag;
use crate::writer::Writer;

/// Reads consecutive items, of which there is at least one.
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "a lent reader would have to lie in memory where it is lent")]
pub(super) fn decode_run<'a, T: Decode<'a>>(values: &mut Vec<T>, reader: Reader<'a>, tag: Tag) -> Result<Reader<'a>> {
    // A copy can stay in registers, unlike the argument, which is in memory.
    let mut reader = reader.clone();
    decode_items(values, &mut reader, tag)?;
    Ok(reader)
}

/// The maximum number of bytes that decoding allocates per byte of a message, whatever its contents.
///
/// It holds for every type that this crate and `kmip-client` declare, for those that
/// [`ttlv_struct!`](crate::ttlv_struct) declares, and for messages in XML and JSON, where the bytes are those of the
/// document. Decoded texts and byte strings borrow from the message, so only lists and boxes allocate: a list is
/// allocated once, with exactly the capacity for its values.
///
/// In addition, each message may use at most 4 KiB that do not grow with it: an error with its path, and the state of
/// the XML or JSON parser.
pub const MAX_AMPLIFICATION: usize = 16;

/// Does the same as [`DecodeField::decode_field`] for a vector that is rarely empty, inlined.
#[doc(hidden)]
#[inline(always)]
pub fn decode_items<'a, T: Decode<'a>>(values: &mut Vec<T>, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
    const {
        assert!(
            size_of::<T>() <= MAX_AMPLIFICATION * T::MIN_LEN,
            "a short item takes too much memory: box what is rare"
        );
    };
    if !T::follows(reader, tag) {
        return Ok(());
    }
    let mut guessed = false;
    if values.capacity() == 0 {
        let (capacity, exact) = capacity::<T>(reader, tag);
        (*values, guessed) = (Vec::with_capacity(capacity), !exact);
    }
    loop {
        if size_of::<T>() <= SMALL {
            values.push(T::decode_next(reader, tag)?);
        } else {
            // Unlike `push`, which creates the value first and copies it, this creates it in place.
            values.extend(core::iter::once_with(T::default));
            if let Some(last) = values.last_mut() {
                last.decode_into(reader, tag)?;
            }
        }
        if !T::follows(reader, tag) {
            break;
        }
        if values.len() == values.capacity() {
            grow(values, reader.clone(), tag);
        }
    }
    if guessed && values.len() < values.capacity() {
        values.shrink_to_fit();
    }
    Ok(())
}

/// Returns how many values follow, and `true` unless that is a guess.
///
/// A guess costs less than counting. It may be wrong if it takes no more memory than the remaining bytes, and nothing
/// else is allocated before it is corrected: the values own nothing, and the list cannot be interrupted.
#[inline]
fn capacity<'a, T: Decode<'a>>(reader: &Reader<'a>, tag: Tag) -> (usize, bool) {
    if reader.holds_one() {
        return (1, false);
    }
    if !core::mem::needs_drop::<T>() && !reader.rules().skips_unknown() {
        let guess = reader.guess_list();
        if guess.saturating_mul(size_of::<T>()) <= reader.remaining().len() {
            return (guess, false);
        }
    }
    (count::<T>(reader, tag), true)
}

#[inline]
fn count<'a, T: Decode<'a>>(reader: &Reader<'a>, tag: Tag) -> usize {
    reader.count_list(T::MIN_LEN, |reader| T::follows(reader, tag))
}

/// Makes room for all following values. Rarely called: after a wrong guess, or for a list that continues after unknown
/// items.
#[cold]
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "a lent reader would have to lie in memory where it is lent")]
fn grow<'a, T: Decode<'a>>(values: &mut Vec<T>, reader: Reader<'a>, tag: Tag) {
    // Not `reserve_exact`: if the count were ever too low, adding would take quadratic time.
    values.reserve(count::<T>(&reader, tag));
}

/// Writes consecutive items. A function of its own, because most repeatable fields are empty.
#[inline(never)]
pub(super) fn encode_run<T: Encode>(mut values: &[T], tag: Tag, writer: &mut Writer) -> Result<()> {
    // A long list would make the buffer grow several times. Most of its items have the length of the first.
    if values.len() >= LONG
        && let [first, others @ ..] = values
    {
        let before = writer.as_slice().len();
        encode_apart(first, tag, writer)?;
        writer.reserve((writer.as_slice().len() - before).saturating_mul(others.len()).min(MOST_RESERVED));
        values = others;
    }
    values.iter().try_for_each(|value| value.encode(tag, writer))
}

/// The number of items from which on room is made in advance.
const LONG: usize = 32;

/// The maximum number of bytes that are reserved by the length of one item. A buffer of this length grows seldom.
const MOST_RESERVED: usize = 64 << 10;
