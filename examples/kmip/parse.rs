//! Values on the command line by the names that KMIP has for them.

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, HashingAlgorithm, ObjectType, RecommendedCurve,
    RevocationReasonCode, State,
};

/// Finds the value whose name is this, whatever stands between its words and however it is capitalized.
fn named<T: Copy>(text: &str, all: &[(&str, T)]) -> Result<T, String> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    match all.iter().find(|(name, _)| plain(name) == plain(text)) {
        Some((_, value)) => Ok(*value),
        None => Err(format!("one of {}", all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))),
    }
}

pub(crate) fn object_type(text: &str) -> Result<ObjectType, String> {
    named(
        text,
        &[
            ("symmetric-key", ObjectType::SYMMETRIC_KEY),
            ("private-key", ObjectType::PRIVATE_KEY),
            ("public-key", ObjectType::PUBLIC_KEY),
            ("certificate", ObjectType::CERTIFICATE),
            ("secret-data", ObjectType::SECRET_DATA),
            ("opaque-object", ObjectType::OPAQUE_OBJECT),
            ("split-key", ObjectType::SPLIT_KEY),
            ("pgp-key", ObjectType::PGP_KEY),
        ],
    )
}

pub(crate) fn state(text: &str) -> Result<State, String> {
    named(
        text,
        &[
            ("pre-active", State::PRE_ACTIVE),
            ("active", State::ACTIVE),
            ("deactivated", State::DEACTIVATED),
            ("compromised", State::COMPROMISED),
            ("destroyed", State::DESTROYED),
            ("destroyed-compromised", State::DESTROYED_COMPROMISED),
        ],
    )
}

pub(crate) fn algorithm(text: &str) -> Result<CryptographicAlgorithm, String> {
    named(
        text,
        &[
            ("AES", CryptographicAlgorithm::AES),
            ("3DES", CryptographicAlgorithm::DES3),
            ("ChaCha20", CryptographicAlgorithm::CHACHA20),
            ("HMAC-SHA1", CryptographicAlgorithm::HMAC_SHA1),
            ("HMAC-SHA256", CryptographicAlgorithm::HMAC_SHA256),
            ("HMAC-SHA384", CryptographicAlgorithm::HMAC_SHA384),
            ("HMAC-SHA512", CryptographicAlgorithm::HMAC_SHA512),
            ("RSA", CryptographicAlgorithm::RSA),
            ("EC", CryptographicAlgorithm::EC),
            ("ECDSA", CryptographicAlgorithm::ECDSA),
        ],
    )
}

pub(crate) fn curve(text: &str) -> Result<RecommendedCurve, String> {
    named(
        text,
        &[("P-256", RecommendedCurve::P_256), ("P-384", RecommendedCurve::P_384), ("P-521", RecommendedCurve::P_521)],
    )
}

pub(crate) fn hash(text: &str) -> Result<HashingAlgorithm, String> {
    named(
        text,
        &[
            ("sha256", HashingAlgorithm::SHA_256),
            ("sha384", HashingAlgorithm::SHA_384),
            ("sha512", HashingAlgorithm::SHA_512),
        ],
    )
}

pub(crate) fn reason(text: &str) -> Result<RevocationReasonCode, String> {
    named(
        text,
        &[
            ("unspecified", RevocationReasonCode::UNSPECIFIED),
            ("key-compromise", RevocationReasonCode::KEY_COMPROMISE),
            ("ca-compromise", RevocationReasonCode::CA_COMPROMISE),
            ("affiliation-changed", RevocationReasonCode::AFFILIATION_CHANGED),
            ("superseded", RevocationReasonCode::SUPERSEDED),
            ("cessation-of-operation", RevocationReasonCode::CESSATION_OF_OPERATION),
            ("privilege-withdrawn", RevocationReasonCode::PRIVILEGE_WITHDRAWN),
        ],
    )
}

/// What a key may be used for: names with commas between.
pub(crate) fn usage(text: &str) -> Result<CryptographicUsageMask, String> {
    let mut mask = None;
    for name in text.split(',') {
        let bit = named(
            name.trim(),
            &[
                ("sign", CryptographicUsageMask::SIGN),
                ("verify", CryptographicUsageMask::VERIFY),
                ("encrypt", CryptographicUsageMask::ENCRYPT),
                ("decrypt", CryptographicUsageMask::DECRYPT),
                ("wrap-key", CryptographicUsageMask::WRAP_KEY),
                ("unwrap-key", CryptographicUsageMask::UNWRAP_KEY),
                ("export", CryptographicUsageMask::EXPORT),
                ("derive-key", CryptographicUsageMask::DERIVE_KEY),
                ("mac-generate", CryptographicUsageMask::MAC_GENERATE),
                ("mac-verify", CryptographicUsageMask::MAC_VERIFY),
                ("key-agreement", CryptographicUsageMask::KEY_AGREEMENT),
            ],
        )?;
        mask = Some(mask.map_or(bit, |mask| mask | bit));
    }
    mask.ok_or_else(|| "no use is named".to_owned())
}

/// An attribute that people set: `Name=vm-42`, `Object Group=backup`, `x-Vendor=text`.
pub(crate) fn attribute(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("NAME=VALUE is wanted, such as \"Object Group=backup\" or x-Owner=alice".to_owned()),
    }
}

/// The attribute with this name and this text.
pub(crate) fn attribute_value<'a>(name: &'a str, text: &'a str) -> Result<AttributeValue<'a>, String> {
    let plain = name.to_lowercase().replace(['-', '_'], " ");
    Ok(match plain.as_str() {
        "name" => AttributeValue::Name(text.into()),
        "object group" => AttributeValue::ObjectGroup(text),
        "contact information" => AttributeValue::ContactInformation(text),
        "comment" => AttributeValue::Comment(text),
        "description" => AttributeValue::Description(text),
        "cryptographic usage mask" | "usage" => AttributeValue::CryptographicUsageMask(usage(text)?),
        _ if name.starts_with("x-") => AttributeValue::custom(name, text),
        _ => {
            return Err(format!(
                "{name} cannot be set here: Name, Object Group, Contact Information, Comment, Description, Usage, or x-..."
            ));
        }
    })
}
