//! Discover Versions: which versions of KMIP both sides speak.

use kmip_ttlv::{ProtocolVersion, ttlv_struct};

/// Discover Versions: which versions of KMIP both sides speak. Since KMIP 1.1. KMIP 2.1, 6.1.16.
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
    /// Asks which of these the server speaks; the one that is liked best comes first.
    pub fn among(versions: impl IntoIterator<Item = ProtocolVersion>) -> DiscoverVersionsRequest {
        DiscoverVersionsRequest { protocol_versions: versions.into_iter().collect() }
    }

    /// Asks for all versions that the server speaks.
    #[must_use]
    pub fn all() -> DiscoverVersionsRequest {
        DiscoverVersionsRequest::default()
    }
}

ttlv_struct! {
    /// Which versions the client speaks.
    pub struct DiscoverVersionsRequest {
        /// The versions, the best first; none asks for all.
        pub protocol_versions: Vec<ProtocolVersion> = PROTOCOL_VERSION,
    }
}

ttlv_struct! {
    /// Which of them the server speaks.
    pub struct DiscoverVersionsResponse {
        /// The versions, the best first.
        pub protocol_versions: Vec<ProtocolVersion> = PROTOCOL_VERSION,
    }
}
