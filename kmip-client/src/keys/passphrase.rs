//! Private keys that a passphrase protects.

use super::error::{KeyError, PRIVATE_KEY};
use super::pem;
use super::private::PrivateKey;
use crate::config::{ConfigError, encrypted_pem, pbe};

impl PrivateKey {
    /// Reads the private key of a PEM file that may be protected by a passphrase. The passphrase is not stored.
    ///
    /// Supported are PKCS#8 (`ENCRYPTED PRIVATE KEY`) with PBES2, as `openssl genpkey` and `openssl pkcs8 -topk8` write
    /// it (AES or 3DES, under PBKDF2 or scrypt), and the older form with the header `Proc-Type: 4,ENCRYPTED` (AES or
    /// 3DES). The older form protects little: its key is derived by a single round of MD5.
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::WrongPassphrase`], and the errors of [`from_pem`](Self::from_pem).
    pub fn from_encrypted_pem(pem: impl AsRef<[u8]>, passphrase: &str) -> Result<Self, KeyError> {
        let block = pem::private_key(pem.as_ref())?;
        let block = encrypted_pem::open(block, passphrase).map_err(KeyError::of_passphrase)?;
        Self::from_der(&block.der)
    }

    /// Reads a passphrase-protected private key in DER: see [`from_encrypted_pem`](Self::from_encrypted_pem).
    ///
    /// # Errors
    ///
    /// Returns [`KeyError::WrongPassphrase`], and the errors of [`from_der`](Self::from_der).
    pub fn from_encrypted_der(der: impl AsRef<[u8]>, passphrase: &str) -> Result<Self, KeyError> {
        let opened = pbe::open_pkcs8(der.as_ref(), passphrase).map_err(KeyError::of_passphrase)?;
        Self::from_der(&opened)
    }
}

impl KeyError {
    /// Converts the error of a passphrase-protected key.
    fn of_passphrase(error: ConfigError) -> Self {
        match error {
            ConfigError::UnsupportedEncryption { algorithm, .. } => Self::Encryption { algorithm },
            ConfigError::BrokenKey { source } => Self::damaged_because(PRIVATE_KEY, source.to_string()),
            _ => Self::WrongPassphrase,
        }
    }
}
