//! Generators of the values of single items.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Generate, Generator};
use crate::rules::Context;
use crate::{
    BigInteger, DateTime, DateTimeExtended, Identifier, Interval, Item, NameReference, ProtocolVersion, Reference, Tag,
    Type, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, Value,
};

/// Texts that get further in a server than random ones do: identifiers as servers number them, names, and what is
/// special to XML, JSON, SQL and formatting.
const WORDS: &[&str] = &[
    "1",
    "2",
    "3",
    "4",
    "vm-42",
    "key",
    "x-Colour",
    "default",
    "",
    " ",
    "0",
    "-1",
    "é\u{1F511}",
    "<&>\"'",
    "%s%n",
    "' OR 1=1",
    "CN=example",
    "urn:uuid:9dc02223-7a3c-4b1e-8f6d-0a1b2c3d4e5f",
    "../..",
    "null",
];

/// The contents of structures that no table declares, which are kept as they are.
const STRUCTURES: &[&[u8]] = &[
    &[],
    // An Integer.
    &[0x54, 0, 1, 2, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0],
    // A Text String, and an Enumeration.
    &[
        0x54, 0, 2, 7, 0, 0, 0, 5, b'v', b'm', b'-', b'4', b'2', 0, 0, 0, 0x54, 0, 3, 5, 0, 0, 0, 4, 0x80, 0, 0, 1, 0,
        0, 0, 0,
    ],
    // A structure in a structure, with a Boolean.
    &[0x54, 0, 4, 1, 0, 0, 0, 24, 0x54, 0, 5, 1, 0, 0, 0, 16, 0x54, 0, 6, 6, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1],
];

impl Generate<'_> for bool {
    fn generate(generator: &mut Generator<'_>, _: Tag) -> Self {
        generator.byte() & 1 == 1
    }
}

impl Generate<'_> for i32 {
    /// Most often a small number or the length of a key, and any number otherwise.
    fn generate(generator: &mut Generator<'_>, _: Tag) -> Self {
        const USUAL: &[i32] =
            &[0, 1, 2, 3, 12, 16, 20, 32, 56, 64, 96, 112, 128, 168, 192, 256, 384, 512, 521, 1024, 2048];
        const EDGES: &[i32] = &[-1, i32::MIN, i32::MAX, 0x1_0000, 7];
        match generator.byte() {
            0..=0xBF => generator.pick(USUAL.iter().copied()).unwrap_or(0),
            0xC0..=0xCF => generator.pick(EDGES.iter().copied()).unwrap_or(0),
            _ => generator.source.arbitrary().unwrap_or(0),
        }
    }
}

impl Generate<'_> for i64 {
    fn generate(generator: &mut Generator<'_>, tag: Tag) -> Self {
        const EDGES: &[i64] = &[0, -1, i64::MIN, i64::MAX, 1 << 32];
        match generator.byte() {
            0..=0xBF => i32::generate(generator, tag).into(),
            0xC0..=0xCF => generator.pick(EDGES.iter().copied()).unwrap_or(0),
            _ => generator.source.arbitrary().unwrap_or(0),
        }
    }
}

impl Generate<'_> for DateTime {
    /// Most often a day of the years 1970 to 2106.
    fn generate(generator: &mut Generator<'_>, tag: Tag) -> Self {
        Self(match generator.byte() {
            0..=0xDF => generator.source.arbitrary::<u32>().unwrap_or(0).into(),
            _ => i64::generate(generator, tag),
        })
    }
}

impl Generate<'_> for DateTimeExtended {
    fn generate(generator: &mut Generator<'_>, tag: Tag) -> Self {
        Self(DateTime::generate(generator, tag).0.saturating_mul(1_000_000))
    }

    fn exists(version: ProtocolVersion) -> bool {
        Type::DateTimeExtended.versions().contains(version)
    }
}

impl Generate<'_> for Interval {
    fn generate(generator: &mut Generator<'_>, tag: Tag) -> Self {
        Self(i32::generate(generator, tag).cast_unsigned())
    }
}

impl<'a> Generate<'a> for &'a str {
    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        if generator.byte() < 0xA0 {
            return generator.pick(WORDS.iter().copied()).unwrap_or("");
        }
        let bytes = generator.bytes(40);
        core::str::from_utf8(bytes)
            .unwrap_or_else(|error| core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""))
    }
}

impl<'a> Generate<'a> for &'a [u8] {
    /// Most often a few bytes or as many as a key has, and now and then many.
    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        const USUAL: &[usize] = &[0, 1, 8, 12, 16, 20, 24, 32, 48, 64];
        if generator.once_in(32) {
            return generator.bytes(1024);
        }
        let length = generator.pick(USUAL.iter().copied()).unwrap_or(0).min(generator.source.len());
        generator.source.bytes(length).unwrap_or(&[])
    }
}

impl<'a> Generate<'a> for BigInteger<'a> {
    /// Whole words, as on the wire.
    fn generate(generator: &mut Generator<'a>, _: Tag) -> Self {
        const ONE: &[u8] = &[0, 0, 0, 0, 0, 0, 0, 1];
        let length = 8 * (1 + generator.below(4));
        Self::new(generator.source.bytes(length).unwrap_or(ONE))
    }
}

impl<'a> Generate<'a> for Identifier<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        Self(generator.value(tag))
    }

    fn exists(version: ProtocolVersion) -> bool {
        Type::Identifier.versions().contains(version)
    }
}

impl<'a> Generate<'a> for Reference<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        Self(generator.value(tag))
    }

    fn exists(version: ProtocolVersion) -> bool {
        Type::Reference.versions().contains(version)
    }
}

impl<'a> Generate<'a> for NameReference<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        Self(generator.value(tag))
    }

    fn exists(version: ProtocolVersion) -> bool {
        Type::NameReference.versions().contains(version)
    }
}

impl<'a> Generate<'a> for Item<'a> {
    /// A structure of a vendor's items.
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        let inside = generator.pick(STRUCTURES.iter().copied()).unwrap_or(&[]);
        Item::new(tag, Type::Structure, inside, inside.len(), 0, Context::DEFAULT)
    }
}

impl<'a> Generate<'a> for Value<'a> {
    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        let types = (0..=u8::MAX).map_while(|code| Type::from_code(code + 1));
        let version = generator.version();
        let ty = generator.pick(types.filter(|ty| ty.versions().contains(version))).unwrap_or(Type::Boolean);
        match ty {
            Type::Structure => Value::Structure(generator.value(tag)),
            Type::Integer => Value::Integer(generator.value(tag)),
            Type::LongInteger => Value::LongInteger(generator.value(tag)),
            Type::BigInteger => Value::BigInteger(generator.value(tag)),
            Type::Enumeration => Value::Enumeration(generator.value::<i32>(tag).cast_unsigned()),
            Type::Boolean => Value::Boolean(generator.value(tag)),
            Type::TextString => Value::TextString(generator.value(tag)),
            Type::ByteString => Value::ByteString(generator.value(tag)),
            Type::DateTime => Value::DateTime(generator.value(tag)),
            Type::Interval => Value::Interval(generator.value(tag)),
            Type::DateTimeExtended => Value::DateTimeExtended(generator.value(tag)),
            Type::Identifier => Value::Identifier(generator.value(tag)),
            Type::Reference => Value::Reference(generator.value(tag)),
            Type::NameReference => Value::NameReference(generator.value(tag)),
        }
    }
}

impl Generate<'_> for ProtocolVersion {
    /// Any version, known or, if odd, not.
    fn generate(generator: &mut Generator<'_>, _: Tag) -> Self {
        if generator.is_odd() {
            return Self::new(generator.byte(), generator.byte());
        }
        generator.pick([V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0].into_iter()).unwrap_or_default()
    }
}

/// The value of an Enumeration that is a tag.
impl Generate<'_> for Tag {
    fn generate(generator: &mut Generator<'_>, _: Tag) -> Self {
        let version = generator.version();
        let known = Self::TABLE.entries().filter(|entry| entry.versions().contains(version));
        generator.pick(known).and_then(|entry| Self::try_from(entry.value()).ok()).unwrap_or(Self::NAME)
    }
}

impl<'a, T: Generate<'a>> Generate<'a> for Box<T> {
    const OPTIONAL: bool = T::OPTIONAL;
    const CHOOSES_TAG: bool = T::CHOOSES_TAG;

    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        Self::new(generator.value(tag))
    }

    fn exists(version: ProtocolVersion) -> bool {
        T::exists(version)
    }
}

impl<'a, T: Generate<'a>> Generate<'a> for Option<T> {
    const OPTIONAL: bool = true;
    const CHOOSES_TAG: bool = T::CHOOSES_TAG;

    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        (generator.byte() & 1 == 1).then(|| generator.value(tag))
    }

    fn exists(version: ProtocolVersion) -> bool {
        T::exists(version)
    }
}

impl<'a, T: Generate<'a>> Generate<'a> for Vec<T> {
    const OPTIONAL: bool = true;
    const CHOOSES_TAG: bool = T::CHOOSES_TAG;

    fn generate(generator: &mut Generator<'a>, tag: Tag) -> Self {
        let length = generator.below(4);
        (0..length).map(|_| generator.value(tag)).collect()
    }

    fn exists(version: ProtocolVersion) -> bool {
        T::exists(version)
    }
}
