//! The Create operation.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, ObjectType};
use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};

/// Creates a symmetric key on the server. KMIP 2.1, 6.1.8.
///
/// ```
/// use kmip_client::protocol::operation::Create;
///
/// let request = Create::aes(256).name("vm-42");
/// assert_eq!(request.attributes.list.len(), 4);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Create;

impl Create {
    /// Requests an AES key of this many bits, for encryption and decryption.
    #[must_use]
    #[inline]
    pub fn aes<'a>(bits: i32) -> CreateRequest<'a> {
        Self::symmetric_key(CryptographicAlgorithm::AES, bits)
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }

    /// Requests a symmetric key of any algorithm. Most servers require a usage mask too.
    #[must_use]
    #[inline]
    pub fn symmetric_key<'a>(algorithm: CryptographicAlgorithm, bits: i32) -> CreateRequest<'a> {
        CreateRequest { object_type: ObjectType::SYMMETRIC_KEY, ..CreateRequest::default() }
            .attribute(AttributeValue::CryptographicAlgorithm(algorithm))
            .attribute(AttributeValue::CryptographicLength(bits))
    }
}

ttlv_struct! {
    /// A request to create a symmetric key.
    pub struct CreateRequest<'a> {
        /// The kind of object: a symmetric key, or secret data since KMIP 2.0.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The attributes of the new object.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// The storage in which the object may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(CreateRequest);

ttlv_struct! {
    /// The key that was created.
    pub struct CreateResponse<'a> {
        /// Returns the type of the object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
