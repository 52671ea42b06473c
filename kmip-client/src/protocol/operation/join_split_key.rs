//! Join Split Key: the server makes one object of the parts of a split key.

use kmip_ttlv::enumeration::{ObjectType, SecretDataType};
use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Join Split Key: the server makes one object of the parts of a split key. KMIP 2.1, 6.1.27. Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::JoinSplitKey;
///
/// let request = JoinSplitKey::symmetric_key(["part-1", "part-4", "part-5"]).name("vm-42");
/// assert_eq!(request.unique_identifiers.len(), 3);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct JoinSplitKey;

impl JoinSplitKey {
    /// A symmetric key of these parts.
    #[must_use]
    pub fn symmetric_key<'a, I: Into<Id<'a>>>(parts: impl IntoIterator<Item = I>) -> JoinSplitKeyRequest<'a> {
        let unique_identifiers = parts.into_iter().map(Into::into).collect();
        let object_type = ObjectType::SYMMETRIC_KEY;
        JoinSplitKeyRequest { object_type, unique_identifiers, ..JoinSplitKeyRequest::default() }
    }

    /// Secret data of these parts.
    #[must_use]
    pub fn secret_data<'a, I: Into<Id<'a>>>(
        secret_data_type: SecretDataType,
        parts: impl IntoIterator<Item = I>,
    ) -> JoinSplitKeyRequest<'a> {
        JoinSplitKeyRequest {
            object_type: ObjectType::SECRET_DATA,
            secret_data_type: Some(secret_data_type),
            ..Self::symmetric_key(parts)
        }
    }
}

ttlv_struct! {
    /// What to join, and to what.
    pub struct JoinSplitKeyRequest<'a> {
        /// The kind of the new object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The parts: as many as the Split Key Threshold, or more.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The kind of secret, where it is secret data.
        pub secret_data_type: Option<SecretDataType> = SECRET_DATA_TYPE,
        /// What the new object is to be like.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// Where it may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(JoinSplitKeyRequest, get_or_insert_default);

ttlv_struct! {
    /// What was joined.
    pub struct JoinSplitKeyResponse<'a> {
        /// The new object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
