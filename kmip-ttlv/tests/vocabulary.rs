//! The behaviour of tags, enumerations and masks at the edges of the tables, and where versions differ.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use kmip_ttlv::enumeration::{
    CryptographicUsageMask, DigitalSignatureAlgorithm, EnumerationTable, HashingAlgorithm, MaskTable, ObjectType,
    OpaqueDataType,
};
use kmip_ttlv::{
    Encode, ErrorKind, Identifier, Tag, V1_0, V1_1, V1_2, V1_4, V2_0, V2_1, V3_0, Value, Writer, check_vocabulary,
};

#[test]
fn prints_unknown_values_as_hex() {
    assert_eq!(Tag::from_bytes([0x54, 0x00, 0x01]).to_string(), "0x540001");
    assert_eq!(Tag::from_bytes([0, 0, 0]).to_string(), "0x000000");
    assert_eq!(Tag::from_bytes([0x42, 0x01, 0x37]).name(), None); // reserved
    assert!(Tag::from_bytes([0x54, 0xFF, 0xFF]).is_extension() && !Tag::from_bytes([0x55, 0, 0]).is_extension());
    assert_eq!(Tag::try_from(0x0142_0001).map_err(|error| error.to_string()), {
        Err("0x01420001 is not a tag: tags have 24 bits".into())
    });

    assert_eq!(format!("{:?}", ObjectType::from_value(0)), "0x00000000");
    assert_eq!(ObjectType::from_value(u32::MAX).to_string(), "0xFFFFFFFF");
    assert_eq!(ObjectType::from_value(0x8000_0001).versions(), None);
    assert_eq!(OpaqueDataType::from_value(0x8000_0001).to_string(), "0x80000001");
    assert_eq!(ObjectType::from_name("symmetrickey"), None);

    assert_eq!(CryptographicUsageMask::EMPTY.to_string(), "0x00000000");
    assert_eq!(CryptographicUsageMask::from_bits(0xFF00_0000).to_string(), "0xFF000000");
    let some = CryptographicUsageMask::SIGN | CryptographicUsageMask::from_bits(0x8000_0000);
    assert_eq!(format!("{some:?}"), "Sign | 0x80000000");
    assert_eq!(some & CryptographicUsageMask::SIGN, CryptographicUsageMask::SIGN);
    assert!(!some.contains(CryptographicUsageMask::SIGN | CryptographicUsageMask::VERIFY));
}

#[test]
fn a_version_has_its_own_spelling() {
    let sha3 = HashingAlgorithm::SHA3_256;
    assert_eq!(sha3, HashingAlgorithm::SHA_3_256);
    assert_eq!(sha3.name(), Some("SHA3_256"));
    assert_eq!(sha3.name_in(V1_4), Some("SHA_3_256"));
    assert_eq!(sha3.name_in(V2_0), Some("SHA3_256"));
    assert_eq!(sha3.name_in(V1_0), Some("SHA3_256")); // 1.0 had no SHA-3
    assert_eq!(HashingAlgorithm::from_name("SHA_3_256"), Some(sha3));
    assert_eq!(sha3.versions(), Some((V1_4..).into()));

    let signature = DigitalSignatureAlgorithm::SHA_256_WITH_RSA_ENCRYPTION;
    assert_eq!(signature.name_in(V1_4), Some("SHA_256WithRSAEncryptionPKCS_1V1_5"));
    assert_eq!(signature.name_in(V3_0), Some("SHA_256WithRSAEncryption"));
}

/// Returns the error for these items in a message of the version; empty if the version has them all.
fn checked(version: kmip_ttlv::ProtocolVersion, write: impl Fn(&mut Writer)) -> String {
    let mut writer = Writer::new(version);
    let started = writer.begin(Tag::REQUEST_PAYLOAD);
    write(&mut writer);
    writer.end(started).unwrap();
    check_vocabulary(writer.as_slice(), version).map_or_else(|error| error.to_string(), |()| String::new())
}

#[test]
fn a_version_has_its_tags() {
    let attributes = |w: &mut Writer| {
        w.integer(Tag::MAXIMUM_ITEMS, 1);
        let started = w.begin(Tag::ATTRIBUTES);
        w.end(started).unwrap();
    };
    assert_eq!(
        checked(V1_4, attributes),
        "RequestPayload/Attributes: not in KMIP 1.4: it exists in 2.0 and later at byte 24"
    );
    assert_eq!(checked(V2_0, attributes), "");
    let template = |w: &mut Writer| w.integer(Tag::ATTRIBUTE_INDEX, 1);
    assert_eq!(
        checked(V2_0, template),
        "RequestPayload/AttributeIndex: not in KMIP 2.0: it exists in 1.0 to 1.4 at byte 8"
    );
    assert_eq!(checked(V1_0, template), "");
}

#[test]
fn a_version_has_its_values() {
    let algorithm = |w: &mut Writer| w.enumeration(Tag::CRYPTOGRAPHIC_ALGORITHM, 0x1C);
    let message =
        "RequestPayload/CryptographicAlgorithm: ChaCha20 is not in KMIP 1.2: it exists in 1.4 and later at byte 8";
    assert_eq!(checked(V1_2, algorithm), message);
    assert_eq!(checked(V1_4, algorithm), "");
    // A renamed value is still one value.
    let sha3 = |w: &mut Writer| w.enumeration(Tag::HASHING_ALGORITHM, 0x0F);
    assert_eq!((checked(V1_4, sha3), checked(V2_0, sha3)), (String::new(), String::new()));
    let signature = |w: &mut Writer| w.enumeration(Tag::DIGITAL_SIGNATURE_ALGORITHM, 5);
    assert_eq!((checked(V1_1, signature), checked(V3_0, signature)), (String::new(), String::new()));
    // A tag as a value.
    let reference = |w: &mut Writer| w.enumeration(Tag::ATTRIBUTE_REFERENCE, Tag::ROTATE_DATE.value());
    assert_eq!(
        checked(V2_0, reference),
        "RequestPayload/AttributeReference: RotateDate is not in KMIP 2.0: it exists in 2.1 and later at byte 8"
    );
    assert_eq!(checked(V2_1, reference), "");
}

#[test]
fn a_version_has_its_bits() {
    let mask = |bits| move |w: &mut Writer| w.integer(Tag::CRYPTOGRAPHIC_USAGE_MASK, bits);
    assert_eq!(
        checked(V1_4, mask(0x0010_000C)),
        "RequestPayload/CryptographicUsageMask: Authenticate is not in KMIP 1.4: it exists in 2.0 and later at byte 8"
    );
    assert_eq!(checked(V2_0, mask(0x0010_000C)), "");
    assert_eq!(
        checked(V2_0, mask(0x40)),
        "RequestPayload/CryptographicUsageMask: Export is not in KMIP 2.0: it exists in 1.0 to 1.4 at byte 8"
    );
    // An OASIS test case for 2.0 does this.
    assert_eq!(checked(V2_0, mask(0x400)), "");
}

#[test]
fn a_version_has_its_attributes() {
    let attribute = |name: &'static str, value: Value<'static>| {
        move |w: &mut Writer| {
            let started = w.begin(Tag::ATTRIBUTE);
            w.text_string(Tag::ATTRIBUTE_NAME, name).unwrap();
            value.encode(Tag::ATTRIBUTE_VALUE, w).unwrap();
            w.end(started).unwrap();
        }
    };
    let fresh = attribute("Fresh", Value::Boolean(true));
    assert_eq!(
        checked(V1_0, fresh),
        "RequestPayload/Attribute/AttributeName: Fresh is not in KMIP 1.0: it exists in 1.1 and later at byte 16"
    );
    assert_eq!(checked(V1_1, fresh), "");
    // A value whose names depend on its attribute.
    let algorithm = attribute("Cryptographic Algorithm", Value::Enumeration(0x1A));
    assert_eq!(
        checked(V1_1, algorithm),
        "RequestPayload/Attribute/AttributeValue: EC is not in KMIP 1.1: it exists in 1.2 and later at byte 48"
    );
    assert_eq!(checked(V1_2, algorithm), "");
    let mask = attribute("Cryptographic Usage Mask", Value::Integer(0x0020_0000));
    assert!(checked(V1_4, mask).contains("AttributeValue: Unrestricted is not in KMIP 1.4"));
    // Custom names.
    assert_eq!(checked(V1_0, attribute("x-Fresh", Value::Enumeration(0x1A))), "");
}

#[test]
fn a_version_has_its_types() {
    let identifier = |w: &mut Writer| Identifier("uid").encode(Tag::UNIQUE_IDENTIFIER, w).unwrap();
    assert_eq!(
        checked(V2_1, identifier),
        "RequestPayload/UniqueIdentifier: Identifier is not in KMIP 2.1: it exists in 3.0 and later at byte 8"
    );
    assert_eq!(checked(V3_0, identifier), "");
    let extended = |w: &mut Writer| w.date_time_extended(Tag::TIME_STAMP, kmip_ttlv::DateTimeExtended(0));
    assert!(checked(V1_4, extended).contains("DateTimeExtended is not in KMIP 1.4"));
}

#[test]
fn accepts_values_of_vendors() {
    let vendor = |w: &mut Writer| {
        w.enumeration(Tag::from_bytes([0x54, 0, 1]), 7);
        w.integer(Tag::from_bytes([0x42, 0x01, 0x37]), 7);
        w.enumeration(Tag::OPAQUE_DATA_TYPE, 0x8000_0001);
        w.enumeration(Tag::CRYPTOGRAPHIC_ALGORITHM, 0x8000_0001);
        w.integer(Tag::CRYPTOGRAPHIC_USAGE_MASK, i32::MIN);
    };
    for version in [V1_0, V1_4, V2_0, V2_1, V3_0] {
        assert_eq!(checked(version, vendor), "");
    }
}

#[test]
fn the_kinds_of_the_check_can_be_told_apart() {
    let mut writer = Writer::new(V1_0);
    writer.boolean(Tag::FRESH, true);
    let kind = check_vocabulary(writer.as_slice(), V1_0).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::NotInVersion { tag: Tag::FRESH, version: V1_0, range: (V1_1..).into() });
    let kind = check_vocabulary(&writer.as_slice()[..9], V1_1).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::Overrun { length: 8, left: 1 });
}

#[test]
fn names_as_people_write_them_mean_one_value() {
    for tag in Tag::TABLE.entries() {
        let tag = Tag::try_from(tag.value()).unwrap();
        for entry in tag.enumeration().into_iter().flat_map(EnumerationTable::entries) {
            for text in [entry.name().to_owned(), entry.title().to_owned(), entry.name().to_lowercase()] {
                assert_eq!(tag.enumeration().unwrap().find(&text), Some(entry.value()), "{tag} {text}");
            }
        }
        for entry in tag.mask().into_iter().flat_map(MaskTable::entries) {
            for text in [entry.name().to_owned(), entry.title().to_owned(), entry.title().to_uppercase()] {
                assert_eq!(tag.mask().unwrap().find(&text), Some(entry.value()), "{tag} {text}");
            }
        }
    }
    let hash = Tag::HASHING_ALGORITHM.enumeration().unwrap();
    assert_eq!(hash.find("sha256"), Some(6));
    assert_eq!(hash.find("0x6"), Some(6));
    for text in ["", "-", "sha25", "0x", "0x+6", "0x100000000"] {
        assert_eq!(hash.find(text), None, "{text}");
    }
}
