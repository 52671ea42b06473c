//! Decrypt: the server decrypts data with a key that stays with it.

use kmip_ttlv::enumeration::HashingAlgorithm;
use kmip_ttlv::{V1_3, V1_4, ttlv_struct};

use super::encrypt::{aes_cbc, aes_gcm, rsa_oaep};
use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id, Secret};

/// Decrypt: the server decrypts data with a key that stays with it. KMIP 2.1, 6.1.11. Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::Decrypt;
///
/// let (iv, ciphertext, tag) = ([0; 12], [0; 14], [0; 16]); // as Encrypt has answered
/// let request = Decrypt::aes_gcm("9dc02223", &iv, &ciphertext, &tag).additional_data(b"order 66");
/// assert_eq!(request.tag, Some(&tag[..]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Decrypt;

impl Decrypt {
    /// Decrypts what was encrypted with AES in the mode GCM, once the tag has shown that it is unchanged. Since KMIP 1.4; before, the tag
    /// stands at the end of the data: see [`Decrypt::aes_gcm_joined`].
    #[must_use]
    pub fn aes_gcm<'a>(
        id: impl Into<Id<'a>>,
        iv: &'a [u8],
        data: impl Into<Data<'a>>,
        tag: &'a [u8],
    ) -> DecryptRequest<'a> {
        let parameters = CryptographicParameters { tag_length: i32::try_from(tag.len()).ok(), ..aes_gcm() };
        DecryptRequest { tag: Some(tag), ..Self::with(id, parameters, data).iv(iv) }
    }

    /// [`Decrypt::aes_gcm`] where a tag of 16 bytes stands at the end of the data, as in KMIP 1.2 and 1.3.
    #[must_use]
    pub fn aes_gcm_joined<'a>(
        id: impl Into<Id<'a>>,
        iv: &'a [u8],
        data_and_tag: impl Into<Data<'a>>,
    ) -> DecryptRequest<'a> {
        Self::with(id, aes_gcm(), data_and_tag).iv(iv)
    }

    /// Decrypts what was encrypted with AES in the mode CBC and padding PKCS5.
    #[must_use]
    pub fn aes_cbc<'a>(id: impl Into<Id<'a>>, iv: &'a [u8], data: impl Into<Data<'a>>) -> DecryptRequest<'a> {
        Self::with(id, aes_cbc(), data).iv(iv)
    }

    /// Decrypts with a private key of RSA what was encrypted with its public key, OAEP and this hash.
    #[must_use]
    pub fn rsa_oaep<'a>(
        id: impl Into<Id<'a>>,
        hash: HashingAlgorithm,
        data: impl Into<Data<'a>>,
    ) -> DecryptRequest<'a> {
        Self::with(id, rsa_oaep(hash), data)
    }

    /// Decrypts as the Cryptographic Parameters of the key say.
    #[must_use]
    pub fn data<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>) -> DecryptRequest<'a> {
        DecryptRequest { unique_identifier: Some(id.into()), data: Some(data.into()), ..DecryptRequest::default() }
    }

    /// Decrypts with these parameters.
    #[must_use]
    pub fn with<'a>(
        id: impl Into<Id<'a>>,
        parameters: CryptographicParameters<'a>,
        data: impl Into<Data<'a>>,
    ) -> DecryptRequest<'a> {
        DecryptRequest { cryptographic_parameters: Some(parameters), ..Self::data(id, data) }
    }
}

ttlv_struct! {
    /// What to decrypt, and how.
    pub struct DecryptRequest<'a> {
        /// The key; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// Mode, padding and so on; those of the key where they are left out.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The ciphertext, or this part of it.
        pub data: Option<Data<'a>> = DATA,
        /// The IV, counter or nonce, where the mode has one.
        pub iv_counter_nonce: Option<&'a [u8]> = IV_COUNTER_NONCE,
        /// Of an operation in several parts: which it is. All but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// Whether this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// Whether this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
        /// What is authenticated but not encrypted; with the first of several parts.
        pub additional_data: Option<&'a [u8]> = AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA in V1_4..,
        /// The authentication tag; with the first of several parts.
        pub tag: Option<&'a [u8]> = AUTHENTICATED_ENCRYPTION_TAG in V1_4..,
    }
}

in_parts!(DecryptRequest, first: [iv_counter_nonce, additional_data, tag], last: [], |response| response.data.map(Secret::expose));

impl<'a> DecryptRequest<'a> {
    /// Decrypts with this IV, counter or nonce.
    #[must_use]
    pub fn iv(mut self, iv: &'a [u8]) -> Self {
        self.iv_counter_nonce = Some(iv);
        self
    }
}

ttlv_struct! {
    /// The plaintext.
    pub struct DecryptResponse<'a> {
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The plaintext, or the part of it that is ready.
        pub data: Option<Secret<'a>> = DATA,
        /// What the other parts of the operation need.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}
