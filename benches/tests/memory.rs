//! Decoding allocates at most [`MAX_AMPLIFICATION`] times the bytes of its input, for any input.

#![allow(clippy::cloned_ref_to_slice_refs)]

#[path = "../../kmip-client/tests/bytes/mod.rs"]
mod by_hand;

use allocation_counter::measure;
use by_hand::{item, structure, text};
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_ttlv::{Item, MAX_AMPLIFICATION, Rules, Tag, json, xml};

const CLIENT: Rules = Rules::STRICT.skip_unknown().integer_stand_ins();

/// The length of a list in these tests, in bytes.
const LIST: usize = 3_000;

/// The heap that is not counted per byte, such as an error. Every message may use this much more.
const SLACK: u64 = 1_024;

/// The [`SLACK`] of a document, whose parser has a state: the maximum that [`MAX_AMPLIFICATION`] promises.
const DOCUMENT_SLACK: u64 = 4_096;

fn number(tag: u32, ty: u8, value: u32) -> Vec<u8> {
    item(tag, ty, &value.to_be_bytes())
}

/// Repeats these items to a list.
fn many(items: &[Vec<u8>]) -> Vec<u8> {
    let items = items.concat();
    items.repeat(LIST / items.len() + 1)
}

fn version((major, minor): (u32, u32)) -> Vec<u8> {
    structure(0x42_0069, &[number(0x42_006A, 2, major), number(0x42_006B, 2, minor)])
}

fn request(of: (u32, u32), items: &[Vec<u8>]) -> Vec<u8> {
    let header = structure(0x42_0077, &[version(of), number(0x42_000D, 2, 1)]);
    structure(0x42_0078, &[vec![header], items.to_vec()].concat())
}

fn response(of: (u32, u32), items: &[Vec<u8>]) -> Vec<u8> {
    let header = structure(0x42_007A, &[version(of), item(0x42_0092, 9, &[0; 8]), number(0x42_000D, 2, 1)]);
    structure(0x42_007B, &[vec![header], items.to_vec()].concat())
}

fn asked(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42_000F, &[number(0x42_005C, 5, operation), structure(0x42_0079, payload)])
}

fn answered(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    structure(0x42_000F, &[number(0x42_005C, 5, operation), number(0x42_007F, 5, 0), structure(0x42_007C, payload)])
}

#[track_caller]
fn bounded(what: &dyn std::fmt::Debug, length: usize, decode: impl FnOnce()) {
    bounded_beside(SLACK, what, length, decode);
}

#[track_caller]
fn bounded_beside(slack: u64, what: &dyn std::fmt::Debug, length: usize, decode: impl FnOnce()) {
    let most = (MAX_AMPLIFICATION * length) as u64 + slack;
    let took = measure(decode).bytes_max;
    assert!(took <= most, "{what:x?}: {took} bytes for {length}, {:.1} times", took as f64 / length as f64);
}

/// Decodes the message in every way.
#[track_caller]
fn check(what: &dyn std::fmt::Debug, frame: &[u8]) {
    for rules in [Rules::STRICT, CLIENT] {
        bounded(what, frame.len(), || drop(RequestMessage::decode_message(frame, rules)));
        bounded(what, frame.len(), || drop(ResponseMessage::decode_message(frame, rules)));
        bounded(what, frame.len(), || drop(RequestMessage::<Item<'_>>::decode_message_as(frame, rules)));
        bounded(what, frame.len(), || drop(ResponseMessage::<Item<'_>>::decode_message_as(frame, rules)));
    }
}

/// Returns the shortest items of this tag.
fn shortest(tag: u32) -> [Vec<u8>; 5] {
    [structure(tag, &[]), number(tag, 2, 1), number(tag, 5, 1), text(tag, ""), item(tag, 8, &[])]
}

fn tags() -> impl Iterator<Item = u32> {
    (0x42_0001..0x42_0180).filter(|tag| Tag::try_from(*tag).is_ok_and(|tag| tag.name().is_some()))
}

const OPERATIONS: std::ops::RangeInclusive<u32> = 1..=0x40;

/// Returns the results of reading a payload with one item, which are equal for all tags that no field has.
fn reading(operation: u32, of: (u32, u32), tag: u32) -> [String; 2] {
    let item = [text(tag, "")];
    let request = request(of, &[asked(operation, &item)]);
    let response = response(of, &[answered(operation, &item)]);
    let asked = RequestMessage::decode_message(&request, CLIENT).map(|(_, skipped)| skipped);
    let answered = ResponseMessage::decode_message(&response, CLIENT).map(|(_, skipped)| skipped);
    [format!("{asked:?}"), format!("{answered:?}")]
}

/// Each tag that an operation has a place for, many times, in its request and in its response.
#[test]
fn a_payload_of_one_tag() {
    const VENDORS: u32 = 0x54_0001;
    let mut places = 0;
    for operation in OPERATIONS {
        for of in [(1, 4), (2, 1)] {
            let skipped = reading(operation, of, VENDORS);
            for tag in tags().filter(|tag| reading(operation, of, *tag) != skipped) {
                places += 1;
                for short in shortest(tag) {
                    // Shorter lists than elsewhere: there are thousands of them.
                    let list = short.repeat(1000 / short.len());
                    let what = (operation, tag, list[3], of);
                    let frame = request(of, &[asked(operation, &[list.clone()])]);
                    bounded(&what, frame.len(), || drop(RequestMessage::decode_message(&frame, CLIENT)));
                    let frame = response(of, &[answered(operation, &[list])]);
                    bounded(&what, frame.len(), || drop(ResponseMessage::decode_message(&frame, CLIENT)));
                }
            }
        }
    }
    // A few for each operation and version.
    assert!(places > 400, "{places}");
}

/// Batches of Gets: the shortest requests, and responses with the shortest keys.
#[test]
fn batches_of_gets() {
    let id = text(0x42_0094, "");
    let object_type = number(0x42_0057, 5, 2);
    for of in [(1, 0), (1, 4), (2, 1)] {
        check(&"no identifiers", &request(of, &[many(&[asked(0xA, &[])])]));
        check(&"identifiers", &request(of, &[many(&[asked(0xA, &[id.clone()])])]));
        for format in [1, 7] {
            let material = match format {
                1 => item(0x42_0043, 8, &[]),
                _ => structure(0x42_0043, &[]),
            };
            let value = structure(0x42_0045, &[material]);
            for value in [value, item(0x42_0045, 8, &[]), Vec::new()] {
                let block = structure(0x42_0040, &[number(0x42_0042, 5, format), value]);
                let key = structure(0x42_008F, &[block]);
                let got = answered(0xA, &[object_type.clone(), id.clone(), key]);
                check(&(format, of), &response(of, &[many(&[got])]));
            }
        }
    }
}

/// Each attribute many times, in each list of attributes.
#[test]
fn attributes() {
    let id = text(0x42_0094, "");
    for tag in tags() {
        for short in shortest(tag) {
            let list = many(&[short]);
            let attributes = structure(0x42_0125, &[list.clone()]);
            check(&("Get Attributes", tag), &response((2, 1), &[answered(0xB, &[id.clone(), attributes.clone()])]));
            check(&("Create", tag), &request((2, 1), &[asked(1, &[number(0x42_0057, 5, 2), attributes.clone()])]));
            check(&("Locate", tag), &request((2, 1), &[asked(8, &[attributes.clone()])]));
            check(&("Notify", tag), &request((2, 1), &[asked(0x1A, &[id.clone(), attributes.clone()])]));
            let references = many(&[number(0x42_013B, 5, 0x42_0028)]);
            check(
                &("Notify, both", tag),
                &request((2, 1), &[asked(0x1A, &[id.clone(), attributes.clone(), references])]),
            );
            check(&("twice", tag), &response((2, 1), &[answered(0xB, &[id.clone(), attributes.clone(), attributes])]));
        }
    }
    for name in ["", "x", "Cryptographic Parameters", "Name", "State"] {
        for value in shortest(0x42_000B) {
            let list = many(&[structure(0x42_0008, &[text(0x42_000A, name), value])]);
            check(&("1.4", name), &response((1, 4), &[answered(0xB, &[id.clone(), list.clone()])]));
            check(&("1.4", name), &request((1, 4), &[asked(8, &[list.clone()])]));
            check(&("1.4", name), &request((1, 4), &[asked(0x1A, &[id.clone(), list.clone()])]));
            let template = structure(0x42_0091, &[list]);
            check(&("1.4", name), &request((1, 4), &[asked(1, &[number(0x42_0057, 5, 2), template])]));
        }
    }
    let named = many(&[structure(0x42_0008, &[text(0x42_000A, "")])]);
    check(&"names alone", &request((1, 4), &[asked(0x1A, &[id, named])]));
}

/// Batches of the shortest items, and lists in each item.
#[test]
fn batches() {
    let status = structure(0x42_000F, &[number(0x42_007F, 5, 0)]);
    let empty = structure(0x42_000F, &[]);
    for of in [(1, 0), (1, 4), (2, 1)] {
        check(&"status alone", &response(of, &[many(&[status.clone()])]));
        check(&"nothing", &response(of, &[many(&[empty.clone()])]));
        for operation in OPERATIONS {
            check(&operation, &response(of, &[many(&[answered(operation, &[])])]));
            check(&operation, &request(of, &[many(&[asked(operation, &[])])]));
            for tag in [0x42_0125, 0x42_0091, 0x42_0047, 0x42_008F, 0x42_0040] {
                let (method, id) = (number(0x42_009E, 5, 1), text(0x42_0094, ""));
                let payload = [id, structure(tag, &[method])];
                check(&(operation, tag), &response(of, &[many(&[answered(operation, &payload)])]));
                check(&(operation, tag), &request(of, &[many(&[asked(operation, &payload)])]));
            }
        }
    }
}

/// The first and the last item of a list are short, and those between are long and full of lists: a guess by the first
/// item is wrong.
#[test]
fn a_first_item_that_misleads() {
    let short = structure(0x42_000F, &[number(0x42_007F, 5, 0)]);
    let list = structure(0x42_0125, &[many(&[text(0x42_00FC, "")])]);
    let long = answered(0xB, &[text(0x42_0094, ""), list.clone()]);
    check(&"responses", &response((2, 1), &[short.clone(), long, short]));
    let short = asked(0x18, &[]);
    let long = asked(1, &[number(0x42_0057, 5, 2), list]);
    check(&"requests", &request((2, 1), &[short.clone(), long, short]));
    let parameters = structure(0x42_002B, &[]);
    let mixed = many(&[parameters, text(0x42_00FC, "")]);
    check(&"parameters", &response((2, 1), &[answered(0xB, &[text(0x42_0094, ""), structure(0x42_0125, &[mixed])])]));
}

/// Items of a list between unknown items: lax rules read them all.
#[test]
fn interrupted_lists() {
    let unknown = number(0x54_0001, 2, 1);
    let status = structure(0x42_000F, &[number(0x42_007F, 5, 0)]);
    check(&"items", &response((1, 4), &[many(&[status, unknown.clone()])]));
    check(&"identifiers", &response((1, 4), &[answered(8, &[many(&[text(0x42_0094, ""), unknown.clone()])])]));
    let attribute = structure(0x42_0008, &[text(0x42_000A, ""), text(0x42_000B, "")]);
    check(&"attributes", &response((1, 4), &[answered(0xB, &[text(0x42_0094, ""), many(&[attribute, unknown])])]));
}

#[test]
fn documents() {
    // The tables of names are created once, and are not part of a message.
    _ = (xml::from_xml("<D/>").count(), json::from_json(r#"{"tag":"D"}"#).count());
    let xml = |what: &str, document: String| {
        bounded_beside(DOCUMENT_SLACK, &what, document.len(), || {
            let messages: Result<Vec<_>, _> = xml::from_xml(&document).collect();
            drop(messages);
        });
    };
    let json = |what: &str, document: String| {
        bounded_beside(DOCUMENT_SLACK, &what, document.len(), || {
            let messages: Result<Vec<_>, _> = json::from_json(&document).collect();
            drop(messages);
        });
    };
    for n in [1, 100, 10_000] {
        xml("deep", "<D>".repeat(n));
        xml("many messages", format!("<KMIP>{}</KMIP>", "<State/>".repeat(n)));
        xml("many items", format!("<State>{}</State>", "<D/>".repeat(n)));
        xml("long text", format!("<State type=\"TextString\" value=\"{}\"/>", "a".repeat(n)));
        xml("entities", format!("<State type=\"TextString\" value=\"{}\"/>", "&lt;".repeat(n)));
        xml("bytes", format!("<State type=\"ByteString\" value=\"{}\"/>", "00".repeat(n)));
        xml("attributes", format!("<State {}/>", "x:a=\"\" ".repeat(n)));
        json("deep", r#"{"tag":"D","value":["#.repeat(n));
        json("many messages", r#"{"tag":"State"}"#.repeat(n));
        json("many in an array", format!("[{}{{\"tag\":\"D\"}}]", "{\"tag\":\"D\"},".repeat(n)));
        json("long text", format!(r#"{{"tag":"D","type":"TextString","value":"{}"}}"#, "a".repeat(n)));
        json("escapes", format!(r#"{{"tag":"D","type":"TextString","value":"{}"}}"#, r"\n".repeat(n)));
        json("bytes", format!(r#"{{"tag":"D","type":"ByteString","value":"{}"}}"#, "00".repeat(n)));
        json("blanks", " ".repeat(n));
    }
}
