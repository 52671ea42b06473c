//! The Create Split Key operation.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, ObjectType, SplitKeyMethod};
use kmip_ttlv::{BigInteger, V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};

/// Creates a key in several parts, or splits an existing one. Each part is an object of its own. KMIP 2.1, 6.1.10.
/// Since KMIP 1.2.
///
/// ```
/// use kmip_client::protocol::operation::CreateSplitKey;
///
/// let request = CreateSplitKey::polynomial(5, 3).aes(256); // any three of five
/// assert_eq!((request.split_key_parts, request.split_key_threshold), (5, 3));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CreateSplitKey;

impl CreateSplitKey {
    /// Requests this many parts, all of which are needed to restore the key.
    #[must_use]
    #[inline]
    pub fn xor<'a>(parts: i32) -> CreateSplitKeyRequest<'a> {
        Self::by(SplitKeyMethod::XOR, parts, parts)
    }

    /// Requests this many parts, of which any `threshold` restore the key: Shamir's polynomials in the field GF(2^8).
    #[must_use]
    #[inline]
    pub fn polynomial<'a>(parts: i32, threshold: i32) -> CreateSplitKeyRequest<'a> {
        Self::by(SplitKeyMethod::POLYNOMIAL_SHARING_GF_2_8, parts, threshold)
    }

    fn by<'a>(split_key_method: SplitKeyMethod, parts: i32, threshold: i32) -> CreateSplitKeyRequest<'a> {
        CreateSplitKeyRequest {
            object_type: ObjectType::SPLIT_KEY,
            split_key_parts: parts,
            split_key_threshold: threshold,
            split_key_method,
            ..CreateSplitKeyRequest::default()
        }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to split a key.
    pub struct CreateSplitKeyRequest<'a> {
        /// The kind of the new objects: split keys.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The key to split; a new one if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The number of parts to create.
        pub split_key_parts: i32 = SPLIT_KEY_PARTS,
        /// The number of parts needed to restore the key.
        pub split_key_threshold: i32 = SPLIT_KEY_THRESHOLD,
        /// The method of splitting.
        pub split_key_method: SplitKeyMethod = SPLIT_KEY_METHOD,
        /// The prime of polynomial sharing in a prime field.
        pub prime_field_size: Option<BigInteger<'a>> = PRIME_FIELD_SIZE,
        /// The attributes of the parts. The server chooses them if it splits a key that it already has.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// The storage in which the parts may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(CreateSplitKeyRequest);

impl<'a> CreateSplitKeyRequest<'a> {
    /// Splits this key.
    #[must_use]
    pub fn of(mut self, id: impl Into<Id<'a>>) -> Self {
        self.unique_identifier = Some(id.into());
        self
    }

    /// Splits a new AES key of this many bits, for encryption and decryption.
    #[must_use]
    #[inline]
    pub fn aes(self, bits: i32) -> Self {
        self.attribute(AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES))
            .attribute(AttributeValue::CryptographicLength(bits))
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }
}

ttlv_struct! {
    #[compact]
    /// The parts that were created.
    pub struct CreateSplitKeyResponse<'a> {
        /// The parts, in the order of their Key Part Identifiers.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
