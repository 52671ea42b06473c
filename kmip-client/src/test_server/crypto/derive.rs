//! Key derivation (KMIP 2.1, 6.1.14 and 7.12).

use std::num::NonZeroU32;

use aws_lc_rs::kdf::{KbkdfCtrHmacAlgorithmId, get_kbkdf_ctr_hmac_algorithm, kbkdf_ctr_hmac};
use aws_lc_rs::{hkdf, hmac, pbkdf2};
use kmip_ttlv::enumeration::HashingAlgorithm;
use zeroize::Zeroizing;

use super::digest::hmac_of;
use super::{failed, unsupported};
use crate::test_server::base::refusal::{Cause, Refusal};

type Bytes = Zeroizing<Vec<u8>>;

/// More iterations take longer than a test may.
const MOST_ITERATIONS: u32 = 10_000_000;

pub(in super::super) fn pbkdf2(
    hash: HashingAlgorithm,
    password: &[u8],
    salt: &[u8],
    iterations: i32,
    len: usize,
) -> Result<Bytes, Refusal> {
    let algorithm = match hash {
        HashingAlgorithm::SHA_1 => pbkdf2::PBKDF2_HMAC_SHA1,
        HashingAlgorithm::SHA_256 => pbkdf2::PBKDF2_HMAC_SHA256,
        HashingAlgorithm::SHA_384 => pbkdf2::PBKDF2_HMAC_SHA384,
        HashingAlgorithm::SHA_512 => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return Err(unsupported(format!("the server has no PBKDF2 with {hash}"))),
    };
    let count = u32::try_from(iterations).ok().filter(|count| *count <= MOST_ITERATIONS).and_then(NonZeroU32::new);
    let count = count.ok_or_else(|| Cause::InvalidField.because("the Iteration Count is from 1 to 10,000,000 here"))?;
    let mut key = Zeroizing::new(vec![0; len]);
    pbkdf2::derive(algorithm, count, salt, password, &mut key);
    Ok(key)
}

/// The length of HKDF's output in bytes.
#[derive(Clone, Copy)]
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

pub(in super::super) fn hkdf(
    hash: HashingAlgorithm,
    key: &[u8],
    salt: &[u8],
    info: &[u8],
    len: usize,
) -> Result<Bytes, Refusal> {
    let algorithm = match hash {
        HashingAlgorithm::SHA_1 => hkdf::HKDF_SHA1_FOR_LEGACY_USE_ONLY,
        HashingAlgorithm::SHA_256 => hkdf::HKDF_SHA256,
        HashingAlgorithm::SHA_384 => hkdf::HKDF_SHA384,
        HashingAlgorithm::SHA_512 => hkdf::HKDF_SHA512,
        _ => return Err(unsupported(format!("the server has no HKDF with {hash}"))),
    };
    let mut derived = Zeroizing::new(vec![0; len]);
    let extracted = hkdf::Salt::new(algorithm, salt).extract(key);
    let expanded = extracted.expand(&[info], Length(len)).and_then(|key| key.fill(&mut derived));
    expanded.map_err(failed("HKDF does not give as many bytes"))?;
    Ok(derived)
}

/// Derives by NIST SP 800-108 in counter mode: a counter of 32 bits before the data.
pub(in super::super) fn counter_mode(
    hash: HashingAlgorithm,
    key: &[u8],
    data: &[u8],
    len: usize,
) -> Result<Bytes, Refusal> {
    let id = match hash {
        HashingAlgorithm::SHA_224 => KbkdfCtrHmacAlgorithmId::Sha224,
        HashingAlgorithm::SHA_256 => KbkdfCtrHmacAlgorithmId::Sha256,
        HashingAlgorithm::SHA_384 => KbkdfCtrHmacAlgorithmId::Sha384,
        HashingAlgorithm::SHA_512 => KbkdfCtrHmacAlgorithmId::Sha512,
        _ => return Err(unsupported(format!("the server has no counter mode with {hash}"))),
    };
    let algorithm =
        get_kbkdf_ctr_hmac_algorithm(id).ok_or_else(|| unsupported("the library lacks the counter mode"))?;
    let mut derived = Zeroizing::new(vec![0; len]);
    kbkdf_ctr_hmac(algorithm, key, data, &mut derived)
        .map_err(failed("the counter mode does not give as many bytes"))?;
    Ok(derived)
}

/// Derives the signing key of AWS Signature Version 4: HMACs of date, region and service, each keyed by the one before.
pub(in super::super) fn aws_signature_4<'a>(
    key: &[u8],
    scope: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Bytes, Refusal> {
    let algorithm = hmac_of(HashingAlgorithm::SHA_256)?;
    let first = Zeroizing::new([b"AWS4", key].concat());
    let steps = scope.into_iter().chain([&b"aws4_request"[..]]);
    let derived = steps
        .fold(first, |key, step| Zeroizing::new(hmac::sign(&hmac::Key::new(algorithm, &key), step).as_ref().to_vec()));
    Ok(derived)
}
