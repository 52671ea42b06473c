//! Recognition of unexpected bytes, for error messages.

use der::asn1::OctetStringRef;
use der::{Decode, Reader, SliceReader};
use pkcs1::{RsaPrivateKeyRef, RsaPublicKeyRef};
use pkcs8::PrivateKeyInfoRef;
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use sec1::EcPrivateKey;

pub(super) const ENCRYPTED_KEY: &str = "an encrypted private key";
pub(super) const OTHER: &str = "in no format that is known";

/// Describes the bytes.
pub(super) fn describe(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "none at all",
        _ if bytes.trim_ascii_start().starts_with(b"-----BEGIN ") => "PEM text (use the method for PEM)",
        _ if PrivateKeyInfoRef::from_der(bytes).is_ok() => "a private key (PKCS#8)",
        _ if RsaPrivateKeyRef::from_der(bytes).is_ok() => "a private key (PKCS#1)",
        _ if EcPrivateKey::from_der(bytes).is_ok() => "a private key (SEC1)",
        _ if SubjectPublicKeyInfoRef::from_der(bytes).is_ok() => "a public key (SubjectPublicKeyInfo)",
        _ if RsaPublicKeyRef::from_der(bytes).is_ok() => "a public key (PKCS#1)",
        _ if x509_cert::Certificate::from_der(bytes).is_ok() => "a certificate",
        _ if is_encrypted(bytes) => ENCRYPTED_KEY,
        _ => OTHER,
    }
}

/// Returns `true` for `EncryptedPrivateKeyInfo` (RFC 5208, 6): an algorithm and an octet string.
fn is_encrypted(bytes: &[u8]) -> bool {
    let Ok(mut reader) = SliceReader::new(bytes) else { return false };
    let read = reader.sequence(|reader| {
        AlgorithmIdentifierRef::decode(reader)?;
        <&OctetStringRef>::decode(reader)
    });
    read.is_ok()
}
