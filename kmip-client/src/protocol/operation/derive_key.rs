//! Derive Key: the server makes a key from another, or from a password.

use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, CryptographicUsageMask, DerivationMethod, HashingAlgorithm, ObjectType,
};
use kmip_ttlv::{V1_4, ttlv_struct};

use super::new_object;
use crate::protocol::attribute::{AttributeValue, Attributes, CryptographicParameters};
use crate::protocol::{Id, Secret};

/// Derive Key: the server makes a key from another, or from a password, and keeps it. KMIP 2.1, 6.1.14.
///
/// What is to be made comes first, then how:
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
    /// An AES key of so many bits, for encryption and decryption.
    pub fn aes<'a>(bits: i32) -> Derivation<'a> {
        Self::symmetric_key(CryptographicAlgorithm::AES, bits)
            .usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT)
    }

    /// A symmetric key of any algorithm. Servers ask for a usage too.
    pub fn symmetric_key<'a>(algorithm: CryptographicAlgorithm, bits: i32) -> Derivation<'a> {
        Derivation::of(ObjectType::SYMMETRIC_KEY, bits).attribute(AttributeValue::CryptographicAlgorithm(algorithm))
    }

    /// Secret data of so many bits: for what is no key, such as an IV, or for several keys one after another.
    pub fn secret_data<'a>(bits: i32) -> Derivation<'a> {
        Derivation::of(ObjectType::SECRET_DATA, bits)
    }
}

/// What is to be derived; its methods say how, and give the request.
#[derive(Clone, Debug, PartialEq)]
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
    pub fn attribute(mut self, value: AttributeValue<'a>) -> Self {
        self.attributes.push(value);
        self
    }

    /// Says what the new object may be used for.
    pub fn usage(self, mask: CryptographicUsageMask) -> Self {
        self.attribute(AttributeValue::CryptographicUsageMask(mask))
    }

    /// From a password, which is the secret data with this identifier, by PBKDF2 with HMAC of this hash.
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

    /// From this key by HKDF with HMAC of this hash. What is derived with another `info` is independent. Since KMIP 2.0.
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

    /// From this key by the counter mode of NIST SP 800-108 with HMAC of this hash. `data` is label and context.
    #[must_use]
    pub fn counter_mode(self, key: impl Into<Id<'a>>, hash: HashingAlgorithm, data: &'a [u8]) -> DeriveKeyRequest<'a> {
        self.by(DerivationMethod::NIST800_108_C, key, DerivationParameters::hashing(hash).data(data))
    }

    /// The HMAC of the data with this key, by this hash; the hash of the key, where its algorithm has one, comes first.
    #[must_use]
    pub fn hmac(self, key: impl Into<Id<'a>>, hash: HashingAlgorithm, data: &'a [u8]) -> DeriveKeyRequest<'a> {
        self.by(DerivationMethod::HMAC, key, DerivationParameters::hashing(hash).data(data))
    }

    /// The hash of this key, or of this secret data.
    #[must_use]
    pub fn hash(self, key: impl Into<Id<'a>>, hash: HashingAlgorithm) -> DeriveKeyRequest<'a> {
        self.by(DerivationMethod::HASH, key, DerivationParameters::hashing(hash))
    }

    /// The data encrypted with this key, in the mode that the parameters say.
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

    /// From this object by any method.
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
    /// How a key is derived (KMIP 2.1, 7.12). Which fields there are follows from the method.
    pub struct DerivationParameters<'a> {
        /// The hash, or the mode of encryption.
        pub cryptographic_parameters: Option<CryptographicParameters<'a>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The IV of an encryption.
        pub initialization_vector: Option<&'a [u8]> = INITIALIZATION_VECTOR,
        /// What is hashed, authenticated or encrypted; the password of PBKDF2, the info of HKDF. It may repeat since KMIP 2.0.
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
    /// What to derive, and how.
    pub struct DeriveKeyRequest<'a> {
        /// The kind of object: a symmetric key, or secret data.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// What to derive from. No ID Placeholder stands for it.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The method.
        pub derivation_method: DerivationMethod = DERIVATION_METHOD,
        /// What the method needs.
        pub derivation_parameters: DerivationParameters<'a> = DERIVATION_PARAMETERS,
        /// What the new object is to be like; its length is among it, and the algorithm of a key.
        pub attributes: Attributes<'a> = ATTRIBUTES,
    }
}

new_object!(DeriveKeyRequest);

ttlv_struct! {
    /// What was derived.
    pub struct DeriveKeyResponse<'a> {
        /// The new object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// What the server has decided where the request did not.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES in ..=V1_4,
    }
}
