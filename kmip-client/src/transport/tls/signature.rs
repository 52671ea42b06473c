//! Handshake signatures, by which a server proves that it has the key of its certificate.

use rustls::{
    CertificateError, DigitallySignedStruct, Error,
    client::danger::HandshakeSignatureValid,
    crypto::{
        WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key,
    },
    pki_types::{CertificateDer, SubjectPublicKeyInfoDer},
};
use webpki::{EndEntityCert, RawPublicKeyEntity};

use super::certificate::CertificateFields;

/// Verifies a TLS 1.2 signature. webpki need not be able to parse the certificate, only its key: a pinned one may be
/// X.509 version 1, or have unknown critical extensions.
pub(super) fn verify_tls12(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let Some(public_key) = key_of_unreadable(certificate) else {
        return verify_tls12_signature(message, certificate, signature, algorithms);
    };
    let bad = || Error::InvalidCertificate(CertificateError::BadSignature);
    let key = RawPublicKeyEntity::try_from(&public_key).map_err(|_| bad())?;
    let verifiers = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signature.scheme);
    // In TLS 1.2 a scheme covers any curve.
    let mut verifiers = verifiers.flat_map(|(_, verifiers)| verifiers.iter());
    let valid = verifiers.any(|verifier| key.verify_signature(*verifier, message, signature.signature()).is_ok());
    valid.then(HandshakeSignatureValid::assertion).ok_or_else(bad)
}

/// Verifies a TLS 1.3 signature, like [`verify_tls12`].
pub(super) fn verify_tls13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    match key_of_unreadable(certificate) {
        Some(public_key) => verify_tls13_signature_with_raw_key(message, &public_key, signature, algorithms),
        None => verify_tls13_signature(message, certificate, signature, algorithms),
    }
}

/// Returns the public key of a certificate that webpki cannot parse.
fn key_of_unreadable<'a>(certificate: &'a CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'a>> {
    match EndEntityCert::try_from(certificate) {
        Ok(_) => None,
        Err(_) => CertificateFields::read(certificate).map(|facts| SubjectPublicKeyInfoDer::from(facts.public_key)),
    }
}
