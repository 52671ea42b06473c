//! Structured attributes.

use kmip_ttlv::enumeration::{
    AlternativeNameType, BlockCipherMode, CryptographicAlgorithm, DeactivationReasonCode, DigitalSignatureAlgorithm,
    DrbgAlgorithm, Fips186Variation, HashingAlgorithm, KeyFormatType, KeyRoleType, KeyValueLocationType, LinkType,
    MaskGenerator, NameType, PaddingMethod, RecommendedCurve, RevocationReasonCode, RngAlgorithm, RotateNameType,
    UniqueIdentifierPlaceholder, UsageLimitsUnit,
};
use kmip_ttlv::{Decode, Encode, NameReference, Reader, Reference, Result, Tag, V1_2, V1_4, Writer, ttlv_struct};

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
        }

        impl<'a> From<&'a str> for $name<'a> {
            /// Creates an uninterpreted text name.
            fn from(value: &'a str) -> Self {
                Self { value, name_type: $type::UNINTERPRETED_TEXT_STRING }
            }
        }
    )*};
}

names! {
    /// A name of the object, chosen by a client and unique on the server (KMIP 2.1, 4.32).
    ///
    /// A structure up to KMIP 2.1; in 3.0 the text alone.
    Name(NameStructure, NAME_VALUE),
    /// The kind of name. KMIP 3.0 knows uninterpreted texts only.
    NameType = NAME_TYPE;

    /// The name of the newest key of a rotation (KMIP 2.1, 4.53).
    ///
    /// A structure in KMIP 2.1; in 3.0 the text alone.
    RotateName(RotateNameStructure, ROTATE_NAME_VALUE),
    /// The kind of name. KMIP 3.0 knows uninterpreted texts only.
    RotateNameType = ROTATE_NAME_TYPE;
}

ttlv_struct! {
    #[compact]
    /// The way in which a cryptographic operation uses the key (KMIP 2.1, 4.16). All fields are optional; the algorithm
    /// determines the ones that apply.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::CryptographicParameters;
    /// use kmip_client::protocol::operation::Encrypt;
    /// use kmip_client::ttlv::enumeration::{BlockCipherMode, CryptographicAlgorithm};
    ///
    /// let parameters = CryptographicParameters::default()
    ///     .cryptographic_algorithm(CryptographicAlgorithm::AES)
    ///     .block_cipher_mode(BlockCipherMode::CTR);
    /// let request = Encrypt::with("9dc02223", parameters, b"attack at dawn");
    /// # let _ = request;
    /// ```
    pub struct CryptographicParameters<'a> {
        /// The block cipher mode.
        pub block_cipher_mode: Option<BlockCipherMode> = BLOCK_CIPHER_MODE,
        /// The padding of the last block.
        pub padding_method: Option<PaddingMethod> = PADDING_METHOD,
        /// The hash of a signature, MAC or OAEP.
        pub hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The role of the key in payment systems.
        pub key_role_type: Option<KeyRoleType> = KEY_ROLE_TYPE,
        /// Signature scheme and hash in one value.
        pub digital_signature_algorithm: Option<DigitalSignatureAlgorithm> = DIGITAL_SIGNATURE_ALGORITHM in V1_2..,
        /// The algorithm.
        pub cryptographic_algorithm: Option<CryptographicAlgorithm> = CRYPTOGRAPHIC_ALGORITHM in V1_2..,
        /// `true` if the server chooses the IV.
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
        /// The initial value of the counter.
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
    #[compact]
    /// The parameters of a key pair besides its length (KMIP 2.1, 4.14).
    pub struct CryptographicDomainParameters {
        /// The length of Q in bits, for DSA and DH.
        pub qlength: Option<i32> = QLENGTH,
        /// The elliptic curve.
        pub recommended_curve: Option<RecommendedCurve> = RECOMMENDED_CURVE,
    }
}

ttlv_struct! {
    #[compact]
    /// Issuer and serial number of a certificate as text (KMIP 1.0, 3.9). Deprecated since 1.1.
    pub struct CertificateIdentifier<'a> {
        /// The distinguished name of the issuer.
        pub issuer: &'a str = ISSUER,
        /// The serial number; PGP certificates have none.
        pub serial_number: Option<&'a str> = SERIAL_NUMBER,
    }
}

ttlv_struct! {
    #[compact]
    /// The subject of a certificate as text (KMIP 1.0, 3.10). Deprecated since 1.1.
    pub struct CertificateSubject<'a> {
        /// The distinguished name; may be empty.
        pub distinguished_name: &'a str = CERTIFICATE_SUBJECT_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a str> = CERTIFICATE_SUBJECT_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    #[compact]
    /// The issuer of a certificate as text (KMIP 1.0, 3.11). Deprecated since 1.1.
    pub struct CertificateIssuer<'a> {
        /// The distinguished name.
        pub distinguished_name: &'a str = CERTIFICATE_ISSUER_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a str> = CERTIFICATE_ISSUER_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    #[compact]
    /// Issuer and serial number of an X.509 certificate, as DER (KMIP 2.1, 4.61).
    pub struct X509CertificateIdentifier<'a> {
        /// The distinguished name of the issuer.
        pub issuer_distinguished_name: &'a [u8] = ISSUER_DISTINGUISHED_NAME,
        /// The serial number.
        pub certificate_serial_number: &'a [u8] = CERTIFICATE_SERIAL_NUMBER,
    }
}

ttlv_struct! {
    #[compact]
    /// The subject of an X.509 certificate, as DER (KMIP 2.1, 4.63).
    pub struct X509CertificateSubject<'a> {
        /// The distinguished name; may be empty.
        pub distinguished_name: &'a [u8] = SUBJECT_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a [u8]> = SUBJECT_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    #[compact]
    /// The issuer of an X.509 certificate, as DER (KMIP 2.1, 4.62).
    pub struct X509CertificateIssuer<'a> {
        /// The distinguished name.
        pub distinguished_name: &'a [u8] = ISSUER_DISTINGUISHED_NAME,
        /// Other names.
        pub alternative_names: Vec<&'a [u8]> = ISSUER_ALTERNATIVE_NAME,
    }
}

ttlv_struct! {
    #[compact]
    /// A digest of the key or object, computed by the server (KMIP 2.1, 4.21).
    pub struct Digest<'a> {
        /// The hash.
        pub hashing_algorithm: HashingAlgorithm = HASHING_ALGORITHM,
        /// The digest; missing if the server does not have the bytes.
        pub digest_value: Option<&'a [u8]> = DIGEST_VALUE,
        /// The format of the key that was digested. KMIP 1.1 and later.
        pub key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
    }
}

ttlv_struct! {
    #[compact]
    /// The number of bytes or objects that the key may be used for (KMIP 2.1, 4.59).
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{AttributeValue, UsageLimits};
    /// use kmip_client::protocol::operation::Create;
    /// use kmip_client::ttlv::enumeration::UsageLimitsUnit;
    ///
    /// // A key for a million bytes.
    /// let limits = UsageLimits::new(1_000_000, UsageLimitsUnit::BYTE);
    /// let request = Create::aes(256).attribute(AttributeValue::UsageLimits(limits));
    /// # let _ = request;
    /// ```
    pub struct UsageLimits {
        /// The total amount granted.
        pub total: i64 = USAGE_LIMITS_TOTAL,
        /// The amount left. Templates and requests may leave it out.
        pub count: Option<i64> = USAGE_LIMITS_COUNT,
        /// The unit that is counted: bytes or objects.
        pub unit: UsageLimitsUnit = USAGE_LIMITS_UNIT,
    }
}

ttlv_struct! {
    #[compact]
    /// The reason for which the object was revoked (KMIP 2.1, 4.47).
    pub struct RevocationReason<'a> {
        /// The reason.
        pub code: RevocationReasonCode = REVOCATION_REASON_CODE,
        /// A note for humans.
        pub message: Option<&'a str> = REVOCATION_MESSAGE,
    }
}

ttlv_struct! {
    #[compact]
    /// A pointer to a related object (KMIP 2.1, 4.31). KMIP 3.0 has [`ObjectLink`] instead.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{AttributeValue, Link};
    /// use kmip_client::protocol::operation::AddAttribute;
    /// use kmip_client::ttlv::enumeration::LinkType;
    ///
    /// let link = Link::new(LinkType::REPLACEMENT_OBJECT_LINK, "the newer key");
    /// let request = AddAttribute::id("the older key", AttributeValue::Link(link));
    /// # let _ = request;
    /// ```
    pub struct Link<'a> {
        /// The relation of the linked object to this one.
        pub link_type: LinkType = LINK_TYPE,
        /// The other object.
        pub linked_object_identifier: Id<'a> = LINKED_OBJECT_IDENTIFIER,
    }
}

ttlv_struct! {
    #[compact]
    /// Data that an application keeps with the object (KMIP 2.1, 4.4).
    pub struct ApplicationSpecificInformation<'a> {
        /// The application that owns the data.
        pub application_namespace: &'a str = APPLICATION_NAMESPACE,
        /// The data; if missing, the server may generate it.
        pub application_data: Option<&'a str> = APPLICATION_DATA,
    }
}

ttlv_struct! {
    #[compact]
    /// Another name, which need not be unique (KMIP 2.1, 4.2).
    pub struct AlternativeName<'a> {
        /// The name itself.
        pub value: &'a str = ALTERNATIVE_NAME_VALUE,
        /// The kind of name.
        pub name_type: AlternativeNameType = ALTERNATIVE_NAME_TYPE,
    }
}

ttlv_struct! {
    #[compact]
    /// The location of the key when the server does not hold it (KMIP 2.1, 4.27).
    pub struct KeyValueLocation<'a> {
        /// The place.
        pub value: &'a str = KEY_VALUE_LOCATION_VALUE,
        /// The kind of location.
        pub location_type: KeyValueLocationType = KEY_VALUE_LOCATION_TYPE,
    }
}

ttlv_struct! {
    #[compact]
    /// A random number generator (KMIP 2.1, 7.36): the generator of the key, or one of the server.
    pub struct RngParameters {
        /// The kind of generator.
        pub rng_algorithm: RngAlgorithm = RNG_ALGORITHM,
        /// The cipher inside.
        pub cryptographic_algorithm: Option<CryptographicAlgorithm> = CRYPTOGRAPHIC_ALGORITHM,
        /// The length of the cipher's key in bits.
        pub cryptographic_length: Option<i32> = CRYPTOGRAPHIC_LENGTH,
        /// The hash inside.
        pub hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The kind of deterministic generator.
        pub drbg_algorithm: Option<DrbgAlgorithm> = DRBG_ALGORITHM,
        /// The curve inside.
        pub recommended_curve: Option<RecommendedCurve> = RECOMMENDED_CURVE,
        /// The variation of FIPS 186.
        pub fips186_variation: Option<Fips186Variation> = FIPS186_VARIATION,
        /// `true` if the generator is reseeded for each request.
        pub prediction_resistance: Option<bool> = PREDICTION_RESISTANCE,
    }
}

ttlv_struct! {
    #[compact]
    /// The reason for which the object was deactivated. Since KMIP 3.0.
    pub struct DeactivationReason<'a> {
        /// The reason.
        pub code: DeactivationReasonCode = DEACTIVATION_REASON_CODE,
        /// A note for humans.
        pub message: Option<&'a str> = DEACTIVATION_MESSAGE,
    }
}

either! {
    /// The other object of a link. KMIP 3.0 has one attribute for each kind of link instead of [`Link`].
    pub enum ObjectLink<'a> {
        /// Refers to the object by its identifier.
        Reference(Reference<'a>): Reference,
        /// The object with this name.
        Name(NameReference<'a>): NameReference,
        /// The object that an earlier item of the same batch has created or found.
        Enumerated(UniqueIdentifierPlaceholder): Enumeration,
        /// The object with this number in the results of the batch so far, from 0; negative numbers count from the
        /// last.
        Index(i32): Integer,
    }
}

impl<'a> From<&'a str> for ObjectLink<'a> {
    /// Refers to the object by its identifier.
    fn from(identifier: &'a str) -> Self {
        Self::Reference(Reference(identifier))
    }
}
