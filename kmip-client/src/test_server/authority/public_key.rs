//! Public keys of clients, in the form of the certificate library.

use rcgen::{PublicKeyData, SignatureAlgorithm};
use x509_cert::der::Encode;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// A public key, as rcgen takes it.
pub(in crate::test_server) struct SubjectPublicKey<'k> {
    bits: &'k [u8],
    algorithm: &'static SignatureAlgorithm,
}

impl<'k> SubjectPublicKey<'k> {
    pub(in crate::test_server) fn of(info: &'k SubjectPublicKeyInfoOwned) -> Option<Self> {
        let der = info.to_der().ok()?;
        let bits = info.subject_public_key.raw_bytes();
        let known: [&'static SignatureAlgorithm; 5] = [
            &rcgen::PKCS_RSA_SHA256,
            &rcgen::PKCS_ECDSA_P256_SHA256,
            &rcgen::PKCS_ECDSA_P384_SHA384,
            &rcgen::PKCS_ECDSA_P521_SHA512,
            &rcgen::PKCS_ED25519,
        ];
        // The algorithm whose keys have this encoding.
        known.into_iter().map(|algorithm| Self { bits, algorithm }).find(|key| key.subject_public_key_info() == der)
    }
}

impl PublicKeyData for SubjectPublicKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.bits
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}
