//! Register: an object that the client has goes to the server.

use kmip_ttlv::enumeration::CertificateType;
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, KeyFormatType, ObjectType, OpaqueDataType, SecretDataType,
};
use kmip_ttlv::{Tag, V1_4, V2_0, ttlv_struct};

use super::{ProtectionStorageMasks, new_object};
use crate::protocol::attribute::Attributes;
use crate::protocol::object::{
    Certificate, KeyBlock, KeyValue, Object, OpaqueObject, PrivateKey, PublicKey, SecretData, SymmetricKey,
};
use crate::protocol::{Id, Secret};

/// Register: an object that the client has goes to the server. KMIP 2.1, 6.1.43.
///
/// ```
/// use kmip_client::protocol::operation::Register;
/// use kmip_client::ttlv::enumeration::CryptographicAlgorithm;
///
/// let request = Register::symmetric_key(CryptographicAlgorithm::AES, &[7; 32]).name("moved from the old KMS");
/// assert_eq!(request.object.key_block().and_then(|block| block.cryptographic_length), Some(256));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Register;

impl Register {
    /// Any object. What it is to be called, and the like, is added to the request.
    #[must_use]
    pub fn object(object: Object<'_>) -> RegisterRequest<'_> {
        RegisterRequest { object_type: object.object_type(), object, ..RegisterRequest::default() }
    }

    /// A symmetric key of these bytes, for encryption and decryption.
    #[must_use]
    pub fn symmetric_key(algorithm: CryptographicAlgorithm, bytes: &[u8]) -> RegisterRequest<'_> {
        let key_block = KeyBlock {
            cryptographic_algorithm: Some(algorithm),
            cryptographic_length: i32::try_from(8 * bytes.len()).ok(),
            ..key_block(KeyFormatType::RAW, bytes)
        };
        Self::object(Object::SymmetricKey(SymmetricKey { key_block }))
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }

    /// A private key: DER in the format that is named, PKCS#8 for most. Servers want algorithm and length in `bits` beside it.
    ///
    /// A request whose bytes are not DER where the format says so, but PEM text for example, is not sent. With the feature `keys`,
    /// `keys::PrivateKey` reads PEM and finds format, algorithm and length itself.
    #[must_use]
    pub fn private_key(
        format: KeyFormatType,
        algorithm: CryptographicAlgorithm,
        bits: i32,
        der: &[u8],
    ) -> RegisterRequest<'_> {
        let key_block = asymmetric(format, algorithm, bits, der);
        Self::object(Object::PrivateKey(PrivateKey { key_block })).usage(CryptographicUsageMask::SIGN)
    }

    /// A public key: DER in the format that is named, X.509 or PKCS#1 for most. Servers want algorithm and length in `bits` beside it.
    #[must_use]
    pub fn public_key(
        format: KeyFormatType,
        algorithm: CryptographicAlgorithm,
        bits: i32,
        der: &[u8],
    ) -> RegisterRequest<'_> {
        let key_block = asymmetric(format, algorithm, bits, der);
        Self::object(Object::PublicKey(PublicKey { key_block })).usage(CryptographicUsageMask::VERIFY)
    }

    /// A password or another secret that is no key.
    #[must_use]
    pub fn secret_data(secret_data_type: SecretDataType, bytes: &[u8]) -> RegisterRequest<'_> {
        let key_block = key_block(KeyFormatType::OPAQUE, bytes);
        Self::object(Object::SecretData(SecretData { secret_data_type, key_block }))
            .usage(CryptographicUsageMask::EMPTY)
    }

    /// Bytes that the server is not to interpret.
    #[must_use]
    pub fn opaque_object(opaque_data_type: OpaqueDataType, bytes: &[u8]) -> RegisterRequest<'_> {
        Self::object(Object::OpaqueObject(OpaqueObject { opaque_data_type, opaque_data_value: Secret::new(bytes) }))
    }

    /// An X.509 certificate in DER.
    #[must_use]
    pub fn certificate(der: &[u8]) -> RegisterRequest<'_> {
        Self::object(Object::Certificate(Certificate {
            certificate_type: CertificateType::X_509,
            certificate_value: der,
        }))
    }
}

fn key_block(key_format_type: KeyFormatType, bytes: &[u8]) -> KeyBlock<'_> {
    KeyBlock { key_format_type, key_value: Some(KeyValue::from_bytes(bytes)), ..KeyBlock::default() }
}

fn asymmetric(format: KeyFormatType, algorithm: CryptographicAlgorithm, bits: i32, der: &[u8]) -> KeyBlock<'_> {
    KeyBlock { cryptographic_algorithm: Some(algorithm), cryptographic_length: Some(bits), ..key_block(format, der) }
}

ttlv_struct! {
    /// What to register.
    pub struct RegisterRequest<'a> {
        /// The kind of object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// What the server is to know of it.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// The object.
        pub object: Object<'a> = OBJECT_TYPE,
        /// Where it may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(RegisterRequest);

impl RegisterRequest<'_> {
    /// Looks for DER that is none.
    pub(super) fn mislabelled(&self) -> Option<(Tag, &'static str)> {
        let problem = self.object.key_block()?.mislabelled()?;
        Some((Tag::KEY_MATERIAL, problem))
    }
}

ttlv_struct! {
    /// What was registered.
    pub struct RegisterResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
