//! The effects of [`Rules`], and their limits.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;

use std::cell::Cell;

use corpus::hex;
use kmip_ttlv::{
    Decode, Encode, Item, ProtocolVersion, Reader, Result, Rules, Tag, V1_4, Value, Walk, Writer, decode, encode,
    ttlv_struct,
};

ttlv_struct! {
    /// Fields of each cardinality, required ones at both ends.
    struct Fields<'a> {
        length: i32 = CRYPTOGRAPHIC_LENGTH,
        comment: Option<&'a str> = COMMENT,
        names: Vec<Named<'a>> = NAME,
        inner: Option<Inner<'a>> = KEY_BLOCK,
        fresh: bool = FRESH,
    }
}

ttlv_struct! {
    /// A structure with a required field.
    struct Named<'a> {
        value: &'a str = NAME_VALUE,
    }
}

ttlv_struct! {
    /// A structure with a required structure in it.
    struct Inner<'a> {
        name: Named<'a> = NAME,
        state: Option<i32> = OFFSET_ITEMS,
    }
}

const LENGTH: &str = "42002A 02 00000004 00000100 00000000";
const COMMENT: &str = "4200FD 07 00000002 6869000000000000";
const NAME_A: &str = "420053 01 00000010 420055 07 00000001 6100000000000000";
const NAME_B: &str = "420053 01 00000010 420055 07 00000001 6200000000000000";
const FRESH: &str = "4200A8 06 00000008 0000000000000001";
const UNKNOWN: &str = "540001 02 00000004 00000007 00000000";
/// A structure with a known tag in it.
const UNKNOWN_STRUCTURE: &str = "540002 01 00000010 42002A 02 00000004 00000080 00000000";

fn structure(tag: &str, items: &[&str]) -> String {
    let items = items.concat();
    format!("{tag} 01 {:08X} {items}", hex(&items).len())
}

/// Decodes while skipping unknown items; also returns the number skipped.
fn lenient<'a, T: Decode<'a>>(frame: &'a [u8]) -> Result<(T, u32)> {
    let mut reader = Reader::new(frame).with_version(V1_4).with_rules(Rules::STRICT.skip_unknown());
    let value = T::decode_next(&mut reader, Tag::REQUEST_PAYLOAD).map_err(|error| error.locate(frame))?;
    assert!(reader.is_empty());
    Ok((value, reader.skipped()))
}

fn payload(items: &[&str]) -> Vec<u8> {
    hex(&structure("420079", items))
}

/// Returns a value with all fields present, except for nested ones.
fn full<'a>() -> Fields<'a> {
    let names = vec![Named { value: "a" }, Named { value: "b" }];
    Fields { length: 256, comment: Some("hi"), names, inner: None, fresh: true }
}

#[test]
fn unknown_items_are_skipped_wherever_they_stand() {
    let known = [LENGTH, COMMENT, NAME_A, NAME_B, FRESH];
    for place in 0..=known.len() {
        for (unknown, count) in [(&[UNKNOWN][..], 1), (&[UNKNOWN_STRUCTURE, UNKNOWN, UNKNOWN], 3)] {
            let mut items = known.to_vec();
            items.splice(place..place, unknown.iter().copied());
            let frame = payload(&items);
            assert_eq!(lenient::<Fields>(&frame).unwrap(), (full(), count), "before item {place}");
            assert!(decode::<Fields>(&frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).is_err());
        }
    }
    let everywhere = [UNKNOWN, LENGTH, UNKNOWN, COMMENT, UNKNOWN, NAME_A, UNKNOWN, NAME_B, UNKNOWN, FRESH, UNKNOWN];
    assert_eq!(lenient::<Fields>(&payload(&everywhere)).unwrap(), (full(), 6));
}

#[test]
fn reads_well_formed_messages_as_strict_rules_do() {
    let frame = payload(&[LENGTH, COMMENT, NAME_A, NAME_B, FRESH]);
    assert_eq!(lenient::<Fields>(&frame).unwrap(), (full(), 0));
    assert_eq!(decode::<Fields>(&frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).unwrap(), full());
}

#[test]
fn unknown_items_are_skipped_inside_structures() {
    let inner = structure("420040", &[UNKNOWN, &structure("420053", &[UNKNOWN, &NAME_A[18..], UNKNOWN]), UNKNOWN]);
    let frame = payload(&[LENGTH, &inner, FRESH]);
    let inner = Some(Inner { name: Named { value: "a" }, state: None });
    let fields = Fields { length: 256, comment: None, names: vec![], inner, fresh: true };
    assert_eq!(lenient::<Fields>(&frame).unwrap(), (fields, 4));
}

#[test]
fn optional_items_between_an_unknown_and_a_required_one_are_kept() {
    let frame = payload(&[LENGTH, UNKNOWN, COMMENT, FRESH]);
    let (fields, skipped) = lenient::<Fields>(&frame).unwrap();
    assert_eq!((fields.comment, fields.fresh, skipped), (Some("hi"), true, 1));
}

#[test]
fn a_missing_item_is_missing_all_the_same() {
    let missing = |items: &[&str]| lenient::<Fields>(&payload(items)).unwrap_err().to_string();
    assert_eq!(missing(&[UNKNOWN, FRESH]), "RequestPayload/CryptographicLength: the item is missing at byte 40");
    assert_eq!(missing(&[LENGTH, UNKNOWN]), "RequestPayload/Fresh: the item is missing at byte 40");
    // An item is not found in a structure after an unknown item, nor in one nested inside that.
    let empty = structure("420053", &[]);
    let inner = structure("420040", &[&empty]);
    assert_eq!(
        missing(&[LENGTH, UNKNOWN, &empty, FRESH]),
        "RequestPayload/Name/NameValue: the item is missing at byte 48"
    );
    assert_eq!(
        missing(&[LENGTH, UNKNOWN, &inner, FRESH]),
        "RequestPayload/KeyBlock/Name/NameValue: the item is missing at byte 56"
    );
}

#[test]
fn a_second_item_never_replaces_the_first() {
    let other = "42002A 02 00000004 00000080 00000000";
    let frame =
        payload(&[LENGTH, UNKNOWN, other, COMMENT, "4200FD 07 00000000", FRESH, "4200A8 06 00000008 0000000000000000"]);
    let (fields, skipped) = lenient::<Fields>(&frame).unwrap();
    assert_eq!((fields.length, fields.comment, fields.fresh, skipped), (256, Some("hi"), true, 4));
}

#[test]
fn fields_in_another_order_are_read() {
    let frame = payload(&[FRESH, NAME_A, COMMENT, NAME_B, LENGTH]);
    assert_eq!(lenient::<Fields>(&frame).unwrap(), (full(), 0));
}

#[test]
fn every_other_rule_stays() {
    let refused = |items: &[&str]| lenient::<Fields>(&payload(items)).unwrap_err().to_string();
    assert_eq!(
        refused(&[LENGTH, "540001 02 00000004 00000007 00000001", FRESH]),
        "RequestPayload/0x540001: the padding is not zero at byte 24"
    );
    assert_eq!(
        refused(&[UNKNOWN, "42002A 05 00000004 00000100 00000000", FRESH]),
        "RequestPayload/CryptographicLength: expected Integer, found Enumeration at byte 24"
    );
    let frame = [payload(&[LENGTH, FRESH]), hex(UNKNOWN)].concat();
    let error = decode::<Fields>(&frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT.skip_unknown()).unwrap_err();
    assert_eq!(error.to_string(), "16 bytes follow where the message ends at byte 40");
}

#[test]
fn a_reader_skips_to_what_it_is_asked_for() {
    let items = hex(&[UNKNOWN, LENGTH, UNKNOWN, COMMENT].concat());
    let mut reader = Reader::new(&items).with_rules(Rules::STRICT.skip_unknown());
    assert_eq!(reader.integer(Tag::CRYPTOGRAPHIC_LENGTH).unwrap(), 256);
    assert!(reader.boolean(Tag::FRESH).is_err());
    assert_eq!(reader.offset(), 32); // nothing is skipped for what is not there
    assert_eq!(reader.text_string(Tag::COMMENT).unwrap(), "hi");
    assert_eq!(reader.skipped(), 2);
}

#[test]
fn counts_skipped_items_before_and_in_a_structure_once() {
    let items = hex(&structure("420079", &[UNKNOWN, LENGTH, UNKNOWN]));
    let items = [hex(UNKNOWN), items, hex(UNKNOWN)].concat();
    let mut reader = Reader::new(&items).with_rules(Rules::STRICT.skip_unknown());
    let mut inner = reader.enter(Tag::REQUEST_PAYLOAD).unwrap();
    assert_eq!((inner.skipped(), inner.offset()), (1, 24));
    assert_eq!(inner.integer(Tag::CRYPTOGRAPHIC_LENGTH).unwrap(), 256);
    assert_eq!(inner.skipped(), 2);
    reader.leave(inner).unwrap();
    assert_eq!(reader.skipped(), 3, "the last one in the structure too");
    reader.pass_over().unwrap();
    assert_eq!((reader.skipped(), reader.is_empty()), (4, true));
    assert!(Reader::new(&items).pass_over().is_err(), "under strict rules");
}

#[test]
fn a_protocol_version_may_grow() {
    let frame = hex(&structure(
        "420079",
        &["42006A 02 00000004 00000001 00000000", UNKNOWN, "42006B 02 00000004 00000004 00000000", UNKNOWN],
    ));
    assert_eq!(lenient::<ProtocolVersion>(&frame).unwrap(), (V1_4, 2));
}

#[test]
fn any_padding_is_read_where_that_is_said() {
    let bytes = [
        "42002A 02 00000004 00000100 FFFFFFFF",
        "4200FD 07 00000002 6869000000000001",
        "4200C2 08 00000001 AA55555555555555",
        "42000D 0A 00000004 00000010 00000001",
        "420057 05 00000004 00000002 80000000",
    ];
    let rules = Rules::STRICT.any_padding();
    for item in bytes {
        let item = hex(item);
        assert!(Walk::from_reader(Reader::new(&item)).next().unwrap().is_err());
        assert!(Walk::from_reader(Reader::new(&item).with_rules(rules)).next().unwrap().is_ok());
    }
    let frame = hex(&bytes.concat());
    let mut reader = Reader::new(&frame).with_rules(rules);
    assert_eq!(reader.integer(Tag::CRYPTOGRAPHIC_LENGTH).unwrap(), 256);
    assert_eq!(reader.text_string(Tag::COMMENT).unwrap(), "hi");
    assert_eq!(reader.byte_string(Tag::DATA).unwrap(), [0xAA]);
    assert_eq!(reader.interval(Tag::BATCH_COUNT).unwrap().0, 16);
    assert_eq!(reader.enumeration(Tag::OBJECT_TYPE).unwrap(), 2);
    // A Boolean has no padding bytes that could be arbitrary.
    let boolean = hex("4200A8 06 00000008 FF00000000000001");
    assert!(Reader::new(&boolean).with_rules(rules).boolean(Tag::FRESH).is_err());

    // An item that was kept unread is written unchanged; a decoded value is written canonically.
    let item: Item = decode(&frame[..16], Tag::CRYPTOGRAPHIC_LENGTH, V1_4, rules).unwrap();
    assert_eq!(encode(&item, item.tag(), V1_4).unwrap(), frame[..16]);
    assert_eq!(encode(&item.to_value().unwrap(), item.tag(), V1_4).unwrap(), hex(LENGTH));
}

#[test]
fn an_integer_is_an_enumeration_where_that_is_said() {
    let frame = hex("420057 02 00000004 00000002 00000000");
    let rules = Rules::STRICT.integer_stand_ins();
    assert_eq!(Reader::new(&frame).with_rules(rules).enumeration(Tag::OBJECT_TYPE).unwrap(), 2);
    let refused = |ty: &str, rules| {
        let frame = hex(&["420057", ty, "00000004 00000002 00000000"].concat());
        Reader::new(&frame).with_rules(rules).enumeration(Tag::OBJECT_TYPE).unwrap_err().to_string()
    };
    assert_eq!(refused("02", Rules::STRICT), "expected Enumeration, found Integer at byte 0");
    assert_eq!(refused("0A", rules), "expected Enumeration, found Interval at byte 0");
    // All 32 bits are the number of an Enumeration, but a duration is not negative.
    let minus = hex("420057 02 00000004 80000002 00000000");
    assert_eq!(Reader::new(&minus).with_rules(rules).enumeration(Tag::OBJECT_TYPE).unwrap(), 0x8000_0002);
    assert_eq!(Reader::new(&frame).with_rules(rules).interval(Tag::OBJECT_TYPE).unwrap().0, 2);
    let zero = hex("420057 02 00000004 00000000 00000000");
    assert_eq!(Reader::new(&zero).with_rules(rules).interval(Tag::OBJECT_TYPE).unwrap().0, 0);
    let error = Reader::new(&minus).with_rules(rules).interval(Tag::OBJECT_TYPE).unwrap_err();
    assert_eq!(error.to_string(), "a duration is not negative at byte 0");
    // The reverse is refused.
    let frame = hex("42002A 05 00000004 00000100 00000000");
    assert!(Reader::new(&frame).with_rules(rules).integer(Tag::CRYPTOGRAPHIC_LENGTH).is_err());
}

#[test]
fn both_rules_together() {
    let frame = payload(&["540001 02 00000004 00000007 00000001", LENGTH, FRESH]);
    let rules = Rules::STRICT.skip_unknown().any_padding();
    assert_eq!(decode::<Fields>(&frame, Tag::REQUEST_PAYLOAD, V1_4, rules).unwrap().length, 256);
}

thread_local! {
    /// The number of lookups of a [`Counted`].
    static LOOKS: Cell<usize> = const { Cell::new(0) };
}

/// A field that counts its lookups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counted;

impl Decode<'_> for Counted {
    fn follows(reader: &Reader<'_>, tag: Tag) -> bool {
        LOOKS.set(LOOKS.get() + 1);
        reader.at(tag)
    }

    fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
        LOOKS.set(LOOKS.get() + 1);
        reader.integer(tag).map(drop)
    }
}

impl Encode for Counted {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        writer.integer(tag, 0);
        Ok(())
    }
}

ttlv_struct! {
    /// Three fields to look up.
    struct CountedFields {
        first: Option<Counted> = ACTIVATION_DATE,
        second: Vec<Counted> = ARCHIVE_DATE,
        third: Counted = DESTROY_DATE,
    }
}

/// The number of steps grows with the message, not with its square.
#[test]
fn a_mebibyte_of_unknown_items_takes_a_few_looks_each() {
    const ITEMS: usize = 131_072;
    let mut writer = Writer::new(V1_4);
    let started = writer.begin(Tag::REQUEST_PAYLOAD);
    for _ in 0..ITEMS {
        writer.byte_string(Tag::from_bytes([0x54, 0, 1]), &[]).unwrap();
    }
    writer.integer(Tag::DESTROY_DATE, 0);
    writer.end(started).unwrap();
    let frame = writer.into_vec();
    assert!(frame.len() > 1 << 20);

    LOOKS.set(0);
    let (fields, skipped) = lenient::<CountedFields>(&frame).unwrap();
    assert_eq!((fields, skipped as usize), (CountedFields::default(), ITEMS));
    assert!(LOOKS.get() <= 3 * (ITEMS + 3), "{} looks", LOOKS.get());

    LOOKS.set(0);
    assert!(decode::<CountedFields>(&frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).is_err());
    assert!(LOOKS.get() <= 3);
}

#[test]
fn a_mebibyte_of_structures_is_walked_once() {
    // Side by side, nested structures of depth 64.
    let mut tower = Vec::new();
    for level in 0..64_u32 {
        tower.splice(0..0, [&[0x42, 0, 0xFD, 1], &(8 * level).to_be_bytes()[..]].concat());
    }
    let frame = tower.repeat(2048);
    assert_eq!(frame.len(), 1 << 20);
    assert_eq!(Walk::new(&frame).map(Result::unwrap).count(), frame.len() / 8);
    let mut depths = Walk::new(&frame).map(|visit| visit.unwrap().depth);
    assert!(depths.by_ref().take(128).eq((0..64).chain(0..64)));

    // Flat, and each one empty.
    let flat = hex("4200FD 08 00000000").repeat(131_072);
    assert_eq!(Walk::new(&flat).map(Result::unwrap).count(), 131_072);
    let frame = [hex("420079 01 00100000"), flat].concat();
    let kept: Value = decode(&frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).unwrap();
    assert!(encode(&kept, Tag::REQUEST_PAYLOAD, V1_4).unwrap() == frame);
}
