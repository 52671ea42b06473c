//! Key wrapping: the description of a wrapped key, and the request for one.

use kmip_ttlv::enumeration::{BlockCipherMode, EncodingOption, WrappingMethod};
use kmip_ttlv::{V1_1, V2_0, V2_1, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, CryptographicParameters};

ttlv_struct! {
    #[compact]
    /// The way in which a key is wrapped (KMIP 2.1, 3.3).
    pub struct KeyWrappingData<'a> {
        /// The wrapping method: encrypted, signed, or both.
        pub wrapping_method: WrappingMethod = WRAPPING_METHOD,
        /// The key that encrypts.
        pub encryption_key_information: Option<EncryptionKeyInformation<'a>> = ENCRYPTION_KEY_INFORMATION,
        /// The key that authenticates.
        pub mac_signature_key_information: Option<MacSignatureKeyInformation<'a>> = MAC_SIGNATURE_KEY_INFORMATION,
        /// The MAC or signature.
        pub mac_signature: Option<&'a [u8]> = MAC_SIGNATURE,
        /// The IV, counter or nonce that the wrapping used.
        pub iv_counter_nonce: Option<&'a [u8]> = IV_COUNTER_NONCE,
        /// The form that was wrapped: the bytes of the key alone, or the Key Value as TTLV (the default).
        pub encoding_option: Option<EncodingOption> = ENCODING_OPTION in V1_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// The key that encrypts another (KMIP 2.1, 3.3).
    pub struct EncryptionKeyInformation<'a> {
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The parameters with which the key is used.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
    }
}

ttlv_struct! {
    #[compact]
    /// The key that authenticates another (KMIP 2.1, 3.3).
    pub struct MacSignatureKeyInformation<'a> {
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The parameters with which the key is used.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
    }
}

ttlv_struct! {
    #[compact]
    /// The way in which the server should wrap a key that it returns (KMIP 2.1, 7.18).
    ///
    /// ```
    /// use kmip_client::protocol::object::KeyWrappingSpecification;
    /// use kmip_client::protocol::operation::Get;
    ///
    /// let mut request = Get::id("9dc02223");
    /// request.key_wrapping_specification = Some(Box::new(KeyWrappingSpecification::aes_key_wrap("the other key")));
    /// assert_eq!(request, Get::id("9dc02223").wrapped_with("the other key")); // the same
    /// ```
    pub struct KeyWrappingSpecification<'a> {
        /// The wrapping method: encrypt, sign, or both.
        pub wrapping_method: WrappingMethod = WRAPPING_METHOD,
        /// The key to encrypt with.
        pub encryption_key_information: Option<EncryptionKeyInformation<'a>> = ENCRYPTION_KEY_INFORMATION,
        /// The key to authenticate with.
        pub mac_signature_key_information: Option<MacSignatureKeyInformation<'a>> = MAC_SIGNATURE_KEY_INFORMATION,
        /// Attributes to wrap along with the key.
        pub attributes: Vec<AttributeReference<'a>> = ATTRIBUTE_REFERENCE,
        /// The attributes by their names, as the tables of KMIP 2.x still list them. Names in KMIP 1.x are decoded to
        /// `attributes`.
        pub attribute_names: Vec<&'a str> = ATTRIBUTE_NAME in V2_0..=V2_1,
        /// The form to wrap: the bytes of the key alone, or the Key Value as TTLV (the default).
        pub encoding_option: Option<EncodingOption> = ENCODING_OPTION in V1_1..,
    }
}

impl<'a> KeyWrappingSpecification<'a> {
    /// Wraps the bytes of the key alone with AES Key Wrap (RFC 3394) under this key. The Cryptographic Parameters of
    /// the wrapping key have to allow it. Since KMIP 1.1: before, the whole Key Value is wrapped.
    ///
    /// ```
    /// use kmip_client::protocol::object::KeyWrappingSpecification;
    /// use kmip_client::ttlv::enumeration::WrappingMethod;
    ///
    /// assert_eq!(KeyWrappingSpecification::aes_key_wrap("9dc02223").wrapping_method, WrappingMethod::ENCRYPT);
    /// ```
    #[must_use]
    pub fn aes_key_wrap(key: impl Into<Id<'a>>) -> Self {
        let cryptographic_parameters = CryptographicParameters {
            block_cipher_mode: Some(BlockCipherMode::NIST_KEY_WRAP),
            ..CryptographicParameters::default()
        };
        Self {
            wrapping_method: WrappingMethod::ENCRYPT,
            encryption_key_information: Some(EncryptionKeyInformation {
                unique_identifier: key.into(),
                cryptographic_parameters: Some(cryptographic_parameters),
            }),
            encoding_option: Some(EncodingOption::NO_ENCODING),
            ..Self::default()
        }
    }
}
