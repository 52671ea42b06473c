//! Conversion between values and items: the traits that every KMIP type implements, usually by the macros of this
//! crate.
//!
//! The container passes the tag, because KMIP uses one type under several tags.

mod field;
mod list;
mod types;
mod version;

use alloc::vec::Vec;

use crate::buffer::USUAL;
use crate::error::Result;
use crate::reader::{Ended, Reader};
use crate::rules::Rules;
use crate::tag::Tag;
use crate::types::Type;
use crate::version::ProtocolVersion;
use crate::writer::Writer;

pub use self::field::{DecodeField, EncodeField, FieldLen, Order, ReadField, WriteField, encode_fields};
pub use self::list::{MAX_AMPLIFICATION, decode_items};
pub use self::types::{decode_apart, encode_apart};

/// Values up to this size, in bytes, are read into registers and returned; larger ones are read in place.
const SMALL: usize = 32;

/// A value that is decoded from one item.
///
/// It may borrow from the message: `&'a str`, `&'a [u8]`, [`Item`](crate::Item). [`ttlv_struct!`](crate::ttlv_struct)
/// implements this for structures; any other type implements [`Decode::decode_next`].
///
/// ```
/// use kmip_ttlv::{Decode, Reader, Result, Tag};
///
/// /// The length of a key, which is on the wire in bits.
/// #[derive(Default)]
/// struct Bytes(usize);
///
/// impl<'a> Decode<'a> for Bytes {
///     fn decode_next(reader: &mut Reader<'a>, tag: Tag) -> Result<Self> {
///         let before = reader.clone();
///         let bits = usize::try_from(reader.integer(tag)?);
///         bits.map(|bits| Self(bits / 8)).map_err(|_| before.error(kmip_ttlv::ErrorKind::Value("a length is not negative")))
///     }
/// }
/// ```
pub trait Decode<'a>: Default {
    /// `true` if one value consists of any number of consecutive items.
    #[doc(hidden)]
    const REPEATS: bool = false;

    /// The minimum number of bytes of an item of this type on the wire, its header included.
    ///
    /// A list allocates for as many values as follow and have at least this length, so it bounds the memory that a
    /// hostile peer can make a decoder allocate: `Vec<T>` compiles only if `T` takes at most [`MAX_AMPLIFICATION`]
    /// times this number of bytes in memory. Larger values belong into a `Box`.
    const MIN_LEN: usize = 8;

    /// The type of its item, if any four bytes are a valid value ([`Decode::from_word`]).
    #[doc(hidden)]
    const WORD: Option<Type> = None;

    /// Returns the value of four bytes.
    #[doc(hidden)]
    #[must_use]
    fn from_word(_: u32) -> Self {
        Self::default()
    }

    /// Reads the next item into `self`, which has its [`Default`] value. Structures are read in place, which is much
    /// faster than returning them by value.
    ///
    /// Not meant for callers: a used value would keep the fields that the item lacks. After an error `self` holds a
    /// part of the value, which [`decode`] never exposes. A type implements this or [`Decode::decode_next`].
    #[doc(hidden)]
    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        *self = Self::decode_next(reader, tag)?;
        Ok(())
    }

    /// Reads the next item, which has to have this tag, and advances the reader past it.
    ///
    /// # Errors
    ///
    /// Fails if the next item has another tag or type, or a value that this type cannot hold. [`Reader::error`] creates
    /// such errors.
    #[inline(always)]
    fn decode_next(reader: &mut Reader<'a>, tag: Tag) -> Result<Self> {
        let mut value = Self::default();
        value.decode_into(reader, tag)?;
        Ok(value)
    }

    /// Returns `true` if the next item is a value of this type: by default, if it has the tag.
    #[inline]
    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        reader.at(tag)
    }
}

/// The fields of a structure, without its header: of every structure that [`ttlv_struct!`](crate::ttlv_struct)
/// declares, and of the batch items, in which an earlier field determines the type of the payload.
#[doc(hidden)]
pub trait Table<'a>: Decode<'a> {
    /// The number of fields.
    const FIELDS: usize;

    /// Reads the contents of the structure.
    fn decode_fields(&mut self, body: Reader<'a>) -> Result<Ended>;
}

/// A value that is encoded as one item.
pub trait Encode {
    /// Writes the item.
    ///
    /// # Errors
    ///
    /// Fails if the version of the message cannot carry the value, or a value is too long for its length field.
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()>;

    /// Returns the value, if it has four bytes and any four bytes are a valid one.
    #[doc(hidden)]
    #[inline]
    fn word(&self) -> Option<(Type, u32)> {
        None
    }

    /// Returns `true` if `Debug` prints the value itself.
    #[doc(hidden)]
    fn prints_bytes(&self) -> bool {
        false
    }
}

/// Decodes one whole item: a message, or any other item that fills `frame`.
///
/// ```
/// use kmip_ttlv::{ProtocolVersion, Rules, Tag, V1_4, decode, encode};
///
/// let frame = encode(&V1_4, Tag::PROTOCOL_VERSION, V1_4)?;
/// assert_eq!(decode::<ProtocolVersion>(&frame, Tag::PROTOCOL_VERSION, V1_4, Rules::STRICT)?, V1_4);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Returns the error with the byte offset and the path of the invalid item. Trailing bytes are an error too.
pub fn decode<'a, T: Decode<'a>>(frame: &'a [u8], tag: Tag, version: ProtocolVersion, rules: Rules) -> Result<T> {
    let mut reader = Reader::new(frame).with_version(version).with_rules(rules);
    let mut value = T::default();
    match value.decode_into(&mut reader, tag).and_then(|()| reader.finish()) {
        Ok(()) => Ok(value),
        Err(error) => Err(error.locate(frame)),
    }
}

/// Encodes one whole item into a fresh buffer. The buffer grows like that of [`Writer`]: outgrown memory is wiped.
///
/// See [`decode`] for an example.
///
/// ```
/// use kmip_ttlv::enumeration::OperationCode;
/// use kmip_ttlv::{Tag, V1_4, encode};
///
/// let item = encode(&OperationCode::GET, Tag::OPERATION, V1_4)?;
/// assert_eq!(item, [0x42, 0x00, 0x5C, 0x05, 0, 0, 0, 4, 0, 0, 0, 0x0A, 0, 0, 0, 0]);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// # Errors
///
/// Fails if the version cannot carry the value.
pub fn encode<T: Encode + ?Sized>(value: &T, tag: Tag, version: ProtocolVersion) -> Result<Vec<u8>> {
    let mut writer = Writer::with_capacity(version, USUAL);
    value.encode(tag, &mut writer)?;
    Ok(writer.into_vec())
}
