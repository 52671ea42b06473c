//! The value of an attribute, with its decoding and encoding.
//!
//! One table serves both wire forms. 1.x writes the name, and the value under `AttributeValue`; 2.x writes the value
//! under its own tag.

use kmip_ttlv::__private::{decode_apart, encode_apart};
use kmip_ttlv::{Decode, Encode, Reader, Result, Tag, Type, VersionRange, Writer};

use super::reference::{AttributeReference, OtherAttribute};
use super::table::*;
use crate::protocol::{begin, vacate};

/// Declares [`AttributeValue`] and the rows of the table.
macro_rules! attribute_values {
    ($(
        $variant:ident($ty:ty) = $name:literal, $tag:ident $(in $since:ident $(..= $until:ident)? $(..)?)? => $times:ident($getter:ident);
    )*) => {
        /// The value of an attribute, with one variant for each attribute (KMIP 2.1, 4; KMIP 1.4, 3).
        ///
        /// Attributes that the standard does not name are kept as [`AttributeValue::Other`].
        ///
        /// ```
        /// use kmip_client::protocol::attribute::AttributeValue;
        /// use kmip_client::protocol::operation::{Create, Locate};
        ///
        /// let request = Create::aes(256)
        ///     .attribute(AttributeValue::ObjectGroup("databases"))
        ///     .attribute(AttributeValue::custom("x-Owner", "alice"));
        /// assert_eq!(request.attributes.object_groups().next(), Some(&"databases"));
        ///
        /// let find = Locate::attribute(AttributeValue::ObjectGroup("databases"));
        /// # let _ = find;
        /// ```
        #[derive(Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum AttributeValue<'a> {
            $(#[doc = concat!($name, ".")] $variant($ty),)*
            /// A custom or vendor attribute, or one that this crate does not know.
            Other(OtherAttribute<'a>),
            /// The name of an attribute without a value: an attribute that was deleted, in Notify of KMIP 1.x.
            Absent(AttributeReference<'a>),
        }

        impl AttributeValue<'_> {
            /// Returns the row of the attribute; `None` if the table does not have it.
            pub(super) fn row(&self) -> Option<&'static Row> {
                self.row_inlined()
            }

            /// Does the same as [`Self::row`] where attributes are written.
            #[inline(always)]
            pub(super) const fn row_inlined(&self) -> Option<&'static Row> {
                match self {
                    $(Self::$variant(_) => Some(&ROWS[Place::$tag as usize]),)*
                    Self::Other(_) | Self::Absent(_) => None,
                }
            }

            /// Encodes the value under the tag. An attribute outside of the table has none.
            #[inline(always)]
            pub(super) fn encode_value(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                match self {
                    $(Self::$variant(value) => write(value, tag, writer),)*
                    Self::Other(_) | Self::Absent(_) => Ok(()),
                }
            }
        }

        impl Default for AttributeValue<'_> {
            /// Returns an attribute without a name, as an initial value.
            #[inline(always)]
            fn default() -> Self {
                Self::Other(OtherAttribute::default())
            }
        }

        /// The place of an attribute in the table.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy, Debug)]
        #[repr(u8)]
        enum Place { $($tag,)* }

        /// One row for each attribute. A table rather than a value for each, so that a row is found by its place: a
        /// pointer is larger, and a relocation of the program.
        static ROWS: [Row; [$(Place::$tag),*].len()] = [$({
            // Some of the types borrow.
            #[allow(clippy::extra_unused_lifetimes)]
            const fn word<'a>() -> Option<u64> {
                word_header(<$ty as Decode<'a>>::WORD)
            }
            Row {
                tag: Tag::$tag,
                place: Place::$tag,
                beginning: Beginning::of($name),
                versions: attribute_values!(@ $($since $($until)?)?),
                many: attribute_values!(@ is $times),
                word: word(),
            }
        }),*];

        // A function with a branch for each attribute is a third of the code of a function for each.
        impl Row {
            /// Decodes a value under the tag into a place that owns nothing.
            #[inline(never)]
            pub(super) fn read<'a>(
                &self,
                into: &mut AttributeValue<'a>,
                reader: &mut Reader<'a>,
                tag: Tag,
            ) -> Result<()> {
                vacate(into, matches!(into, AttributeValue::Other(_)));
                match self.place {
                    $(Place::$tag => begin(into, AttributeValue::$variant(read(reader, tag)?)),)*
                }
                Ok(())
            }

            /// Does the same for a value of four bytes with this header under Attribute Value. Returns `false` for an
            /// attribute whose values have another header.
            pub(super) fn set<'a>(&self, into: &mut AttributeValue<'a>, header: u64, word: u32) -> bool {
                if self.word != Some(header) {
                    return false;
                }
                match self.place {
                    $(Place::$tag => if <$ty as Decode<'a>>::WORD.is_some() {
                        begin(into, AttributeValue::$variant(<$ty as Decode<'a>>::from_word(word)));
                    },)*
                }
                true
            }

            /// Returns the row of the attribute with this tag.
            pub(super) const fn of_tag(tag: Tag) -> Option<&'static Self> {
                match tag {
                    $(Tag::$tag => Some(&ROWS[Place::$tag as usize]),)*
                    _ => None,
                }
            }
        }
    };
    (@ is many) => { true };
    (@ is $once:ident) => { false };
    (@) => { VersionRange::ALL };
    (@ $since:ident) => { VersionRange::since($since) };
    (@ $since:ident $until:ident) => { VersionRange::between($since, $until) };
}

attributes!(attribute_values);

static NAMES: Names = Names::of(&ROWS);

impl<'a> AttributeValue<'a> {
    /// Does the same as [`Self::encode_value`] in a function of its own.
    #[inline(never)]
    pub(super) fn encode_apart(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        self.encode_value(tag, writer)
    }

    /// Creates an attribute that this crate has no type for: a custom or vendor attribute.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{AttributeReference, AttributeValue};
    /// use kmip_client::ttlv::Value;
    ///
    /// let colour = AttributeValue::other(AttributeReference::from_name("x-Colour"), Value::TextString("blue"));
    /// ```
    #[must_use]
    pub const fn other(name: AttributeReference<'a>, value: kmip_ttlv::Value<'a>) -> Self {
        Self::Other(OtherAttribute { name, value })
    }

    /// Returns the attribute's name.
    #[must_use]
    pub fn reference(&self) -> AttributeReference<'a> {
        match self {
            Self::Other(other) => other.name,
            Self::Absent(name) => *name,
            known => known.row().map_or_else(AttributeReference::default, |row| row.tag.into()),
        }
    }
}

/// Decodes the value of an attribute, in a function for each type: attributes share their types.
#[inline(always)]
fn read<'a, T: Decode<'a>>(reader: &mut Reader<'a>, tag: Tag) -> Result<T> {
    #[inline(never)]
    fn large<'a, T: Decode<'a>>(reader: &mut Reader<'a>, tag: Tag) -> Result<T> {
        let mut value = T::default();
        *reader = decode_apart(&mut value, reader.clone(), tag)?;
        Ok(value)
    }
    match T::WORD {
        Some(ty) => reader.word(tag, ty).map(T::from_word),
        None => large(reader, tag),
    }
}

/// Encodes the value of an attribute. A word is not worth a call.
#[inline(always)]
fn write<T: Encode>(value: &T, tag: Tag, writer: &mut Writer) -> Result<()> {
    if size_of::<T>() <= 4 { value.encode(tag, writer) } else { encode_apart(value, tag, writer) }
}

/// One attribute's entry in the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) tag: Tag,
    place: Place,
    beginning: Beginning,
    pub(super) versions: VersionRange,
    /// The header of a value of four bytes under Attribute Value; `None` if values have another length.
    word: Option<u64>,
    /// `true` if an object may have several values of the attribute.
    pub(super) many: bool,
}

/// Returns the header of a value of four bytes.
const fn word_header(ty: Option<Type>) -> Option<u64> {
    match ty {
        Some(ty) => Some((Tag::ATTRIBUTE_VALUE.value() as u64) << 40 | (ty.code() as u64) << 32 | 4),
        None => None,
    }
}

impl Row {
    /// Returns the attribute's name in KMIP 1.x.
    pub(super) const fn name(&self) -> &str {
        let (header, text) = self.name_item().split_at(8);
        match str::from_utf8(text.split_at(header[7] as usize).0) {
            Ok(name) => name,
            Err(_) => "",
        }
    }

    /// Returns the first bytes of the attribute in KMIP 1.x: the header of the structure, without its length, and
    /// Attribute Name.
    #[inline(always)]
    pub(super) const fn beginning(&self) -> &[u8] {
        self.beginning.bytes.split_at(self.beginning.len as usize).0
    }

    /// Returns the item Attribute Name.
    #[inline(always)]
    pub(super) const fn name_item(&self) -> &[u8] {
        self.beginning().split_at(8).1
    }

    /// Returns the row of the attribute with this name in KMIP 1.x.
    pub(super) fn of_name(name: &str) -> Option<&'static Self> {
        NAMES.rows_at(Names::place(name.as_bytes())).find(|row| row.name() == name)
    }

    /// Returns every row.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        ROWS.iter()
    }

    /// Reads an Attribute Name that is in the table, and returns its row. Whole items are compared, so no further check
    /// is needed.
    #[inline(always)]
    pub(super) fn of_next_name(reader: &mut Reader<'_>) -> Option<&'static Self> {
        let ([.., a, b, c, d], rest) = reader.remaining().split_first_chunk::<8>()?;
        let name = rest.get(..u32::from_be_bytes([*a, *b, *c, *d]) as usize)?;
        NAMES.rows_at(Names::place(name)).find(|row| reader.take_encoded(row.name_item()))
    }
}

/// The first bytes of an attribute: see [`Row::beginning`].
#[derive(Debug)]
struct Beginning {
    bytes: [u8; 56],
    len: u8,
}

impl Beginning {
    /// Returns those of an attribute with this name. A name that is too long does not compile.
    #[expect(clippy::cast_possible_truncation, reason = "there are 56 bytes")]
    const fn of(name: &str) -> Self {
        let mut bytes = [0; 56];
        let [a, b, c] = Tag::ATTRIBUTE.to_bytes();
        (bytes[0], bytes[1], bytes[2], bytes[3]) = (a, b, c, Type::Structure.code());
        let [a, b, c] = Tag::ATTRIBUTE_NAME.to_bytes();
        (bytes[8], bytes[9], bytes[10], bytes[11], bytes[15]) = (a, b, c, Type::TextString.code(), name.len() as u8);
        let mut n = 0;
        while n < name.len() {
            bytes[16 + n] = name.as_bytes()[n];
            n += 1;
        }
        Self { bytes, len: 16 + name.len().next_multiple_of(8) as u8 }
    }
}

/// A hash table of the rows' names, which the compiler builds. It has more slots than names; a collision takes the next
/// free slot. The slots are pointers: in the hot path of decoding a number would take too long to follow.
struct Names([Option<&'static Row>; Self::PLACES]);

impl Names {
    const PLACES: usize = 512;

    const fn of(rows: &'static [Row]) -> Self {
        let mut places = [None; Self::PLACES];
        let mut n = 0;
        while n < rows.len() {
            let mut place = Self::place(rows[n].name().as_bytes());
            while places[place].is_some() {
                place = (place + 1) % Self::PLACES;
            }
            places[place] = Some(&rows[n]);
            n += 1;
        }
        Self(places)
    }

    /// Returns a hash of a name. Length, first and last bytes distinguish almost all names.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a hash")]
    const fn place(name: &[u8]) -> usize {
        let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) else { return 0 };
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        let mixed = (first ^ last.rotate_left(9)).wrapping_add(name.len() as u32).wrapping_mul(0x9E37_79B1);
        (mixed >> 23) as usize
    }

    /// Returns the rows whose names have this hash.
    #[inline(always)]
    fn rows_at(&self, mut place: usize) -> impl Iterator<Item = &'static Row> {
        std::iter::from_fn(move || {
            let row = self.0[place];
            place = (place + 1) % Self::PLACES;
            row
        })
    }
}
