//! Private keys: PKCS#8, and conversions from and to other formats.

use std::fmt;

use der::asn1::{BitStringRef, OctetStringRef};
use der::pem::LineEnding;
use der::{Decode, Encode};
use kmip_ttlv::enumeration::KeyFormatType;
use pkcs1::RsaPrivateKeyRef;
use pkcs8::{DecodePrivateKey, EncodePrivateKey, PrivateKeyInfoRef};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use super::encoded::{EncodedKey, Half, Material};
use super::error::{KeyError, PRIVATE_KEY};
use super::kind::{Curve, KeyKind, LEN_25519};
use super::public::PublicKey;
use super::{inspect, pem, rsa};
use crate::protocol::operation::RegisterRequest;

/// A private key, stored as PKCS#8 and wiped on drop.
///
/// `Debug` prints algorithm and size.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// # use kmip_client::{blocking::Client, test_server::TestServer};
/// use kmip_client::keys::{Curve, KeyKind, PrivateKey};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let kms = Client::connect(&TestServer::start().config())?;
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// # let pem = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\nOF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G\n-----END PRIVATE KEY-----\n";
/// let key = PrivateKey::from_pem(pem)?; // PKCS#8, PKCS#1 or SEC1
/// assert_eq!(key.kind(), KeyKind::Ec(Curve::P256));
/// let id = kms.call(&key.register().name("web"))?.payload().unique_identifier.to_string();
///
/// let fetched = kms.private_key(&id)?;
/// assert_eq!(fetched.to_pkcs8_der(), key.to_pkcs8_der());
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Clone)]
pub struct PrivateKey {
    kind: KeyKind,
    der: Zeroizing<Vec<u8>>,
    public: Option<PublicKey>,
}

impl PrivateKey {
    /// Reads the private key of a PEM file: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE
    /// KEY`).
    ///
    /// Certificates, public keys and `EC PARAMETERS` in the same file are skipped.
    ///
    /// # Errors
    ///
    /// Fails if the input is not PEM, has no private key or several, or has one that is encrypted, damaged, or of an
    /// unknown algorithm.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let block = pem::private_key(pem.as_ref())?;
        match block.encrypted_form() {
            Some(_) => Err(KeyError::Encrypted),
            None => Self::from_der(&block.der),
        }
    }

    /// Reads a private key in DER: PKCS#8, PKCS#1 or SEC1, as detected from the bytes.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are something else, or a key that is encrypted, damaged, or of an unknown algorithm.
    pub fn from_der(der: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let der = der.as_ref();
        let error = match PrivateKeyInfoRef::from_der(der) {
            Ok(info) => return Self::from_info(&info),
            Err(error) => error,
        };
        if let Ok(key) = RsaPrivateKeyRef::from_der(der) {
            return Self::from_rsa(&key);
        }
        if let Ok(key) = EcPrivateKey::from_der(der) {
            return Self::from_sec1(&key, None);
        }
        match inspect::describe(der) {
            inspect::ENCRYPTED_KEY => Err(KeyError::Encrypted),
            inspect::OTHER if der.first() == Some(&0x30) => Err(KeyError::damaged(PRIVATE_KEY)(error)),
            found => Err(KeyError::Other { expected: "a private key", found }),
        }
    }

    /// Converts from a key of a crate that writes PKCS#8: `rsa`, `p256`, `p384`, `p521`, `k256`, `ed25519-dalek` and
    /// others.
    ///
    /// # Errors
    ///
    /// Fails if the crate cannot encode the key, and with the errors of [`from_der`](Self::from_der).
    pub fn from_key(key: &impl EncodePrivateKey) -> Result<Self, KeyError> {
        let der = key.to_pkcs8_der().map_err(|error| KeyError::Typed { problem: error.to_string() })?;
        Self::from_der(der.as_bytes())
    }

    /// Converts to a key of a crate that reads PKCS#8: `rsa`, `p256`, `p384`, `p521`, `k256`, `ed25519-dalek` and
    /// others.
    ///
    /// # Errors
    ///
    /// Fails if the crate refuses the key, for example because it has another algorithm or curve.
    pub fn decode<K: DecodePrivateKey>(&self) -> Result<K, KeyError> {
        K::from_pkcs8_der(&self.der).map_err(|error| KeyError::Typed { problem: error.to_string() })
    }

    /// Returns algorithm and size.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Returns the public half, if the bytes include it: RSA keys always do, EC keys usually, Ed25519 and X25519 keys
    /// rarely.
    #[must_use]
    pub const fn public_key(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// Returns the key with its public half. For P-256 and the like it is stored inside the PKCS#8, which *ring*
    /// requires; for Ed25519 and X25519 beside it, because OpenSSL 3.0 refuses it inside.
    ///
    /// Checks that both halves have the same algorithm and curve, but not that they belong together.
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::NoPair`] if the public key has another kind.
    pub fn with_public_key(self, public: &PublicKey) -> Result<Self, KeyError> {
        if public.kind() != self.kind {
            return Err(KeyError::NoPair { public: public.kind(), private: self.kind });
        }
        match self.kind {
            KeyKind::Rsa { .. } => Ok(self),
            KeyKind::Ec(curve) => {
                let info = self.info()?;
                let key =
                    EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(KeyError::damaged(PRIVATE_KEY))?;
                Self::from_scalar(curve, key.private_key, Some(public.key_bytes()))
            }
            KeyKind::Ed25519 | KeyKind::X25519 => Ok(Self { public: Some(public.clone()), ..self }),
        }
    }

    /// Returns the key as PKCS#8 in DER.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the key as PKCS#8 in PEM (`PRIVATE KEY`), in text that is wiped on drop.
    ///
    /// # Errors
    ///
    /// Fails for keys too long for PEM, of which none are known.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let text = der::pem::encode_string("PRIVATE KEY", LineEnding::LF, &self.der);
        text.map(Zeroizing::new).map_err(|error| KeyError::damaged_because(PRIVATE_KEY, error.to_string()))
    }

    /// Encodes the key in a format of KMIP: PKCS#8, PKCS#1 (RSA), ECPrivateKey (EC), Raw (EC, Ed25519, X25519),
    /// Transparent RSA Private Key, Transparent EC, ECDSA, ECDH and ECMQV Private Key.
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::Format`] if keys of this kind do not have the format.
    pub fn encode(&self, format: KeyFormatType) -> Result<EncodedKey, KeyError> {
        let info = self.info()?;
        let inner = info.private_key.as_bytes();
        let ec = || EcPrivateKey::from_der(inner).map_err(KeyError::damaged(PRIVATE_KEY));
        let material = match (format, self.kind) {
            (KeyFormatType::PKCS_8, _) => Material::Bytes(self.der.clone()),
            (KeyFormatType::PKCS_1, KeyKind::Rsa { .. }) => Material::bytes(inner),
            (KeyFormatType::EC_PRIVATE_KEY, KeyKind::Ec(curve)) => {
                let parameters = Some(sec1::EcParameters::NamedCurve(*curve.oid()));
                Material::Bytes(to_der(&EcPrivateKey { parameters, ..ec()? })?)
            }
            (KeyFormatType::RAW, KeyKind::Ec(_)) => Material::bytes(ec()?.private_key),
            (KeyFormatType::RAW, KeyKind::Ed25519 | KeyKind::X25519) => Material::bytes(seed(inner)?),
            (KeyFormatType::TRANSPARENT_RSA_PRIVATE_KEY, KeyKind::Rsa { .. }) => {
                let key = RsaPrivateKeyRef::from_der(inner).map_err(KeyError::damaged(PRIVATE_KEY))?;
                Material::RsaPrivate(rsa::numbers_of(&key))
            }
            (
                KeyFormatType::TRANSPARENT_EC_PRIVATE_KEY
                | KeyFormatType::TRANSPARENT_ECDSA_PRIVATE_KEY
                | KeyFormatType::TRANSPARENT_ECDH_PRIVATE_KEY
                | KeyFormatType::TRANSPARENT_ECMQV_PRIVATE_KEY,
                KeyKind::Ec(_) | KeyKind::X25519,
            ) => Material::ec_private(match self.kind {
                KeyKind::Ec(_) => ec()?.private_key,
                _ => seed(inner)?,
            }),
            _ => return Err(KeyError::Format { of: format!("{} {PRIVATE_KEY}", self.kind), format }),
        };
        Ok(EncodedKey::new(Half::Private, self.kind, format, material))
    }

    /// Returns a request that registers the key as PKCS#8, for signing, or for key agreement in case of X25519. Name
    /// and other attributes can be added to the request, and [`usage`](RegisterRequest::usage) sets another use.
    #[must_use]
    pub fn register(&self) -> RegisterRequest<'_> {
        super::encoded::request(Half::Private, self.kind, KeyFormatType::PKCS_8, &self.der)
    }

    fn info(&self) -> Result<PrivateKeyInfoRef<'_>, KeyError> {
        PrivateKeyInfoRef::from_der(&self.der).map_err(KeyError::damaged(PRIVATE_KEY))
    }
}

/// Constructors from the parts of a key.
impl PrivateKey {
    fn from_info(info: &PrivateKeyInfoRef<'_>) -> Result<Self, KeyError> {
        let inner = info.private_key.as_bytes();
        let rsa = || RsaPrivateKeyRef::from_der(inner).map_err(KeyError::damaged(PRIVATE_KEY));
        let kind = KeyKind::of(info.algorithm, || Ok(rsa::bits(rsa()?.modulus.as_bytes())))?;
        let mut public = None;
        match kind {
            KeyKind::Rsa { .. } => public = Some(PublicKey::from_rsa(&rsa()?.public_key())?),
            KeyKind::Ec(curve) => {
                let key = EcPrivateKey::from_der(inner).map_err(KeyError::damaged(PRIVATE_KEY))?;
                if key.private_key.len() != curve.bytes() {
                    return Self::from_sec1(&key, Some(curve));
                }
                public = key.public_key.map(|point| PublicKey::of(kind, point)).transpose()?;
            }
            KeyKind::Ed25519 | KeyKind::X25519 => {
                seed(inner)?;
            }
        }
        if let (None, Some(bits)) = (&public, info.public_key.as_ref().and_then(BitStringRef::as_bytes)) {
            public = Some(PublicKey::of(kind, bits)?);
        }
        // Stored without the public half of version 2 (RFC 5958), which OpenSSL 3.0 does not read. It is kept in a
        // field of its own.
        Ok(Self { kind, der: to_der(&PrivateKeyInfoRef { public_key: None, ..info.clone() })?, public })
    }

    pub(super) fn from_rsa(key: &RsaPrivateKeyRef<'_>) -> Result<Self, KeyError> {
        let kind = KeyKind::Rsa { bits: rsa::bits(key.modulus.as_bytes()) };
        Self::around(kind, &to_der(key)?, Some(PublicKey::from_rsa(&key.public_key())?))
    }

    /// Reads SEC1, which may omit its curve if the context states it.
    pub(super) fn from_sec1(key: &EcPrivateKey<'_>, around: Option<Curve>) -> Result<Self, KeyError> {
        let own = key.parameters.as_ref().and_then(|curve| curve.named_curve()).map(Curve::of_oid).transpose()?;
        Self::from_scalar(own.or(around).ok_or(KeyError::AmbiguousCurve)?, key.private_key, key.public_key)
    }

    /// Creates a key from the private value on an elliptic curve, with or without leading zeros.
    pub(super) fn from_scalar(curve: Curve, value: &[u8], point: Option<&[u8]>) -> Result<Self, KeyError> {
        let padded = left_padded(value, curve.bytes())
            .ok_or_else(|| KeyError::CurveLabel { label: curve.recommended().to_string() })?;
        let key = EcPrivateKey { private_key: &padded, parameters: None, public_key: point };
        let public = point.map(|point| PublicKey::of(KeyKind::Ec(curve), point)).transpose()?;
        Self::around(KeyKind::Ec(curve), &to_der(&key)?, public)
    }

    /// Creates a key from the private value on Curve25519.
    pub(super) fn from_seed(kind: KeyKind, value: &[u8]) -> Result<Self, KeyError> {
        if value.len() != LEN_25519 {
            let problem = format!("a key for {kind} has {LEN_25519} bytes, not {}", value.len());
            return Err(KeyError::damaged_because(PRIVATE_KEY, problem));
        }
        let inner = OctetStringRef::new(value).map_err(KeyError::damaged(PRIVATE_KEY))?;
        Self::around(kind, &to_der(&inner)?, None)
    }

    /// Wraps a key in PKCS#8.
    fn around(kind: KeyKind, inner: &[u8], public: Option<PublicKey>) -> Result<Self, KeyError> {
        let inner = OctetStringRef::new(inner).map_err(KeyError::damaged(PRIVATE_KEY))?;
        let der = to_der(&PrivateKeyInfoRef::new(kind.identifier(), inner))?;
        Ok(Self { kind, der, public })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.kind)
    }
}

/// Encodes into a buffer of the exact size, which is wiped.
fn to_der(value: &impl Encode) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    value.to_der().map(Zeroizing::new).map_err(KeyError::damaged(PRIVATE_KEY))
}

/// Reads `CurvePrivateKey` (RFC 8410, 7).
fn seed(inner: &[u8]) -> Result<&[u8], KeyError> {
    let seed = <&OctetStringRef>::from_der(inner).map_err(KeyError::damaged(PRIVATE_KEY))?.as_bytes();
    match seed.len() {
        LEN_25519 => Ok(seed),
        other => Err(KeyError::damaged_because(PRIVATE_KEY, format!("it has {other} bytes in place of {LEN_25519}"))),
    }
}

/// Returns the number with leading zeros, so that it has this length; `None` if it is longer.
pub(super) fn left_padded(number: &[u8], len: usize) -> Option<Zeroizing<Vec<u8>>> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = &number[zeros..];
    let mut padded = Zeroizing::new(vec![0; len]);
    let start = len.checked_sub(number.len())?;
    padded[start..].copy_from_slice(number);
    Some(padded)
}
