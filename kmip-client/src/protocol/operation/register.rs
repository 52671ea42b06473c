//! The Register operation.

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

/// Stores an object that the client has on the server. KMIP 2.1, 6.1.43.
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
    /// Registers any object. Its name and other attributes are added to the request.
    #[must_use]
    #[inline]
    pub fn object(object: Object<'_>) -> RegisterRequest<'_> {
        RegisterRequest { object_type: object.object_type(), object, ..RegisterRequest::default() }
    }

    /// Registers a symmetric key of these bytes, for encryption and decryption.
    #[must_use]
    #[inline]
    pub fn symmetric_key(algorithm: CryptographicAlgorithm, bytes: &[u8]) -> RegisterRequest<'_> {
        let key_block = KeyBlock {
            cryptographic_algorithm: Some(algorithm),
            cryptographic_length: i32::try_from(8 * bytes.len()).ok(),
            ..key_block(KeyFormatType::RAW, bytes)
        };
        Self::object(Object::SymmetricKey(SymmetricKey { key_block }))
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }

    /// Registers a private key in DER, usually in the format PKCS#8. Servers require the algorithm and the length in
    /// `bits` too.
    ///
    /// A request is not sent if its format implies DER and its bytes are not DER (PEM text, for example). With the
    /// feature `keys`, `keys::PrivateKey` reads PEM and determines format, algorithm and length itself.
    #[must_use]
    #[inline]
    pub fn private_key(
        format: KeyFormatType,
        algorithm: CryptographicAlgorithm,
        bits: i32,
        der: &[u8],
    ) -> RegisterRequest<'_> {
        let key_block = asymmetric(format, algorithm, bits, der);
        Self::object(Object::PrivateKey(PrivateKey { key_block })).usage(CryptographicUsageMask::SIGN)
    }

    /// Registers a public key in DER, usually in the format X.509 or PKCS#1. Servers require the algorithm and the
    /// length in `bits` too.
    #[must_use]
    #[inline]
    pub fn public_key(
        format: KeyFormatType,
        algorithm: CryptographicAlgorithm,
        bits: i32,
        der: &[u8],
    ) -> RegisterRequest<'_> {
        let key_block = asymmetric(format, algorithm, bits, der);
        Self::object(Object::PublicKey(PublicKey { key_block })).usage(CryptographicUsageMask::VERIFY)
    }

    /// Registers a password or another secret that is no key.
    #[must_use]
    #[inline]
    pub fn secret_data(secret_data_type: SecretDataType, bytes: &[u8]) -> RegisterRequest<'_> {
        let key_block = key_block(KeyFormatType::OPAQUE, bytes);
        Self::object(Object::SecretData(SecretData { secret_data_type, key_block }))
            .usage(CryptographicUsageMask::EMPTY)
    }

    /// Registers bytes that the server does not interpret.
    #[must_use]
    #[inline]
    pub fn opaque_object(opaque_data_type: OpaqueDataType, bytes: &[u8]) -> RegisterRequest<'_> {
        Self::object(Object::OpaqueObject(OpaqueObject { opaque_data_type, opaque_data_value: Secret::new(bytes) }))
    }

    /// Registers an X.509 certificate in DER.
    #[must_use]
    #[inline]
    pub fn certificate(der: &[u8]) -> RegisterRequest<'_> {
        Self::object(Object::Certificate(Certificate {
            certificate_type: CertificateType::X_509,
            certificate_value: der,
        }))
    }
}

#[inline]
fn key_block(key_format_type: KeyFormatType, bytes: &[u8]) -> KeyBlock<'_> {
    KeyBlock { key_format_type, key_value: Some(KeyValue::from_bytes(bytes)), ..KeyBlock::default() }
}

#[inline]
fn asymmetric(format: KeyFormatType, algorithm: CryptographicAlgorithm, bits: i32, der: &[u8]) -> KeyBlock<'_> {
    KeyBlock { cryptographic_algorithm: Some(algorithm), cryptographic_length: Some(bits), ..key_block(format, der) }
}

ttlv_struct! {
    /// A request to register an object.
    pub struct RegisterRequest<'a> {
        /// Returns the type of the object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The attributes of the object.
        pub attributes: Attributes<'a> = ATTRIBUTES,
        /// The object.
        pub object: Object<'a> = OBJECT_TYPE,
        /// The storage in which the object may be kept.
        pub protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS in V2_0..,
    }
}

new_object!(RegisterRequest);

impl RegisterRequest<'_> {
    /// Returns the fault of bytes that should be DER and are not.
    #[inline]
    pub(super) fn mislabelled(&self) -> Option<(Tag, &'static str)> {
        let problem = self.object.key_block()?.mislabelled()?;
        Some((Tag::KEY_MATERIAL, problem))
    }
}

ttlv_struct! {
    /// The object that was registered.
    pub struct RegisterResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
