//! The Encrypt operation.

use kmip_ttlv::enumeration::{BlockCipherMode, CryptographicAlgorithm, HashingAlgorithm, PaddingMethod};
use kmip_ttlv::{V1_3, V1_4, ttlv_struct};

use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// Length of an authentication tag in bytes, unless a request asks for another.
const TAG_LENGTH: usize = 16;

/// Encrypts data on the server; the key does not leave it. KMIP 2.1, 6.1.17. Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::{Encrypt, Request};
///
/// let request = Encrypt::aes_gcm("9dc02223", b"attack at dawn").additional_data(b"order 66");
/// assert!(!request.is_idempotent()); // each use of the key counts, where it has a Usage Limit
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Encrypt;

impl Encrypt {
    /// Encrypts with AES-GCM, with an IV that the server generates and a tag of 16 bytes. The reply has both; see
    /// [`EncryptResponse::ciphertext_and_tag`].
    #[must_use]
    pub fn aes_gcm<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>) -> EncryptRequest<'a> {
        let parameters = CryptographicParameters { random_iv: Some(true), ..aes_gcm() };
        Self::with(id, parameters, data)
    }

    /// Encrypts with AES-CBC and padding PKCS5, with an IV that the server generates. CBC does not authenticate the
    /// ciphertext; GCM does.
    #[must_use]
    pub fn aes_cbc<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>) -> EncryptRequest<'a> {
        let parameters = CryptographicParameters { random_iv: Some(true), ..aes_cbc() };
        Self::with(id, parameters, data)
    }

    /// Encrypts a few bytes, such as another key, with an RSA public key. OAEP uses the hash, and since KMIP 1.4 the
    /// request sets it for mask generation too.
    #[must_use]
    pub fn rsa_oaep<'a>(
        id: impl Into<Id<'a>>,
        hash: HashingAlgorithm,
        data: impl Into<Data<'a>>,
    ) -> EncryptRequest<'a> {
        Self::with(id, rsa_oaep(hash), data)
    }

    /// Encrypts according to the Cryptographic Parameters of the key.
    #[must_use]
    pub fn data<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>) -> EncryptRequest<'a> {
        EncryptRequest { unique_identifier: Some(id.into()), data: Some(data.into()), ..EncryptRequest::default() }
    }

    /// Encrypts with these parameters.
    #[must_use]
    pub fn with<'a>(
        id: impl Into<Id<'a>>,
        parameters: CryptographicParameters<'a>,
        data: impl Into<Data<'a>>,
    ) -> EncryptRequest<'a> {
        EncryptRequest { cryptographic_parameters: Some(parameters), ..Self::data(id, data) }
    }
}

/// Returns the parameters of Encrypt and Decrypt for AES-GCM.
pub(super) fn aes_gcm<'a>() -> CryptographicParameters<'a> {
    CryptographicParameters {
        block_cipher_mode: Some(BlockCipherMode::GCM),
        cryptographic_algorithm: Some(CryptographicAlgorithm::AES),
        tag_length: i32::try_from(TAG_LENGTH).ok(),
        ..CryptographicParameters::default()
    }
}

/// Returns the parameters of Encrypt and Decrypt for AES-CBC.
pub(super) fn aes_cbc<'a>() -> CryptographicParameters<'a> {
    CryptographicParameters {
        block_cipher_mode: Some(BlockCipherMode::CBC),
        padding_method: Some(PaddingMethod::PKCS5),
        cryptographic_algorithm: Some(CryptographicAlgorithm::AES),
        ..CryptographicParameters::default()
    }
}

/// Returns the parameters of Encrypt and Decrypt for RSA-OAEP.
pub(super) fn rsa_oaep<'a>(hash: HashingAlgorithm) -> CryptographicParameters<'a> {
    CryptographicParameters {
        padding_method: Some(PaddingMethod::OAEP),
        hashing_algorithm: Some(hash),
        cryptographic_algorithm: Some(CryptographicAlgorithm::RSA),
        ..CryptographicParameters::default()
    }
}

ttlv_struct! {
    /// A request to encrypt data.
    pub struct EncryptRequest<'a> {
        /// The key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// Mode, padding and so on; the key's own parameters if missing.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The plaintext, or this part of it.
        pub data: Option<Data<'a>> = DATA,
        /// The IV, counter or nonce, if the mode needs one and the server does not generate it.
        pub iv_counter_nonce: Option<&'a [u8]> = IV_COUNTER_NONCE,
        /// The correlation value of a multi-part operation. All parts but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// `true` if this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// `true` if this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
        /// The additional authenticated data, which is not encrypted; sent with the first of several parts.
        pub additional_data: Option<&'a [u8]> = AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA in V1_4..,
    }
}

in_parts!(EncryptRequest, first: [iv_counter_nonce, additional_data], last: [], |response| response.data);

impl<'a> EncryptRequest<'a> {
    /// Encrypts with this IV, counter or nonce instead of one that the server generates. It must differ for each
    /// message.
    #[must_use]
    #[inline]
    pub fn iv(mut self, iv: &'a [u8]) -> Self {
        self.iv_counter_nonce = Some(iv);
        if let Some(parameters) = &mut self.cryptographic_parameters {
            parameters.random_iv = None;
        }
        self
    }
}

ttlv_struct! {
    /// The ciphertext.
    pub struct EncryptResponse<'a> {
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The ciphertext, or the part of it that is available.
        pub data: Option<&'a [u8]> = DATA,
        /// The IV, counter or nonce, if the server has generated it.
        pub iv_counter_nonce: Option<&'a [u8]> = IV_COUNTER_NONCE,
        /// The value that ties the parts of an operation together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// The authentication tag; with the last of several parts.
        pub tag: Option<&'a [u8]> = AUTHENTICATED_ENCRYPTION_TAG in V1_4..,
    }
}

impl<'a> EncryptResponse<'a> {
    /// Returns the ciphertext and the 16-byte tag of an authenticated mode. Before KMIP 1.4 the tag stands at the end
    /// of the data. Returns `None` if the data is too short to hold a tag.
    ///
    /// ```
    /// use kmip_client::protocol::operation::EncryptResponse;
    ///
    /// let since_1_4 = EncryptResponse::new("9dc02223").data(b"xyz").tag(&[7; 16]);
    /// let before = EncryptResponse::new("9dc02223").data(b"xyz\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07");
    /// assert_eq!(since_1_4.ciphertext_and_tag(), before.ciphertext_and_tag());
    /// ```
    #[must_use]
    #[inline]
    pub fn ciphertext_and_tag(&self) -> Option<(&'a [u8], &'a [u8])> {
        match (self.data, self.tag) {
            (data, Some(tag)) => Some((data.unwrap_or_default(), tag)),
            (Some(data), None) => data.split_at_checked(data.len().checked_sub(TAG_LENGTH)?),
            (None, None) => None,
        }
    }
}
