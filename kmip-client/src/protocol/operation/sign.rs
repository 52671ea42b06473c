//! Sign: the server signs data with a private key that stays with it.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, DigitalSignatureAlgorithm, HashingAlgorithm, PaddingMethod};
use kmip_ttlv::{V1_3, V1_4, ttlv_struct};

use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// Sign: the server signs data with a private key that stays with it. KMIP 2.1, 6.1.55. Since KMIP 1.2.
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
    /// Signs these data as the Cryptographic Parameters of the key say, until the request says how.
    #[must_use]
    pub fn data<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>) -> SignRequest<'a> {
        SignRequest { unique_identifier: Some(id.into()), data: Some(data.into()), ..SignRequest::default() }
    }

    /// Signs data of which this is the digest, by the hash of the signature. Since KMIP 1.4.
    #[must_use]
    pub fn digest<'a>(id: impl Into<Id<'a>>, digest: &'a [u8]) -> SignRequest<'a> {
        SignRequest { unique_identifier: Some(id.into()), digested_data: Some(digest), ..SignRequest::default() }
    }
}

ttlv_struct! {
    /// What to sign, and how.
    pub struct SignRequest<'a> {
        /// The private key; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The kind of signature; that of the key where it is left out.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The data, or this part of them.
        pub data: Option<Data<'a>> = DATA,
        /// The digest of the data, in place of them.
        pub digested_data: Option<&'a [u8]> = DIGESTED_DATA in V1_4..,
        /// Of an operation in several parts: which it is. All but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// Whether this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// Whether this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
    }
}

in_parts!(SignRequest, first: [], last: [], |_response| None);
signature!(SignRequest);

ttlv_struct! {
    /// The signature.
    pub struct SignResponse<'a> {
        /// The private key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The signature; with the last of several parts.
        pub signature_data: Option<&'a [u8]> = SIGNATURE_DATA,
        /// What the other parts of the operation need.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}

/// What Sign and Signature Verify say for RSASSA-PSS.
pub(super) fn rsa_pss<'a>(hash: HashingAlgorithm) -> CryptographicParameters<'a> {
    CryptographicParameters {
        padding_method: Some(PaddingMethod::PSS),
        hashing_algorithm: Some(hash),
        digital_signature_algorithm: Some(DigitalSignatureAlgorithm::RSASSA_PSS),
        cryptographic_algorithm: Some(CryptographicAlgorithm::RSA),
        ..CryptographicParameters::default()
    }
}

/// The methods that say which kind of signature it is, the same for both requests that have one.
macro_rules! signature {
    ($request:ident) => {
        impl<'a> $request<'a> {
            /// Takes this kind of signature. RSASSA-PSS needs a hash too: [`Self::rsa_pss`].
            #[must_use]
            pub fn algorithm(self, algorithm: kmip_ttlv::enumeration::DigitalSignatureAlgorithm) -> Self {
                let digital_signature_algorithm = Some(algorithm);
                self.parameters(CryptographicParameters { digital_signature_algorithm, ..Default::default() })
            }

            /// Takes RSASSA-PSS with this hash.
            #[must_use]
            pub fn rsa_pss(self, hash: kmip_ttlv::enumeration::HashingAlgorithm) -> Self {
                self.parameters(super::sign::rsa_pss(hash))
            }

            /// Takes these parameters.
            #[must_use]
            pub fn parameters(mut self, parameters: CryptographicParameters<'a>) -> Self {
                self.cryptographic_parameters = Some(parameters);
                self
            }
        }
    };
}

pub(super) use signature;
