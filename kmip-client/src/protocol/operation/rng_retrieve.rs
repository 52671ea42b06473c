//! The RNG Retrieve operation.

use kmip_ttlv::ttlv_struct;

use crate::protocol::Secret;

/// Returns random bytes from the server. KMIP 2.1, 6.1.49. Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::RngRetrieve;
///
/// assert_eq!(RngRetrieve::bytes(32).data_length, 32);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RngRetrieve;

impl RngRetrieve {
    /// Requests this many bytes. The server may return fewer.
    #[must_use]
    #[inline]
    pub fn bytes(length: i32) -> RngRetrieveRequest {
        RngRetrieveRequest { data_length: length }
    }
}

ttlv_struct! {
    #[compact]
    /// A request for random bytes.
    pub struct RngRetrieveRequest {
        /// The number of bytes.
        pub data_length: i32 = DATA_LENGTH,
    }
}

ttlv_struct! {
    #[compact]
    /// The random bytes.
    pub struct RngRetrieveResponse<'a> {
        /// The bytes.
        pub data: Secret<'a> = DATA,
    }
}
