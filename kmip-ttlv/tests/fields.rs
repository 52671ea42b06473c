//! The fields of a structure: one for each cardinality and each way to implement the traits. Their lengths, their
//! memory, and what `Debug` shows of them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;

use corpus::hex;
use kmip_ttlv::enumeration::{ObjectType, OperationCode};
use kmip_ttlv::{
    Decode, Encode, EncodeField, ErrorKind, Interval, Reader, Result, Rules, Tag, Type, V1_0, V1_4, Walk, Writer,
    decode, encode, ttlv_struct,
};

/// A length in bytes, which is in bits on the wire. Implements [`Decode::decode_next`] and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InBytes(usize);

impl<'a> Decode<'a> for InBytes {
    fn decode_next(reader: &mut Reader<'a>, tag: Tag) -> Result<Self> {
        let before = reader.clone();
        let bits = usize::try_from(reader.integer(tag)?);
        bits.map(|bits| Self(bits / 8)).map_err(|_| before.error(ErrorKind::Value("a length is not negative")))
    }
}

impl Encode for InBytes {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.integer(tag, i32::try_from(8 * self.0).unwrap());
        Ok(())
    }
}

/// Declares a structure twice: with code for each field, and `compact`.
macro_rules! in_both_codes {
    ($($structure:tt)*) => {
        ttlv_struct! { $($structure)* }

        mod compact {
            use super::*;

            ttlv_struct! { #[compact] $($structure)* }
        }
    };
}

in_both_codes! {
    /// Every cardinality of a short, a long and a boxed type.
    pub(crate) struct Fields<'a> {
        pub(crate) length: InBytes = CRYPTOGRAPHIC_LENGTH,
        pub(crate) offset: Option<InBytes> = OFFSET_ITEMS,
        pub(crate) lengths: Vec<InBytes> = MAXIMUM_ITEMS,
        pub(crate) text: &'a str = NAME_VALUE,
        pub(crate) comment: Option<&'a str> = COMMENT,
        pub(crate) texts: Vec<&'a str> = DESCRIPTION,
        pub(crate) boxed: Option<Box<Inner<'a>>> = KEY_BLOCK,
        pub(crate) inner: Vec<Inner<'a>> = NAME,
        pub(crate) fresh: Option<bool> = FRESH in V1_4..,
    }
}

ttlv_struct! {
    /// More than 32 bytes in memory.
    pub(crate) struct Inner<'a> {
        key: &'a [u8] = KEY_MATERIAL,
        more: Option<&'a [u8]> = MAC_SIGNATURE,
        date: Interval = LEASE_TIME,
    }
}

fn inner(key: &[u8]) -> Inner<'_> {
    Inner { key, more: Some(&[9; 5]), date: Interval(3) }
}

fn full<'a>() -> Fields<'a> {
    Fields {
        length: InBytes(32),
        offset: Some(InBytes(16)),
        lengths: vec![InBytes(1), InBytes(2), InBytes(3)],
        text: "seven b",
        comment: Some("more than eight"),
        texts: vec!["", "a", "eight by"],
        boxed: Some(Box::new(inner(b"one"))),
        inner: vec![inner(b""), inner(b"sixteen bytes ok")],
        fresh: None,
    }
}

/// Returns values with each field once as it usually is and once absent or empty.
fn all() -> Vec<Fields<'static>> {
    vec![
        full(),
        Fields { offset: None, ..full() },
        Fields { lengths: vec![], ..full() },
        Fields { comment: None, ..full() },
        Fields { texts: vec![], ..full() },
        Fields { boxed: None, ..full() },
        Fields { inner: vec![], ..full() },
        Fields::default(),
    ]
}

#[test]
fn fields_come_back_in_any_cardinality() {
    for fields in all() {
        for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
            let frame = encode(&fields, Tag::REQUEST_PAYLOAD, V1_4).unwrap();
            assert_eq!(decode::<Fields<'_>>(&frame, Tag::REQUEST_PAYLOAD, V1_4, rules).unwrap(), fields);
        }
    }
    let negative = hex("42002A 02 00000004 FFFFFFFF 00000000");
    let error = decode::<InBytes>(&negative, Tag::CRYPTOGRAPHIC_LENGTH, V1_4, Rules::STRICT).unwrap_err();
    assert_eq!(error.to_string(), "CryptographicLength: a length is not negative at byte 0");
}

/// Whole, cut off anywhere, with a byte changed anywhere, and with its fields in another order.
#[test]
fn compact_code_does_the_same() {
    let compared = |frame: &[u8], rules| {
        let (usual, compact) = (
            decode::<Fields<'_>>(frame, Tag::REQUEST_PAYLOAD, V1_4, rules),
            decode::<compact::Fields<'_>>(frame, Tag::REQUEST_PAYLOAD, V1_4, rules),
        );
        assert_eq!(format!("{usual:?}"), format!("{compact:?}"), "{frame:02X?}");
        let (Ok(usual), Ok(compact)) = (usual, compact) else { return false };
        for version in [V1_0, V1_4] {
            let (usual, compact) =
                (encode(&usual, Tag::REQUEST_PAYLOAD, version), encode(&compact, Tag::REQUEST_PAYLOAD, version));
            assert_eq!(format!("{usual:?}"), format!("{compact:?}"));
        }
        true
    };
    let mut read = 0;
    for fields in all().into_iter().chain([Fields { fresh: Some(true), ..full() }]) {
        let frame = encode(&fields, Tag::REQUEST_PAYLOAD, V1_4).unwrap();
        for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
            assert!(compared(&frame, rules));
            for place in 0..frame.len() {
                let mut changed = frame.clone();
                changed[place] ^= 1;
                read += usize::from(compared(&changed, rules));
                assert!(!compared(&frame[..place], rules));
            }
            let mut turned = frame.clone();
            turned[8..].rotate_left(16);
            assert_eq!(compared(&turned, rules), rules != Rules::STRICT);
        }
    }
    assert!(read > 1_000, "{read}");
}

#[test]
fn a_field_that_is_absent_is_in_every_version() {
    let absent = |field: &dyn EncodeField| field.is_absent();
    assert!(!absent(&0) && !absent(&Some(0)) && !absent(&vec![0]));
    assert!(absent(&None::<i32>) && absent(&Vec::<i32>::new()));

    assert!(encode(&full(), Tag::REQUEST_PAYLOAD, V1_0).is_ok());
    let fresh = Fields { fresh: Some(false), ..full() };
    assert!(encode(&fresh, Tag::REQUEST_PAYLOAD, V1_4).is_ok());
    let error = encode(&fresh, Tag::REQUEST_PAYLOAD, V1_0).unwrap_err();
    assert_eq!(error.to_string(), "RequestPayload/Fresh: not in KMIP 1.0: it exists in 1.4 and later");
}

#[test]
fn secret_fields_are_redacted_in_any_cardinality() {
    ttlv_struct! {
        /// A secret in each cardinality, beside a number that is none.
        struct Secrets<'a> {
            one: &'a [u8] = KEY_MATERIAL,
            perhaps: Option<&'a [u8]> = KEY_MATERIAL,
            boxed: Option<Box<i32>> = KEY_MATERIAL,
            many: Vec<&'a str> = KEY_MATERIAL,
            number: Option<i32> = KEY_MATERIAL,
            numbers: Vec<i32> = KEY_MATERIAL,
        }
    }
    let secrets = Secrets {
        one: b"!",
        perhaps: Some(b"!"),
        boxed: Some(Box::new(41)),
        many: vec!["!"],
        number: Some(42),
        numbers: vec![43],
    };
    let shown = format!("{secrets:?}");
    assert_eq!(shown.matches("<redacted>").count(), 3, "{shown}");
    assert!(!shown.contains('!') && !shown.contains("33"), "{shown}");
    assert!(["41", "42", "43"].iter().all(|number| shown.contains(number)), "{shown}");
    let shown = format!("{:?}", Secrets::default());
    assert!(shown.contains("None") && shown.contains("[]"), "{shown}");
}

/// Lists take exactly their memory, of types that own nothing and of others, whatever the lengths of their items.
#[test]
fn lists_take_no_more_than_they_need() {
    for lengths in [vec![0], vec![40, 0, 0, 0], vec![0, 0, 90], vec![3; 100], (0..64).collect::<Vec<usize>>()] {
        let texts: Vec<String> = lengths.iter().map(|length| "x".repeat(*length)).collect();
        let fields = Fields {
            lengths: lengths.iter().map(|length| InBytes(*length)).collect(),
            texts: texts.iter().map(String::as_str).collect(),
            inner: texts.iter().map(|text| inner(text.as_bytes())).collect(),
            ..full()
        };
        let frame = encode(&fields, Tag::REQUEST_PAYLOAD, V1_4).unwrap();
        let read: Fields<'_> = decode(&frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).unwrap();
        assert_eq!(read, fields);
        let capacities = [read.lengths.capacity(), read.texts.capacity(), read.inner.capacity()];
        assert_eq!(capacities, [lengths.len(); 3], "{lengths:?}");
    }
}

/// An optional field has a faster way to read what is as usual. All others are errors as in a required field.
#[test]
fn optional_fields_are_as_strict_as_others() {
    ttlv_struct! {
        /// An optional Integer.
        struct Offset {
            offset: Option<i32> = OFFSET_ITEMS,
        }
    }
    for value in ["00000000", "00000007", "80000000"] {
        let item = |rest: &str| hex(&["420079 01 00000010 4200D4", rest].concat());
        let read = |frame: &[u8]| decode::<Offset>(frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT);
        let number = u32::from_str_radix(value, 16).unwrap().cast_signed();
        assert_eq!(read(&item(&format!("02 00000004 {value} 00000000"))).unwrap().offset, Some(number));
        for (rest, error) in [
            (format!("02 00000004 {value} 00000001"), "the padding is not zero"),
            (format!("02 00000004 {value} 80000000"), "the padding is not zero"),
            (format!("05 00000004 {value} 00000000"), "expected Integer, found Enumeration"),
            (format!("02 00000008 {value} 00000000"), "length 8 is none that Integer can have"),
        ] {
            let said = read(&item(&rest)).unwrap_err().to_string();
            assert_eq!(said, format!("RequestPayload/OffsetItems: {error} at byte 8"));
        }
    }
    assert_eq!(
        decode::<Offset>(&hex("420079 01 00000000"), Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).unwrap().offset,
        None
    );
}

/// Makes room for many values by the length of the first, so that the buffer grows once.
#[test]
fn a_long_list_is_written_into_one_buffer() {
    for (items, length) in [(40, 116), (1_000, 8), (32, 200)] {
        let text = "x".repeat(length);
        let list = Fields { texts: vec![&text; items], ..Fields::default() };
        let written = encode(&list, Tag::REQUEST_PAYLOAD, V1_4).unwrap();
        assert!(written.capacity() <= written.len() + 1_024, "{} for {}", written.capacity(), written.len());
    }
}

ttlv_struct! {
    /// Fields of four bytes, each of which may be absent.
    struct Words {
        operation: Option<OperationCode> = OPERATION,
        length: Option<i32> = CRYPTOGRAPHIC_LENGTH,
        object_type: Option<ObjectType> = OBJECT_TYPE,
        offset: Option<i32> = OFFSET_ITEMS,
    }
}

#[test]
fn optional_fields_of_four_bytes_are_told_apart_by_their_tags() {
    for present in 0..16 {
        let is_there = |bit: u8| present >> bit & 1 == 1;
        let words = Words {
            operation: is_there(0).then_some(OperationCode::GET),
            length: is_there(1).then_some(256),
            object_type: is_there(2).then_some(ObjectType::SYMMETRIC_KEY),
            offset: is_there(3).then_some(-1),
        };
        let frame = encode(&words, Tag::REQUEST_PAYLOAD, V1_4).unwrap();
        for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
            assert_eq!(decode::<Words>(&frame, Tag::REQUEST_PAYLOAD, V1_4, rules).unwrap(), words);
        }
    }
}

#[test]
fn a_reader_says_what_is_next() {
    let bytes = hex("42002A 02 00000004 00000100 00000000 4200FD 07 00000000 4200FD 07 00000001 6100000000000000");
    let mut reader = Reader::new(&bytes).with_version(V1_4).with_rules(Rules::STRICT.skip_unknown());
    assert_eq!((reader.version(), reader.rules()), (V1_4, Rules::STRICT.skip_unknown()));
    let mut in_another = reader.clone();
    in_another.set_version(V1_0);
    assert_eq!((in_another.version(), in_another.rules()), (V1_0, Rules::STRICT.skip_unknown()));
    assert_eq!((reader.peek_tag(), reader.peek_type()), (Some(Tag::CRYPTOGRAPHIC_LENGTH), Some(Type::Integer)));
    assert_eq!((reader.at(Tag::CRYPTOGRAPHIC_LENGTH), reader.at(Tag::COMMENT)), (true, false));
    assert_eq!((reader.count_items(), reader.count_tagged(Tag::COMMENT)), (3, 0));
    reader.integer(Tag::CRYPTOGRAPHIC_LENGTH).unwrap();
    assert_eq!((reader.offset(), reader.remaining(), reader.skipped()), (16, &bytes[16..], 0));
    assert_eq!((reader.peek_tag(), reader.peek_type()), (Some(Tag::COMMENT), Some(Type::TextString)));
    assert_eq!((reader.count_items(), reader.count_tagged(Tag::COMMENT)), (2, 2));
    reader.skip().unwrap();
    assert_eq!((reader.count_items(), reader.count_tagged(Tag::COMMENT), reader.skipped()), (1, 1, 1));
    assert_eq!(reader.text_string(Tag::COMMENT).unwrap(), "a");
    assert!(reader.is_empty() && reader.finish().is_ok());
    assert_eq!((reader.peek_tag(), reader.peek_type(), reader.at(Tag::COMMENT)), (None, None, false));
    assert_eq!((reader.count_items(), reader.count_tagged(Tag::COMMENT)), (0, 0));
    // A cut header is no item, and neither is one of a type that KMIP does not have.
    let cut = Reader::new(&bytes[..7]);
    assert_eq!((cut.peek_tag(), cut.peek_type(), cut.is_empty()), (None, None, false));
    assert_eq!(Reader::new(&hex("42002A 0F 00000000")).peek_type(), None);
}

/// A list ends at the first item that is none of its own, or does not fit, or is too short to be one.
#[test]
fn a_count_ends_where_a_list_does() {
    let item = "4200FD 07 00000001 6100000000000000";
    let count = |items: &[&str]| Reader::new(&hex(&items.concat())).count_tagged(Tag::COMMENT);
    assert_eq!(count(&[item, item, item]), 3);
    assert_eq!(count(&[item, item, "42002A 02 00000004 00000100 00000000", item]), 2);
    assert_eq!(count(&[item, item, "4200FD 07 00000011 6100000000000000"]), 2);
    assert_eq!(count(&[item, "4200FD 07 00000000", item]), 3);
    assert_eq!(count(&["4200FD 07 00000000"]), 1);
}

#[test]
fn a_walk_knows_the_structures_around_an_item() {
    let frame = encode(&full(), Tag::REQUEST_PAYLOAD, V1_4).unwrap();
    let depths: Vec<usize> = Walk::new(&frame).map(|visit| visit.unwrap().depth).collect();
    // Ten items of the payload itself, two structures of three items among them beside the box.
    assert_eq!(depths.iter().filter(|depth| **depth == 1).count(), 2 + 3 + 2 + 3 + 1 + 2);
    assert_eq!((depths[0], depths.iter().filter(|depth| **depth == 2).count()), (0, 9));
}
