//! MAC Verify: the server says whether a message authentication code is good.

use kmip_ttlv::enumeration::ValidityIndicator;
use kmip_ttlv::{V1_3, ttlv_struct};

use super::mac::mac_algorithm;
use super::parts::in_parts;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::{Data, Id};

/// MAC Verify: the server says whether a message authentication code is good. KMIP 2.1, 6.1.33. Since KMIP 1.2.
///
/// A code that is not good is no error: the reply says so.
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
    /// Asks whether this is the code of these data, by the Cryptographic Parameters of the key, or its algorithm, until the request says
    /// how.
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
    /// What to verify, and how.
    pub struct MacVerifyRequest<'a> {
        /// The key; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The algorithm; that of the key where it is left out.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The data, or this part of them.
        pub data: Option<Data<'a>> = DATA,
        /// The code; with one of several parts.
        pub mac_data: Option<&'a [u8]> = MAC_DATA,
        /// Of an operation in several parts: which it is. All but the first have it.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
        /// Whether this is the first of several parts.
        pub init_indicator: Option<bool> = INIT_INDICATOR in V1_3..,
        /// Whether this is the last of several parts.
        pub final_indicator: Option<bool> = FINAL_INDICATOR in V1_3..,
    }
}

in_parts!(MacVerifyRequest, first: [], last: [mac_data], |_response| None);
mac_algorithm!(MacVerifyRequest);

ttlv_struct! {
    /// Whether the code is good.
    pub struct MacVerifyResponse<'a> {
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// Whether it is; missing from all but the last of several parts.
        pub validity_indicator: Option<ValidityIndicator> = VALIDITY_INDICATOR,
        /// What the other parts of the operation need.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}

impl MacVerifyResponse<'_> {
    /// Whether the server says that the code is good.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.validity_indicator == Some(ValidityIndicator::VALID)
    }
}
