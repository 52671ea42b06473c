//! The Signature Verify operation.

use kmip_ttlv::enumeration::ValidityIndicator;
use kmip_ttlv::{V1_3, V1_4, ttlv_struct};

use super::parts::in_parts;
use super::sign::signature;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// Verifies a signature on the server. KMIP 2.1, 6.1.56. Since KMIP 1.2.
///
/// A signature that does not match is no error: the reply reports it.
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
    /// Verifies a signature of this data, of the kind given by the Cryptographic Parameters of the key, unless the
    /// request sets its own.
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

    /// Verifies a signature of the data with this digest, by the hash of the signature. Since KMIP 1.4.
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
    #[compact]
    /// A request to verify data.
    pub struct SignatureVerifyRequest<'a> {
        /// The public key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The kind of signature; the key's own if missing.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The data that was signed, or this part of it.
        pub data: Option<Data<'a>> = DATA,
        /// The digest of the data, instead of the data.
        pub digested_data: Option<&'a [u8]> = DIGESTED_DATA in V1_4..,
        /// The signature; with one of several parts.
        pub signature_data: Option<&'a [u8]> = SIGNATURE_DATA,
        /// The correlation value of a multi-part operation. All parts but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// `true` if this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// `true` if this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
    }
}

in_parts!(SignatureVerifyRequest, first: [], last: [signature_data], |_response| None);
signature!(SignatureVerifyRequest);

ttlv_struct! {
    #[compact]
    /// The validity of the signature.
    pub struct SignatureVerifyResponse<'a> {
        /// The public key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The validity; missing from all but the last of several parts.
        pub validity_indicator: Option<ValidityIndicator> = VALIDITY_INDICATOR,
        /// The data, if the signature contains it.
        pub data: Option<&'a [u8]> = DATA,
        /// The value that ties the parts of an operation together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}

impl SignatureVerifyResponse<'_> {
    /// Returns `true` if the server reports the signature as valid.
    #[must_use]
    #[inline]
    pub fn is_valid(&self) -> bool {
        self.validity_indicator == Some(ValidityIndicator::VALID)
    }
}
