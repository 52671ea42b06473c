//! Conversion between values and items: the traits that every KMIP type implements, usually by the macros of this
//! crate.
//!
//! The container passes the tag, because KMIP uses one type under several tags.

use alloc::vec::Vec;

use crate::error::{ErrorKind, Result};
use crate::reader::{Ended, Reader, Record, Source};
use crate::rules::Rules;
use crate::types::{BigInteger, DateTime, DateTimeExtended, Identifier, Interval, NameReference, Reference, Type};
use crate::writer::{Writer, big_integer_padding, padded_len};
use crate::{Item, ProtocolVersion, Tag};

/// Values up to this size, in bytes, are read into registers and returned; larger ones are read in place.
const SMALL: usize = 32;

/// A value that is decoded from one item.
///
/// It may borrow from the message: `&'a str`, `&'a [u8]`, [`Item`]. [`ttlv_struct!`](crate::ttlv_struct) implements
/// this for structures; any other type implements [`Decode::decode_next`].
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

/// A field of a structure, with its cardinality: `T` occurs exactly once, `Option<T>` at most once, `Vec<T>` any number
/// of times.
pub trait DecodeField<'a> {
    /// Reads all items of the field at the position of the reader.
    ///
    /// # Errors
    ///
    /// Fails if the item is missing where it is required, is there too often, or is invalid.
    fn decode_field(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()>;

    /// Returns `true` if the next item belongs to the field, and the field can still take it. `unread` is `true` for a
    /// field that was not reached yet.
    ///
    /// Called if unknown items are skipped, so that a second item never replaces the first.
    fn wants(&self, reader: &Reader<'a>, tag: Tag, unread: bool) -> bool;
}

/// The minimum number of bytes of a field on the wire: none if it may be missing. Separate from [`DecodeField`], which
/// has to be `dyn`-compatible.
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

    fn wants(&self, reader: &Reader<'a>, tag: Tag, unread: bool) -> bool {
        (unread || T::REPEATS) && T::follows(reader, tag)
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

    fn wants(&self, reader: &Reader<'a>, tag: Tag, _: bool) -> bool {
        self.is_none() && T::follows(reader, tag)
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

    fn wants(&self, reader: &Reader<'a>, tag: Tag, _: bool) -> bool {
        T::follows(reader, tag)
    }
}

/// Reads consecutive items, of which there is at least one.
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "a lent reader would have to lie in memory where it is lent")]
fn decode_run<'a, T: Decode<'a>>(values: &mut Vec<T>, reader: Reader<'a>, tag: Tag) -> Result<Reader<'a>> {
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

/// A value that is encoded as one item.
pub trait Encode {
    /// Writes the item.
    ///
    /// # Errors
    ///
    /// Fails if the version of the message cannot carry the value, or a value is too long for its length field.
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()>;

    /// Returns the number of bytes that [`Encode::encode`] writes under this tag, header and padding included.
    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize;

    /// Returns `true` if `Debug` prints the value itself.
    #[doc(hidden)]
    fn prints_bytes(&self) -> bool {
        false
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

    /// Returns the number of bytes that [`EncodeField::encode_field`] writes.
    fn field_len(&self, tag: Tag, version: ProtocolVersion) -> usize;

    /// Returns [`Encode::prints_bytes`] of the field's contents.
    #[doc(hidden)]
    fn field_prints_bytes(&self) -> bool;
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

    #[inline]
    fn field_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.encoded_len(tag, version)
    }

    fn field_prints_bytes(&self) -> bool {
        self.prints_bytes()
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

    #[inline]
    fn field_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.as_ref().map_or(0, |value| value.encoded_len(tag, version))
    }

    fn field_prints_bytes(&self) -> bool {
        self.as_ref().is_some_and(Encode::prints_bytes)
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

    #[inline]
    fn field_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.iter().map(|value| value.encoded_len(tag, version)).sum()
    }

    fn field_prints_bytes(&self) -> bool {
        self.iter().any(Encode::prints_bytes)
    }
}

/// Writes consecutive items. A function of its own, because most repeatable fields are empty.
#[inline(never)]
fn encode_run<T: Encode>(values: &[T], tag: Tag, writer: &mut Writer) -> Result<()> {
    // A long list would make the buffer grow several times. Asking each value for its length costs less than that, but
    // more than nothing, so it is skipped if there is room.
    if values.len() >= 32 && writer.room() < 16 * values.len() {
        writer.reserve(values.iter().map(|value| value.encoded_len(tag, writer.version())).sum());
    }
    values.iter().try_for_each(|value| value.encode(tag, writer))
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
    let mut writer = Writer::with_capacity(version, Writer::USUAL);
    value.encode(tag, &mut writer)?;
    Ok(writer.into_vec())
}

/// Implements the traits for types with one method of [`Reader`] and one of [`Writer`]: 16 bytes on the wire.
macro_rules! fixed {
    ($($ty:ty: $method:ident $(, $word:ident $from:expr)?;)*) => {$(
        impl Decode<'_> for $ty {
            const MIN_LEN: usize = 16;
            $(const WORD: Option<Type> = Some(Type::$word);

            fn from_word(word: u32) -> Self {
                $from(word)
            })?

            #[inline(always)]
            fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
                *self = reader.$method(tag)?;
                Ok(())
            }
        }

        impl Encode for $ty {
            #[inline(always)]
            fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                writer.$method(tag, *self);
                Ok(())
            }

            #[inline]
            fn encoded_len(&self, _: Tag, _: ProtocolVersion) -> usize {
                16
            }
        }
    )*};
}

fixed! {
    i32: integer, Integer u32::cast_signed;
    i64: long_integer;
    bool: boolean;
    DateTime: date_time;
    Interval: interval;
    DateTimeExtended: date_time_extended;
}

/// Implements the traits for types of any length that borrow from the message.
macro_rules! borrowed {
    ($($ty:ty: |$reader:ident, $tag:ident| $decode:expr, |$value:ident, $writer:ident| $encode:expr, $len:expr;)*) => {$(
        impl<'a> Decode<'a> for $ty {
            #[inline(always)]
            fn decode_into(&mut self, $reader: &mut Reader<'a>, $tag: Tag) -> Result<()> {
                *self = $decode;
                Ok(())
            }
        }

        impl<'a> Encode for $ty {
            #[inline(always)]
            fn encode(&self, $tag: Tag, $writer: &mut Writer) -> Result<()> {
                let $value = self;
                $encode
            }

            #[inline]
            fn encoded_len(&self, _: Tag, _: ProtocolVersion) -> usize {
                let $value = self;
                $len
            }

            fn prints_bytes(&self) -> bool {
                true
            }
        }
    )*};
}

borrowed! {
    &'a str: |r, tag| r.text_string(tag)?, |value, w| w.text_string(tag, value), padded_len(value.len());
    &'a [u8]: |r, tag| r.byte_string(tag)?, |value, w| w.byte_string(tag, value), padded_len(value.len());
    BigInteger<'a>: |r, tag| r.big_integer(tag)?, |value, w| w.big_integer(tag, *value),
        8 + big_integer_padding(*value) + value.bytes().len();
    Identifier<'a>: |r, tag| Self(r.text(tag, Type::Identifier)?),
        |value, w| w.bytes(tag, Type::Identifier, value.0.as_bytes()), padded_len(value.0.len());
    Reference<'a>: |r, tag| Self(r.text(tag, Type::Reference)?),
        |value, w| w.bytes(tag, Type::Reference, value.0.as_bytes()), padded_len(value.0.len());
    NameReference<'a>: |r, tag| Self(r.text(tag, Type::NameReference)?),
        |value, w| w.bytes(tag, Type::NameReference, value.0.as_bytes()), padded_len(value.0.len());
}

impl<'a> Decode<'a> for Item<'a> {
    /// Reads any item with the tag. The contents of a structure are checked, so that it can be written again unread.
    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        (*self, *reader) = item(reader.clone(), tag)?;
        Ok(())
    }
}

#[inline(never)]
fn item<'a>(mut reader: Reader<'a>, tag: Tag) -> Result<(Item<'a>, Reader<'a>)> {
    if !reader.at(tag) {
        return Err(reader.error(ErrorKind::Missing(tag)));
    }
    let item = reader.next_item()?.unwrap_or_default();
    item.check_inside()?;
    Ok((item, reader))
}

impl Encode for Item<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.item(tag, self)
    }

    fn encoded_len(&self, _: Tag, _: ProtocolVersion) -> usize {
        padded_len(self.value().len())
    }
}

/// A structure of two Integers (KMIP 1.4, 6.1).
impl Decode<'_> for ProtocolVersion {
    const MIN_LEN: usize = 40;

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
        let ended = reader.enter_table(tag)?.read_record(self, ())?;
        reader.leave_table(ended);
        Ok(())
    }
}

impl<'a> Record<'a> for ProtocolVersion {
    type Context = ();

    #[inline(always)]
    fn read_fields<S: Source<'a>>(&mut self, (): (), source: &mut S) -> Result<()> {
        let (mut major, mut minor) = (VersionNumber(0), VersionNumber(0));
        source.field(&mut major, Tag::PROTOCOL_VERSION_MAJOR)?;
        source.field(&mut minor, Tag::PROTOCOL_VERSION_MINOR)?;
        *self = Self::new(major.0, minor.0);
        Ok(())
    }
}

/// One half of a version: an Integer that fits a byte.
#[derive(Default)]
struct VersionNumber(u8);

impl Decode<'_> for VersionNumber {
    #[inline]
    fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
        let before = reader.clone();
        let number = reader.integer(tag)?;
        self.0 =
            u8::try_from(number).map_err(|_| before.error(ErrorKind::Value("a version number is from 0 to 255")))?;
        Ok(())
    }
}

impl Encode for ProtocolVersion {
    #[inline]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        const LAYOUT: [u8; 40] = [
            0, 0, 0, 1, 0, 0, 0, 32, // a Structure of the tag that is passed
            0x42, 0x00, 0x6A, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, // Protocol Version Major
            0x42, 0x00, 0x6B, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, // Protocol Version Minor
        ];
        // Every message has a version, so it is written in one store.
        let mut items = LAYOUT;
        let [a, b, c] = tag.to_bytes();
        (items[0], items[1], items[2], items[19], items[35]) = (a, b, c, self.major(), self.minor());
        writer.encoded(&items);
        Ok(())
    }

    #[inline]
    fn encoded_len(&self, _: Tag, _: ProtocolVersion) -> usize {
        40
    }
}

/// A tag as the value of an item: an Enumeration (KMIP 2.1, 7.3).
impl Decode<'_> for Tag {
    const MIN_LEN: usize = 16;

    fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
        let before = reader.clone();
        let number = reader.enumeration(tag)?;
        *self = Self::try_from(number).map_err(|_| before.error(ErrorKind::Value("a tag has 24 bits")))?;
        Ok(())
    }
}

impl Encode for Tag {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.enumeration(tag, self.value());
        Ok(())
    }

    fn encoded_len(&self, _: Tag, _: ProtocolVersion) -> usize {
        16
    }
}

/// A value that may be large and is rarely present, stored separately.
impl<'a, T: Decode<'a>> Decode<'a> for alloc::boxed::Box<T> {
    const MIN_LEN: usize = T::MIN_LEN;

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        *reader = decode_apart(&mut **self, reader.clone(), tag)?;
        Ok(())
    }

    #[inline]
    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        T::follows(reader, tag)
    }
}

/// Decodes a value that is rarely present. By value, because a borrowed reader would be in memory wherever it is used.
#[inline(never)]
fn decode_apart<'a, T: Decode<'a>>(value: &mut T, mut reader: Reader<'a>, tag: Tag) -> Result<Reader<'a>> {
    value.decode_into(&mut reader, tag)?;
    Ok(reader)
}

impl<T: Encode> Encode for alloc::boxed::Box<T> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        (**self).encode(tag, writer)
    }

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        (**self).encoded_len(tag, version)
    }
}

/// A field of a structure for `Debug`, which redacts what [`Text`](crate::Text) redacts under this tag.
#[doc(hidden)]
pub struct Shown<'f, T>(pub &'f T, pub Tag);

impl<T: EncodeField + core::fmt::Debug> core::fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self(field, tag) = self;
        if crate::encoding::text::hides_bytes(*tag) && field.field_prints_bytes() {
            f.write_str("<redacted>")
        } else {
            field.fmt(f)
        }
    }
}
