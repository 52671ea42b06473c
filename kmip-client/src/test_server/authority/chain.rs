//! Certificate chains: signatures, and trust anchors.

use kmip_ttlv::DateTime;
use kmip_ttlv::enumeration::ValidityIndicator;
use x509_cert::Certificate;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::config::provider;

/// Returns the combined validity of certificates in DER at a time, given the trusted certificates.
pub(in crate::test_server) fn validity(ders: &[Vec<u8>], trusted: &[Vec<u8>], at: DateTime) -> ValidityIndicator {
    let mut left = Vec::with_capacity(ders.len());
    for der in ders {
        match Certificate::from_der(der) {
            Ok(certificate) if is_timely(&certificate, at) => left.push(certificate),
            _ => return ValidityIndicator::INVALID,
        }
    }
    let trusted = trusted.iter().filter_map(|der| Certificate::from_der(der).ok());
    let mut trusted: Vec<_> = trusted.filter(|certificate| is_timely(certificate, at)).collect();
    // Certificates signed by a trusted one become trusted, until none are left or none can be.
    while !left.is_empty() {
        let is_signed = |certificate: &Certificate| trusted.iter().any(|issuer| has_issued(issuer, certificate));
        let (signed, other): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|certificate| trusted.contains(certificate) || is_signed(certificate));
        if signed.is_empty() {
            // The certificate names an issuer that is present but has not signed it.
            let is_forged = |certificate: &Certificate| {
                let mut named = trusted.iter().chain(&other).filter(|issuer| is_named(issuer, certificate)).peekable();
                named.peek().is_some() && !named.any(|issuer| has_issued(issuer, certificate))
            };
            let invalid = other.iter().any(is_forged);
            return if invalid { ValidityIndicator::INVALID } else { ValidityIndicator::UNKNOWN };
        }
        trusted.extend(signed);
        left = other;
    }
    ValidityIndicator::VALID
}

/// Returns `true` if a certificate in DER is signed with its own key.
pub(in crate::test_server) fn is_self_signed(der: &[u8]) -> bool {
    Certificate::from_der(der).is_ok_and(|certificate| has_issued(&certificate, &certificate))
}

/// Returns `true` if the signature of this message was made by this key.
pub(in crate::test_server) fn is_signed(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let (Some(key_algorithm), Some(algorithm)) = (inside(&key.algorithm), inside(algorithm)) else { return false };
    let Ok(provider) = provider() else { return false };
    provider.signature_verification_algorithms.all.iter().any(|known| {
        known.public_key_alg_id().as_ref() == key_algorithm
            && known.signature_alg_id().as_ref() == algorithm
            && known.verify_signature(key.subject_public_key.raw_bytes(), message, signature).is_ok()
    })
}

/// Returns the algorithm in rustls's form: without the header of the sequence.
fn inside(algorithm: &AlgorithmIdentifierOwned) -> Option<Vec<u8>> {
    let der = algorithm.to_der().ok()?;
    AnyRef::from_der(&der).ok().map(|sequence| sequence.value().to_vec())
}

fn is_timely(certificate: &Certificate, at: DateTime) -> bool {
    let validity = certificate.tbs_certificate().validity();
    let Ok(at) = u64::try_from(at.0) else { return false };
    (validity.not_before.to_unix_duration().as_secs()..=validity.not_after.to_unix_duration().as_secs()).contains(&at)
}

fn is_named(issuer: &Certificate, certificate: &Certificate) -> bool {
    issuer.tbs_certificate().subject() == certificate.tbs_certificate().issuer()
}

fn has_issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    let Ok(message) = certificate.tbs_certificate().to_der() else { return false };
    is_named(issuer, certificate)
        && may_issue(issuer)
        && is_signed(
            issuer.tbs_certificate().subject_public_key_info(),
            certificate.signature_algorithm(),
            &message,
            certificate.signature().raw_bytes(),
        )
}

/// Returns `true` if it is the certificate of an authority (RFC 5280, 4.2.1.3 and 4.2.1.9).
pub(in crate::test_server) fn may_issue(issuer: &Certificate) -> bool {
    let tbs = issuer.tbs_certificate();
    let is_authority = matches!(tbs.get_extension::<BasicConstraints>(), Ok(Some((_, constraints))) if constraints.ca);
    let may_sign = match tbs.get_extension::<KeyUsage>() {
        Ok(Some((_, usage))) => usage.key_cert_sign(),
        Ok(None) => true,
        Err(_) => false,
    };
    is_authority && may_sign
}
