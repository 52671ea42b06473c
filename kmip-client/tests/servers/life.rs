//! Information about a server, and the life of an object on it.

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use kmip_client::protocol::Id;
use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters, UsageLimits};
use kmip_client::protocol::object::{KeyMaterial, KeyValue, Object};
use kmip_client::protocol::operation::{
    Activate, Archive, Check, Create, CreateKeyPair, CreateKeyPairRequest, Destroy, DiscoverVersions, Export, Get,
    GetUsageAllocation, Import, Locate, LocateRequest, ObtainLease, Query, ReKey, ReKeyKeyPair, Recover, Revoke,
};
use kmip_ttlv::enumeration::{
    BlockCipherMode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask, KeyFormatType as Format,
    ObjectType, OperationCode, QueryFunction, RecommendedCurve, RevocationReasonCode, State, StorageStatusMask,
    UsageLimitsUnit,
};
use kmip_ttlv::{Reader, Tag, V1_0, V1_1, V1_2, V1_3, V1_4};

use crate::Row;
use crate::session::{Failure, Probed, Session, key_bytes};

pub(crate) const ROWS: &[Row] = &[
    Row::since(V1_0, "Query", query),
    Row::since(V1_0, "Query, objects", query_objects),
    Row::since(V1_0, "Query, everything", query_everything),
    Row::since(V1_1, "Discover Versions", discover_versions),
    Row::since(V1_0, "Create, AES", create_aes),
    Row::since(V1_0, "Create, 3DES", create_3des),
    Row::since(V1_0, "Create, HMAC-SHA256", create_hmac),
    Row::since(V1_0, "Create Key Pair, RSA", create_rsa),
    Row::since(V1_0, "Create Key Pair, P-256", create_p256),
    Row::since(V1_0, "Get", get),
    Row::since(V1_0, "Get, transparent", get_transparent),
    Row::since(V1_0, "Get, RSA private key as PKCS#1", get_private_pkcs1),
    Row::since(V1_0, "Get, RSA private key as PKCS#8", get_private_pkcs8),
    Row::since(V1_0, "Get, RSA public key as PKCS#1", get_public_pkcs1),
    Row::since(V1_0, "Get, RSA public key as X.509", get_public_x509),
    Row::since(V1_0, "Get, transparent RSA", get_transparent_rsa),
    Row::since(V1_1, "Get, wrapped", get_wrapped),
    Row::since(V1_0, "Get, wrapped with its encoding", get_wrapped_encoded),
    Row::since(V1_0, "Locate", locate),
    Row::since(V1_3, "Locate, offset", locate_offset),
    Row::since(V1_0, "Activate", activate),
    Row::since(V1_0, "Revoke", revoke),
    Row::since(V1_0, "Revoke, compromise", revoke_compromise),
    Row::since(V1_0, "Destroy", destroy),
    Row::since(V1_0, "Re-key", re_key),
    Row::since(V1_1, "Re-key Key Pair", re_key_key_pair),
    Row::since(V1_0, "Check", check),
    Row::since(V1_0, "Obtain Lease", obtain_lease),
    Row::since(V1_0, "Get Usage Allocation", get_usage_allocation),
    Row::since(V1_0, "Archive", archive),
    Row::since(V1_0, "Recover", recover),
    Row::since(V1_4, "Export", export),
    Row::since(V1_4, "Import", import),
];

fn query(kms: &Session) -> Probed {
    let functions = [QueryFunction::QUERY_OPERATIONS, QueryFunction::QUERY_SERVER_INFORMATION];
    let reply = kms.call(&Query::functions(functions))?;
    let payload = reply.payload();
    for operation in [OperationCode::CREATE, OperationCode::GET, OperationCode::DESTROY, OperationCode::LOCATE] {
        assert!(payload.operations.contains(&operation), "{:?}", payload.operations);
    }
    assert!(payload.vendor_identification.is_some_and(|vendor| !vendor.is_empty()));
    Ok(())
}

fn query_objects(kms: &Session) -> Probed {
    let reply = kms.call(&Query::functions([QueryFunction::QUERY_OBJECTS]))?;
    let object_types = reply.payload().object_types;
    if object_types.is_empty() {
        return Err(Failure::Wrong("it names no kind of object"));
    }
    assert!(object_types.contains(&ObjectType::SYMMETRIC_KEY), "{object_types:?}");
    Ok(())
}

/// Every query function of the version, in one message.
fn query_everything(kms: &Session) -> Probed {
    let all = (1..=13).map(QueryFunction::from_value);
    let functions = all.filter(|function| function.versions().is_some_and(|range| range.contains(kms.version)));
    let reply = kms.call(&Query::functions(functions))?;
    assert!(reply.payload().operations.contains(&OperationCode::CREATE));
    Ok(())
}

fn discover_versions(kms: &Session) -> Probed {
    let reply = kms.call(&DiscoverVersions::all())?;
    let versions = reply.payload().protocol_versions;
    assert!(versions.contains(&kms.version), "{versions:?}");
    assert!(versions.is_sorted_by(|a, b| a > b), "the newest comes first: {versions:?}");
    Ok(())
}

fn create_aes(kms: &Session) -> Probed {
    for bits in [128, 192, 256] {
        created(kms, Algorithm::AES, bits, Mask::ENCRYPT | Mask::DECRYPT)?;
    }
    Ok(())
}

fn create_3des(kms: &Session) -> Probed {
    // Without parity bits, or with them, as PyKMIP requires.
    let bits = if kms.server == "PyKMIP" { 192 } else { 168 };
    created(kms, Algorithm::DES3, bits, Mask::ENCRYPT | Mask::DECRYPT)
}

fn create_hmac(kms: &Session) -> Probed {
    created(kms, Algorithm::HMAC_SHA256, 256, Mask::MAC_GENERATE | Mask::MAC_VERIFY)
}

fn created(kms: &Session, algorithm: Algorithm, bits: i32, mask: Mask) -> Probed {
    let name = kms.name();
    let reply = kms.call(&Create::symmetric_key(algorithm, bits).usage(mask).name(&name))?;
    let payload = reply.payload();
    assert_eq!(payload.object_type, ObjectType::SYMMETRIC_KEY);
    let fetched = kms.must(&Get::id(payload.unique_identifier));
    let object = fetched.payload().object;
    assert_eq!(object.key_block().unwrap().cryptographic_algorithm, Some(algorithm));
    let bytes = if algorithm == Algorithm::DES3 { 24 } else { usize::try_from(bits).unwrap() / 8 };
    assert_eq!(key_bytes(&object).len(), bytes);
    Ok(())
}

fn create_rsa(kms: &Session) -> Probed {
    key_pair(kms, CreateKeyPair::rsa(2048), 2048)
}

fn create_p256(kms: &Session) -> Probed {
    key_pair(kms, p256(kms), 256)
}

/// Returns the algorithm: KMIP 1.0 and 1.1 use ECDSA for what is EC since.
pub(crate) fn ec(kms: &Session) -> Algorithm {
    if kms.version < V1_2 { Algorithm::ECDSA } else { Algorithm::EC }
}

pub(crate) fn p256<'a>(kms: &Session) -> CreateKeyPairRequest<'a> {
    let mut request = CreateKeyPair::ec(RecommendedCurve::P_256);
    request.common_attributes.as_mut().unwrap().list[0] = AttributeValue::CryptographicAlgorithm(ec(kms)).into();
    request
}

fn key_pair(kms: &Session, request: CreateKeyPairRequest<'_>, bits: i32) -> Probed {
    let names = (kms.name(), kms.name());
    let reply = kms.call(&request.private_key_name(&names.0).public_key_name(&names.1))?;
    let payload = reply.payload();
    for (id, name, object_type) in [
        (payload.private_key_unique_identifier, names.0.as_str(), ObjectType::PRIVATE_KEY),
        (payload.public_key_unique_identifier, names.1.as_str(), ObjectType::PUBLIC_KEY),
    ] {
        let fetched = kms.must(&Get::id(id));
        let object = fetched.payload().object;
        assert_eq!(object.object_type(), object_type);
        assert_eq!(object.key_block().unwrap().cryptographic_length, Some(bits));
        assert_eq!(kms.must(&Locate::name(name)).payload().unique_identifiers, [id]);
    }
    Ok(())
}

fn get(kms: &Session) -> Probed {
    let id = kms.registered(Algorithm::AES, &[0x5A; 32], Mask::ENCRYPT);
    for request in [Get::id(&*id), Get::id(&*id).format(Format::RAW)] {
        let reply = kms.call(&request)?;
        let payload = reply.payload();
        assert_eq!(payload.unique_identifier.as_str(), Some(&*id));
        assert_eq!(payload.object_type, ObjectType::SYMMETRIC_KEY);
        assert_eq!(key_bytes(&payload.object), [0x5A; 32]);
        assert_eq!(payload.object.key_block().unwrap().key_format_type, Format::RAW);
    }
    Ok(())
}

fn get_transparent(kms: &Session) -> Probed {
    let id = kms.registered(Algorithm::AES, &[0x5A; 32], Mask::ENCRYPT);
    let reply = kms.call(&Get::id(&*id).format(Format::TRANSPARENT_SYMMETRIC_KEY))?;
    let object = reply.payload().object;
    assert_eq!(object.key_block().unwrap().key_format_type, Format::TRANSPARENT_SYMMETRIC_KEY);
    assert_eq!(key_bytes(&object), [0x5A; 32]);
    Ok(())
}

fn get_private_pkcs1(kms: &Session) -> Probed {
    in_format(kms, &kms.rsa_pair().0, Format::PKCS_1)
}

fn get_private_pkcs8(kms: &Session) -> Probed {
    in_format(kms, &kms.rsa_pair().0, Format::PKCS_8)
}

fn get_public_pkcs1(kms: &Session) -> Probed {
    in_format(kms, &kms.rsa_pair().1, Format::PKCS_1)
}

fn get_public_x509(kms: &Session) -> Probed {
    in_format(kms, &kms.rsa_pair().1, Format::X_509)
}

fn in_format(kms: &Session, id: &str, format: Format) -> Probed {
    let reply = kms.call(&Get::id(id).format(format))?;
    let object = reply.payload().object;
    assert_eq!(object.key_block().unwrap().key_format_type, format);
    assert_eq!(key_bytes(&object)[0], 0x30, "DER starts with a SEQUENCE");
    Ok(())
}

fn get_transparent_rsa(kms: &Session) -> Probed {
    let (private, public) = kms.rsa_pair();
    let reply = kms.call(&Get::id(&*private).format(Format::TRANSPARENT_RSA_PRIVATE_KEY))?;
    let modulus_of_private = match transparent(&reply.payload().object) {
        KeyMaterial::RsaPrivateKey(key) => key.modulus.bytes().to_vec(),
        other => panic!("not an RSA private key: {other:?}"),
    };
    let reply = kms.call(&Get::id(&*public).format(Format::TRANSPARENT_RSA_PUBLIC_KEY))?;
    match transparent(&reply.payload().object) {
        KeyMaterial::RsaPublicKey(key) => assert_eq!(key.modulus.bytes(), modulus_of_private),
        other => panic!("not an RSA public key: {other:?}"),
    }
    Ok(())
}

fn transparent<'a>(object: &Object<'a>) -> KeyMaterial<'a> {
    match &object.key_block().unwrap().key_value {
        Some(KeyValue::Plain(plain)) => plain.key_material.clone(),
        other => panic!("no plain key: {other:?}"),
    }
}

const KEK: [u8; 32] = [0xC3; 32];

/// Returns a key, and another that may wrap it.
fn wrapping(kms: &Session) -> (String, String) {
    let parameters = CryptographicParameters::default().block_cipher_mode(BlockCipherMode::NIST_KEY_WRAP);
    // PyKMIP neither has nor needs this attribute; others wrap only if it allows them to.
    let parameters = Some(parameters).filter(|_| kms.server != "PyKMIP");
    let mask = Mask::WRAP_KEY | Mask::UNWRAP_KEY | Mask::ENCRYPT;
    let wrapping = kms.registered_with(Algorithm::AES, &KEK, mask, parameters);
    (kms.registered(Algorithm::AES, &[0x5A; 32], Mask::ENCRYPT), wrapping)
}

/// Unwraps the received key locally (RFC 3394).
fn unwrapped(object: &Object<'_>, wrapping: &str) -> Vec<u8> {
    let block = object.key_block().unwrap();
    let data = block.key_wrapping_data.as_ref().expect("it says how it is wrapped");
    assert_eq!(data.encryption_key_information.as_ref().unwrap().unique_identifier.as_str(), Some(wrapping));
    assert!(block.bytes().is_none(), "a wrapped key passes for a plain one");
    let wrapped = block.wrapped_bytes().unwrap().expose();
    let mut unwrapped = vec![0; wrapped.len()];
    AesKek::new(&AES_256, &KEK).unwrap().unwrap(wrapped, &mut unwrapped).unwrap().to_vec()
}

fn get_wrapped(kms: &Session) -> Probed {
    let (id, wrapping) = wrapping(kms);
    let reply = kms.call(&Get::id(&*id).wrapped_with(&*wrapping))?;
    assert_eq!(unwrapped(&reply.payload().object, &wrapping), [0x5A; 32]);
    Ok(())
}

/// The Key Value is wrapped as TTLV, which is the only form of KMIP 1.0.
fn get_wrapped_encoded(kms: &Session) -> Probed {
    let (id, wrapping) = wrapping(kms);
    let mut request = Get::id(&*id).wrapped_with(&*wrapping);
    request.key_wrapping_specification.as_mut().unwrap().encoding_option = None;
    let reply = kms.call(&request)?;
    let value = unwrapped(&reply.payload().object, &wrapping);
    let mut items = Reader::new(&value).enter(Tag::KEY_VALUE).unwrap();
    // Attributes may follow.
    assert_eq!(items.byte_string(Tag::KEY_MATERIAL).unwrap(), [0x5A; 32]);
    Ok(())
}

fn locate(kms: &Session) -> Probed {
    let name = kms.name();
    let id = kms.must(&Create::aes(256).name(&name)).payload().unique_identifier.to_string();
    let ids = |request: &LocateRequest<'_>| -> Result<Vec<String>, _> {
        let reply = kms.call(request)?;
        Ok::<_, kmip_client::Error>(reply.payload().unique_identifiers.iter().map(Id::to_string).collect())
    };
    assert_eq!(ids(&Locate::name(&name))?, [&*id]);
    assert_eq!(ids(&Locate::name(&name).object_type(ObjectType::SYMMETRIC_KEY))?, [&*id]);
    assert!(ids(&Locate::name(&name).object_type(ObjectType::CERTIFICATE))?.is_empty());
    assert!(ids(&Locate::name("nothing has this name"))?.is_empty());
    let length = Locate::name(&name).attribute(AttributeValue::CryptographicLength(256));
    assert_eq!(ids(&length.attribute(AttributeValue::CryptographicAlgorithm(Algorithm::AES)))?, [&*id]);
    assert!(ids(&Locate::name(&name).attribute(AttributeValue::CryptographicLength(128)))?.is_empty());
    // The kind comes first: PyKMIP fails at an object without an algorithm.
    let keys = Locate::all().object_type(ObjectType::SYMMETRIC_KEY);
    let keys = keys.attribute(AttributeValue::CryptographicAlgorithm(Algorithm::AES));
    kms.key();
    assert!(ids(&keys)?.len() > 1);
    assert_eq!(ids(&keys.at_most(1))?.len(), 1);
    Ok(())
}

fn locate_offset(kms: &Session) -> Probed {
    let name = kms.name();
    kms.must(&Create::aes(256).name(&name));
    let mut request = Locate::name(&name);
    request.offset_items = Some(1);
    let reply = kms.call(&request)?;
    // There is one object, which the offset should skip.
    if reply.payload().unique_identifiers.is_empty() { Ok(()) } else { Err(Failure::Wrong("the offset is not heeded")) }
}

fn activate(kms: &Session) -> Probed {
    let id = kms.key();
    assert_eq!(kms.state(&id), State::PRE_ACTIVE);
    let reply = kms.call(&Activate::id(&id))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(kms.state(&id), State::ACTIVE);
    Ok(())
}

fn revoke(kms: &Session) -> Probed {
    let id = kms.activated(kms.key());
    let reply = kms.call(&Revoke::id(&id, RevocationReasonCode::CESSATION_OF_OPERATION).message("retired"))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(kms.state(&id), State::DEACTIVATED);
    Ok(())
}

fn revoke_compromise(kms: &Session) -> Probed {
    let id = kms.key();
    kms.call(&Revoke::key_compromise(&id, kmip_ttlv::DateTime(1_577_836_800)))?;
    assert_eq!(kms.state(&id), State::COMPROMISED);
    Ok(())
}

fn destroy(kms: &Session) -> Probed {
    let id = kms.key();
    let reply = kms.call(&Destroy::id(&id))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    assert!(matches!(kms.call(&Get::id(&id)), Err(kmip_client::Error::Refused(_))));
    Ok(())
}

fn re_key(kms: &Session) -> Probed {
    let id = kms.activated(kms.key());
    let old = kms.bytes(&id);
    let reply = kms.call(&ReKey::id(&id))?;
    let new = reply.payload().unique_identifier.to_string();
    assert_ne!(new, id);
    let new = kms.bytes(&new);
    assert_eq!(old.len(), new.len());
    assert_ne!(old, new);
    Ok(())
}

fn re_key_key_pair(kms: &Session) -> Probed {
    let (private, public) = kms.pair(&CreateKeyPair::rsa(2048));
    let old = kms.bytes(&public);
    let reply = kms.call(&ReKeyKeyPair::id(&private))?;
    let payload = reply.payload();
    let new = payload.public_key_unique_identifier.to_string();
    assert_ne!(payload.private_key_unique_identifier.to_string(), private);
    assert_ne!(new, public);
    assert_ne!(kms.bytes(&new), old);
    Ok(())
}

fn check(kms: &Session) -> Probed {
    let id = kms.registered(Algorithm::AES, &[0x5A; 32], Mask::ENCRYPT);
    let reply = kms.call(&Check::id(&id).usage(Mask::ENCRYPT))?;
    assert_eq!(reply.payload().unique_identifier.and_then(|id| id.as_str().map(str::to_owned)), Some(id.clone()));
    let beyond = kms.call(&Check::id(&id).usage(Mask::SIGN));
    assert!(matches!(beyond, Err(kmip_client::Error::Refused(_))), "it is not for signing: {beyond:?}");
    Ok(())
}

fn obtain_lease(kms: &Session) -> Probed {
    let id = kms.key();
    let reply = kms.call(&ObtainLease::id(&id))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    Ok(())
}

fn get_usage_allocation(kms: &Session) -> Probed {
    let name = kms.name();
    let limits = UsageLimits::new(1000, UsageLimitsUnit::OBJECT);
    let request = Create::aes(256).name(&name).attribute(AttributeValue::UsageLimits(limits));
    // Without limits, Get Usage Allocation is refused itself.
    let id = kms.call(&request).map_or_else(|_| kms.key(), |reply| reply.payload().unique_identifier.to_string());
    let id = kms.activated(id);
    let reply = kms.call(&GetUsageAllocation::objects(&id, 10))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    Ok(())
}

fn archive(kms: &Session) -> Probed {
    let name = kms.name();
    let id = kms.must(&Create::aes(256).name(&name)).payload().unique_identifier.to_string();
    kms.call(&Archive::id(&id))?;
    assert!(kms.must(&Locate::name(&name)).payload().unique_identifiers.is_empty());
    let archived = Locate::name(&name).stored(StorageStatusMask::ARCHIVAL_STORAGE);
    assert_eq!(kms.must(&archived).payload().unique_identifiers, [(&*id).into()]);
    Ok(())
}

fn recover(kms: &Session) -> Probed {
    let id = kms.key();
    // Without an archive, Recover is refused itself.
    let _ = kms.call(&Archive::id(&id));
    kms.call(&Recover::id(&id))?;
    assert_eq!(kms.bytes(&id).len(), 32);
    Ok(())
}

fn export(kms: &Session) -> Probed {
    let id = kms.registered(Algorithm::AES, &[0x5A; 32], Mask::ENCRYPT);
    let reply = kms.call(&Export::id(&id))?;
    let payload = reply.payload();
    assert_eq!(payload.unique_identifier.as_str(), Some(&*id));
    assert_eq!(key_bytes(payload.object.as_ref().unwrap()), [0x5A; 32]);
    let attributes = payload.attributes.unwrap();
    match attributes.find(Tag::CRYPTOGRAPHIC_LENGTH).next() {
        Some(length) => assert_eq!(*length, AttributeValue::CryptographicLength(256)),
        None => return Err(Failure::Wrong("not all attributes come with the object")),
    }
    Ok(())
}

fn import(kms: &Session) -> Probed {
    let id = kms.name();
    let fetched = kms.registered(Algorithm::AES, &[0x5A; 32], Mask::ENCRYPT);
    let fetched = kms.must(&Get::id(&*fetched));
    let object: Object<'_> = fetched.payload().object;
    let request = Import::object(&id, object)
        .usage(Mask::ENCRYPT)
        .attribute(AttributeValue::CryptographicAlgorithm(Algorithm::AES))
        .attribute(AttributeValue::CryptographicLength(256));
    let reply = kms.call(&request)?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(kms.bytes(&id), [0x5A; 32]);
    Ok(())
}
