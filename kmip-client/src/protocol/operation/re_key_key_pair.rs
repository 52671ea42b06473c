//! Re-key Key Pair: a new key pair takes the place of an old one.

use kmip_ttlv::{Interval, V1_4, V2_0, ttlv_struct};

use super::ProtectionStorageMasks;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Re-key Key Pair: a new key pair takes the place of an old one, its names included; the old one stays. Since KMIP 1.1. KMIP 2.1, 6.1.47.
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
    /// Replaces the key pair that has this private key.
    #[must_use]
    pub fn id<'a>(private_key: impl Into<Id<'a>>) -> ReKeyKeyPairRequest<'a> {
        ReKeyKeyPairRequest {
            private_key_unique_identifier: Some(private_key.into()),
            ..ReKeyKeyPairRequest::default()
        }
    }
}

ttlv_struct! {
    /// Which key pair to replace.
    pub struct ReKeyKeyPairRequest<'a> {
        /// The private key of the pair; the ID Placeholder of the batch where it is left out.
        pub private_key_unique_identifier: Option<Id<'a>> = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// How long after their making the new keys become active.
        pub offset: Option<Interval> = OFFSET,
        /// What both new keys are to be like where they differ from the old ones.
        pub common_attributes: Option<Attributes<'a>> = COMMON_ATTRIBUTES,
        /// What the private key is to be like.
        pub private_key_attributes: Option<Attributes<'a>> = PRIVATE_KEY_ATTRIBUTES,
        /// What the public key is to be like.
        pub public_key_attributes: Option<Attributes<'a>> = PUBLIC_KEY_ATTRIBUTES,
        /// Where both may be kept.
        pub common_protection_storage_masks: Option<ProtectionStorageMasks> = COMMON_PROTECTION_STORAGE_MASKS in V2_0..,
        /// Where the private key may be kept.
        pub private_protection_storage_masks: Option<ProtectionStorageMasks> = PRIVATE_PROTECTION_STORAGE_MASKS in V2_0..,
        /// Where the public key may be kept.
        pub public_protection_storage_masks: Option<ProtectionStorageMasks> = PUBLIC_PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

impl ReKeyKeyPairRequest<'_> {
    /// Lets the new keys become active so many seconds after they are made.
    #[must_use]
    pub fn active_after(mut self, seconds: u32) -> Self {
        self.offset = Some(Interval(seconds));
        self
    }
}

ttlv_struct! {
    /// Which key pair took its place.
    pub struct ReKeyKeyPairResponse<'a> {
        /// The new private key.
        pub private_key_unique_identifier: Id<'a> = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// The new public key.
        pub public_key_unique_identifier: Id<'a> = PUBLIC_KEY_UNIQUE_IDENTIFIER,
        /// What the server has decided of the private key where the request did not.
        pub private_key_attributes: Option<Attributes<'a>> = PRIVATE_KEY_ATTRIBUTES in ..=V1_4,
        /// What the server has decided of the public key where the request did not.
        pub public_key_attributes: Option<Attributes<'a>> = PUBLIC_KEY_ATTRIBUTES in ..=V1_4,
    }
}
