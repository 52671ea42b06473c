//! Re-key Key Pair: a new pair replaces an old one.

use kmip_client::protocol::attribute::{AttributeValue, Attributes, UsageLimits};
use kmip_client::protocol::operation::{
    Activate, Create, CreateKeyPair, Get, GetAttributes, Locate, ReKey, ReKeyKeyPair, Register,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    KeyFormatType, LinkType, OperationCode, RecommendedCurve, ResultReason as Reason, State, UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, Tag, V1_0, V1_4, V2_1};

use crate::wire::{Payload, VERSIONS, Wire, now, text};

/// Creates a pair, and returns the identifiers of the private and the public key.
fn new_pair(wire: &mut Wire, name: &str) -> [String; 2] {
    let (private, public) = (format!("{name} private"), format!("{name} public"));
    let request = CreateKeyPair::ec(RecommendedCurve::P_256).private_key_name(&private).public_key_name(&public);
    let reply = wire.call(&request).unwrap();
    let made = reply.payload();
    [text(made.private_key_unique_identifier), text(made.public_key_unique_identifier)]
}

fn re_key(wire: &mut Wire, id: &str) -> [String; 2] {
    let reply = wire.call(&ReKeyKeyPair::id(id)).unwrap();
    let made = reply.payload();
    [text(made.private_key_unique_identifier), text(made.public_key_unique_identifier)]
}

fn links(wire: &mut Wire, id: &str) -> Vec<(LinkType, String)> {
    let reply = wire.call(&GetAttributes::id(id).attribute(Tag::LINK)).unwrap();
    let attributes = reply.payload().attributes.unwrap_or_default();
    let links = attributes.find(Tag::LINK).map(|value| match value {
        AttributeValue::Link(link) => (link.link_type, text(link.linked_object_identifier)),
        other => panic!("{other:?}"),
    });
    links.collect()
}

fn bytes(wire: &mut Wire, id: &str) -> Vec<u8> {
    let reply = wire.call(&Get::id(id)).unwrap();
    reply.payload().object.key_block().unwrap().bytes().unwrap().expose().to_vec()
}

#[test]
fn a_pair_is_replaced() {
    for version in VERSIONS.into_iter().filter(|version| *version > V1_0) {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let [private, public] = new_pair(&mut wire, "pair");
        wire.call(&Activate::id(&private)).unwrap();
        let [new_private, new_public] = re_key(&mut wire, &private);

        // Names are moved, and each half is linked to its other half, and to its predecessor.
        assert_eq!(wire.locate(&Locate::name("pair private")), [new_private.as_str()]);
        assert_eq!(wire.locate(&Locate::name("pair public")), [new_public.as_str()]);
        let to = |link_type, id: &String| (link_type, id.clone());
        assert_eq!(
            links(&mut wire, &private),
            [to(LinkType::PUBLIC_KEY_LINK, &public), to(LinkType::REPLACEMENT_OBJECT_LINK, &new_private)]
        );
        assert_eq!(
            links(&mut wire, &new_private),
            [to(LinkType::PUBLIC_KEY_LINK, &new_public), to(LinkType::REPLACED_OBJECT_LINK, &private)]
        );
        assert_eq!(
            links(&mut wire, &new_public),
            [to(LinkType::PRIVATE_KEY_LINK, &new_private), to(LinkType::REPLACED_OBJECT_LINK, &public)]
        );
        // The dates are copied: the private key was active, the public key was not.
        assert_eq!((wire.state(&new_private), wire.state(&new_public)), (State::ACTIVE, State::PRE_ACTIVE));
        assert_ne!(bytes(&mut wire, &private), bytes(&mut wire, &new_private));
        assert_ne!(bytes(&mut wire, &public), bytes(&mut wire, &new_public));
        assert_eq!(bytes(&mut wire, &public).len(), bytes(&mut wire, &new_public).len(), "the same curve");
        // And once more.
        let [third, _] = re_key(&mut wire, &new_private);
        assert_eq!(wire.locate(&Locate::name("pair private")), [third]);
    }
}

#[test]
fn an_offset_moves_the_dates_of_both() {
    for version in [V1_4, V2_1] {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let at = now();
        let mut request = CreateKeyPair::ec(RecommendedCurve::P_384);
        let common = request.common_attributes.get_or_insert_default();
        common.push(AttributeValue::ActivationDate(DateTime(at - 100)));
        common.push(AttributeValue::DeactivationDate(DateTime(at + 900)));
        let limits = |count: Option<i64>| {
            let mut limits = UsageLimits::new(10, UsageLimitsUnit::OBJECT);
            limits.count = count;
            limits
        };
        request.private_key_attributes.get_or_insert_default().push(AttributeValue::UsageLimits(limits(None)));
        let made = wire.call(&request).unwrap();
        let private = text(made.payload().private_key_unique_identifier);
        let mut request = ReKeyKeyPair::id(&private).active_after(50);
        request.public_key_attributes = Some(Attributes::from_iter([AttributeValue::ContactInformation("verifiers")]));
        let reply = wire.call(&request).unwrap();
        let made = reply.payload();
        for id in [made.private_key_unique_identifier, made.public_key_unique_identifier].map(text) {
            let activation = wire.date(&id, Tag::ACTIVATION_DATE).unwrap();
            assert!((at + 50..at + 60).contains(&activation));
            assert_eq!(wire.date(&id, Tag::DEACTIVATION_DATE), Some(activation + 1000));
            assert_eq!(wire.state(&id), State::PRE_ACTIVE);
        }
        let found = Locate::attribute(AttributeValue::ContactInformation("verifiers"));
        assert_eq!(wire.locate(&found), [text(made.public_key_unique_identifier)]);
        let date = AttributeValue::ActivationDate(DateTime(at));
        let mut both = ReKeyKeyPair::id(&private).active_after(50);
        both.common_attributes = Some(Attributes::from_iter([date]));
        assert_eq!(wire.call(&both).err(), Some(Reason::INVALID_MESSAGE));
    }
}

#[test]
fn refuses_to_re_key_what_is_no_pair() {
    for version in VERSIONS.into_iter().filter(|version| *version > V1_0) {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let [private, public] = new_pair(&mut wire, "pair");
        let key = text(wire.call(&Create::aes(256)).unwrap().payload().unique_identifier);
        let single = Register::private_key(
            KeyFormatType::PKCS_8,
            kmip_ttlv::enumeration::CryptographicAlgorithm::EC,
            256,
            b"\x30\x00",
        );
        let single = text(wire.call(&single).unwrap().payload().unique_identifier);
        let no_pair = Some(wire.reason(Reason::PERMISSION_DENIED, Reason::INVALID_OBJECT_TYPE));
        assert_eq!(wire.call(&ReKeyKeyPair::id(&public)).err(), no_pair);
        assert_eq!(wire.call(&ReKeyKeyPair::id(&key)).err(), no_pair);
        assert_eq!(wire.call(&ReKeyKeyPair::id(&single)).err(), no_pair);
        assert_eq!(wire.call(&ReKey::id(&private)).err(), no_pair);
        // If the pair cannot be created, the old one keeps its names.
        let mut impossible = ReKeyKeyPair::id(&private);
        let length = AttributeValue::CryptographicLength(7);
        impossible.common_attributes = Some(Attributes::from_iter([length]));
        assert!(wire.call(&impossible).is_err());
        assert_eq!(wire.locate(&Locate::name("pair private")), [private]);
        assert_eq!(wire.locate(&Locate::name("pair public")), [public]);
    }
    let server = TestServer::start();
    let mut oldest = Wire::alice(&server, V1_0);
    let payload = Payload::of(&ReKeyKeyPair::id("x"), V1_0);
    let refused = oldest.call_any(OperationCode::RE_KEY_KEY_PAIR, &payload).err();
    assert_eq!(refused, Some(Reason::OPERATION_NOT_SUPPORTED));
}
