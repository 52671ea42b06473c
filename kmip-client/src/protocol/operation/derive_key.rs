//! The Derive Key operation.

use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, DerivationMethod, HashingAlgorithm, ObjectType,
};
use kmip_ttlv::{V1_4, ttlv_struct};

use super::new_object;
use crate::protocol::attribute::{AttributeValue, Attributes, CryptographicParameters};
use crate::protocol::{Id, Secret};

/// Derives a key from another key or from a password, and stores it on the server. KMIP 2.1, 6.1.14.
///
/// The builder starts with the new object, and continues with the method of derivation:
///
/// ```
/// use kmip_client::protocol::operation::DeriveKey;
/// use kmip_client::ttlv::enumeration::HashingAlgorithm;
///
/// let request = DeriveKey::aes(256).pbkdf2("password-17", HashingAlgorithm::SHA_256, b"salt", 600_000).name("vm-42");
/// assert_eq!(request.derivation_parameters.iteration_count, Some(600_000));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DeriveKey;

impl DeriveKey {
    /// Derives an AES key of this many bits, for encryption and decryption.
    #[inline]
    pub fn aes<'a>(bits: i32) -> Derivation<'a> {
        Self::symmetric_key(CryptographicAlgorithm::AES, bits)
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }

    /// Derives a symmetric key of any algorithm. Most servers require a usage mask too.
    #[inline]
    pub fn symmetric_key<'a>(algorithm: CryptographicAlgorithm, bits: i32) -> Derivation<'a> {
        Derivation::of(ObjectType::SYMMETRIC_KEY, bits).attribute(AttributeValue::CryptographicAlgorithm(algorithm))
    }

    /// Derives secret data of this many bits: for example an IV, or several keys in a row.
    #[inline]
    pub fn secret_data<'a>(bits: i32) -> Derivation<'a> {
        Derivation::of(ObjectType::SECRET_DATA, bits)
    }
}

/// A derived object, whose methods add the method of derivation and return the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is a request once it says how to derive"]
pub struct Derivation<'a> {
    object_type: ObjectType,
    attributes: Attributes<'a>,
}

impl<'a> Derivation<'a> {
    fn of(object_type: ObjectType, bits: i32) -> Self {
        let attributes = Attributes::from_iter([AttributeValue::CryptographicLength(bits)]);
        Self { object_type, attributes }
    }

    /// Adds an attribute of the new object.
    #[inline]
    pub fn attribute(mut self, value: AttributeValue<'a>) -> Self {
        self.attributes.push(value);
        self
    }

    /// Sets the usage mask of the new object.
    #[inline]
    pub fn usage(self, mask: CryptographicUsageMask) -> Self {
        self.attribute(AttributeValue::CryptographicUsageMask(mask))
    }

    /// Derives from a password by PBKDF2 with HMAC of this hash. The password is the secret data with this identifier.
    #[must_use]
    pub fn pbkdf2(
        self,
        password: impl Into<Id<'a>>,
        hash: HashingAlgorithm,
        salt: &'a [u8],
        iterations: i32,
    ) -> DeriveKeyRequest<'a> {
        let parameters = DerivationParameters {
            salt: Some(salt),
            iteration_count: Some(iterations),
            ..DerivationParameters::hashing(hash)
        };
        self.by(DerivationMethod::PBKDF2, password, parameters)
    }

    /// Derives from this key by HKDF with HMAC of this hash. Different values of `info` give independent results. Since
    /// KMIP 2.0.
    #[must_use]
    pub fn hkdf(
        self,
        key: impl Into<Id<'a>>,
        hash: HashingAlgorithm,
        salt: &'a [u8],
        info: &'a [u8],
    ) -> DeriveKeyRequest<'a> {
        let parameters = DerivationParameters { salt: Some(salt), ..DerivationParameters::hashing(hash).data(info) };
        self.by(DerivationMethod::HKDF, key, parameters)
    }

    /// Derives from this key by the counter mode of NIST SP 800-108 with HMAC of this hash. `data` is label and
    /// context.
    #[must_use]
    pub fn counter_mode(self, key: impl Into<Id<'a>>, hash: HashingAlgorithm, data: &'a [u8]) -> DeriveKeyRequest<'a> {
        self.by(DerivationMethod::NIST800_108_C, key, DerivationParameters::hashing(hash).data(data))
    }

    /// Derives the HMAC of the data with this key and hash. If the key's algorithm implies a hash, that hash takes
    /// precedence.
    #[must_use]
    pub fn hmac(self, key: impl Into<Id<'a>>, hash: HashingAlgorithm, data: &'a [u8]) -> DeriveKeyRequest<'a> {
        self.by(DerivationMethod::HMAC, key, DerivationParameters::hashing(hash).data(data))
    }

    /// Derives the hash of this key or secret data.
    #[must_use]
    pub fn hash(self, key: impl Into<Id<'a>>, hash: HashingAlgorithm) -> DeriveKeyRequest<'a> {
        self.by(DerivationMethod::HASH, key, DerivationParameters::hashing(hash))
    }

    /// Derives by encrypting the data with this key, in the mode that the parameters name.
    #[must_use]
    pub fn encrypt(
        self,
        key: impl Into<Id<'a>>,
        parameters: CryptographicParameters<'a>,
        iv: Option<&'a [u8]>,
        data: &'a [u8],
    ) -> DeriveKeyRequest<'a> {
        let parameters = DerivationParameters {
            cryptographic_parameters: Some(parameters),
            initialization_vector: iv,
            ..DerivationParameters::default().data(data)
        };
        self.by(DerivationMethod::ENCRYPT, key, parameters)
    }

    /// Derives from this object by any method.
    #[must_use]
    pub fn by(
        self,
        method: DerivationMethod,
        from: impl Into<Id<'a>>,
        parameters: DerivationParameters<'a>,
    ) -> DeriveKeyRequest<'a> {
        DeriveKeyRequest {
            object_type: self.object_type,
            unique_identifiers: vec![from.into()],
            derivation_method: method,
            derivation_parameters: parameters,
            attributes: self.attributes,
        }
    }
}

ttlv_struct! {
    #[compact]
    /// The parameters of a key derivation (KMIP 2.1, 7.12). The method determines the fields that apply.
    pub struct DerivationParameters<'a> {
        /// The hash, or the mode of encryption.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The IV of an encryption.
        pub initialization_vector: Option<&'a [u8]> = INITIALIZATION_VECTOR,
        /// The data to hash, authenticate or encrypt; the password of PBKDF2; the info of HKDF. May repeat since KMIP
        /// 2.0.
        pub derivation_data: Vec<Secret<'a>> = DERIVATION_DATA,
        /// The salt of PBKDF2 and HKDF.
        pub salt: Option<&'a [u8]> = SALT,
        /// The iterations of PBKDF2.
        pub iteration_count: Option<i32> = ITERATION_COUNT,
    }
}

impl<'a> DerivationParameters<'a> {
    fn hashing(hash: HashingAlgorithm) -> Self {
        let cryptographic_parameters =
            CryptographicParameters { hashing_algorithm: Some(hash), ..CryptographicParameters::default() };
        Self { cryptographic_parameters: Some(cryptographic_parameters), ..Self::default() }
    }

    fn data(mut self, data: &'a [u8]) -> Self {
        self.derivation_data.push(Secret::new(data));
        self
    }
}

ttlv_struct! {
    #[compact]
    /// A request to derive a key or secret data.
    pub struct DeriveKeyRequest<'a> {
        /// The kind of object: a symmetric key, or secret data.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The objects to derive from. The ID Placeholder does not apply.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The method.
        pub derivation_method: DerivationMethod = DERIVATION_METHOD,
        /// The parameters of the method.
        pub derivation_parameters: DerivationParameters<'a> = DERIVATION_PARAMETERS,
        /// The attributes of the new object, which include its length and, for a key, its algorithm.
        pub attributes: Attributes<'a> = ATTRIBUTES,
    }
}

new_object!(DeriveKeyRequest);

ttlv_struct! {
    #[compact]
    /// The object that was derived.
    pub struct DeriveKeyResponse<'a> {
        /// The new object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes that the server chose in addition to the request's.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
