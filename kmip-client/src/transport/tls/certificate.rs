//! The facts of a certificate that explain a failed check.
//!
//! Nothing is rejected here: these certificates were refused by a stricter parser.

use std::{borrow::Cow, fmt, time::SystemTime};

use kmip_ttlv::DateTime;
use rustls::crypto::WebPkiSupportedAlgorithms;

use super::der::{
    BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, SEQUENCE, identifier, items, object_identifier, take, take_tagged, time,
};
use super::name::{LONGEST_NAME, of_a_host, text};
use crate::exchange::report::Printable;

/// A certificate, as far as it can be parsed.
pub(super) struct CertificateFields<'a> {
    /// `SubjectPublicKeyInfo`, in DER.
    pub(super) public_key: &'a [u8],
    /// The name of its signature algorithm.
    pub(super) signature: Cow<'static, str>,
    /// Its signature algorithm: `AlgorithmIdentifier` without tag and length.
    signature_algorithm: &'a [u8],
    /// The names of issuer and subject, in DER.
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    /// The start and the end of its validity.
    pub(super) validity: Option<(DateTime, DateTime)>,
    /// Its extensions, in DER.
    extensions: &'a [u8],
}

/// The tags of the version and of the extensions of a certificate (RFC 5280, 4.1).
const VERSION: u8 = 0xA0;
const EXTENSIONS: u8 = 0xA3;

impl<'a> CertificateFields<'a> {
    /// Reads a certificate in DER (RFC 5280, 4.1).
    pub(super) fn read(mut der: &'a [u8]) -> Option<Self> {
        let mut certificate = take_tagged(&mut der, SEQUENCE)?.value;
        let mut tbs = take_tagged(&mut certificate, SEQUENCE)?.value;
        let signature = take_tagged(&mut certificate, SEQUENCE)?.value;
        take_tagged(&mut tbs, VERSION);
        let [_serial, _signature] = [take_tagged(&mut tbs, INTEGER)?, take_tagged(&mut tbs, SEQUENCE)?];
        let issuer = take_tagged(&mut tbs, SEQUENCE)?.value;
        let mut dates = items(take_tagged(&mut tbs, SEQUENCE)?.value).map(|item| time(&item).map(DateTime));
        let validity = dates.next().flatten().zip(dates.next().flatten());
        let subject = take_tagged(&mut tbs, SEQUENCE)?.value;
        let public_key = take_tagged(&mut tbs, SEQUENCE)?.whole;
        let mut extensions = items(tbs).find(|item| item.tag == EXTENSIONS).map_or(&[][..], |item| item.value);
        let extensions = take_tagged(&mut extensions, SEQUENCE).map_or(&[][..], |item| item.value);
        Some(Self {
            public_key,
            signature_algorithm: signature,
            signature: name_of(identifier(signature), SIGNATURES),
            issuer,
            subject,
            validity,
            extensions,
        })
    }

    /// Returns `true` if there is a verifier for the signature algorithm.
    pub(super) fn is_signature_known(&self, algorithms: &WebPkiSupportedAlgorithms) -> bool {
        algorithms.all.iter().any(|algorithm| *algorithm.signature_alg_id() == *self.signature_algorithm)
    }

    /// Returns the last common name of the subject, in a form that is safe for a terminal.
    pub(super) fn common_name(&self) -> Option<String> {
        const COMMON_NAME: &str = "2.5.4.3";
        let attributes = items(self.subject).flat_map(|set| items(set.value));
        let names = attributes.filter(|attribute| identifier(attribute.value).as_deref() == Some(COMMON_NAME));
        let name = names.filter_map(|attribute| items(attribute.value).nth(1)).last()?;
        let name = text(&name).unwrap_or_else(|| String::from_utf8_lossy(name.value).into_owned());
        Some(Printable::within(&name, LONGEST_NAME).to_string())
    }

    /// Returns the DNS names and IP addresses that it is for, safe for a terminal.
    pub(super) fn names(&self) -> Vec<String> {
        const SUBJECT_ALT_NAME: &str = "2.5.29.17";
        let mut extensions = items(self.extensions);
        let names = extensions.find(|extension| identifier(extension.value).as_deref() == Some(SUBJECT_ALT_NAME));
        let names = names.and_then(|extension| items(extension.value).find(|item| item.tag == OCTET_STRING));
        let names = names.and_then(|mut names| take_tagged(&mut names.value, SEQUENCE));
        names.map_or_else(Vec::new, |names| items(names.value).filter_map(|name| of_a_host(&name)).collect())
    }

    /// Returns the identifiers of the critical extensions other than those that webpki reads (RFC 5280, 4.2.1).
    pub(super) fn unknown_critical(&self) -> Vec<String> {
        /// `id-ce`, and the last arcs of key usage, alternative names, basic and name constraints, distribution points,
        /// and extended key usage.
        const ID_CE: &str = "2.5.29.";
        const KNOWN: [&str; 6] = ["15", "17", "19", "30", "31", "37"];
        let critical = items(self.extensions).filter(|extension| {
            let flag = items(extension.value).nth(1);
            flag.is_some_and(|flag| flag.tag == BOOLEAN && flag.value != [0])
        });
        let identifiers = critical.filter_map(|extension| identifier(extension.value));
        identifiers.filter(|oid| !oid.strip_prefix(ID_CE).is_some_and(|last| KNOWN.contains(&last))).collect()
    }

    pub(super) fn key(&self) -> CertificateKey<'a> {
        let mut whole = self.public_key;
        CertificateKey::of(take(&mut whole).map_or(&[], |item| item.value))
    }
}

/// A public key: `SubjectPublicKeyInfo` without tag and length, as in a trust anchor.
#[derive(Clone, Copy)]
pub(super) struct CertificateKey<'a> {
    /// `AlgorithmIdentifier` without tag and length.
    algorithm: &'a [u8],
    bits: &'a [u8],
}

/// The lengths of RSA keys in bits that aws-lc-rs and ring can verify.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

impl<'a> CertificateKey<'a> {
    pub(super) fn of(mut info: &'a [u8]) -> Self {
        let algorithm = take_tagged(&mut info, SEQUENCE).map_or(&[][..], |item| item.value);
        // The first byte of a bit string is the number of unused bits: none.
        let bits = take_tagged(&mut info, BIT_STRING).and_then(|item| item.value.split_first());
        Self { algorithm, bits: bits.map_or(&[], |(_, bits)| bits) }
    }

    /// Returns the length of the modulus of an RSA key.
    fn rsa_bits(&self) -> Option<usize> {
        identifier(self.algorithm).filter(|oid| oid == RSA)?;
        let mut bits = self.bits;
        let mut key = take_tagged(&mut bits, SEQUENCE)?.value;
        let modulus = take_tagged(&mut key, INTEGER)?.value;
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        let first = modulus.get(zeros)?;
        Some((modulus.len() - zeros) * 8 - first.leading_zeros() as usize)
    }

    pub(super) fn is_p521(&self) -> bool {
        items(self.algorithm).nth(1).is_some_and(|curve| object_identifier(&curve).as_deref() == Some(P521))
    }

    pub(super) fn is_rsa_pss(&self) -> bool {
        identifier(self.algorithm).as_deref() == Some(RSA_PSS)
    }

    /// Returns `true` if a signature by this key can be verified.
    pub(super) fn is_verifiable(&self, algorithms: &WebPkiSupportedAlgorithms) -> bool {
        let known = algorithms.all.iter().any(|algorithm| *algorithm.public_key_alg_id() == *self.algorithm);
        known && self.rsa_bits().is_none_or(|bits| RSA_BITS.contains(&bits))
    }
}

impl fmt::Display for CertificateKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = identifier(self.algorithm);
        if let Some(bits) = self.rsa_bits() {
            return write!(f, "an RSA key of {bits} bits");
        }
        if algorithm.as_deref() == Some(EC) {
            let curve = items(self.algorithm).nth(1).and_then(|curve| object_identifier(&curve));
            return match curve {
                Some(curve) => write!(f, "an ECDSA key on the curve {}", name_of(Some(curve), CURVES)),
                None => f.write_str("an ECDSA key with a curve of its own"),
            };
        }
        write!(f, "a key of the algorithm {}", name_of(algorithm, KEYS))
    }
}

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const P521: &str = "1.3.132.0.35";

type Names = &'static [(&'static str, &'static str)];

/// Returns the name of an algorithm or curve, or its identifier if it is not in the table.
fn name_of(identifier: Option<String>, names: Names) -> Cow<'static, str> {
    let Some(identifier) = identifier else { return "that cannot be read".into() };
    match names.iter().find(|(known, _)| *known == identifier) {
        Some((_, name)) => (*name).into(),
        None => identifier.into(),
    }
}

const KEYS: Names = &[
    (RSA, "RSA"),
    (RSA_PSS, "RSA-PSS"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

const CURVES: Names = &[
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.132.0.33", "P-224"),
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    (P521, "P-521"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.2.156.10197.1.301", "SM2"),
];

const SIGNATURES: Names = &[
    ("1.2.840.113549.1.1.2", "MD2 and RSA"),
    ("1.2.840.113549.1.1.4", "MD5 and RSA"),
    ("1.2.840.113549.1.1.5", "SHA-1 and RSA"),
    ("1.3.14.3.2.29", "SHA-1 and RSA"),
    (RSA_PSS, "RSA-PSS"),
    ("1.2.840.113549.1.1.11", "SHA-256 and RSA"),
    ("1.2.840.113549.1.1.12", "SHA-384 and RSA"),
    ("1.2.840.113549.1.1.13", "SHA-512 and RSA"),
    ("1.2.840.113549.1.1.14", "SHA-224 and RSA"),
    ("1.2.840.10045.4.1", "SHA-1 and ECDSA"),
    ("1.2.840.10045.4.3.1", "SHA-224 and ECDSA"),
    ("1.2.840.10045.4.3.2", "SHA-256 and ECDSA"),
    ("1.2.840.10045.4.3.3", "SHA-384 and ECDSA"),
    ("1.2.840.10045.4.3.4", "SHA-512 and ECDSA"),
    ("1.2.840.10040.4.3", "SHA-1 and DSA"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
];

/// Returns the end of the validity of a certificate in DER, if it can be read.
pub(crate) fn end_of(certificate: &[u8]) -> Option<SystemTime> {
    let (_, end) = CertificateFields::read(certificate)?.validity?;
    SystemTime::try_from(end).ok()
}
