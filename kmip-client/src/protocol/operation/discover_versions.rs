//! The Discover Versions operation.

use kmip_ttlv::{ProtocolVersion, ttlv_struct};

/// Finds the versions of KMIP that both sides support. Since KMIP 1.1. KMIP 2.1, 6.1.16.
///
/// ```
/// use kmip_client::protocol::operation::DiscoverVersions;
/// use kmip_client::ttlv::{V1_3, V1_4};
///
/// assert_eq!(DiscoverVersions::among([V1_4, V1_3]).protocol_versions, [V1_4, V1_3]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DiscoverVersions;

impl DiscoverVersions {
    /// Asks which of these versions the server supports, in order of preference.
    pub fn among(versions: impl IntoIterator<Item = ProtocolVersion>) -> DiscoverVersionsRequest {
        DiscoverVersionsRequest { protocol_versions: versions.into_iter().collect() }
    }

    /// Asks for all versions that the server supports.
    #[must_use]
    #[inline]
    pub fn all() -> DiscoverVersionsRequest {
        DiscoverVersionsRequest::default()
    }
}

ttlv_struct! {
    /// The versions that the client supports.
    pub struct DiscoverVersionsRequest {
        /// The versions in order of preference; an empty list asks for all.
        pub protocol_versions: Vec<ProtocolVersion> = PROTOCOL_VERSION,
    }
}

ttlv_struct! {
    /// The versions that both the client and the server support.
    pub struct DiscoverVersionsResponse {
        /// The versions in order of preference.
        pub protocol_versions: Vec<ProtocolVersion> = PROTOCOL_VERSION,
    }
}
