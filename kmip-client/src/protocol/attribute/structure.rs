//! The attributes that are structures.

use kmip_ttlv::enumeration::{
    AlternativeNameType, BlockCipherMode, CryptographicAlgorithm, DeactivationReasonCode, DigitalSignatureAlgorithm,
    DrbgAlgorithm, Fips186Variation, HashingAlgorithm, KeyFormatType, KeyRoleType, KeyValueLocationType, LinkType,
    MaskGenerator, NameType, PaddingMethod, RecommendedCurve, RevocationReasonCode, RngAlgorithm, RotateNameType,
    UniqueIdentifierPlaceholder, UsageLimitsUnit,
};
use kmip_ttlv::{
    Decode, Encode, NameReference, ProtocolVersion, Reader, Reference, Result, Tag, V1_2, V1_4, Writer, ttlv_struct,
};

use crate::protocol::Id;
use crate::protocol::either::either;
use crate::protocol::with_setters::with_setters;

/// A name with its type: a structure up to KMIP 2.1, in 3.0 the text alone.
macro_rules! names {
    ($($(#[$meta:meta])* $name:ident($structure:ident, $value:ident), $(#[$type_meta:meta])* $type:ident = $type_tag:ident;)*) => {$(
        with_setters! {
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
            pub struct $name<'a> {
                /// The name itself.
                pub value: &'a str,
                $(#[$type_meta])*
                pub name_type: $type,
            }
        }

        ttlv_struct! {
            /// The wire form up to KMIP 2.1.
            struct $structure<'a> {
                value: &'a str = $value,
                name_type: $type = $type_tag,
            }
        }

        impl<'a> Decode<'a> for $name<'a> {
            #[inline]
            fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
                if reader.version().major() == 3 {
                    *self = reader.text_string(tag)?.into();
                    return Ok(());
                }
                let $structure { value, name_type } = Decode::decode_next(reader, tag)?;
                *self = Self { value, name_type };
                Ok(())
            }
        }

        impl Encode for $name<'_> {
            fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                let Self { value, name_type } = *self;
                if writer.version().major() == 3 {
                    return writer.text_string(tag, value);
                }
                $structure { value, name_type }.encode(tag, writer)
            }

            fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
                let Self { value, name_type } = *self;
                if version.major() == 3 {
                    return value.encoded_len(tag, version);
                }
                $structure { value, name_type }.encoded_len(tag, version)
            }
        }

        impl<'a> From<&'a str> for $name<'a> {
            /// An uninterpreted text.
            fn from(value: &'a str) -> Self {
                Self { value, name_type: $type::UNINTERPRETED_TEXT_STRING }
            }
        }
    )*};
}

names! {
    /// A name that a person or a program gave the object, unique on the server (KMIP 2.1, 4.32).
    ///
    /// A structure up to KMIP 2.1; in 3.0 the text alone.
    Name(NameStructure, NAME_VALUE),
    /// What kind of name it is. KMIP 3.0 knows uninterpreted texts only.
    NameType = NAME_TYPE;

    /// The name that the newest key of a rotation has (KMIP 2.1, 4.53).
    ///
    /// A structure in KMIP 2.1; in 3.0 the text alone.
    RotateName(RotateNameStructure, ROTATE_NAME_VALUE),
    /// What kind of name it is. KMIP 3.0 knows uninterpreted texts only.
    RotateNameType = ROTATE_NAME_TYPE;
}

ttlv_struct! {
    /// How the key is used by a cryptographic operation (KMIP 2.1, 4.16). All fields are optional; which make sense follows from
    /// the algorithm.
    pub struct CryptographicParameters<'a> {
        /// How blocks are chained.
        pub block_cipher_mode: Option<BlockCipherMode> = BLOCK_CIPHER_MODE,
        /// How the last block is filled.
        pub padding_method: Option<PaddingMethod> = PADDING_METHOD,
        /// The hash of a signature, MAC or OAEP.
        pub hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The role of the key in payment systems.
        pub key_role_type: Option<KeyRoleType> = KEY_ROLE_TYPE,
        /// Signature scheme and hash as one.
        pub digital_signature_algorithm: Option<DigitalSignatureAlgorithm> = DIGITAL_SIGNATURE_ALGORITHM in V1_2..,
        /// The algorithm.
        pub cryptographic_algorithm: Option<CryptographicAlgorithm> = CRYPTOGRAPHIC_ALGORITHM in V1_2..,
        /// Whether the server chooses the IV.
        pub random_iv: Option<bool> = RANDOM_IV in V1_2..,
        /// The length of the IV in bits.
        pub iv_length: Option<i32> = IV_LENGTH in V1_2..,
        /// The length of the authentication tag in bytes.
        pub tag_length: Option<i32> = TAG_LENGTH in V1_2..,
        /// The length of the fixed field of a deterministic IV in bits.
        pub fixed_field_length: Option<i32> = FIXED_FIELD_LENGTH in V1_2..,
        /// The length of the invocation field of a deterministic IV in bits.
        pub invocation_field_length: Option<i32> = INVOCATION_FIELD_LENGTH in V1_2..,
        /// The length of the counter in bits.
        pub counter_length: Option<i32> = COUNTER_LENGTH in V1_2..,
        /// The value that the counter starts from.
        pub initial_counter_value: Option<i32> = INITIAL_COUNTER_VALUE in V1_2..,
        /// The length of the salt of PSS in bytes.
        pub salt_length: Option<i32> = SALT_LENGTH in V1_4..,
        /// The mask generation function of OAEP and PSS.
        pub mask_generator: Option<MaskGenerator> = MASK_GENERATOR in V1_4..,
        /// The hash inside the mask generation function.
        pub mask_generator_hashing_algorithm: Option<HashingAlgorithm> = MASK_GENERATOR_HASHING_ALGORITHM in V1_4..,
        /// The label of OAEP.
        pub p_source: Option<&'a [u8]> = P_SOURCE in V1_4..,
        /// The trailer of PSS.
        pub trailer_field: Option<i32> = TRAILER_FIELD in V1_4..,
    }
}

ttlv_struct! {
    /// The parameters of a key pair that its length does not tell (KMIP 2.1, 4.14).
    pub struct CryptographicDomainParameters {
        /// The length of Q in bits, for DSA and DH.
        pub qlength: Option<i32> = QLENGTH,
        /// The elliptic curve.
        pub recommended_curve: Option<RecommendedCurve> = RECOMMENDED_CURVE,
    }
}

ttlv_struct! {
    /// Issuer and serial number of a certificate as text (KMIP 1.0, 3.9). Deprecated since 1.1.
    pub struct CertificateIdentifier<'a> {
        /// The distinguished name of the issuer.
        pub issuer: &'a str = ISSUER,
        /// The serial number; PGP certificates have none.
        pub serial_number: Option<&'a str> = SERIAL_NUMBER,
    }
}

ttlv_struct! {
    /// The subject of a certificate as text (KMIP 1.0, 3.10). Deprecated since 1.1.
    pub struct CertificateSubject<'a> {
        /// The distinguished name; may be empty.
        pub distinguished_name: &'a str = CERTIFICATE_SUBJECT_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a str> = CERTIFICATE_SUBJECT_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    /// The issuer of a certificate as text (KMIP 1.0, 3.11). Deprecated since 1.1.
    pub struct CertificateIssuer<'a> {
        /// The distinguished name.
        pub distinguished_name: &'a str = CERTIFICATE_ISSUER_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a str> = CERTIFICATE_ISSUER_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    /// Issuer and serial number of an X.509 certificate, as DER (KMIP 2.1, 4.61).
    pub struct X509CertificateIdentifier<'a> {
        /// The distinguished name of the issuer.
        pub issuer_distinguished_name: &'a [u8] = ISSUER_DISTINGUISHED_NAME,
        /// The serial number.
        pub certificate_serial_number: &'a [u8] = CERTIFICATE_SERIAL_NUMBER,
    }
}

ttlv_struct! {
    /// The subject of an X.509 certificate, as DER (KMIP 2.1, 4.63).
    pub struct X509CertificateSubject<'a> {
        /// The distinguished name; may be empty.
        pub distinguished_name: &'a [u8] = SUBJECT_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a [u8]> = SUBJECT_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    /// The issuer of an X.509 certificate, as DER (KMIP 2.1, 4.62).
    pub struct X509CertificateIssuer<'a> {
        /// The distinguished name.
        pub distinguished_name: &'a [u8] = ISSUER_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a [u8]> = ISSUER_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    /// A digest of the key or object, computed by the server (KMIP 2.1, 4.21).
    pub struct Digest<'a> {
        /// The hash.
        pub hashing_algorithm: HashingAlgorithm = HASHING_ALGORITHM,
        /// The digest; missing where the server does not have the bytes.
        pub digest_value: Option<&'a [u8]> = DIGEST_VALUE,
        /// The format of the key that was digested. KMIP 1.1 and later.
        pub key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
    }
}

ttlv_struct! {
    /// How often, or for how much, the key may be used (KMIP 2.1, 4.59).
    pub struct UsageLimits {
        /// What was granted in all.
        pub total: i64 = USAGE_LIMITS_TOTAL,
        /// What is left. Templates and requests may leave it out.
        pub count: Option<i64> = USAGE_LIMITS_COUNT,
        /// What is counted: bytes or objects.
        pub unit: UsageLimitsUnit = USAGE_LIMITS_UNIT,
    }
}

ttlv_struct! {
    /// Why the object was revoked (KMIP 2.1, 4.47).
    pub struct RevocationReason<'a> {
        /// The reason.
        pub code: RevocationReasonCode = REVOCATION_REASON_CODE,
        /// A note for people.
        pub message: Option<&'a str> = REVOCATION_MESSAGE,
    }
}

ttlv_struct! {
    /// A pointer to a related object (KMIP 2.1, 4.31). KMIP 3.0 has [`ObjectLink`] instead.
    pub struct Link<'a> {
        /// What the other object is to this one.
        pub link_type: LinkType = LINK_TYPE,
        /// The other object.
        pub linked_object_identifier: Id<'a> = LINKED_OBJECT_IDENTIFIER,
    }
}

ttlv_struct! {
    /// Data that an application keeps with the object (KMIP 2.1, 4.4).
    pub struct ApplicationSpecificInformation<'a> {
        /// Whose data it is.
        pub application_namespace: &'a str = APPLICATION_NAMESPACE,
        /// The data; a server may make it where it is left out.
        pub application_data: Option<&'a str> = APPLICATION_DATA,
    }
}

ttlv_struct! {
    /// Another name, which need not be unique (KMIP 2.1, 4.2).
    pub struct AlternativeName<'a> {
        /// The name itself.
        pub value: &'a str = ALTERNATIVE_NAME_VALUE,
        /// What kind of name it is.
        pub name_type: AlternativeNameType = ALTERNATIVE_NAME_TYPE,
    }
}

ttlv_struct! {
    /// Where the key is, when the server does not hold it (KMIP 2.1, 4.27).
    pub struct KeyValueLocation<'a> {
        /// The place.
        pub value: &'a str = KEY_VALUE_LOCATION_VALUE,
        /// What kind of place it is.
        pub location_type: KeyValueLocationType = KEY_VALUE_LOCATION_TYPE,
    }
}

ttlv_struct! {
    /// A random number generator (KMIP 2.1, 7.36): the one that made the key, or one that the server has.
    pub struct RngParameters {
        /// The kind of generator.
        pub rng_algorithm: RngAlgorithm = RNG_ALGORITHM,
        /// The cipher inside.
        pub cryptographic_algorithm: Option<CryptographicAlgorithm> = CRYPTOGRAPHIC_ALGORITHM,
        /// The length of its key in bits.
        pub cryptographic_length: Option<i32> = CRYPTOGRAPHIC_LENGTH,
        /// The hash inside.
        pub hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The kind of deterministic generator.
        pub drbg_algorithm: Option<DrbgAlgorithm> = DRBG_ALGORITHM,
        /// The curve inside.
        pub recommended_curve: Option<RecommendedCurve> = RECOMMENDED_CURVE,
        /// The variation of FIPS 186.
        pub fips186_variation: Option<Fips186Variation> = FIPS186_VARIATION,
        /// Whether it is reseeded for each request.
        pub prediction_resistance: Option<bool> = PREDICTION_RESISTANCE,
    }
}

ttlv_struct! {
    /// Why the object was deactivated. Since KMIP 3.0.
    pub struct DeactivationReason<'a> {
        /// The reason.
        pub code: DeactivationReasonCode = DEACTIVATION_REASON_CODE,
        /// A note for people.
        pub message: Option<&'a str> = DEACTIVATION_MESSAGE,
    }
}

either! {
    /// The other object of a link. KMIP 3.0 has an attribute for each kind of link in place of [`Link`].
    pub enum ObjectLink<'a> {
        /// By its identifier.
        Reference(Reference<'a>): Reference,
        /// By its name.
        Name(NameReference<'a>): NameReference,
        /// What an earlier item of the same batch has made or found.
        Enumerated(UniqueIdentifierPlaceholder): Enumeration,
        /// The object with this number, from 0, in the results of the batch so far; negative numbers count from the last.
        Index(i32): Integer,
    }
}

impl<'a> From<&'a str> for ObjectLink<'a> {
    /// By its identifier.
    fn from(identifier: &'a str) -> Self {
        Self::Reference(Reference(identifier))
    }
}
