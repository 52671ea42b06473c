//! Key generation: random bytes, and key pairs by aws-lc-rs.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, KeyFormatType, RecommendedCurve};
use rcgen::{KeyPair, PublicKeyData, RsaKeySize, SignatureAlgorithm};
use rustls::crypto::SecureRandom;
use zeroize::{Zeroize, Zeroizing};

use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::formats;

/// The longest key whose length its algorithm leaves open, in bits.
const LONGEST: i32 = 65_536;

/// The lengths of symmetric algorithms, in bits. An empty list allows any whole number of bytes.
const SYMMETRIC: &[(CryptographicAlgorithm, &[i32])] = &[
    (CryptographicAlgorithm::AES, &[128, 192, 256]),
    (CryptographicAlgorithm::DES, &[56, 64]),
    (CryptographicAlgorithm::DES3, &[112, 128, 168, 192]),
    (CryptographicAlgorithm::ARIA, &[128, 192, 256]),
    (CryptographicAlgorithm::CAMELLIA, &[128, 192, 256]),
    (CryptographicAlgorithm::TWOFISH, &[128, 192, 256]),
    (CryptographicAlgorithm::IDEA, &[128]),
    (CryptographicAlgorithm::SEED, &[128]),
    (CryptographicAlgorithm::SM4, &[128]),
    (CryptographicAlgorithm::SKIPJACK, &[80]),
    (CryptographicAlgorithm::CHACHA20, &[128, 256]),
    (CryptographicAlgorithm::CHACHA20_POLY1305, &[256]),
    (CryptographicAlgorithm::POLY1305, &[256]),
    (CryptographicAlgorithm::BLOWFISH, &[]),
    (CryptographicAlgorithm::CAST5, &[]),
    (CryptographicAlgorithm::MARS, &[]),
    (CryptographicAlgorithm::RC2, &[]),
    (CryptographicAlgorithm::RC4, &[]),
    (CryptographicAlgorithm::RC5, &[]),
    (CryptographicAlgorithm::ONE_TIME_PAD, &[]),
    (CryptographicAlgorithm::HMAC_MD5, &[]),
    (CryptographicAlgorithm::HMAC_SHA1, &[]),
    (CryptographicAlgorithm::HMAC_SHA224, &[]),
    (CryptographicAlgorithm::HMAC_SHA256, &[]),
    (CryptographicAlgorithm::HMAC_SHA384, &[]),
    (CryptographicAlgorithm::HMAC_SHA512, &[]),
    (CryptographicAlgorithm::HMAC_SHA3_224, &[]),
    (CryptographicAlgorithm::HMAC_SHA3_256, &[]),
    (CryptographicAlgorithm::HMAC_SHA3_384, &[]),
    (CryptographicAlgorithm::HMAC_SHA3_512, &[]),
];

/// Returns the length in bytes of a symmetric key of this algorithm and length in bits.
pub(in crate::test_server) fn symmetric_key_len(
    algorithm: CryptographicAlgorithm,
    bits: i32,
) -> Result<usize, Refusal> {
    let Some((_, lengths)) = SYMMETRIC.iter().find(|(known, _)| *known == algorithm) else {
        return Err(
            Cause::InvalidValue.because(format!("{algorithm} is no algorithm of symmetric keys that the server knows"))
        );
    };
    if !(lengths.is_empty() || lengths.contains(&bits)) {
        return Err(Cause::InvalidValue.because(format!("a key for {algorithm} cannot have {bits} bits")));
    }
    match algorithm {
        // Seven bits of each byte count, the eighth is parity.
        CryptographicAlgorithm::DES | CryptographicAlgorithm::DES3 if bits % 7 == 0 => whole_bytes(bits / 7 * 8),
        _ => whole_bytes(bits),
    }
}

/// Returns the number of bytes for this many bits.
pub(in crate::test_server) fn whole_bytes(bits: i32) -> Result<usize, Refusal> {
    match usize::try_from(bits) {
        Ok(bits) if bits > 0 && bits % 8 == 0 && bits <= LONGEST as usize => Ok(bits / 8),
        _ => Err(Cause::InvalidValue.because("the length of a key is a multiple of 8 bits, at most 65536")),
    }
}

/// Creates a symmetric key.
pub(in crate::test_server) fn symmetric_key(
    random: &dyn SecureRandom,
    algorithm: CryptographicAlgorithm,
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut key = Zeroizing::new(random_bytes(random, len)?);
    if matches!(algorithm, CryptographicAlgorithm::DES | CryptographicAlgorithm::DES3) {
        key.iter_mut().for_each(|byte| *byte = with_odd_parity(*byte));
    }
    Ok(key)
}

/// Returns random bytes.
pub(in crate::test_server) fn random_bytes(random: &dyn SecureRandom, len: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = vec![0; len];
    match random.fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(Cause::Cryptographic.because("the system has no random numbers")),
    }
}

/// Sets the lowest bit so that the number of ones is odd, as DES requires in each byte.
fn with_odd_parity(byte: u8) -> u8 {
    if byte.count_ones() % 2 == 1 { byte } else { byte ^ 1 }
}

/// A new key pair.
pub(in crate::test_server) struct NewKeyPair {
    pub(in crate::test_server) private_format: KeyFormatType,
    pub(in crate::test_server) private_key: Zeroizing<Vec<u8>>,
    pub(in crate::test_server) public_format: KeyFormatType,
    pub(in crate::test_server) public_key: Zeroizing<Vec<u8>>,
    /// The length in bits: of the modulus, or of the order of the curve.
    pub(in crate::test_server) length: i32,
    pub(in crate::test_server) curve: Option<RecommendedCurve>,
}

/// Creates a key pair. An elliptic curve may be given directly or by its length.
pub(in crate::test_server) fn key_pair(
    algorithm: CryptographicAlgorithm,
    length: Option<i32>,
    curve: Option<RecommendedCurve>,
) -> Result<NewKeyPair, Refusal> {
    match algorithm {
        CryptographicAlgorithm::RSA => {
            let Some((length, size)) = RSA.iter().find(|(bits, _)| Some(*bits) == length) else {
                return Err(Cause::InvalidValue.because("an RSA key has 2048, 3072 or 4096 bits here"));
            };
            NewKeyPair::of(KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, *size), *length, None)?.into_pkcs1()
        }
        CryptographicAlgorithm::EC | CryptographicAlgorithm::ECDSA | CryptographicAlgorithm::ECDH => {
            let fits = |given: Option<i32>, bits| given.is_none_or(|given| given == bits);
            let known = CURVES.iter().find(|(known, bits, _)| match curve {
                Some(curve) => *known == curve && fits(length, *bits),
                None => length == Some(*bits),
            });
            let Some((curve, bits, signature)) = known else {
                return Err(Cause::InvalidValue
                    .because("the curve is P-256, P-384 or P-521 here, the length that of the curve"));
            };
            NewKeyPair::of(KeyPair::generate_for(signature), *bits, Some(*curve))
        }
        CryptographicAlgorithm::ED25519 => {
            let fits = curve.is_none_or(|curve| curve == RecommendedCurve::CURVE25519);
            if !fits || length.is_some_and(|bits| bits != ED25519_BITS) {
                return Err(Cause::InvalidValue.because("an Ed25519 key has 256 bits, on Curve25519"));
            }
            NewKeyPair::of(KeyPair::generate_for(&rcgen::PKCS_ED25519), ED25519_BITS, None)?.into_version_1()
        }
        _ => Err(Cause::InvalidValue.because(format!("the server makes no key pairs for {algorithm}"))),
    }
}

static RSA: &[(i32, RsaKeySize)] = &[(2048, RsaKeySize::_2048), (3072, RsaKeySize::_3072), (4096, RsaKeySize::_4096)];

const ED25519_BITS: i32 = 256;

static CURVES: &[(RecommendedCurve, i32, &SignatureAlgorithm)] = &[
    (RecommendedCurve::P_256, 256, &rcgen::PKCS_ECDSA_P256_SHA256),
    (RecommendedCurve::P_384, 384, &rcgen::PKCS_ECDSA_P384_SHA384),
    (RecommendedCurve::P_521, 521, &rcgen::PKCS_ECDSA_P521_SHA512),
];

impl NewKeyPair {
    fn of(made: Result<KeyPair, rcgen::Error>, length: i32, curve: Option<RecommendedCurve>) -> Result<Self, Refusal> {
        let mut pair = made.map_err(|error| Cause::Cryptographic.because(error.to_string()))?;
        let made = Self {
            private_format: KeyFormatType::PKCS_8,
            private_key: Zeroizing::new(pair.serialize_der()),
            public_format: KeyFormatType::X_509,
            public_key: Zeroizing::new(pair.subject_public_key_info()),
            length,
            curve,
        };
        pair.zeroize();
        Ok(made)
    }

    /// Removes the public half from the private key, which OpenSSL 3.0 does not read.
    fn into_version_1(self) -> Result<Self, Refusal> {
        let private_key = formats::private_key(&self.private_key, KeyFormatType::PKCS_8);
        let private_key =
            private_key.ok_or_else(|| Cause::Cryptographic.because("the new Ed25519 key is not what it should be"))?;
        Ok(Self { private_key, ..self })
    }

    /// Converts to PKCS#1, the default for RSA keys (KMIP 2.1, table 81).
    fn into_pkcs1(self) -> Result<Self, Refusal> {
        let to = KeyFormatType::PKCS_1;
        let private_key = formats::private_key(&self.private_key, to);
        let public_key = formats::public_key(&self.public_key, to);
        match (private_key, public_key) {
            (Some(private_key), Some(public_key)) => {
                Ok(Self { private_format: to, private_key, public_format: to, public_key, ..self })
            }
            _ => Err(Cause::Cryptographic.because("the new RSA key is not what it should be")),
        }
    }
}
