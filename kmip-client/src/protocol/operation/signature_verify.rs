//! Signature Verify: the server says whether a signature is good.

use kmip_ttlv::enumeration::ValidityIndicator;
use kmip_ttlv::{V1_3, V1_4, ttlv_struct};

use super::parts::in_parts;
use super::sign::signature;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// Signature Verify: the server says whether a signature is good. KMIP 2.1, 6.1.56. Since KMIP 1.2.
///
/// A signature that is not good is no error: the reply says so.
///
/// ```
/// use kmip_client::protocol::operation::SignatureVerify;
/// use kmip_client::ttlv::enumeration::HashingAlgorithm;
///
/// let request = SignatureVerify::data("9dc02223", b"I owe you", &[0; 256]).rsa_pss(HashingAlgorithm::SHA_256);
/// assert_eq!(request.signature_data.map(<[u8]>::len), Some(256));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SignatureVerify;

impl SignatureVerify {
    /// Asks whether this is a signature of these data, of the kind that the Cryptographic Parameters of the key say, until the request says
    /// which.
    #[must_use]
    pub fn data<'a>(
        id: impl Into<Id<'a>>,
        data: impl Into<Data<'a>>,
        signature: &'a [u8],
    ) -> SignatureVerifyRequest<'a> {
        SignatureVerifyRequest {
            unique_identifier: Some(id.into()),
            data: Some(data.into()),
            signature_data: Some(signature),
            ..SignatureVerifyRequest::default()
        }
    }

    /// Asks whether this is a signature of the data with the digest, by the hash of the signature. Since KMIP 1.4.
    #[must_use]
    pub fn digest<'a>(id: impl Into<Id<'a>>, digest: &'a [u8], signature: &'a [u8]) -> SignatureVerifyRequest<'a> {
        SignatureVerifyRequest {
            unique_identifier: Some(id.into()),
            digested_data: Some(digest),
            signature_data: Some(signature),
            ..SignatureVerifyRequest::default()
        }
    }
}

ttlv_struct! {
    /// What to verify, and how.
    pub struct SignatureVerifyRequest<'a> {
        /// The public key; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The kind of signature; that of the key where it is left out.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The data that were signed, or this part of them.
        pub data: Option<Data<'a>> = DATA,
        /// The digest of the data, in place of them.
        pub digested_data: Option<&'a [u8]> = DIGESTED_DATA in V1_4..,
        /// The signature; with one of several parts.
        pub signature_data: Option<&'a [u8]> = SIGNATURE_DATA,
        /// Of an operation in several parts: which it is. All but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// Whether this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// Whether this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
    }
}

in_parts!(SignatureVerifyRequest, first: [], last: [signature_data], |_response| None);
signature!(SignatureVerifyRequest);

ttlv_struct! {
    /// Whether the signature is good.
    pub struct SignatureVerifyResponse<'a> {
        /// The public key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// Whether it is; missing from all but the last of several parts.
        pub validity_indicator: Option<ValidityIndicator> = VALIDITY_INDICATOR,
        /// The data, where the signature holds them.
        pub data: Option<&'a [u8]> = DATA,
        /// What the other parts of the operation need.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}

impl SignatureVerifyResponse<'_> {
    /// Whether the server says that the signature is good.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.validity_indicator == Some(ValidityIndicator::VALID)
    }
}
