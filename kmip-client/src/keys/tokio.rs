//! Key methods of the async client.

use super::fetch;
use super::{Certificate, FetchError, PrivateKey, PublicKey, SecretKey};
use crate::Client;
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
    pub async fn private_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PrivateKey, FetchError> {
        fetch::private_key(self, id).await
    }

    /// Fetches a public key, in whatever format the server has it, or that of a certificate.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub async fn public_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PublicKey, FetchError> {
        fetch::public_key(self, id).await
    }

    /// Fetches the bytes of a symmetric key, or of another secret.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub async fn secret_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<SecretKey, FetchError> {
        fetch::secret_key(self, id).await
    }

    /// Fetches a certificate.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub async fn certificate<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<Certificate, FetchError> {
        fetch::certificate(self, id).await
    }
}
