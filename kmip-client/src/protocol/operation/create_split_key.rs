//! Create Split Key: the server makes a key in several parts, or splits one that it has.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, ObjectType, SplitKeyMethod};
use kmip_ttlv::{BigInteger, V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};

/// Create Split Key: the server makes a key in several parts, or splits one that it has. Each part is an object of its own. KMIP 2.1, 6.1.10.
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
    /// So many parts, all of which are needed.
    #[must_use]
    pub fn xor<'a>(parts: i32) -> CreateSplitKeyRequest<'a> {
        Self::by(SplitKeyMethod::XOR, parts, parts)
    }

    /// So many parts, of which any `threshold` are enough: Shamir's polynomials in the field GF(2^8).
    #[must_use]
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
    /// What to split, and how.
    pub struct CreateSplitKeyRequest<'a> {
        /// The kind of the new objects: split keys.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The key to split; a new one where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// How many parts to make.
        pub split_key_parts: i32 = SPLIT_KEY_PARTS,
        /// How many parts are to make the key.
        pub split_key_threshold: i32 = SPLIT_KEY_THRESHOLD,
        /// How to split.
        pub split_key_method: SplitKeyMethod = SPLIT_KEY_METHOD,
        /// The prime of polynomial sharing in a prime field.
        pub prime_field_size: Option<BigInteger<'a>> = PRIME_FIELD_SIZE,
        /// What the parts are to be like; where a key is split that the server has, it decides.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// Where they may be kept.
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

    /// Splits a new AES key of so many bits, for encryption and decryption.
    #[must_use]
    pub fn aes(self, bits: i32) -> Self {
        self.attribute(AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES))
            .attribute(AttributeValue::CryptographicLength(bits))
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }
}

ttlv_struct! {
    /// What was made.
    pub struct CreateSplitKeyResponse<'a> {
        /// The parts, in the order of their Key Part Identifiers.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
