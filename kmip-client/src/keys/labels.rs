//! Parses the algorithm names of keys, and checks them against the key bytes.

use der::asn1::ObjectIdentifier;
use kmip_ttlv::enumeration::{CryptographicAlgorithm, RecommendedCurve};
use pkcs8::spki::AlgorithmIdentifierRef;

use super::error::KeyError;
use super::kind::{Curve, EC, ED25519, KeyKind, RSA, RSA_PSS, X25519, whole_bytes};

impl Curve {
    pub(super) fn of_oid(oid: ObjectIdentifier) -> Result<Self, KeyError> {
        let curve = Self::all().find(|curve| *curve.oid() == oid);
        curve.ok_or_else(|| KeyError::UnknownCurve { name: oid.to_string() })
    }

    pub(super) fn of_recommended(name: RecommendedCurve) -> Result<Self, KeyError> {
        let curve = Self::all().find(|curve| curve.recommended() == name);
        curve.ok_or_else(|| KeyError::UnknownCurve { name: name.to_string() })
    }
}

impl KeyKind {
    /// Reads the kind from an algorithm identifier; `rsa_bits` reads the length of an RSA key from its bytes.
    pub(super) fn of(
        algorithm: AlgorithmIdentifierRef<'_>,
        rsa_bits: impl FnOnce() -> Result<i32, KeyError>,
    ) -> Result<Self, KeyError> {
        match algorithm.oid {
            RSA | RSA_PSS => Ok(Self::Rsa { bits: rsa_bits()? }),
            EC => {
                let curve = algorithm.parameters_oid().map_err(|_| KeyError::AmbiguousCurve)?;
                Ok(Self::Ec(Curve::of_oid(curve)?))
            }
            ED25519 => Ok(Self::Ed25519),
            X25519 => Ok(Self::X25519),
            other => Err(KeyError::UnknownAlgorithm { oid: other.to_string() }),
        }
    }

    /// Checks the algorithm and length that are stated for the key.
    ///
    /// Servers use the three names of elliptic-curve keys interchangeably, so they count as equal. Lengths are compared
    /// in whole bytes. The lengths of keys on Curve25519 are not compared: 253, 255 and 256 bits are all in use.
    pub(super) fn check_label(
        self,
        algorithm: Option<CryptographicAlgorithm>,
        length: Option<i32>,
    ) -> Result<(), KeyError> {
        use CryptographicAlgorithm as Algorithm;
        let curve = [Algorithm::EC, Algorithm::ECDSA, Algorithm::ECDH, Algorithm::ECMQV];
        let fits = algorithm.is_none_or(|label| match self {
            Self::Rsa { .. } => label == Algorithm::RSA,
            Self::Ec(_) | Self::X25519 => curve.contains(&label),
            Self::Ed25519 => label == Algorithm::ED25519 || curve.contains(&label),
        });
        if let (false, Some(label)) = (fits, algorithm) {
            return Err(KeyError::Label { label: label.to_string(), found: self });
        }
        let sized = matches!(self, Self::Rsa { .. } | Self::Ec(_));
        match length.filter(|label| sized && whole_bytes(*label) != whole_bytes(self.bits())) {
            Some(label) => Err(KeyError::Label { label: format!("a key of {label} bits"), found: self }),
            None => Ok(()),
        }
    }
}
