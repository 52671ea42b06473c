//! The attribute table, compared with its source in the registry (`kmip-ttlv/registry/attributes.csv`).

#![allow(clippy::unwrap_used)]

#[path = "../../kmip-ttlv/tests/corpus/mod.rs"]
mod corpus;

use corpus::hex;
use kmip_client::protocol::attribute::{Attribute, AttributeReference, AttributeValue, Attributes};
use kmip_ttlv::{ProtocolVersion, Rules, Tag, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, Value, decode, encode};

const ATTRIBUTES: &str = include_str!("../../kmip-ttlv/registry/attributes.csv");

/// Returns name, tag, first and last version of each standard attribute.
fn rows() -> Vec<(&'static str, Tag, ProtocolVersion, Option<ProtocolVersion>)> {
    let rows = ATTRIBUTES.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    // The table has no rows for custom and vendor attributes.
    let rows = rows.filter(|row| !row[0].contains(['-', '(']));
    rows.map(|row| {
        let tag = Tag::try_from(u32::from_str_radix(row[2], 16).unwrap()).unwrap();
        (row[0], tag, row[6].parse().unwrap(), row[7].parse().ok())
    })
    .collect()
}

#[test]
fn every_attribute_has_its_name_and_its_tag() {
    let rows = rows();
    assert_eq!(rows.len(), 89);
    for (name, tag, ..) in rows {
        assert_eq!(AttributeReference::from_name(name), AttributeReference::Standard(tag));
        assert_eq!(tag.title(), Some(name), "the two tables agree");
    }
}

#[test]
fn every_attribute_is_named_in_its_versions_alone() {
    for (name, tag, since, until) in rows() {
        for version in [V1_0, V1_1, V1_2, V1_3, V1_4] {
            let frame = encode(&AttributeReference::Standard(tag), Tag::ATTRIBUTE_REFERENCE, version);
            let exists = since <= version && until.is_none_or(|until| version <= until);
            assert_eq!(frame.is_ok(), exists, "{name} in KMIP {version}: {frame:?}");
        }
    }
}

/// The registry has no rows for the additions of KMIP 3.0; its tags have the names.
#[test]
fn every_attribute_of_3_0_has_its_name_and_its_tag() {
    let links = 0x42_0190..=0x42_019D;
    let others = [0x42_01A0, 0x42_01A5, 0x42_01B3, 0x42_01B4, 0x42_01B5, 0x42_01BC];
    let values = [0x42_019E, 0x42_01AE, 0x42_01B6, 0x42_01B8, 0x42_01BA, 0x42_01BB, 0x42_01C2];
    let counters = 0x42_01BD..=0x42_01C1;
    for number in links.chain(others).chain(values).chain(counters) {
        let tag = Tag::try_from(number).unwrap();
        assert_eq!(AttributeReference::from_name(tag.title().unwrap()), AttributeReference::Standard(tag), "{tag}");
    }
}

/// The value of an attribute is encoded and decoded as the same variant, in both wire forms.
#[test]
fn a_value_keeps_its_attribute() {
    let values = [
        (AttributeValue::CryptographicLength(256), Tag::CRYPTOGRAPHIC_LENGTH),
        (AttributeValue::Name("vm-42".into()), Tag::NAME),
        (AttributeValue::ContactInformation("storage team"), Tag::CONTACT_INFORMATION),
        (AttributeValue::UniqueIdentifier("9dc02223".into()), Tag::UNIQUE_IDENTIFIER),
    ];
    for (value, tag) in values {
        for version in [V1_0, V1_4, V2_0, V2_1] {
            let list = Attributes::from_iter([value.clone()]);
            for placed in [Tag::ATTRIBUTE, Tag::ATTRIBUTES, Tag::COMMON_ATTRIBUTES] {
                let frame = encode(&list, placed, version).unwrap();
                let back: Attributes<'_> = decode(&frame, placed, version, Rules::STRICT).unwrap();
                assert_eq!(back.find(tag).collect::<Vec<_>>(), [&value], "{tag} under {placed} in {version}");
            }
        }
    }
}

#[test]
fn a_custom_attribute_keeps_its_name_and_value_in_both_forms() {
    for version in [V1_2, V2_1] {
        let name = AttributeReference::from_name("x-Colour");
        let other = AttributeValue::other(name, Value::TextString("blue"));
        let attribute = Attribute::from(other);
        let frame = encode(&attribute, Tag::NEW_ATTRIBUTE, version).unwrap();
        let back: Attribute<'_> = decode(&frame, Tag::NEW_ATTRIBUTE, version, Rules::STRICT).unwrap();
        assert_eq!(back, attribute);
        assert_eq!(back.reference().to_string(), "x-Colour");
    }
}

/// Cosmian sends Short Unique Identifier as text. It is preserved, and encoded to the same bytes.
#[test]
fn a_value_of_another_type_is_kept() {
    let short = AttributeReference::Standard(Tag::SHORT_UNIQUE_IDENTIFIER);
    let list = Attributes::from_iter([AttributeValue::other(short, Value::TextString("abc"))]);
    let frame = encode(&list, Tag::ATTRIBUTES, V2_1).unwrap();
    for rules in [Rules::STRICT, Rules::STRICT.skip_unknown()] {
        let kept = decode::<Attributes<'_>>(&frame, Tag::ATTRIBUTES, V2_1, rules).unwrap();
        assert_eq!(kept, list);
        assert_eq!(kept.find(Tag::SHORT_UNIQUE_IDENTIFIER).count(), 0, "it is not what the standard says");
        assert_eq!(encode(&kept, Tag::ATTRIBUTES, V2_1).unwrap(), frame);
    }
    // The type of items inside a value must still be right.
    let broken = hex("420125 01 00000018 420053 01 00000010 420055 02 00000004 00000001 00000000");
    let error = decode::<Attributes<'_>>(&broken, Tag::ATTRIBUTES, V2_1, Rules::STRICT).unwrap_err();
    assert_eq!(error.to_string(), "Attributes/Name/NameValue: expected TextString, found Integer at byte 16");
}

/// Cosmian sends the unit of Usage Limits first, and an empty Name for an object without one.
#[test]
fn a_structure_with_other_fields_is_kept() {
    const UNIT: &str = "420098 05 00000004 00000002 00000000";
    const TOTAL: &str = "420097 03 00000008 00000000000003e8";
    const ELSE: &str = "42000a 07 00000001 6100000000000000";
    let limits = |fields: &[&str]| {
        let fields = hex(&fields.concat());
        let length = [8 + fields.len(), fields.len()].map(|length| u32::try_from(length).unwrap().to_be_bytes());
        [&hex("420125 01")[..], &length[0], &hex("420095 01"), &length[1], &fields].concat()
    };
    let lax = Rules::STRICT.skip_unknown();
    let read = |frame: &[u8], rules| {
        decode::<Attributes<'_>>(frame, Tag::ATTRIBUTES, V2_1, rules)
            .map(|list| (list.find(Tag::USAGE_LIMITS).count(), encode(&list, Tag::ATTRIBUTES, V2_1).unwrap() == frame))
    };
    // In order; in another order, which lax rules accept; without the total; and with an unknown field.
    assert_eq!(read(&limits(&[TOTAL, UNIT]), Rules::STRICT).unwrap(), (1, true));
    assert_eq!(read(&limits(&[UNIT, TOTAL]), Rules::STRICT).unwrap(), (0, true));
    assert_eq!(read(&limits(&[UNIT, TOTAL]), lax).unwrap(), (1, false));
    for rules in [Rules::STRICT, lax] {
        assert_eq!(read(&limits(&[UNIT]), rules).unwrap(), (0, true));
        assert_eq!(read(&limits(&[]), rules).unwrap(), (0, true));
    }
    for fields in [[TOTAL, UNIT, ELSE], [UNIT, TOTAL, ELSE]] {
        assert!(read(&limits(&fields), Rules::STRICT).is_err());
        assert_eq!(read(&limits(&fields), lax).unwrap(), (1, false));
    }
    // A preserved value must be well formed: this text has padding other than zero.
    let broken = limits(&[UNIT, "42000a 07 00000001 6100000000000001"]);
    let error = decode::<Attributes<'_>>(&broken, Tag::ATTRIBUTES, V2_1, Rules::STRICT).unwrap_err();
    assert_eq!(error.to_string(), "Attributes/UsageLimits/AttributeName: the padding is not zero at byte 32");
}
