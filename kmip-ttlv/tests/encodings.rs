//! Properties that XML and JSON share: round trips of messages encoded by others, and the spelling of each item type.
//! See `corpus/mod.rs` for the sources of the messages.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "says how much was tested")]

mod corpus;
mod oracle;

use kmip_ttlv::enumeration::{EnumerationTable, MaskTable};
use kmip_ttlv::{
    BigInteger, DateTime, DateTimeExtended, Encode, Identifier, Interval, NameReference, ProtocolVersion, Reference,
    Result, Tag, V1_0, V1_4, V2_1, V3_0, Value, Writer, json, xml,
};

/// A vendor's tag.
const VENDOR: Tag = Tag::from_bytes([0x54, 0, 1]);

#[test]
fn xml_gives_the_bytes_beside_it() {
    let mut messages = 0;
    for case in corpus::cases() {
        let mut read = xml::from_xml(&case.xml);
        for message in &case.messages {
            let bytes = read.next().unwrap_or_else(|| panic!("{}: no message", message.name));
            let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}", message.name));
            assert!(bytes == message.bytes, "{}", message.name);
            messages += 1;
        }
        assert_eq!(read.next(), None);
    }
    println!("{messages} messages: their XML gives their bytes");
}

#[test]
fn bytes_give_the_xml_beside_them() {
    let mut lines = 0;
    for case in corpus::cases() {
        let bytes: Vec<u8> = case.messages.iter().flat_map(|message| message.bytes.clone()).collect();
        let ours = xml::to_xml(&bytes).unwrap();
        let values = |document: &str| document.lines().filter_map(spelled).collect::<Vec<_>>();
        let (ours, theirs) = (values(&ours), values(&case.xml));
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            // Texts and names are identical. A time in another zone is equal, as the test above has shown.
            assert!(ours == theirs || theirs.contains("+10:00"), "{ours}\nfor {theirs}");
            lines += 1;
        }
    }
    println!("{lines} values: spelled in XML as they are there");
}

/// Returns the line of a primitive item in a normal form: mask names sorted, hex digits in one case.
fn spelled(line: &str) -> Option<String> {
    let line = line.trim().replace("ContentCommitment\"", "ContentCommitmentNonRepudiation\"");
    let (start, value) = line.split_once(" value=\"")?;
    let value = value.strip_suffix("\" />").unwrap();
    let value = if start.ends_with("type=\"Integer\"") {
        let mut words: Vec<_> = value.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    } else if start.ends_with("type=\"ByteString\"") {
        value.to_lowercase()
    } else {
        value.to_owned()
    };
    Some(format!("{start}={value}"))
}

#[test]
fn every_message_goes_there_and_back() {
    let messages = corpus::messages();
    for message in &messages {
        oracle::xml(&message.bytes);
        oracle::json(&message.bytes);
    }
    println!("{} messages: through XML to the same bytes, and through JSON", messages.len());
}

/// The properties of arbitrary bytes hold for messages and documents with one byte changed, and for truncated ones.
#[test]
fn damaged_messages_and_documents() {
    for (number, message) in corpus::messages().into_iter().enumerate() {
        let documents = [xml::to_xml(&message.bytes).unwrap(), json::to_json(&message.bytes).unwrap()];
        for mut bytes in [message.bytes, documents[0].clone().into_bytes(), documents[1].clone().into_bytes()] {
            let place = number * 31 % bytes.len();
            bytes[place] ^= 1 << (number % 7);
            for part in [&bytes[..], &bytes[..place]] {
                oracle::xml(part);
                oracle::json(part);
            }
        }
    }
}

#[test]
fn all_messages_make_one_document() {
    let messages = corpus::messages();
    let bytes: Vec<u8> = messages.iter().flat_map(|message| message.bytes.clone()).collect();
    let document = xml::to_xml(&bytes).unwrap();
    assert!(xml::from_xml(&document).map(Result::unwrap).eq(messages.iter().map(|message| message.bytes.clone())));
    let document = json::to_json(&bytes).unwrap();
    assert!(json::from_json(&document).map(Result::unwrap).eq(messages.iter().map(|message| message.bytes.clone())));
}

/// Names are looked up without regard to the version, so none may be ambiguous.
#[test]
fn no_name_means_two_things() {
    let mut names = 0;
    for tag in Tag::TABLE.entries() {
        let tag = Tag::from_name(tag.name()).unwrap();
        for entry in tag.enumeration().into_iter().flat_map(EnumerationTable::entries) {
            assert_eq!(
                tag.enumeration().unwrap().value_of(entry.name()),
                Some(entry.value()),
                "{tag} {}",
                entry.name()
            );
            names += 1;
        }
        for entry in tag.mask().into_iter().flat_map(MaskTable::entries) {
            assert_eq!(tag.mask().unwrap().bit_of(entry.name()), Some(entry.value()), "{tag} {}", entry.name());
            names += 1;
        }
    }
    assert!(names > 1_000, "{names}");
    assert!(Tag::TABLE.entries().all(|entry| Tag::TABLE.value_of(entry.name()) == Some(entry.value())));
}

fn items(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new(V1_4);
    write(&mut writer);
    writer.into_vec()
}

/// Checks that the item has this spelling in XML and in JSON, and that both are read as the item.
#[track_caller]
fn is(bytes: &[u8], in_xml: &str, in_json: &str) {
    assert_eq!(xml::to_xml(bytes).unwrap().trim_end(), in_xml);
    assert_eq!(json::to_json(bytes).unwrap().trim_end(), in_json);
    assert_eq!(xml::from_xml(in_xml).collect::<Result<Vec<_>>>().unwrap().concat(), bytes);
    assert_eq!(json::from_json(in_json).collect::<Result<Vec<_>>>().unwrap().concat(), bytes);
}

/// Does the same as [`is`] for one value.
#[track_caller]
fn value_is(tag: Tag, value: Value<'_>, in_xml: &str, in_json: &str) {
    let (ty, named) = (value.ty(), tag.name().is_some());
    let element = if named { tag.to_string() } else { format!("TTLV tag=\"{tag}\"") };
    is(
        &items(|w| value.encode(tag, w).unwrap()),
        &format!("<{element} type=\"{ty}\" value=\"{in_xml}\" />"),
        &format!("{{\"tag\":\"{tag}\", \"type\":\"{ty}\", \"value\":{in_json}}}"),
    );
}

#[test]
fn structures() {
    let nested = items(|w| {
        let name = w.begin(Tag::NAME);
        w.text_string(Tag::NAME_VALUE, "vm-42").unwrap();
        let empty = w.begin(Tag::REQUEST_PAYLOAD);
        w.end(empty).unwrap();
        let vendor = w.begin(VENDOR);
        w.boolean(VENDOR, true);
        w.end(vendor).unwrap();
        w.end(name).unwrap();
    });
    is(
        &nested,
        r#"<Name>
  <NameValue type="TextString" value="vm-42" />
  <RequestPayload />
  <TTLV tag="0x540001">
    <TTLV tag="0x540001" type="Boolean" value="true" />
  </TTLV>
</Name>"#,
        r#"{"tag":"Name", "value":[
  {"tag":"NameValue", "type":"TextString", "value":"vm-42"},
  {"tag":"RequestPayload", "value":[]},
  {"tag":"0x540001", "value":[
    {"tag":"0x540001", "type":"Boolean", "value":true}
  ]}
]}"#,
    );
    is(&[], "<KMIP>\n</KMIP>", "[\n]");
    let two = items(|w| {
        w.integer(Tag::BATCH_COUNT, 1);
        let empty = w.begin(Tag::BATCH_ITEM);
        w.end(empty).unwrap();
    });
    is(
        &two,
        "<KMIP>\n<BatchCount type=\"Integer\" value=\"1\" />\n<BatchItem />\n</KMIP>",
        "[\n{\"tag\":\"BatchCount\", \"type\":\"Integer\", \"value\":1},\n{\"tag\":\"BatchItem\", \"value\":[]}\n]",
    );
}

#[test]
fn integers() {
    for (number, in_text) in [(0, "0"), (-1, "-1"), (i32::MAX, "2147483647"), (i32::MIN, "-2147483648")] {
        value_is(Tag::BATCH_COUNT, Value::Integer(number), in_text, in_text);
        value_is(VENDOR, Value::Integer(number), in_text, in_text);
    }
}

#[test]
fn long_integers() {
    let long = |number, in_xml, in_json| value_is(Tag::USAGE_LIMITS_COUNT, Value::LongInteger(number), in_xml, in_json);
    long(0, "0", "0");
    long(-2, "-2", "-2");
    // JSON's numbers are exact below 2^52.
    long((1 << 52) - 1, "4503599627370495", "4503599627370495");
    long(1 << 52, "4503599627370496", "\"0x0010000000000000\"");
    long(1 - (1 << 52), "-4503599627370495", "-4503599627370495");
    long(-(1 << 52), "-4503599627370496", "\"0xFFF0000000000000\"");
    long(i64::MAX, "9223372036854775807", "\"0x7FFFFFFFFFFFFFFF\"");
    long(i64::MIN, "-9223372036854775808", "\"0x8000000000000000\"");
}

/// Negative ones, and ones that are longer than necessary.
#[test]
fn big_integers_keep_every_byte() {
    for digits in [
        "0000000000000000",
        "ffffffffffffffff",
        "7fffffffffffffff",
        "8000000000000000",
        "00000000000000000000000000000001",
        "fffffffffffffffffffffffffffffffe",
        "0000000000000000000000000000000000000000000000009f0123456789abcd",
    ] {
        let bytes = corpus::hex(digits);
        value_is(Tag::MODULUS, Value::BigInteger(BigInteger::new(&bytes)), digits, &format!("\"0x{digits}\""));
    }
}

#[test]
fn enumerations() {
    value_is(Tag::OBJECT_TYPE, Value::Enumeration(2), "SymmetricKey", "\"SymmetricKey\"");
    // Unknown, from a vendor, and under a vendor's tag.
    value_is(Tag::OBJECT_TYPE, Value::Enumeration(0xFFFF), "0x0000FFFF", "\"0x0000FFFF\"");
    value_is(Tag::OBJECT_TYPE, Value::Enumeration(0x8000_0001), "0x80000001", "\"0x80000001\"");
    value_is(VENDOR, Value::Enumeration(2), "0x00000002", "\"0x00000002\"");
    // A tag as a value.
    value_is(Tag::ATTRIBUTE_REFERENCE, Value::Enumeration(0x42_0053), "Name", "\"Name\"");
    value_is(Tag::ATTRIBUTE_REFERENCE, Value::Enumeration(0x54_0001), "0x00540001", "\"0x00540001\"");
}

#[test]
fn masks() {
    let mask = |bits: u32, in_xml, in_json| {
        value_is(Tag::CRYPTOGRAPHIC_USAGE_MASK, Value::Integer(bits.cast_signed()), in_xml, in_json);
    };
    mask(0, "0", "0");
    mask(0x4, "Encrypt", "\"Encrypt\"");
    mask(0x100C, "Encrypt Decrypt CertificateSign", "\"Encrypt|Decrypt|CertificateSign\"");
    mask(0xC000_0001, "Sign 0xC0000000", "\"Sign|0xC0000000\"");
    mask(0x8000_0000, "0x80000000", "\"0x80000000\"");
    value_is(
        Tag::STORAGE_STATUS_MASK,
        Value::Integer(3),
        "OnLineStorage ArchivalStorage",
        "\"OnLineStorage|ArchivalStorage\"",
    );
}

#[test]
fn booleans() {
    value_is(Tag::FRESH, Value::Boolean(true), "true", "true");
    value_is(Tag::FRESH, Value::Boolean(false), "false", "false");
}

#[test]
fn texts() {
    let texts = [
        ("", "", ""),
        ("Grüße, 世界 🔑", "Grüße, 世界 🔑", "Grüße, 世界 🔑"),
        (" two  blanks ", " two  blanks ", " two  blanks "),
        ("<a b=\"c\">&amp;'</a>", "&lt;a b=&quot;c&quot;&gt;&amp;amp;'&lt;/a&gt;", "<a b=\\\"c\\\">&amp;'</a>"),
        ("\t\r\n", "&#9;&#13;&#10;", "\\t\\r\\n"),
        ("\\/\u{7f}\u{85}\u{2028}\u{fffd}", "\\/\u{7f}\u{85}\u{2028}\u{fffd}", "\\\\/\u{7f}\u{85}\u{2028}\u{fffd}"),
    ];
    for (text, in_xml, in_json) in texts {
        let in_json = format!("\"{in_json}\"");
        value_is(Tag::NAME_VALUE, Value::TextString(text), in_xml, &in_json);
        value_is(Tag::UNIQUE_IDENTIFIER, Value::Identifier(Identifier(text)), in_xml, &in_json);
        value_is(Tag::NEXT_LINK, Value::Reference(Reference(text)), in_xml, &in_json);
        value_is(Tag::GROUP_LINK, Value::NameReference(NameReference(text)), in_xml, &in_json);
    }
}

#[test]
fn characters_that_xml_cannot_carry() {
    for (text, error) in [
        ("a\0", "NameValue: XML cannot carry the character U+0000 at byte 0"),
        ("\u{1b}[31m", "NameValue: XML cannot carry the character U+001B at byte 0"),
        ("\u{fffe}", "NameValue: XML cannot carry the character U+FFFE at byte 0"),
        ("\u{ffff}", "NameValue: XML cannot carry the character U+FFFF at byte 0"),
    ] {
        let bytes = items(|w| w.text_string(Tag::NAME_VALUE, text).unwrap());
        assert_eq!(xml::to_xml(&bytes).unwrap_err().to_string(), error);
        let document = json::to_json(&bytes).unwrap();
        assert_eq!(json::from_json(&document).collect::<Result<Vec<_>>>().unwrap(), [bytes], "{document}");
    }
}

#[test]
fn bytes() {
    value_is(Tag::IV_COUNTER_NONCE, Value::ByteString(&[]), "", "\"\"");
    value_is(Tag::IV_COUNTER_NONCE, Value::ByteString(&[0, 0xA1, 0xFF]), "00a1ff", "\"00a1ff\"");
}

#[test]
fn times() {
    let time = |seconds, text: &str| {
        value_is(Tag::ACTIVATION_DATE, Value::DateTime(DateTime(seconds)), text, &format!("\"{text}\""));
    };
    time(0, "1970-01-01T00:00:00+00:00");
    time(1_582_934_400, "2020-02-29T00:00:00+00:00");
    time(-1, "1969-12-31T23:59:59+00:00");
    time(-62_135_596_800, "0001-01-01T00:00:00+00:00");
    time(-62_135_596_801, "0xFFFFFFF1886E08FF");
    time(253_402_300_799, "9999-12-31T23:59:59+00:00");
    time(253_402_300_800, "0x0000003AFFF44180");
    time(i64::MAX, "0x7FFFFFFFFFFFFFFF");
    time(i64::MIN, "0x8000000000000000");

    let precise = |micros, text: &str| {
        let value = Value::DateTimeExtended(DateTimeExtended(micros));
        value_is(Tag::SUBMISSION_DATE, value, text, &format!("\"{text}\""));
    };
    precise(0, "1970-01-01T00:00:00.000000+00:00");
    precise(1_577_836_800_000_250, "2020-01-01T00:00:00.000250+00:00");
    precise(-1, "1969-12-31T23:59:59.999999+00:00");
    precise(i64::MAX, "0x7FFFFFFFFFFFFFFF");
}

#[test]
fn intervals() {
    value_is(Tag::LEASE_TIME, Value::Interval(Interval(0)), "0", "0");
    value_is(Tag::LEASE_TIME, Value::Interval(Interval(u32::MAX)), "4294967295", "4294967295");
}

/// The version in the header determines the name of a value; all names are read in every version.
#[test]
fn a_name_is_that_of_the_version() {
    let message = |version: ProtocolVersion| {
        items(|w| {
            let message = w.begin(Tag::REQUEST_MESSAGE);
            version.encode(Tag::PROTOCOL_VERSION, w).unwrap();
            w.enumeration(Tag::HASHING_ALGORITHM, 0x0F);
            w.end(message).unwrap();
        })
    };
    for (version, name) in [(V1_4, "\"SHA_3_256\""), (V2_1, "\"SHA3_256\"")] {
        let bytes = message(version);
        assert!(xml::to_xml(&bytes).unwrap().contains(name));
        assert!(json::to_json(&bytes).unwrap().contains(name));
        oracle::xml(&bytes);
        oracle::json(&bytes);
        // A second message states its own version, and a message may mention other versions.
        let both = [message(V1_4), message(V2_1)].concat();
        assert!(xml::to_xml(&both).unwrap().contains(name));
        let about_another = items(|w| {
            let message = w.begin(Tag::RESPONSE_MESSAGE);
            version.encode(Tag::PROTOCOL_VERSION, w).unwrap();
            let payload = w.begin(Tag::RESPONSE_PAYLOAD);
            V1_0.encode(Tag::PROTOCOL_VERSION, w).unwrap();
            V3_0.encode(Tag::PROTOCOL_VERSION, w).unwrap();
            w.enumeration(Tag::HASHING_ALGORITHM, 0x0F);
            w.end(payload).unwrap();
            w.end(message).unwrap();
        });
        assert!(xml::to_xml(&about_another).unwrap().contains(name));
    }
}

/// In KMIP 1.x the name of an attribute determines the names of its value.
#[test]
fn attribute_values_have_names() {
    let attribute = |name: &str, value: Value<'_>| {
        items(|w| {
            let attribute = w.begin(Tag::ATTRIBUTE);
            w.text_string(Tag::ATTRIBUTE_NAME, name).unwrap();
            w.integer(Tag::ATTRIBUTE_INDEX, 0);
            value.encode(Tag::ATTRIBUTE_VALUE, w).unwrap();
            w.end(attribute).unwrap();
        })
    };
    for (name, value, in_xml, in_json) in [
        ("Cryptographic Algorithm", Value::Enumeration(3), "AES", "\"AES\""),
        ("Cryptographic Usage Mask", Value::Integer(12), "Encrypt Decrypt", "\"Encrypt|Decrypt\""),
        ("x-Level", Value::Enumeration(3), "0x00000003", "\"0x00000003\""),
        ("x-Level", Value::Integer(12), "12", "12"),
    ] {
        let bytes = attribute(name, value);
        let document = xml::to_xml(&bytes).unwrap();
        assert!(document.contains(&format!("value=\"{in_xml}\" />\n</")), "{document}");
        let document = json::to_json(&bytes).unwrap();
        assert!(document.contains(&format!("\"value\":{in_json}}}\n]")), "{document}");
        oracle::xml(&bytes);
        oracle::json(&bytes);
    }
}

/// One message's names have no effect on the next.
#[test]
fn each_message_stands_for_itself() {
    let two = items(|w| {
        w.text_string(Tag::ATTRIBUTE_NAME, "State").unwrap();
        w.enumeration(Tag::ATTRIBUTE_VALUE, 1);
    });
    assert!(xml::to_xml(&two).unwrap().contains("value=\"0x00000001\""));
    oracle::xml(&two);
    oracle::json(&two);
}

#[test]
fn a_message_of_more_than_a_mebibyte() {
    let key = vec![0xA5; 1 << 20];
    let bytes = items(|w| w.byte_string(Tag::KEY_MATERIAL, &key).unwrap());
    oracle::xml(&bytes);
    oracle::json(&bytes);
    let document = xml::to_xml(&bytes).unwrap();
    let error = xml::from_xml(&document).limit(1 << 20).next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "KeyMaterial: a message of 1048584 bytes is over the limit of 1048576 at byte 0");
    let document = json::to_json(&bytes).unwrap();
    let error = json::from_json(&document).limit(1 << 20).next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "KeyMaterial: a message of 1048584 bytes is over the limit of 1048576 at byte 0");
    assert_eq!(json::from_json(&document).limit(bytes.len()).count(), 1);
}

/// The maximum depth of TTLV, and one structure more.
#[test]
fn depth() {
    let nested = |depth: usize| {
        items(|w| {
            let open: Vec<_> = (0..depth).map(|_| w.begin(VENDOR)).collect();
            w.boolean(VENDOR, true);
            open.into_iter().rev().for_each(|started| w.end(started).unwrap());
        })
    };
    oracle::xml(&nested(64));
    oracle::json(&nested(64));
    // The largest document for its message: the deepest structures, with the longest name.
    let longest = Tag::TABLE.entries().max_by_key(|tag| tag.name().len()).unwrap();
    let longest = Tag::from_name(longest.name()).unwrap();
    let wide = items(|w| {
        let open: Vec<_> = (0..62).map(|_| w.begin(longest)).collect();
        for _ in 0..10_000 {
            let (outer, inner) = (w.begin(longest), w.begin(longest));
            w.end(inner).unwrap();
            w.end(outer).unwrap();
        }
        open.into_iter().rev().for_each(|started| w.end(started).unwrap());
    });
    assert!(xml::to_xml(&wide).unwrap().len() < 50 * wide.len());
    assert!(json::to_json(&wide).unwrap().len() < 50 * wide.len());
    assert!(xml::to_xml(&nested(65)).unwrap_err().to_string().ends_with("deeper than the limit at byte 512"));
    assert!(json::to_json(&nested(65)).unwrap_err().to_string().ends_with("deeper than the limit at byte 512"));
}

#[test]
fn rejects_bytes_that_are_no_ttlv() {
    for bytes in [
        &b"GET / HTTP/1.1\r\n"[..],
        &[0x42, 0, 0x7B, 1, 0, 0, 0, 8, 1],
        &[0x42, 0, 0x94, 7, 0, 0, 0, 1, 0xFF, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let error = kmip_ttlv::Walk::new(bytes).find_map(Result::err).unwrap().locate(bytes);
        assert_eq!(xml::to_xml(bytes).unwrap_err(), error);
        assert_eq!(json::to_json(bytes).unwrap_err(), error);
    }
}
