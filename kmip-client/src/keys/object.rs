//! Conversion of KMIP objects to keys, from any format.
//!
//! Labels are hints: servers label SubjectPublicKeyInfo as PKCS#8, and EC keys as ECDH. So the bytes determine the key,
//! and the label is checked against them. It is relied upon only for Raw, which has no structure.

use kmip_ttlv::enumeration::{CertificateType, CryptographicAlgorithm, KeyFormatType, SecretDataType, WrappingMethod};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use super::certificate::Certificate;
use super::description::Description;
use super::error::{CERTIFICATE, KeyError, PRIVATE_KEY, PUBLIC_KEY};
use super::kind::KeyKind;
use super::private::PrivateKey;
use super::public::PublicKey;
use super::secret::SecretKey;
use super::transparent;
use crate::protocol::object::{KeyBlock, KeyMaterial, KeyValue, Object, PlainKeyValue};

const SECRET: &str = "symmetric key or secret";

impl TryFrom<&Object<'_>> for SecretKey {
    type Error = KeyError;

    /// Copies the bytes of a symmetric key, or of another secret.
    fn try_from(object: &Object<'_>) -> Result<Self, KeyError> {
        let (block, secret_data_type) = match object {
            Object::SymmetricKey(key) => (&key.key_block, None),
            Object::SecretData(secret) => (&secret.key_block, Some(secret.secret_data_type)),
            other => return Err(KeyError::Kind { expected: SECRET, found: other.object_type() }),
        };
        secret(block, secret_data_type)
    }
}

impl TryFrom<&Object<'_>> for PrivateKey {
    type Error = KeyError;

    /// Reads a private key, in every format of KMIP except those of DSA and DH.
    fn try_from(object: &Object<'_>) -> Result<Self, KeyError> {
        private(object, Description::default())
    }
}

impl TryFrom<&Object<'_>> for PublicKey {
    type Error = KeyError;

    /// Reads a public key, in every format of KMIP except those of DSA and DH, or that of a certificate.
    fn try_from(object: &Object<'_>) -> Result<Self, KeyError> {
        public(object, Description::default())
    }
}

impl TryFrom<&Object<'_>> for Certificate {
    type Error = KeyError;

    /// Reads an X.509 certificate.
    fn try_from(object: &Object<'_>) -> Result<Self, KeyError> {
        match object {
            Object::Certificate(certificate) if certificate.certificate_type == CertificateType::X_509 => {
                Self::from_der(certificate.certificate_value)
            }
            Object::Certificate(_) => Err(KeyError::Other { expected: "an X.509 certificate", found: "one of PGP" }),
            other => Err(KeyError::Kind { expected: CERTIFICATE, found: other.object_type() }),
        }
    }
}

pub(super) fn secret(block: &KeyBlock<'_>, secret_data_type: Option<SecretDataType>) -> Result<SecretKey, KeyError> {
    let bytes = match (material(block)?, block.key_format_type) {
        (KeyMaterial::SymmetricKey(key), _) => key.key.expose(),
        (KeyMaterial::Bytes(bytes), KeyFormatType::RAW | KeyFormatType::OPAQUE) => bytes.expose(),
        (_, format) => return Err(KeyError::Format { of: SECRET.to_owned(), format }),
    };
    let is_key = secret_data_type.is_none();
    if let Some(bits) = block.cryptographic_length.filter(|_| is_key)
        && let Some(problem) = wrong_length(block.cryptographic_algorithm, bits, bytes.len())
    {
        return Err(KeyError::damaged_because(SECRET, problem));
    }
    let bytes = Zeroizing::new(bytes.to_vec());
    Ok(SecretKey { algorithm: block.cryptographic_algorithm, secret_data_type, bytes })
}

/// Describes a wrong length of a symmetric key. The stated length of DES may include parity bits or not, so both are
/// accepted.
fn wrong_length(algorithm: Option<CryptographicAlgorithm>, bits: i32, bytes: usize) -> Option<String> {
    let said = usize::try_from(bits).ok()?;
    let with_parity = matches!(algorithm, Some(CryptographicAlgorithm::DES | CryptographicAlgorithm::DES3));
    let fits = 8 * bytes == said.next_multiple_of(8) || (with_parity && 7 * bytes == said);
    (!fits).then(|| format!("it has {bytes} bytes, and is said to have {bits} bits"))
}

/// Reads a private key, given the description in the attributes of the object.
pub(crate) fn private(object: &Object<'_>, attributes: Description) -> Result<PrivateKey, KeyError> {
    let Object::PrivateKey(key) = object else {
        return Err(KeyError::Kind { expected: PRIVATE_KEY, found: object.object_type() });
    };
    let description = Description::of(&key.key_block).with(attributes);
    let read = match (material(&key.key_block)?, key.key_block.key_format_type) {
        (KeyMaterial::Bytes(bytes), KeyFormatType::RAW) => match PrivateKey::from_der(bytes.expose()) {
            Ok(key) => key,
            Err(_) => raw_private(description.kind_of_raw(PRIVATE_KEY)?, bytes.expose())?,
        },
        (KeyMaterial::Bytes(bytes), _) => private_in_der(description, bytes.expose())?,
        (KeyMaterial::RsaPrivateKey(numbers), _) => transparent::rsa_private(numbers)?,
        (KeyMaterial::EcPrivateKey(key), _) => transparent::ec_private(description, key)?,
        (_, format) => return Err(KeyError::Format { of: PRIVATE_KEY.to_owned(), format }),
    };
    read.kind().check_label(description.algorithm, description.length)?;
    Ok(read)
}

/// Reads DER. The curve of SEC1 may be in the description.
fn private_in_der(description: Description, der: &[u8]) -> Result<PrivateKey, KeyError> {
    match (PrivateKey::from_der(der), <EcPrivateKey<'_> as der::Decode<'_>>::from_der(der)) {
        (Err(KeyError::AmbiguousCurve), Ok(key)) => match description.kind_of_raw(PRIVATE_KEY)? {
            KeyKind::Ec(curve) => PrivateKey::from_sec1(&key, Some(curve)),
            kind => Err(KeyError::Label { label: "an ECPrivateKey".to_owned(), found: kind }),
        },
        (read, _) => read,
    }
}

fn raw_private(kind: KeyKind, bytes: &[u8]) -> Result<PrivateKey, KeyError> {
    match kind {
        KeyKind::Ec(curve) => PrivateKey::from_scalar(curve, bytes, None),
        kind => PrivateKey::from_seed(kind, bytes),
    }
}

/// Reads a public key, given the description in the attributes of the object.
pub(crate) fn public(object: &Object<'_>, attributes: Description) -> Result<PublicKey, KeyError> {
    let block = match object {
        Object::PublicKey(key) => &key.key_block,
        Object::Certificate(_) => return Certificate::try_from(object)?.public_key().cloned(),
        other => return Err(KeyError::Kind { expected: "public key or certificate", found: other.object_type() }),
    };
    let description = Description::of(block).with(attributes);
    let read = match (material(block)?, block.key_format_type) {
        (KeyMaterial::Bytes(bytes), KeyFormatType::RAW) => match PublicKey::from_der(bytes.expose()) {
            Ok(key) => key,
            Err(_) => PublicKey::of(description.kind_of_raw(PUBLIC_KEY)?, bytes.expose())?,
        },
        (KeyMaterial::Bytes(bytes), _) => PublicKey::from_der(bytes.expose())?,
        (KeyMaterial::RsaPublicKey(numbers), _) => transparent::rsa_public(numbers)?,
        (KeyMaterial::EcPublicKey(key), _) => transparent::ec_public(description, key)?,
        (_, format) => return Err(KeyError::Format { of: PUBLIC_KEY.to_owned(), format }),
    };
    read.kind().check_label(description.algorithm, description.length)?;
    Ok(read)
}

/// Returns the key material, if present and not wrapped.
fn material<'b, 'a>(block: &'b KeyBlock<'a>) -> Result<&'b KeyMaterial<'a>, KeyError> {
    match (&block.key_wrapping_data, &block.key_value) {
        (Some(wrapping), _) if wrapping.wrapping_method != WrappingMethod::MAC_SIGN => {
            let by = wrapping.encryption_key_information.as_ref();
            let mode = by.and_then(|by| by.cryptographic_parameters.as_ref()?.block_cipher_mode);
            let by = by.map(|by| by.unique_identifier.to_string());
            Err(KeyError::Wrapped { method: wrapping.wrapping_method, mode, by })
        }
        (_, None) => Err(KeyError::Absent),
        (_, Some(KeyValue::Wrapped(_))) => {
            Err(KeyError::Wrapped { method: WrappingMethod::ENCRYPT, mode: None, by: None })
        }
        (_, Some(KeyValue::Plain(PlainKeyValue { key_material, .. }))) => Ok(key_material),
    }
}
