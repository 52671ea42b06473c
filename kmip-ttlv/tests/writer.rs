//! A writer grows without changing earlier output, and computes lengths in advance.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use kmip_ttlv::{
    BigInteger, DateTime, Decode, Encode, Interval, Reader, Rules, Tag, V1_4, V2_1, Walk, Writer, decode, encode,
};

const TAG: Tag = Tag::NAME_VALUE;

/// Writes one item of each type, so that the buffer has to grow at any of them.
fn write(writer: &mut Writer) {
    let started = writer.begin(TAG);
    writer.integer(TAG, -2);
    writer.long_integer(TAG, 3);
    writer.big_integer(TAG, BigInteger::new(&[0x80, 1, 2])).unwrap();
    writer.big_integer(TAG, BigInteger::new(&[])).unwrap();
    writer.enumeration(TAG, 5);
    writer.boolean(TAG, true);
    writer.text_string(TAG, "seven b").unwrap();
    writer.byte_string(TAG, &[9; 17]).unwrap();
    writer.byte_string(TAG, &[]).unwrap();
    writer.date_time(TAG, DateTime(10));
    writer.interval(TAG, Interval(11));
    let inner = writer.begin_encoded(TAG, &encode(&12, TAG, V1_4).unwrap());
    writer.encoded(&encode(&"x", TAG, V1_4).unwrap());
    _ = inner;
    writer.end(started).unwrap();
}

#[test]
fn the_bytes_do_not_depend_on_the_room() {
    let mut expected = Writer::with_capacity(V1_4, 4_096);
    write(&mut expected);
    for room in 0..expected.as_slice().len() + 8 {
        let mut writer = Writer::with_capacity(V1_4, room);
        write(&mut writer);
        assert_eq!(writer.as_slice(), expected.as_slice(), "{room}");
    }
}

/// The message starts after the previous contents of the buffer, which stay unchanged.
#[test]
fn a_buffer_is_appended_to() {
    let mut buffer = Vec::with_capacity(9);
    buffer.extend_from_slice(&[7; 8]);
    let mut writer = Writer::with_buffer(V1_4, buffer);
    writer.text_string(TAG, "abc").unwrap();
    let written = writer.into_vec();
    assert_eq!(written[..8], [7; 8]);
    assert_eq!(written[8..], encode(&"abc", TAG, V1_4).unwrap());
}

/// A structure whose beginning is at hand, encoded with another length, is as any other.
#[test]
fn a_structure_may_begin_with_what_was_encoded_before() {
    let beginning = {
        let mut writer = Writer::new(V1_4);
        let started = writer.begin(TAG);
        writer.integer(TAG, 7);
        writer.end(started).unwrap();
        writer.into_vec()
    };
    let [mut usual, mut encoded] = [Writer::new(V1_4), Writer::new(V1_4)];
    for rest in ["", "abc", "more than eight bytes"] {
        let started = usual.begin(TAG);
        usual.integer(TAG, 7);
        usual.text_string(TAG, rest).unwrap();
        usual.end(started).unwrap();

        let started = encoded.begin_encoded(TAG, &beginning);
        encoded.text_string(TAG, rest).unwrap();
        encoded.end(started).unwrap();
        assert_eq!(encoded.as_slice(), usual.as_slice());
    }
    assert_eq!(format!("{usual:?}"), format!("Writer(KMIP 1.4, {} bytes)", usual.as_slice().len()));
}

/// The version decides what can be written, from then on.
#[test]
fn a_version_can_be_set() {
    let mut writer = Writer::new(V1_4);
    assert_eq!(writer.version(), V1_4);
    assert!(writer.require(TAG, V2_1..).is_err());
    writer.set_version(V2_1);
    assert_eq!(writer.version(), V2_1);
    assert!(writer.require(TAG, V2_1..).is_ok());
    assert!(writer.require(TAG, ..=V1_4).is_err() && writer.in_any_version().require(TAG, ..=V1_4).is_ok());
}

/// Growing takes at most four times the current size, and half of that for large buffers.
#[test]
fn growing_is_bounded() {
    for length in [1, 500, 600, 2_000, 60_000, 300_000, 5_000_000] {
        let value = vec![1; length];
        let mut writer = Writer::with_capacity(V1_4, 16);
        writer.byte_string(TAG, &value).unwrap();
        writer.byte_string(TAG, &value).unwrap();
        let written = writer.into_vec();
        assert!(written.capacity() <= 4 * written.len() + 2_048, "{} for {}", written.capacity(), written.len());
    }
}

/// A writer grows by itself, since a `Vec` would free the old buffer unwiped: small ones in large steps.
#[test]
fn growing_leaves_room_for_the_usual_rest() {
    let mut writer = Writer::with_capacity(V1_4, 16);
    writer.integer(TAG, 1);
    writer.integer(TAG, 2);
    assert!(writer.into_vec().capacity() >= 512);
    for (capacity, most) in [(1 << 10, 4 << 10), ((1 << 16) - 16, 4 << 16), (1 << 16, 2 << 16), (1 << 20, 2 << 20)] {
        let mut writer = Writer::with_buffer(V1_4, vec![7; capacity]);
        writer.integer(TAG, 1);
        let grown = writer.into_vec().capacity();
        assert!((most / 2 + 1..=most).contains(&grown), "{grown} after {capacity}");
    }
}

/// A list is allocated once, with exactly the capacity needed, whatever the lengths of its items.
#[test]
fn lists_are_counted() {
    kmip_ttlv::ttlv_struct! {
        struct Texts<'a> {
            texts: Vec<&'a str> = NAME_VALUE,
            after: Option<i32> = NAME_TYPE,
        }
    }
    for lengths in
        [vec![0; 5], vec![1, 0, 0], vec![0, 0, 0, 90], vec![90, 0, 0, 90, 0], (0..100).collect::<Vec<usize>>()]
    {
        let texts: Vec<String> = lengths.iter().map(|length| "x".repeat(*length)).collect();
        let mut writer = Writer::new(V1_4);
        let started = writer.begin(Tag::NAME);
        for text in &texts {
            writer.text_string(Tag::NAME_VALUE, text).unwrap();
        }
        writer.integer(Tag::NAME_TYPE, 1);
        writer.end(started).unwrap();
        for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
            let read: Texts<'_> = decode(writer.as_slice(), Tag::NAME, V1_4, rules).unwrap();
            assert_eq!((&read.texts, read.after), (&texts.iter().map(String::as_str).collect(), Some(1)));
            assert_eq!(read.texts.capacity(), read.texts.len(), "{lengths:?} {rules:?}");
        }
    }
}

/// Under lax rules a list continues after unknown items; it is still allocated once.
#[test]
fn a_list_with_others_between_is_counted() {
    kmip_ttlv::ttlv_struct! {
        struct Texts<'a> {
            texts: Vec<&'a str> = NAME_VALUE,
        }
    }
    let mut writer = Writer::new(V1_4);
    let started = writer.begin(Tag::NAME);
    for _ in 0..50 {
        writer.text_string(Tag::NAME_VALUE, "x").unwrap();
        writer.integer(Tag::NAME_TYPE, 1);
    }
    writer.end(started).unwrap();
    let rules = Rules::STRICT.skip_unknown();
    let read: Texts<'_> = decode(writer.as_slice(), Tag::NAME, V1_4, rules).unwrap();
    assert_eq!((read.texts.len(), read.texts.capacity()), (50, 50));
}

/// A value is never shorter on the wire than its type requires.
#[test]
fn the_shortest_values() {
    fn shortest<'a, T: Decode<'a> + Encode>() {
        let value = T::default();
        let bytes = encode(&value, TAG, V1_4).unwrap();
        assert!(bytes.len() >= T::MIN_LEN, "{}", std::any::type_name::<T>());
    }
    shortest::<i32>();
    shortest::<i64>();
    shortest::<bool>();
    shortest::<&str>();
    shortest::<&[u8]>();
    shortest::<BigInteger<'_>>();
    shortest::<DateTime>();
    shortest::<Interval>();
    shortest::<Tag>();
    shortest::<kmip_ttlv::ProtocolVersion>();
    shortest::<Box<i32>>();
    shortest::<kmip_ttlv::enumeration::OperationCode>();
    shortest::<kmip_ttlv::enumeration::CryptographicUsageMask>();
    assert_eq!((<i32 as Decode<'_>>::MIN_LEN, <Box<i32> as Decode<'_>>::MIN_LEN), (16, 16));
    assert_eq!(<kmip_ttlv::ProtocolVersion as Decode<'_>>::MIN_LEN, 40);
}

#[test]
fn a_reader_takes_encoded_items_whole_or_not() {
    let bytes = [encode(&"Key1", TAG, V1_4).unwrap(), encode(&5, TAG, V1_4).unwrap()].concat();
    let name = encode(&"Key1", TAG, V1_4).unwrap();
    let mut reader = Reader::new(&bytes);
    assert!(!reader.clone().take_encoded(&encode(&"Key2", TAG, V1_4).unwrap()));
    assert!(!reader.clone().take_encoded(&[bytes.clone(), name.clone()].concat()), "longer than what is left");
    assert!(!reader.clone().take_encoded(&name[..12]), "no whole words");
    assert!(reader.take_encoded(&name));
    assert_eq!((reader.offset(), reader.integer(TAG)), (16, Ok(5)));
    assert_eq!(Walk::new(&bytes).count(), 2);
}
