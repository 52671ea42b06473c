//! Keys in the formats of KMIP, and the requests that register them.

use std::fmt;
use std::ops::Range;

use kmip_ttlv::BigInteger;
use kmip_ttlv::enumeration::{CryptographicUsageMask, KeyFormatType};
use zeroize::Zeroizing;

use super::kind::KeyKind;
use crate::protocol::Secret;
use crate::protocol::attribute::{AttributeValue, CryptographicDomainParameters};
use crate::protocol::object::{
    KeyBlock, KeyMaterial, KeyValue, Object, PlainKeyValue, PrivateKey, PublicKey, TransparentEcPrivateKey,
    TransparentEcPublicKey, TransparentRsaPrivateKey, TransparentRsaPublicKey,
};
use crate::protocol::operation::{Register, RegisterRequest};

/// The half of a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Private,
    Public,
}

/// A private or public key in a format of KMIP, wiped when it drops.
///
/// ```
/// use kmip_client::keys::PrivateKey;
/// use kmip_ttlv::enumeration::KeyFormatType;
///
/// # let pem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\nOF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n-----END PRIVATE KEY-----\n";
/// let raw = PrivateKey::from_pem(pem)?.encode(KeyFormatType::RAW)?;
/// assert_eq!(raw.bytes().map(<[u8]>::len), Some(32));
/// let request = raw.register().name("web"); // names the curve too
/// # let _ = request;
/// # Ok::<(), kmip_client::keys::KeyError>(())
/// ```
pub struct EncodedKey {
    half: Half,
    kind: KeyKind,
    format: KeyFormatType,
    material: Material,
}

/// The contents of the key.
pub(super) enum Material {
    Bytes(Zeroizing<Vec<u8>>),
    /// Modulus, private exponent, public exponent, P, Q, the exponents modulo P - 1 and Q - 1, the inverse of Q.
    RsaPrivate(Numbers),
    /// Modulus, public exponent.
    RsaPublic(Numbers),
    /// The private value.
    EcPrivate(Numbers),
    /// The point.
    EcPublic(Vec<u8>),
}

impl Material {
    pub(super) fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Zeroizing::new(bytes.to_vec()))
    }

    pub(super) fn ec_private(value: &[u8]) -> Self {
        Self::EcPrivate(Numbers::new(&[value]))
    }
}

/// Positive integers in the form of KMIP: a zero precedes a leading bit that would be taken for a sign.
pub(super) struct Numbers {
    buffer: Zeroizing<Vec<u8>>,
    places: Vec<Range<usize>>,
}

impl Numbers {
    pub(super) fn new(magnitudes: &[&[u8]]) -> Self {
        // One allocation, because growing would leave copies behind.
        let room = magnitudes.iter().map(|number| 1 + number.len()).sum();
        let mut buffer = Zeroizing::new(Vec::with_capacity(room));
        let mut places = Vec::with_capacity(magnitudes.len());
        for number in magnitudes {
            let start = buffer.len();
            if number.first().is_none_or(|first| first & 0x80 != 0) {
                buffer.push(0);
            }
            buffer.extend_from_slice(number);
            places.push(start..buffer.len());
        }
        Self { buffer, places }
    }

    fn get(&self, index: usize) -> BigInteger<'_> {
        BigInteger::new(&self.buffer[self.places[index].clone()])
    }
}

impl EncodedKey {
    pub(super) const fn new(half: Half, kind: KeyKind, format: KeyFormatType, material: Material) -> Self {
        Self { half, kind, format, material }
    }

    /// Returns the format.
    #[must_use]
    pub const fn format(&self) -> KeyFormatType {
        self.format
    }

    /// Returns the bytes; `None` for the transparent formats, which are numbers.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.material {
            Material::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the object of KMIP.
    #[must_use]
    pub fn object(&self) -> Object<'_> {
        let curve = || self.kind.recommended_curve().unwrap_or_default();
        object(
            self.half,
            self.kind,
            self.format,
            match &self.material {
                Material::Bytes(bytes) => KeyMaterial::Bytes(Secret::new(bytes)),
                Material::RsaPrivate(numbers) => KeyMaterial::RsaPrivateKey(TransparentRsaPrivateKey {
                    modulus: numbers.get(0),
                    private_exponent: Some(numbers.get(1)),
                    public_exponent: Some(numbers.get(2)),
                    p: Some(numbers.get(3)),
                    q: Some(numbers.get(4)),
                    prime_exponent_p: Some(numbers.get(5)),
                    prime_exponent_q: Some(numbers.get(6)),
                    crt_coefficient: Some(numbers.get(7)),
                }),
                Material::RsaPublic(numbers) => KeyMaterial::RsaPublicKey(TransparentRsaPublicKey {
                    modulus: numbers.get(0),
                    public_exponent: numbers.get(1),
                }),
                Material::EcPrivate(numbers) => {
                    KeyMaterial::EcPrivateKey(TransparentEcPrivateKey { recommended_curve: curve(), d: numbers.get(0) })
                }
                Material::EcPublic(point) => {
                    KeyMaterial::EcPublicKey(TransparentEcPublicKey { recommended_curve: curve(), q_string: point })
                }
            },
        )
    }

    /// Returns a request that registers the key in this format. For Raw it states the curve, which the bytes do not.
    #[must_use]
    pub fn register(&self) -> RegisterRequest<'_> {
        registered(self.half, self.kind, self.format, self.object())
    }
}

impl fmt::Debug for EncodedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodedKey({:?}, {}, {})", self.half, self.kind, self.format)
    }
}

/// Returns a request that registers a key whose format consists of bytes.
pub(super) fn request(half: Half, kind: KeyKind, format: KeyFormatType, bytes: &[u8]) -> RegisterRequest<'_> {
    registered(half, kind, format, object(half, kind, format, KeyMaterial::Bytes(Secret::new(bytes))))
}

fn object(half: Half, kind: KeyKind, format: KeyFormatType, key_material: KeyMaterial<'_>) -> Object<'_> {
    let key_block = KeyBlock {
        key_format_type: format,
        key_value: Some(KeyValue::Plain(PlainKeyValue { key_material, attributes: None })),
        cryptographic_algorithm: Some(kind.algorithm()),
        cryptographic_length: Some(kind.bits()),
        ..KeyBlock::default()
    };
    match half {
        Half::Private => Object::PrivateKey(PrivateKey { key_block }),
        Half::Public => Object::PublicKey(PublicKey { key_block }),
    }
}

fn registered(half: Half, kind: KeyKind, format: KeyFormatType, object: Object<'_>) -> RegisterRequest<'_> {
    let request = Register::object(object).usage(match (kind, half) {
        (KeyKind::X25519, _) => CryptographicUsageMask::KEY_AGREEMENT,
        (_, Half::Private) => CryptographicUsageMask::SIGN,
        (_, Half::Public) => CryptographicUsageMask::VERIFY,
    });
    // The other formats state the curve, as does the algorithm Ed25519, and PyKMIP cannot decode the attribute.
    match kind.recommended_curve().filter(|_| format == KeyFormatType::RAW && kind != KeyKind::Ed25519) {
        Some(curve) => {
            request.attribute(AttributeValue::CryptographicDomainParameters(CryptographicDomainParameters {
                qlength: None,
                recommended_curve: Some(curve),
            }))
        }
        None => request,
    }
}
