//! Key material: bytes, or the numbers of a transparent key (KMIP 2.1, 3.4 to 3.12; KMIP 1.4, 2.1.7).

use kmip_ttlv::enumeration::{KeyFormatType, RecommendedCurve};
use kmip_ttlv::{BigInteger, Decode, Encode, Item, Reader, Result, Tag, Type, Writer, ttlv_struct};

use crate::protocol::Secret;

ttlv_struct! {
    #[compact]
    /// The bytes of a symmetric key, inside a structure (KMIP 2.1, 3.4).
    pub struct TransparentSymmetricKey<'a> {
        /// The key.
        pub key: Secret<'a> = KEY,
    }
}

ttlv_struct! {
    #[compact]
    /// The numbers of a DSA private key (KMIP 2.1, 3.5).
    pub struct TransparentDsaPrivateKey<'a> {
        /// The prime modulus.
        pub p: BigInteger<'a> = P,
        /// The prime divisor of P - 1.
        pub q: BigInteger<'a> = Q,
        /// The generator.
        pub g: BigInteger<'a> = G,
        /// The private value.
        pub x: BigInteger<'a> = X,
    }
}

ttlv_struct! {
    #[compact]
    /// The numbers of a DSA public key (KMIP 2.1, 3.6).
    pub struct TransparentDsaPublicKey<'a> {
        /// The prime modulus.
        pub p: BigInteger<'a> = P,
        /// The prime divisor of P - 1.
        pub q: BigInteger<'a> = Q,
        /// The generator.
        pub g: BigInteger<'a> = G,
        /// The public value.
        pub y: BigInteger<'a> = Y,
    }
}

ttlv_struct! {
    #[compact]
    /// The numbers of an RSA private key (KMIP 2.1, 3.7). At least one form of the private exponent is required.
    pub struct TransparentRsaPrivateKey<'a> {
        /// The modulus.
        pub modulus: BigInteger<'a> = MODULUS,
        /// The private exponent.
        pub private_exponent: Option<BigInteger<'a>> = PRIVATE_EXPONENT,
        /// The public exponent.
        pub public_exponent: Option<BigInteger<'a>> = PUBLIC_EXPONENT,
        /// The first prime.
        pub p: Option<BigInteger<'a>> = P,
        /// The second prime.
        pub q: Option<BigInteger<'a>> = Q,
        /// The private exponent modulo P - 1.
        pub prime_exponent_p: Option<BigInteger<'a>> = PRIME_EXPONENT_P,
        /// The private exponent modulo Q - 1.
        pub prime_exponent_q: Option<BigInteger<'a>> = PRIME_EXPONENT_Q,
        /// The inverse of Q modulo P.
        pub crt_coefficient: Option<BigInteger<'a>> = CRT_COEFFICIENT,
    }
}

ttlv_struct! {
    #[compact]
    /// The numbers of an RSA public key (KMIP 2.1, 3.8).
    pub struct TransparentRsaPublicKey<'a> {
        /// The modulus.
        pub modulus: BigInteger<'a> = MODULUS,
        /// The public exponent.
        pub public_exponent: BigInteger<'a> = PUBLIC_EXPONENT,
    }
}

ttlv_struct! {
    #[compact]
    /// The numbers of a Diffie-Hellman private key (KMIP 2.1, 3.9).
    pub struct TransparentDhPrivateKey<'a> {
        /// The prime modulus.
        pub p: BigInteger<'a> = P,
        /// The prime divisor of P - 1.
        pub q: Option<BigInteger<'a>> = Q,
        /// The generator.
        pub g: BigInteger<'a> = G,
        /// The cofactor.
        pub j: Option<BigInteger<'a>> = J,
        /// The private value.
        pub x: BigInteger<'a> = X,
    }
}

ttlv_struct! {
    #[compact]
    /// The numbers of a Diffie-Hellman public key (KMIP 2.1, 3.10).
    pub struct TransparentDhPublicKey<'a> {
        /// The prime modulus.
        pub p: BigInteger<'a> = P,
        /// The prime divisor of P - 1.
        pub q: Option<BigInteger<'a>> = Q,
        /// The generator.
        pub g: BigInteger<'a> = G,
        /// The cofactor.
        pub j: Option<BigInteger<'a>> = J,
        /// The public value.
        pub y: BigInteger<'a> = Y,
    }
}

ttlv_struct! {
    #[compact]
    /// Curve and number of an elliptic-curve private key (KMIP 2.1, 3.11). Since KMIP 1.3 for all uses; before, ECDSA,
    /// ECDH and ECMQV had one format each with the same content.
    pub struct TransparentEcPrivateKey<'a> {
        /// The curve.
        pub recommended_curve: RecommendedCurve = RECOMMENDED_CURVE,
        /// The private value.
        pub d: BigInteger<'a> = D,
    }
}

ttlv_struct! {
    #[compact]
    /// Curve and point of an elliptic-curve public key (KMIP 2.1, 3.12).
    pub struct TransparentEcPublicKey<'a> {
        /// The curve.
        pub recommended_curve: RecommendedCurve = RECOMMENDED_CURVE,
        /// The point, compressed or not.
        pub q_string: &'a [u8] = Q_STRING,
    }
}

/// One row for each transparent format: the variant, and the Key Format Types with its content.
macro_rules! materials {
    ($($(#[$meta:meta])* $variant:ident($ty:ty) = $($format:ident)|+;)*) => {
        /// The key itself, in the form given by the Key Format Type of its [`KeyBlock`](super::KeyBlock).
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum KeyMaterial<'a> {
            /// Raw, Opaque, PKCS#1, PKCS#8, X.509, EC Private Key, PKCS#12 and extensions: bytes.
            Bytes(Secret<'a>),
            $($(#[$meta])* $variant($ty),)*
            /// A structure of a format that this crate does not know, as received.
            Other(Item<'a>),
        }

        impl<'a> KeyMaterial<'a> {
            /// Decodes key material of this format.
            #[inline(always)]
            pub(super) fn decode_as(&mut self, format: KeyFormatType, reader: &mut Reader<'a>) -> Result<()> {
                match reader.peek_type() {
                    Some(Type::Structure) => *reader = self.decode_structure(format, reader.clone())?,
                    _ => *self = Self::Bytes(Secret::decode_next(reader, Tag::KEY_MATERIAL)?),
                }
                Ok(())
            }

            #[inline(never)]
            fn decode_structure(&mut self, format: KeyFormatType, mut reader: Reader<'a>) -> Result<Reader<'a>> {
                *self = match format {
                    $($(KeyFormatType::$format)|+ => Self::$variant(<$ty>::decode_next(&mut reader, Tag::KEY_MATERIAL)?),)*
                    _ => Self::Other(Item::decode_next(&mut reader, Tag::KEY_MATERIAL)?),
                };
                Ok(reader)
            }
        }

        #[cfg(feature = "arbitrary")]
        impl<'a> KeyMaterial<'a> {
            /// Makes the material of a key in this format out of any bytes.
            pub(in crate::protocol) fn generate(
                format: KeyFormatType,
                generator: &mut kmip_ttlv::arbitrary::Generator<'a>,
            ) -> Self {
                match format {
                    $($(KeyFormatType::$format)|+ => Self::$variant(generator.value(Tag::KEY_MATERIAL)),)*
                    _ if generator.once_in(16) => Self::Other(generator.value(Tag::KEY_MATERIAL)),
                    _ => Self::Bytes(generator.value(Tag::KEY_MATERIAL)),
                }
            }
        }

        impl Encode for KeyMaterial<'_> {
            #[inline]
            fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                match self {
                    Self::Bytes(bytes) => bytes.encode(tag, writer),
                    structure => structure.encode_structure(tag, writer),
                }
            }
        }

        impl KeyMaterial<'_> {
            #[inline(never)]
            fn encode_structure(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
                match self {
                    Self::Bytes(bytes) => bytes.encode(tag, writer),
                    $(Self::$variant(key) => key.encode(tag, writer),)*
                    Self::Other(item) => item.encode(tag, writer),
                }
            }
        }
    };
}

materials! {
    /// The bytes of a symmetric key, inside a structure.
    SymmetricKey(TransparentSymmetricKey<'a>) = TRANSPARENT_SYMMETRIC_KEY;
    /// A DSA private key.
    DsaPrivateKey(TransparentDsaPrivateKey<'a>) = TRANSPARENT_DSA_PRIVATE_KEY;
    /// A DSA public key.
    DsaPublicKey(TransparentDsaPublicKey<'a>) = TRANSPARENT_DSA_PUBLIC_KEY;
    /// An RSA private key.
    RsaPrivateKey(TransparentRsaPrivateKey<'a>) = TRANSPARENT_RSA_PRIVATE_KEY;
    /// An RSA public key.
    RsaPublicKey(TransparentRsaPublicKey<'a>) = TRANSPARENT_RSA_PUBLIC_KEY;
    /// A Diffie-Hellman private key.
    DhPrivateKey(TransparentDhPrivateKey<'a>) = TRANSPARENT_DH_PRIVATE_KEY;
    /// A Diffie-Hellman public key.
    DhPublicKey(TransparentDhPublicKey<'a>) = TRANSPARENT_DH_PUBLIC_KEY;
    /// An elliptic-curve private key.
    EcPrivateKey(TransparentEcPrivateKey<'a>) = TRANSPARENT_EC_PRIVATE_KEY
        | TRANSPARENT_ECDSA_PRIVATE_KEY | TRANSPARENT_ECDH_PRIVATE_KEY | TRANSPARENT_ECMQV_PRIVATE_KEY;
    /// An elliptic-curve public key.
    EcPublicKey(TransparentEcPublicKey<'a>) = TRANSPARENT_EC_PUBLIC_KEY
        | TRANSPARENT_ECDSA_PUBLIC_KEY | TRANSPARENT_ECDH_PUBLIC_KEY | TRANSPARENT_ECMQV_PUBLIC_KEY;
}

/// No bytes: the initial value of a field before decoding.
impl Default for KeyMaterial<'_> {
    #[inline]
    fn default() -> Self {
        Self::Bytes(Secret::default())
    }
}
