//! Every item type as bytes, in both directions. The first ten are the examples of the specification (KMIP 1.4, 9.1.2).
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;

use corpus::hex;
use kmip_ttlv::{
    BigInteger, DateTime, DateTimeExtended, Decode, Encode, Identifier, Interval, Item, NameReference, Reader,
    Reference, Rules, Tag, Type, V1_4, V3_0, Value, Walk, Writer, decode, encode, ttlv_struct,
};

/// The tag of the specification's examples.
const TAG: Tag = Tag::from_bytes([0x42, 0x00, 0x20]);

/// Checks that `value` encodes to these bytes, and that they decode to `value`: typed, as a [`Value`] and as an
/// [`Item`].
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn both_ways<'a, T>(value: T, ty: Type, bytes: &'a [u8])
where
    T: Decode<'a> + Encode + PartialEq + std::fmt::Debug,
{
    assert_eq!(encode(&value, TAG, V3_0).unwrap(), bytes);
    assert_eq!(decode::<T>(bytes, TAG, V3_0, Rules::STRICT).unwrap(), value);

    let untyped: Value = decode(bytes, TAG, V3_0, Rules::STRICT).unwrap();
    assert_eq!(untyped.ty(), ty);
    assert_eq!(encode(&untyped, TAG, V3_0).unwrap(), bytes);

    let item: Item = decode(bytes, TAG, V3_0, Rules::STRICT).unwrap();
    assert_eq!((item.tag(), item.ty(), item.offset()), (TAG, ty, 0));
    assert_eq!(encode(&item, TAG, V3_0).unwrap(), bytes);
}

#[test]
fn integer() {
    both_ways(8, Type::Integer, &hex("420020 02 00000004 00000008 00000000"));
    both_ways(-1, Type::Integer, &hex("420020 02 00000004 FFFFFFFF 00000000"));
    both_ways(i32::MIN, Type::Integer, &hex("420020 02 00000004 80000000 00000000"));
}

#[test]
fn long_integer() {
    both_ways(123_456_789_000_000_000_i64, Type::LongInteger, &hex("420020 03 00000008 01B69B4BA5749200"));
    both_ways(-2_i64, Type::LongInteger, &hex("420020 03 00000008 FFFFFFFFFFFFFFFE"));
}

#[test]
fn big_integer() {
    let bytes = hex("420020 04 00000010 0000000003FD35EB 6BC2DF4618080000");
    // 1234567890000000000000000000, without redundant sign extension.
    let value = 1_234_567_890_000_000_000_000_000_000_u128.to_be_bytes();
    both_ways(BigInteger::new(&value[4..]), Type::BigInteger, &bytes);
    both_ways(BigInteger::new(&value), Type::BigInteger, &bytes);
}

#[test]
fn big_integer_extends_its_sign() {
    both_ways(BigInteger::new(&[]), Type::BigInteger, &hex("420020 04 00000008 0000000000000000"));
    both_ways(BigInteger::new(&[0x80]), Type::BigInteger, &hex("420020 04 00000008 FFFFFFFFFFFFFF80"));
    both_ways(BigInteger::new(&[0x00, 0x80]), Type::BigInteger, &hex("420020 04 00000008 0000000000000080"));
    let minus = hex("420020 04 00000010 FFFFFFFFFFFFFF80 0000000000000000");
    both_ways(BigInteger::new(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0]), Type::BigInteger, &minus);
}

#[test]
fn big_integer_keeps_more_sign_than_it_needs() {
    for bytes in [
        hex("420020 04 00000018 0000000000000000 0000000000000000 0000000000000005"),
        hex("420020 04 00000018 FFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFF FFFFFFFFFFFFFFFB"),
    ] {
        let value: BigInteger = decode(&bytes, TAG, V1_4, Rules::STRICT).unwrap();
        assert_eq!(value, BigInteger::new(&bytes[24..]));
        assert_eq!(value.bytes(), &bytes[8..]);
        both_ways(value, Type::BigInteger, &bytes);
    }
}

#[test]
fn enumeration() {
    both_ways(Value::Enumeration(255), Type::Enumeration, &hex("420020 05 00000004 000000FF 00000000"));
    both_ways(Value::Enumeration(u32::MAX), Type::Enumeration, &hex("420020 05 00000004 FFFFFFFF 00000000"));
    both_ways(Tag::NAME, Type::Enumeration, &hex("420020 05 00000004 00420053 00000000"));
}

#[test]
fn boolean() {
    both_ways(true, Type::Boolean, &hex("420020 06 00000008 0000000000000001"));
    both_ways(false, Type::Boolean, &hex("420020 06 00000008 0000000000000000"));
}

#[test]
fn text_string() {
    both_ways("Hello World", Type::TextString, &hex("420020 07 0000000B 48656C6C6F20576F 726C640000000000"));
    both_ways("", Type::TextString, &hex("420020 07 00000000"));
    both_ways("Schlüssel", Type::TextString, &hex("420020 07 0000000A 5363686CC3BC7373 656C000000000000"));
}

#[test]
fn byte_string() {
    both_ways(&[1, 2, 3][..], Type::ByteString, &hex("420020 08 00000003 0102030000000000"));
    both_ways(&[][..], Type::ByteString, &hex("420020 08 00000000"));
    both_ways(&[0xFF; 8][..], Type::ByteString, &hex("420020 08 00000008 FFFFFFFFFFFFFFFF"));
}

#[test]
fn date_time() {
    let bytes = hex("420020 09 00000008 0000000047DA67F8");
    both_ways(DateTime(1_205_495_800), Type::DateTime, &bytes);
    assert_eq!(DateTime(1_205_495_800).to_string(), "2008-03-14T11:56:40Z");
    both_ways(DateTime(-1), Type::DateTime, &hex("420020 09 00000008 FFFFFFFFFFFFFFFF"));
}

#[test]
fn interval() {
    both_ways(Interval(10 * 24 * 3600), Type::Interval, &hex("420020 0A 00000004 000D2F00 00000000"));
    both_ways(Interval(u32::MAX), Type::Interval, &hex("420020 0A 00000004 FFFFFFFF 00000000"));
}

ttlv_struct! {
    /// The specification's example of a structure, whose items have types that their tags do not have elsewhere.
    struct Example {
        first: i32 = ARCHIVE_DATE,
    }
}

#[test]
fn structure() {
    let bytes = hex("420020 01 00000020
         420004 05 00000004 000000FE 00000000
         420005 02 00000004 000000FF 00000000");
    let mut reader = Reader::new(&bytes);
    let mut body = reader.enter(TAG).unwrap();
    assert_eq!(body.enumeration(Tag::APPLICATION_SPECIFIC_INFORMATION).unwrap(), 254);
    assert_eq!(body.integer(Tag::ARCHIVE_DATE).unwrap(), 255);
    reader.leave(body).unwrap();
    assert!(reader.is_empty());

    let mut writer = Writer::new(V1_4);
    let started = writer.begin(TAG);
    writer.enumeration(Tag::APPLICATION_SPECIFIC_INFORMATION, 254);
    writer.integer(Tag::ARCHIVE_DATE, 255);
    writer.end(started).unwrap();
    assert_eq!(writer.as_slice(), bytes);

    let item: Item = decode(&bytes, TAG, V1_4, Rules::STRICT).unwrap();
    assert_eq!(encode(&item, TAG, V1_4).unwrap(), bytes);
    both_ways(Example { first: 255 }, Type::Structure, &hex("420020 01 00000010 420005 02 00000004 000000FF 00000000"));
}

#[test]
fn date_time_extended() {
    let bytes = hex("420020 0B 00000008 00059B0A1E2B7CFA");
    both_ways(DateTimeExtended(0x0005_9B0A_1E2B_7CFA), Type::DateTimeExtended, &bytes);
    both_ways(DateTimeExtended(-1), Type::DateTimeExtended, &hex("420020 0B 00000008 FFFFFFFFFFFFFFFF"));
    assert_eq!(DateTimeExtended(-1).to_string(), "1969-12-31T23:59:59.999999Z");
}

#[test]
fn the_types_of_kmip_3() {
    both_ways(Identifier("uid-7"), Type::Identifier, &hex("420020 0C 00000005 7569642D37000000"));
    both_ways(Reference("uid-7"), Type::Reference, &hex("420020 0D 00000005 7569642D37000000"));
    both_ways(NameReference("group"), Type::NameReference, &hex("420020 0E 00000005 67726F7570000000"));
}

#[test]
fn dates_of_the_calendar() {
    for (seconds, text) in [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (951_868_799, "2000-02-29T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
        (-2_203_977_600, "1900-02-28T00:00:00Z"),
        (-2_203_891_200, "1900-03-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (-62_167_219_200, "0000-01-01T00:00:00Z"),
    ] {
        assert_eq!(DateTime(seconds).to_string(), text);
    }
    // Every value of the field can be printed.
    for seconds in [i64::MIN, i64::MAX] {
        assert!(DateTime(seconds).to_string().ends_with('Z') && DateTimeExtended(seconds).to_string().ends_with('Z'));
    }
}

#[test]
fn a_message_of_more_than_a_mebibyte() {
    let data: Vec<u8> = (0..1_500_001_u32).map(|n| n.to_be_bytes()[3]).collect();
    let mut writer = Writer::new(V1_4);
    let started = writer.begin(Tag::REQUEST_MESSAGE);
    writer.byte_string(Tag::DATA, &data).unwrap();
    for number in 0..10_000 {
        writer.integer(Tag::OFFSET_ITEMS, number);
    }
    writer.end(started).unwrap();
    let frame = writer.into_vec();
    assert_eq!(kmip_ttlv::frame_len(&frame[..8], frame.len()).unwrap(), Some(frame.len()));

    let mut reader = Reader::new(&frame);
    let mut body = reader.enter(Tag::REQUEST_MESSAGE).unwrap();
    assert_eq!(body.byte_string(Tag::DATA).unwrap(), data);
    for number in 0..10_000 {
        assert_eq!(body.integer(Tag::OFFSET_ITEMS).unwrap(), number);
    }
    reader.leave(body).unwrap();
    assert_eq!(Walk::new(&frame).map(Result::unwrap).count(), 10_002);
}

/// The position of an item in its message, in any structure.
#[test]
fn an_item_knows_its_place() {
    let bytes = hex(
        "420020 01 00000028 420020 07 00000003 6162630000000000 420020 01 00000010 420020 06 00000008 0000000000000001",
    );
    let items: Vec<Item<'_>> = Walk::new(&bytes).map(|visit| visit.unwrap().item).collect();
    let places: Vec<_> = items.iter().map(|item| (item.offset(), item.range())).collect();
    assert_eq!(places, [(0, 0..48), (8, 8..24), (24, 24..48), (32, 32..48)]);
    for item in &items {
        // Exactly the bytes of its range are the item.
        let alone = &bytes[item.range()];
        let read = Reader::new(alone).next_item().unwrap().unwrap();
        assert_eq!((read, read.range()), (*item, 0..alone.len()));
    }
    for range in [24..48, 8..24] {
        let mut part = Reader::part_of(&bytes, range.clone(), 1);
        assert_eq!(part.offset(), range.start);
        assert_eq!(part.next_item().unwrap().unwrap().range(), range);
        assert_eq!((part.offset(), part.is_empty()), (range.end, true));
    }
}

#[test]
fn an_item_is_shown_without_its_value() {
    let bytes = hex("420043 08 00000006 5345435245540000");
    let item = Reader::new(&bytes).next_item().unwrap().unwrap();
    assert_eq!(format!("{item:?}"), "KeyMaterial: ByteString(6 bytes)");
}

/// Items are compared by tag, type and value, and nothing else.
#[test]
fn items_are_equal_by_what_they_say() {
    let item = |digits| {
        let bytes: &'static [u8] = hex(digits).leak();
        Reader::new(bytes).next_item().unwrap().unwrap()
    };
    let one = item("420020 02 00000004 00000001 00000000");
    assert_eq!(one, item("420020 02 00000004 00000001 00000000"));
    assert_ne!(one, item("420021 02 00000004 00000001 00000000"), "another tag");
    assert_ne!(one, item("420020 05 00000004 00000001 00000000"), "another type");
    assert_ne!(one, item("420020 02 00000004 00000002 00000000"), "another value");
    assert_ne!(
        item("420020 07 00000001 6100000000000000"),
        item("420020 07 00000002 6100000000000000"),
        "another length"
    );
    // The same item at another position, in another version.
    let message = hex("420020 01 00000010 420020 02 00000004 00000001 00000000").leak();
    let inner = Walk::from_reader(Reader::new(message).with_version(V3_0)).last().unwrap().unwrap().item;
    assert_eq!((inner, inner.offset(), inner.version()), (one, 8, V3_0));
}
