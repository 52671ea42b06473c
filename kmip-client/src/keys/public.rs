//! Public keys: SubjectPublicKeyInfo, and conversions from and to other formats.

use std::fmt;

use der::asn1::BitStringRef;
use der::pem::LineEnding;
use der::{Decode, Encode};
use kmip_ttlv::enumeration::KeyFormatType;
use pkcs1::RsaPublicKeyRef;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pkcs8::{DecodePublicKey, EncodePublicKey};

use super::encoded::{EncodedKey, Half, Material};
use super::error::{KeyError, PUBLIC_KEY};
use super::kind::{KeyKind, LEN_25519};
use super::{inspect, pem, rsa};
use crate::protocol::operation::RegisterRequest;

/// A public key, held as SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
///
/// ```
/// use kmip_client::keys::{KeyKind, PublicKey};
///
/// let pem = "-----BEGIN PUBLIC KEY-----
/// MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
/// -----END PUBLIC KEY-----
/// ";
/// let key = PublicKey::from_pem(pem)?;
/// assert_eq!(key.kind(), KeyKind::Ed25519);
/// assert_eq!(key.to_public_key_pem()?, pem);
/// # Ok::<(), kmip_client::keys::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    der: Vec<u8>,
    /// The length of the key bytes at the end of the DER.
    len: usize,
}

impl PublicKey {
    /// Reads the public key of a PEM file: SubjectPublicKeyInfo (`PUBLIC KEY`), PKCS#1 (`RSA PUBLIC KEY`), or that of
    /// the first certificate.
    ///
    /// # Errors
    ///
    /// Fails if the input is not PEM, has no public key or several, or has one that is damaged or of an unknown
    /// algorithm.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::from_der(&*pem::public_key(pem.as_ref())?.der)
    }

    /// Reads a public key in DER: SubjectPublicKeyInfo, PKCS#1, or that of a certificate, as detected from the bytes.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are something else, or a key that is damaged or of an unknown algorithm.
    pub fn from_der(der: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let der = der.as_ref();
        let error = match SubjectPublicKeyInfoRef::from_der(der) {
            Ok(info) => return Self::from_info(&info),
            Err(error) => error,
        };
        if let Ok(key) = RsaPublicKeyRef::from_der(der) {
            return Self::from_rsa(&key);
        }
        if let Ok(certificate) = x509_cert::Certificate::from_der(der) {
            let info = certificate.tbs_certificate().subject_public_key_info().to_der();
            return Self::from_der(info.map_err(KeyError::damaged(PUBLIC_KEY))?);
        }
        match inspect::describe(der) {
            inspect::OTHER if der.first() == Some(&0x30) => Err(KeyError::damaged(PUBLIC_KEY)(error)),
            found => Err(KeyError::Other { expected: "a public key or certificate", found }),
        }
    }

    /// Converts from a key of a crate that writes SubjectPublicKeyInfo.
    ///
    /// # Errors
    ///
    /// Fails if the crate cannot encode the key, and with the errors of [`from_der`](Self::from_der).
    pub fn from_key(key: &impl EncodePublicKey) -> Result<Self, KeyError> {
        let der = key.to_public_key_der().map_err(|error| KeyError::Typed { problem: error.to_string() })?;
        Self::from_der(der.as_bytes())
    }

    /// Converts to a key of a crate that reads SubjectPublicKeyInfo: `rsa`, `p256`, `p384`, `p521`, `k256`,
    /// `ed25519-dalek` and others.
    ///
    /// # Errors
    ///
    /// Fails if the crate refuses the key, for example because it has another algorithm or curve.
    pub fn decode<K: DecodePublicKey>(&self) -> Result<K, KeyError> {
        K::from_public_key_der(&self.der).map_err(|error| KeyError::Typed { problem: error.to_string() })
    }

    /// Returns algorithm and size.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Returns the key as SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn to_public_key_der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the key as SubjectPublicKeyInfo in PEM (`PUBLIC KEY`).
    ///
    /// # Errors
    ///
    /// Fails for keys too long for PEM, of which none are known.
    pub fn to_public_key_pem(&self) -> Result<String, KeyError> {
        let text = der::pem::encode_string("PUBLIC KEY", LineEnding::LF, &self.der);
        text.map_err(|error| KeyError::damaged_because(PUBLIC_KEY, error.to_string()))
    }

    /// Returns the key without its algorithm: PKCS#1 for RSA, the point for EC, 32 bytes for Ed25519 and X25519.
    #[must_use]
    pub fn key_bytes(&self) -> &[u8] {
        &self.der[self.der.len() - self.len..]
    }

    /// Encodes the key in a format of KMIP: X.509, PKCS#1 (RSA), Raw (EC, Ed25519, X25519), Transparent RSA Public Key,
    /// Transparent EC, ECDSA, ECDH and ECMQV Public Key.
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::Format`] if keys of this kind do not have the format.
    pub fn encode(&self, format: KeyFormatType) -> Result<EncodedKey, KeyError> {
        let material = match (format, self.kind) {
            (KeyFormatType::X_509, _) => Material::bytes(&self.der),
            (KeyFormatType::PKCS_1, KeyKind::Rsa { .. }) => Material::bytes(self.key_bytes()),
            (KeyFormatType::RAW, KeyKind::Ec(_) | KeyKind::Ed25519 | KeyKind::X25519) => {
                Material::bytes(self.key_bytes())
            }
            (KeyFormatType::TRANSPARENT_RSA_PUBLIC_KEY, KeyKind::Rsa { .. }) => {
                let key = RsaPublicKeyRef::from_der(self.key_bytes()).map_err(KeyError::damaged(PUBLIC_KEY))?;
                Material::RsaPublic(rsa::public_numbers_of(&key))
            }
            (
                KeyFormatType::TRANSPARENT_EC_PUBLIC_KEY
                | KeyFormatType::TRANSPARENT_ECDSA_PUBLIC_KEY
                | KeyFormatType::TRANSPARENT_ECDH_PUBLIC_KEY
                | KeyFormatType::TRANSPARENT_ECMQV_PUBLIC_KEY,
                KeyKind::Ec(_) | KeyKind::X25519,
            ) => Material::EcPublic(self.key_bytes().to_vec()),
            _ => return Err(KeyError::Format { of: format!("{} {PUBLIC_KEY}", self.kind), format }),
        };
        Ok(EncodedKey::new(Half::Public, self.kind, format, material))
    }

    /// Returns a request that registers the key in the format X.509, for verification of signatures, or for key
    /// agreement in case of X25519.
    #[must_use]
    pub fn register(&self) -> RegisterRequest<'_> {
        super::encoded::request(Half::Public, self.kind, KeyFormatType::X_509, &self.der)
    }
}

/// Constructors from the parts of a key.
impl PublicKey {
    fn from_info(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Self, KeyError> {
        let bits = info.subject_public_key.as_bytes();
        let bits = bits.ok_or_else(|| KeyError::damaged_because(PUBLIC_KEY, "its bit string is not of whole bytes"))?;
        let kind = KeyKind::of(info.algorithm, || {
            let key = RsaPublicKeyRef::from_der(bits).map_err(KeyError::damaged(PUBLIC_KEY))?;
            Ok(rsa::bits(key.modulus.as_bytes()))
        })?;
        check_bits(kind, bits)?;
        Ok(Self { kind, der: info.to_der().map_err(KeyError::damaged(PUBLIC_KEY))?, len: bits.len() })
    }

    pub(super) fn from_rsa(key: &RsaPublicKeyRef<'_>) -> Result<Self, KeyError> {
        let kind = KeyKind::Rsa { bits: rsa::bits(key.modulus.as_bytes()) };
        Self::of(kind, &key.to_der().map_err(KeyError::damaged(PUBLIC_KEY))?)
    }

    /// Wraps key bytes in SubjectPublicKeyInfo.
    pub(super) fn of(kind: KeyKind, bits: &[u8]) -> Result<Self, KeyError> {
        check_bits(kind, bits)?;
        let subject_public_key = BitStringRef::from_bytes(bits).map_err(KeyError::damaged(PUBLIC_KEY))?;
        let info = SubjectPublicKeyInfoRef { algorithm: kind.identifier(), subject_public_key };
        Ok(Self { kind, der: info.to_der().map_err(KeyError::damaged(PUBLIC_KEY))?, len: bits.len() })
    }
}

/// Checks the form of a point, not whether it lies on the curve (SEC1, 2.3.3).
fn check_bits(kind: KeyKind, bits: &[u8]) -> Result<(), KeyError> {
    let fits = match kind {
        KeyKind::Rsa { .. } => true,
        KeyKind::Ec(curve) => match bits {
            [0x04, coordinates @ ..] => coordinates.len() == 2 * curve.bytes(),
            [0x02 | 0x03, coordinate @ ..] => coordinate.len() == curve.bytes(),
            _ => false,
        },
        KeyKind::Ed25519 | KeyKind::X25519 => bits.len() == LEN_25519,
    };
    if fits {
        Ok(())
    } else {
        Err(KeyError::damaged_because(PUBLIC_KEY, format!("{} bytes are no point of {kind}", bits.len())))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind)
    }
}

/// Supports APIs that accept any encodable key, such as the builders of `x509-cert`.
impl EncodePublicKey for PublicKey {
    fn to_public_key_der(&self) -> pkcs8::spki::Result<der::Document> {
        Ok(der::Document::try_from(self.der.as_slice())?)
    }
}
