//! Re-key: a new key takes the place of an old one.

use kmip_ttlv::{Interval, V1_4, V2_0, ttlv_struct};

use super::ProtectionStorageMasks;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Re-key: a new key takes the place of an old one, its name included; the old one stays. KMIP 2.1, 6.1.46.
///
/// ```
/// use kmip_client::protocol::operation::ReKey;
///
/// let request = ReKey::id("9dc02223");
/// assert_eq!(request.offset, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ReKey;

impl ReKey {
    /// Replaces this symmetric key.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ReKeyRequest<'a> {
        ReKeyRequest { unique_identifier: Some(id.into()), ..ReKeyRequest::default() }
    }
}

ttlv_struct! {
    /// Which key to replace.
    pub struct ReKeyRequest<'a> {
        /// The key; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// How long after its making the new key becomes active.
        pub offset: Option<Interval> = OFFSET,
        /// What the new key is to be like where it differs from the old one.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// Where it may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

ttlv_struct! {
    /// Which key took its place.
    pub struct ReKeyResponse<'a> {
        /// The new key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
