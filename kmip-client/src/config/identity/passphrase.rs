//! Identities whose private key is protected by a passphrase.

use rustls::pki_types::CertificateDer;

use super::{Identity, read_der, read_pem};
use crate::config::provider::provider;
use crate::config::{ConfigError, encrypted_pem, key, pbe, pkcs12};

impl Identity {
    /// Does the same as [`from_pem`](Self::from_pem) for a private key that may be protected by a passphrase. The
    /// passphrase is not stored.
    ///
    /// Two forms are supported: PKCS#8 (`ENCRYPTED PRIVATE KEY`) with PBES2, which `openssl genpkey` and `openssl pkcs8
    /// -topk8` write (AES or 3DES, under PBKDF2 or scrypt), and the older one with the header `Proc-Type: 4,ENCRYPTED`
    /// (AES or 3DES). The older one protects little: its key is derived by a single round of MD5.
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
    /// Returns [`ConfigError::WrongPassphrase`], and the errors of [`from_pem`](Self::from_pem).
    pub fn from_encrypted_pem(
        certificate: impl AsRef<[u8]>,
        private_key: impl AsRef<[u8]>,
        passphrase: &str,
    ) -> Result<Self, ConfigError> {
        let (chain, block) = read_pem(certificate.as_ref(), private_key.as_ref())?;
        let block = encrypted_pem::open(block, passphrase)?;
        Self::new(chain, &key::in_block(&block)?)
    }

    /// Does the same as [`from_der`](Self::from_der) for a private key that may be protected by a passphrase; see
    /// [`from_encrypted_pem`](Self::from_encrypted_pem).
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::WrongPassphrase`], and the errors of [`from_pem`](Self::from_pem).
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

    /// Reads a PKCS#12 file (`.p12`, `.pfx`), which Windows, Java and the consoles of many appliances export.
    ///
    /// It must have one private key. The certificate of the key and its issuers are used, others ignored. Supported are
    /// the current encryption (PBES2 with AES) and the old one (3DES and RC2 with SHA-1, which protect little), and
    /// MACs with SHA-1 and SHA-2. The passphrase is not stored.
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
    /// Returns [`ConfigError::WrongPassphrase`]; other errors if the file is damaged or protected in another way, or
    /// does not have exactly one private key and its certificate; and the errors of [`from_pem`](Self::from_pem).
    pub fn from_pkcs12(file: impl AsRef<[u8]>, passphrase: &str) -> Result<Self, ConfigError> {
        let contents = pkcs12::open(file.as_ref(), passphrase)?;
        let provider = provider()?;
        let key = key::load(&provider, &key::in_pkcs8(&contents.key))?;
        let chain = contents.chain(|certificate| key::belongs(certificate, &key, Some(&provider)) == Some(true));
        Self::with_key(chain, key)
    }

    fn with_encrypted_key(
        chain: Vec<CertificateDer<'static>>,
        key: &[u8],
        passphrase: &str,
    ) -> Result<Self, ConfigError> {
        let opened = pbe::open_pkcs8(key, passphrase)?;
        Self::new(chain, &key::in_pkcs8(&opened))
    }
}
