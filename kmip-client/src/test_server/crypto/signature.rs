//! Signatures: RSA with PKCS#1 v1.5 and PSS, ECDSA on the curves P-256, P-384 and P-521, and Ed25519.

use aws_lc_rs::digest::{Digest, digest};
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaPssSaltLength, UnparsedPublicKey,
    VerificationAlgorithm,
};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, DigitalSignatureAlgorithm as Named, HashingAlgorithm as Hash, KeyFormatType, PaddingMethod,
};

use super::digest::{hash, named};
use super::{bad, failed, unsupported};
use crate::protocol::attribute::CryptographicParameters;
use crate::test_server::base::habits::Habits;
use crate::test_server::base::refusal::{Cause, Refusal};

/// The kinds of signatures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pkcs1,
    /// RSASSA-PSS with a salt as long as the digest.
    Pss,
    /// RSASSA-PSS with a salt of the maximum length.
    PssMax,
    /// ECDSA in DER.
    Ecdsa,
    /// ECDSA with r and s side by side.
    EcdsaRaw,
    Ed25519,
}

const MAX: RsaPssSaltLength = RsaPssSaltLength::Max;

/// The meanings of Digital Signature Algorithms. RSASSA-PSS names no hash.
const NAMED: &[(Named, Kind, Option<Hash>)] = &[
    (Named::SHA_1_WITH_RSA_ENCRYPTION, Kind::Pkcs1, Some(Hash::SHA_1)),
    (Named::SHA_224_WITH_RSA_ENCRYPTION, Kind::Pkcs1, Some(Hash::SHA_224)),
    (Named::SHA_256_WITH_RSA_ENCRYPTION, Kind::Pkcs1, Some(Hash::SHA_256)),
    (Named::SHA_384_WITH_RSA_ENCRYPTION, Kind::Pkcs1, Some(Hash::SHA_384)),
    (Named::SHA_512_WITH_RSA_ENCRYPTION, Kind::Pkcs1, Some(Hash::SHA_512)),
    (Named::RSASSA_PSS, Kind::Pss, None),
    (Named::ECDSA_WITH_SHA_1, Kind::Ecdsa, Some(Hash::SHA_1)),
    (Named::ECDSA_WITH_SHA224, Kind::Ecdsa, Some(Hash::SHA_224)),
    (Named::ECDSA_WITH_SHA256, Kind::Ecdsa, Some(Hash::SHA_256)),
    (Named::ECDSA_WITH_SHA384, Kind::Ecdsa, Some(Hash::SHA_384)),
    (Named::ECDSA_WITH_SHA512, Kind::Ecdsa, Some(Hash::SHA_512)),
];

/// RSA signatures that the library makes.
static RSA: &[(Kind, Hash, &dyn RsaEncoding)] = &[
    (Kind::Pkcs1, Hash::SHA_256, &signature::RSA_PKCS1_SHA256),
    (Kind::Pkcs1, Hash::SHA_384, &signature::RSA_PKCS1_SHA384),
    (Kind::Pkcs1, Hash::SHA_512, &signature::RSA_PKCS1_SHA512),
    (Kind::Pss, Hash::SHA_256, &signature::RSA_PSS_SHA256),
    (Kind::Pss, Hash::SHA_384, &signature::RSA_PSS_SHA384),
    (Kind::Pss, Hash::SHA_512, &signature::RSA_PSS_SHA512),
    (Kind::PssMax, Hash::SHA_256, &const { signature::RSA_PSS_SHA256.with_pss_salt_length(MAX) }),
    (Kind::PssMax, Hash::SHA_384, &const { signature::RSA_PSS_SHA384.with_pss_salt_length(MAX) }),
    (Kind::PssMax, Hash::SHA_512, &const { signature::RSA_PSS_SHA512.with_pss_salt_length(MAX) }),
];

/// RSA signatures that the library verifies. SHA-1 is included for old signatures.
static RSA_VERIFIED: &[(Kind, Hash, &dyn VerificationAlgorithm)] = &[
    (Kind::Pkcs1, Hash::SHA_1, &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
    (Kind::Pkcs1, Hash::SHA_256, &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
    (Kind::Pkcs1, Hash::SHA_384, &signature::RSA_PKCS1_2048_8192_SHA384),
    (Kind::Pkcs1, Hash::SHA_512, &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
    (Kind::Pss, Hash::SHA_256, &signature::RSA_PSS_2048_8192_SHA256),
    (Kind::Pss, Hash::SHA_384, &signature::RSA_PSS_2048_8192_SHA384),
    (Kind::Pss, Hash::SHA_512, &signature::RSA_PSS_2048_8192_SHA512),
    (Kind::PssMax, Hash::SHA_256, &const { signature::RSA_PSS_2048_8192_SHA256.with_pss_salt_length(MAX) }),
    (Kind::PssMax, Hash::SHA_384, &const { signature::RSA_PSS_2048_8192_SHA384.with_pss_salt_length(MAX) }),
    (Kind::PssMax, Hash::SHA_512, &const { signature::RSA_PSS_2048_8192_SHA512.with_pss_salt_length(MAX) }),
];

/// ECDSA by the length of the curve in bits.
static ECDSA: &[(i32, Hash, &EcdsaSigningAlgorithm, &dyn VerificationAlgorithm)] = &[
    (256, Hash::SHA_256, &signature::ECDSA_P256_SHA256_ASN1_SIGNING, &signature::ECDSA_P256_SHA256_ASN1),
    (384, Hash::SHA_384, &signature::ECDSA_P384_SHA384_ASN1_SIGNING, &signature::ECDSA_P384_SHA384_ASN1),
    (521, Hash::SHA_256, &signature::ECDSA_P521_SHA256_ASN1_SIGNING, &signature::ECDSA_P521_SHA256_ASN1),
    (521, Hash::SHA_384, &signature::ECDSA_P521_SHA384_ASN1_SIGNING, &signature::ECDSA_P521_SHA384_ASN1),
    (521, Hash::SHA_512, &signature::ECDSA_P521_SHA512_ASN1_SIGNING, &signature::ECDSA_P521_SHA512_ASN1),
];

/// The same, with r and s side by side.
static ECDSA_RAW: &[(i32, Hash, &EcdsaSigningAlgorithm, &dyn VerificationAlgorithm)] = &[
    (256, Hash::SHA_256, &signature::ECDSA_P256_SHA256_FIXED_SIGNING, &signature::ECDSA_P256_SHA256_FIXED),
    (384, Hash::SHA_384, &signature::ECDSA_P384_SHA384_FIXED_SIGNING, &signature::ECDSA_P384_SHA384_FIXED),
    (521, Hash::SHA_256, &signature::ECDSA_P521_SHA256_FIXED_SIGNING, &signature::ECDSA_P521_SHA256_FIXED),
    (521, Hash::SHA_384, &signature::ECDSA_P521_SHA384_FIXED_SIGNING, &signature::ECDSA_P521_SHA384_FIXED),
    (521, Hash::SHA_512, &signature::ECDSA_P521_SHA512_FIXED_SIGNING, &signature::ECDSA_P521_SHA512_FIXED),
];

/// The input of a signature.
pub(in super::super) enum Signed<'a> {
    Digest(Digest),
    /// The data itself: Ed25519 computes its own digest.
    Data(&'a [u8]),
}

/// The signature algorithm for some data.
#[derive(Clone, Copy)]
pub(in super::super) struct SignatureScheme {
    kind: Kind,
    hash: Hash,
    /// The length of the key in bits, which determines the curve.
    bits: i32,
    /// `true` if the length of the PSS salt was left open: before KMIP 1.4 there is no field for it.
    any_salt: bool,
}

impl SignatureScheme {
    /// Returns the scheme for this algorithm and a key of this length in bits.
    pub(in super::super) fn of(
        algorithm: CryptographicAlgorithm,
        bits: i32,
        parameters: &CryptographicParameters<'_>,
        habits: Habits,
    ) -> Result<Self, Refusal> {
        if algorithm == CryptographicAlgorithm::ED25519 {
            return match parameters.digital_signature_algorithm {
                None => Ok(Self { kind: Kind::Ed25519, hash: Hash::SHA_512, bits, any_salt: false }),
                Some(_) => Err(bad("a key for Ed25519 makes signatures of Ed25519, which has no name of its own")),
            };
        }
        let (kind, hash) = match parameters.digital_signature_algorithm {
            Some(asked) => {
                let known = NAMED.iter().find(|(known, ..)| *known == asked);
                let (_, kind, hash) =
                    known.ok_or_else(|| unsupported(format!("the server does not sign with {asked}")))?;
                (*kind, hash.map_or_else(|| named(parameters), Ok)?)
            }
            None if is_elliptic(algorithm) => (Kind::Ecdsa, named(parameters)?),
            None => match parameters.padding_method {
                Some(PaddingMethod::PSS) => (Kind::Pss, named(parameters)?),
                Some(PaddingMethod::PKCS1_V1_5) => (Kind::Pkcs1, named(parameters)?),
                _ => return Err(bad("neither the request nor the key says the Digital Signature Algorithm")),
            },
        };
        if is_elliptic(algorithm) != (kind == Kind::Ecdsa)
            || !(is_elliptic(algorithm) || algorithm == CryptographicAlgorithm::RSA)
        {
            return Err(bad(format!("a key for {algorithm} does not make this kind of signature")));
        }
        if kind != Kind::Pss {
            let kind = if kind == Kind::Ecdsa && habits.raw_signatures { Kind::EcdsaRaw } else { kind };
            return Ok(Self { kind, hash, bits, any_salt: false });
        }
        if habits.longest_salt {
            return Ok(Self { kind: Kind::PssMax, hash, bits, any_salt: false });
        }
        let digest_len = super::digest::hash(hash)?.output_len();
        // EMSA-PSS: the rest of the modulus beside the digest and two bytes (RFC 8017, 9.1.1).
        let room = usize::try_from(bits).ok().and_then(|bits| bits.div_ceil(8).checked_sub(digest_len + 2));
        let kind = match parameters.salt_length.map(usize::try_from) {
            None => Kind::Pss,
            Some(Ok(salt)) if salt == digest_len => Kind::Pss,
            Some(Ok(salt)) if Some(salt) == room => Kind::PssMax,
            _ => return Err(unsupported("the salt of PSS is as long as the digest here, or as there is room for")),
        };
        if parameters.mask_generator_hashing_algorithm.is_some_and(|mask| mask != hash) {
            return Err(unsupported("PSS has one hash for all here"));
        }
        Ok(Self { kind, hash, bits, any_salt: parameters.salt_length.is_none() })
    }

    /// Returns the input of the signature for this data, which is usually its digest.
    pub(in super::super) fn signed(self, data: &[u8]) -> Result<Signed<'_>, Refusal> {
        match self.kind {
            Kind::Ed25519 => Ok(Signed::Data(data)),
            _ => Ok(Signed::Digest(digest(hash(self.hash)?, data))),
        }
    }

    /// Accepts a digest that the client has computed.
    pub(in super::super) fn digested(self, bytes: &[u8]) -> Result<Digest, Refusal> {
        if self.kind == Kind::Ed25519 {
            return Err(unsupported("Ed25519 signs Data, not their digest"));
        }
        let digest = Digest::import_less_safe(bytes, hash(self.hash)?);
        digest.map_err(|_| Cause::InvalidField.because("the Digested Data have another length than the digest"))
    }

    pub(in super::super) fn sign(
        self,
        key: &[u8],
        format: KeyFormatType,
        signed: &Signed<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        let refused = failed("the data cannot be signed with the key");
        let digest = match signed {
            Signed::Digest(digest) => digest,
            Signed::Data(data) => {
                let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key).map_err(|_| unreadable())?;
                return Ok(key.sign(data).as_ref().to_vec());
            }
        };
        if matches!(self.kind, Kind::Ecdsa | Kind::EcdsaRaw) {
            let (_, _, algorithm, _) = self.ecdsa()?;
            let key = EcdsaKeyPair::from_private_key_der(algorithm, key).map_err(|_| unreadable())?;
            return Ok(key.sign_digest(digest).map_err(refused)?.as_ref().to_vec());
        }
        let encoding = RSA.iter().find(|(kind, hash, _)| (*kind, *hash) == (self.kind, self.hash));
        let (.., encoding) = encoding.ok_or_else(|| self.unsupported())?;
        let key = match format {
            KeyFormatType::PKCS_1 => RsaKeyPair::from_der(key),
            _ => RsaKeyPair::from_pkcs8(key),
        };
        let key = key.map_err(|_| unreadable())?;
        let mut made = vec![0; key.public_modulus_len()];
        key.sign_digest(*encoding, digest, &mut made).map_err(refused)?;
        Ok(made)
    }

    /// Returns `true` if the signature matches the data.
    pub(in super::super) fn verify(self, key: &[u8], signed: &Signed<'_>, signature: &[u8]) -> Result<bool, Refusal> {
        let algorithm = match self.kind {
            Kind::Ed25519 => &signature::ED25519,
            Kind::Ecdsa | Kind::EcdsaRaw => self.ecdsa()?.3,
            _ => {
                let known = RSA_VERIFIED.iter().find(|(kind, hash, _)| (*kind, *hash) == (self.kind, self.hash));
                known.ok_or_else(|| self.unsupported())?.2
            }
        };
        // An unreadable key is not the same as a wrong signature.
        let parsed = UnparsedPublicKey::new(algorithm, key).parse().map_err(|_| unreadable())?;
        let verified = match signed {
            Signed::Digest(digest) => parsed.verify_digest_sig(digest, signature),
            Signed::Data(data) => parsed.verify_sig(data, signature),
        };
        if verified.is_ok() {
            return Ok(true);
        }
        if self.any_salt {
            Self { kind: Kind::PssMax, any_salt: false, ..self }.verify(key, signed, signature)
        } else {
            Ok(false)
        }
    }

    fn ecdsa(self) -> Result<(i32, Hash, &'static EcdsaSigningAlgorithm, &'static dyn VerificationAlgorithm), Refusal> {
        let all = if self.kind == Kind::EcdsaRaw { ECDSA_RAW } else { ECDSA };
        let known = all.iter().find(|(bits, hash, ..)| (*bits, *hash) == (self.bits, self.hash));
        known.copied().ok_or_else(|| self.unsupported())
    }

    fn unsupported(self) -> Refusal {
        unsupported(format!("the server does not sign with {} and a key of {} bits", self.hash, self.bits))
    }
}

fn is_elliptic(algorithm: CryptographicAlgorithm) -> bool {
    matches!(algorithm, CryptographicAlgorithm::EC | CryptographicAlgorithm::ECDSA)
}

fn unreadable() -> Refusal {
    Cause::KeyFormatType.because("the key is none that the server can sign or verify with")
}
