//! Attributes in human-readable form.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeReference, AttributeValue, Attributes, CryptographicParameters,
    Digest, Link, UsageLimits,
};
use kmip_client::protocol::operation::{Create, EncryptRequest, HashResponse, MacResponse, Register};
use kmip_client::ttlv::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, CryptographicUsageMask as Mask, HashingAlgorithm, LinkType, ObjectType,
    State, UsageLimitsUnit,
};
use kmip_client::ttlv::{DateTime, Interval, Rules, Tag, V1_4, V2_1, Value, decode, encode};

#[test]
fn values_print_for_people() {
    let rows = [
        (AttributeValue::Name("vm-42".into()), "Name: vm-42"),
        (AttributeValue::UniqueIdentifier("9dc0".into()), "Unique Identifier: 9dc0"),
        (AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY), "Object Type: SymmetricKey"),
        (AttributeValue::State(State::PRE_ACTIVE), "State: PreActive"),
        (AttributeValue::LeaseTime(Interval(3600)), "Lease Time: 3600 s"),
        (AttributeValue::Sensitive(true), "Sensitive: true"),
        (AttributeValue::ActivationDate(DateTime(-1)), "Activation Date: 1969-12-31T23:59:59Z"),
        (AttributeValue::CryptographicUsageMask(Mask::SIGN | Mask::VERIFY), "Cryptographic Usage Mask: Sign | Verify"),
        (AttributeValue::ShortUniqueIdentifier(&[0, 0xFF]), "Short Unique Identifier: 00ff"),
        (
            AttributeValue::Link(Link::new(LinkType::PUBLIC_KEY_LINK, "4711")),
            "Link: Link Type: PublicKeyLink, Linked Object Identifier: 4711",
        ),
        (
            AttributeValue::Digest(Digest::new(HashingAlgorithm::SHA_256).digest_value(&[0xAB; 3])),
            "Digest: Hashing Algorithm: SHA_256, Digest Value: ababab",
        ),
        (
            AttributeValue::UsageLimits(UsageLimits::new(1_000_000_i64, UsageLimitsUnit::BYTE).count(7)),
            "Usage Limits: Usage Limits Total: 1000000, Usage Limits Count: 7, Usage Limits Unit: Byte",
        ),
        (AttributeValue::custom("x-Vendor", "VMware, Inc."), "x-Vendor: VMware, Inc."),
        (
            AttributeValue::ContactInformation("O'Brien\r\n\u{1b}[2J\u{202e}"),
            "Contact Information: O'Brien\\r\\n\\u{1b}[2J\\u{202e}",
        ),
        (AttributeValue::OtpCounter(&[7; 8]), "OTP Counter: not printed"),
        (AttributeValue::Absent(AttributeReference::from_name("x-Gone")), "x-Gone: no value"),
    ];
    for (value, text) in rows {
        assert_eq!(Attribute::from(value).to_string(), text);
    }
    assert_eq!(Attribute::from(AttributeValue::Name("b".into())).index(1).to_string(), "Name [1]: b");
}

#[test]
fn getters_find_their_values() {
    let attributes = Attributes::from_iter([
        AttributeValue::State(State::ACTIVE),
        AttributeValue::Name("a".into()),
        AttributeValue::CryptographicLength(256),
        AttributeValue::Name("b".into()),
        AttributeValue::UniqueIdentifier("4711".into()),
        AttributeValue::Link(Link::new(LinkType::NEXT_LINK, "4712")),
        AttributeValue::UsageLimits(UsageLimits::new(10, UsageLimitsUnit::OBJECT)),
        AttributeValue::ContactInformation("me"),
        AttributeValue::ApplicationSpecificInformation(ApplicationSpecificInformation::new("ssl")),
        AttributeValue::custom("x-Colour", "blue"),
        AttributeValue::vendor("ACME", "Weight", 7),
    ]);
    assert_eq!(attributes.state(), Some(State::ACTIVE));
    assert_eq!(attributes.names().map(|name| name.value).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(attributes.cryptographic_length(), Some(256));
    assert_eq!(attributes.unique_identifier(), Some(Id::Text("4711")));
    assert_eq!(attributes.links().next().map(|link| link.linked_object_identifier), Some(Id::Text("4712")));
    assert_eq!(attributes.usage_limits().map(|limits| limits.total), Some(10));
    assert_eq!(attributes.contact_information(), Some("me"));
    assert_eq!(attributes.application_specific_information().count(), 1);
    assert_eq!(attributes.custom("Colour").and_then(|colour| colour.as_str()), Some("blue"));
    assert_eq!(attributes.vendor("ACME", "Weight"), Some(Value::Integer(7)));
    assert_eq!((attributes.activation_date(), attributes.custom("x-Size")), (None, None));
}

#[test]
fn custom_attributes_come_back_in_every_version() {
    let mut attributes = Attributes::default();
    attributes.set(AttributeValue::custom("x-Vendor", "VMware, Inc."));
    for version in [V1_4, V2_1] {
        let frame = encode(&attributes, Tag::ATTRIBUTES, version).unwrap();
        let read: Attributes<'_> = decode(&frame, Tag::ATTRIBUTES, version, Rules::STRICT).unwrap();
        assert_eq!(read.custom("x-Vendor"), Some(Value::TextString("VMware, Inc.")));
    }
}

#[test]
fn replaces_attributes_that_an_object_has_once() {
    let usage = |attributes: &Attributes<'_>| {
        assert_eq!(attributes.find(Tag::CRYPTOGRAPHIC_USAGE_MASK).count(), 1);
        attributes.cryptographic_usage_mask()
    };
    let created = Create::aes(256).usage(Mask::WRAP_KEY).usage(Mask::UNWRAP_KEY);
    assert_eq!(usage(&created.attributes), Some(Mask::UNWRAP_KEY));
    let registered =
        Register::symmetric_key(CryptographicAlgorithm::AES, &[7; 16]).usage(Mask::WRAP_KEY).usage(Mask::SIGN);
    assert_eq!(usage(&registered.attributes), Some(Mask::SIGN));
    let both = Create::aes(256)
        .name("a")
        .name("b")
        .attribute(AttributeValue::ContactInformation("a"))
        .attribute(AttributeValue::ContactInformation("b"));
    assert_eq!(both.attributes.names().count(), 2);
    assert_eq!(both.attributes.contact_information(), Some("b"));
    assert_eq!(both.attributes.find(Tag::CONTACT_INFORMATION).count(), 1);
}

#[test]
fn times_come_from_the_system_and_go_back() {
    let times =
        [(UNIX_EPOCH, 0), (UNIX_EPOCH + Duration::from_millis(1999), 1), (UNIX_EPOCH - Duration::from_millis(500), -1)];
    for (time, seconds) in times {
        assert_eq!(DateTime::from(time), DateTime(seconds));
    }
    let now = SystemTime::now();
    let there_and_back = SystemTime::try_from(DateTime::from(now)).unwrap();
    assert!(now.duration_since(there_and_back).unwrap() < Duration::from_secs(1));
    for seconds in [i64::MIN, i64::MAX, -1, 1_577_836_800] {
        // Some systems have a smaller range.
        if let Ok(time) = SystemTime::try_from(DateTime(seconds)) {
            assert_eq!(DateTime::from(time), DateTime(seconds));
        }
    }
}

#[test]
fn identifiers_become_strings() {
    assert_eq!(String::from(Id::Text("4711")), "4711");
    assert_eq!(String::from(Id::Placeholder), "ID Placeholder");
}

/// `Debug` of the types redacts what a message in text form redacts.
#[test]
fn no_digest_is_printed_by_debug() {
    const BYTES: &[u8] = &[201, 202, 203];
    let printed = [
        format!("{:?}", Digest::new(HashingAlgorithm::SHA_256).digest_value(BYTES)),
        format!("{:?}", HashResponse::default().data(BYTES)),
        format!("{:?}", MacResponse::new("4711").mac_data(BYTES)),
        format!("{:?}", EncryptRequest::default().additional_data(BYTES)),
    ];
    for text in printed {
        assert!(!text.contains("201") && text.contains("redacted"), "{text}");
    }
    // Public values stay readable.
    let parameters = CryptographicParameters::default().block_cipher_mode(BlockCipherMode::GCM).iv_length(96);
    let text = format!("{parameters:?}");
    assert!(text.contains("GCM") && text.contains("iv_length: Some(96)"), "{text}");
    assert!(format!("{:?}", EncryptRequest::default().iv_counter_nonce(BYTES)).contains("201"));
}
