//! Key methods of the blocking client.

use super::fetch;
use super::{Certificate, FetchError, PrivateKey, PublicKey, SecretKey};
use crate::client::blocking::Client;
use crate::protocol::Id;

/// Keys in and out: feature `keys`.
impl Client {
    /// Fetches a private key, in whatever format the server has it. See
    /// [`keys::private_key`](crate::keys::private_key).
    ///
    /// # Errors
    ///
    /// Returns [`FetchError::Kms`] if the server does not return the object, and [`FetchError::Key`] if the object is
    /// not a usable private key.
    pub fn private_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PrivateKey, FetchError> {
        self.run(async |kms| fetch::private_key(&kms, id).await)
    }

    /// Fetches a public key, in whatever format the server has it, or that of a certificate.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub fn public_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PublicKey, FetchError> {
        self.run(async |kms| fetch::public_key(&kms, id).await)
    }

    /// Fetches the bytes of a symmetric key, or of another secret.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub fn secret_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<SecretKey, FetchError> {
        self.run(async |kms| fetch::secret_key(&kms, id).await)
    }

    /// Fetches a certificate.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub fn certificate<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<Certificate, FetchError> {
        self.run(async |kms| fetch::certificate(&kms, id).await)
    }
}
