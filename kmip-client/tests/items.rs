//! Any tree of items is encoded and decoded again. These properties of `kmip-ttlv` are tested here, because that crate
//! has no dependencies for tests.

#![allow(clippy::unwrap_used)]

use kmip_ttlv::{
    BigInteger, DateTime, DateTimeExtended, Encode, Identifier, Interval, NameReference, Reader, Reference, Rules, Tag,
    Text, V3_0, Value, Walk, Writer, decode, encode,
};
use proptest::prelude::*;

/// An item that owns its contents.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Structure(Vec<(Tag, Tree)>),
    Integer(i32),
    LongInteger(i64),
    /// A multiple of 8 bytes, at least 8.
    BigInteger(Vec<u8>),
    Enumeration(u32),
    Boolean(bool),
    TextString(String),
    ByteString(Vec<u8>),
    DateTime(i64),
    Interval(u32),
    DateTimeExtended(i64),
    Identifier(String),
    Reference(String),
    NameReference(String),
}

impl Tree {
    fn write(&self, tag: Tag, writer: &mut Writer) {
        let value = match self {
            Self::Structure(items) => {
                let started = writer.begin(tag);
                for (tag, item) in items {
                    item.write(*tag, writer);
                }
                return writer.end(started).unwrap();
            }
            Self::Integer(value) => Value::Integer(*value),
            Self::LongInteger(value) => Value::LongInteger(*value),
            Self::BigInteger(bytes) => Value::BigInteger(BigInteger::new(bytes)),
            Self::Enumeration(value) => Value::Enumeration(*value),
            Self::Boolean(value) => Value::Boolean(*value),
            Self::TextString(text) => Value::TextString(text),
            Self::ByteString(bytes) => Value::ByteString(bytes),
            Self::DateTime(value) => Value::DateTime(DateTime(*value)),
            Self::Interval(value) => Value::Interval(Interval(*value)),
            Self::DateTimeExtended(value) => Value::DateTimeExtended(DateTimeExtended(*value)),
            Self::Identifier(text) => Value::Identifier(Identifier(text)),
            Self::Reference(text) => Value::Reference(Reference(text)),
            Self::NameReference(text) => Value::NameReference(NameReference(text)),
        };
        value.encode(tag, writer).unwrap();
    }

    fn read(value: Value<'_>) -> Self {
        match value {
            Value::Structure(item) => {
                let mut items = item.as_structure().unwrap();
                let each = std::iter::from_fn(|| items.next_item().unwrap());
                Self::Structure(each.map(|item| (item.tag(), Self::read(item.to_value().unwrap()))).collect())
            }
            Value::Integer(value) => Self::Integer(value),
            Value::LongInteger(value) => Self::LongInteger(value),
            Value::BigInteger(value) => Self::BigInteger(value.bytes().to_vec()),
            Value::Enumeration(value) => Self::Enumeration(value),
            Value::Boolean(value) => Self::Boolean(value),
            Value::TextString(text) => Self::TextString(text.to_owned()),
            Value::ByteString(bytes) => Self::ByteString(bytes.to_vec()),
            Value::DateTime(value) => Self::DateTime(value.0),
            Value::Interval(value) => Self::Interval(value.0),
            Value::DateTimeExtended(value) => Self::DateTimeExtended(value.0),
            Value::Identifier(text) => Self::Identifier(text.0.to_owned()),
            Value::Reference(text) => Self::Reference(text.0.to_owned()),
            Value::NameReference(text) => Self::NameReference(text.0.to_owned()),
            newer => panic!("{newer:?}"),
        }
    }

    fn items(&self) -> usize {
        match self {
            Self::Structure(items) => 1 + items.iter().map(|(_, item)| item.items()).sum::<usize>(),
            _ => 1,
        }
    }
}

/// Returns tags of the standard, of vendors, and unassigned ones.
fn tag() -> impl Strategy<Value = Tag> {
    any::<[u8; 3]>().prop_map(Tag::from_bytes)
}

fn tree() -> impl Strategy<Value = Tree> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..40);
    let leaf = prop_oneof![
        any::<i32>().prop_map(Tree::Integer),
        any::<i64>().prop_map(Tree::LongInteger),
        // Negative ones, and ones that repeat their sign.
        prop::collection::vec(any::<[u8; 8]>(), 1..4).prop_map(|words| Tree::BigInteger(words.concat())),
        (any::<bool>(), 1_usize..4).prop_map(|(negative, words)| {
            let mut bytes = vec![if negative { 0xFF } else { 0 }; 8 * words];
            bytes[8 * words - 1] ^= 1;
            Tree::BigInteger(bytes)
        }),
        any::<u32>().prop_map(Tree::Enumeration),
        any::<bool>().prop_map(Tree::Boolean),
        any::<String>().prop_map(Tree::TextString),
        bytes().prop_map(Tree::ByteString),
        any::<i64>().prop_map(Tree::DateTime),
        any::<u32>().prop_map(Tree::Interval),
        any::<i64>().prop_map(Tree::DateTimeExtended),
        any::<String>().prop_map(Tree::Identifier),
        any::<String>().prop_map(Tree::Reference),
        any::<String>().prop_map(Tree::NameReference),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| prop::collection::vec((tag(), inner), 0..6).prop_map(Tree::Structure))
}

proptest! {
    #[test]
    fn any_tree_survives(tag in tag(), tree in tree()) {
        let mut writer = Writer::new(V3_0);
        tree.write(tag, &mut writer);
        let bytes = writer.into_vec();
        prop_assert!(bytes.len().is_multiple_of(8));
        prop_assert_eq!(Walk::new(&bytes).filter(Result::is_ok).count(), tree.items());
        prop_assert_eq!(Text::new(&bytes).to_string().lines().count(), tree.items());

        let value: Value<'_> = decode(&bytes, tag, V3_0, Rules::STRICT).unwrap();
        prop_assert_eq!(Tree::read(value), tree);
        prop_assert_eq!(encode(&value, tag, V3_0).unwrap(), bytes);
    }

    /// A truncated tree is an error, never another tree.
    #[test]
    fn half_a_tree_is_an_error(tag in tag(), tree in tree(), cut in any::<prop::sample::Index>()) {
        let mut writer = Writer::new(V3_0);
        tree.write(tag, &mut writer);
        let bytes = &writer.as_slice()[..cut.index(writer.as_slice().len())];
        prop_assert!(decode::<Value<'_>>(bytes, tag, V3_0, Rules::STRICT).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn messages_above_a_mebibyte_survive(tag in tag(), length in (1_usize << 20)..(1 << 21), byte in any::<u8>()) {
        let tree = Tree::Structure(vec![(tag, Tree::ByteString(vec![byte; length])), (tag, Tree::Integer(7))]);
        let mut writer = Writer::new(V3_0);
        tree.write(tag, &mut writer);
        let mut reader = Reader::new(writer.as_slice());
        let read = Tree::read(reader.next_item().unwrap().unwrap().to_value().unwrap());
        prop_assert!(read == tree && reader.is_empty());
    }
}
