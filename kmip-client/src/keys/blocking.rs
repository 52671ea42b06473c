//! Keys by the methods of the blocking client.

use super::fetch;
use super::{Certificate, FetchError, PrivateKey, PublicKey, SecretKey};
use crate::client::blocking::{Client, wait};
use crate::protocol::Id;

/// Keys in and out: feature `keys`.
impl Client {
    /// Fetches a private key, in whatever format the server has it. See [`keys::private_key`](crate::keys::private_key).
    ///
    /// # Errors
    ///
    /// [`FetchError::Kms`] where the server does not give the object, [`FetchError::Key`] where it is none that can be used.
    pub fn private_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PrivateKey, FetchError> {
        wait(fetch::private_key(self, id))
    }

    /// Fetches a public key, in whatever format the server has it, or that of a certificate.
    ///
    /// # Errors
    ///
    /// As for [`private_key`](Self::private_key).
    pub fn public_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PublicKey, FetchError> {
        wait(fetch::public_key(self, id))
    }

    /// Fetches the bytes of a symmetric key, or of a secret that is no key.
    ///
    /// # Errors
    ///
    /// As for [`private_key`](Self::private_key).
    pub fn secret_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<SecretKey, FetchError> {
        wait(fetch::secret_key(self, id))
    }

    /// Fetches a certificate.
    ///
    /// # Errors
    ///
    /// As for [`private_key`](Self::private_key).
    pub fn certificate<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<Certificate, FetchError> {
        wait(fetch::certificate(self, id))
    }
}
