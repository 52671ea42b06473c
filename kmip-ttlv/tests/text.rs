//! Readable text: what is shown, what is redacted, and the treatment of malformed input.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod corpus;

use corpus::hex;
use kmip_ttlv::{
    BigInteger, DateTime, DateTimeExtended, Encode, Identifier, Interval, NameReference, Reference, Tag, Text, V1_4,
    Value, Writer,
};

/// A secret that no text shows: as characters, as bytes, as hex.
const SECRET: &str = "hunter2!";
const SECRET_HEX: &str = "68756e7465723221";
/// A vendor's tag.
const VENDOR: Tag = Tag::from_bytes([0x54, 0, 1]);

fn items(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new(V1_4);
    write(&mut writer);
    writer.into_vec()
}

fn structure(writer: &mut Writer, tag: Tag, write: impl FnOnce(&mut Writer)) {
    let started = writer.begin(tag);
    write(writer);
    writer.end(started).unwrap();
}

fn attribute(writer: &mut Writer, name: &str, value: Value) {
    structure(writer, Tag::ATTRIBUTE, |w| {
        w.text_string(Tag::ATTRIBUTE_NAME, name).unwrap();
        value.encode(Tag::ATTRIBUTE_VALUE, w).unwrap();
    });
}

fn text(bytes: &[u8]) -> String {
    Text::new(bytes).to_string()
}

#[test]
fn each_type_has_its_form() {
    let bytes = items(|w| {
        w.integer(Tag::CRYPTOGRAPHIC_LENGTH, -256);
        w.long_integer(Tag::USAGE_LIMITS_COUNT, 1 << 40);
        w.big_integer(Tag::MODULUS, BigInteger::new(&[0x9F, 1])).unwrap();
        w.enumeration(Tag::OBJECT_TYPE, 2);
        w.enumeration(Tag::OBJECT_TYPE, 0x8000_0001);
        w.enumeration(Tag::BATCH_COUNT, 7);
        w.integer(Tag::CRYPTOGRAPHIC_USAGE_MASK, 0x4000_000C);
        w.boolean(Tag::FRESH, true);
        w.text_string(Tag::COMMENT, "a \"key\"\n\u{1b}[31m\u{202e}é").unwrap();
        w.byte_string(Tag::CERTIFICATE_VALUE, &[0xAB; 64]).unwrap();
        w.byte_string(Tag::CERTIFICATE_VALUE, &[0xAB; 65]).unwrap();
        w.byte_string(Tag::CERTIFICATE_VALUE, &[]).unwrap();
        w.date_time(Tag::ACTIVATION_DATE, DateTime(0));
        w.interval(Tag::LEASE_TIME, Interval(3600));
        w.date_time_extended(Tag::SUBMISSION_DATE, DateTimeExtended(1));
        Identifier("uid").encode(Tag::UNIQUE_IDENTIFIER, w).unwrap();
        Reference("uid").encode(Tag::NEXT_LINK, w).unwrap();
        NameReference("group").encode(Tag::GROUP_LINK, w).unwrap();
        w.integer(Tag::from_bytes([0x42, 0x01, 0x37]), 1);
        structure(w, Tag::NAME, |_| {});
        w.enumeration(Tag::TAG, Tag::NAME.value());
    });
    let ab = "ab".repeat(64);
    let expected = [
        "CryptographicLength: -256",
        "UsageLimitsCount: 1099511627776",
        "Modulus: 0xffffffffffff9f01",
        "ObjectType: SymmetricKey",
        "ObjectType: 0x80000001",
        "BatchCount: 0x00000007",
        "CryptographicUsageMask: Encrypt | Decrypt | 0x40000000",
        "Fresh: true",
        r#"Comment: "a \"key\"\n\u{1b}[31m\u{202e}é""#,
        &format!("CertificateValue: 0x{ab}"),
        &format!("CertificateValue: 0x{ab}... (65 bytes)"),
        "CertificateValue: 0x",
        "ActivationDate: 1970-01-01T00:00:00Z",
        "LeaseTime: 3600 s",
        "SubmissionDate: 1970-01-01T00:00:00.000001Z",
        r#"UniqueIdentifier: "uid""#,
        r#"NextLink: "uid""#,
        r#"GroupLink: "group""#,
        "0x420137: 1",
        "Name",
        "Tag: Name",
    ];
    assert_eq!(text(&bytes).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn attributes_of_kmip_1_name_their_values() {
    let bytes = items(|w| {
        structure(w, Tag::TEMPLATE_ATTRIBUTE, |w| {
            attribute(w, "Cryptographic Algorithm", Value::Enumeration(3));
            attribute(w, "Cryptographic Usage Mask", Value::Integer(3));
            attribute(w, "Contact Information", Value::TextString("me"));
            // These are unknown, and an earlier name has no effect on them.
            attribute(w, "x-Level", Value::Enumeration(3));
            attribute(w, "cryptographic algorithm", Value::Enumeration(3));
            // The index may precede the value, and the value may be a structure.
            structure(w, Tag::ATTRIBUTE, |w| {
                w.text_string(Tag::ATTRIBUTE_NAME, "State").unwrap();
                w.integer(Tag::ATTRIBUTE_INDEX, 0);
                w.enumeration(Tag::ATTRIBUTE_VALUE, 1);
            });
            structure(w, Tag::ATTRIBUTE, |w| {
                w.text_string(Tag::ATTRIBUTE_NAME, "Link").unwrap();
                structure(w, Tag::ATTRIBUTE_VALUE, |w| {
                    w.enumeration(Tag::LINK_TYPE, 0x102);
                    w.text_string(Tag::LINKED_OBJECT_IDENTIFIER, "7").unwrap();
                });
            });
        });
        // A vendor's attribute in KMIP 2.x, with the name of a standard one.
        structure(w, Tag::ATTRIBUTE, |w| {
            w.text_string(Tag::VENDOR_IDENTIFICATION, "acme").unwrap();
            w.text_string(Tag::ATTRIBUTE_NAME, "State").unwrap();
            w.enumeration(Tag::ATTRIBUTE_VALUE, 1);
        });
    });
    let expected = r#"
TemplateAttribute
  Attribute
    AttributeName: "Cryptographic Algorithm"
    AttributeValue: AES
  Attribute
    AttributeName: "Cryptographic Usage Mask"
    AttributeValue: Sign | Verify
  Attribute
    AttributeName: "Contact Information"
    AttributeValue: "me"
  Attribute
    AttributeName: "x-Level"
    AttributeValue: 0x00000003
  Attribute
    AttributeName: "cryptographic algorithm"
    AttributeValue: 0x00000003
  Attribute
    AttributeName: "State"
    AttributeIndex: 0
    AttributeValue: PreActive
  Attribute
    AttributeName: "Link"
    AttributeValue
      LinkType: PublicKeyLink
      LinkedObjectIdentifier: "7"
Attribute
  VendorIdentification: "acme"
  AttributeName: "State"
  AttributeValue: 0x00000001
"#;
    assert_eq!(text(&bytes), expected.trim_start());
}

/// Every tag that holds a secret, as text, bytes and Big Integer.
#[test]
fn secrets_are_redacted() {
    let secrets = [
        "KeyMaterial",
        "KeyValue",
        "Key",
        "D",
        "P",
        "Q",
        "X",
        "PrivateExponent",
        "PrimeExponentP",
        "PrimeExponentQ",
        "CRTCoefficient",
        "OpaqueDataValue",
        "CredentialValue",
        "Password",
        "OneTimePassword",
        "HashedPassword",
        "HashedUsernamePassword",
        "ServerHashedPassword",
        "SaltedPassword",
        "PasswordSalt",
        "OTPSeed",
        "OTPDigest",
        "TicketValue",
        "AttestationMeasurement",
        "AttestationAssertion",
        "DerivationData",
        "Salt",
        "Data",
        "MACData",
        "DigestedData",
        "AuthenticatedEncryptionAdditionalData",
        "PKCS_11InputParameters",
        "PKCS_11OutputParameters",
        "DigestValue",
        "AttributeValue",
        "CustomAttribute",
        "VendorExtension",
    ];
    let named = secrets.map(|name| Tag::from_name(name).expect(name));
    for tag in named.into_iter().chain([VENDOR, Tag::from_bytes([0x42, 0x01, 0x37])]) {
        let bytes = items(|w| {
            w.text_string(tag, SECRET).unwrap();
            w.byte_string(tag, SECRET.as_bytes()).unwrap();
            w.big_integer(tag, BigInteger::new(SECRET.as_bytes())).unwrap();
            Identifier(SECRET).encode(tag, w).unwrap();
        });
        assert_eq!(text(&bytes), format!("{tag}: <8 bytes, redacted>\n").repeat(4));
        let shown = Text::new(&bytes).show_secrets().to_string();
        assert_eq!(
            shown,
            format!("{tag}: {SECRET:?}\n{tag}: 0x{SECRET_HEX}\n{tag}: 0x{SECRET_HEX}\n{tag}: {SECRET:?}\n")
        );
    }
}

#[test]
fn nothing_of_a_structured_key_is_shown() {
    let bytes = items(|w| {
        structure(w, Tag::KEY_BLOCK, |w| {
            w.enumeration(Tag::KEY_FORMAT_TYPE, 7);
            structure(w, Tag::KEY_VALUE, |w| {
                structure(w, Tag::KEY_MATERIAL, |w| {
                    w.byte_string(Tag::KEY, SECRET.as_bytes()).unwrap();
                    w.integer(Tag::CRYPTOGRAPHIC_LENGTH, 1234);
                    structure(w, VENDOR, |w| {
                        w.enumeration(VENDOR, 1234);
                        w.text_string(Tag::COMMENT, SECRET).unwrap();
                    });
                    w.text_string(Tag::COMMENT, SECRET).unwrap();
                });
                attribute(w, "Contact Information", Value::TextString("me"));
            });
            w.integer(Tag::CRYPTOGRAPHIC_LENGTH, 256);
        });
    });
    let expected = r#"
KeyBlock
  KeyFormatType: TransparentSymmetricKey
  KeyValue
    KeyMaterial
      Key: <8 bytes, redacted>
      CryptographicLength: <4 bytes, redacted>
      0x540001
        0x540001: <4 bytes, redacted>
        Comment: <8 bytes, redacted>
      Comment: <8 bytes, redacted>
    Attribute
      AttributeName: "Contact Information"
      AttributeValue: "me"
  CryptographicLength: 256
"#;
    assert_eq!(text(&bytes), expected.trim_start());
}

#[test]
fn credentials_show_who_but_not_how() {
    let bytes = items(|w| {
        structure(w, Tag::CREDENTIAL, |w| {
            w.enumeration(Tag::CREDENTIAL_TYPE, 1);
            structure(w, Tag::CREDENTIAL_VALUE, |w| {
                w.text_string(Tag::USERNAME, "me").unwrap();
                w.text_string(Tag::PASSWORD, SECRET).unwrap();
            });
        });
    });
    let expected = "Credential\n  CredentialType: UsernameAndPassword\n  CredentialValue\n    Username: \"me\"\n    Password: <8 bytes, redacted>\n";
    assert_eq!(text(&bytes), expected);
}

#[test]
fn of_what_is_unknown_no_text_and_no_bytes_are_shown() {
    let bytes = items(|w| {
        structure(w, VENDOR, |w| {
            w.integer(VENDOR, 5);
            w.boolean(VENDOR, true);
            structure(w, Tag::NAME, |w| w.text_string(Tag::NAME_VALUE, SECRET).unwrap());
            structure(w, Tag::KEY_MATERIAL, |w| w.integer(VENDOR, 5));
            w.integer(VENDOR, 6);
        });
        attribute(w, "x-Purpose", Value::TextString(SECRET));
        attribute(w, "x-Count", Value::Integer(5));
        w.text_string(Tag::NAME_VALUE, "shown").unwrap();
    });
    let expected = r#"
0x540001
  0x540001: 5
  0x540001: true
  Name
    NameValue: <8 bytes, redacted>
  KeyMaterial
    0x540001: <4 bytes, redacted>
  0x540001: 6
Attribute
  AttributeName: "x-Purpose"
  AttributeValue: <8 bytes, redacted>
Attribute
  AttributeName: "x-Count"
  AttributeValue: 5
NameValue: "shown"
"#;
    assert_eq!(text(&bytes), expected.trim_start());
}

#[test]
fn data_may_be_a_placeholder() {
    // In KMIP 2.x Data may refer to an earlier result.
    let bytes = items(|w| w.enumeration(Tag::DATA, 1));
    assert_eq!(text(&bytes), "Data: Decrypt\n");
}

#[test]
fn malformed_input_prints_as_far_as_it_can_be_read() {
    let mut bytes = items(|w| {
        w.integer(Tag::BATCH_COUNT, 1);
        structure(w, Tag::NAME, |w| {
            w.text_string(Tag::NAME_VALUE, "vm-42").unwrap();
            w.text_string(Tag::NAME_VALUE, "vm-43").unwrap();
        });
    });
    bytes[55] = 1;
    assert_eq!(
        text(&bytes),
        "BatchCount: 1\nName\n  NameValue: \"vm-42\"\n<malformed: Name/NameValue[1]: the padding is not zero at byte 40>\n"
    );
    assert_eq!(text(&[]), "");
    assert_eq!(text(b"HTTP/1.1"), "<malformed: 0x485454: unknown item type 0x50 at byte 0>\n");
    assert_eq!(text(&hex("42")), "<malformed: the header of the item is cut off, 1 of 8 bytes are there at byte 0>\n");
    // No prefix of any message makes it panic.
    for end in 0..bytes.len() {
        assert!(text(&bytes[..end]).len() < 300);
    }
}

#[test]
fn debug_shows_the_size_only() {
    let bytes = items(|w| w.text_string(Tag::COMMENT, SECRET).unwrap());
    assert_eq!(format!("{:?}", Text::new(&bytes).show_secrets()), "Text(16 bytes)");
}
