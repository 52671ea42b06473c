//! One key's whole life: against the embedded KMS always, against PyKMIP and Cosmian KMS if the environment names them
//! (`.ci/servers`), on every version that they support, with the blocking and the async client.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod real_server;

use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{
    Activate, AddAttribute, Create, CreateKeyPair, DeleteAttribute, DeleteAttributeRequest, Destroy, DiscoverVersions,
    Get, GetAttributeList, GetAttributes, GetRequest, Locate, ModifyAttribute, ReKey, Register, Revoke,
};
use kmip_client::test_server::TestServer;
use kmip_client::{Batch, Config, Error, Kmip, ServerCapabilities, blocking};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, ObjectType, OperationCode, ResultReason, ResultStatus, RevocationReasonCode,
    SecretDataType, State,
};
use kmip_ttlv::{ProtocolVersion, Tag, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0};

/// Known gaps of a server. Each is checked to be refused, so that the list stays current.
#[derive(Clone, Copy)]
struct Gaps {
    re_key: bool,
    add_attribute: bool,
    /// `true` if it deletes an attribute by value only, and confirms deletion by name without an effect.
    delete_by_name: bool,
    /// `true` if it forgets destroyed keys.
    destroyed_keys: bool,
    placeholder: Placeholder,
    /// `true` if it always continues a batch after a failure.
    stop: bool,
    /// `true` if it does not undo batches.
    undo: bool,
}

/// A server's support of the ID Placeholder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    Full,
    /// In Get, but not in Activate.
    NotActivate,
    /// The same, and in KMIP 2.x only by omitting the identifier.
    LeftOut,
}

const NONE: Gaps = Gaps {
    re_key: false,
    add_attribute: false,
    delete_by_name: false,
    destroyed_keys: false,
    placeholder: Placeholder::Full,
    stop: false,
    undo: false,
};

#[test]
fn on_the_embedded_server() {
    for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0] {
        let server = TestServer::builder().versions(V1_0..=V3_0).start();
        both_clients(&server.config(), version, NONE, "embedded");
    }
}

#[needs::env("KMIP_TEST_PYKMIP")]
#[test]
fn on_pykmip() {
    let Some(config) = real_server::config("KMIP_TEST_PYKMIP") else { return };
    for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0] {
        let placeholder = if version < V2_0 { Placeholder::NotActivate } else { Placeholder::LeftOut };
        let gaps = Gaps { re_key: true, add_attribute: true, destroyed_keys: true, placeholder, undo: true, ..NONE };
        both_clients(&config, version, gaps, "PyKMIP");
    }
}

#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn on_cosmian() {
    let Some(config) = real_server::config("KMIP_TEST_COSMIAN") else { return };
    for version in [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1] {
        let placeholder = Placeholder::NotActivate;
        let gaps = Gaps { delete_by_name: version >= V2_0, placeholder, stop: true, ..NONE };
        both_clients(&config, version, gaps, "Cosmian");
    }
}

fn both_clients(config: &Config, version: ProtocolVersion, gaps: Gaps, server: &str) {
    let config = config.clone().version(version);
    let unique = |client| format!("life-{server}-{version}-{client}-{}", std::process::id());

    let kms = blocking::Client::connect(&config).unwrap();
    kms.run(async |kms| life(&kms, &unique("blocking"), gaps).await.unwrap());

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        life(&kms, &unique("async"), gaps).await.unwrap();
    });
    eprintln!("{server}: KMIP {version}: passed, blocking and async");
}

/// Runs with either client. Destroys everything that it creates.
async fn life(kms: &impl Kmip, name: &str, gaps: Gaps) -> Result<(), Error> {
    let version = kms.version();
    if version >= V1_1 {
        let versions = kms.call(&DiscoverVersions::all()).await?;
        assert!(versions.payload().protocol_versions.contains(&version));
    }
    let told = ServerCapabilities::ask(kms).await?;
    assert!(told.advertises(OperationCode::CREATE));
    assert!(told.vendor().is_some());

    // Create, then fetch twice: the same 32 bytes.
    let created = kms.call(&Create::aes(256).name(name)).await?;
    let id = created.payload().unique_identifier.to_string();
    assert_eq!(created.payload().object_type, ObjectType::SYMMETRIC_KEY);
    assert_eq!(state(kms, &id).await?, State::PRE_ACTIVE);
    let first = key(kms, &id).await?;
    assert_eq!(first.len(), 32);
    assert_eq!(key(kms, &id).await?, first);

    let activated = kms.call(&Activate::id(&id)).await?;
    assert_eq!(activated.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(state(kms, &id).await?, State::ACTIVE);

    attributes(kms, &id, name, gaps).await?;

    let rotated = rotate(kms, &id, name, gaps).await?;
    assert_ne!(rotated, id);
    assert_ne!(key(kms, &rotated).await?, first, "a new key has new bytes");

    // Revoke and destroy both.
    revoke(kms, &id, RevocationReasonCode::SUPERSEDED).await?;
    assert_eq!(state(kms, &id).await?, State::DEACTIVATED);
    revoke(kms, &rotated, RevocationReasonCode::KEY_COMPROMISE).await?;
    assert_eq!(state(kms, &rotated).await?, State::COMPROMISED);
    for key in [&*id, &*rotated] {
        kms.call(&Destroy::id(key)).await?;
        let gone = kms.call(&Get::id(key)).await.unwrap_err();
        assert!(matches!(gone, Error::Refused(_)), "{gone:?}");
    }
    if !gaps.destroyed_keys {
        assert_eq!(state(kms, &id).await?, State::DESTROYED);
        assert_eq!(state(kms, &rotated).await?, State::DESTROYED_COMPROMISED);
    }
    let unknown = kms.call(&Get::id("no-such-object")).await.unwrap_err();
    assert!(unknown.is_not_found(), "{unknown:?}");

    register(kms, name).await?;
    key_pair(kms, name).await?;
    batches(kms, name, gaps).await
}

async fn state(kms: &impl Kmip, id: &str) -> Result<State, Error> {
    let reply = kms.call(&GetAttributes::id(id).attribute(Tag::STATE)).await?;
    let payload = reply.payload();
    let attributes = payload.attributes.unwrap();
    // Cosmian adds its own attributes to the requested ones.
    match attributes.find(Tag::STATE).next() {
        Some(AttributeValue::State(state)) => Ok(*state),
        _ => panic!("the state was asked for, and this came: {attributes:?}"),
    }
}

async fn key(kms: &impl Kmip, id: &str) -> Result<Vec<u8>, Error> {
    let reply = kms.call(&Get::id(id)).await?;
    let object = reply.payload().object;
    let block = object.key_block().unwrap();
    assert_eq!(block.cryptographic_algorithm, Some(CryptographicAlgorithm::AES));
    Ok(block.bytes().unwrap().expose().to_vec())
}

/// Locates the key by its name, lists its attributes, and changes one.
async fn attributes(kms: &impl Kmip, id: &str, name: &str, gaps: Gaps) -> Result<(), Error> {
    let found = kms.call(&Locate::name(name).object_type(ObjectType::SYMMETRIC_KEY)).await?;
    assert_eq!(found.payload().unique_identifiers, [id.into()]);
    let nothing = kms.call(&Locate::name("no key has this name")).await?;
    assert_eq!(nothing.payload().unique_identifiers, []);

    let list = kms.call(&GetAttributeList::id(id)).await?;
    for tag in [Tag::CRYPTOGRAPHIC_ALGORITHM, Tag::CRYPTOGRAPHIC_LENGTH, Tag::STATE] {
        assert!(list.payload().attribute_references.contains(&tag.into()), "{tag}");
    }
    let all = kms.call(&GetAttributes::id(id)).await?;
    let payload = all.payload();
    let all = payload.attributes.unwrap();
    assert!(all.iter().any(|value| *value == AttributeValue::CryptographicLength(256)));
    assert!(all.iter().any(|value| *value == AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES)));

    let contact = AttributeValue::ContactInformation("storage team");
    let added = kms.call(&AddAttribute::id(id, contact.clone())).await;
    if refused(gaps.add_attribute, &added) {
        return rename(kms, id, name).await;
    }
    added?;
    assert_eq!(contact_of(kms, id).await?.as_deref(), Some("storage team"));
    kms.call(&ModifyAttribute::id(id, AttributeValue::ContactInformation("backup team"))).await?;
    assert_eq!(contact_of(kms, id).await?.as_deref(), Some("backup team"));
    kms.call(&DeleteAttribute::id(id, Tag::CONTACT_INFORMATION)).await?;
    if gaps.delete_by_name {
        assert!(contact_of(kms, id).await?.is_some(), "the server does it by now: mend the list of gaps");
        let current = AttributeValue::ContactInformation("backup team");
        let request = DeleteAttributeRequest::default().unique_identifier(id).current_attribute(current);
        kms.call(&request).await?;
    }
    assert_eq!(contact_of(kms, id).await?, None);
    Ok(())
}

/// Renames the key, and restores its name.
async fn rename(kms: &impl Kmip, id: &str, name: &str) -> Result<(), Error> {
    let other = format!("{name}-renamed");
    for (old, new) in [(name, &*other), (&*other, name)] {
        let mut request = ModifyAttribute::id(id, AttributeValue::Name(new.into()));
        if kms.version() < V2_0 {
            request.new_attribute.index = Some(0);
        } else {
            request.current_attribute = Some(AttributeValue::Name(old.into()).into());
        }
        kms.call(&request).await?;
        let found = kms.call(&Locate::name(new)).await?;
        assert_eq!(found.payload().unique_identifiers, [id.into()]);
    }
    Ok(())
}

async fn contact_of(kms: &impl Kmip, id: &str) -> Result<Option<String>, Error> {
    let reply = kms.call(&GetAttributes::id(id).attribute(Tag::CONTACT_INFORMATION)).await?;
    let payload = reply.payload();
    let attributes = payload.attributes.unwrap_or_default();
    Ok(attributes.iter().find_map(|value| match value {
        AttributeValue::ContactInformation(contact) => Some((*contact).to_owned()),
        _ => None,
    }))
}

/// Replaces the first key by another.
async fn rotate(kms: &impl Kmip, id: &str, name: &str, gaps: Gaps) -> Result<String, Error> {
    let rekeyed = kms.call(&ReKey::id(id)).await;
    let new = if refused(gaps.re_key, &rekeyed) {
        let name = format!("{name}-2");
        kms.call(&Create::aes(256).name(&name)).await?.payload().unique_identifier.to_string()
    } else {
        rekeyed?.payload().unique_identifier.to_string()
    };
    if state(kms, &new).await? == State::PRE_ACTIVE {
        kms.call(&Activate::id(&new)).await?;
    }
    assert_eq!(state(kms, &new).await?, State::ACTIVE);
    Ok(new)
}

async fn revoke(kms: &impl Kmip, id: &str, code: RevocationReasonCode) -> Result<(), Error> {
    let request = match code {
        RevocationReasonCode::KEY_COMPROMISE => Revoke::key_compromise(id, kmip_ttlv::DateTime(1_577_836_800)),
        code => Revoke::id(id, code).message("end of the test"),
    };
    kms.call(&request).await.map(drop)
}

/// Registers a key and a secret of the client.
async fn register(kms: &impl Kmip, name: &str) -> Result<(), Error> {
    let bytes = [0x5A; 16];
    let name = format!("{name}-registered");
    let request = Register::symmetric_key(CryptographicAlgorithm::AES, &bytes).name(&name);
    let id = kms.call(&request).await?.payload().unique_identifier.to_string();
    assert_eq!(key(kms, &id).await?, bytes);
    kms.call(&Destroy::id(&id)).await?;

    let secret = Register::secret_data(SecretDataType::PASSWORD, b"correct horse battery staple");
    let id = kms.call(&secret).await?.payload().unique_identifier.to_string();
    let fetched = kms.call(&Get::id(&id)).await?;
    let object = fetched.payload().object;
    assert_eq!(object.object_type(), ObjectType::SECRET_DATA);
    assert_eq!(object.key_block().unwrap().bytes().unwrap().expose(), b"correct horse battery staple");
    kms.call(&Destroy::id(&id)).await.map(drop)
}

async fn key_pair(kms: &impl Kmip, name: &str) -> Result<(), Error> {
    let (private, public) = (format!("{name}-private"), format!("{name}-public"));
    let request = CreateKeyPair::rsa(2048).private_key_name(&private).public_key_name(&public);
    let created = kms.call(&request).await?;
    let payload = created.payload();
    for (id, object_type) in [
        (payload.private_key_unique_identifier, ObjectType::PRIVATE_KEY),
        (payload.public_key_unique_identifier, ObjectType::PUBLIC_KEY),
    ] {
        let fetched = kms.call(&Get::id(id)).await?;
        let object = fetched.payload().object;
        assert_eq!(object.object_type(), object_type);
        assert_eq!(object.key_block().unwrap().cryptographic_length, Some(2048));
        kms.call(&Destroy::id(id)).await?;
    }
    Ok(())
}

/// Sends several requests in one message.
async fn batches(kms: &impl Kmip, name: &str, gaps: Gaps) -> Result<(), Error> {
    let first = placeholder(kms, &format!("{name}-placed"), gaps).await?;

    // A list of one kind: names in, keys out, in order.
    let names = ["a", "b", "c"].map(|end| format!("{name}-batch-{end}"));
    let requests: Vec<_> = names.iter().map(|name| Create::aes(256).name(name)).collect();
    let created: Vec<_> = kms.batch(&requests).await?.into_iter().collect::<Result<_, _>>()?;
    let ids: Vec<_> = created.iter().map(|reply| reply.payload().unique_identifier).collect();
    for (located, id) in kms.batch(&names.each_ref().map(|name| Locate::name(name))).await?.into_iter().zip(&ids) {
        assert_eq!(located?.payload().unique_identifiers, [*id]);
    }

    // A failed request leaves the other replies readable.
    let (known, unknown, after) = kms.batch(&(Get::id(ids[0]), Get::id("no-such-object"), Get::id(ids[1]))).await?;
    assert_eq!(known?.payload().unique_identifier, ids[0]);
    assert!(unknown.unwrap_err().is_not_found());
    match after {
        Err(Error::NotExecuted(OperationCode::GET)) if !gaps.stop => {}
        Ok(_) if gaps.stop => {}
        other => panic!("{other:?}"),
    }
    let (unknown, known) = kms.batch(&(Get::id("no-such-object"), Get::id(ids[1])).keep_going()).await?;
    assert!(unknown.unwrap_err().is_not_found());
    assert_eq!(known?.payload().unique_identifier, ids[1]);

    undo(kms, ids[2], gaps).await?;

    let every = ids.iter().copied().chain(first.as_deref().map(Id::from));
    for destroyed in kms.batch(&every.map(Destroy::id).collect::<Vec<_>>().in_any_order()).await? {
        destroyed?;
    }
    Ok(())
}

/// Sends a request that refers to the key of the one before. Returns that key, if the server created one.
async fn placeholder(kms: &impl Kmip, name: &str, gaps: Gaps) -> Result<Option<String>, Error> {
    let create = || Create::aes(256).name(name);
    let batch = kms.batch(&(create(), Get::id(Id::Placeholder))).await;
    let (created, fetched) = match gaps.placeholder {
        Placeholder::LeftOut => {
            assert!(refused(true, &batch));
            kms.batch(&(create(), GetRequest::default())).await?
        }
        Placeholder::Full | Placeholder::NotActivate => batch?,
    };
    let id = created?.payload().unique_identifier.to_string();
    assert_eq!(fetched?.payload().unique_identifier.as_str(), Some(&*id));
    kms.call(&Destroy::id(&id)).await?;

    let requests = (create(), Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
    let batch = kms.batch(&requests).await;
    if gaps.placeholder != Placeholder::Full {
        // One server cannot decode the message, another executes the items before it.
        return match batch {
            Ok((created, activated, _)) => {
                assert!(refused(true, &activated));
                Ok(Some(created?.payload().unique_identifier.to_string()))
            }
            whole => {
                assert!(refused(true, &whole));
                Ok(None)
            }
        };
    }
    let (created, activated, fetched) = batch?;
    let id = created?.payload().unique_identifier.to_string();
    assert_eq!(activated?.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(fetched?.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(state(kms, &id).await?, State::ACTIVE);
    revoke(kms, &id, RevocationReasonCode::CESSATION_OF_OPERATION).await?;
    Ok(Some(id))
}

/// Activates a key in a batch that is then undone.
async fn undo(kms: &impl Kmip, id: Id<'_>, gaps: Gaps) -> Result<(), Error> {
    let batch = kms.batch(&(Activate::id(id), Get::id("no-such-object")).undo_on_failure()).await;
    if !refused(gaps.undo, &batch) {
        let (activated, unknown) = batch?;
        let Err(Error::Refused(refusal)) = activated else { panic!("{activated:?}") };
        assert_eq!(refusal.status, ResultStatus::OPERATION_UNDONE);
        assert!(unknown.unwrap_err().is_not_found());
    }
    let id = id.as_str().unwrap();
    assert_eq!(state(kms, id).await?, State::PRE_ACTIVE);
    Ok(())
}

/// Returns `true` if there is a known gap, after checking that the server refused the request.
fn refused<T: std::fmt::Debug>(gap: bool, result: &Result<T, Error>) -> bool {
    if gap {
        let error = result.as_ref().expect_err("the server does it by now: mend the list of gaps");
        // PyKMIP cannot decode requests for operations that it lacks.
        let expected = [ResultReason::OPERATION_NOT_SUPPORTED, ResultReason::INVALID_MESSAGE];
        assert!(error.reason().is_some_and(|reason| expected.contains(&reason)), "{error:?}");
    }
    gap
}
