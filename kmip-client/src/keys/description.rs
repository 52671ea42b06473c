//! The description of a key, in its key block or among the attributes of the object.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, KeyFormatType, RecommendedCurve};

use super::error::KeyError;
use super::kind::{Curve, KeyKind};
use crate::protocol::object::KeyBlock;

/// The description of a key, in its key block or among the attributes of the object.
#[derive(Clone, Copy, Default)]
pub(crate) struct Description {
    pub(crate) algorithm: Option<CryptographicAlgorithm>,
    pub(crate) length: Option<i32>,
    pub(crate) curve: Option<RecommendedCurve>,
}

impl Description {
    pub(super) fn of(block: &KeyBlock<'_>) -> Self {
        Self { algorithm: block.cryptographic_algorithm, length: block.cryptographic_length, curve: None }
    }

    /// Completes the description in a key block by the one in attributes.
    pub(super) fn with(self, attributes: Self) -> Self {
        Self {
            algorithm: self.algorithm.or(attributes.algorithm),
            length: self.length.or(attributes.length),
            curve: attributes.curve,
        }
    }

    /// Returns the kind of a Raw key. 256 bits may be P-256, secp256k1 or X25519, so the length does not determine the
    /// curve.
    pub(super) fn kind_of_raw(self, of: &'static str) -> Result<KeyKind, KeyError> {
        match self.algorithm {
            Some(CryptographicAlgorithm::ED25519) => Ok(KeyKind::Ed25519),
            Some(
                CryptographicAlgorithm::EC
                | CryptographicAlgorithm::ECDSA
                | CryptographicAlgorithm::ECDH
                | CryptographicAlgorithm::ECMQV,
            ) => match self.curve {
                Some(RecommendedCurve::CURVE25519) => Ok(KeyKind::X25519),
                Some(curve) => Ok(KeyKind::Ec(Curve::of_recommended(curve)?)),
                None => Ok(KeyKind::Ec(self.length.and_then(Curve::of_bits).ok_or(KeyError::AmbiguousCurve)?)),
            },
            Some(algorithm) => Err(KeyError::Format { of: format!("{algorithm} {of}"), format: KeyFormatType::RAW }),
            None => Err(KeyError::AmbiguousCurve),
        }
    }

    /// Returns the kind of a transparent key on this curve.
    pub(super) fn kind_of_transparent(self, curve: RecommendedCurve) -> Result<KeyKind, KeyError> {
        match self.algorithm {
            Some(CryptographicAlgorithm::ED25519) => Ok(KeyKind::Ed25519),
            _ if curve == RecommendedCurve::CURVE25519 => Ok(KeyKind::X25519),
            _ => Ok(KeyKind::Ec(Curve::of_recommended(curve)?)),
        }
    }
}
