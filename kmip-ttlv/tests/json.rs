//! JSON from other writers: the examples of the specification, accepted deviations, and refusals.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;

use kmip_ttlv::{ErrorKind, MAX_DEPTH, Result, json};

/// Checks that the document decodes to these items.
#[track_caller]
fn is(document: &str, hex: &str) {
    let items = json::from_json(document).collect::<Result<Vec<_>>>();
    assert_eq!(items.unwrap_or_else(|error| panic!("{document}: {error}")).concat(), corpus::hex(hex), "{document}");
}

/// Checks that the documents decode to the same items.
#[track_caller]
fn same(documents: &[&str]) {
    let items: Vec<_> =
        documents.iter().map(|document| json::from_json(document).collect::<Result<Vec<_>>>()).collect();
    assert!(items[0].is_ok(), "{:?}", items[0]);
    for (document, item) in documents.iter().zip(&items) {
        assert_eq!(item, &items[0], "{document}");
    }
}

/// Checks that the document is refused with this error.
#[track_caller]
fn refused(document: &str, error: &str) {
    let refused = json::from_json(document).find_map(Result::err).unwrap_or_else(|| panic!("{document} was read"));
    assert_eq!(refused.to_string(), error, "{document}");
}

/// The examples of KMIP Additional Message Encodings 1.0, 4.1.6, except those with invented tags.
#[test]
fn the_examples_of_the_specification() {
    same(&[
        r#"{"tag": "ActivationDate", "type":"DateTime", "value":"2001-01-01T10:00:00+10:00"}"#,
        r#"{"tag": "0x420001", "type":"DateTime", "value":"2001-01-01T10:00:00+10:00"}"#,
    ]);
    is(
        r#"{"tag": "ActivationDate", "type":"DateTime", "value":"2001-01-01T10:00:00+10:00"}"#,
        "42000109 00000008 000000003A4FC880",
    );
    is(
        r#"{"tag": "0x54FFFF", "name":"SomeExtension", "type":"Integer", "value":"0x00000001"}"#,
        "54FFFF02 00000004 00000001 00000000",
    );
    is(r#"{"tag": "IVCounterNonce", "type":"ByteString", "value":"a1b2c3d4"}"#, "42003D08 00000004 A1B2C3D4 00000000");
    is(r#"{"tag": "PrivateKeyTemplateAttribute", "type":"Structure", "value":[]}"#, "42006501 00000000");
    is(
        r#"{"tag": "0x545352", "type":"TextString", "value":"This is an extension"}"#,
        "54535207 00000014 54686973 20697320 616E2065 7874656E 73696F6E 00000000",
    );
    same(&[
        r#"{"tag": "ProtocolVersion", "type":"Structure", "value":[
             {"tag": "ProtocolVersionMajor", "type":"Integer", "value":1},
             {"tag": "ProtocolVersionMajor", "type":"Integer", "value":0}
           ]}"#,
        r#"{"tag": "ProtocolVersion", "value":[
             {"tag": "ProtocolVersionMajor", "type":"Integer", "value":1},
             {"tag": "ProtocolVersionMajor", "type":"Integer", "value":0}
           ]}"#,
    ]);
    same(&[
        r#"{"tag": "BatchCount", "type":"Integer", "value":10}"#,
        r#"{"tag": "BatchCount", "type":"Integer", "value":"0x0000000A"}"#,
    ]);
    is(r#"{"tag": "BatchCount", "type":"Integer", "value":10}"#, "42000D02 00000004 0000000A 00000000");
    same(&[
        r#"{"tag": "CryptographicUsageMask", "type":"Integer", "value": "0x0000100c"}"#,
        r#"{"tag": "CryptographicUsageMask", "type":"Integer", "value": "Encrypt|Decrypt|CertificateSign"}"#,
        r#"{"tag": "CryptographicUsageMask", "type":"Integer", "value": "CertificateSign|0x00000004|0x0000008"}"#,
        r#"{"tag": "CryptographicUsageMask", "type":"Integer", "value": "CertificateSign|0x0000000c"}"#,
    ]);
    same(&[
        r#"{"tag": "0x540001", "type":"LongInteger", "value":"0xfffffffffffffffe"}"#,
        r#"{"tag": "0x540001", "type":"LongInteger", "value":-2}"#,
    ]);
    is(
        r#"{"tag": "UsageLimitsCount", "type":"LongInteger", "value":"0x1000000000000000"}"#,
        "42009603 00000008 1000000000000000",
    );
    same(&[
        r#"{"tag": "X", "type":"BigInteger", "value":0}"#,
        r#"{"tag": "X", "type":"BigInteger", "value":"0x0000000000000000"}"#,
    ]);
    is(r#"{"tag": "X", "type":"BigInteger", "value":0}"#, "42009F04 00000008 0000000000000000");
    same(&[
        r#"{"tag": "0x420057", "type":"Enumeration", "value":2}"#,
        r#"{"tag": "ObjectType", "type":"Enumeration", "value":"0x00000002"}"#,
        r#"{"tag": "ObjectType", "type":"Enumeration", "value":"SymmetricKey"}"#,
    ]);
    same(&[
        r#"{"tag": "BatchOrderOption", "type":"Boolean", "value":true}"#,
        r#"{"tag": "BatchOrderOption", "type":"Boolean", "value":"0x0000000000000001"}"#,
    ]);
    is(
        r#"{"tag": "AttributeName", "type":"TextString", "value":"Cryptographic Algorithm"}"#,
        "42000A07 00000017 43727970 746F6772 61706869 6320416C 676F7269 74686D00",
    );
    is(r#"{"tag": "MACSignature", "type":"ByteString", "value":"C50F77"}"#, "42004D08 00000003 C50F7700 00000000");
    // The hex that is printed beside this time is 50 minutes later.
    is(
        r#"{"tag": "ArchiveDate", "type":"DateTime", "value":"0x000000003a505520"}"#,
        "42000509 00000008 000000003A505520",
    );
    same(&[
        r#"{"tag": "Offset", "type":"Interval", "value":27}"#,
        r#"{"tag": "Offset", "type":"Interval", "value":"0x0000001b"}"#,
    ]);
}

#[test]
fn reads_other_spellings() {
    // Members in any order: the type or the tag after the value, in structures too.
    same(&[
        r#"{"tag":"Name", "value":[{"tag":"NameValue", "type":"TextString", "value":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\udd11"}, {"tag":"NameType", "type":"Enumeration", "value":"URI"}]}"#,
        "\u{feff}\n{\"value\" : [ {\"value\":\"a\\\"\\\\/\\u0008\\u000c\\n\\r\\t\u{e9}\u{1f511}\",\"type\":\"TextString\",\"tag\":\"NameValue\"}\r\n, {\"type\":\"Enumeration\", \"value\":2, \"tag\":\"NameType\"} ] , \"tag\":\"Name\", \"name\":\"tag\", \"type\":\"Structure\"}\n",
    ]);
    same(&[r#"{"tag":"BatchItem"}"#, r#"{"tag":"BatchItem", "value":null}"#, r#"[{"value":[], "tag":"BatchItem"}]"#]);
    same(&[
        r#"[{"tag":"BatchItem"}, {"tag":"Name"}, {"tag":"BatchItem"}]"#,
        r#"{"tag":"BatchItem"}{"tag":"Name"} {"tag":"BatchItem"}"#,
        "{\"tag\":\"BatchItem\"}\n[{\"tag\":\"Name\"}]\n[]\n[{\"tag\":\"BatchItem\"}]\n",
    ]);
    same(&[
        r#"{"tag":"HashingAlgorithm", "type":"Enumeration", "value":15}"#,
        r#"{"tag":"HashingAlgorithm", "type":"Enumeration", "value":"SHA_3_256"}"#,
        r#"{"tag":"HashingAlgorithm", "type":"Enumeration", "value":"SHA3_256"}"#,
    ]);
    // Cosmian KMS.
    same(&[
        r#"{"tag":"ResultReason", "type":"Enumeration", "value":"InvalidMessage"}"#,
        r#"{"tag":"ResultReason", "type":"Enumeration", "value":"Invalid_Message"}"#,
        r#"{"tag":"ResultReason", "type":"Enumeration", "value":4}"#,
    ]);
    same(&[
        r#"{"tag":"HashingAlgorithm", "type":"Enumeration", "value":"SHA_256"}"#,
        r#"{"tag":"HashingAlgorithm", "type":"Enumeration", "value":"SHA256"}"#,
    ]);
    same(&[
        r#"{"tag":"X", "type":"BigInteger", "value":-2}"#,
        r#"{"tag":"X", "type":"BigInteger", "value":"0xfffffffffffffffe"}"#,
    ]);
    same(&[
        r#"{"tag":"UsageLimitsCount", "type":"LongInteger", "value":1152921504606846977}"#,
        r#"{"tag":"UsageLimitsCount", "type":"LongInteger", "value":"0x1000000000000001"}"#,
    ]);
    same(&[
        r#"{"tag":"ActivationDate", "type":"DateTime", "value":"0x000000003a4fc880"}"#,
        r#"{"tag":"ActivationDate", "type":"DateTime", "value":"2001-01-01T00:00:00.999Z"}"#,
    ]);
}

#[test]
fn compact_documents_hold_the_same() {
    let document = r#"[{"tag":"Attribute","value":[{"tag":"AttributeName","type":"TextString","value":"Cryptographic Usage Mask"},{"tag":"AttributeValue","type":"Integer","value":12}]},{"tag":"BatchItem","value":[]}]"#;
    let items: Vec<u8> = json::from_json(document).flat_map(|item| item.unwrap()).collect();
    assert_eq!(json::to_compact_json(&items).unwrap(), document);
    assert!(json::to_json(&items).unwrap().contains("Encrypt|Decrypt"));
    assert_eq!(json::to_compact_json(&[]).unwrap(), "[]");
    assert_eq!(json::to_json(&[]).unwrap(), "[\n]\n");
}

#[test]
fn depth() {
    let nested = |depth: usize, value: &str| {
        format!("{}{value}{}", r#"{"tag":"BatchItem", "value":["#.repeat(depth), "]}".repeat(depth))
    };
    let most = usize::from(MAX_DEPTH);
    let leaf = r#"{"tag":"Fresh", "type":"Boolean", "value":true}"#;
    assert_eq!(json::from_json(&nested(most, leaf)).next().unwrap().unwrap().len(), 8 * most + 16);
    assert_eq!(json::from_json(&format!("[{}]", nested(most, leaf))).next().unwrap().unwrap().len(), 8 * most + 16);
    assert!(json::from_json(&nested(3, leaf)).max_depth(3).next().unwrap().is_ok());
    assert_eq!(json::from_json(&nested(4, leaf)).max_depth(3).next().unwrap().unwrap_err().offset(), 87);
    for depth in [most + 1, 1_000_000] {
        let error = json::from_json(&nested(depth, "")).next().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::TooDeep, 29 * most));
        assert_eq!(error.path().count(), most + 1);
    }
    for other in ["[", "{\"value\":", "{\"value\":["] {
        assert!(json::from_json(&other.repeat(1_000_000)).next().unwrap().is_err());
    }
}

#[test]
fn documents_that_are_not_well_formed() {
    for (document, error) in [
        ("", "the document has no object at byte 0"),
        (" \n", "the document has no object at byte 2"),
        ("{", "the document ends too early at byte 1"),
        ("[", "the document ends too early at byte 1"),
        ("[{\"tag\":\"Name\"}", "the document ends too early at byte 15"),
        ("{\"tag\":\"Name\"", "the document ends too early at byte 13"),
        ("{\"tag\":\"Name", "the JSON is not well formed at byte 7"),
        ("{\"tag\":\"Name\"}}", "the JSON is not well formed at byte 14"),
        ("{\"tag\":\"Name\"},", "the JSON is not well formed at byte 14"),
        ("{\"tag\":\"Name\",}", "the JSON is not well formed at byte 14"),
        ("{\"tag\" \"Name\"}", "the JSON is not well formed at byte 7"),
        ("{tag:\"Name\"}", "the JSON is not well formed at byte 1"),
        ("{'tag':'Name'}", "the JSON is not well formed at byte 1"),
        ("[{\"tag\":\"Name\"}{\"tag\":\"Name\"}]", "the JSON is not well formed at byte 15"),
        ("{\"tag\":\"Na\nme\"}", "the JSON is not well formed at byte 10"),
        ("{\"tag\":\"\\ud800\"}", "the JSON is not well formed at byte 7"),
        ("{\"tag\":\"\\x\"}", "the JSON is not well formed at byte 8"),
        ("{\"tag\":nil}", "the JSON is not well formed at byte 7"),
        ("{\"tag\":\"X\", \"value\":01}", "the JSON is not well formed at byte 21"),
        ("<KMIP/>", "the JSON is not well formed at byte 0"),
    ] {
        refused(document, error);
    }
}

#[test]
fn values_that_are_no_items() {
    let no_item = "an object of tag, type and value is expected here";
    for (document, error) in [
        ("1", no_item),
        ("\"Name\"", no_item),
        ("null", no_item),
        ("[[]]", no_item),
        ("[1]", no_item),
        ("{}", "the object has no tag at byte 0"),
        ("{\"type\":\"Integer\", \"value\":1}", "the object has no tag at byte 0"),
        // The structure has begun, and its tag is still to come.
        ("{\"value\":[]}", "0x000000: the object has no tag at byte 0"),
        ("{\"tag\":4325375}", "tag, name and type are strings at byte 0"),
        ("{\"tag\":null}", "tag, name and type are strings at byte 0"),
        ("{\"tag\":[]}", "tag, name and type are strings at byte 0"),
        ("{\"tag\":{}}", "no member is an object: items stand in an array at byte 0"),
        ("{\"tag\":\"Name\", \"value\":{}}", "Name: no member is an object: items stand in an array at byte 0"),
        ("{\"tag\":\"Name\", \"name\":1}", "Name: tag, name and type are strings at byte 0"),
        ("{\"tag\":\"Names\"}", "Tag has no such name at byte 0"),
        ("{\"tag\":\"WELL_KNOWN_EXTENSION\"}", "Tag has no such name at byte 0"),
        ("{\"tag\":\"0x5401\"}", "the number of a tag is 0x and six hex digits, as in 0x540001 at byte 0"),
        ("{\"tag\":\"Name\", \"type\":\"integer\"}", "Name: Item Type has no such name at byte 0"),
        ("{\"tag\":\"Name\", \"tag\":\"Name\"}", "Name: a member comes twice at byte 0"),
        ("{\"tag\":\"Name\", \"value\":null, \"value\":[]}", "Name: a member comes twice at byte 0"),
        ("{\"tag\":\"Name\", \"value\":[], \"value\":[]}", "Name: a member comes twice at byte 0"),
        ("{\"tag\":\"Name\", \"length\":0}", "Name: the members of an item are tag, name, type and value at byte 0"),
        ("{\"tag\":\"Name\", \"value\":1}", "Name: a Structure holds items, not a value at byte 0"),
        ("{\"tag\":\"Name\", \"type\":\"TextString\"}", "Name: the object needs a value at byte 0"),
        ("{\"tag\":\"Name\", \"type\":\"TextString\", \"value\":null}", "Name: the object needs a value at byte 0"),
        ("{\"tag\":\"Name\", \"type\":\"TextString\", \"value\":[]}", "Name: only a Structure holds items at byte 0"),
        ("{\"tag\":\"Name\", \"value\":[1]}", "Name: an object of tag, type and value is expected here at byte 0"),
        ("{\"tag\":\"Name\", \"value\":[[]]}", "Name: an object of tag, type and value is expected here at byte 0"),
        (
            "{\"tag\":\"Name\", \"value\":[{\"tag\":\"NameValue\"}, {\"tag\":\"NameValue\", \"type\":\"x\"}]}",
            "Name/NameValue[1]: Item Type has no such name at byte 45",
        ),
    ] {
        if error == no_item {
            let refused = json::from_json(document).find_map(Result::err).unwrap().to_string();
            assert!(refused.starts_with(no_item), "{document}: {refused}");
        } else {
            refused(document, error);
        }
    }
}

#[test]
fn values_that_their_type_cannot_have() {
    let cases: &[(&str, &str, &[&str], &str)] = &[
        (
            "BatchCount",
            "Integer",
            &[
                "true",
                "\"10\"",
                "\"\"",
                "1.0",
                "1e1",
                "2147483648",
                "-2147483649",
                "\"0x\"",
                "\"0x100000000\"",
                "\"Encrypt\"",
            ],
            "an Integer is a whole number of 32 bits, or 0x and up to 8 hex digits",
        ),
        (
            "CryptographicUsageMask",
            "Integer",
            &["\"Encipher\"", "\"encrypt\"", "\"12\""],
            "Cryptographic Usage Mask has no such name",
        ),
        (
            "UsageLimitsCount",
            "LongInteger",
            &["9223372036854775808", "\"0x10000000000000000\"", "1.5", "\"1\"", "false"],
            "a LongInteger is a whole number of 64 bits, or 0x and up to 16 hex digits",
        ),
        (
            "Modulus",
            "BigInteger",
            &["\"\"", "\"0x\"", "\"0x00\"", "9223372036854775808", "0.0", "true"],
            "a BigInteger is hex digits, 16 or a multiple of it",
        ),
        ("ObjectType", "Enumeration", &["\"symmetrickey\"", "\"2\""], "Object Type has no such name"),
        (
            "ObjectType",
            "Enumeration",
            &["-1", "4294967296", "\"\"", "\"0x100000000\"", "true"],
            "an Enumeration is 0x and up to 8 hex digits, or a name",
        ),
        (
            "0x540001",
            "Enumeration",
            &["\"SymmetricKey\""],
            "no names are known for the values of this Enumeration, so it has to be hex",
        ),
        ("Fresh", "Boolean", &["1", "\"true\"", "\"0x0000000000000002\""], "a Boolean is true or false"),
        ("Comment", "TextString", &["1", "true"], "a text has to be a string"),
        ("Comment", "Identifier", &["1"], "a text has to be a string"),
        (
            "IVCounterNonce",
            "ByteString",
            &["\"0\"", "\"0x00\"", "\"0g\"", "\"00 11\"", "0", "true"],
            "a ByteString is pairs of hex digits, without 0x",
        ),
        (
            "ActivationDate",
            "DateTime",
            &["\"\"", "1577836800", "\"2001-02-29T00:00:00Z\"", "true"],
            "a point in time is written as 2001-01-01T10:00:00+10:00, or 0x and up to 16 hex digits",
        ),
        (
            "LeaseTime",
            "Interval",
            &["-1", "4294967296", "\"3600\"", "true"],
            "an Interval is a whole number of 32 bits, or 0x and up to 8 hex digits",
        ),
    ];
    for (tag, ty, values, error) in cases {
        for value in *values {
            let document = format!(r#"{{"tag":"{tag}", "type":"{ty}", "value":{value}}}"#);
            refused(&document, &format!("{tag}: {error} at byte 0"));
        }
    }
}

/// Messages before the mistake are returned; none after it are.
#[test]
fn messages_before_a_mistake() {
    let mut messages = json::from_json(r#"[{"tag":"BatchItem"}, {"tag":"Batch"}, {"tag":"BatchItem"}]"#);
    assert_eq!(messages.next().unwrap().unwrap(), corpus::hex("42000F01 00000000"));
    assert_eq!(messages.next().unwrap().unwrap_err().to_string(), "Tag has no such name at byte 22");
    assert_eq!(messages.next(), None);
    assert_eq!(messages.next(), None);
}

/// Neither the iterator nor an error prints the contents of the document.
#[test]
fn nothing_is_shown() {
    let document = r#"{"tag":"KeyMaterial", "type":"ByteString", "value":"hunter2"}"#;
    let mut messages = json::from_json(document);
    assert_eq!(format!("{messages:?}"), "Messages(at byte 0)");
    let error = messages.next().unwrap().unwrap_err();
    assert!(!format!("{error} {error:?} {messages:?}").contains("hunter2"));
}

/// A quarter of a million messages, members of one, or values before their types take linear time.
#[test]
fn time_is_linear() {
    assert_eq!(json::from_json(&r#"{"tag":"BatchItem"}"#.repeat(250_000)).count(), 250_000);
    assert_eq!(json::from_json(&format!("[{}]", vec![r#"{"tag":"BatchItem"}"#; 250_000].join(","))).count(), 250_000);
    let items = vec![r#"{"value":1, "type":"Integer", "tag":"BatchCount"}"#; 250_000].join(",");
    let message = json::from_json(&format!(r#"{{"value":[{items}], "tag":"BatchItem"}}"#)).next().unwrap().unwrap();
    assert_eq!(message.len(), 8 + 16 * 250_000);
}

/// Many short messages take no more memory than they need.
#[test]
fn a_message_has_little_more_memory_than_its_length() {
    let short = r#"{"tag":"BatchCount","type":"Integer","value":1}"#;
    let long = format!(r#"{{"tag":"Data","type":"ByteString","value":"{}"}}"#, "00".repeat(5000));
    for document in [short.to_owned(), long.clone(), format!("{long}\n{short}\n{short}")] {
        for message in json::from_json(&document) {
            let message = message.unwrap();
            assert!(message.capacity() <= 2 * message.len(), "{} of {}", message.len(), message.capacity());
        }
    }
}
