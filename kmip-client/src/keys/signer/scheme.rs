//! The signature schemes: one table for KMIP, TLS and X.509.

use std::fmt;

use kmip_ttlv::enumeration::{DigitalSignatureAlgorithm as Named, HashingAlgorithm, MaskGenerator, PaddingMethod};
use kmip_ttlv::{ProtocolVersion, V1_4};
use rustls::pki_types::{AlgorithmIdentifier, alg_id};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::keys::{Curve, KeyKind};
use crate::protocol::attribute::CryptographicParameters;

/// A hash of the SHA-2 family. Exhaustive, because TLS and JOSE sign with these three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sha2 {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Sha2 {
    const fn kmip(self) -> HashingAlgorithm {
        match self {
            Self::Sha256 => HashingAlgorithm::SHA_256,
            Self::Sha384 => HashingAlgorithm::SHA_384,
            Self::Sha512 => HashingAlgorithm::SHA_512,
        }
    }

    const fn len(self) -> i32 {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    pub(super) fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha384 => Sha384::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }
}

impl fmt::Display for Sha2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA-{}", 8 * self.len())
    }
}

/// A signature scheme.
///
/// ```
/// use kmip_client::keys::{Scheme, Sha2};
///
/// assert_eq!(Scheme::RsaPss(Sha2::Sha256).to_string(), "RSASSA-PSS with SHA-256");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// RSA with PKCS#1 v1.5.
    RsaPkcs1(Sha2),
    /// RSA with PSS. The salt is as long as the digest, and mask generation uses the same hash.
    RsaPss(Sha2),
    /// ECDSA.
    Ecdsa(Sha2),
    /// Ed25519 (RFC 8032), without pre-hashing.
    Ed25519,
}

impl Scheme {
    /// Returns the default scheme of a key; `None` for keys that do not sign.
    #[must_use]
    pub const fn of(kind: KeyKind) -> Option<Self> {
        match kind {
            KeyKind::Rsa { .. } => Some(Self::RsaPkcs1(Sha2::Sha256)),
            KeyKind::Ec(Curve::P256 | Curve::Secp256k1) => Some(Self::Ecdsa(Sha2::Sha256)),
            KeyKind::Ec(Curve::P384) => Some(Self::Ecdsa(Sha2::Sha384)),
            KeyKind::Ec(Curve::P521) => Some(Self::Ecdsa(Sha2::Sha512)),
            KeyKind::Ed25519 => Some(Self::Ed25519),
            KeyKind::X25519 => None,
        }
    }

    pub(super) const fn fits(self, kind: KeyKind) -> bool {
        matches!(
            (self, kind),
            (Self::RsaPkcs1(_) | Self::RsaPss(_), KeyKind::Rsa { .. })
                | (Self::Ecdsa(_), KeyKind::Ec(_))
                | (Self::Ed25519, KeyKind::Ed25519)
        )
    }

    /// Returns the hash; `None` if the data itself is signed.
    pub(super) const fn hash(self) -> Option<Sha2> {
        match self {
            Self::RsaPkcs1(hash) | Self::RsaPss(hash) | Self::Ecdsa(hash) => Some(hash),
            Self::Ed25519 => None,
        }
    }

    /// Returns the algorithm identifier of X.509 (RFC 4055, 5758, 8410), without the header of its sequence.
    pub(super) const fn signature_id(self) -> AlgorithmIdentifier {
        match self {
            Self::RsaPkcs1(Sha2::Sha256) => alg_id::RSA_PKCS1_SHA256,
            Self::RsaPkcs1(Sha2::Sha384) => alg_id::RSA_PKCS1_SHA384,
            Self::RsaPkcs1(Sha2::Sha512) => alg_id::RSA_PKCS1_SHA512,
            Self::RsaPss(Sha2::Sha256) => alg_id::RSA_PSS_SHA256,
            Self::RsaPss(Sha2::Sha384) => alg_id::RSA_PSS_SHA384,
            Self::RsaPss(Sha2::Sha512) => alg_id::RSA_PSS_SHA512,
            Self::Ecdsa(Sha2::Sha256) => alg_id::ECDSA_SHA256,
            Self::Ecdsa(Sha2::Sha384) => alg_id::ECDSA_SHA384,
            Self::Ecdsa(Sha2::Sha512) => alg_id::ECDSA_SHA512,
            Self::Ed25519 => alg_id::ED25519,
        }
    }

    /// Returns the parameters for a request.
    pub(super) fn parameters(self, kind: KeyKind, version: ProtocolVersion) -> CryptographicParameters<'static> {
        let cryptographic_algorithm = Some(kind.algorithm());
        let hashing_algorithm = self.hash().map(Sha2::kmip);
        let own = CryptographicParameters { hashing_algorithm, ..CryptographicParameters::default() };
        match self {
            Self::RsaPkcs1(hash) => CryptographicParameters {
                padding_method: Some(PaddingMethod::PKCS1_V1_5),
                cryptographic_algorithm,
                digital_signature_algorithm: Some(match hash {
                    Sha2::Sha256 => Named::SHA_256_WITH_RSA_ENCRYPTION,
                    Sha2::Sha384 => Named::SHA_384_WITH_RSA_ENCRYPTION,
                    Sha2::Sha512 => Named::SHA_512_WITH_RSA_ENCRYPTION,
                }),
                ..own
            },
            // The name RSASSA-PSS is omitted, because PyKMIP knows only the padding.
            Self::RsaPss(hash) => CryptographicParameters {
                padding_method: Some(PaddingMethod::PSS),
                cryptographic_algorithm,
                salt_length: Some(hash.len()).filter(|_| version >= V1_4),
                mask_generator: Some(MaskGenerator::MGF1).filter(|_| version >= V1_4),
                mask_generator_hashing_algorithm: Some(hash.kmip()).filter(|_| version >= V1_4),
                ..own
            },
            Self::Ecdsa(hash) => CryptographicParameters {
                digital_signature_algorithm: Some(match hash {
                    Sha2::Sha256 => Named::ECDSA_WITH_SHA256,
                    Sha2::Sha384 => Named::ECDSA_WITH_SHA384,
                    Sha2::Sha512 => Named::ECDSA_WITH_SHA512,
                }),
                ..own
            },
            Self::Ed25519 => CryptographicParameters { cryptographic_algorithm, ..own },
        }
    }
}

/// Returns the algorithm identifier of a public key, in the form of the TLS verifiers.
pub(super) const fn public_key_id(kind: KeyKind) -> Option<AlgorithmIdentifier> {
    match kind {
        KeyKind::Rsa { .. } => Some(alg_id::RSA_ENCRYPTION),
        KeyKind::Ec(Curve::P256) => Some(alg_id::ECDSA_P256),
        KeyKind::Ec(Curve::P384) => Some(alg_id::ECDSA_P384),
        KeyKind::Ec(Curve::P521) => Some(alg_id::ECDSA_P521),
        KeyKind::Ed25519 => Some(alg_id::ED25519),
        KeyKind::Ec(Curve::Secp256k1) | KeyKind::X25519 => None,
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1(hash) => write!(f, "RSA PKCS#1 v1.5 with {hash}"),
            Self::RsaPss(hash) => write!(f, "RSASSA-PSS with {hash}"),
            Self::Ecdsa(hash) => write!(f, "ECDSA with {hash}"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}
