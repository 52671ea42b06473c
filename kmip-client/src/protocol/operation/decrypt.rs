//! The Decrypt operation.

use kmip_ttlv::enumeration::HashingAlgorithm;
use kmip_ttlv::{V1_3, V1_4, ttlv_struct};

use super::encrypt::{aes_cbc, aes_gcm, rsa_oaep};
use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id, Secret};

/// Decrypts data on the server; the key does not leave it. KMIP 2.1, 6.1.11. Since KMIP 1.2.
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
    /// Decrypts AES-GCM ciphertext after checking its tag. Since KMIP 1.4; before, the tag stands at the end of the
    /// data: see [`Decrypt::aes_gcm_joined`].
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

    /// Decrypts like [`Decrypt::aes_gcm`], with a tag of 16 bytes at the end of the data, as in KMIP 1.2 and 1.3.
    #[must_use]
    pub fn aes_gcm_joined<'a>(
        id: impl Into<Id<'a>>,
        iv: &'a [u8],
        data_and_tag: impl Into<Data<'a>>,
    ) -> DecryptRequest<'a> {
        Self::with(id, aes_gcm(), data_and_tag).iv(iv)
    }

    /// Decrypts AES-CBC ciphertext with padding PKCS5.
    #[must_use]
    pub fn aes_cbc<'a>(id: impl Into<Id<'a>>, iv: &'a [u8], data: impl Into<Data<'a>>) -> DecryptRequest<'a> {
        Self::with(id, aes_cbc(), data).iv(iv)
    }

    /// Decrypts RSA-OAEP ciphertext with the private key and this hash.
    #[must_use]
    pub fn rsa_oaep<'a>(
        id: impl Into<Id<'a>>,
        hash: HashingAlgorithm,
        data: impl Into<Data<'a>>,
    ) -> DecryptRequest<'a> {
        Self::with(id, rsa_oaep(hash), data)
    }

    /// Decrypts according to the Cryptographic Parameters of the key.
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
    /// A request to decrypt data.
    pub struct DecryptRequest<'a> {
        /// The key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// Mode, padding and so on; the key's own parameters if missing.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The ciphertext, or this part of it.
        pub data: Option<Data<'a>> = DATA,
        /// The IV, counter or nonce, if the mode needs one.
        pub iv_counter_nonce: Option<&'a [u8]> = IV_COUNTER_NONCE,
        /// The correlation value of a multi-part operation. All parts but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// `true` if this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// `true` if this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
        /// The additional authenticated data, which is not encrypted; sent with the first of several parts.
        pub additional_data: Option<&'a [u8]> = AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA in V1_4..,
        /// The authentication tag; with the first of several parts.
        pub tag: Option<&'a [u8]> = AUTHENTICATED_ENCRYPTION_TAG in V1_4..,
    }
}

in_parts!(DecryptRequest, first: [iv_counter_nonce, additional_data, tag], last: [], |response| response.data.map(Secret::expose));

impl<'a> DecryptRequest<'a> {
    /// Decrypts with this IV, counter or nonce.
    #[must_use]
    #[inline]
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
        /// The plaintext, or the part of it that is available.
        pub data: Option<Secret<'a>> = DATA,
        /// The value that ties the parts of an operation together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}
