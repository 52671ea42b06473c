//! Locate: the objects that a filter finds.

use std::time::Duration;

use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::{
    ApplicationSpecificInformation, AttributeReference, AttributeValue, CryptographicParameters, Link, Name,
    OtherAttribute, UsageLimits,
};
use kmip_client::protocol::operation::{
    Activate, Create, CreateKeyPair, CreateRequest, Destroy, Get, GetAttributes, Locate, Register, Revoke,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask, HashingAlgorithm, LinkType,
    NameType, ObjectGroupMember, ObjectType, OpaqueDataType, PaddingMethod, RecommendedCurve, ResultReason as Reason,
    RevocationReasonCode, State, StorageStatusMask, UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, Tag, V1_0, V1_1, V1_3, V1_4, V2_0, V2_1, Value};

use crate::wire::{VERSIONS, Wire, now, text};

fn make(wire: &mut Wire, request: &CreateRequest<'_>) -> String {
    text(wire.call(request).unwrap().payload().unique_identifier)
}

fn vendor<'a>(name: &'a str, value: &'a str) -> AttributeValue<'a> {
    let name = AttributeReference::Vendor { vendor_identification: "x", name };
    AttributeValue::Other(OtherAttribute::default().name(name).value(Value::TextString(value)))
}

#[test]
fn every_filter_finds_what_has_it_and_nothing_else() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let parameters = || CryptographicParameters::default().block_cipher_mode(BlockCipherMode::CBC);
        let information = || ApplicationSpecificInformation::new("disks").application_data("sda");
        let link = || Link::new(LinkType::PARENT_LINK, Id::Text("parent"));
        let limits = |total| UsageLimits::new(total, UsageLimitsUnit::BYTE);
        let uri = Name::default().value("urn:key").name_type(NameType::URI);
        let wanted = make(
            &mut wire,
            &Create::aes(192)
                .name("wanted")
                .attribute(AttributeValue::Name(uri))
                .attribute(AttributeValue::ContactInformation("storage team"))
                .attribute(AttributeValue::ObjectGroup("group"))
                .attribute(AttributeValue::CryptographicParameters(parameters().into()))
                .attribute(AttributeValue::ApplicationSpecificInformation(information()))
                .attribute(AttributeValue::Link(link()))
                .attribute(AttributeValue::UsageLimits(limits(1000)))
                .attribute(AttributeValue::ActivationDate(DateTime(1000)))
                .attribute(vendor("Colour", "blue")),
        );
        let other =
            make(&mut wire, &Create::symmetric_key(Algorithm::DES3, 168).usage(Mask::MAC_GENERATE).name("other"));
        let both = vec![other.clone(), wanted.clone()];

        let mut filters = vec![
            (AttributeValue::Name("wanted".into()), vec![wanted.clone()]),
            (AttributeValue::Name(uri), vec![wanted.clone()]),
            (AttributeValue::Name("nobody".into()), vec![]),
            (AttributeValue::UniqueIdentifier(Id::Text(&other)), vec![other.clone()]),
            (AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY), both.clone()),
            (AttributeValue::ObjectType(ObjectType::SECRET_DATA), vec![]),
            (AttributeValue::CryptographicAlgorithm(Algorithm::AES), vec![wanted.clone()]),
            (AttributeValue::CryptographicLength(168), vec![other.clone()]),
            // The requested bits must be set; others may be.
            (AttributeValue::CryptographicUsageMask(Mask::ENCRYPT), vec![wanted.clone()]),
            (AttributeValue::CryptographicUsageMask(Mask::ENCRYPT | Mask::SIGN), vec![]),
            (AttributeValue::CryptographicUsageMask(Mask::EMPTY), both.clone()),
            (AttributeValue::ContactInformation("storage team"), vec![wanted.clone()]),
            (AttributeValue::ContactInformation("storage"), vec![]),
            (AttributeValue::ObjectGroup("group"), vec![wanted.clone()]),
            (AttributeValue::CryptographicParameters(parameters().into()), vec![wanted.clone()]),
            (AttributeValue::ApplicationSpecificInformation(information()), vec![wanted.clone()]),
            // At least this much must be left.
            (AttributeValue::UsageLimits(limits(1000)), vec![wanted.clone()]),
            (AttributeValue::UsageLimits(limits(999)), vec![wanted.clone()]),
            (AttributeValue::UsageLimits(limits(1001)), vec![]),
            (AttributeValue::State(State::ACTIVE), vec![wanted.clone()]),
            (AttributeValue::State(State::PRE_ACTIVE), vec![other.clone()]),
            (AttributeValue::ActivationDate(DateTime(1000)), vec![wanted.clone()]),
            (AttributeValue::ActivationDate(DateTime(1001)), vec![]),
            // The latest date means none.
            (AttributeValue::ActivationDate(DateTime(i64::MAX)), vec![other.clone()]),
            (vendor("Colour", "blue"), vec![wanted.clone()]),
            (vendor("Colour", "red"), vec![]),
            (vendor("Size", "blue"), vec![]),
        ];
        if version >= kmip_ttlv::V1_2 {
            filters.push((AttributeValue::Link(link()), vec![wanted.clone()]));
        }
        for (value, expected) in filters {
            let found = wire.locate(&Locate::attribute(value.clone()));
            assert_eq!(found, expected, "{value:?} on {version}");
        }
        // All conditions must hold.
        let request = Locate::name("wanted").attribute(AttributeValue::CryptographicLength(192));
        assert_eq!(wire.locate(&request), [wanted]);
        let request = Locate::name("wanted").attribute(AttributeValue::CryptographicLength(168));
        assert!(wire.locate(&request).is_empty());
    }
}

#[test]
fn two_dates_make_a_range() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let ids = [100, 200, 300]
            .map(|date| make(&mut wire, &Create::aes(128).attribute(AttributeValue::ActivationDate(DateTime(date)))));
        let between = |from, to| {
            let date = |date| AttributeValue::ActivationDate(DateTime(date));
            Locate::attribute(date(from)).attribute(date(to))
        };
        let found = |wire: &mut Wire, from, to| {
            let mut found = wire.locate(&between(from, to));
            found.reverse();
            found
        };
        assert_eq!(found(&mut wire, 100, 300), ids);
        assert_eq!(found(&mut wire, 300, 100), ids, "in either order");
        assert_eq!(found(&mut wire, 101, 300), ids[1..]);
        assert_eq!(found(&mut wire, 100, 299), ids[..2]);
        assert_eq!(found(&mut wire, 150, 250), ids[1..2]);
        assert!(found(&mut wire, 301, 400).is_empty());
        let three = between(1, 2).attribute(AttributeValue::ActivationDate(DateTime(3)));
        assert_eq!(wire.call(&three).err(), Some(Reason::INVALID_FIELD));
        // Dates that the server sets are found too.
        let day = |date| AttributeValue::InitialDate(DateTime(date));
        assert_eq!(wire.locate(&Locate::attribute(day(now() - 60)).attribute(day(now() + 60))).len(), 3);
    }
}

#[test]
fn the_newest_come_first_and_can_be_counted_off() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let mut ids: Vec<_> = (0..5).map(|number| wire.new_key(&format!("key {number}"))).collect();
        ids.reverse();
        assert_eq!(wire.locate(&Locate::all()), ids);
        assert_eq!(wire.locate(&Locate::all().at_most(2)), ids[..2]);
        assert!(wire.locate(&Locate::all().at_most(0)).is_empty());
        assert_eq!(wire.call(&Locate::all().at_most(-1)).err(), Some(Reason::INVALID_FIELD));
        if version >= V1_3 {
            let mut request = Locate::all().at_most(2);
            request.offset_items = Some(3);
            assert_eq!(wire.locate(&request), ids[3..]);
            request.offset_items = Some(9);
            let reply = wire.call(&request).unwrap();
            assert_eq!((reply.payload().unique_identifiers.len(), reply.payload().located_items), (0, Some(5)));
        }
    }
}

#[test]
fn destroyed_objects_are_found_when_asked_for() {
    for version in [V2_0, V2_1] {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let (kept, destroyed) = (wire.new_key("kept"), wire.new_key("destroyed"));
        wire.call(&Destroy::id(&destroyed)).unwrap();
        let mut found = |mask| {
            let mut request = Locate::all();
            request.storage_status_mask = mask;
            wire.locate(&request)
        };
        let (online, gone) = (StorageStatusMask::ON_LINE_STORAGE, StorageStatusMask::DESTROYED_STORAGE);
        assert_eq!(found(None), [kept.as_str()]);
        assert_eq!(found(Some(online)), [kept.as_str()]);
        assert_eq!(found(Some(gone)), [destroyed.as_str()]);
        assert_eq!(found(Some(online | gone)), [destroyed, kept]);
        assert!(found(Some(StorageStatusMask::ARCHIVAL_STORAGE)).is_empty());
    }
}

#[test]
fn fresh_members_of_a_group_are_told_apart() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_1);
    let in_group = || Create::aes(128).attribute(AttributeValue::ObjectGroup("pool"));
    let (used, fresh) = (make(&mut wire, &in_group()), make(&mut wire, &in_group()));
    wire.call(&Get::id(&used)).unwrap();
    let mut request = Locate::attribute(AttributeValue::ObjectGroup("pool"));
    request.object_group_member = Some(ObjectGroupMember::GROUP_MEMBER_FRESH);
    assert_eq!(wire.locate(&request), [fresh.as_str()]);
    assert_eq!(wire.locate(&Locate::attribute(AttributeValue::Fresh(false))), [used]);
    assert_eq!(wire.locate(&Locate::attribute(AttributeValue::Fresh(true))), [fresh]);
}

#[test]
fn the_default_member_of_a_group_is_the_oldest() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let in_group = || Create::aes(128).attribute(AttributeValue::ObjectGroup("pool"));
    let (oldest, _) = (make(&mut wire, &in_group()), make(&mut wire, &in_group()));
    let mut request = Locate::attribute(AttributeValue::ObjectGroup("pool"));
    request.object_group_member = Some(ObjectGroupMember::GROUP_MEMBER_DEFAULT);
    assert_eq!(wire.locate(&request), [oldest]);
}

#[test]
fn fields_that_are_left_out_do_not_matter() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let uri = Name::default().value("vm").name_type(NameType::URI);
        let parameters = CryptographicParameters::default()
            .block_cipher_mode(BlockCipherMode::CBC)
            .padding_method(PaddingMethod::PKCS5);
        let information = |data| ApplicationSpecificInformation::new("disks").application_data(data);
        let link = Link::new(LinkType::CERTIFICATE_LINK, Id::Text("other"));
        let limits = UsageLimits::new(1000, UsageLimitsUnit::BYTE);
        let id = make(
            &mut wire,
            &Create::aes(256)
                .attribute(AttributeValue::Name(uri))
                .attribute(AttributeValue::CryptographicParameters(parameters.into()))
                .attribute(AttributeValue::ApplicationSpecificInformation(information("sda")))
                .attribute(AttributeValue::ApplicationSpecificInformation(information("sdb")))
                .attribute(AttributeValue::Link(link))
                .attribute(AttributeValue::UsageLimits(limits)),
        );
        make(&mut wire, &Create::symmetric_key(Algorithm::DES3, 168).usage(Mask::MAC_GENERATE).name("other"));
        let cbc = CryptographicParameters::default().block_cipher_mode(BlockCipherMode::CBC);
        let gcm = cbc.clone().block_cipher_mode(BlockCipherMode::GCM);
        let number = |tag, number: u32| (tag, Value::Enumeration(number));
        let digest = number(Tag::HASHING_ALGORITHM, HashingAlgorithm::SHA_256.value());
        let found = [
            Locate::all().part(Tag::NAME, [(Tag::NAME_VALUE, Value::TextString("vm"))]),
            Locate::all().part(Tag::NAME, [number(Tag::NAME_TYPE, NameType::URI.value())]),
            Locate::all().link_type(LinkType::CERTIFICATE_LINK),
            Locate::all().linked_to("other"),
            Locate::all().part(Tag::LINK, []),
            Locate::all().application_namespace("disks"),
            Locate::all()
                .part(Tag::APPLICATION_SPECIFIC_INFORMATION, [(Tag::APPLICATION_DATA, Value::TextString("sdb"))]),
            Locate::attribute(AttributeValue::CryptographicParameters(cbc.into())),
            Locate::all().part(Tag::USAGE_LIMITS, [(Tag::USAGE_LIMITS_COUNT, Value::LongInteger(999))]),
            Locate::all().part(Tag::USAGE_LIMITS, [number(Tag::USAGE_LIMITS_UNIT, UsageLimitsUnit::BYTE.value())]),
            Locate::all().part(Tag::DIGEST, [digest]).link_type(LinkType::CERTIFICATE_LINK),
        ];
        for request in found {
            assert_eq!(wire.locate(&request), [id.as_str()], "{request:?} on {version}");
        }
        let missed = [
            Locate::all().part(Tag::NAME, [(Tag::NAME_VALUE, Value::TextString("v"))]),
            Locate::all().part(
                Tag::NAME,
                [(Tag::NAME_VALUE, Value::TextString("other")), number(Tag::NAME_TYPE, NameType::URI.value())],
            ),
            Locate::all().link_type(LinkType::REPLACED_OBJECT_LINK),
            Locate::all().linked_to("vm"),
            Locate::all().application_namespace("disk"),
            Locate::attribute(AttributeValue::CryptographicParameters(gcm.into())),
            Locate::all().part(Tag::USAGE_LIMITS, [(Tag::USAGE_LIMITS_TOTAL, Value::LongInteger(1001))]),
            Locate::all().part(Tag::USAGE_LIMITS, [number(Tag::USAGE_LIMITS_UNIT, UsageLimitsUnit::OBJECT.value())]),
            // A field that the structure does not have.
            Locate::all().part(Tag::LINK, [(Tag::COMMENT, Value::TextString("x"))]),
        ];
        for request in missed {
            assert!(wire.locate(&request).is_empty(), "{request:?} on {version}");
        }
        let unknown = Locate::all().part(Tag::BATCH_ITEM, []);
        if version >= V2_0 {
            assert_eq!(wire.call(&unknown).err(), Some(Reason::UNSUPPORTED_ATTRIBUTE));
        }
    }
}

/// Every attribute of an object, requested as returned, finds the object; and so does each field of structures.
#[test]
fn locates_an_object_by_every_attribute_that_it_returns() {
    for version in VERSIONS {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let der = pem_to_der(&server.pki().ca_pem());
        let pair = CreateKeyPair::ec(RecommendedCurve::P_256);
        let pair = wire.call(&pair.private_key_name("private").public_key_name("public")).unwrap();
        let ids = [
            make(&mut wire, &Create::aes(256).name("key").attribute(vendor("Colour", "blue"))),
            text(pair.payload().private_key_unique_identifier),
            text(wire.call(&Register::certificate(&der)).unwrap().payload().unique_identifier),
        ];
        for id in &ids {
            let reply = wire.call(&GetAttributes::id(id)).unwrap();
            let attributes = reply.payload().attributes.unwrap();
            assert!(attributes.list.len() > 8);
            for value in &attributes {
                let found = wire.locate(&Locate::attribute(value.clone()));
                assert!(found.contains(id), "{value:?} on {version}");
            }
            // All conditions together find nothing else.
            let mut request = Locate::all();
            request.attributes = attributes.iter().cloned().collect();
            assert_eq!(wire.locate(&request), [id.as_str()], "on {version}");
        }
    }
}

fn pem_to_der(pem: &str) -> Vec<u8> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}

#[test]
fn the_state_is_that_of_the_moment() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let soon = AttributeValue::ActivationDate(DateTime(now() + 500));
    let id = make(&mut wire, &Create::aes(128).attribute(soon));
    let active = || Locate::attribute(AttributeValue::State(State::ACTIVE));
    assert!(wire.locate(&active()).is_empty());
    server.advance(Duration::from_secs(600));
    assert_eq!(wire.locate(&active()), [id.as_str()]);
    wire.call(&Revoke::id(&id, RevocationReasonCode::KEY_COMPROMISE)).unwrap();
    assert!(wire.locate(&active()).is_empty());
    assert_eq!(wire.locate(&Locate::attribute(AttributeValue::State(State::COMPROMISED))), [id]);
    assert!(wire.call(&Activate::id("nobody")).is_err());
}

#[test]
fn refuses_to_locate_by_what_is_no_attribute() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_0);
    let named = |name| AttributeValue::Other(OtherAttribute::default().name(name).value(Value::Integer(1)));
    let request = Locate::attribute(named(AttributeReference::Named("Colour")));
    assert_eq!(wire.call(&request).err(), Some(Reason::INVALID_FIELD));
    let mut wire = Wire::alice(&server, V2_1);
    let request = Locate::attribute(named(AttributeReference::Standard(Tag::from_bytes([0x54, 0, 1]))));
    assert_eq!(wire.call(&request).err(), Some(Reason::UNSUPPORTED_ATTRIBUTE));
}

#[test]
fn kinds_that_a_version_lacks_do_not_exist_for_it() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let opaque = Register::opaque_object(OpaqueDataType::from_value(1), b"data");
    let opaque = text(wire.call(&opaque).unwrap().payload().unique_identifier);
    let request = kmip_client::protocol::object::CertificateRequest::new(
        kmip_ttlv::enumeration::CertificateRequestType::PKCS_10,
        b"der",
    );
    let request = Register::object(kmip_client::protocol::object::Object::CertificateRequest(request));
    let request = text(wire.call(&request).unwrap().payload().unique_identifier);
    assert_eq!(wire.locate(&Locate::all()), [request.clone(), opaque.clone()]);
    let mut old = Wire::alice(&server, V1_4);
    assert_eq!(old.locate(&Locate::all()), [opaque]);
    assert_eq!(old.call(&Get::id(&request)).err(), Some(Reason::ITEM_NOT_FOUND));
}
