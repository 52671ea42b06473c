//! Private keys: their formats, and the check against a certificate.

use std::sync::Arc;

use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer},
    sign::{CertifiedKey, SigningKey},
};
use webpki::EndEntityCert;

use super::{
    ConfigError, Thumbprint,
    input::Input,
    pem::{self, Block},
    provider::{provider, signing_key},
};

/// Returns the key of an unencrypted PEM block, borrowed from the block, which wipes it.
pub(super) fn in_block<'a>(block: &'a Block<'_>) -> Result<PrivateKeyDer<'a>, ConfigError> {
    if let Some(format) = block.encrypted_form() {
        return Err(ConfigError::EncryptedKey { format });
    }
    let der = block.der.as_slice();
    match block.label {
        pem::PKCS8 => Ok(in_pkcs8(der)),
        "RSA PRIVATE KEY" => Ok(PrivatePkcs1KeyDer::from(der).into()),
        "EC PRIVATE KEY" => Ok(PrivateSec1KeyDer::from(der).into()),
        label => Err(ConfigError::UnsupportedKey { label: label.to_owned() }),
    }
}

/// Returns the key in DER, in any of its forms.
pub(super) fn in_der(der: &[u8]) -> Result<PrivateKeyDer<'_>, ConfigError> {
    pem::is_der(Input::PrivateKey, der)?;
    match PrivateKeyDer::try_from(der) {
        Ok(key) => Ok(key),
        Err(_) if starts_as_encrypted(der) => Err(ConfigError::EncryptedKey { format: pem::ENCRYPTED_PKCS8_FORM }),
        Err(reason) => Err(ConfigError::BrokenKey { source: Arc::new(rustls::Error::General(reason.to_owned())) }),
    }
}

pub(super) fn in_pkcs8(der: &[u8]) -> PrivateKeyDer<'_> {
    PrivatePkcs8KeyDer::from(der).into()
}

/// Returns `true` for a sequence that starts with an algorithm, as encrypted PKCS#8 does. The other forms start with a
/// version.
fn starts_as_encrypted(der: &[u8]) -> bool {
    fn content(der: &[u8]) -> Option<&[u8]> {
        match der {
            [0x30, length, rest @ ..] if *length < 0x80 => Some(rest),
            [0x30, length, rest @ ..] => rest.get(usize::from(*length & 0x7F)..),
            _ => None,
        }
    }
    content(der).and_then(content).is_some_and(|algorithm| algorithm.first() == Some(&0x06))
}

pub(super) fn load(provider: &CryptoProvider, der: &PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, ConfigError> {
    signing_key(provider, der).map_err(|error| ConfigError::BrokenKey { source: Arc::new(error) })
}

/// Checks that the key belongs to the first certificate, as far as possible: a custom key may be unreachable now, or
/// need a provider that is given later. Otherwise the server detects it.
pub(super) fn check_owner(chain: &[CertificateDer<'static>], key: &Arc<dyn SigningKey>) -> Result<(), ConfigError> {
    let provider = provider().ok();
    let is_owner = |certificate| belongs(certificate, key, provider.as_deref());
    let Some(leaf) = chain.first().filter(|leaf| is_owner(leaf) == Some(false)) else { return Ok(()) };
    let owner = chain.iter().position(|certificate| is_owner(certificate) == Some(true));
    let certificate = Thumbprint::sha256_of(leaf);
    Err(ConfigError::KeyMismatch { certificate, owner: owner.map(|index| index + 1) })
}

/// Returns whether the key belongs to the certificate; `None` if unknown. Compares the public keys, or verifies a
/// signature if the key does not expose its public half.
pub(super) fn belongs(
    certificate: &CertificateDer<'static>,
    key: &Arc<dyn SigningKey>,
    provider: Option<&CryptoProvider>,
) -> Option<bool> {
    match key.public_key() {
        Some(_) => Some(CertifiedKey::new(vec![certificate.clone()], Arc::clone(key)).keys_match().is_ok()),
        None => signs_for(certificate, key.as_ref(), provider?),
    }
}

/// Returns whether a signature by the key verifies under the certificate; `None` if the key cannot sign, or not by a
/// scheme that the provider verifies.
fn signs_for(certificate: &CertificateDer<'_>, key: &dyn SigningKey, provider: &CryptoProvider) -> Option<bool> {
    const MESSAGE: &[u8] = b"kmip-client: does this key belong to this certificate?";
    let algorithms = provider.signature_verification_algorithms;
    let signer = key.choose_scheme(&algorithms.supported_schemes())?;
    let signature = signer.sign(MESSAGE).ok()?;
    let certificate = EndEntityCert::try_from(certificate).ok()?;
    let (_, verifiers) = algorithms.mapping.iter().find(|(scheme, _)| *scheme == signer.scheme())?;
    Some(verifiers.iter().any(|verifier| certificate.verify_signature(*verifier, MESSAGE, &signature).is_ok()))
}

#[cfg(all(test, feature = "test-server"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use rustls::{SignatureAlgorithm, SignatureScheme, sign::Signer};

    use super::*;
    use crate::{Identity, test_server::Pki};

    /// A key of a provider that does not expose its public key.
    #[derive(Debug)]
    struct Reticent(Arc<dyn SigningKey>);

    impl SigningKey for Reticent {
        fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
            self.0.choose_scheme(offered)
        }
        fn algorithm(&self) -> SignatureAlgorithm {
            self.0.algorithm()
        }
    }

    #[test]
    fn a_key_that_does_not_tell_its_public_half_is_tried() {
        let pki = Pki::new();
        let identity = |name| pki.issue_client(name).identity().unwrap().certified_key();
        let (alice, bob) = (identity("alice"), identity("bob"));
        let reticent: Arc<dyn SigningKey> = Arc::new(Reticent(Arc::clone(&alice.key)));
        let provider = provider().unwrap();
        assert!(reticent.public_key().is_none());
        assert_eq!(belongs(&alice.cert[0], &reticent, Some(&provider)), Some(true));
        assert_eq!(belongs(&bob.cert[0], &reticent, Some(&provider)), Some(false));

        Identity::from_signing_key(&alice.cert, Arc::clone(&reticent)).unwrap();
        let error = Identity::from_signing_key(&bob.cert, reticent).unwrap_err();
        assert!(matches!(error, ConfigError::KeyMismatch { owner: None, .. }), "{error:?}");
    }

    /// A key that is unreachable at the moment.
    #[derive(Debug)]
    struct Asleep;

    impl SigningKey for Asleep {
        fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
            None
        }
        fn algorithm(&self) -> SignatureAlgorithm {
            SignatureAlgorithm::ECDSA
        }
    }

    #[test]
    fn a_key_that_cannot_be_tried_is_believed() {
        let alice = Pki::new().issue_client("alice").identity().unwrap().certified_key();
        Identity::from_signing_key(&alice.cert, Arc::new(Asleep)).unwrap();
    }
}
