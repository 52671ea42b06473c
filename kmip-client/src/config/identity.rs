//! The client certificate and its private key.

#[cfg(feature = "passphrase")]
mod passphrase;

use std::{fmt, path::PathBuf, sync::Arc};

use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::{CertifiedKey, SigningKey},
};
use webpki::EndEntityCert;

use super::{
    ConfigError, Thumbprint,
    input::Input,
    key,
    pem::{self, Block, PemError},
    provider::provider,
    watched::{Renewed, Watched},
};

/// The client certificate and its private key, which identify the client to the server.
///
/// Cheap to clone. Clones of a [reloaded](Self::from_files) identity change together. `Debug` prints only the length of
/// the chain and the thumbprint of the certificate.
///
/// Keys that are given as bytes are copied, and the copies wiped; the caller wipes the originals. The cryptographic
/// library keeps its own form of a key: aws-lc-rs wipes it when the last handle is dropped, ring does not.
///
/// ```no_run
/// use kmip_client::Identity;
///
/// let identity = Identity::from_pem(std::fs::read("client.pem")?, std::fs::read("client.key")?)?;
/// let renewed_by_somebody_else = Identity::from_files("client.pem", "client.key")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Identity(Kind);

#[derive(Clone)]
enum Kind {
    Fixed(Arc<CertifiedKey>),
    Watched(Arc<dyn Renewed<CertifiedKey>>),
}

impl Identity {
    /// Reads PEM: the certificate, followed by any certificates between it and the CA; and the unencrypted private key,
    /// as PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`).
    ///
    /// A file with both may be given twice.
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
    /// Fails if an input is not PEM, has no certificate or no private key, or one that is damaged or of an unknown
    /// kind; if the key is encrypted; and if it does not belong to the first certificate. The server judges the
    /// validity period.
    pub fn from_pem(certificate: impl AsRef<[u8]>, private_key: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let (chain, block) = read_pem(certificate.as_ref(), private_key.as_ref())?;
        Self::new(chain, &key::in_block(&block)?)
    }

    /// Reads DER: the certificate, followed by any certificates between it and the CA; and the unencrypted private key,
    /// as PKCS#8, PKCS#1 or SEC1.
    ///
    /// ```no_run
    /// use kmip_client::Identity;
    ///
    /// let chain = [std::fs::read("client.der")?, std::fs::read("issuing-ca.der")?];
    /// let identity = Identity::from_der(chain, std::fs::read("client-key.der")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`from_pem`](Self::from_pem).
    pub fn from_der(
        chain: impl IntoIterator<Item: AsRef<[u8]>>,
        private_key: impl AsRef<[u8]>,
    ) -> Result<Self, ConfigError> {
        let chain = read_der(chain)?;
        Self::new(chain, &key::in_der(private_key.as_ref())?)
    }

    /// Uses a private key that stays where it is, in a hardware security module or another process: `key` signs when
    /// TLS needs it. The chain is in DER, as for [`from_der`](Self::from_der).
    ///
    /// A custom provider loads its keys in this way too: `provider.key_provider.load_private_key(..)`.
    ///
    /// ```
    /// # #[cfg(all(feature = "test-server", feature = "aws-lc-rs"))] {
    /// use std::sync::Arc;
    /// use kmip_client::{Identity, rustls};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use kmip_client::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    /// # let issued = kmip_client::test_server::Pki::new().issue_client("alice");
    /// # let certificate = CertificateDer::from_pem_slice(issued.certificate_pem().as_bytes())?;
    /// # let key = PrivateKeyDer::from_pem_slice(issued.private_key_pem().as_bytes())?;
    /// // In place of this any type that implements `SigningKey`.
    /// let key: Arc<dyn rustls::sign::SigningKey> = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key)?;
    /// let identity = Identity::from_signing_key([certificate], key)?;
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if a certificate is damaged, or provably belongs to another key. This is checked by the key's public half,
    /// or if that is unavailable by one signature; if that fails too, the check is left to the server.
    pub fn from_signing_key(
        chain: impl IntoIterator<Item: AsRef<[u8]>>,
        key: Arc<dyn SigningKey>,
    ) -> Result<Self, ConfigError> {
        Self::with_key(read_der(chain)?, key)
    }

    /// Reads two PEM files like [`from_pem`](Self::from_pem), and reads them again when they change, for certificates
    /// that another program renews.
    ///
    /// Before each new connection the two files are checked (modification time, length, and on Unix the inode), and if
    /// one has changed, both are read. New connections use the new contents; existing connections and calls in flight
    /// continue. While the files are unusable, as between the renewal of one and of the other, the last identity stays
    /// in use; [`reload`](Self::reload) returns the reason. If one of them is a pipe (`<(vault read ...)` in a shell),
    /// they are read only here and by `reload`.
    ///
    /// ```no_run
    /// use kmip_client::{Config, Identity};
    ///
    /// let identity = Identity::from_files("/etc/kms/client.pem", "/etc/kms/client.key")?;
    /// let config = Config::new("kms.example").identity(identity.clone());
    /// // ... after SIGHUP, say, to see that it goes well:
    /// if identity.reload()? {
    ///     println!("now {}", identity.thumbprint());
    /// }
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::UnreadableFile`], and the errors of [`from_pem`](Self::from_pem).
    pub fn from_files(certificate: impl Into<PathBuf>, private_key: impl Into<PathBuf>) -> Result<Self, ConfigError> {
        Self::watching([certificate.into(), private_key.into()], |[certificate, key]| Self::from_pem(certificate, key))
    }

    /// Does the same as [`from_files`](Self::from_files) with any files: `make` gets their contents, which are wiped
    /// afterwards.
    ///
    /// ```no_run
    /// # #[cfg(feature = "passphrase")] {
    /// use kmip_client::Identity;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let passphrase = std::env::var("KMS_KEY_PASSPHRASE")?;
    /// let identity = Identity::watching(["client.p12"], move |[file]| Identity::from_pkcs12(file, &passphrase))?;
    /// # Ok(())
    /// # }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::UnreadableFile`], and the errors of `make`.
    pub fn watching<const N: usize>(
        files: [impl Into<PathBuf>; N],
        make: impl Fn([&[u8]; N]) -> Result<Self, ConfigError> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let make = move |contents: [&[u8]; N]| make(contents).map(|identity| identity.certified_key());
        let watched = Watched::new(files, make, |one, other| one.cert == other.cert)?;
        Ok(Self(Kind::Watched(Arc::new(watched))))
    }

    /// Reads the files of [`from_files`](Self::from_files) or [`watching`](Self::watching) now, changed or not. Returns
    /// `true` if the certificate has changed; always `false` for an identity without files.
    ///
    /// # Errors
    ///
    /// Returns the reason for which the files cannot be used; the identity stays unchanged.
    pub fn reload(&self) -> Result<bool, ConfigError> {
        match &self.0 {
            Kind::Fixed(_) => Ok(false),
            Kind::Watched(watched) => watched.reload(),
        }
    }

    /// Returns the SHA-256 thumbprint of the current client certificate.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::sha256_of(&self.certified_key().cert[0])
    }

    /// Returns the current key and chain.
    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        match &self.0 {
            Kind::Fixed(key) => Arc::clone(key),
            Kind::Watched(watched) => watched.used(),
        }
    }

    /// Returns the key and chain for a new connection, after checking the files.
    pub(crate) fn newest_key(&self) -> Arc<CertifiedKey> {
        if let Kind::Watched(watched) = &self.0 {
            watched.refresh();
        }
        self.certified_key()
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: &PrivateKeyDer<'_>) -> Result<Self, ConfigError> {
        let provider = provider()?;
        let key = key::load(&provider, key)?;
        Self::with_key(chain, key)
    }

    fn with_key(chain: Vec<CertificateDer<'static>>, key: Arc<dyn SigningKey>) -> Result<Self, ConfigError> {
        if chain.is_empty() {
            return Err(ConfigError::NoCertificate { input: Input::ClientCertificate, found: "nothing".to_owned() });
        }
        for (index, certificate) in chain.iter().enumerate() {
            // Only the server reads the issuers, so an outdated one among them is accepted.
            let problem = match index {
                0 => EndEntityCert::try_from(certificate).err(),
                _ => webpki::anchor_from_trusted_cert(certificate).err(),
            };
            if let Some(error) = problem {
                return Err(unreadable(Input::ClientCertificate, index + 1, error));
            }
        }
        key::check_owner(&chain, &key)?;
        Ok(Self(Kind::Fixed(Arc::new(CertifiedKey::new(chain, key)))))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("certificates", &self.certified_key().cert.len())
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}

pub(super) const CERTIFICATE: &str = "CERTIFICATE";

/// Returns the chain, and the block with the key.
fn read_pem<'a>(
    certificate: &[u8],
    private_key: &'a [u8],
) -> Result<(Vec<CertificateDer<'static>>, Block<'a>), ConfigError> {
    let certificates = pem::blocks(certificate).map_err(PemError::of(Input::ClientCertificate))?;
    let keys = pem::blocks(private_key).map_err(PemError::of(Input::PrivateKey))?;
    let is_certificate = |block: &Block<'_>| block.label == CERTIFICATE;
    let is_key = |block: &Block<'_>| block.label.ends_with("PRIVATE KEY");

    if !certificates.iter().any(is_certificate) {
        if certificates.iter().any(is_key) && !keys.iter().any(is_key) && keys.iter().any(is_certificate) {
            return Err(ConfigError::Swapped);
        }
        return Err(no_certificate(Input::ClientCertificate, &certificates));
    }
    let found = labels(&keys);
    let mut keys = keys.into_iter().filter(is_key);
    let key = keys.next().ok_or(ConfigError::NoPrivateKey { found })?;
    let others = keys.count();
    if others > 0 {
        return Err(ConfigError::SeveralPrivateKeys { count: 1 + others });
    }
    let chain = certificates
        .into_iter()
        .filter(is_certificate)
        .map(|mut block| CertificateDer::from(std::mem::take(&mut *block.der)));
    Ok((chain.collect(), key))
}

fn read_der(chain: impl IntoIterator<Item: AsRef<[u8]>>) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let one = |der: &[u8]| pem::is_der(Input::ClientCertificate, der).map(|()| CertificateDer::from(der.to_vec()));
    chain.into_iter().map(|der| one(der.as_ref())).collect()
}

pub(super) fn no_certificate(input: Input, blocks: &[Block<'_>]) -> ConfigError {
    ConfigError::NoCertificate { input, found: labels(blocks) }
}

pub(super) fn unreadable(input: Input, number: usize, error: webpki::Error) -> ConfigError {
    match error {
        webpki::Error::UnsupportedCertVersion => ConfigError::OldCertificate { input, number },
        _ => ConfigError::BrokenCertificate { input, number, source: Arc::new(error) },
    }
}

pub(super) fn labels(blocks: &[Block<'_>]) -> String {
    blocks.iter().map(|block| block.label).collect::<Vec<_>>().join(", ")
}
