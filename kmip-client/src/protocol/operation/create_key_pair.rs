//! The Create Key Pair operation.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, RecommendedCurve};
use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use super::ProtectionStorageMasks;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, CryptographicDomainParameters};

/// Creates a private key and its public key on the server. KMIP 2.1, 6.1.9.
///
/// ```
/// use kmip_client::protocol::operation::CreateKeyPair;
/// use kmip_client::ttlv::enumeration::RecommendedCurve;
///
/// let request = CreateKeyPair::ec(RecommendedCurve::P_256).private_key_name("sign").public_key_name("verify");
/// assert!(request.common_attributes.is_some() && request.private_key_attributes.is_some());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CreateKeyPair;

impl CreateKeyPair {
    /// Requests an RSA key pair with a modulus of this many bits, for signing and verifying.
    #[must_use]
    #[inline]
    pub fn rsa<'a>(bits: i32) -> CreateKeyPairRequest<'a> {
        Self::signing([
            AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::RSA),
            AttributeValue::CryptographicLength(bits),
        ])
    }

    /// Requests an elliptic-curve key pair for signing and verifying.
    #[must_use]
    #[inline]
    pub fn ec<'a>(curve: RecommendedCurve) -> CreateKeyPairRequest<'a> {
        let recommended_curve = Some(curve);
        Self::signing([
            AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::EC),
            AttributeValue::CryptographicDomainParameters(CryptographicDomainParameters {
                qlength: None,
                recommended_curve,
            }),
        ])
    }

    fn signing<'a>(common: [AttributeValue<'a>; 2]) -> CreateKeyPairRequest<'a> {
        let usage = |mask| Some(Attributes::from_iter([AttributeValue::CryptographicUsageMask(mask)]));
        CreateKeyPairRequest {
            common_attributes: Some(common.into_iter().collect()),
            private_key_attributes: usage(CryptographicUsageMask::SIGN),
            public_key_attributes: usage(CryptographicUsageMask::VERIFY),
            ..CreateKeyPairRequest::default()
        }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to create a key pair.
    pub struct CreateKeyPairRequest<'a> {
        /// The attributes of both keys.
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

impl<'a> CreateKeyPairRequest<'a> {
    /// Sets the name of the private key.
    #[must_use]
    #[inline]
    pub fn private_key_name(mut self, name: &'a str) -> Self {
        self.private_key_attributes.get_or_insert_default().push(AttributeValue::Name(name.into()));
        self
    }

    /// Sets the name of the public key.
    #[must_use]
    #[inline]
    pub fn public_key_name(mut self, name: &'a str) -> Self {
        self.public_key_attributes.get_or_insert_default().push(AttributeValue::Name(name.into()));
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The key pair that was created.
    pub struct CreateKeyPairResponse<'a> {
        /// The private key.
        pub private_key_unique_identifier: Id<'a> = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// The public key.
        pub public_key_unique_identifier: Id<'a> = PUBLIC_KEY_UNIQUE_IDENTIFIER,
        /// The attributes of the private key that the server chose in addition to the request's.
        pub private_key_attributes: Option<Attributes<'a>> = PRIVATE_KEY_ATTRIBUTES in ..=V1_4,
        /// The attributes of the public key that the server chose in addition to the request's.
        pub public_key_attributes: Option<Attributes<'a>> = PUBLIC_KEY_ATTRIBUTES in ..=V1_4,
    }
}
