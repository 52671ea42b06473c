//! RSA as a cipher: OAEP and PKCS#1 v1.5. Keys of 2048 bits and more.

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm,
    OaepPrivateDecryptingKey, OaepPublicEncryptingKey, Pkcs1PrivateDecryptingKey, Pkcs1PublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey,
};
use kmip_ttlv::enumeration::{HashingAlgorithm, KeyFormatType, PaddingMethod};
use zeroize::Zeroizing;

use super::{bad, failed, unsupported};
use crate::protocol::attribute::CryptographicParameters;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::formats;

type Bytes = Zeroizing<Vec<u8>>;

static OAEP: &[(HashingAlgorithm, &OaepAlgorithm)] = &[
    (HashingAlgorithm::SHA_1, &OAEP_SHA1_MGF1SHA1),
    (HashingAlgorithm::SHA_256, &OAEP_SHA256_MGF1SHA256),
    (HashingAlgorithm::SHA_384, &OAEP_SHA384_MGF1SHA384),
    (HashingAlgorithm::SHA_512, &OAEP_SHA512_MGF1SHA512),
];

/// The padding of a message to the length of the modulus.
#[derive(Clone)]
pub(in super::super) enum Padding {
    Pkcs1,
    /// With the label, which is called P Source.
    Oaep(&'static OaepAlgorithm, Option<Vec<u8>>),
}

impl Padding {
    pub(in super::super) fn of(parameters: &CryptographicParameters<'_>) -> Result<Self, Refusal> {
        match parameters.padding_method {
            Some(PaddingMethod::PKCS1_V1_5) => Ok(Self::Pkcs1),
            Some(PaddingMethod::OAEP) => {
                // The default hash is SHA-1 (KMIP 1.4, 3.6).
                let hash = parameters.hashing_algorithm.unwrap_or(HashingAlgorithm::SHA_1);
                let known = OAEP.iter().find(|(known, _)| *known == hash);
                let mask = parameters.mask_generator_hashing_algorithm;
                match known {
                    Some((_, oaep)) if mask.is_none_or(|mask| mask == hash) => {
                        Ok(Self::Oaep(oaep, parameters.p_source.map(<[u8]>::to_vec)))
                    }
                    _ => Err(unsupported(format!("the server has no OAEP with {hash} and this mask generation"))),
                }
            }
            Some(padding) => Err(unsupported(format!("the server does not know RSA with the padding {padding}"))),
            None => Err(bad("neither the request nor the key says the Padding Method")),
        }
    }

    pub(in super::super) fn encrypt(&self, key: &[u8], format: KeyFormatType, data: &[u8]) -> Result<Bytes, Refusal> {
        let key = match format {
            KeyFormatType::X_509 => Some(Zeroizing::new(key.to_vec())),
            _ => formats::public_key(key, KeyFormatType::X_509),
        };
        let key = key.and_then(|der| PublicEncryptingKey::from_der(&der).ok()).ok_or_else(unreadable)?;
        let mut room = Zeroizing::new(vec![0; key.key_size_bytes()]);
        let done = match self {
            Self::Pkcs1 => {
                Pkcs1PublicEncryptingKey::new(key).and_then(|key| key.encrypt(data, &mut room).map(|done| done.len()))
            }
            Self::Oaep(oaep, label) => OaepPublicEncryptingKey::new(key)
                .and_then(|key| key.encrypt(oaep, data, &mut room, label.as_deref()).map(|done| done.len())),
        };
        let len = done.map_err(failed("the data are too long for the key and the padding"))?;
        room.truncate(len);
        Ok(room)
    }

    pub(in super::super) fn decrypt(&self, key: &[u8], format: KeyFormatType, data: &[u8]) -> Result<Bytes, Refusal> {
        let key = match format {
            KeyFormatType::PKCS_8 => Some(Zeroizing::new(key.to_vec())),
            _ => formats::private_key(key, KeyFormatType::PKCS_8),
        };
        let key = key.and_then(|der| PrivateDecryptingKey::from_pkcs8(&der).ok()).ok_or_else(unreadable)?;
        let mut room = Zeroizing::new(vec![0; key.key_size_bytes()]);
        let done = match self {
            Self::Pkcs1 => {
                Pkcs1PrivateDecryptingKey::new(key).and_then(|key| key.decrypt(data, &mut room).map(|done| done.len()))
            }
            Self::Oaep(oaep, label) => OaepPrivateDecryptingKey::new(key)
                .and_then(|key| key.decrypt(oaep, data, &mut room, label.as_deref()).map(|done| done.len())),
        };
        let len = done.map_err(failed("the data cannot be decrypted with the key and the padding"))?;
        room.truncate(len);
        Ok(room)
    }
}

fn unreadable() -> Refusal {
    Cause::KeyFormatType.because("the key is no RSA key of 2048 bits or more in PKCS#1, PKCS#8 or X.509")
}
