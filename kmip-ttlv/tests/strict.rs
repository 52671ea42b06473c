//! Every rule for well-formed messages, and the error for each violation.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;

use corpus::hex;
use kmip_ttlv::{
    BigInteger, DateTime, Decode, ErrorKind, Interval, Item, MAX_DEPTH, ProtocolVersion, Reader, Result, Rules, Tag,
    V1_4, Value, Walk, Writer, decode, frame_len, ttlv_struct,
};

/// A value encoded as Comment in a Request Payload, so that errors have a path.
#[derive(Default, Debug)]
struct Inside<T>(T);

impl<'a, T: Decode<'a>> Decode<'a> for Inside<T> {
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        let mut body = reader.enter(tag)?;
        self.0.decode_into(&mut body, Tag::COMMENT)?;
        reader.leave(body)
    }
}

/// Returns a Request Payload of these bytes.
fn payload(items: &str) -> Vec<u8> {
    let items = hex(items);
    let mut frame = hex("420079 01");
    frame.extend(u32::try_from(items.len()).unwrap().to_be_bytes());
    frame.extend(items);
    frame
}

/// Returns the error of decoding as `T`.
fn typed<'a, T: Decode<'a> + std::fmt::Debug>(frame: &'a [u8]) -> String {
    decode::<T>(frame, Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).unwrap_err().to_string()
}

/// Returns the error of walking.
fn walked(frame: &[u8]) -> String {
    let error = Walk::new(frame).find_map(Result::err).expect("an error");
    error.locate(frame).to_string()
}

/// Checks the error for a Comment that breaks a rule on its own: decoded as `T`, as any value, as an item kept unread,
/// and by a walk.
#[track_caller]
fn refused<T: for<'a> Decode<'a> + std::fmt::Debug>(item: &str, message: &str) {
    let frame = payload(item);
    assert_eq!(typed::<Inside<T>>(&frame), message);
    assert_eq!(typed::<Inside<Value>>(&frame), message);
    assert_eq!(typed::<Item>(&frame), message);
    assert_eq!(walked(&frame), message);
}

/// Does the same as [`refused`] for types that borrow.
macro_rules! refused {
    ($ty:ty, $item:expr, $message:expr) => {{
        let frame = payload($item);
        assert_eq!(typed::<Inside<$ty>>(&frame), $message);
        assert_eq!(typed::<Inside<Value>>(&frame), $message);
        assert_eq!(typed::<Item>(&frame), $message);
        assert_eq!(walked(&frame), $message);
    }};
}

#[test]
fn a_header_is_whole() {
    let frame = hex("4200FD 07 00000000 4200FD 07 000000");
    assert_eq!(walked(&frame), "the header of the item is cut off, 7 of 8 bytes are there at byte 8");
    let error = Reader::new(&frame[8..]).text_string(Tag::COMMENT).unwrap_err();
    assert_eq!(error.to_string(), "the header of the item is cut off, 7 of 8 bytes are there at byte 0");
    assert_eq!(walked(&hex("4200")), "the header of the item is cut off, 2 of 8 bytes are there at byte 0");
}

#[test]
fn a_length_stays_inside_its_structure() {
    refused!(
        &str,
        "4200FD 07 00000009 6162636465666768",
        "RequestPayload/Comment: length 9 overruns what is around it, 8 bytes are left for value and padding at byte 8"
    );
    refused::<i32>(
        "4200FD 02 00000004",
        "RequestPayload/Comment: length 4 overruns what is around it, 0 bytes are left for value and padding at byte 8",
    );
}

#[test]
fn a_length_stays_inside_the_message() {
    let frame = hex("420079 01 00000020 4200FD 02 00000004 00000001 00000000");
    let message =
        "RequestPayload: length 32 overruns what is around it, 16 bytes are left for value and padding at byte 0";
    assert_eq!(typed::<Inside<i32>>(&frame), message);
    assert_eq!(walked(&frame), message);
    // The value is complete, but its padding is missing.
    let message = "Comment: length 1 overruns what is around it, 1 bytes are left for value and padding at byte 0";
    assert_eq!(walked(&hex("4200FD 07 00000001 61")), message);
}

#[test]
fn a_length_of_4_gib_takes_no_memory() {
    for (length, types) in [
        ("FFFFFFFF", &["07", "08", "0C"][..]),
        ("FFFFFFF9", &["07", "08", "0E"]),
        ("FFFFFFF8", &["01", "04", "07", "08", "0D"]),
    ] {
        let number = u32::from_str_radix(length, 16).unwrap();
        let message = format!(
            "Comment: length {number} overruns what is around it, 8 bytes are left for value and padding at byte 0"
        );
        for ty in types {
            let frame = hex(&format!("4200FD {ty} {length} 0000000000000000"));
            assert_eq!(frame.len(), 16);
            assert_eq!(walked(&frame), message);
            let error = decode::<Value>(&frame, Tag::COMMENT, V1_4, Rules::STRICT).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}

#[test]
fn an_item_has_a_type_of_kmip() {
    refused::<i32>("4200FD 0F 00000004 00000001 00000000", "RequestPayload/Comment: unknown item type 0x0f at byte 8");
    refused::<i32>("4200FD 00 00000004 00000001 00000000", "RequestPayload/Comment: unknown item type 0x00 at byte 8");
}

#[test]
fn a_fixed_type_has_its_length() {
    refused::<i32>(
        "4200FD 02 00000008 0000000000000001",
        "RequestPayload/Comment: length 8 is none that Integer can have at byte 8",
    );
    refused::<i64>(
        "4200FD 03 00000004 00000001 00000000",
        "RequestPayload/Comment: length 4 is none that LongInteger can have at byte 8",
    );
    refused::<Tag>(
        "4200FD 05 00000003 00000100 00000000",
        "RequestPayload/Comment: length 3 is none that Enumeration can have at byte 8",
    );
    refused::<bool>("4200FD 06 00000000", "RequestPayload/Comment: length 0 is none that Boolean can have at byte 8");
    refused::<DateTime>(
        "4200FD 09 00000010 0000000000000001 0000000000000001",
        "RequestPayload/Comment: length 16 is none that DateTime can have at byte 8",
    );
    refused::<Interval>(
        "4200FD 0A 00000008 0000000000000001",
        "RequestPayload/Comment: length 8 is none that Interval can have at byte 8",
    );
    refused::<kmip_ttlv::DateTimeExtended>(
        "4200FD 0B 00000007 0000000000000000",
        "RequestPayload/Comment: length 7 is none that DateTimeExtended can have at byte 8",
    );
}

#[test]
fn a_structure_is_a_multiple_of_8() {
    // The same at the end of the message.
    assert_eq!(
        walked(&hex("4200FD 01 00000007 00000000000000")),
        "Comment: length 7 is none that Structure can have at byte 0"
    );
    refused::<ProtocolVersion>(
        "4200FD 01 0000000C 42006A 02 00000004 00000001 00000000",
        "RequestPayload/Comment: length 12 is none that Structure can have at byte 8",
    );
}

#[test]
fn a_big_integer_is_a_multiple_of_8() {
    refused!(
        BigInteger,
        "4200FD 04 0000000C 000000000000000000000001 00000000",
        "RequestPayload/Comment: length 12 is none that BigInteger can have at byte 8"
    );
    refused!(
        BigInteger,
        "4200FD 04 00000000",
        "RequestPayload/Comment: length 0 is none that BigInteger can have at byte 8"
    );
}

#[test]
fn padding_is_zero() {
    refused::<i32>("4200FD 02 00000004 00000001 00000001", "RequestPayload/Comment: the padding is not zero at byte 8");
    refused!(&[u8], "4200FD 08 00000003 0102030000000080", "RequestPayload/Comment: the padding is not zero at byte 8");
    refused!(&str, "4200FD 07 00000001 6120202020202020", "RequestPayload/Comment: the padding is not zero at byte 8");
}

#[test]
fn a_boolean_is_0_or_1() {
    let message = "RequestPayload/Comment: a Boolean is neither 0 nor 1 at byte 8";
    refused::<bool>("4200FD 06 00000008 0000000000000002", message);
    refused::<bool>("4200FD 06 00000008 0100000000000000", message);
    refused::<bool>("4200FD 06 00000008 FFFFFFFFFFFFFFFF", message);
}

#[test]
fn text_is_utf_8() {
    refused!(
        &str,
        "4200FD 07 00000004 6162FF6300000000",
        "RequestPayload/Comment: the text is not UTF-8 after 2 bytes at byte 8"
    );
    refused!(
        kmip_ttlv::Identifier,
        "4200FD 0C 00000002 61C3000000000000",
        "RequestPayload/Comment: the text is not UTF-8 after 1 bytes at byte 8"
    );
}

#[test]
fn nothing_follows_the_message() {
    let mut frame = payload("4200FD 02 00000004 00000001 00000000");
    frame.extend([0; 16]);
    assert_eq!(typed::<Inside<i32>>(&frame), "16 bytes follow where the message ends at byte 24");
    frame.truncate(25);
    assert_eq!(typed::<Inside<i32>>(&frame), "1 bytes follow where the message ends at byte 24");
}

#[test]
fn a_field_has_its_type() {
    let frame = payload("4200FD 05 00000004 00000001 00000000");
    assert_eq!(typed::<Inside<i32>>(&frame), "RequestPayload/Comment: expected Integer, found Enumeration at byte 8");
    assert_eq!(
        typed::<Inside<&str>>(&frame),
        "RequestPayload/Comment: expected TextString, found Enumeration at byte 8"
    );
    assert_eq!(
        typed::<Inside<ProtocolVersion>>(&frame),
        "RequestPayload/Comment: expected Structure, found Enumeration at byte 8"
    );
}

#[test]
fn structures_are_nested_no_deeper_than_the_limit() {
    /// Returns this many Comments inside each other.
    fn nested(depth: usize) -> Vec<u8> {
        let mut frame = Vec::new();
        for _ in 0..depth {
            let mut outer = hex("4200FD 01");
            outer.extend(u32::try_from(frame.len()).unwrap().to_be_bytes());
            outer.extend(frame);
            frame = outer;
        }
        frame
    }
    let depth = usize::from(MAX_DEPTH);
    assert_eq!(depth, 64);
    let frame = nested(depth);
    assert_eq!(Walk::new(&frame).map(Result::unwrap).last().unwrap().depth, depth - 1);
    assert!(decode::<Item>(&frame, Tag::COMMENT, V1_4, Rules::STRICT).is_ok());

    let frame = nested(depth + 1);
    let path = ["Comment"; 65].join("/");
    let message = format!("{path}: structures are nested deeper than the limit at byte 512");
    assert_eq!(walked(&frame), message);
    assert_eq!(decode::<Item>(&frame, Tag::COMMENT, V1_4, Rules::STRICT).unwrap_err().to_string(), message);

    // A lower limit gives the same path to the item that is too deep.
    let rules = Rules::STRICT.max_depth(3);
    let message = "Comment/Comment/Comment/Comment: structures are nested deeper than the limit at byte 24";
    assert!(decode::<Item>(&nested(3), Tag::COMMENT, V1_4, rules).is_ok());
    assert_eq!(decode::<Item>(&frame, Tag::COMMENT, V1_4, rules).unwrap_err().to_string(), message);
    assert_eq!(Rules::STRICT.max_depth(u8::MAX), Rules::STRICT);

    let mut reader = Reader::new(&frame);
    let error = loop {
        match reader.enter(Tag::COMMENT) {
            Ok(inner) => reader = inner,
            Err(error) => break error.locate(&frame),
        }
    };
    assert_eq!((error.kind(), error.path().count()), (ErrorKind::TooDeep, depth + 1));
}

ttlv_struct! {
    /// Fields of each cardinality.
    struct Fields<'a> {
        length: i32 = CRYPTOGRAPHIC_LENGTH,
        comment: Option<&'a str> = COMMENT,
        names: Vec<Named<'a>> = NAME,
        fresh: bool = FRESH,
    }
}

ttlv_struct! {
    /// A structure inside.
    struct Named<'a> {
        value: &'a str = NAME_VALUE,
    }
}

const LENGTH: &str = "42002A 02 00000004 00000100 00000000";
const NAME: &str = "420053 01 00000010 420055 07 00000001 6100000000000000";
const FRESH: &str = "4200A8 06 00000008 0000000000000001";

fn fields(items: &[&str]) -> String {
    typed::<Fields>(&payload(&items.concat()))
}

#[test]
fn a_required_item_is_there() {
    assert_eq!(fields(&[]), "RequestPayload/CryptographicLength: the item is missing at byte 8");
    assert_eq!(fields(&[FRESH]), "RequestPayload/CryptographicLength: the item is missing at byte 8");
    assert_eq!(fields(&[LENGTH]), "RequestPayload/Fresh: the item is missing at byte 24");
    assert_eq!(
        fields(&[LENGTH, NAME, "420053 01 00000000", FRESH]),
        "RequestPayload/Name[1]/NameValue: the item is missing at byte 56"
    );
    let error = decode::<Fields>(&[], Tag::REQUEST_PAYLOAD, V1_4, Rules::STRICT).unwrap_err();
    assert_eq!(error.to_string(), "RequestPayload: the item is missing at byte 0");
    // The tag is named even before the path is known.
    let error = Reader::new(&[]).integer(Tag::CRYPTOGRAPHIC_LENGTH).unwrap_err();
    assert_eq!(error.to_string(), "CryptographicLength is missing at byte 0");
}

#[test]
fn a_structure_is_entered_by_its_tag() {
    let items: &'static [u8] = hex(&[NAME, "420053 03 00000008 0000000000000001"].concat()).leak();
    let mut reader = Reader::new(items);
    let error = reader.enter(Tag::KEY_BLOCK).unwrap_err();
    assert_eq!((error.kind(), reader.offset()), (ErrorKind::Missing(Tag::KEY_BLOCK), 0));
    let mut inner = reader.enter(Tag::NAME).unwrap();
    assert_eq!(inner.text_string(Tag::NAME_VALUE).unwrap(), "a");
    reader.leave(inner).unwrap();
    assert_eq!(reader.offset(), 24);
    // The same by a function.
    let (mut again, mut text) = (Reader::new(items), "");
    let read = |text: &mut &str, mut inner: Reader<'static>| {
        *text = inner.text_string(Tag::NAME_VALUE)?;
        inner.end()
    };
    again.structure(Tag::NAME, &mut text, read).unwrap();
    assert_eq!((text, again.offset()), ("a", 24));
    let error = reader.enter(Tag::NAME).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Type { .. }), "{error}");
}

#[test]
fn an_item_has_its_place() {
    let unknown = "540001 02 00000004 00000001 00000000";
    assert_eq!(fields(&[LENGTH, FRESH, unknown]), "RequestPayload/0x540001: the item has no place here at byte 40");
    assert_eq!(fields(&[LENGTH, unknown, FRESH]), "RequestPayload/Fresh: the item is missing at byte 24");
    assert_eq!(fields(&[LENGTH, FRESH, NAME]), "RequestPayload/Name: the item has no place here at byte 40");
}

#[test]
fn an_item_is_there_once() {
    assert_eq!(fields(&[LENGTH, FRESH, FRESH]), "RequestPayload/Fresh[1]: the item has no place here at byte 40");
    let comment = "4200FD 07 00000000";
    assert_eq!(fields(&[LENGTH, comment, comment, FRESH]), "RequestPayload/Fresh: the item is missing at byte 32");
}

#[test]
fn an_error_knows_which_of_several_items() {
    let broken = "420053 01 00000010 420055 07 00000001 6100000000000001";
    assert_eq!(
        fields(&[LENGTH, NAME, NAME, broken, FRESH]),
        "RequestPayload/Name[2]/NameValue: the padding is not zero at byte 80"
    );
}

#[test]
fn a_version_number_fits_a_byte() {
    let frame = hex("420069 01 00000020
         42006A 02 00000004 00000001 00000000
         42006B 02 00000004 00000100 00000000");
    let error = decode::<ProtocolVersion>(&frame, Tag::PROTOCOL_VERSION, V1_4, Rules::STRICT).unwrap_err();
    assert_eq!(error.to_string(), "ProtocolVersion/ProtocolVersionMinor: a version number is from 0 to 255 at byte 24");
}

#[test]
fn a_tag_as_a_value_has_24_bits() {
    let frame = payload("4200FD 05 00000004 01420053 00000000");
    assert_eq!(typed::<Inside<Tag>>(&frame), "RequestPayload/Comment: a tag has 24 bits at byte 8");
}

/// The reader reports an invalid item and stays positioned at it.
#[test]
fn the_cursor_stays_at_what_is_wrong() {
    let items = hex("4200FD 06 00000008 0000000000000002 4200FD 07 00000001 FF00000000000000");
    let mut reader = Reader::new(&items);
    assert!(reader.boolean(Tag::COMMENT).is_err());
    assert_eq!(reader.offset(), 0);
    assert!(reader.text_string(Tag::COMMENT).is_err() && reader.integer(Tag::NAME).is_err());
    assert_eq!(reader.offset(), 0);
    let mut reader = Reader::new(&items[16..]);
    assert!(reader.text_string(Tag::COMMENT).is_err());
    assert_eq!(reader.offset(), 0);
}

#[test]
fn a_walk_ends_with_its_error() {
    let mut frame = hex("42002A 02 00000004 00000100 00000000");
    frame.extend(hex("42002A 0F 00000004 00000100 00000000"));
    frame.extend(hex("42002A 02 00000004 00000100 00000000"));
    let mut walk = Walk::new(&frame);
    assert!(walk.next().unwrap().is_ok() && walk.next().unwrap().is_err());
    assert!(walk.next().is_none() && walk.next().is_none());
}

#[test]
fn encoding_errors_name_the_item_and_no_offset() {
    let writer = Writer::new(V1_4);
    let error = writer.require(Tag::PROTECTION_PERIOD, kmip_ttlv::V2_0..).unwrap_err();
    assert_eq!(error.to_string(), "ProtectionPeriod: not in KMIP 1.4: it exists in 2.0 and later");
    let error = kmip_ttlv::Error::of_value(Tag::NAME, ErrorKind::Value("no name"));
    assert_eq!(error.to_string(), "Name: no name");
}

#[test]
fn a_frame_says_its_length() {
    let request = hex("420078 01 00000108");
    for arrived in 0..8 {
        assert_eq!(frame_len(&request[..arrived], 1024).unwrap(), None);
    }
    assert_eq!(frame_len(&request, 1024).unwrap(), Some(0x110));
    assert_eq!(frame_len(&request, 0x110).unwrap(), Some(0x110));
    assert_eq!(frame_len(&hex("42007B 01 00000000"), 8).unwrap(), Some(8));

    let refused = |bytes: &str, limit| frame_len(&hex(bytes), limit).unwrap_err().to_string();
    assert_eq!(refused("420078 01 00000108", 0x10F), "a message of 272 bytes is over the limit of 271 at byte 0");
    assert_eq!(
        refused("42007B 01 FFFFFFF8", 16 << 20),
        "a message of 4294967296 bytes is over the limit of 16777216 at byte 0"
    );
    assert_eq!(refused("420078 01 00000109", 1024), "length 265 is none that Structure can have at byte 0");
    for other in ["48", "420077 01 00000108", "420078 02 00000108", "485454502F312E31"] {
        assert_eq!(refused(other, 1024), "what arrived is not a KMIP message at byte 0");
    }
}
