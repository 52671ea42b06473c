use alloc::vec::Vec;

use super::{Layout, Word};
use crate::{Reader, Rules, Tag, Type, V1_4, Writer};

const LAYOUT: Layout<5> = Layout::new([
    Word::open_header(Tag::NAME, Type::Structure),
    Word::header(Tag::NAME_TYPE, Type::Enumeration, 4),
    Word::FOUR_BYTES,
    Word::header(Tag::TIME_STAMP, Type::DateTime, 8),
    Word::EIGHT_BYTES,
]);

fn items() -> Vec<u8> {
    let mut writer = Writer::new(V1_4);
    let started = writer.begin(Tag::NAME);
    writer.enumeration(Tag::NAME_TYPE, 0x0102_0304);
    writer.date_time(Tag::TIME_STAMP, crate::DateTime(-2));
    writer.end(started).unwrap();
    writer.into_vec()
}

#[test]
fn a_layout_is_taken_whole_or_not_at_all() {
    let items = items();
    let mut reader = Reader::new(&items);
    let words = reader.take_layout(&LAYOUT).unwrap();
    assert_eq!(words[0] & 0xFFFF_FFFF, 32);
    assert_eq!(Word::four_bytes(words[2]), [1, 2, 3, 4]);
    assert_eq!(words[4], (-2i64).cast_unsigned());
    assert!(reader.is_empty());

    for end in 0..items.len() {
        let mut cut = Reader::new(&items[..end]);
        assert!(cut.take_layout(&LAYOUT).is_none());
        assert_eq!(cut.offset(), 0);
    }
}

#[test]
fn each_byte_of_a_layout_is_fixed_or_free() {
    let free: &[core::ops::Range<usize>] = &[4..8, 16..20, 32..40];
    for at in 0..items().len() {
        for bit in 0..8 {
            let mut items = items();
            items[at] ^= 1 << bit;
            let taken = Reader::new(&items).take_layout(&LAYOUT).is_some();
            assert_eq!(taken, free.iter().any(|range| range.contains(&at)), "bit {bit} of byte {at}");
        }
    }
    let small = Layout::new([Word::SMALL]);
    for at in 0..8 {
        let mut word = [0; 8];
        word[at] = 0xFF;
        assert_eq!(Reader::new(&word).take_layout(&small).is_some(), at == 3, "byte {at}");
    }
}

#[test]
fn a_value_is_taken_with_its_padding() {
    let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0];
    for length in 0..=16u8 {
        let (header, length) = (u64::MAX << 32 | u64::from(length), usize::from(length));
        let mut reader = Reader::new(&bytes);
        let value = reader.take_value(header);
        let zeros = bytes[length..length.next_multiple_of(8)].iter().all(|byte| *byte == 0);
        assert_eq!(value, zeros.then_some(&bytes[..length]), "{length}");
        assert_eq!(reader.offset(), if zeros { length.next_multiple_of(8) } else { 0 });
    }
    assert_eq!(Reader::new(&bytes).take_value(17), None);
    assert_eq!(Reader::new(&bytes).take_value(u64::MAX), None);
}

#[test]
fn the_depth_limits_how_many_structures_may_be_entered() {
    let reader = Reader::new(&[]).with_rules(Rules::STRICT.max_depth(3));
    assert!(reader.may_enter(3));
    assert!(!reader.may_enter(4));
}

#[test]
fn reads_what_the_same_layout_writes() {
    let mut writer = Writer::new(V1_4);
    writer.layout(&LAYOUT, [32, 0, 0x0102_0304 << 32, 0, (-2i64).cast_unsigned()]);
    assert_eq!(writer.into_vec(), items());
}
