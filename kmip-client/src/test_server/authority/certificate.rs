//! The contents of X.509 certificates: their owner, and the attributes that a server reads from them.

use kmip_ttlv::enumeration::{CryptographicAlgorithm, DigitalSignatureAlgorithm};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{self, Decode, Encode, Reader, SliceReader};
use x509_cert::ext::pkix::{IssuerAltName, SubjectAltName, name::GeneralName};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::config::Thumbprint;
use crate::protocol::attribute::{
    AttributeValue, CertificateIdentifier, CertificateIssuer, CertificateSubject, X509CertificateIdentifier,
    X509CertificateIssuer, X509CertificateSubject,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::OwnedAttributes;

pub(in crate::test_server) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Returns the identity in this certificate: its common name, or else its whole subject, or else its thumbprint.
pub(in crate::test_server) fn identity(der: &[u8]) -> String {
    let named = Certificate::from_der(der).ok().and_then(|certificate| {
        let subject = certificate.tbs_certificate().subject();
        let common_name = texts(subject).find(|(oid, _)| *oid == COMMON_NAME).map(|(_, text)| text.to_owned());
        common_name.or_else(|| Some(subject.to_string()).filter(|subject| !subject.is_empty()))
    });
    named.unwrap_or_else(|| Thumbprint::sha256_of(der).to_string())
}

/// Sets the attributes that describe this X.509 certificate.
pub(in crate::test_server) fn describe(der: &[u8], attributes: &mut OwnedAttributes) -> Result<(), Refusal> {
    let unreadable = |error| Cause::InvalidField.because(format!("the certificate is no X.509 in DER: {error}"));
    let certificate = Certificate::from_der(der).map_err(unreadable)?;
    let tbs = certificate.tbs_certificate();
    let (subject, issuer) = (tbs.subject(), tbs.issuer());
    let (subject_der, issuer_der) = (subject.to_der().map_err(unreadable)?, issuer.to_der().map_err(unreadable)?);
    let serial = tbs.serial_number();
    let subject_names =
        tbs.get_extension::<SubjectAltName>().ok().flatten().map_or_else(Vec::new, |(_, names)| names.0);
    let issuer_names = tbs.get_extension::<IssuerAltName>().ok().flatten().map_or_else(Vec::new, |(_, names)| names.0);
    let (subject_names, issuer_names) = (ders(&subject_names), ders(&issuer_names));

    attributes.set(&AttributeValue::X509CertificateIdentifier(X509CertificateIdentifier {
        issuer_distinguished_name: &issuer_der,
        certificate_serial_number: serial.as_bytes(),
    }))?;
    attributes.set(&AttributeValue::X509CertificateSubject(X509CertificateSubject {
        distinguished_name: &subject_der,
        alternative_names: subject_names.iter().map(Vec::as_slice).collect(),
    }))?;
    attributes.set(&AttributeValue::X509CertificateIssuer(X509CertificateIssuer {
        distinguished_name: &issuer_der,
        alternative_names: issuer_names.iter().map(Vec::as_slice).collect(),
    }))?;
    describe_as_text(subject, issuer, &serial.to_string(), attributes)?;
    if let Some(algorithm) = signature_algorithm(certificate.signature_algorithm().oid) {
        attributes.set(&AttributeValue::DigitalSignatureAlgorithm(algorithm))?;
    }
    if let Some((algorithm, length)) = public_key(tbs.subject_public_key_info()) {
        attributes.set(&AttributeValue::CryptographicAlgorithm(algorithm))?;
        attributes.set(&AttributeValue::CryptographicLength(length))?;
    }
    Ok(())
}

/// Adds the attributes of KMIP 1.0, deprecated since, and those of 1.4 and later that split the names.
fn describe_as_text(
    subject: &Name,
    issuer: &Name,
    serial: &str,
    attributes: &mut OwnedAttributes,
) -> Result<(), Refusal> {
    let (subject_text, issuer_text) = (subject.to_string(), issuer.to_string());
    attributes.set(&AttributeValue::CertificateIdentifier(CertificateIdentifier {
        issuer: &issuer_text,
        serial_number: Some(serial),
    }))?;
    attributes.set(&AttributeValue::CertificateSubject(CertificateSubject {
        distinguished_name: &subject_text,
        ..CertificateSubject::default()
    }))?;
    attributes.set(&AttributeValue::CertificateIssuer(CertificateIssuer {
        distinguished_name: &issuer_text,
        ..CertificateIssuer::default()
    }))?;
    for (name, is_subject) in [(subject, true), (issuer, false)] {
        for (oid, text) in texts(name) {
            if let Some((of_subject, of_issuer)) = part(oid) {
                attributes.push(&if is_subject { of_subject(text) } else { of_issuer(text) })?;
            }
        }
    }
    Ok(())
}

/// Returns the texts in a distinguished name.
pub(in crate::test_server) fn texts(name: &Name) -> impl Iterator<Item = (ObjectIdentifier, &str)> {
    name.iter().filter_map(|part| Some((part.oid, std::str::from_utf8(part.value.value()).ok()?)))
}

type Part = for<'a> fn(&'a str) -> AttributeValue<'a>;

/// Returns the attributes of the subject and the issuer that hold this part of a distinguished name (KMIP 2.1, 4.6).
fn part(oid: ObjectIdentifier) -> Option<(Part, Part)> {
    macro_rules! parts {
        ($($oid:literal: $subject:ident, $issuer:ident;)*) => {
            $(if oid == const { ObjectIdentifier::new_unwrap($oid) } {
                return Some((|text| AttributeValue::$subject(text), |text| AttributeValue::$issuer(text)));
            })*
        };
    }
    parts! {
        "2.5.4.3": CertificateSubjectCn, CertificateIssuerCn;
        "2.5.4.10": CertificateSubjectO, CertificateIssuerO;
        "2.5.4.11": CertificateSubjectOu, CertificateIssuerOu;
        "1.2.840.113549.1.9.1": CertificateSubjectEmail, CertificateIssuerEmail;
        "2.5.4.6": CertificateSubjectC, CertificateIssuerC;
        "2.5.4.8": CertificateSubjectSt, CertificateIssuerSt;
        "2.5.4.7": CertificateSubjectL, CertificateIssuerL;
        "0.9.2342.19200300.100.1.1": CertificateSubjectUid, CertificateIssuerUid;
        "2.5.4.5": CertificateSubjectSerialNumber, CertificateIssuerSerialNumber;
        "2.5.4.12": CertificateSubjectTitle, CertificateIssuerTitle;
        "0.9.2342.19200300.100.1.25": CertificateSubjectDc, CertificateIssuerDc;
        "2.5.4.46": CertificateSubjectDnQualifier, CertificateIssuerDnQualifier;
    }
    None
}

fn ders(names: &[GeneralName]) -> Vec<Vec<u8>> {
    names.iter().filter_map(|name| name.to_der().ok()).collect()
}

fn signature_algorithm(oid: ObjectIdentifier) -> Option<DigitalSignatureAlgorithm> {
    Some(match oid.to_string().as_str() {
        "1.2.840.113549.1.1.2" => DigitalSignatureAlgorithm::MD2_WITH_RSA_ENCRYPTION,
        "1.2.840.113549.1.1.4" => DigitalSignatureAlgorithm::MD5_WITH_RSA_ENCRYPTION,
        "1.2.840.113549.1.1.5" => DigitalSignatureAlgorithm::SHA_1_WITH_RSA_ENCRYPTION,
        "1.2.840.113549.1.1.14" => DigitalSignatureAlgorithm::SHA_224_WITH_RSA_ENCRYPTION,
        "1.2.840.113549.1.1.11" => DigitalSignatureAlgorithm::SHA_256_WITH_RSA_ENCRYPTION,
        "1.2.840.113549.1.1.12" => DigitalSignatureAlgorithm::SHA_384_WITH_RSA_ENCRYPTION,
        "1.2.840.113549.1.1.13" => DigitalSignatureAlgorithm::SHA_512_WITH_RSA_ENCRYPTION,
        "1.2.840.113549.1.1.10" => DigitalSignatureAlgorithm::RSASSA_PSS,
        "1.2.840.10040.4.3" => DigitalSignatureAlgorithm::DSA_WITH_SHA_1,
        "2.16.840.1.101.3.4.3.1" => DigitalSignatureAlgorithm::DSA_WITH_SHA224,
        "2.16.840.1.101.3.4.3.2" => DigitalSignatureAlgorithm::DSA_WITH_SHA256,
        "1.2.840.10045.4.1" => DigitalSignatureAlgorithm::ECDSA_WITH_SHA_1,
        "1.2.840.10045.4.3.1" => DigitalSignatureAlgorithm::ECDSA_WITH_SHA224,
        "1.2.840.10045.4.3.2" => DigitalSignatureAlgorithm::ECDSA_WITH_SHA256,
        "1.2.840.10045.4.3.3" => DigitalSignatureAlgorithm::ECDSA_WITH_SHA384,
        "1.2.840.10045.4.3.4" => DigitalSignatureAlgorithm::ECDSA_WITH_SHA512,
        _ => return None,
    })
}

/// Returns algorithm and length in bits of the public key.
fn public_key(info: &SubjectPublicKeyInfoOwned) -> Option<(CryptographicAlgorithm, i32)> {
    let bits = info.subject_public_key.raw_bytes();
    match info.algorithm.oid.to_string().as_str() {
        "1.2.840.113549.1.1.1" => {
            // The modulus is the first number of the RSAPublicKey.
            let mut reader = SliceReader::new(bits).ok()?;
            let modulus = reader.sequence(|key| {
                let modulus = UintRef::decode(key)?;
                UintRef::decode(key)?;
                Ok::<_, der::Error>(modulus)
            });
            let bytes = modulus.ok()?.as_bytes();
            let length = 8 * bytes.len() - usize::try_from(bytes.first()?.leading_zeros()).ok()?;
            Some((CryptographicAlgorithm::RSA, i32::try_from(length).ok()?))
        }
        "1.2.840.10045.2.1" => {
            // An uncompressed point: a byte, and two coordinates of the length of the field.
            let length = match bits.len() {
                65 => 256,
                97 => 384,
                133 => 521,
                _ => return None,
            };
            Some((CryptographicAlgorithm::EC, length))
        }
        "1.3.101.112" => Some((CryptographicAlgorithm::ED25519, 256)),
        _ => None,
    }
}
