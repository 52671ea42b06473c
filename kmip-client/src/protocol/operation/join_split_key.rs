//! The Join Split Key operation.

use kmip_ttlv::enumeration::{ObjectType, SecretDataType};
use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;

/// Joins the parts of a split key to one object. KMIP 2.1, 6.1.27. Since KMIP 1.2.
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
    /// Joins these parts to a symmetric key.
    #[must_use]
    pub fn symmetric_key<'a, I: Into<Id<'a>>>(parts: impl IntoIterator<Item = I>) -> JoinSplitKeyRequest<'a> {
        let unique_identifiers = parts.into_iter().map(Into::into).collect();
        let object_type = ObjectType::SYMMETRIC_KEY;
        JoinSplitKeyRequest { object_type, unique_identifiers, ..JoinSplitKeyRequest::default() }
    }

    /// Joins these parts to secret data.
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
    #[compact]
    /// A request to join the parts of a key.
    pub struct JoinSplitKeyRequest<'a> {
        /// The type of the new object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The parts, at least as many as the Split Key Threshold.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The kind of secret, for secret data.
        pub secret_data_type: Option<SecretDataType> = SECRET_DATA_TYPE,
        /// The attributes of the new object.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
        /// The storage in which the object may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(JoinSplitKeyRequest, get_or_insert_default);

ttlv_struct! {
    #[compact]
    /// The object that was restored.
    pub struct JoinSplitKeyResponse<'a> {
        /// The new object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
