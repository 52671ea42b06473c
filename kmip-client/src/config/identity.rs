//! Who we are: client certificate and private key.

use std::{fmt, sync::Arc};

use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer},
    sign::{CertifiedKey, SigningKey},
};
use webpki::EndEntityCert;

use super::{
    ConfigError, Thumbprint,
    error::Input,
    pem::{self, Block},
    provider::{provider, signing_key},
};

/// The client certificate and its private key, by which the server knows us.
///
/// Cheap to clone. `Debug` prints the length of the chain and the thumbprint of the certificate, nothing else.
///
/// ```no_run
/// use kmip_client::Identity;
///
/// let identity = Identity::from_pem(std::fs::read("client.pem")?, std::fs::read("client.key")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Identity {
    /// What remains of the key is what the cryptography library holds: aws-lc-rs wipes it when the last handle drops,
    /// ring does not.
    key: Arc<CertifiedKey>,
}

impl Identity {
    /// From PEM: the certificate, followed by the certificates between it and the CA if there are any; and the private
    /// key, unencrypted, as PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`).
    ///
    /// A file that holds both may be given twice. Our copies of the key are wiped; wiping the given ones is up to the
    /// caller.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::{ConfigError, Identity, test_server::Pki};
    ///
    /// let pki = Pki::new();
    /// let (alice, bob) = (pki.issue_client("alice"), pki.issue_client("bob"));
    /// assert!(Identity::from_pem(alice.certificate_pem(), alice.private_key_pem()).is_ok());
    ///
    /// let error = Identity::from_pem(alice.certificate_pem(), bob.private_key_pem()).unwrap_err();
    /// assert!(matches!(error, ConfigError::KeyMismatch { .. }));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where an input is not PEM, has no certificate or no private key, or one that is damaged or of an unknown kind;
    /// where the key is encrypted; and where it is not the key of the first certificate. Validity in time is for the
    /// server to judge.
    pub fn from_pem(certificate: impl AsRef<[u8]>, private_key: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let certificates = pem::blocks(Input::ClientCertificate, certificate.as_ref())?;
        let keys = pem::blocks(Input::PrivateKey, private_key.as_ref())?;
        let is_certificate = |block: &Block<'_>| block.label == CERTIFICATE;
        let is_key = |block: &Block<'_>| block.label.ends_with("PRIVATE KEY");

        if !certificates.iter().any(is_certificate) {
            if certificates.iter().any(is_key) && !keys.iter().any(is_key) && keys.iter().any(is_certificate) {
                return Err(ConfigError::Swapped);
            }
            return Err(no_certificate(Input::ClientCertificate, &certificates));
        }
        let mut found = keys.iter().filter(|block| is_key(block));
        let key = found.next().ok_or_else(|| ConfigError::NoPrivateKey { found: labels(&keys) })?;
        let others = found.count();
        if others > 0 {
            return Err(ConfigError::SeveralPrivateKeys { count: 1 + others });
        }
        let chain = certificates
            .into_iter()
            .filter(is_certificate)
            .map(|mut block| CertificateDer::from(std::mem::take(&mut *block.der)));
        Self::new(chain.collect(), &private_key_der(key)?)
    }

    /// The SHA-256 thumbprint of the client certificate.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::sha256_of(&self.key.cert[0])
    }

    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.key)
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer<'_>) -> Result<Self, ConfigError> {
        for (index, certificate) in chain.iter().enumerate() {
            // The issuers are for the server to read; an old one among them is not our concern.
            let problem = match index {
                0 => EndEntityCert::try_from(certificate).err(),
                _ => webpki::anchor_from_trusted_cert(certificate).err(),
            };
            if let Some(error) = problem {
                return Err(unreadable(Input::ClientCertificate, index + 1, error));
            }
        }
        let provider = provider()?;
        let key = signing_key(&provider, key).map_err(|error| ConfigError::BrokenKey { source: Arc::new(error) })?;
        let owner = chain.iter().position(|certificate| belongs(certificate, &key, &provider));
        if owner != Some(0) {
            let certificate = Thumbprint::sha256_of(&chain[0]);
            return Err(ConfigError::KeyMismatch { certificate, owner: owner.map(|index| index + 1) });
        }
        Ok(Self { key: Arc::new(CertifiedKey::new(chain, key)) })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("certificates", &self.key.cert.len())
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}

pub(super) const CERTIFICATE: &str = "CERTIFICATE";

pub(super) fn no_certificate(input: Input, blocks: &[Block<'_>]) -> ConfigError {
    ConfigError::NoCertificate { input, found: labels(blocks) }
}

pub(super) fn unreadable(input: Input, number: usize, error: webpki::Error) -> ConfigError {
    match error {
        webpki::Error::UnsupportedCertVersion => ConfigError::OldCertificate { input, number },
        _ => ConfigError::BrokenCertificate { input, number, source: Arc::new(error) },
    }
}

fn labels(blocks: &[Block<'_>]) -> String {
    blocks.iter().map(|block| block.label).collect::<Vec<_>>().join(", ")
}

/// The key of a block, borrowed from it: the block wipes it.
fn private_key_der<'a>(block: &'a Block<'_>) -> Result<PrivateKeyDer<'a>, ConfigError> {
    let der = block.der.as_slice();
    match block.label {
        _ if block.encrypted => Err(ConfigError::EncryptedKey { format: "Proc-Type: 4,ENCRYPTED" }),
        "ENCRYPTED PRIVATE KEY" => Err(ConfigError::EncryptedKey { format: "PKCS#8 ENCRYPTED PRIVATE KEY" }),
        "PRIVATE KEY" => Ok(PrivatePkcs8KeyDer::from(der).into()),
        "RSA PRIVATE KEY" => Ok(PrivatePkcs1KeyDer::from(der).into()),
        "EC PRIVATE KEY" => Ok(PrivateSec1KeyDer::from(der).into()),
        label => Err(ConfigError::UnsupportedKey { label: label.to_owned() }),
    }
}

/// Whether the key is that of the certificate: by comparing public keys, or where the provider does not tell ours, by a
/// signature.
fn belongs(certificate: &CertificateDer<'static>, key: &Arc<dyn SigningKey>, provider: &CryptoProvider) -> bool {
    match key.public_key() {
        Some(_) => CertifiedKey::new(vec![certificate.clone()], Arc::clone(key)).keys_match().is_ok(),
        None => signs_for(certificate, key.as_ref(), provider).unwrap_or(false),
    }
}

/// Whether what the key signs verifies under the certificate. `None`: it could not sign, or not in a way that the
/// provider verifies.
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
    use crate::test_server::Pki;

    /// A key of a provider that does not tell its public key.
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
        let identity = |name| {
            let issued = pki.issue_client(name);
            Identity::from_pem(issued.certificate_pem(), issued.private_key_pem()).unwrap()
        };
        let (alice, bob) = (identity("alice").key, identity("bob").key);
        let reticent: Arc<dyn SigningKey> = Arc::new(Reticent(Arc::clone(&alice.key)));
        let provider = provider().unwrap();
        assert!(reticent.public_key().is_none());
        assert!(belongs(&alice.cert[0], &reticent, &provider));
        assert!(!belongs(&bob.cert[0], &reticent, &provider));
    }
}
