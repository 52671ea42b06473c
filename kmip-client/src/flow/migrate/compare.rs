//! Comparison of an original with its copy.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{HashingAlgorithm, KeyFormatType, ObjectType};

use super::attributes::{Transfer, transfer};
use super::plain::bytes_of;
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::config::sha256;
use crate::exchange::reply::Reply;
use crate::flow::{FlowError, state_in};
use crate::protocol::Secret;
use crate::protocol::attribute::{Attribute, AttributeReference, AttributeValue, Attributes};
use crate::protocol::object::Object;
use crate::protocol::operation::{Get, GetAttributes};

/// The original that a copy is compared with.
#[derive(Clone, Copy)]
pub(in crate::flow) struct Copied<'a> {
    pub(in crate::flow) bytes: Secret<'a>,
    pub(in crate::flow) format: Option<KeyFormatType>,
}

/// Returns `true` if the object on the other server is the copy, judged by its bytes, or by its digest if the server
/// does not return them.
pub(super) async fn is_copy(to: &impl Kmip, id: &str, copied: Copied<'_>) -> Result<bool, FlowError> {
    match fetch(to, id, copied.format).await {
        Ok(fetched) => Ok(bytes_of(&fetched.payload().object) == Some(copied.bytes)),
        Err(Error::Refused(refusal)) => {
            let reply = to.call(&GetAttributes::id(id).attribute(Tag::DIGEST)).await?;
            let attributes = reply.payload().attributes.unwrap_or_default();
            let digests = digest(&attributes).zip(sha256(copied.bytes.expose()));
            let (there, here) = digests.ok_or(FlowError::Kms(Error::Refused(refusal)))?;
            Ok(there == here.as_ref())
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns `true` if the server has this very object under the identifier.
pub(in crate::flow) async fn is_same(to: &impl Kmip, id: &str, object: &Object<'_>) -> Result<bool, FlowError> {
    let Some(bytes) = bytes_of(object) else { return Ok(false) };
    let format = object.key_block().map(|block| block.key_format_type);
    is_copy(to, id, Copied { bytes, format }).await
}

/// Compares an original with its copy, and returns the names of the differences. If plain bytes may not be fetched, the
/// digests are compared.
pub(in crate::flow) async fn compare(
    from: &impl Kmip,
    to: &impl Kmip,
    original: &str,
    copy: &str,
    fetches_plain: bool,
) -> Result<Vec<String>, FlowError> {
    let here = from.call(&GetAttributes::id(original)).await?;
    let here = here.payload().attributes.unwrap_or_default();
    let there = to.call(&GetAttributes::id(copy)).await?;
    let there = there.payload().attributes.unwrap_or_default();
    let mut differences = different_attributes(&here, &there);
    let symmetric =
        here.find(Tag::OBJECT_TYPE).any(|value| *value == AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY));
    let format = symmetric.then_some(KeyFormatType::RAW);
    let fetched = if fetches_plain { Some(fetch(from, original, format).await) } else { None };
    match fetched {
        Some(Ok(fetched)) if !is_same(to, copy, &fetched.payload().object).await? => {
            differences.push("its bytes".to_owned());
        }
        Some(Ok(_)) => {}
        Some(Err(error)) if !matches!(error, Error::Refused(_)) => return Err(error.into()),
        _ if digest(&here).is_none() || digest(&there).is_none() => {
            differences.push("its bytes, which cannot be compared".to_owned());
        }
        _ if digest(&here) != digest(&there) => differences.push("its digest".to_owned()),
        _ => {}
    }
    Ok(differences)
}

/// Returns the names of the attributes that should be equal on both sides and are not.
#[inline]
fn different_attributes(here: &Attributes<'_>, there: &Attributes<'_>) -> Vec<String> {
    let state = here.find(Tag::STATE).find_map(state_in);
    let mut names = Vec::new();
    for value in here {
        let name = Attribute::from(value.clone()).reference();
        let is_copied = match name {
            AttributeReference::Standard(tag) if SAME_ON_BOTH.contains(&tag) => true,
            _ => matches!(transfer(value, state), Transfer::Added),
        };
        if is_copied && !there.iter().any(|there| there == value) {
            names.push(name.to_string());
        }
    }
    names.dedup();
    names
}

/// The attributes that a server derives from an object, which must be equal in a copy.
const SAME_ON_BOTH: &[Tag] = &[
    Tag::CRYPTOGRAPHIC_ALGORITHM,
    Tag::CRYPTOGRAPHIC_LENGTH,
    Tag::CRYPTOGRAPHIC_USAGE_MASK,
    Tag::OBJECT_TYPE,
    Tag::STATE,
];

/// Returns the SHA-256 digest of an object, if the server has one.
#[inline]
pub(in crate::flow) fn digest<'a>(attributes: &Attributes<'a>) -> Option<&'a [u8]> {
    attributes.find(Tag::DIGEST).find_map(|value| match value {
        AttributeValue::Digest(digest) if digest.hashing_algorithm == HashingAlgorithm::SHA_256 => digest.digest_value,
        _ => None,
    })
}

pub(super) async fn fetch(kms: &impl Kmip, id: &str, format: Option<KeyFormatType>) -> Result<Reply<Get>, Error> {
    match format {
        Some(format) => kms.call(&Get::id(id).format(format)).await,
        None => kms.call(&Get::id(id)).await,
    }
}
