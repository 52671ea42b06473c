//! Typed values out of any bytes, for fuzz targets, property tests and attacks on other KMIP stacks.
//!
//! The tables that declare a type also say how a value of it is made: a field only in the versions that have its tag,
//! an enumeration only with a value that its version has. So a generated value is valid by construction. It encodes, it
//! passes [`check_vocabulary`](crate::check_vocabulary), and it decodes to an equal value under strict rules.
//!
//! ```
//! use kmip_ttlv::arbitrary::Generator;
//! use kmip_ttlv::{Rules, Tag, V1_0, V1_4, check_vocabulary, decode, encode, ttlv_struct};
//!
//! ttlv_struct! {
//!     /// A name, with a flag that only newer versions have.
//!     struct Dated<'a> {
//!         value: &'a str = NAME_VALUE,
//!         fresh: Option<bool> = FRESH in kmip_ttlv::V1_1..,
//!     }
//! }
//!
//! let bytes = [0x5A; 64]; // from a fuzzer, or from a random number generator
//! let dated: Dated<'_> = Generator::new(&bytes, V1_4).value(Tag::NAME);
//! let encoded = encode(&dated, Tag::NAME, V1_4)?;
//! check_vocabulary(&encoded, V1_4)?;
//! assert_eq!(decode::<Dated<'_>>(&encoded, Tag::NAME, V1_4, Rules::STRICT)?, dated);
//!
//! let old: Dated<'_> = Generator::new(&bytes, V1_0).value(Tag::NAME);
//! assert_eq!(old.fresh, None);
//! # Ok::<(), kmip_ttlv::Error>(())
//! ```

mod values;

use arbitrary::Unstructured;

use crate::enumeration::Entry;
use crate::{ProtocolVersion, Tag};

/// The crate whose [`Unstructured`] a [`Generator`] reads.
pub use arbitrary;

/// Structures deeper than this get no optional field and no list, so that a value ends.
const DEEPEST: u32 = 12;

/// A type whose values can be made out of any bytes. Text and byte strings borrow from these bytes.
///
/// [`ttlv_struct!`](crate::ttlv_struct), [`ttlv_enum!`](crate::ttlv_enum) and [`ttlv_mask!`](crate::ttlv_mask)
/// implement it from their tables. A field whose type does not implement it gets its `Default`.
pub trait Generate<'a>: Sized {
    /// `true` for a field that may be missing: it is, in a version that does not have its tag.
    #[doc(hidden)]
    const OPTIONAL: bool = false;

    /// `true` for a type that stands under another tag in a version that does not have the tag of its field.
    #[doc(hidden)]
    const CHOOSES_TAG: bool = false;

    /// Makes a value that can stand under this tag in the version of the generator.
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self;

    /// Returns `true` if the version has a value of this type.
    #[must_use]
    fn exists(version: ProtocolVersion) -> bool {
        let _ = version;
        true
    }
}

/// A source of values for one version, which turns bytes into decisions.
///
/// The same bytes make the same values. When the bytes run out, what is left to decide is decided by zeros: optional
/// fields are missing and lists end.
#[derive(Debug)]
pub struct Generator<'a> {
    source: Unstructured<'a>,
    version: ProtocolVersion,
    depth: u32,
    odd: u8,
}

impl<'a> Generator<'a> {
    /// Creates a generator of valid values for this version.
    #[must_use]
    pub fn new(bytes: &'a [u8], version: ProtocolVersion) -> Self {
        Self::from_source(Unstructured::new(bytes), version)
    }

    /// Creates a generator of valid values for this version that reads on where `source` is.
    #[must_use]
    pub const fn from_source(source: Unstructured<'a>, version: ProtocolVersion) -> Self {
        Self { source, version, depth: 0, odd: 0 }
    }

    /// Makes this many of 255 decisions slightly invalid: a field that the version does not have, a value that no
    /// table has. The result is well-formed TTLV, and may need
    /// [`Writer::in_any_version`](crate::Writer::in_any_version) to be encoded.
    #[must_use]
    pub const fn oddities(mut self, of_255: u8) -> Self {
        self.odd = of_255;
        self
    }

    /// Returns the source, with the bytes that are left.
    #[must_use]
    pub fn into_source(self) -> Unstructured<'a> {
        self.source
    }

    /// Returns the version that the values are for.
    #[must_use]
    pub const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// Makes a value that can stand under this tag.
    pub fn value<T: Generate<'a>>(&mut self, tag: Tag) -> T {
        T::generate(self, tag)
    }

    /// Returns a number below `end`, or 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.source.int_in_range(0..=end.saturating_sub(1)).unwrap_or(0)
    }

    /// Returns `true` for about one decision in `of`; `false` once the bytes have run out.
    pub fn once_in(&mut self, of: usize) -> bool {
        !self.source.is_empty() && self.below(of) == 0
    }

    /// Returns `true` if this decision is to be slightly invalid. See [`Generator::oddities`].
    pub fn is_odd(&mut self) -> bool {
        self.odd > 0 && !self.source.is_empty() && self.byte() < self.odd
    }

    /// Returns one of the items, or `None` if there is none.
    pub fn pick<I: Iterator + Clone>(&mut self, mut from: I) -> Option<I::Item> {
        let count = from.clone().count();
        from.nth(self.below(count))
    }

    /// Returns the next byte, or 0.
    pub fn byte(&mut self) -> u8 {
        self.source.arbitrary().unwrap_or(0)
    }

    /// Returns up to `most` bytes.
    pub fn bytes(&mut self, most: usize) -> &'a [u8] {
        let length = self.below(most.min(self.source.len()) + 1).min(self.source.len());
        self.source.bytes(length).unwrap_or(&[])
    }

    /// Returns the value of one of the rows that the version has; if odd, any value.
    #[doc(hidden)]
    pub fn from_value(&mut self, rows: impl Iterator<Item = Entry> + Clone) -> u32 {
        if self.is_odd() {
            return self.source.arbitrary().unwrap_or(0);
        }
        let version = self.version;
        self.pick(rows.filter(|row| row.versions().contains(version))).map_or(0, Entry::value)
    }

    /// Returns any of the bits that the version has; if odd, any bits.
    #[doc(hidden)]
    pub fn from_bits(&mut self, rows: impl Iterator<Item = Entry>) -> u32 {
        let bits = self.source.arbitrary().unwrap_or(0);
        if self.is_odd() {
            return bits;
        }
        let there = rows.filter(|row| row.versions().contains(self.version));
        bits & there.fold(0, |all, row| all | row.value())
    }

    /// Makes the value of a field of a structure. `there` is `false` if its row says that the version lacks it.
    #[doc(hidden)]
    pub fn field<T: Generate<'a> + Default>(&mut self, tag: Tag, there: bool) -> T {
        if T::OPTIONAL {
            let has_tag = T::CHOOSES_TAG || tag.versions().is_none_or(|range| range.contains(self.version));
            let there = there && has_tag && T::exists(self.version);
            if self.depth > DEEPEST || !there && !self.is_odd() {
                return T::default();
            }
        }
        T::generate(self, tag)
    }

    /// Makes a structure: what `fields` returns, one level further down.
    #[doc(hidden)]
    pub fn structure<T>(&mut self, fields: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let made = fields(self);
        self.depth -= 1;
        made
    }
}

/// The choice between [`Generate`] and `Default` for the type of a field, made by the method that its caller finds
/// first: `(&&Field::<T>::new()).make(...)`.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Field<T>(core::marker::PhantomData<T>);

impl<T> Field<T> {
    #[must_use]
    pub const fn new() -> Self {
        Self(core::marker::PhantomData)
    }
}

/// A field whose type implements [`Generate`].
#[doc(hidden)]
pub trait Generated<'a, T> {
    fn make(&self, generator: &mut Generator<'a>, tag: Tag, there: bool) -> T;
}

impl<'a, T: Generate<'a> + Default> Generated<'a, T> for &Field<T> {
    fn make(&self, generator: &mut Generator<'a>, tag: Tag, there: bool) -> T {
        generator.field(tag, there)
    }
}

/// A field of any other type.
#[doc(hidden)]
pub trait Left<'a, T> {
    fn make(&self, generator: &mut Generator<'a>, tag: Tag, there: bool) -> T;
}

impl<'a, T: Default> Left<'a, T> for Field<T> {
    fn make(&self, _: &mut Generator<'a>, _: Tag, _: bool) -> T {
        T::default()
    }
}
