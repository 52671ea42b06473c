//! Create and Create Key Pair (KMIP 2.1, 6.1.8 and 6.1.9; KMIP 1.4, 4.1 and 4.2).

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, KeyFormatType, LinkType, ObjectType, OperationCode, SecretDataType,
};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, CryptographicDomainParameters, Link};
use crate::protocol::object::{KeyBlock, KeyValue, Object, PrivateKey, PublicKey, SecretData, SymmetricKey};
use crate::protocol::operation::{CreateKeyPairRequest, CreateKeyPairResponse, CreateRequest, CreateResponse};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate;
use crate::test_server::objects::attributes::OwnedAttributes;
use crate::test_server::operations::new_object::{check_storage, insert, requested, require};
use crate::test_server::state::call::{Answer, Call};

pub(super) fn create(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: CreateRequest<'_> = call.request(payload)?;
    check_storage([&request.protection_storage_masks])?;
    let attributes = requested(call, [&request.attributes])?;
    require(&attributes, Tag::CRYPTOGRAPHIC_USAGE_MASK)?;
    let id = match request.object_type {
        ObjectType::SYMMETRIC_KEY => new_symmetric_key(call, attributes)?,
        ObjectType::SECRET_DATA if !call.is_v1() => new_secret_data(call, attributes)?,
        _ => return Err(Cause::UnknownKind.because("Create makes symmetric keys, and secret data since KMIP 2.0")),
    };
    call.produce(OperationCode::CREATE, Some(&id), [id.as_str()]);
    call.answer(&CreateResponse {
        object_type: request.object_type,
        unique_identifier: Id::Text(&id),
        attributes: None,
    })
}

/// Creates a symmetric key with these attributes, which include algorithm and length.
pub(super) fn new_symmetric_key(call: &mut Call<'_>, attributes: OwnedAttributes) -> Result<String, Refusal> {
    let (algorithm, length) = (algorithm(&attributes)?, length(&attributes)?);
    let bytes = generate::symmetric_key(call.random, algorithm, generate::symmetric_key_len(algorithm, length)?)?;
    let key_block = key_block(KeyFormatType::RAW, &bytes, algorithm, length);
    insert(call, &Object::SymmetricKey(SymmetricKey { key_block }), attributes, true)
}

/// Creates a seed: random bytes as input for another algorithm.
fn new_secret_data(call: &mut Call<'_>, attributes: OwnedAttributes) -> Result<String, Refusal> {
    let length = length(&attributes)?;
    let bytes = zeroize::Zeroizing::new(generate::random_bytes(call.random, generate::whole_bytes(length)?)?);
    let key_value = Some(KeyValue::from_bytes(&bytes));
    let key_block = KeyBlock { key_format_type: KeyFormatType::RAW, key_value, ..KeyBlock::default() };
    let object = Object::SecretData(SecretData { secret_data_type: SecretDataType::SEED, key_block });
    insert(call, &object, attributes, true)
}

pub(super) fn create_key_pair(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: CreateKeyPairRequest<'_> = call.request(payload)?;
    check_storage([
        &request.common_protection_storage_masks,
        &request.private_protection_storage_masks,
        &request.public_protection_storage_masks,
    ])?;
    let common = &request.common_attributes;
    let private = requested(call, common.iter().chain(&request.private_key_attributes))?;
    let public = requested(call, common.iter().chain(&request.public_key_attributes))?;
    let (private_id, public_id) = new_key_pair(call, private, public)?;
    call.produce(OperationCode::CREATE_KEY_PAIR, Some(&private_id), [private_id.as_str(), public_id.as_str()]);
    call.answer(&CreateKeyPairResponse {
        private_key_unique_identifier: Id::Text(&private_id),
        public_key_unique_identifier: Id::Text(&public_id),
        ..CreateKeyPairResponse::default()
    })
}

/// Creates a key pair with these attributes, and links its halves to each other.
pub(super) fn new_key_pair(
    call: &mut Call<'_>,
    mut private: OwnedAttributes,
    mut public: OwnedAttributes,
) -> Result<(String, String), Refusal> {
    for attributes in [&private, &public] {
        require(attributes, Tag::CRYPTOGRAPHIC_USAGE_MASK)?;
    }
    let same = algorithm(&private)? == algorithm(&public)?
        && [Tag::CRYPTOGRAPHIC_LENGTH, Tag::CRYPTOGRAPHIC_DOMAIN_PARAMETERS, Tag::CRYPTOGRAPHIC_PARAMETERS]
            .into_iter()
            .all(|tag| private.get(tag) == public.get(tag));
    if !same {
        return Err(Cause::InvalidValue.because("algorithm, length and parameters of both keys must be the same"));
    }

    let algorithm = algorithm(&private)?;
    let pair = generate::key_pair(algorithm, length(&private).ok(), private.curve())?;
    for attributes in [&mut private, &mut public] {
        if pair.curve.is_some() {
            let parameters = CryptographicDomainParameters { qlength: None, recommended_curve: pair.curve };
            attributes.set_default(&AttributeValue::CryptographicDomainParameters(parameters))?;
        }
    }
    let names_differ = private.all(Tag::NAME.into()).all(|name| public.position_of_value(&name.value()).is_none());
    if !names_differ {
        return Err(Cause::NameTaken.because("both keys cannot have the same name"));
    }
    let private_block = key_block(pair.private_format, &pair.private_key, algorithm, pair.length);
    let public_block = key_block(pair.public_format, &pair.public_key, algorithm, pair.length);
    let private_id = insert(call, &Object::PrivateKey(PrivateKey { key_block: private_block }), private, true)?;
    let public_id = insert(call, &Object::PublicKey(PublicKey { key_block: public_block }), public, true)?;
    link(call, &private_id, LinkType::PUBLIC_KEY_LINK, &public_id)?;
    link(call, &public_id, LinkType::PRIVATE_KEY_LINK, &private_id)?;
    Ok((private_id, public_id))
}

/// Adds a link to another object.
pub(super) fn link(call: &mut Call<'_>, from: &str, link_type: LinkType, to: &str) -> Result<(), Refusal> {
    let link = AttributeValue::Link(Link { link_type, linked_object_identifier: Id::Text(to) });
    call.store.get(from, call.view)?.attributes.push(&link).map(drop)
}

pub(super) fn key_block(
    key_format_type: KeyFormatType,
    bytes: &[u8],
    algorithm: CryptographicAlgorithm,
    length: i32,
) -> KeyBlock<'_> {
    KeyBlock {
        key_format_type,
        key_value: Some(KeyValue::from_bytes(bytes)),
        cryptographic_algorithm: Some(algorithm),
        cryptographic_length: Some(length),
        ..KeyBlock::default()
    }
}

pub(super) fn algorithm(attributes: &OwnedAttributes) -> Result<CryptographicAlgorithm, Refusal> {
    match attributes.get(Tag::CRYPTOGRAPHIC_ALGORITHM) {
        Some(AttributeValue::CryptographicAlgorithm(algorithm)) => Ok(algorithm),
        _ => Err(Cause::MissingAttribute.because("the attribute Cryptographic Algorithm is missing")),
    }
}

pub(super) fn length(attributes: &OwnedAttributes) -> Result<i32, Refusal> {
    match attributes.get(Tag::CRYPTOGRAPHIC_LENGTH) {
        Some(AttributeValue::CryptographicLength(length)) => Ok(length),
        _ => Err(Cause::MissingAttribute.because("the attribute Cryptographic Length is missing")),
    }
}
