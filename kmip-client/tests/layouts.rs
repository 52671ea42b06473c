//! Layouts that are read at once: for every flipped bit the result is that of reading item by item.

use kmip_client::protocol::attribute::{Attribute, AttributeValue, Name};
use kmip_client::protocol::message::{
    RequestHeader, RequestItems, RequestMessage, ResponseHeader, ResponseItems, ResponseMessage,
};
use kmip_client::protocol::object::{KeyBlock, KeyValue, Object, SymmetricKey};
use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, KeyFormatType, NameType};
use kmip_client::ttlv::{DateTime, ErrorKind, Result, Rules, Tag, V1_4, decode, encode};

/// Returns every frame that differs from this one by one bit or is truncated, and the frame itself.
fn variants(frame: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let flipped = (0..8 * frame.len()).map(|bit| {
        let mut frame = frame.to_vec();
        frame[bit / 8] ^= 1 << (bit % 8);
        frame
    });
    let cut = (0..=frame.len()).map(|end| frame[..end].to_vec());
    flipped.chain(cut)
}

fn rules() -> impl Iterator<Item = Rules> {
    let lax = Rules::STRICT.skip_unknown().any_padding().integer_stand_ins();
    let shallow = (0..6).map(|depth| Rules::STRICT.max_depth(depth));
    [Rules::STRICT, lax].into_iter().chain(shallow)
}

fn key(bytes: &[u8]) -> SymmetricKey<'_> {
    let block = KeyBlock::new(KeyFormatType::RAW, KeyValue::from_bytes(bytes))
        .cryptographic_algorithm(CryptographicAlgorithm::AES)
        .cryptographic_length(256);
    SymmetricKey::new(block)
}

#[test]
fn a_usual_key_is_read_as_item_by_item() -> Result<()> {
    let bytes = [0x5A; 40];
    for length in [0, 1, 7, 8, 16, 24, 31, 32, 40] {
        let key = key(&bytes[..length]);
        let frame = encode(&key, Tag::SYMMETRIC_KEY, V1_4)?;
        let object = decode::<Object<'_>>(&frame, Tag::OBJECT_TYPE, V1_4, Rules::STRICT)?;
        assert_eq!(object, Object::SymmetricKey(key));
        for frame in variants(&frame) {
            if !frame.starts_with(&Tag::SYMMETRIC_KEY.to_bytes()) {
                continue; // another object, or none
            }
            for rules in rules() {
                let whole = decode::<Object<'_>>(&frame, Tag::OBJECT_TYPE, V1_4, rules);
                let by_item = decode::<SymmetricKey<'_>>(&frame, Tag::SYMMETRIC_KEY, V1_4, rules);
                match (whole, by_item) {
                    // The beginning of a header is not a tag yet.
                    (Err(error), Err(_)) if frame.len() < 8 => {
                        assert!(matches!(error.kind(), ErrorKind::MissingOneOf(_)), "{error}");
                    }
                    (whole, by_item) => assert_eq!(whole, by_item.map(Object::SymmetricKey), "{frame:02x?} {rules:?}"),
                }
            }
        }
    }
    Ok(())
}

/// Returns `true` if only the contents of the header, or its length, can be invalid.
fn is_header(bytes: &[u8], tag: Tag) -> bool {
    let Some(&[a, b, c, _, l0, l1, l2, l3]) = bytes.first_chunk() else { return false };
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    bytes.len().is_multiple_of(8) && [a, b, c] == tag.to_bytes() && length >= bytes.len() - 8
}

/// Puts a header into a message of its own.
fn message(tag: Tag, header: &[u8]) -> Vec<u8> {
    let [a, b, c] = tag.to_bytes();
    [&[a, b, c, 1, 0, 0, 0, u8::try_from(header.len()).expect("it is short")], header].concat()
}

/// Returns the kind of an error and its offset in the header: in a message the header follows eight bytes.
fn place(error: &kmip_client::ttlv::Error, before: usize) -> (ErrorKind, usize) {
    (error.kind(), error.offset() - before)
}

macro_rules! check_headers {
    ($header:expr, $type:ident, $tag:ident, $message:ident, $items:ident, $message_tag:ident) => {
        let whole = encode(&$header, Tag::$tag, V1_4)?;
        for header in variants(&whole).filter(|bytes| is_header(bytes, Tag::$tag)) {
            let message = message(Tag::$message_tag, &header);
            for depth in 0..5 {
                // The header is inside one structure.
                let (rules, outer) = (Rules::STRICT.max_depth(depth), Rules::STRICT.max_depth(depth + 1));
                let alone = decode::<$type<'_>>(&header, Tag::$tag, V1_4, rules).map_err(|error| place(&error, 0));
                let mut items = $items::new(&message, outer);
                let one_by_one = items.header().cloned().map_err(|error| place(&error, 8));
                assert_eq!(one_by_one, alone, "{header:02x?} {rules:?}");
                let list = $message::decode_message(&message, outer).map(|(message, _)| message.header);
                assert_eq!(list.map_err(|error| place(&error, 8)), alone, "{header:02x?} {rules:?}");
            }
        }
    };
}

#[test]
fn a_usual_header_is_read_as_item_by_item() -> Result<()> {
    let request = RequestHeader::new(V1_4).batch_count(0x0102_0304);
    check_headers!(request, RequestHeader, REQUEST_HEADER, RequestMessage, RequestItems, REQUEST_MESSAGE);
    let response = ResponseHeader::new(V1_4, DateTime(-7)).batch_count(-1);
    check_headers!(response, ResponseHeader, RESPONSE_HEADER, ResponseMessage, ResponseItems, RESPONSE_MESSAGE);
    Ok(())
}

#[test]
fn a_usual_attribute_is_read_strictly() -> Result<()> {
    let attributes = [
        AttributeValue::CryptographicLength(256),
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES),
        AttributeValue::Name(Name::from("Key1")),
        AttributeValue::Name(Name::from("").name_type(NameType::URI)),
        AttributeValue::Name(Name::from("eight by").name_type(NameType::URI)),
    ];
    for attribute in attributes.map(Attribute::from) {
        let frame = encode(&attribute, Tag::ATTRIBUTE, V1_4)?;
        assert_eq!(decode::<Attribute<'_>>(&frame, Tag::ATTRIBUTE, V1_4, Rules::STRICT)?, attribute);
        for depth in 0..2 {
            let read = decode::<Attribute<'_>>(&frame, Tag::ATTRIBUTE, V1_4, Rules::STRICT.max_depth(depth));
            let fits = depth == 1 && !matches!(attribute.value, AttributeValue::Name(_));
            assert_eq!(
                read.map_err(|error| error.kind()),
                if fits { Ok(attribute.clone()) } else { Err(ErrorKind::TooDeep) }
            );
        }
        // A message that strict rules accept encodes to the same bytes.
        for frame in variants(&frame) {
            if let Ok(read) = decode::<Attribute<'_>>(&frame, Tag::ATTRIBUTE, V1_4, Rules::STRICT) {
                assert_eq!(encode(&read, Tag::ATTRIBUTE, V1_4)?, frame, "{read:?}");
            }
        }
    }
    Ok(())
}
