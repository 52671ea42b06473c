//! Hashes, and message authentication codes.

use aws_lc_rs::digest::{self, Algorithm};
use aws_lc_rs::{cmac, hmac};
use kmip_ttlv::enumeration::{BlockCipherMode, CryptographicAlgorithm, HashingAlgorithm};

use super::{bad, failed, unsupported};
use crate::protocol::attribute::CryptographicParameters;
use crate::test_server::base::refusal::Refusal;

/// A hash: its name, the library's implementation, and its HMAC if the library has it.
type Row = (HashingAlgorithm, &'static Algorithm, Option<(CryptographicAlgorithm, hmac::Algorithm)>);

/// The hashes of the library.
static HASHES: &[Row] = &[
    (
        HashingAlgorithm::SHA_1,
        &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Some((CryptographicAlgorithm::HMAC_SHA1, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY)),
    ),
    (HashingAlgorithm::SHA_224, &digest::SHA224, Some((CryptographicAlgorithm::HMAC_SHA224, hmac::HMAC_SHA224))),
    (HashingAlgorithm::SHA_256, &digest::SHA256, Some((CryptographicAlgorithm::HMAC_SHA256, hmac::HMAC_SHA256))),
    (HashingAlgorithm::SHA_384, &digest::SHA384, Some((CryptographicAlgorithm::HMAC_SHA384, hmac::HMAC_SHA384))),
    (HashingAlgorithm::SHA_512, &digest::SHA512, Some((CryptographicAlgorithm::HMAC_SHA512, hmac::HMAC_SHA512))),
    (HashingAlgorithm::SHA_512_256, &digest::SHA512_256, None),
    (HashingAlgorithm::SHA3_256, &digest::SHA3_256, None),
    (HashingAlgorithm::SHA3_384, &digest::SHA3_384, None),
    (HashingAlgorithm::SHA3_512, &digest::SHA3_512, None),
];

/// Returns the hash that the parameters name.
pub(in super::super) fn named(parameters: &CryptographicParameters<'_>) -> Result<HashingAlgorithm, Refusal> {
    parameters.hashing_algorithm.ok_or_else(|| bad("neither the request nor the key says the Hashing Algorithm"))
}

/// Returns the library's hash.
pub(in super::super) fn hash(hash: HashingAlgorithm) -> Result<&'static Algorithm, Refusal> {
    let known = HASHES.iter().find(|(known, ..)| *known == hash);
    known
        .map(|(_, algorithm, _)| *algorithm)
        .ok_or_else(|| unsupported(format!("the server does not know the hash {hash}")))
}

/// Returns the library's HMAC with this hash.
pub(in super::super) fn hmac_of(hash: HashingAlgorithm) -> Result<hmac::Algorithm, Refusal> {
    let known = HASHES.iter().find(|(known, ..)| *known == hash).and_then(|(.., hmac)| *hmac);
    known.map(|(_, hmac)| hmac).ok_or_else(|| unsupported(format!("the server has no HMAC with {hash}")))
}

/// Returns the hash of an HMAC algorithm.
pub(in super::super) fn hash_of_hmac(algorithm: CryptographicAlgorithm) -> Option<HashingAlgorithm> {
    HASHES.iter().find(|(.., hmac)| hmac.is_some_and(|(known, _)| known == algorithm)).map(|(hash, ..)| *hash)
}

/// The algorithm of an authentication code.
#[derive(Clone, Copy)]
pub(in super::super) enum MacAlgorithm {
    Hmac(hmac::Algorithm),
    /// CMAC with AES (NIST SP 800-38B).
    Cmac,
}

impl MacAlgorithm {
    /// Returns the kind of code that the key or its request names.
    pub(in super::super) fn of(
        algorithm: CryptographicAlgorithm,
        parameters: &CryptographicParameters<'_>,
    ) -> Result<Self, Refusal> {
        match (hash_of_hmac(algorithm), parameters.block_cipher_mode) {
            (Some(hash), _) => hmac_of(hash).map(Self::Hmac),
            (None, Some(BlockCipherMode::CMAC)) if algorithm == CryptographicAlgorithm::AES => Ok(Self::Cmac),
            _ => {
                Err(unsupported(format!("the server has HMAC, and CMAC with AES, and no other code with {algorithm}")))
            }
        }
    }

    pub(in super::super) fn sign(self, key: &[u8], data: &[u8]) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Hmac(algorithm) => Ok(hmac::sign(&hmac::Key::new(algorithm, key), data).as_ref().to_vec()),
            Self::Cmac => {
                let algorithm = match key.len() {
                    16 => cmac::AES_128,
                    24 => cmac::AES_192,
                    _ => cmac::AES_256,
                };
                let code = cmac::Key::new(algorithm, key).and_then(|key| cmac::sign(&key, data));
                Ok(code.map_err(failed("the key is none of AES"))?.as_ref().to_vec())
            }
        }
    }

    pub(in super::super) fn verify(self, key: &[u8], data: &[u8], code: &[u8]) -> Result<bool, Refusal> {
        let expected = self.sign(key, data)?;
        Ok(aws_lc_rs::constant_time::verify_slices_are_equal(&expected, code).is_ok())
    }
}
