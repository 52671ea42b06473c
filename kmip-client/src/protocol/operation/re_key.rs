//! The Re-key operation.

use kmip_ttlv::{Interval, V1_4, V2_0, ttlv_struct};

use super::ProtectionStorageMasks;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Replaces a key by a new one, which takes over its name. The old key is kept. KMIP 2.1, 6.1.46.
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
    #[compact]
    /// A request to replace a key.
    pub struct ReKeyRequest<'a> {
        /// The key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The time from the creation of the new key to its activation.
        pub offset: Option<Interval> = OFFSET,
        /// The attributes that differ from the old key's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// The storage in which the object may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// The key that replaces the old one.
    pub struct ReKeyResponse<'a> {
        /// The new key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
