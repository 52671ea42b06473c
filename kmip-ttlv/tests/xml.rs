//! XML from other writers: the examples of the specification, accepted deviations, and refusals.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;

use kmip_ttlv::{ErrorKind, MAX_DEPTH, Result, xml};

/// Checks that the document decodes to these items.
#[track_caller]
fn is(document: &str, hex: &str) {
    let items = xml::from_xml(document).collect::<Result<Vec<_>>>();
    assert_eq!(items.unwrap_or_else(|error| panic!("{document}: {error}")).concat(), corpus::hex(hex), "{document}");
}

/// Checks that the documents decode to the same items.
#[track_caller]
fn same(documents: &[&str]) {
    let items: Vec<_> = documents.iter().map(|document| xml::from_xml(document).collect::<Result<Vec<_>>>()).collect();
    assert!(items[0].is_ok(), "{:?}", items[0]);
    for (document, item) in documents.iter().zip(&items) {
        assert_eq!(item, &items[0], "{document}");
    }
}

/// Checks that the document is refused with this error.
#[track_caller]
fn refused(document: &str, error: &str) {
    let refused = xml::from_xml(document).find_map(Result::err).unwrap_or_else(|| panic!("{document} was read"));
    assert_eq!(refused.to_string(), error, "{document}");
}

/// The examples of KMIP Additional Message Encodings 1.0, 6.1.6, except those with invented tags, and with typing
/// errors corrected.
#[test]
fn the_examples_of_the_specification() {
    same(&[
        r#"<TTLV tag="0x420001" name="ActivationDate" type="DateTime" value="2001-01-01T10:00:00+10:00"/>"#,
        r#"<TTLV tag="0x420001" type="DateTime" value="2001-01-01T10:00:00+10:00"/>"#,
        r#"<ActivationDate type="DateTime" value="2001-01-01T10:00:00+10:00"/>"#,
        r#"<ActivationDate xmlns="urn:oasis:tc:kmip:xmlns" type="DateTime" value="2001-01-01T10:00:00+10:00"/>"#,
    ]);
    is(r#"<ActivationDate type="DateTime" value="2001-01-01T10:00:00+10:00"/>"#, "42000109 00000008 000000003A4FC880");
    is(
        r#"<TTLV tag="0x54FFFF" name="SomeExtension" type="DateTime" value="2001-01-01T10:00:00+10:00"/>"#,
        "54FFFF09 00000008 000000003A4FC880",
    );
    is(r#"<IVCounterNonce type="ByteString" value="a1b2c3d4"/>"#, "42003D08 00000004 A1B2C3D4 00000000");
    is(r#"<PrivateKeyTemplateAttribute type="Structure"/>"#, "42006501 00000000");
    is(
        r#"<TTLV tag="0x545352" name="SomeExtension" type="TextString" value="This is an extension"/>"#,
        "54535207 00000014 54686973 20697320 616E2065 7874656E 73696F6E 00000000",
    );
    same(&[
        r#"<ProtocolVersion type="Structure">
             <ProtocolVersionMajor type="Integer" value="1"/>
             <ProtocolVersionMinor type="Integer" value="0"/>
           </ProtocolVersion>"#,
        r#"<ProtocolVersion><ProtocolVersionMajor type="Integer" value="1"/><ProtocolVersionMinor type="Integer" value="0"/></ProtocolVersion>"#,
    ]);
    is(r#"<BatchCount type="Integer" value="10"/>"#, "42000D02 00000004 0000000A 00000000");
    same(&[
        r#"<CryptographicUsageMask type="Integer" value="0x0000100c"/>"#,
        r#"<CryptographicUsageMask type="Integer" value="Encrypt Decrypt CertificateSign"/>"#,
        r#"<CryptographicUsageMask type="Integer" value="CertificateSign 0x00000004 0x0000008"/>"#,
        r#"<CryptographicUsageMask type="Integer" value="CertificateSign 0x0000000c"/>"#,
    ]);
    is(r#"<CryptographicUsageMask type="Integer" value="0x0000100c"/>"#, "42002C02 00000004 0000100C 00000000");
    is(r#"<x540001 type="LongInteger" value="-2"/>"#, "54000103 00000008 FFFFFFFFFFFFFFFE");
    is(r#"<UsageLimitsCount type="LongInteger" value="1152921504606846976"/>"#, "42009603 00000008 1000000000000000");
    is(r#"<X type="BigInteger" value="0000000000000000"/>"#, "42009F04 00000008 0000000000000000");
    same(&[
        r#"<ObjectType type="Enumeration" value="0x00000002"/>"#,
        r#"<ObjectType type="Enumeration" value="SymmetricKey"/>"#,
    ]);
    is(r#"<ObjectType type="Enumeration" value="SymmetricKey"/>"#, "42005705 00000004 00000002 00000000");
    is(r#"<BatchOrderOption type="Boolean" value="true"/>"#, "42001006 00000008 0000000000000001");
    is(
        r#"<AttributeName type="TextString" value="Cryptographic Algorithm"/>"#,
        "42000A07 00000017 43727970 746F6772 61706869 6320416C 676F7269 74686D00",
    );
    is(r#"<MACSignature type="ByteString" value="C50F77"/>"#, "42004D08 00000003 C50F7700 00000000");
    is(r#"<ArchiveDate type="DateTime" value="2001-01-01T10:00:00+10:00"/>"#, "42000509 00000008 000000003A4FC880");
    is(r#"<Offset type="Interval" value="27"/>"#, "4200580A 00000004 0000001B 00000000");
}

#[test]
fn reads_other_spellings() {
    same(&[
        r#"<BatchCount type="Integer" value="10"/>"#,
        "\u{feff}<BatchCount type='Integer' value='10'></BatchCount>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- one -->\r\n<BatchCount\r\n\ttype = 'Integer'\tvalue = ' 10 '>\r\n</BatchCount>\r\n<!-- end -->",
        r#"<?xml-stylesheet href="style.css"?><BatchCount type="Integer" value="0x0a"/>"#,
        r#"<kmip:BatchCount xmlns:kmip="urn:oasis:tc:kmip:xmlns" type="Integer" value="&#49;&#x30;"/>"#,
        r#"<TTLV tag="BatchCount" type="Integer" value="10"/>"#,
        r#"<KMIP><BatchCount type="Integer" value="10"/></KMIP>"#,
        r#"<x42000d type="Integer" value="10"/>"#,
    ]);
    same(&[
        r#"<HashingAlgorithm type="Enumeration" value="15"/>"#,
        r#"<HashingAlgorithm type="Enumeration" value="0xF"/>"#,
        r#"<HashingAlgorithm type="Enumeration" value="SHA_3_256"/>"#,
        r#"<HashingAlgorithm type="Enumeration" value="SHA3_256"/>"#,
    ]);
    // Spellings seen in practice.
    same(&[
        r#"<ResultReason type="Enumeration" value="NotAuthorised"/>"#,
        r#"<ResultReason type="Enumeration" value="NotAuthorized"/>"#,
    ]);
    same(&[
        r#"<CryptographicUsageMask type="Integer" value="1024"/>"#,
        r#"<CryptographicUsageMask type="Integer" value="ContentCommitment"/>"#,
        r#"<CryptographicUsageMask type="Integer" value=" ContentCommitmentNonRepudiation&#10;"/>"#,
    ]);
    same(&[
        r#"<Modulus type="BigInteger" value="FFFFFFFFFFFFFFFE"/>"#,
        r#"<Modulus type="BigInteger" value="0xfffffffffffffffe"/>"#,
    ]);
    same(&[r#"<Fresh type="Boolean" value="true"/>"#, r#"<Fresh type="Boolean" value="1"/>"#]);
    same(&[r#"<LeaseTime type="Interval" value="27"/>"#, r#"<LeaseTime type="Interval" value="0x0000001b"/>"#]);
    same(&[
        r#"<ActivationDate type="DateTime" value="0x000000003a4fc880"/>"#,
        r#"<ActivationDate type="DateTime" value="2001-01-01T00:00:00.999Z"/>"#,
        r#"<ActivationDate type="DateTime" value="2000-12-31T14:30:00-09:30"/>"#,
        r#"<ActivationDate type="DateTime" value="2001-01-01T00:00:00"/>"#,
    ]);
    same(&[
        r#"<SubmissionDate type="DateTimeExtended" value="2001-01-01T00:00:00.25Z"/>"#,
        r#"<SubmissionDate type="DateTimeExtended" value="2001-01-01T10:00:00.2500009+10:00"/>"#,
    ]);
}

/// Unescaped line ends and tabs become spaces, as XML requires (3.3.3); escaped ones are preserved.
#[test]
fn white_space_in_text() {
    is(
        "<Comment type=\"TextString\" value=\"a\r\nb\tc\n&#10;&#13;&#9;d\"/>",
        "4200FD07 0000000A 61206220 63200A0D 09640000 00000000",
    );
}

#[test]
fn documents_that_expand() {
    let xxe = r#"<!DOCTYPE KMIP [<!ENTITY key SYSTEM "file:///etc/passwd">]><KMIP><Comment type="TextString" value="&key;"/></KMIP>"#;
    refused(xxe, "document types are refused: nothing is expanded at byte 0");
    let lol = r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]><KMIP/>"#;
    refused(lol, "document types are refused: nothing is expanded at byte 21");
    refused(
        r#"<!DOCTYPE KMIP SYSTEM "http://localhost/kmip.dtd"><KMIP/>"#,
        "document types are refused: nothing is expanded at byte 0",
    );
    let entity = "an entity or character that XML does not have: nothing is expanded";
    refused(r#"<Comment type="TextString" value="&key;"/>"#, &format!("{entity} at byte 0"));
    refused(r#"<KMIP><Comment type="TextString" value="&#0;"/></KMIP>"#, &format!("{entity} at byte 6"));
    refused(r#"<Comment type="TextString" value="&#xD800;"/>"#, &format!("{entity} at byte 0"));
    refused(r#"<Comment type="TextString" value="AT&T"/>"#, &format!("{entity} at byte 0"));
    refused("<KMIP>&key;</KMIP>", "entities between elements are refused: nothing is expanded at byte 6");
}

#[test]
fn depth() {
    let nested = |depth: usize| format!("{}{}", "<BatchItem>".repeat(depth), "</BatchItem>".repeat(depth));
    let most = usize::from(MAX_DEPTH);
    assert_eq!(xml::from_xml(&nested(most)).next().unwrap().unwrap().len(), 8 * most);
    assert!(xml::from_xml(&nested(3)).max_depth(3).next().unwrap().is_ok());
    assert_eq!(xml::from_xml(&nested(4)).max_depth(3).next().unwrap().unwrap_err().offset(), 33);
    for depth in [most + 1, 1_000_000] {
        let error = xml::from_xml(&nested(depth)).next().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::TooDeep, 11 * most));
        assert_eq!(error.path().count(), most + 1);
    }
}

#[test]
fn documents_that_are_not_well_formed() {
    for (document, error) in [
        ("", "the document has no element at byte 0"),
        ("  \n", "the document has no element at byte 3"),
        ("<KMIP>", "the document ends inside an element at byte 6"),
        ("<BatchItem>", "BatchItem: the document ends inside an element at byte 11"),
        ("<BatchItem", "the XML is not well formed: something is not closed at byte 0"),
        ("<BatchItem></BatchCount>", "BatchItem: an end tag that ends another element at byte 11"),
        ("</BatchItem>", "an end tag that ends another element at byte 0"),
        ("<BatchItem/></BatchItem>", "an end tag that ends another element at byte 12"),
        ("<BatchItem/><BatchItem/>", "a second element: several stand in <KMIP> at byte 12"),
        ("<KMIP/><KMIP/>", "a second element: several stand in <KMIP> at byte 7"),
        ("{\"tag\":\"BatchItem\"}", "text between elements has no meaning at byte 0"),
        ("<BatchItem>1</BatchItem>", "BatchItem: text between elements has no meaning at byte 11"),
        ("<BatchItem/>\0", "text between elements has no meaning at byte 12"),
        ("<BatchItem><![CDATA[ ]]></BatchItem>", "BatchItem: text between elements has no meaning at byte 11"),
        ("<BatchItem type></BatchItem>", "the attributes are not well formed at byte 0"),
        ("<BatchItem type=Structure></BatchItem>", "the attributes are not well formed at byte 0"),
        ("<BatchItem type=\"Structure></BatchItem>", "the XML is not well formed: something is not closed at byte 0"),
        ("<Comment type=\"TextString\" value=\"<\"/>", "an attribute holds a < at byte 0"),
        ("<Comment type=\"TextString\" value=\"\u{1}\"/>", "Comment: XML cannot carry the character U+0001 at byte 0"),
        ("<Comment type=\"TextString\" value=\"&#1;\"/>", "Comment: XML cannot carry the character U+0001 at byte 0"),
    ] {
        refused(document, error);
    }
}

#[test]
fn elements_that_are_no_items() {
    for (element, error) in [
        ("<BatchItems/>", "Tag has no such name at byte 29"),
        ("<KMIP/>", "Tag has no such name at byte 29"),
        ("<batchItem/>", "Tag has no such name at byte 29"),
        ("<x54001/>", "Tag has no such name at byte 29"),
        ("<TTLV/>", "the element TTLV needs a tag at byte 29"),
        ("<TTLV tag=\"0x54001\"/>", "the number of a tag is 0x and six hex digits, as in 0x540001 at byte 29"),
        ("<TTLV tag=\"0x+54001\"/>", "the number of a tag is 0x and six hex digits, as in 0x540001 at byte 29"),
        ("<TTLV tag=\"540001\"/>", "Tag has no such name at byte 29"),
        ("<BatchItem tag=\"0x540001\"/>", "only the element TTLV has a tag at byte 29"),
        ("<Comment type=\"Text\" value=\"\"/>", "BatchItem[1]/Comment: Item Type has no such name at byte 29"),
        ("<Comment type=\"TextString\"/>", "BatchItem[1]/Comment: the element needs a value at byte 29"),
        ("<Comment value=\"\"/>", "BatchItem[1]/Comment: a Structure holds items, not a value at byte 29"),
        ("<Comment type=\"TextString\" value=\"\" value=\"\"/>", "an attribute comes twice at byte 29"),
        (
            "<Comment type=\"TextString\" valve=\"\"/>",
            "the attributes of an element are tag, name, type and value at byte 29",
        ),
        ("<Comment type=\"TextString\" value=\"\"><Fresh/></Comment>", "only a Structure holds elements at byte 65"),
    ] {
        // Inside the second of two.
        let path = if error.starts_with("BatchItem") { "Name/" } else { "Name/BatchItem[1]: " };
        refused(&format!("<Name><BatchItem/><BatchItem>{element}</BatchItem></Name>"), &format!("{path}{error}"));
    }
}

#[test]
fn values_that_their_type_cannot_have() {
    let cases: &[(&str, &[&str], &str)] = &[
        (
            "BatchCount type=\"Integer\"",
            &[
                "",
                "ten",
                "1.0",
                "1e1",
                "2147483648",
                "-2147483649",
                "0x",
                "0x100000000",
                "0x-1",
                "0x 1",
                "1 2",
                "Encrypt",
            ],
            "an Integer is a whole number of 32 bits, or 0x and up to 8 hex digits",
        ),
        (
            "CryptographicUsageMask type=\"Integer\"",
            &["Encipher", "encrypt", "Encrypt,Decrypt", "Encrypt 4"],
            "Cryptographic Usage Mask has no such name",
        ),
        (
            "CryptographicUsageMask type=\"Integer\"",
            &["Encrypt 0x100000000", "Encrypt 0x"],
            "an Integer is a whole number of 32 bits, or 0x and up to 8 hex digits",
        ),
        (
            "UsageLimitsCount type=\"LongInteger\"",
            &["", "9223372036854775808", "0x10000000000000000", "1.5"],
            "a LongInteger is a whole number of 64 bits, or 0x and up to 16 hex digits",
        ),
        (
            "Modulus type=\"BigInteger\"",
            &["", "0", "00", "00000000000000", "000000000000000g", "0000000000000000 ff", "-1"],
            "a BigInteger is hex digits, 16 or a multiple of it",
        ),
        ("ObjectType type=\"Enumeration\"", &["symmetrickey", "Symmetric Key", "-1"], "Object Type has no such name"),
        (
            "ObjectType type=\"Enumeration\"",
            &["", "0x", "0x100000000", "0xSymmetricKey"],
            "an Enumeration is 0x and up to 8 hex digits, or a name",
        ),
        (
            "TTLV tag=\"0x540001\" type=\"Enumeration\"",
            &["SymmetricKey"],
            "no names are known for the values of this Enumeration, so it has to be hex",
        ),
        ("Fresh type=\"Boolean\"", &["", "yes", "TRUE", "2", "0x1"], "a Boolean is true or false"),
        (
            "IVCounterNonce type=\"ByteString\"",
            &["0", "0x00", "0g", "00 11", "é"],
            "a ByteString is pairs of hex digits, without 0x",
        ),
        (
            "ActivationDate type=\"DateTime\"",
            &["", "now", "1577836800", "2001-02-29T00:00:00Z", "0x"],
            "a point in time is written as 2001-01-01T10:00:00+10:00, or 0x and up to 16 hex digits",
        ),
        (
            "SubmissionDate type=\"DateTimeExtended\"",
            &["300000-01-01T00:00:00Z", "-290309-01-01T00:00:00Z"],
            "a point in time is written as 2001-01-01T10:00:00+10:00, or 0x and up to 16 hex digits",
        ),
        (
            "LeaseTime type=\"Interval\"",
            &["", "-1", "4294967296", "3600 s", "PT1H"],
            "an Interval is a whole number of 32 bits, or 0x and up to 8 hex digits",
        ),
    ];
    for (element, values, error) in cases {
        for value in *values {
            let document = format!("<{element} value=\"{value}\"/>");
            let tag = if element.starts_with("TTLV") { "0x540001" } else { element.split(' ').next().unwrap() };
            refused(&document, &format!("{tag}: {error} at byte 0"));
        }
    }
}

/// Messages before the mistake are returned; none after it are.
#[test]
fn messages_before_a_mistake() {
    let mut messages = xml::from_xml("<KMIP><BatchItem/><BatchItem/>\n <Batch/><BatchItem/></KMIP>");
    assert_eq!(messages.next().unwrap().unwrap(), corpus::hex("42000F01 00000000"));
    assert_eq!(messages.next().unwrap().unwrap(), corpus::hex("42000F01 00000000"));
    assert_eq!(messages.next().unwrap().unwrap_err().to_string(), "Tag has no such name at byte 32");
    assert_eq!(messages.next(), None);
    assert_eq!(messages.next(), None);
}

/// Neither the iterator nor an error prints the contents of the document.
#[test]
fn nothing_is_shown() {
    let document = r#"<KeyMaterial type="ByteString" value="hunter2"/>"#;
    let mut messages = xml::from_xml(document);
    assert_eq!(format!("{messages:?}"), "Messages(at byte 0)");
    let error = messages.next().unwrap().unwrap_err();
    assert!(!format!("{error} {error:?} {messages:?}").contains("hunter2"));
}

/// A quarter of a million attributes or messages take linear time.
#[test]
fn time_is_linear() {
    let attributes: String = (0..250_000).map(|n| format!(" xmlns:a{n}=\"\"")).collect();
    assert_eq!(xml::from_xml(&format!("<BatchItem{attributes}/>")).count(), 1);
    assert_eq!(xml::from_xml(&format!("<KMIP>{}</KMIP>", "<BatchItem/>".repeat(250_000))).count(), 250_000);
}

/// A message is not longer than its document: elements of one letter would double the memory that each byte can take.
#[test]
fn a_document_shorter_than_its_message_is_refused() {
    let message = |element: &str| format!("<Attributes>{}</Attributes>", element.repeat(1000));
    for limit in [1 << 10, 1 << 20] {
        let read = xml::from_xml(&message("<D/>")).limit(limit).next().unwrap();
        let error = read.unwrap_err();
        let ErrorKind::TooLarge { limit: told, .. } = error.kind() else { panic!("{error}") };
        assert!(told <= message("<D/>").len() + 64, "{told}");
    }
    // What is written can be read.
    let message = xml::from_xml(&message("<D/>    ")).next().unwrap().unwrap();
    assert_eq!(message.len(), 8008);
    let document = xml::to_xml(&message).unwrap();
    assert!(document.len() >= message.len());
    assert_eq!(xml::from_xml(&document).next().unwrap().unwrap(), message);
}
