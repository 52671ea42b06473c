#![allow(clippy::unwrap_used)]

use kmip_ttlv::enumeration::{CryptographicUsageMask, LinkType, State};
use kmip_ttlv::{DateTime, Interval, Tag, Type, V1_4, V2_1, V3_0, Value, encode};

use super::super::value::Row;
use super::super::{Attribute, AttributeReference, AttributeValue, Link, Name};
use super::reference::letters;
use super::{ParseAttributeError, ParsedAttribute};
use crate::protocol::Id;

/// Returns a text for any item of this tag and type.
fn sample(tag: Tag, ty: Type) -> String {
    match ty {
        Type::Integer if tag.mask().is_some() => tag.mask().unwrap().entries().next().unwrap().title().to_owned(),
        Type::Integer | Type::LongInteger => "7".to_owned(),
        // The values of some are named by vendors only.
        Type::Enumeration => tag
            .enumeration()
            .unwrap()
            .entries()
            .next()
            .map_or("0x80000001", kmip_ttlv::enumeration::Entry::title)
            .to_owned(),
        Type::Boolean => "true".to_owned(),
        Type::DateTime => "2027-01-31T12:00:00Z".to_owned(),
        Type::Interval => "90m".to_owned(),
        Type::ByteString => "00ff".to_owned(),
        _ => "some text".to_owned(),
    }
}

#[test]
fn every_attribute_can_be_written_and_what_prints_is_read_again() {
    let (mut rows, mut fields) = (0, 0);
    for row in Row::all() {
        let text = match row.type_of_value() {
            Type::Structure => {
                let all: Vec<_> = row
                    .fields()
                    .map(|tag| format!("{}: {}", tag.title().unwrap(), sample(tag, row.type_of_field(tag).unwrap())))
                    .collect();
                fields += all.len();
                all.join(", ")
            }
            ty => sample(row.tag, ty),
        };
        let parsed = ParsedAttribute::new(row.name(), &text).unwrap();
        assert_eq!(parsed.value().row().map(Row::name), Some(row.name()), "{text}");
        rows += 1;
        // Not printed.
        if row.tag != Tag::OTP_COUNTER {
            let printed = parsed.value().to_string();
            assert_eq!(ParsedAttribute::new(row.name(), &printed).unwrap(), parsed, "{}: {printed}", row.name());
        }
        // Only texts accept everything.
        if !matches!(row.type_of_value(), Type::TextString | Type::Identifier | Type::Reference) {
            let error = ParsedAttribute::new(row.name(), "\u{1F511}").unwrap_err();
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
    assert!(rows > 120 && fields > 50, "{rows} rows, {fields} fields");
}

#[test]
fn values_are_what_their_texts_say() {
    let value = |text: &str| -> ParsedAttribute { text.parse().unwrap() };
    assert_eq!(value("State=deactivated").value(), AttributeValue::State(State::DEACTIVATED));
    assert_eq!(value("cryptographic-length=256").value(), AttributeValue::CryptographicLength(256));
    assert_eq!(value("Lease Time=1h").value(), AttributeValue::LeaseTime(Interval(3_600)));
    assert_eq!(value("Fresh=FALSE").value(), AttributeValue::Fresh(false));
    assert_eq!(value("Short Unique Identifier=00Ff").value(), AttributeValue::ShortUniqueIdentifier(&[0, 255]));
    let midnight = AttributeValue::DeactivationDate(DateTime(1_577_836_800));
    assert_eq!(value("Deactivation Date=2020-01-01").value(), midnight);
    let usage = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::WRAP_KEY;
    for text in ["Encrypt | WrapKey", "encrypt, wrap key", "0x14"] {
        assert_eq!(
            ParsedAttribute::new("Cryptographic Usage Mask", text).unwrap().value(),
            AttributeValue::CryptographicUsageMask(usage)
        );
    }
    // Texts are taken literally.
    assert_eq!(value("Comment= a = b, \"c\" ").value(), AttributeValue::Comment(" a = b, \"c\" "));
    assert_eq!(value("Name=vm-42").value(), AttributeValue::Name(Name::from("vm-42")));
    assert_eq!(value("x-Owner=alice").value(), AttributeValue::custom("x-Owner", "alice"));
    // Fields come in any order.
    let link = Link { link_type: LinkType::NEXT_LINK, linked_object_identifier: Id::Text("9dc0") };
    for text in
        ["Link Type: NextLink, Linked Object Identifier: 9dc0", "linkedobjectidentifier:9dc0,link-type:next link"]
    {
        assert_eq!(ParsedAttribute::new("Link", text).unwrap().value(), AttributeValue::Link(link.clone()));
    }
    let data = ParsedAttribute::new(
        "Application Specific Information",
        r#"Application Namespace: "ssl, or \"tls\"", Application Data: C:\keys"#,
    );
    let AttributeValue::ApplicationSpecificInformation(data) = &data.as_ref().unwrap().value() else { panic!() };
    assert_eq!((data.application_namespace, data.application_data), ("ssl, or \"tls\"", Some(r"C:\keys")));
}

#[test]
fn encodes_a_parsed_attribute_in_the_form_of_each_version() {
    let parsed = ParsedAttribute::new("Cryptographic Length", "256").unwrap();
    let written = |version| encode(&Attribute::from(parsed.value()), Tag::NEW_ATTRIBUTE, version).unwrap();
    let bare = encode(&Attribute::from(AttributeValue::CryptographicLength(256)), Tag::NEW_ATTRIBUTE, V1_4).unwrap();
    assert_eq!(written(V1_4), bare);
    let tagged = [0x42, 0x01, 0x3D, 1, 0, 0, 0, 16, 0x42, 0, 0x2A, 2, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0, 0];
    assert_eq!(written(V2_1), tagged);
}

#[test]
fn errors_say_what_is_expected() {
    let error = |text: &str| text.parse::<ParsedAttribute>().unwrap_err().to_string();
    assert_eq!(error("Owner"), "expected NAME=VALUE, as in `Object Group=backup`");
    assert_eq!(
        error("Length=1"),
        "no attribute is named \"Length\"; similar names are Certificate Length, Cryptographic Length; custom \
         attributes start with x-"
    );
    assert_eq!(
        error("Crytographic Lenght=256"),
        "no attribute is named \"Crytographic Lenght\"; a similar name is Cryptographic Length; custom attributes start \
         with x-"
    );
    assert_eq!(error("Colour=blue"), "no attribute is named \"Colour\"; custom attributes start with x-");
    assert_eq!(
        error("State=on"),
        "State: expected one of PreActive, Active, Deactivated, Compromised, Destroyed, DestroyedCompromised"
    );
    assert_eq!(error("Cryptographic Length=long"), "Cryptographic Length: expected a whole number of 32 bits");
    assert_eq!(
        error("Activation Date=tomorrow"),
        "Activation Date: expected a point in time as in 2027-01-31T12:00:00Z, or a date"
    );
    assert!(error("Cryptographic Usage Mask=Encrypt | Fly").contains("names with | between them, of Sign, Verify, "));
    assert_eq!(
        error("Link=9dc0"),
        "Link: expected fields as in `Link Type: ...`, with commas between: Link Type, Linked Object Identifier"
    );
    assert_eq!(
        error("Link=Type: Next Link"),
        "Link has no field \"Type\"; its fields are Link Type, Linked Object Identifier"
    );
    assert_eq!(error("Link=Link Type: Next Link"), "Link needs the field Linked Object Identifier");
    for broken in ["\"a", "\"a\" b", "\"a\\"] {
        assert!(matches!(
            ParsedAttribute::new("Revocation Reason", &format!("Revocation Message: {broken}")),
            Err(ParseAttributeError::Value { .. })
        ));
    }
}

/// The names of KMIP 3.0 are in no registry, and no message of KMIP 1.x shows a misspelt one.
#[test]
fn every_name_in_the_table_is_the_title_of_its_tag() {
    for row in Row::all() {
        assert_eq!(row.tag.title(), Some(row.name()));
    }
}

/// Each name with a letter that is missing, doubled, wrong, or swapped with its neighbour.
#[test]
fn a_misspelt_name_is_an_error_that_names_the_attribute() {
    for row in Row::all() {
        let name = row.name();
        for at in (0..name.len()).filter(|at| name.as_bytes()[*at].is_ascii_lowercase()).step_by(7) {
            let (before, letter, after) = (&name[..at], &name[at..=at], &name[at + 1..]);
            let swapped = after.chars().next().map_or_else(
                || format!("{before}{letter}"),
                |next| format!("{before}{next}{letter}{}", &after[next.len_utf8()..]),
            );
            let misspelt = [
                format!("{before}{after}"),
                format!("{before}{letter}{letter}{after}"),
                format!("{before}q{after}"),
                swapped,
            ];
            for misspelt in misspelt {
                match AttributeReference::parse(&misspelt) {
                    Ok(found) => assert!(letters(&found.to_string()) == letters(&misspelt), "{misspelt} is {found}"),
                    Err(ParseAttributeError::UnknownName { similar, .. }) => {
                        assert!(similar.contains(&name), "{misspelt}: {similar:?}");
                    }
                    Err(other) => panic!("{misspelt}: {other}"),
                }
            }
        }
    }
}

#[test]
fn a_name_of_kmip_1_alone_is_an_error_in_2_that_says_what_to_do() {
    let named = AttributeReference::from_name("Crytographic Length");
    let attribute = Attribute::from(AttributeValue::other(named, Value::Integer(256)));
    for version in [V2_1, V3_0] {
        for error in [
            encode(&named, Tag::ATTRIBUTE_REFERENCE, version).unwrap_err(),
            encode(&attribute, Tag::NEW_ATTRIBUTE, version).unwrap_err(),
        ] {
            assert!(error.to_string().contains("check its spelling"), "{error}");
        }
        for vendor in ["x-Colour", "y-Colour"].map(AttributeReference::from_name) {
            encode(&vendor, Tag::ATTRIBUTE_REFERENCE, version).unwrap();
        }
        let vendor = AttributeReference::Vendor { vendor_identification: "ACME", name: "Colour" };
        encode(&vendor, Tag::ATTRIBUTE_REFERENCE, version).unwrap();
    }
}
