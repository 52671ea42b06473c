//! Both clients in KMIP 3.0, against the embedded KMS.

use kmip_client::flow::{create_active, lineage, rotate_by_create};
use kmip_client::keys::private_key;
use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::{AttributeValue, Attributes};
use kmip_client::protocol::operation::{
    Activate, AddAttribute, Create, CreateKeyPair, Deactivate, Decrypt, Destroy, DiscoverVersions, Encrypt, Get,
    GetAttributeList, GetAttributes, Locate, Log, Obliterate, Revoke,
};
use kmip_client::test_server::TestServer;
use kmip_client::{Batch as _, Client, Error, Kmip, blocking};
use kmip_ttlv::enumeration::{
    DeactivationReasonCode, LinkType, OperationCode, RecommendedCurve, ResultReason, RevocationReasonCode, State,
};
use kmip_ttlv::{Tag, V1_0, V1_4, V2_1, V3_0};

fn server() -> TestServer {
    TestServer::builder().versions(V1_0..=V3_0).start()
}

/// Runs the same with both clients, in KMIP 3.0.
macro_rules! on_both {
    ($test:ident) => {{
        let server = server();
        let config = server.config().version(V3_0);
        let kms = blocking::Client::connect(&config).unwrap();
        kms.run(async |kms| $test(&kms, "blocking").await.unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { $test(&Client::connect(&config).await.unwrap(), "async").await.unwrap() });
    }};
}

async fn attributes(kms: &impl Kmip, id: &str) -> Result<Vec<String>, Error> {
    let reply = kms.call(&GetAttributeList::id(id)).await?;
    Ok(reply.payload().attribute_references.iter().map(ToString::to_string).collect())
}

async fn state(kms: &impl Kmip, id: &str) -> Result<Option<State>, Error> {
    Ok(kms.call(&GetAttributes::id(id).state()).await?.payload().attributes.and_then(|attributes| attributes.state()))
}

/// A link is found by its type and its object. What no filter of 3.0 says is an error that tells what does.
async fn filters(kms: &impl Kmip, _: &str) -> Result<(), Error> {
    let pair = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256)).await?;
    let pair = pair.payload();
    let (private, public) = (pair.private_key_unique_identifier, pair.public_key_unique_identifier);
    let found = kms.call(&Locate::all().linked(LinkType::PUBLIC_KEY_LINK, public)).await?;
    assert_eq!(found.payload().unique_identifiers, [private]);
    let found = kms.call(&Locate::all().linked(LinkType::PRIVATE_KEY_LINK, public)).await?;
    assert_eq!(found.payload().unique_identifiers, []);
    for part in [Locate::all().link_type(LinkType::PUBLIC_KEY_LINK), Locate::all().linked_to("9dc02223")] {
        let error = kms.call(&part).await.map(drop).unwrap_err();
        assert!(error.report().to_string().contains("use Locate's linked"), "{error:?}");
    }
    Ok(())
}

#[test]
fn links_are_found_by_type_and_object() {
    on_both!(filters);
}

async fn life(kms: &impl Kmip, name: &str) -> Result<(), Error> {
    assert_eq!(kms.version(), V3_0);
    let versions = kms.call(&DiscoverVersions::all()).await?;
    assert_eq!(versions.payload().protocol_versions[0], V3_0);
    kms.call(&Log::message("the life of a key begins")).await?;

    let id = kms.call(&Create::aes(256).name(name)).await?.payload().unique_identifier.to_string();
    kms.call(&Activate::id(&id)).await?;
    let found = kms.call(&Locate::name(name)).await?;
    assert_eq!(found.payload().unique_identifiers, [Id::from(&id)]);
    let told = kms.call(&GetAttributes::id(&id)).await?;
    let told = told.payload().attributes.unwrap();
    assert_eq!(told.names().next().map(|name| name.value), Some(name));
    assert!(told.object_class().is_some());

    let encrypted = kms.call(&Encrypt::aes_gcm(&id, b"attack at dawn")).await?;
    let encrypted = encrypted.payload();
    let (iv, (data, tag)) = (encrypted.iv_counter_nonce.unwrap(), encrypted.ciphertext_and_tag().unwrap());
    let decrypted = kms.call(&Decrypt::aes_gcm(&id, iv, data, tag)).await?;
    assert_eq!(decrypted.payload().data.unwrap().expose(), b"attack at dawn");

    // Deactivate is new in 3.0. Earlier ciphertexts can still be decrypted.
    kms.call(&Deactivate::id(&id).reason(DeactivationReasonCode::DEACTIVATION_DATE)).await?;
    assert_eq!(state(kms, &id).await?, Some(State::DEACTIVATED));
    assert!(attributes(kms, &id).await?.contains(&"Deactivation Reason".to_owned()));
    let refused = kms.call(&Encrypt::aes_gcm(&id, b"too late")).await.unwrap_err();
    assert_eq!(refused.reason(), Some(ResultReason::WRONG_KEY_LIFECYCLE_STATE));
    kms.call(&Decrypt::aes_gcm(&id, iv, data, tag)).await?;
    kms.call(&Revoke::key_compromise(&id, kmip_ttlv::DateTime(1_577_836_800))).await?;
    kms.call(&Destroy::id(&id)).await?;
    assert_eq!(state(kms, &id).await?, Some(State::DESTROYED_COMPROMISED));

    // Obliterate leaves nothing.
    kms.call(&Obliterate::id(&id)).await?;
    assert!(kms.call(&GetAttributes::id(&id)).await.unwrap_err().is_not_found());
    Ok(())
}

#[test]
fn a_key_lives_from_create_to_obliterate() {
    on_both!(life);
}

async fn batches(kms: &impl Kmip, name: &str) -> Result<(), Error> {
    let requests = (Create::aes(256).name(name), Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
    let (created, activated, fetched) = kms.batch(&requests).await?;
    let id = created?.payload().unique_identifier.to_string();
    assert_eq!(activated?.payload().unique_identifier, Id::from(&id));
    assert_eq!(fetched?.payload().object.key_block().unwrap().cryptographic_length, Some(256));

    // Only the order determines which response belongs to which request.
    let (first, unknown, last) =
        kms.batch(&(Get::id(&id), Get::id("no-such-object"), GetAttributes::id(&id)).keep_going()).await?;
    assert_eq!((first?.payload().unique_identifier, last?.payload().unique_identifier), (Id::from(&id), Id::from(&id)));
    assert!(unknown.unwrap_err().is_not_found());
    let (unknown, left) = kms.batch(&(Get::id("no-such-object"), Get::id(&id)).in_any_order()).await?;
    assert!(unknown.unwrap_err().is_not_found());
    assert!(matches!(left, Err(Error::NotExecuted(OperationCode::GET))), "{left:?}");
    Ok(())
}

#[test]
fn batches_go_without_ids() {
    on_both!(batches);
}

async fn links(kms: &impl Kmip, name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let pair = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256)).await?;
    let private = pair.payload().private_key_unique_identifier.to_string();
    let public = pair.payload().public_key_unique_identifier.to_string();
    let told = kms.call(&GetAttributes::id(&private).links(V3_0)).await?;
    let told = told.payload().attributes.unwrap();
    assert_eq!(told, Attributes::from(AttributeValue::PublicKeyLink(public.as_str().into())));
    assert_eq!(told.linked(LinkType::PUBLIC_KEY_LINK).next(), Some(Id::from(&public)));
    // The public half is found by the link.
    assert!(private_key(kms, &private).await?.public_key().is_some());

    let old = create_active(kms, name, &Create::aes(128)).await?;
    let rotated = rotate_by_create(kms, &old).await?;
    assert!(rotated.is_linked());
    let generations = lineage(kms, rotated.id()).await?;
    assert_eq!(generations.oldest().id, old);
    assert_eq!(generations.newest().id, rotated.id());
    let twice = kms.call(&AddAttribute::id(&old, AttributeValue::ReplacementObjectLink(rotated.id().into()))).await;
    assert!(twice.is_err(), "the server has the link already");
    Ok(())
}

#[test]
fn links_are_attributes_of_their_own() {
    on_both!(links);
}

#[test]
fn nobody_speaks_3_0_by_accident() {
    let (speaks, does_not) = (server(), TestServer::start());
    let version = |config: kmip_client::Config| blocking::Client::connect(&config).map(|kms| kms.version());
    assert_eq!(version(speaks.config()).unwrap(), V2_1);
    assert_eq!(version(speaks.config().versions(V1_4..)).unwrap(), V2_1);
    assert_eq!(version(speaks.config().versions(V1_0..=V3_0)).unwrap(), V3_0);
    assert_eq!(version(does_not.config().versions(V1_0..=V3_0)).unwrap(), V2_1);

    // A server without 3.0 refuses it, and its message arrives.
    let kms = blocking::Client::connect(&does_not.config().version(V3_0)).unwrap();
    let refused = kms.call(&Create::aes(256)).unwrap_err();
    assert_eq!(refused.reason(), Some(ResultReason::UNSUPPORTED_PROTOCOL_VERSION), "{refused:?}");
}

#[test]
fn clients_of_two_versions_see_one_link() {
    let server = server();
    let connect = |version| blocking::Client::connect(&server.config().version(version)).unwrap();
    let (old, new) = (connect(V2_1), connect(V3_0));
    let create = || new.call(&Create::aes(128)).unwrap().payload().unique_identifier.to_string();
    let (one, two) = (create(), create());
    new.call(&AddAttribute::id(&one, AttributeValue::NextLink(two.as_str().into()))).unwrap();
    for (kms, version) in [(&old, V2_1), (&new, V3_0)] {
        let told = kms.call(&GetAttributes::id(&one).links(version)).unwrap();
        let told = told.payload().attributes.unwrap();
        assert_eq!(told.list.len(), 1);
        assert_eq!(told.linked(LinkType::NEXT_LINK).collect::<Vec<_>>(), [Id::from(&two)]);
    }
    let linked = Locate::attribute(AttributeValue::NextLink(two.as_str().into()));
    assert_eq!(new.call(&linked).unwrap().payload().unique_identifiers, [Id::from(&one)]);
    assert_eq!(old.call(&Locate::all().linked_to(&two)).unwrap().payload().unique_identifiers, [Id::from(&one)]);

    // A Link of earlier versions is encoded as the attribute of 3.0, and an incomplete one is an error.
    let next = AttributeValue::NextLink(one.as_str().into()).link().unwrap();
    new.call(&AddAttribute::id(&two, AttributeValue::Link(next))).unwrap();
    let list = new.call(&GetAttributeList::id(&two)).unwrap();
    let names = list.payload().attribute_references;
    assert!(names.contains(&Tag::NEXT_LINK.into()) && !names.contains(&Tag::LINK.into()), "{names:?}");
    let part = new.call(&Locate::all().linked_to(&two)).unwrap_err();
    assert!(matches!(part, Error::Encode(_)), "{part:?}");

    // Revoke still deactivates.
    new.call(&Activate::id(&two)).unwrap();
    new.call(&Revoke::id(&two, RevocationReasonCode::SUPERSEDED)).unwrap();
}
