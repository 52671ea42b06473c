//! The MAC Verify operation.

use kmip_ttlv::enumeration::ValidityIndicator;
use kmip_ttlv::{V1_3, ttlv_struct};

use super::mac::mac_algorithm;
use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// Verifies a message authentication code on the server. KMIP 2.1, 6.1.33. Since KMIP 1.2.
///
/// A code that does not match is no error: the reply reports it.
///
/// ```
/// use kmip_client::protocol::operation::MacVerify;
///
/// let request = MacVerify::data("9dc02223", b"pay 10", &[0; 32]);
/// assert_eq!(request.mac_data.map(<[u8]>::len), Some(32));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MacVerify;

impl MacVerify {
    /// Verifies the code of this data by the Cryptographic Parameters of the key, or its algorithm, unless the request
    /// sets its own.
    #[must_use]
    pub fn data<'a>(id: impl Into<Id<'a>>, data: impl Into<Data<'a>>, mac: &'a [u8]) -> MacVerifyRequest<'a> {
        MacVerifyRequest {
            unique_identifier: Some(id.into()),
            data: Some(data.into()),
            mac_data: Some(mac),
            ..MacVerifyRequest::default()
        }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to verify data.
    pub struct MacVerifyRequest<'a> {
        /// The key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The algorithm; the key's own if missing.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The data, or this part of it.
        pub data: Option<Data<'a>> = DATA,
        /// The code; with one of several parts.
        pub mac_data: Option<&'a [u8]> = MAC_DATA,
        /// The correlation value of a multi-part operation. All parts but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// `true` if this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// `true` if this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
    }
}

in_parts!(MacVerifyRequest, first: [], last: [mac_data], |_response| None);
mac_algorithm!(MacVerifyRequest);

ttlv_struct! {
    #[compact]
    /// The validity of the message authentication code.
    pub struct MacVerifyResponse<'a> {
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The validity; missing from all but the last of several parts.
        pub validity_indicator: Option<ValidityIndicator> = VALIDITY_INDICATOR,
        /// The value that ties the parts of an operation together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}

impl MacVerifyResponse<'_> {
    /// Returns `true` if the server reports the code as valid.
    #[must_use]
    #[inline]
    pub fn is_valid(&self) -> bool {
        self.validity_indicator == Some(ValidityIndicator::VALID)
    }
}
