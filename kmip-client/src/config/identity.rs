//! Who we are: client certificate and private key.

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
    watched::Watched,
};

/// The client certificate and its private key, by which the server knows us.
///
/// Cheap to clone; clones of one that is [reloaded](Self::from_files) change together. `Debug` prints the length of the
/// chain and the thumbprint of the certificate, nothing else.
///
/// Where keys are given as bytes, our copies are wiped; wiping the given ones is up to the caller. What remains of a key
/// is what the cryptography library holds: aws-lc-rs wipes it when the last handle drops, ring does not.
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
    Watched(Arc<Watched<CertifiedKey>>),
}

impl Identity {
    /// From PEM: the certificate, followed by the certificates between it and the CA if there are any; and the private
    /// key, unencrypted, as PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`).
    ///
    /// A file that holds both may be given twice.
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
        let (chain, block) = read_pem(certificate.as_ref(), private_key.as_ref())?;
        Self::new(chain, &key::in_block(&block)?)
    }

    /// Reads what [`from_pem`](Self::from_pem) does, with a private key that a passphrase protects. A key that is not encrypted
    /// is read as it is. The passphrase is not kept.
    ///
    /// Two forms are read: PKCS#8 (`ENCRYPTED PRIVATE KEY`) with PBES2, which `openssl genpkey` and `openssl pkcs8 -topk8` write
    /// (AES or 3DES, under PBKDF2 or scrypt), and the older one with the header `Proc-Type: 4,ENCRYPTED` (AES or 3DES). The
    /// older one protects little: its key is derived by a single round of MD5.
    ///
    /// ```no_run
    /// use kmip_client::Identity;
    ///
    /// let passphrase = std::env::var("KMS_KEY_PASSPHRASE")?;
    /// let (certificate, key) = (std::fs::read("client.pem")?, std::fs::read("client.key")?);
    /// let identity = Identity::from_encrypted_pem(certificate, key, &passphrase)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::WrongPassphrase`], and as for [`from_pem`](Self::from_pem).
    #[cfg(feature = "passphrase")]
    pub fn from_encrypted_pem(
        certificate: impl AsRef<[u8]>,
        private_key: impl AsRef<[u8]>,
        passphrase: &str,
    ) -> Result<Self, ConfigError> {
        let (chain, block) = read_pem(certificate.as_ref(), private_key.as_ref())?;
        let block = super::encrypted_pem::open(block, passphrase)?;
        Self::new(chain, &key::in_block(&block)?)
    }

    /// From DER: the certificate, followed by the certificates between it and the CA if there are any; and the private
    /// key, unencrypted, as PKCS#8, PKCS#1 or SEC1.
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
    /// As for [`from_pem`](Self::from_pem).
    pub fn from_der(
        chain: impl IntoIterator<Item: AsRef<[u8]>>,
        private_key: impl AsRef<[u8]>,
    ) -> Result<Self, ConfigError> {
        let chain = read_der(chain)?;
        Self::new(chain, &key::in_der(private_key.as_ref())?)
    }

    /// As [`from_der`](Self::from_der), with a private key that a passphrase protects; see
    /// [`from_encrypted_pem`](Self::from_encrypted_pem).
    ///
    /// # Errors
    ///
    /// [`ConfigError::WrongPassphrase`], and as for [`from_pem`](Self::from_pem).
    #[cfg(feature = "passphrase")]
    pub fn from_encrypted_der(
        chain: impl IntoIterator<Item: AsRef<[u8]>>,
        private_key: impl AsRef<[u8]>,
        passphrase: &str,
    ) -> Result<Self, ConfigError> {
        let (chain, private_key) = (read_der(chain)?, private_key.as_ref());
        match key::in_der(private_key) {
            Err(ConfigError::EncryptedKey { .. }) => Self::with_encrypted_key(chain, private_key, passphrase),
            key => Self::new(chain, &key?),
        }
    }

    /// From a PKCS#12 file (`.p12`, `.pfx`): what Windows, Java and the consoles of many appliances export.
    ///
    /// It has to have one private key; its certificate and those that issued it are taken, and others left. Read are the
    /// protections of today (PBES2 with AES) and of yesterday (3DES and RC2 with SHA-1, which protect little), and MACs
    /// with SHA-1 and SHA-2. The passphrase is not kept.
    ///
    /// ```no_run
    /// use kmip_client::Identity;
    ///
    /// let identity = Identity::from_pkcs12(std::fs::read("client.p12")?, &std::env::var("KMS_KEY_PASSPHRASE")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::WrongPassphrase`]; where the file is damaged or protected in another way, or has not one private
    /// key and its certificate; and as for [`from_pem`](Self::from_pem).
    #[cfg(feature = "passphrase")]
    pub fn from_pkcs12(file: impl AsRef<[u8]>, passphrase: &str) -> Result<Self, ConfigError> {
        let contents = super::pkcs12::open(file.as_ref(), passphrase)?;
        let provider = provider()?;
        let key = key::load(&provider, &key::in_pkcs8(&contents.key))?;
        let chain = contents.chain(|certificate| key::belongs(certificate, &key, Some(&provider)) == Some(true));
        Self::with_key(chain, key)
    }

    /// With a private key that stays where it is, in a hardware security module or another process: `key` signs when TLS
    /// needs it. The chain is in DER, as for [`from_der`](Self::from_der).
    ///
    /// It is also how a key is loaded by a provider of one's own: `provider.key_provider.load_private_key(..)`.
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
    /// Where a certificate is damaged, or is seen to be that of another key. It is seen by the key's public half, or
    /// where the key does not tell it, by one signature; where that fails too the server will tell.
    pub fn from_signing_key(
        chain: impl IntoIterator<Item: AsRef<[u8]>>,
        key: Arc<dyn SigningKey>,
    ) -> Result<Self, ConfigError> {
        Self::with_key(read_der(chain)?, key)
    }

    /// From two files in PEM, as [`from_pem`](Self::from_pem) reads them, and read again when they change: for
    /// certificates that somebody else renews.
    ///
    /// Whenever a connection is made, the two files are looked at (time of change, length, and on Unix which file it
    /// is), and if one is another than before, both are read. New connections use what was read; those in use go on as
    /// they are, calls in flight finish. While the files cannot be used, as in the moment between the renewal of the one
    /// and of the other, the identity that was used last stays in use; [`reload`](Self::reload) tells why.
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
    /// [`ConfigError::UnreadableFile`], and as for [`from_pem`](Self::from_pem).
    pub fn from_files(certificate: impl Into<PathBuf>, private_key: impl Into<PathBuf>) -> Result<Self, ConfigError> {
        Self::watching([certificate.into(), private_key.into()], |[certificate, key]| Self::from_pem(certificate, key))
    }

    /// As [`from_files`](Self::from_files), with other files: `make` gets their contents, which are wiped afterwards.
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
    /// [`ConfigError::UnreadableFile`], and those of `make`.
    pub fn watching<const N: usize>(
        files: [impl Into<PathBuf>; N],
        make: impl Fn([&[u8]; N]) -> Result<Self, ConfigError> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let make = move |contents: [&[u8]; N]| make(contents).map(|identity| identity.certified_key());
        let watched = Watched::new(files, make, |one, other| one.cert == other.cert)?;
        Ok(Self(Kind::Watched(Arc::new(watched))))
    }

    /// Reads the files of [`from_files`](Self::from_files) or [`watching`](Self::watching) now, changed or not. Tells
    /// whether there is another certificate than before; always `false` for an identity without files.
    ///
    /// # Errors
    ///
    /// Why the files cannot be used; the identity stays as it was.
    pub fn reload(&self) -> Result<bool, ConfigError> {
        match &self.0 {
            Kind::Fixed(_) => Ok(false),
            Kind::Watched(watched) => watched.reload(),
        }
    }

    /// The SHA-256 thumbprint of the client certificate that is in use.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::sha256_of(&self.certified_key().cert[0])
    }

    /// What is in use.
    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        match &self.0 {
            Kind::Fixed(key) => Arc::clone(key),
            Kind::Watched(watched) => watched.used(),
        }
    }

    /// What is to be used for a new connection: the files are looked at.
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

    #[cfg(feature = "passphrase")]
    fn with_encrypted_key(
        chain: Vec<CertificateDer<'static>>,
        key: &[u8],
        passphrase: &str,
    ) -> Result<Self, ConfigError> {
        let opened = super::pbe::open_pkcs8(key, passphrase)?;
        Self::new(chain, &key::in_pkcs8(&opened))
    }

    fn with_key(chain: Vec<CertificateDer<'static>>, key: Arc<dyn SigningKey>) -> Result<Self, ConfigError> {
        if chain.is_empty() {
            return Err(ConfigError::NoCertificate { input: Input::ClientCertificate, found: "nothing".to_owned() });
        }
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

/// The chain, and the block that has the key.
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
