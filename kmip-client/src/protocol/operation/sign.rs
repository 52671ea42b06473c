//! The Sign operation.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, DigitalSignatureAlgorithm, HashingAlgorithm, PaddingMethod};
use kmip_ttlv::{V1_3, V1_4, ttlv_struct};

use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// Signs data on the server; the private key does not leave it. KMIP 2.1, 6.1.55. Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::Sign;
/// use kmip_client::ttlv::enumeration::DigitalSignatureAlgorithm;
///
/// let request = Sign::data("9dc02223", b"I owe you").algorithm(DigitalSignatureAlgorithm::ECDSA_WITH_SHA256);
/// assert_eq!(request.digested_data, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sign;

impl Sign {
    /// Signs this data according to the Cryptographic Parameters of the key, unless the request sets its own.
    #[must_use]
    pub fn data<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>) -> SignRequest<'a> {
        SignRequest { unique_identifier: Some(id.into()), data: Some(data.into()), ..SignRequest::default() }
    }

    /// Signs the data that has this digest, by the hash of the signature. Since KMIP 1.4.
    #[must_use]
    pub fn digest<'a>(id: impl Into<Id<'a>>, digest: &'a [u8]) -> SignRequest<'a> {
        SignRequest { unique_identifier: Some(id.into()), digested_data: Some(digest), ..SignRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to sign data.
    pub struct SignRequest<'a> {
        /// The private key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The kind of signature; the key's own if missing.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The data, or this part of it.
        pub data: Option<Data<'a>> = DATA,
        /// The digest of the data, instead of the data.
        pub digested_data: Option<&'a [u8]> = DIGESTED_DATA in V1_4..,
        /// The correlation value of a multi-part operation. All parts but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// `true` if this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// `true` if this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
    }
}

in_parts!(SignRequest, first: [], last: [], |_response| None);
signature!(SignRequest);

ttlv_struct! {
    #[compact]
    /// The signature.
    pub struct SignResponse<'a> {
        /// The private key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The signature; with the last of several parts.
        pub signature_data: Option<&'a [u8]> = SIGNATURE_DATA,
        /// The value that ties the parts of an operation together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}

/// Returns the parameters of Sign and Signature Verify for RSASSA-PSS.
pub(super) fn rsa_pss<'a>(hash: HashingAlgorithm) -> CryptographicParameters<'a> {
    CryptographicParameters {
        padding_method: Some(PaddingMethod::PSS),
        hashing_algorithm: Some(hash),
        digital_signature_algorithm: Some(DigitalSignatureAlgorithm::RSASSA_PSS),
        cryptographic_algorithm: Some(CryptographicAlgorithm::RSA),
        ..CryptographicParameters::default()
    }
}

/// Implements the methods that set the kind of signature, for both requests that have one.
macro_rules! signature {
    ($request:ident) => {
        impl<'a> $request<'a> {
            /// Sets the kind of signature. RSASSA-PSS needs a hash too: [`Self::rsa_pss`].
            #[must_use]
            pub fn algorithm(self, algorithm: kmip_ttlv::enumeration::DigitalSignatureAlgorithm) -> Self {
                let digital_signature_algorithm = Some(algorithm);
                self.parameters(CryptographicParameters { digital_signature_algorithm, ..Default::default() })
            }

            /// Selects RSASSA-PSS with this hash.
            #[must_use]
            pub fn rsa_pss(self, hash: kmip_ttlv::enumeration::HashingAlgorithm) -> Self {
                self.parameters(super::sign::rsa_pss(hash))
            }

            /// Sets the parameters.
            #[must_use]
            pub fn parameters(mut self, parameters: CryptographicParameters<'a>) -> Self {
                self.cryptographic_parameters = Some(parameters);
                self
            }
        }
    };
}

pub(super) use signature;
