//! Create: the server makes a symmetric key.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, ObjectType};
use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};

/// Create: the server makes a symmetric key. KMIP 2.1, 6.1.8.
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
    /// An AES key of so many bits, for encryption and decryption.
    #[must_use]
    pub fn aes<'a>(bits: i32) -> CreateRequest<'a> {
        Self::symmetric_key(CryptographicAlgorithm::AES, bits)
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }

    /// A symmetric key of any algorithm. Servers ask for a usage too.
    #[must_use]
    pub fn symmetric_key<'a>(algorithm: CryptographicAlgorithm, bits: i32) -> CreateRequest<'a> {
        CreateRequest { object_type: ObjectType::SYMMETRIC_KEY, ..CreateRequest::default() }
            .attribute(AttributeValue::CryptographicAlgorithm(algorithm))
            .attribute(AttributeValue::CryptographicLength(bits))
    }
}

ttlv_struct! {
    /// What key to make.
    pub struct CreateRequest<'a> {
        /// The kind of object: a symmetric key, or secret data since KMIP 2.0.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// What it is to be like.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// Where it may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(CreateRequest);

ttlv_struct! {
    /// What key was made.
    pub struct CreateResponse<'a> {
        /// The kind of object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The key.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
