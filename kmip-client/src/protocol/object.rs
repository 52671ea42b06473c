//! Managed objects: keys, secrets, certificates (KMIP 2.1, 2; KMIP 1.4, 2.2), and the credentials of KMIP 3.0.
//!
//! Users and groups of KMIP 3.0 have attributes only, and no structure.

mod credential;
mod key_block;
mod key_material;
mod wrapping;

use kmip_ttlv::__private::decode_apart;
use kmip_ttlv::enumeration::{
    CertificateRequestType, CertificateType, ObjectType, OpaqueDataType, SecretDataType, SplitKeyMethod,
};
use kmip_ttlv::{BigInteger, Decode, Encode, ErrorKind, Reader, Result, Tag, Writer, ttlv_struct};

pub use self::credential::{DeviceCredential, HashedPasswordCredential, OtpCredential, PasswordCredential};
pub use self::key_block::{KeyBlock, KeyValue, PlainKeyValue};
pub use self::key_material::{
    KeyMaterial, TransparentDhPrivateKey, TransparentDhPublicKey, TransparentDsaPrivateKey, TransparentDsaPublicKey,
    TransparentEcPrivateKey, TransparentEcPublicKey, TransparentRsaPrivateKey, TransparentRsaPublicKey,
    TransparentSymmetricKey,
};
pub use self::wrapping::{
    EncryptionKeyInformation, KeyWrappingData, KeyWrappingSpecification, MacSignatureKeyInformation,
};

use super::attribute::Attributes;
use super::{Secret, begin};

ttlv_struct! {
    #[compact]
    /// A certificate (KMIP 2.1, 2.1).
    pub struct Certificate<'a> {
        /// The type: X.509 or PGP.
        pub certificate_type: CertificateType = CERTIFICATE_TYPE,
        /// The certificate: DER for X.509.
        pub certificate_value: &'a [u8] = CERTIFICATE_VALUE,
    }
}

ttlv_struct! {
    /// A symmetric key (KMIP 2.1, 2.9).
    pub struct SymmetricKey<'a> {
        /// The key and its description.
        pub key_block: KeyBlock<'a> = KEY_BLOCK,
    }
}

ttlv_struct! {
    #[compact]
    /// The public half of a key pair (KMIP 2.1, 2.6).
    pub struct PublicKey<'a> {
        /// The key and its description.
        pub key_block: KeyBlock<'a> = KEY_BLOCK,
    }
}

ttlv_struct! {
    #[compact]
    /// The private half of a key pair (KMIP 2.1, 2.5).
    pub struct PrivateKey<'a> {
        /// The key and its description.
        pub key_block: KeyBlock<'a> = KEY_BLOCK,
    }
}

ttlv_struct! {
    #[compact]
    /// One part of a key that was split (KMIP 2.1, 2.8).
    pub struct SplitKey<'a> {
        /// The number of parts.
        pub split_key_parts: i32 = SPLIT_KEY_PARTS,
        /// The number of this part, from 1.
        pub key_part_identifier: i32 = KEY_PART_IDENTIFIER,
        /// The number of parts needed to restore the key.
        pub split_key_threshold: i32 = SPLIT_KEY_THRESHOLD,
        /// The method by which the key was split.
        pub split_key_method: SplitKeyMethod = SPLIT_KEY_METHOD,
        /// The prime of polynomial sharing in a prime field.
        pub prime_field_size: Option<BigInteger<'a>> = PRIME_FIELD_SIZE,
        /// The part and its description.
        pub key_block: KeyBlock<'a> = KEY_BLOCK,
    }
}

ttlv_struct! {
    #[compact]
    /// A list of attributes on the server for the creation of objects (KMIP 1.4, 2.2.6). Deprecated since 1.3, removed
    /// in 2.0.
    pub struct Template<'a> {
        /// The attributes.
        pub attributes: Attributes<'a> = ATTRIBUTE,
    }
}

ttlv_struct! {
    #[compact]
    /// A secret that is no key, such as a password (KMIP 2.1, 2.7).
    pub struct SecretData<'a> {
        /// The kind of secret.
        pub secret_data_type: SecretDataType = SECRET_DATA_TYPE,
        /// The secret and its description.
        pub key_block: KeyBlock<'a> = KEY_BLOCK,
    }
}

ttlv_struct! {
    #[compact]
    /// Bytes that the server does not interpret (KMIP 2.1, 2.3).
    pub struct OpaqueObject<'a> {
        /// The kind of data, as a number that a vendor chose.
        pub opaque_data_type: OpaqueDataType = OPAQUE_DATA_TYPE,
        /// The bytes.
        pub opaque_data_value: Secret<'a> = OPAQUE_DATA_VALUE,
    }
}

ttlv_struct! {
    #[compact]
    /// A PGP key (KMIP 2.1, 2.4). Since KMIP 1.2.
    pub struct PgpKey<'a> {
        /// The version of the key format.
        pub pgp_key_version: i32 = PGP_KEY_VERSION,
        /// The key and its description.
        pub key_block: KeyBlock<'a> = KEY_BLOCK,
    }
}

ttlv_struct! {
    #[compact]
    /// A request for a certificate (KMIP 2.1, 2.2). Since KMIP 2.0.
    pub struct CertificateRequest<'a> {
        /// The format of the request.
        pub certificate_request_type: CertificateRequestType = CERTIFICATE_REQUEST_TYPE,
        /// The request: DER for PKCS#10.
        pub certificate_request_value: &'a [u8] = CERTIFICATE_REQUEST_VALUE,
    }
}

/// One row for each object: the variant, its tag, and the constant of its Object Type if that has another name.
macro_rules! objects {
    ($($(#[$meta:meta])* $variant:ident($ty:ty) = $tag:ident $(as $object_type:ident)?;)*) => {
        /// A managed object, with one variant for each kind.
        ///
        /// [`Get`](crate::protocol::operation::Get) returns one, and
        /// [`Register`](crate::protocol::operation::Register) takes one. Keys and secrets share the
        /// [`key_block`](Object::key_block) that holds their bytes.
        ///
        /// ```
        /// use kmip_client::protocol::object::{KeyBlock, KeyValue, Object, SymmetricKey};
        /// use kmip_client::protocol::operation::Register;
        /// use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, KeyFormatType, ObjectType};
        ///
        /// let block = KeyBlock::new(KeyFormatType::RAW, KeyValue::from_bytes(&[7; 32]))
        ///     .cryptographic_algorithm(CryptographicAlgorithm::AES)
        ///     .cryptographic_length(256);
        /// let object = Object::SymmetricKey(SymmetricKey::new(block));
        /// assert_eq!(object.object_type(), ObjectType::SYMMETRIC_KEY);
        ///
        /// let bytes = object.key_block().and_then(|block| block.bytes());
        /// assert_eq!(bytes.map(|bytes| bytes.expose()), Some(&[7; 32][..]));
        ///
        /// let request = Register::object(object).name("vm-42");
        /// # assert_eq!(request.object_type, ObjectType::SYMMETRIC_KEY);
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Object<'a> {
            $($(#[$meta])* $variant($ty),)*
        }

        impl<'a> Object<'a> {
            /// Returns the type of the object.
            #[must_use]
            pub const fn object_type(&self) -> ObjectType {
                match self {
                    $(Self::$variant(_) => objects!(@ $tag $($object_type)?),)*
                }
            }

            /// Returns the object type that belongs to this tag.
            pub(crate) fn type_of(tag: u32) -> Option<ObjectType> {
                $(if tag == Tag::$tag.value() {
                    return Some(objects!(@ $tag $($object_type)?));
                })*
                None
            }

            /// Returns `true` if the tag is that of an object.
            const fn is_tag(tag: Tag) -> bool {
                matches!(tag, $(Tag::$tag)|*)
            }

            /// Decodes the next object, whatever its kind, and returns the reader after it.
            #[inline(never)]
            fn decode_any(&mut self, mut reader: Reader<'a>) -> Result<Reader<'a>> {
                *self = Self::default();
                match reader.peek_tag() {
                    $(Some(Tag::$tag) => {
                        let mut object = <$ty>::default();
                        reader = decode_apart(&mut object, reader, Tag::$tag)?;
                        begin(self, Self::$variant(object));
                    })*
                    _ => return Err(reader.error(ErrorKind::MissingOneOf("the object (Symmetric Key, Certificate or another)"))),
                }
                Ok(reader)
            }
        }

        #[cfg(feature = "arbitrary")]
        impl<'a> kmip_ttlv::arbitrary::Generate<'a> for Object<'a> {
            const CHOOSES_TAG: bool = true;

            fn generate(generator: &mut kmip_ttlv::arbitrary::Generator<'a>, _: Tag) -> Self {
                const TYPES: &[ObjectType] = &[$(objects!(@ $tag $($object_type)?)),*];
                let version = generator.version();
                let there = TYPES.iter().filter(|ty| ty.versions().is_some_and(|range| range.contains(version)));
                match generator.pick(there) {
                    $(Some(ty) if *ty == objects!(@ $tag $($object_type)?) => {
                        Self::$variant(generator.value(Tag::$tag))
                    })*
                    _ => Self::default(),
                }
            }
        }

        impl Encode for Object<'_> {
            #[inline(always)]
            fn encode(&self, _: Tag, writer: &mut Writer) -> Result<()> {
                match self {
                    $(Self::$variant(object) => object.encode(Tag::$tag, writer),)*
                }
            }
        }
    };
    (@ $tag:ident) => { ObjectType::$tag };
    (@ $tag:ident $object_type:ident) => { ObjectType::$object_type };
}

objects! {
    /// A certificate.
    Certificate(Certificate<'a>) = CERTIFICATE;
    /// A symmetric key.
    SymmetricKey(SymmetricKey<'a>) = SYMMETRIC_KEY;
    /// A public key.
    PublicKey(PublicKey<'a>) = PUBLIC_KEY;
    /// A private key.
    PrivateKey(PrivateKey<'a>) = PRIVATE_KEY;
    /// One part of a split key.
    SplitKey(SplitKey<'a>) = SPLIT_KEY;
    /// A template.
    Template(Template<'a>) = TEMPLATE;
    /// A secret that is no key.
    SecretData(SecretData<'a>) = SECRET_DATA;
    /// Bytes that the server does not interpret.
    OpaqueObject(OpaqueObject<'a>) = OPAQUE_OBJECT;
    /// A PGP key.
    PgpKey(PgpKey<'a>) = PGP_KEY;
    /// A request for a certificate.
    CertificateRequest(CertificateRequest<'a>) = CERTIFICATE_REQUEST;
    /// The password of a user.
    PasswordCredential(PasswordCredential<'a>) = PASSWORD_CREDENTIAL;
    /// The device of a user.
    DeviceCredential(DeviceCredential<'a>) = DEVICE_CREDENTIAL;
    /// A generator of one-time passwords.
    OtpCredential(OtpCredential<'a>) = OTP_CREDENTIAL as ONE_TIME_PASSWORD_CREDENTIAL;
    /// The data to check a hashed password with.
    HashedPasswordCredential(HashedPasswordCredential<'a>) = HASHED_PASSWORD_CREDENTIAL;
}

impl<'a> Object<'a> {
    /// Returns the key block of the object; `None` for objects that have none, such as certificates.
    #[must_use]
    pub const fn key_block(&self) -> Option<&KeyBlock<'a>> {
        match self {
            Self::SymmetricKey(SymmetricKey { key_block })
            | Self::PublicKey(PublicKey { key_block })
            | Self::PrivateKey(PrivateKey { key_block })
            | Self::SplitKey(SplitKey { key_block, .. })
            | Self::SecretData(SecretData { key_block, .. })
            | Self::PgpKey(PgpKey { key_block, .. }) => Some(key_block),
            _ => None,
        }
    }

    /// Returns the key block of the object for changes; `None` for objects that have none.
    #[cfg(feature = "_client")]
    pub(crate) const fn key_block_mut(&mut self) -> Option<&mut KeyBlock<'a>> {
        match self {
            Self::SymmetricKey(SymmetricKey { key_block })
            | Self::PublicKey(PublicKey { key_block })
            | Self::PrivateKey(PrivateKey { key_block })
            | Self::SplitKey(SplitKey { key_block, .. })
            | Self::SecretData(SecretData { key_block, .. })
            | Self::PgpKey(PgpKey { key_block, .. }) => Some(key_block),
            _ => None,
        }
    }
}

/// A symmetric key without bytes: the initial value of a field before decoding.
impl Default for Object<'_> {
    fn default() -> Self {
        Self::SymmetricKey(SymmetricKey::default())
    }
}

/// Objects have a tag of their own, so the tag of the field is not used.
impl<'a> Decode<'a> for Object<'a> {
    fn follows(reader: &Reader<'a>, _: Tag) -> bool {
        reader.peek_tag().is_some_and(Self::is_tag)
    }

    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, _: Tag) -> Result<()> {
        // Fast path: plain symmetric keys are fetched most.
        if let Self::SymmetricKey(key) = self
            && key.key_block.take_usual_key(reader)
        {
            return Ok(());
        }
        match self {
            // Others are still decoded in place.
            Self::SymmetricKey(key) if reader.at(Tag::SYMMETRIC_KEY) => key.decode_into(reader, Tag::SYMMETRIC_KEY),
            _ => {
                *reader = self.decode_any(reader.clone())?;
                Ok(())
            }
        }
    }
}
