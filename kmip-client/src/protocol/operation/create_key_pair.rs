//! Create Key Pair: the server makes a private key and its public key.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, RecommendedCurve};
use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use super::ProtectionStorageMasks;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, CryptographicDomainParameters};

/// Create Key Pair: the server makes a private key and its public key. KMIP 2.1, 6.1.9.
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
    /// An RSA key pair with a modulus of so many bits, for signing and verifying.
    #[must_use]
    pub fn rsa<'a>(bits: i32) -> CreateKeyPairRequest<'a> {
        Self::signing([
            AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::RSA),
            AttributeValue::CryptographicLength(bits),
        ])
    }

    /// An elliptic-curve key pair for signing and verifying.
    #[must_use]
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
    /// What key pair to make.
    pub struct CreateKeyPairRequest<'a> {
        /// What both keys are to be like.
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

impl<'a> CreateKeyPairRequest<'a> {
    /// Names the private key.
    #[must_use]
    pub fn private_key_name(mut self, name: &'a str) -> Self {
        self.private_key_attributes.get_or_insert_default().push(AttributeValue::Name(name.into()));
        self
    }

    /// Names the public key.
    #[must_use]
    pub fn public_key_name(mut self, name: &'a str) -> Self {
        self.public_key_attributes.get_or_insert_default().push(AttributeValue::Name(name.into()));
        self
    }
}

ttlv_struct! {
    /// What key pair was made.
    pub struct CreateKeyPairResponse<'a> {
        /// The private key.
        pub private_key_unique_identifier: Id<'a> = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// The public key.
        pub public_key_unique_identifier: Id<'a> = PUBLIC_KEY_UNIQUE_IDENTIFIER,
        /// What the server has decided of the private key where the request did not.
        pub private_key_attributes: Option<Attributes<'a>> = PRIVATE_KEY_ATTRIBUTES in ..=V1_4,
        /// What the server has decided of the public key where the request did not.
        pub public_key_attributes: Option<Attributes<'a>> = PUBLIC_KEY_ATTRIBUTES in ..=V1_4,
    }
}
