//! Records from both sources: in order from the reader, and scattered where lax rules allow it.

use alloc::vec;
use alloc::vec::Vec;

use super::{Record, Scattered, Source};
use crate::enumeration::{ObjectType, OperationCode};
use crate::error::Result;
use crate::{ErrorKind, ProtocolVersion, Reader, Rules, Tag, V1_0, V2_1, Writer};

/// A sample structure: an operation decides how the value after it is read; a list and a rare field follow.
#[derive(Debug, Default, PartialEq)]
struct Sample<'a> {
    operation: OperationCode,
    value: Option<i32>,
    text: Option<&'a str>,
    names: Vec<&'a str>,
    rare: Option<bool>,
    version: Option<ProtocolVersion>,
    /// The version by which the last field is read.
    last_in: ProtocolVersion,
}

impl<'a> Record<'a> for Sample<'a> {
    /// `true` if the value is required.
    type Context = bool;

    fn read_fields<S: Source<'a>>(&mut self, required: bool, source: &mut S) -> Result<()> {
        source.field(&mut self.operation, Tag::OPERATION)?;
        let mut body = source.before(Tag::DATA)?;
        if body.at(Tag::DATA) {
            if self.operation == OperationCode::GET {
                self.text = Some(body.text_string(Tag::DATA)?);
            } else {
                self.value = Some(body.integer(Tag::DATA)?);
            }
            source.behind(body)?;
        } else if required {
            return Err(body.error(ErrorKind::Missing(Tag::DATA)));
        }
        source.items(&mut self.names, Tag::NAME)?;
        source.field(&mut self.version, Tag::PROTOCOL_VERSION)?;
        if let Some(version) = self.version {
            source.set_version(version);
        }
        self.last_in = source.before(Tag::FRESH)?.version();
        source.rare_field(&mut self.rare, Tag::FRESH)
    }
}

/// Writes a field by its number.
fn write(field: u8, writer: &mut Writer) {
    match field {
        0 => writer.enumeration(Tag::OPERATION, OperationCode::GET.value()),
        1 => writer.text_string(Tag::DATA, "abc").unwrap(),
        2 => writer.text_string(Tag::NAME, "one").unwrap(),
        3 => writer.text_string(Tag::NAME, "two").unwrap(),
        4 => writer.boolean(Tag::FRESH, true),
        5 => writer.integer(Tag::DATA, 5),
        6 => writer.enumeration(Tag::OPERATION, OperationCode::CREATE.value()),
        _ => writer.enumeration(Tag::OBJECT_TYPE, ObjectType::SYMMETRIC_KEY.value()),
    }
}

fn structure(fields: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(V2_1);
    let started = writer.begin(Tag::BATCH_ITEM);
    for field in fields {
        write(*field, &mut writer);
    }
    writer.end(started).unwrap();
    writer.as_slice().to_vec()
}

/// Returns the fields that were read, the list, and the number of skipped items.
fn read(fields: &[u8], rules: Rules, required: bool) -> Result<(Vec<&'static str>, Vec<u8>, usize)> {
    let bytes = structure(fields);
    let mut reader = Reader::new(&bytes).with_version(V2_1).with_rules(rules);
    let mut sample = Sample::default();
    reader.record(Tag::BATCH_ITEM, &mut sample, required)?;
    assert!(reader.is_empty());
    let mut seen = Vec::new();
    let mut told = Vec::new();
    if sample.operation == OperationCode::GET {
        told.push("get");
    }
    if sample.text == Some("abc") {
        told.push("text");
    }
    if sample.value == Some(5) {
        told.push("value");
    }
    if sample.rare == Some(true) {
        told.push("rare");
    }
    seen.extend(sample.names.iter().map(|name| if *name == "one" { 2 } else { 3 }));
    Ok((told, seen, reader.skipped() as usize))
}

const LAX: Rules = Rules::STRICT.skip_unknown();

/// Returns every permutation of these fields.
fn orders(fields: &[u8]) -> Vec<Vec<u8>> {
    let Some((first, rest)) = fields.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for order in orders(rest) {
        for place in 0..=order.len() {
            let mut order = order.clone();
            order.insert(place, *first);
            all.push(order);
        }
    }
    all
}

#[test]
fn fields_in_their_order() {
    for rules in [Rules::STRICT, LAX] {
        let (told, names, skipped) = read(&[0, 1, 2, 3, 4], rules, true).unwrap();
        assert_eq!((told, names, skipped), (vec!["get", "text", "rare"], vec![2, 3], 0));
        let (told, names, skipped) = read(&[6, 5], rules, true).unwrap();
        assert_eq!((told, names, skipped), (vec!["value"], vec![], 0));
    }
}

#[test]
fn fields_in_any_order_under_lax_rules() {
    for order in orders(&[0, 1, 2, 3, 4]) {
        let (told, names, skipped) = read(&order, LAX, true).unwrap();
        // A list keeps the order of its items.
        let expected: Vec<u8> = order.iter().copied().filter(|field| matches!(field, 2 | 3)).collect();
        assert_eq!((told, names, skipped), (vec!["get", "text", "rare"], expected, 0), "{order:?}");
        let in_order = matches!(order[..], [0, 1, 2, 3, 4] | [0, 1, 3, 2, 4]);
        assert_eq!(read(&order, Rules::STRICT, true).is_ok(), in_order, "{order:?}");
    }
}

#[test]
fn counts_items_that_no_field_takes() {
    // Unknown items, and a repetition of a single field.
    for order in orders(&[0, 1, 7, 4]) {
        let (told, _, skipped) = read(&order, LAX, true).unwrap();
        assert_eq!((told, skipped), (vec!["get", "text", "rare"], 1), "{order:?}");
        assert!(read(&order, Rules::STRICT, true).is_err(), "{order:?}");
    }
    let (told, _, skipped) = read(&[1, 0, 7, 7], LAX, true).unwrap();
    assert_eq!((told, skipped), (vec!["get", "text"], 2));
    let (told, _, skipped) = read(&[0, 6, 1], LAX, true).unwrap();
    assert_eq!((told, skipped), (vec!["get", "text"], 1), "the first counts");
}

#[test]
fn reads_the_deciding_field_first_wherever_it_stands() {
    // The text is read as for Get, although the operation follows it; with Create it has the wrong type.
    let (told, ..) = read(&[1, 0], LAX, true).unwrap();
    assert_eq!(told, ["get", "text"]);
    let error = read(&[1, 6], LAX, true).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Type { .. }), "{error}");
}

#[test]
fn a_field_that_has_to_be_there_is_missing_in_any_order() {
    for order in [&[0, 2][..], &[2, 0], &[0], &[4, 0]] {
        let error = read(order, LAX, true).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Missing(Tag::DATA)), "{order:?}: {error}");
        assert!(read(order, LAX, false).is_ok(), "{order:?}");
    }
    let error = read(&[1, 2], LAX, true).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Missing(Tag::OPERATION)), "{error}");
}

#[test]
fn the_version_counts_for_what_follows() {
    let mut writer = Writer::new(V2_1);
    let started = writer.begin(Tag::BATCH_ITEM);
    write(0, &mut writer);
    crate::Encode::encode(&V1_0, Tag::PROTOCOL_VERSION, &mut writer).unwrap();
    writer.end(started).unwrap();
    let mut scattered = Writer::new(V2_1);
    let started = scattered.begin(Tag::BATCH_ITEM);
    crate::Encode::encode(&V1_0, Tag::PROTOCOL_VERSION, &mut scattered).unwrap();
    write(0, &mut scattered);
    scattered.end(started).unwrap();
    for (bytes, rules) in [(&writer, Rules::STRICT), (&writer, LAX), (&scattered, LAX)] {
        let mut reader = Reader::new(bytes.as_slice()).with_version(V2_1).with_rules(rules);
        let mut sample = Sample::default();
        reader.record(Tag::BATCH_ITEM, &mut sample, false).unwrap();
        assert_eq!((sample.version, sample.last_in), (Some(V1_0), V1_0));
        assert_eq!(reader.version(), V2_1, "outside of the structure nothing changes");
    }
}

/// Out of their order, fields are searched for one by one, so that none is known to come next.
#[test]
fn knows_the_next_item_only_while_fields_are_in_order() {
    let bytes = structure(&[0, 4]);
    let body = Reader::new(&bytes).enter(Tag::BATCH_ITEM).unwrap();
    assert!(Source::is_next(&body, Tag::OPERATION) && !Source::is_next(&body, Tag::FRESH));
    let scattered = Scattered::new(body).unwrap();
    assert!(!scattered.is_next(Tag::OPERATION) && !scattered.is_next(Tag::FRESH));
}
