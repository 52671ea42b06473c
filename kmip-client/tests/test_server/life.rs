//! The whole life of a key, on every version; its visibility; and the life of the server.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{
    Activate, Destroy, DiscoverVersions, Get, GetAttributes, Locate, Ping, PingRequest, Query, ReKey, Revoke,
};
use kmip_client::test_server::TestServer;
use kmip_client::{Thumbprint, Trust};
use kmip_ttlv::enumeration::{
    LinkType, ObjectType, OperationCode, QueryFunction, ResultReason, RevocationReasonCode, State,
};
use kmip_ttlv::{ProtocolVersion, Tag, V1_0, V1_1, V1_2, V1_4, V2_0, V2_1};
use rustls::ProtocolVersion as Tls;

use crate::wire::{Payload, VERSIONS, Wire, text};

#[test]
fn a_key_lives_on_every_version() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let name = format!("life of {version}");
        let id = wire.new_key(&name);
        assert_eq!(wire.state(&id), State::PRE_ACTIVE);
        wire.call(&Activate::id(&id)).unwrap();
        assert_eq!(wire.state(&id), State::ACTIVE);

        let fetched = wire.call(&Get::id(&id)).unwrap();
        let fetched = fetched.payload();
        let block = fetched.object.key_block().unwrap();
        assert_eq!(fetched.object_type, ObjectType::SYMMETRIC_KEY);
        assert_eq!((block.cryptographic_length, block.bytes().unwrap().len()), (Some(256), 32));
        assert_eq!(wire.locate(&Locate::name(&name)), [id.as_str()]);

        let new_id = text(wire.call(&ReKey::id(&id)).unwrap().payload().unique_identifier);
        assert_eq!(wire.locate(&Locate::name(&name)), [new_id.as_str()], "the name goes over");
        // The Activation Date is copied, so the new key is active at once.
        assert_eq!((wire.state(&id), wire.state(&new_id)), (State::ACTIVE, State::ACTIVE));
        assert_eq!(link(&mut wire, &id, LinkType::REPLACEMENT_OBJECT_LINK), new_id);
        assert_eq!(link(&mut wire, &new_id, LinkType::REPLACED_OBJECT_LINK), id);
        let replaced = wire.call(&Get::id(&new_id)).unwrap();
        let replaced = replaced.payload();
        assert_ne!(replaced.object.key_block().unwrap().bytes(), block.bytes(), "another key");

        wire.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED).message("replaced")).unwrap();
        assert_eq!(wire.state(&id), State::DEACTIVATED);
        wire.call(&Destroy::id(&id)).unwrap();
        assert_eq!(wire.state(&id), State::DESTROYED);
        let gone = wire.reason(ResultReason::ILLEGAL_OPERATION, ResultReason::OBJECT_DESTROYED);
        assert_eq!(wire.call(&Get::id(&id)).err(), Some(gone));
    }
}

#[test]
fn a_replacement_knows_the_key_before_it_and_no_other() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let first = wire.new_key("line");
    let re_key = |wire: &mut Wire, id: &str| text(wire.call(&ReKey::id(id)).unwrap().payload().unique_identifier);
    let second = re_key(&mut wire, &first);
    let third = re_key(&mut wire, &second);
    let reply = wire.call(&GetAttributes::id(&third).attribute(Tag::LINK)).unwrap();
    assert_eq!(reply.payload().attributes.unwrap().list.len(), 1);
    assert_eq!(link(&mut wire, &third, LinkType::REPLACED_OBJECT_LINK), second);
    assert_eq!(wire.locate(&Locate::name("line")), [third]);
    // The middle key was not used up by it.
    assert!(wire.call(&Get::id(&second)).is_ok());
}

fn link(wire: &mut Wire, id: &str, link_type: LinkType) -> String {
    let reply = wire.call(&GetAttributes::id(id).attribute(Tag::LINK)).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    let mut links = attributes.find(Tag::LINK).filter_map(|value| match value {
        AttributeValue::Link(link) if link.link_type == link_type => Some(text(link.linked_object_identifier)),
        _ => None,
    });
    links.next().unwrap()
}

#[test]
fn a_version_sees_the_attributes_that_it_has() {
    let server = TestServer::start();
    let id = Wire::alice(&server, V2_1).new_key("seen by all");
    let count = |version: ProtocolVersion| {
        let names = Wire::alice(&server, version).attribute_names(&id);
        for name in &names {
            let versions = Tag::from_title(name).unwrap().versions().unwrap();
            assert!(versions.contains(version), "{name} in {version}");
        }
        names.len()
    };
    // 1.0 returns what the specification requires for a key and its name; later versions add to it.
    let common = [
        "Unique Identifier",
        "Name",
        "Object Type",
        "Cryptographic Algorithm",
        "Cryptographic Length",
        "Digest",
        "Cryptographic Usage Mask",
        "State",
        "Initial Date",
        "Last Change Date",
        "Lease Time",
    ];
    let mut names = Wire::alice(&server, V1_0).attribute_names(&id);
    names.sort();
    let mut expected = common.map(str::to_owned);
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(VERSIONS.map(count), [11, 12, 13, 14, 18, 21, 21]);
}

#[test]
fn others_see_nothing() {
    let server = TestServer::start();
    for version in VERSIONS {
        let (mut alice, mut bob) = (Wire::alice(&server, version), Wire::to(&server, "bob", version));
        let id = alice.new_key(&format!("alice's {version}"));
        let not_found = Some(alice.reason(ResultReason::ITEM_NOT_FOUND, ResultReason::OBJECT_NOT_FOUND));
        assert_eq!(bob.call(&Get::id(&id)).err(), not_found);
        assert_eq!(bob.call(&GetAttributes::id(&id)).err(), not_found);
        assert_eq!(bob.call(&Destroy::id(&id)).err(), not_found);
        assert!(bob.locate(&Locate::all()).is_empty());
        // Another certificate with the same name identifies the same client.
        assert!(Wire::alice(&server, version).call(&Get::id(&id)).is_ok());
    }
    // A name is taken for its owner only.
    Wire::to(&server, "bob", V1_4).new_key("alice's 1.4");
}

#[test]
fn versions_are_discovered() {
    let server = TestServer::builder().versions(V1_1..=V1_4).start();
    let mut wire = Wire::alice(&server, V1_2);
    let all = wire.call(&DiscoverVersions::all()).unwrap().payload().protocol_versions;
    assert_eq!(all, [V1_4, kmip_ttlv::V1_3, V1_2, V1_1]);
    let some = wire.call(&DiscoverVersions::among([V2_1, V1_2, V1_1])).unwrap().payload().protocol_versions;
    assert_eq!(some, [V1_2, V1_1]);
    assert!(wire.call(&DiscoverVersions::among([V2_0])).unwrap().payload().protocol_versions.is_empty());

    let server = TestServer::start();
    let mut oldest = Wire::alice(&server, V1_0);
    assert_eq!(oldest.call(&DiscoverVersions::all()).err(), Some(ResultReason::OPERATION_NOT_SUPPORTED));
}

#[test]
fn the_server_answers_ping_where_there_is_one() {
    let server = TestServer::start();
    assert!(Wire::alice(&server, V2_1).call(&Ping::server()).is_ok());
    let refused = Wire::alice(&server, V2_0).call(&Ping::server()).err();
    assert_eq!(refused, Some(ResultReason::OPERATION_NOT_SUPPORTED));
}

#[test]
fn the_server_tells_what_is_true() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let functions = QueryFunction::QUERY_OPERATIONS.value()..=QueryFunction::QUERY_STORAGE_PROTECTION_MASKS.value();
        let reply = wire.call(&Query::functions(functions.map(QueryFunction::from_value))).unwrap();
        let response = reply.payload();
        assert_eq!(response.vendor_identification, Some("kmip-client test server"));
        assert!(response.operations.contains(&OperationCode::OBTAIN_LEASE));
        assert_eq!(response.operations.contains(&OperationCode::RE_KEY_KEY_PAIR), version >= V1_1);
        assert_eq!(response.operations.contains(&OperationCode::SET_ATTRIBUTE), version >= V2_0);
        assert!(response.operations.iter().all(|code| code.versions().unwrap().contains(version)));
        // Listed operations are executed, or refused for another reason; others are refused for this reason.
        let nothing = Payload::of(&PingRequest::default(), version);
        for code in (1..=0x40).map(OperationCode::from_value) {
            let unsupported = wire.call_any(code, &nothing) == Err(ResultReason::OPERATION_NOT_SUPPORTED);
            assert_ne!(response.operations.contains(&code), unsupported, "{code} in {version}");
        }
        assert!(response.object_types.iter().all(|kind| kind.versions().unwrap().contains(version)));
        assert_eq!(response.server_information_texts().count(), if version < V2_0 { 0 } else { 2 });
        assert!(response.profiles.is_empty() && response.extensions.is_empty() && response.validations.is_empty());
        // Unrequested information is not returned.
        let reply = wire.call(&Query::functions([QueryFunction::QUERY_OBJECTS])).unwrap();
        assert!(reply.payload().operations.is_empty() && reply.payload().vendor_identification.is_none());
    }
}

#[test]
fn tls_can_be_narrowed() {
    for (server, tls) in [
        (TestServer::builder().tls12_only().start(), Tls::TLSv1_2),
        (TestServer::builder().tls13_only().start(), Tls::TLSv1_3),
    ] {
        let mut wire = Wire::alice(&server, V1_4);
        wire.new_key("one");
        assert_eq!(wire.stream.conn.protocol_version(), Some(tls));
        let certificate = &wire.stream.conn.peer_certificates().unwrap()[0];
        assert_eq!(server.thumbprint(), Thumbprint::sha256_of(certificate));
    }
}

#[test]
fn configurations_are_complete() {
    let server = TestServer::start();
    for config in [server.config(), server.config_of("bob"), server.config().trust(Trust::pinned(server.thumbprint()))]
    {
        config.check().unwrap();
    }
    assert_eq!(server.endpoint().port(), server.address().port());
    assert_eq!(server.endpoint().host(), "127.0.0.1");
}

#[test]
fn a_client_of_another_authority_is_not_let_in() {
    let (server, stranger) = (TestServer::start(), TestServer::start());
    let issued = stranger.pki().issue_client("alice");
    let error = Wire::with(&server, &issued, V1_4).knock().unwrap_err();
    assert!(error.to_string().contains("UnknownCA") || error.to_string().contains("BadCertificate"), "{error}");
    assert!(server.requests().is_empty());
}

#[test]
fn dropping_the_server_ends_its_connections() {
    let server = TestServer::start();
    let address = server.address();
    let mut wires: Vec<_> = (0..4).map(|_| Wire::alice(&server, V1_4)).collect();
    wires.iter_mut().for_each(|wire| drop(wire.new_key(&format!("{:p}", wire))));
    assert_eq!(server.connections(), 4);
    assert_eq!(server.requests().get(&OperationCode::CREATE), Some(&4));
    // One that never sends anything, not even in TLS.
    let silent = TcpStream::connect(address).unwrap();
    let started = Instant::now();
    drop(server);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(TcpStream::connect(address).is_err());
    assert!(wires.iter_mut().all(|wire| wire.knock().is_err()));
    drop(silent);
}
