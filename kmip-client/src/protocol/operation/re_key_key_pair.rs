//! The Re-key Key Pair operation.

use kmip_ttlv::{Interval, V1_4, V2_0, ttlv_struct};

use super::ProtectionStorageMasks;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Replaces a key pair by a new one, which takes over its names. The old pair is kept. Since KMIP 1.1. KMIP 2.1,
/// 6.1.47.
///
/// ```
/// use kmip_client::protocol::operation::ReKeyKeyPair;
///
/// let request = ReKeyKeyPair::id("9dc02223").active_after(3600);
/// assert_eq!(request.private_key_unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReKeyKeyPair;

impl ReKeyKeyPair {
    /// Replaces the key pair with this private key.
    #[must_use]
    pub fn id<'a>(private_key: impl Into<Id<'a>>) -> ReKeyKeyPairRequest<'a> {
        ReKeyKeyPairRequest {
            private_key_unique_identifier: Some(private_key.into()),
            ..ReKeyKeyPairRequest::default()
        }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to replace a key pair.
    pub struct ReKeyKeyPairRequest<'a> {
        /// The private key of the pair; the batch's ID Placeholder if missing.
        pub private_key_unique_identifier: Option<Id<'a>> = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// The time from the creation of the new keys to their activation.
        pub offset: Option<Interval> = OFFSET,
        /// The attributes of both new keys that differ from the old ones'.
        pub common_attributes: Option<Attributes<'a>> = COMMON_ATTRIBUTES,
        /// The attributes of the private key.
        pub private_key_attributes: Option<Attributes<'a>> = PRIVATE_KEY_ATTRIBUTES,
        /// The attributes of the public key.
        pub public_key_attributes: Option<Attributes<'a>> = PUBLIC_KEY_ATTRIBUTES,
        /// The storage in which both keys may be kept.
        pub common_protection_storage_masks: Option<ProtectionStorageMasks> = COMMON_PROTECTION_STORAGE_MASKS in V2_0..,
        /// The storage in which the private key may be kept.
        pub private_protection_storage_masks: Option<ProtectionStorageMasks> = PRIVATE_PROTECTION_STORAGE_MASKS in V2_0..,
        /// The storage in which the public key may be kept.
        pub public_protection_storage_masks: Option<ProtectionStorageMasks> = PUBLIC_PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

impl ReKeyKeyPairRequest<'_> {
    /// Activates the new keys this many seconds after they are created.
    #[must_use]
    #[inline]
    pub fn active_after(mut self, seconds: u32) -> Self {
        self.offset = Some(Interval(seconds));
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The key pair that replaces the old one.
    pub struct ReKeyKeyPairResponse<'a> {
        /// The new private key.
        pub private_key_unique_identifier: Id<'a> = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// The new public key.
        pub public_key_unique_identifier: Id<'a> = PUBLIC_KEY_UNIQUE_IDENTIFIER,
        /// The attributes of the private key that the server chose in addition to the request's.
        pub private_key_attributes: Option<Attributes<'a>> = PRIVATE_KEY_ATTRIBUTES in ..=V1_4,
        /// The attributes of the public key that the server chose in addition to the request's.
        pub public_key_attributes: Option<Attributes<'a>> = PUBLIC_KEY_ATTRIBUTES in ..=V1_4,
    }
}
