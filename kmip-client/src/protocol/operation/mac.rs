//! The MAC operation.

use kmip_ttlv::enumeration::CryptographicAlgorithm;
use kmip_ttlv::{V1_3, ttlv_struct};

use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// Computes a message authentication code on the server; the key does not leave it. KMIP 2.1, 6.1.32. Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::Mac;
/// use kmip_client::ttlv::enumeration::CryptographicAlgorithm;
///
/// let request = Mac::data("9dc02223", b"pay 10").algorithm(CryptographicAlgorithm::HMAC_SHA256);
/// assert!(request.is_single_part());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mac;

impl Mac {
    /// Authenticates this data with the key's Cryptographic Parameters, or its algorithm, unless the request sets its
    /// own.
    #[must_use]
    pub fn data<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>) -> MacRequest<'a> {
        MacRequest { unique_identifier: Some(id.into()), data: Some(data.into()), ..MacRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to compute a message authentication code.
    pub struct MacRequest<'a> {
        /// The key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The algorithm; the key's own if missing.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The data, or this part of it.
        pub data: Option<Data<'a>> = DATA,
        /// The correlation value of a multi-part operation. All parts but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// `true` if this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// `true` if this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
    }
}

in_parts!(MacRequest, first: [], last: [], |_response| None);
mac_algorithm!(MacRequest);

ttlv_struct! {
    #[compact]
    /// The code.
    pub struct MacResponse<'a> {
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The code; with the last of several parts.
        pub mac_data: Option<&'a [u8]> = MAC_DATA,
        /// The value that ties the parts of an operation together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}

/// Returns the parameters of MAC and MAC Verify for an algorithm such as HMAC-SHA256.
pub(super) fn by_algorithm<'a>(algorithm: CryptographicAlgorithm) -> CryptographicParameters<'a> {
    CryptographicParameters { cryptographic_algorithm: Some(algorithm), ..CryptographicParameters::default() }
}

/// Implements the method that sets the algorithm, for both requests that have one.
macro_rules! mac_algorithm {
    ($request:ident) => {
        impl $request<'_> {
            /// Sets the algorithm, such as HMAC-SHA256.
            #[must_use]
            pub fn algorithm(mut self, algorithm: kmip_ttlv::enumeration::CryptographicAlgorithm) -> Self {
                self.cryptographic_parameters = Some(super::mac::by_algorithm(algorithm));
                self
            }
        }
    };
}

pub(super) use mac_algorithm;
