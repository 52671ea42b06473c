//! Multi-call flows: on embedded servers, with lost replies, and from PyKMIP to Cosmian KMS and back.

use std::time::Duration;

use kmip_client::flow::{FlowError, Rotated, create_active, migrate, rotate, rotate_by_create};
use kmip_client::protocol::attribute::{AttributeValue, Link};
use kmip_client::protocol::operation::{
    Activate, AddAttribute, Create, CreateKeyPair, Destroy, Get, GetAttributes, Locate, Register, Revoke,
};
use kmip_client::test_server::{Fault as Script, TestServer};
use kmip_client::{Config, Error, Kmip, blocking};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask as Mask, LinkType, ObjectType, OpaqueDataType,
    OperationCode as Code, RevocationReasonCode, SecretDataType, State,
};
use kmip_ttlv::{DateTime, ProtocolVersion, Tag, V1_0, V1_2, V1_4, V2_0, V2_1};

use crate::{real_server, with_both};

async fn state(kms: &impl Kmip, id: &str) -> State {
    let reply = kms.call(&GetAttributes::id(id).state()).await.unwrap();
    let attributes = reply.payload().attributes.unwrap();
    match attributes.find(Tag::STATE).next() {
        Some(AttributeValue::State(state)) => *state,
        other => panic!("{other:?}"),
    }
}

async fn bytes(kms: &impl Kmip, id: &str) -> Vec<u8> {
    let fetched = kms.call(&Get::id(id)).await.unwrap();
    fetched.payload().object.key_block().unwrap().bytes().unwrap().expose().to_vec()
}

async fn named(kms: &impl Kmip, name: &str) -> Vec<String> {
    let found = kms.call(&Locate::name(name)).await.unwrap();
    found.payload().unique_identifiers.iter().map(ToString::to_string).collect()
}

fn connect(server: &TestServer, version: ProtocolVersion) -> blocking::Client {
    blocking::Client::connect(&server.config().version(version)).unwrap()
}

/// Runs a flow on the blocking client; `with_both!` runs it on both clients.
macro_rules! flow {
    ($kms:ident => $flow:expr) => {
        $kms.run(async |$kms| {
            let $kms = &$kms;
            $flow.await
        })
    };
}

#[test]
fn a_key_is_created_once() {
    for version in [V1_0, V1_4, V2_1] {
        let server = TestServer::start();
        with_both!(&server.config().version(version), kms => {
            let id = create_active(kms, "vm-42", &Create::aes(256)).await.unwrap();
            assert_eq!(state(kms, &id).await, State::ACTIVE);
            assert_eq!(create_active(kms, "vm-42", &Create::aes(256)).await.unwrap(), id);
        });
        assert_eq!(server.requests()[&Code::CREATE], 1, "both clients found the one key");
        assert_eq!(server.requests()[&Code::ACTIVATE], 1);
    }
}

#[test]
fn a_key_whose_creation_is_in_doubt_is_looked_for() {
    // Executed or not: either the reply is lost, or the request.
    for (script, creates) in [(Script::LoseReply, 1), (Script::CloseUnanswered, 2)] {
        let server = TestServer::start();
        let kms = connect(&server, V1_4);
        after(&server, 1, &script); // Locate, Create
        let id = flow!(kms => create_active(kms, "vm-42", &Create::aes(256))).unwrap();
        assert_eq!(flow!(kms => named(kms, "vm-42")), [id.as_str()]);
        assert_eq!(flow!(kms => state(kms, &id)), State::ACTIVE);
        assert_eq!(server.requests()[&Code::CREATE], creates, "{script:?}");
    }
    for (script, activates) in [(Script::LoseReply, 1), (Script::CloseUnanswered, 2)] {
        let server = TestServer::start();
        let kms = connect(&server, V2_1);
        after(&server, 3, &script); // Locate, Create, Get Attributes, Activate
        let id = flow!(kms => create_active(kms, "vm-42", &Create::aes(256))).unwrap();
        assert_eq!(flow!(kms => state(kms, &id)), State::ACTIVE);
        assert_eq!(server.requests()[&Code::ACTIVATE], activates, "{script:?}");
    }
    // Unknown outcomes without end.
    let server = TestServer::start();
    let kms = connect(&server, V1_4);
    for _ in 0..3 {
        after(&server, 1, &Script::CloseUnanswered);
    }
    let error = flow!(kms => create_active(kms, "vm-42", &Create::aes(256))).unwrap_err();
    assert!(matches!(error, FlowError::Kms(Error::OutcomeUnknown(_))), "{error:?}");
    assert_eq!(server.requests()[&Code::CREATE], 3);
}

/// Lets this many requests succeed before one fails.
fn after(server: &TestServer, right: usize, script: &Script) {
    for _ in 0..right {
        server.fail_next(Script::Delay(Duration::ZERO));
    }
    server.fail_next(script.clone());
}

#[test]
fn a_name_means_what_was_asked_for_or_an_error() {
    let server = TestServer::start();
    with_both!(&server.config(), kms => {
        let id = create_active(kms, "vm-42", &Create::aes(256)).await.unwrap();
        for other in [Create::aes(128), Create::symmetric_key(CryptographicAlgorithm::CAMELLIA, 256)] {
            let error = create_active(kms, "vm-42", &other).await.unwrap_err();
            assert!(matches!(&error, FlowError::NameTaken { id: taken, .. } if *taken == id), "{error:?}");
        }
    });
    let kms = connect(&server, V1_4);
    let id = flow!(kms => named(kms, "vm-42")).remove(0);
    kms.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).unwrap();
    let error = flow!(kms => create_active(kms, "vm-42", &Create::aes(256))).unwrap_err();
    assert!(matches!(error, FlowError::State { state: State::DEACTIVATED, .. }), "{error:?}");
    // A destroyed key is not in the way.
    kms.call(&Destroy::id(&id)).unwrap();
    assert_ne!(flow!(kms => create_active(kms, "vm-42", &Create::aes(256))).unwrap(), id);
}

#[test]
fn rotating_leaves_the_old_key_readable() {
    for version in [V1_0, V1_4, V2_1] {
        let server = TestServer::start();
        with_both!(&server.config().version(version), kms => {
            for id in named(kms, "vm-42").await {
                kms.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).await.unwrap();
                kms.call(&Destroy::id(&id)).await.unwrap();
            }
            let old = create_active(kms, "vm-42", &Create::aes(256)).await.unwrap();
            let old_bytes = bytes(kms, &old).await;
            let new = rotate(kms, &old).await.unwrap();
            assert_ne!(new.id(), old);
            assert_eq!((new.name(), new.is_linked()), (Some("vm-42"), true));
            assert_eq!(state(kms, new.id()).await, State::ACTIVE);
            assert_eq!((state(kms, &old).await, bytes(kms, &old).await == old_bytes), (State::ACTIVE, true));
            assert_ne!(bytes(kms, new.id()).await, old_bytes);
            // A repetition returns the same key; rotating the new key does not.
            assert_eq!(rotate(kms, &old).await.unwrap(), new);
            assert_ne!(rotate(kms, new.id()).await.unwrap().id(), new.id());
        });
    }
}

#[test]
fn a_rotation_in_doubt_is_looked_for() {
    for (script, re_keys) in [(Script::LoseReply, 1), (Script::CloseUnanswered, 2)] {
        let server = TestServer::start();
        let kms = connect(&server, V1_4);
        let old = flow!(kms => create_active(kms, "vm-42", &Create::aes(256))).unwrap();
        after(&server, 1, &script); // Get Attributes, Re-key
        let new = flow!(kms => rotate(kms, &old)).unwrap();
        assert_eq!(flow!(kms => named(kms, "vm-42")), [new.id()]);
        assert_eq!(server.requests()[&Code::RE_KEY], re_keys, "{script:?}");
        assert_eq!(flow!(kms => state(kms, new.id())), State::ACTIVE);
    }
}

/// PyKMIP lacks Re-key, and reports that it cannot decode the message.
#[test]
fn rotating_without_re_key() {
    let server = TestServer::start();
    let kms = connect(&server, V1_4);
    let request = Create::symmetric_key(CryptographicAlgorithm::AES, 192).usage(Mask::WRAP_KEY);
    let old = flow!(kms => create_active(kms, "vm-42", &request)).unwrap();
    let without_re_key = || after(&server, 1, &Script::OtherVersion); // Get Attributes, Re-key
    without_re_key();
    let new = flow!(kms => rotate(kms, &old)).unwrap();
    assert_eq!((new.name(), new.is_linked()), (Some("vm-42.rotated-1"), true));
    let reply = kms.call(&GetAttributes::id(new.id())).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    for value in [
        AttributeValue::CryptographicLength(192),
        AttributeValue::CryptographicUsageMask(Mask::WRAP_KEY),
        AttributeValue::State(State::ACTIVE),
        AttributeValue::Link(Link::new(LinkType::REPLACED_OBJECT_LINK, old.as_str())),
    ] {
        assert!(attributes.iter().any(|there| *there == value), "{value:?}");
    }
    assert_eq!(flow!(kms => rotate(kms, &old)).unwrap(), new, "by its link");
    without_re_key();
    let third = flow!(kms => rotate(kms, new.id())).unwrap();
    assert_eq!(third.name(), Some("vm-42.rotated-2"));
    assert_eq!(server.requests()[&Code::CREATE], 3);
}

#[test]
fn refuses_to_rotate_private_keys_and_unknown_objects() {
    let server = TestServer::start();
    let kms = connect(&server, V2_1);
    let made = kms.call(&CreateKeyPair::rsa(2048)).unwrap();
    let private = made.payload().private_key_unique_identifier.to_string();
    let error = flow!(kms => rotate(kms, &private)).unwrap_err();
    assert!(matches!(error, FlowError::Kind { object_type: ObjectType::PRIVATE_KEY, .. }), "{error:?}");
    let error = flow!(kms => rotate(kms, "no such key")).unwrap_err();
    assert!(matches!(&error, FlowError::Kms(error) if error.is_not_found()), "{error:?}");
}

/// Everything that can be copied, between versions with different encodings of attributes.
#[test]
fn an_object_goes_to_another_server() {
    for (old, new) in [(V1_2, V2_1), (V2_1, V1_0), (V1_4, V1_4)] {
        let (from, to) = (TestServer::start(), TestServer::start());
        let (from, to) = (connect(&from, old), connect(&to, new));
        let name = AttributeValue::Name("another name".into());
        let contact = AttributeValue::ContactInformation("storage team");
        let request = Create::aes(256).attribute(contact.clone()).attribute(name.clone());
        let id = flow!(from => create_active(from, "vm-42", &request)).unwrap();
        let copy = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap();
        assert_eq!(copy.left_out(), [""; 0]);
        assert_ne!(copy.id(), id);
        assert_eq!(flow!(to => bytes(to, copy.id())), flow!(from => bytes(from, &id)));
        let reply = to.call(&GetAttributes::id(copy.id())).unwrap();
        let attributes = reply.payload().attributes.unwrap();
        for value in [
            contact,
            name,
            AttributeValue::Name("vm-42".into()),
            AttributeValue::State(State::ACTIVE),
            AttributeValue::CryptographicUsageMask(Mask::ENCRYPT | Mask::DECRYPT),
            AttributeValue::CryptographicLength(256),
        ] {
            assert!(attributes.iter().any(|there| *there == value), "{value:?} is not in {attributes:?}");
        }
        // A repetition finds the existing copy.
        assert_eq!(flow!(from => migrate(from, &to.for_flow(), &id)).unwrap(), copy);
        assert_eq!(flow!(to => named(to, "vm-42")), [copy.id()]);
    }
}

#[test]
fn every_kind_of_object_and_every_state() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let (from, to) = (connect(&from, V2_1), connect(&to, V1_4));
    let made = from.call(&CreateKeyPair::rsa(2048).private_key_name("private").public_key_name("public")).unwrap();
    let made = made.payload();
    let mut ids = vec![made.private_key_unique_identifier.to_string(), made.public_key_unique_identifier.to_string()];
    let opaque = Register::opaque_object(OpaqueDataType::from_value(0x8000_0001), b"a blob");
    let secret = Register::secret_data(SecretDataType::PASSWORD, b"correct horse");
    for (n, request) in [opaque, secret].iter().enumerate() {
        let name = format!("registered {n}");
        ids.push(from.call(&request.clone().name(&name)).unwrap().payload().unique_identifier.to_string());
    }
    for id in &ids {
        let copy = flow!(from => migrate(from, &to.for_flow(), id)).unwrap();
        let (here, there) = (from.call(&Get::id(id)).unwrap(), to.call(&Get::id(copy.id())).unwrap());
        let (here, there) = (here.payload(), there.payload());
        assert_eq!(here.object_type, there.object_type);
        let expected: &[&str] =
            if here.object_type == ObjectType::PRIVATE_KEY || here.object_type == ObjectType::PUBLIC_KEY {
                &["Link"]
            } else {
                &[]
            };
        assert_eq!(copy.left_out(), expected);
        match here.object.key_block() {
            Some(block) => assert_eq!(block.bytes(), there.object.key_block().unwrap().bytes()),
            None => assert_eq!(here.object, there.object),
        }
    }

    let states = [State::PRE_ACTIVE, State::ACTIVE, State::DEACTIVATED, State::COMPROMISED];
    for wanted in states {
        let name = format!("a key that is {wanted}");
        let id = from.call(&Create::aes(256).name(&name)).unwrap().payload().unique_identifier.to_string();
        if matches!(wanted, State::ACTIVE | State::DEACTIVATED) {
            from.call(&Activate::id(&id)).unwrap();
        }
        match wanted {
            State::DEACTIVATED => drop(from.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).unwrap()),
            State::COMPROMISED => drop(from.call(&Revoke::key_compromise(&id, DateTime(1_577_836_800))).unwrap()),
            _ => {}
        }
        let copy = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap();
        assert_eq!(flow!(to => state(to, copy.id())), wanted);
        assert_eq!(flow!(from => migrate(from, &to.for_flow(), &id)).unwrap(), copy);
        let reply = to.call(&GetAttributes::id(copy.id())).unwrap();
        let attributes = reply.payload().attributes.unwrap();
        match wanted {
            State::DEACTIVATED => assert!(matches!(
                attributes.find(Tag::REVOCATION_REASON).next(),
                Some(AttributeValue::RevocationReason(reason)) if reason.code == RevocationReasonCode::SUPERSEDED
            )),
            State::COMPROMISED => assert!(
                attributes.iter().any(|v| *v == AttributeValue::CompromiseOccurrenceDate(DateTime(1_577_836_800)))
            ),
            _ => {}
        }
    }
    // The remains of a destroyed key cannot be copied.
    let id = from.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    from.call(&Destroy::id(&id)).unwrap();
    let error = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap_err();
    assert!(matches!(error, FlowError::State { state: State::DESTROYED, .. }), "{error:?}");
}

#[test]
fn reports_attributes_that_the_other_server_does_not_take() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let (from, to) = (connect(&from, V2_1), connect(&to, V1_2));
    let request = Create::aes(256)
        .attribute(AttributeValue::Comment("1.4 and later"))
        .attribute(AttributeValue::ContactInformation("any version"))
        .attribute(AttributeValue::ProtectionPeriod(kmip_ttlv::Interval(60)));
    let id = flow!(from => create_active(from, "vm-42", &request)).unwrap();
    let copy = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap();
    assert_eq!(copy.left_out(), ["Comment", "Protection Period"]);
}

#[test]
fn a_copy_in_doubt_is_looked_for() {
    for (script, registers) in [(Script::LoseReply, 1), (Script::CloseUnanswered, 2)] {
        let (from, server) = (TestServer::start(), TestServer::start());
        let (from, to) = (connect(&from, V1_4), connect(&server, V1_4));
        let id = flow!(from => create_active(from, "vm-42", &Create::aes(256))).unwrap();
        after(&server, 1, &script); // Locate, Register
        let copy = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap();
        assert_eq!(flow!(to => named(to, "vm-42")), [copy.id()]);
        assert_eq!(server.requests()[&Code::REGISTER], registers, "{script:?}");

        // Without a name there is nothing to locate.
        let id = from.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
        after(&server, 0, &script);
        let error = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap_err();
        assert!(matches!(error, FlowError::CannotRepeat { left: None, .. }), "{error:?}");
    }
}

#[test]
fn another_key_of_the_name_is_not_taken_for_the_copy() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let (from, to) = (connect(&from, V1_4), connect(&to, V1_4));
    let id = flow!(from => create_active(from, "vm-42", &Create::aes(256))).unwrap();
    let other = flow!(to => create_active(to, "vm-42", &Create::aes(256))).unwrap();
    let error = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap_err();
    assert!(matches!(&error, FlowError::NameTaken { id, .. } if *id == other), "{error:?}");
    assert!(!format!("{error:?} {error}").contains(&format!("{:?}", flow!(from => bytes(from, &id)))));
}

/// A key that the other server does not return is recognized by its digest.
#[test]
fn a_copy_that_is_kept_is_compared_by_its_digest() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let (from, to) = (connect(&from, V1_4), connect(&to, V1_4));
    let id = flow!(from => create_active(from, "vm-42", &Create::aes(256))).unwrap();
    let key = flow!(from => bytes(from, &id));
    let kept = |bytes: &[u8]| {
        let request = Register::symmetric_key(CryptographicAlgorithm::AES, bytes).name("vm-42");
        let request = request.attribute(AttributeValue::Sensitive(true));
        to.call(&request).unwrap().payload().unique_identifier.to_string()
    };
    let wrong = kept(&[7; 32]);
    let error = flow!(from => migrate(from, &to.for_flow(), &id)).unwrap_err();
    assert!(matches!(error, FlowError::NameTaken { .. }), "{error:?}");
    to.call(&Destroy::id(&wrong)).unwrap();
    let right = kept(&key);
    assert_eq!(flow!(from => migrate(from, &to.for_flow(), &id)).unwrap().id(), right);
}

async fn tidy_up(kms: &impl Kmip, ids: &[&str]) {
    for id in ids {
        if state(kms, id).await == State::ACTIVE {
            kms.call(&Revoke::id(*id, RevocationReasonCode::CESSATION_OF_OPERATION)).await.unwrap();
        }
        kms.call(&Destroy::id(*id)).await.unwrap();
    }
}

/// Runs on a real server, on each version that it supports. `retires` is `true` if its Re-key makes the old key
/// unavailable.
async fn on_a_real_server(kms: &impl Kmip, name: &str, retires: bool) -> [Rotated; 2] {
    let id = create_active(kms, name, &Create::aes(256)).await.unwrap();
    assert_eq!(create_active(kms, name, &Create::aes(256)).await.unwrap(), id);
    assert_eq!(state(kms, &id).await, State::ACTIVE);
    let old = bytes(kms, &id).await;

    let first = rotate_by_create(kms, &id).await.unwrap();
    assert_eq!(first.name(), Some(&*format!("{name}.rotated-1")));
    assert_eq!(rotate_by_create(kms, &id).await.unwrap(), first);
    assert_eq!(state(kms, first.id()).await, State::ACTIVE);
    assert_eq!(first.old_state(), Some(State::ACTIVE));
    assert_eq!(bytes(kms, &id).await, old, "the old key can be read");
    let newer = bytes(kms, first.id()).await;
    assert_ne!(newer, old);

    let second = rotate(kms, first.id()).await.unwrap();
    assert_eq!(rotate(kms, first.id()).await.unwrap(), second);
    assert_eq!(state(kms, second.id()).await, State::ACTIVE);
    assert_ne!(bytes(kms, second.id()).await, newer);
    if retires {
        assert!(kms.call(&Get::id(first.id())).await.is_err(), "the server does better by now: mend the test");
    } else {
        assert_eq!(bytes(kms, first.id()).await, newer, "the old key can be read");
    }
    assert_eq!(second.old_state(), Some(if retires { State::DEACTIVATED } else { State::ACTIVE }));
    tidy_up(kms, &[&id, first.id(), second.id()]).await;
    [first, second]
}

fn unique(what: &str, version: ProtocolVersion) -> String {
    format!("flow-{what}-{version}-{}", std::process::id())
}

#[needs::env("KMIP_TEST_PYKMIP")]
#[test]
fn on_pykmip() {
    let Some(config) = real_server::config("KMIP_TEST_PYKMIP") else { return };
    for version in [V1_0, V1_2, V1_4, V2_0] {
        let kms = blocking::Client::connect(&config.clone().version(version)).unwrap();
        let name = unique("pykmip", version);
        let [first, second] = flow!(kms => on_a_real_server(kms, &name, false));
        assert_eq!(second.name(), Some(&*format!("{name}.rotated-2")), "it has no Re-key");
        assert!(!first.is_linked() && !second.is_linked(), "nor Add Attribute");
    }
}

#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn on_cosmian() {
    let Some(config) = real_server::config("KMIP_TEST_COSMIAN") else { return };
    for version in [V1_0, V1_2, V1_4, V2_0, V2_1] {
        let kms = blocking::Client::connect(&config.clone().version(version)).unwrap();
        let name = unique("cosmian", version);
        let [first, second] = flow!(kms => on_a_real_server(kms, &name, true));
        eprintln!("Cosmian, KMIP {version}: {first:?}, {second:?}");
    }
}

#[needs::env("KMIP_TEST_PYKMIP")]
#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn from_pykmip_to_cosmian_and_back() {
    let (Some(pykmip), Some(cosmian)) =
        (real_server::config("KMIP_TEST_PYKMIP"), real_server::config("KMIP_TEST_COSMIAN"))
    else {
        return;
    };
    let connect = |config: &Config, version| blocking::Client::connect(&config.clone().version(version)).unwrap();
    for (there, here) in [(V1_2, V2_1), (V1_4, V1_4), (V2_0, V1_0)] {
        let (pykmip, cosmian) = (connect(&pykmip, there), connect(&cosmian, here));
        let name = unique("migrate", there);
        let id = flow!(pykmip => create_active(pykmip, &name, &Create::aes(256))).unwrap();
        let copy = flow!(pykmip => migrate(pykmip, &cosmian.for_flow(), &id)).unwrap();
        eprintln!("PyKMIP {there} to Cosmian {here}: without {:?}", copy.left_out());
        assert_eq!(flow!(cosmian => state(cosmian, copy.id())), State::ACTIVE);
        assert_eq!(flow!(cosmian => named(cosmian, &name)), [copy.id()]);
        let key = flow!(pykmip => bytes(pykmip, &id));
        assert_eq!(flow!(cosmian => bytes(cosmian, copy.id())), key);
        assert_eq!(flow!(pykmip => migrate(pykmip, &cosmian.for_flow(), &id)).unwrap().id(), copy.id(), "it is there");

        // The original is destroyed, and the copy migrated back.
        flow!(pykmip => tidy_up(pykmip, &[&id]));
        let back = flow!(cosmian => migrate(cosmian, &pykmip.for_flow(), copy.id())).unwrap();
        eprintln!("Cosmian {here} to PyKMIP {there}: without {:?}", back.left_out());
        assert_eq!(flow!(pykmip => bytes(pykmip, back.id())), key);
        assert_eq!(flow!(pykmip => state(pykmip, back.id())), State::ACTIVE);
        flow!(cosmian => tidy_up(cosmian, &[copy.id()]));
        flow!(pykmip => tidy_up(pykmip, &[back.id()]));
    }
}

/// A link that the caller set is not a replacement.
#[test]
fn other_links_do_not_count() {
    let server = TestServer::start();
    let kms = connect(&server, V1_4);
    let id = flow!(kms => create_active(kms, "vm-42", &Create::aes(256))).unwrap();
    let parent = Link::new(LinkType::PARENT_LINK, id.as_str());
    kms.call(&AddAttribute::id(&id, AttributeValue::Link(parent))).unwrap();
    assert_ne!(flow!(kms => rotate(kms, &id)).unwrap().id(), id);
}

#[test]
fn the_futures_of_flows_go_to_another_thread() {
    let (from, to) = (TestServer::start(), TestServer::start());
    let (from, to) = (from.config(), to.config());
    crate::runtime().block_on(async {
        let from = kmip_client::Client::connect(&from).await.unwrap();
        let to = kmip_client::Client::connect(&to).await.unwrap();
        let task = tokio::spawn(async move {
            let id = create_active(&from, "vm-42", &Create::aes(256)).await?;
            let new = rotate(&from, &id).await?;
            let newer = rotate_by_create(&from, new.id()).await?;
            migrate(&from, &to, newer.id()).await
        });
        task.await.unwrap().unwrap();
    });
}

/// A key without a name cannot be found again: the error reports that, with the identifier of the existing key.
#[test]
fn a_rotation_that_cannot_be_repeated_says_what_it_has_left() {
    // The calls are Get Attributes, Create, Add Attribute (the link), Activate.
    for (right, left) in [(1, false), (2, true)] {
        let server = TestServer::start();
        let kms = connect(&server, V1_4);
        let old = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
        after(&server, right, &Script::LoseReply);
        let error = flow!(kms => rotate_by_create(kms, &old)).unwrap_err();
        let FlowError::CannotRepeat { left: new, source } = &error else { panic!("{right}: {error:?}") };
        assert!(matches!(**source, FlowError::Kms(Error::OutcomeUnknown(_))), "{right}: {source:?}");
        assert_eq!(new.is_some(), left, "{right}: {error}");
        if let Some(new) = new {
            assert!(error.to_string().contains(new) && bytes_differ(&kms, &old, new), "{error}");
        }
    }
    // By the link a repetition finds the new key.
    let server = TestServer::start();
    let kms = connect(&server, V1_4);
    let old = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    after(&server, 3, &Script::Refuse(kmip_ttlv::enumeration::ResultReason::GENERAL_FAILURE)); // Get Attributes
    let error = flow!(kms => rotate_by_create(kms, &old)).unwrap_err();
    assert!(matches!(error, FlowError::Kms(_)), "{error:?}");
    let new = flow!(kms => rotate_by_create(kms, &old)).unwrap();
    assert!(new.is_linked());
    assert_eq!(server.requests()[&Code::CREATE], 2, "the old key and one new");
}

fn bytes_differ(kms: &blocking::Client, one: &str, other: &str) -> bool {
    flow!(kms => bytes(kms, one)) != flow!(kms => bytes(kms, other))
}

/// Re-key of a key without a name is not repeated if its outcome cannot be looked up.
#[test]
fn a_re_key_in_doubt_of_a_key_without_a_name_is_not_repeated() {
    let server = TestServer::start();
    let kms = connect(&server, V1_4);
    let old = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    kms.call(&Activate::id(&old)).unwrap();
    after(&server, 1, &Script::CloseUnanswered); // Get Attributes, Re-key
    let error = flow!(kms => rotate(kms, &old)).unwrap_err();
    assert!(matches!(error, FlowError::CannotRepeat { left: None, .. }), "{error:?}");
    assert_eq!(server.requests()[&Code::RE_KEY], 1);
}
