//! Create Split Key and Join Split Key (KMIP 2.1, 6.1.10 and 6.1.27; KMIP 1.4, 4.38 and 4.39).

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{KeyFormatType, ObjectType, OperationCode, SecretDataType, SplitKeyMethod};
use zeroize::Zeroizing;

use super::super::crypto::share;
use super::create::{algorithm, key_block, length};
use super::get::check_extraction;
use crate::protocol::Id;
use crate::protocol::attribute::AttributeValue;
use crate::protocol::object::{KeyBlock, KeyValue, Object, SecretData, SplitKey, SymmetricKey};
use crate::protocol::operation::{
    CreateSplitKeyRequest, CreateSplitKeyResponse, JoinSplitKeyRequest, JoinSplitKeyResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate;
use crate::test_server::objects::attributes::OwnedAttributes;
use crate::test_server::objects::object::Managed;
use crate::test_server::operations::limits::Key;
use crate::test_server::operations::new_object::{check_storage, insert, requested};
use crate::test_server::state::call::{Answer, Call};

type Bytes = Zeroizing<Vec<u8>>;

/// The attributes that a key shares with its parts.
const OF_THE_KEY: [Tag; 3] = [Tag::CRYPTOGRAPHIC_ALGORITHM, Tag::CRYPTOGRAPHIC_LENGTH, Tag::CRYPTOGRAPHIC_USAGE_MASK];

pub(super) fn create(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: CreateSplitKeyRequest<'_> = call.request(payload)?;
    check_storage([&request.protection_storage_masks])?;
    if request.object_type != ObjectType::SPLIT_KEY {
        return Err(Cause::UnknownKind.because("Create Split Key makes split keys"));
    }
    let mut attributes = requested(call, [&request.attributes])?;
    if attributes.has(Tag::NAME.into()) {
        return Err(Cause::InvalidValue.because("the parts cannot all have the same name"));
    }
    let secret = match &request.unique_identifier {
        Some(id) => {
            let object = call.object(Some(id))?;
            check_extraction(object, false)?;
            take_over(object, &mut attributes, true)?;
            Key::read(object)?.bytes
        }
        None => {
            let (algorithm, bits) = (algorithm(&attributes)?, length(&attributes)?);
            generate::symmetric_key(call.random, algorithm, generate::symmetric_key_len(algorithm, bits)?)?
        }
    };
    let (Ok(parts @ 2..), Ok(threshold @ 2..)) =
        (u8::try_from(request.split_key_parts), u8::try_from(request.split_key_threshold))
    else {
        return Err(Cause::InvalidField.because("a key has 2 to 255 parts, and 2 or more make it"));
    };
    let shares = match request.split_key_method {
        SplitKeyMethod::XOR if threshold == parts => share::xor(call.random, &secret, parts)?,
        SplitKeyMethod::POLYNOMIAL_SHARING_GF_2_8 if threshold <= parts => {
            share::polynomial(call.random, &secret, parts, threshold)?
        }
        SplitKeyMethod::XOR | SplitKeyMethod::POLYNOMIAL_SHARING_GF_2_8 => {
            return Err(Cause::InvalidField.because("XOR needs all parts, and no method more than there are"));
        }
        method => return Err(Cause::InvalidField.because(format!("the server does not split keys by {method}"))),
    };

    let mut ids = Vec::with_capacity(shares.len());
    for (number, share) in (1..).zip(&shares) {
        let object = Object::SplitKey(SplitKey {
            split_key_parts: request.split_key_parts,
            key_part_identifier: number,
            split_key_threshold: request.split_key_threshold,
            split_key_method: request.split_key_method,
            prime_field_size: None,
            key_block: KeyBlock {
                key_format_type: KeyFormatType::RAW,
                key_value: Some(KeyValue::from_bytes(share)),
                cryptographic_algorithm: algorithm(&attributes).ok(),
                cryptographic_length: length(&attributes).ok(),
                ..KeyBlock::default()
            },
        });
        ids.push(insert(call, &object, attributes.clone(), true)?);
    }
    call.produce(OperationCode::CREATE_SPLIT_KEY, ids.first().map(String::as_str), ids.iter().map(String::as_str));
    let unique_identifiers = ids.iter().map(Id::from).collect();
    call.answer(&CreateSplitKeyResponse { unique_identifiers, attributes: None })
}

pub(super) fn join(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: JoinSplitKeyRequest<'_> = call.request(payload)?;
    check_storage([&request.protection_storage_masks])?;
    let mut attributes = requested(call, &request.attributes)?;
    let mut parts: Vec<(u8, Bytes)> = Vec::new();
    let mut kind = None;
    for id in &request.unique_identifiers {
        let part = call.object(Some(id))?;
        take_over(part, &mut attributes, false)?;
        let bytes = Key::read(part)?.bytes;
        let Some(Object::SplitKey(split)) = part.value.as_ref().map(|value| value.object()) else {
            return Err(Cause::WrongKind.because("the object is no split key"));
        };
        let of = (split.split_key_method, split.split_key_parts, split.split_key_threshold, bytes.len());
        let number = u8::try_from(split.key_part_identifier).ok().filter(|number| *number > 0);
        let number = number.filter(|number| parts.iter().all(|(other, _)| other != number));
        let (Some(number), true) = (number, *kind.get_or_insert(of) == of) else {
            return Err(Cause::Cryptographic.because("the objects are not different parts of one key"));
        };
        parts.push((number, bytes));
    }
    let (method, _, threshold, _) = kind.ok_or_else(|| Cause::InvalidMessage.because("there is nothing to join"))?;
    if usize::try_from(threshold).map_or(true, |threshold| parts.len() < threshold) {
        return Err(Cause::Cryptographic.because("there are fewer parts than the Split Key Threshold"));
    }
    let secret = match method {
        SplitKeyMethod::XOR => share::join_xor(&parts.into_iter().map(|(_, part)| part).collect::<Vec<_>>()),
        SplitKeyMethod::POLYNOMIAL_SHARING_GF_2_8 => share::join_polynomial(&parts),
        method => return Err(Cause::InvalidField.because(format!("the server does not join keys by {method}"))),
    };
    let object = match request.object_type {
        ObjectType::SYMMETRIC_KEY => {
            let (algorithm, bits) = (algorithm(&attributes)?, length(&attributes)?);
            Object::SymmetricKey(SymmetricKey { key_block: key_block(KeyFormatType::RAW, &secret, algorithm, bits) })
        }
        ObjectType::SECRET_DATA => Object::SecretData(SecretData {
            secret_data_type: request.secret_data_type.unwrap_or(SecretDataType::SEED),
            key_block: KeyBlock {
                key_format_type: KeyFormatType::RAW,
                key_value: Some(KeyValue::from_bytes(&secret)),
                ..KeyBlock::default()
            },
        }),
        _ => return Err(Cause::UnknownKind.because("Join Split Key makes symmetric keys and secret data")),
    };
    let id = insert(call, &object, attributes, false)?;
    call.produce(OperationCode::JOIN_SPLIT_KEY, Some(&id), [id.as_str()]);
    call.answer(&JoinSplitKeyResponse { unique_identifier: Id::Text(&id), attributes: None })
}

/// Inherits a key's attributes. Those of a key that is split take precedence; those of parts fill the gaps of the
/// request.
fn take_over(from: &Managed, attributes: &mut OwnedAttributes, decides: bool) -> Result<(), Refusal> {
    for tag in OF_THE_KEY {
        match from.attributes.get(tag) {
            Some(value) if decides && !matches!(value, AttributeValue::CryptographicUsageMask(_)) => {
                attributes.set(&value)?;
            }
            Some(value) => attributes.set_default(&value)?,
            None => {}
        }
    }
    Ok(())
}
