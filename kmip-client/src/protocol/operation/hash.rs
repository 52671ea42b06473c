//! The Hash operation.

use kmip_ttlv::enumeration::HashingAlgorithm;
use kmip_ttlv::{V1_3, ttlv_struct};

use super::parts::in_parts;
use crate::protocol::Data;
use crate::protocol::attribute::CryptographicParameters;

/// Hashes data on the server. KMIP 2.1, 6.1.24. Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::{Hash, Request};
///
/// assert!(Hash::sha256(b"abc").is_idempotent());
/// assert!(!Hash::sha256(b"a").first_part().is_idempotent());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Hash;

impl Hash {
    /// Hashes this data with SHA-256.
    #[must_use]
    pub fn sha256<'a>(data: impl Into<Data<'a>>) -> HashRequest<'a> {
        Self::with(HashingAlgorithm::SHA_256, data)
    }

    /// Hashes this data.
    #[must_use]
    pub fn with<'a>(hash: HashingAlgorithm, data: impl Into<Data<'a>>) -> HashRequest<'a> {
        let cryptographic_parameters =
            CryptographicParameters { hashing_algorithm: Some(hash), ..CryptographicParameters::default() };
        HashRequest { cryptographic_parameters, data: Some(data.into()), ..HashRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to hash data.
    pub struct HashRequest<'a> {
        /// The hash.
        pub cryptographic_parameters: CryptographicParameters<'a> = CRYPTOGRAPHIC_PARAMETERS,
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

in_parts!(HashRequest, first: [], last: [], |_response| None);

ttlv_struct! {
    #[compact]
    /// The digest.
    pub struct HashResponse<'a> {
        /// The digest; with the last of several parts.
        pub data: Option<&'a [u8]> = DATA,
        /// The value that ties the parts of an operation together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V1_3..,
    }
}
