//! Authenticated encryption with a key that stays in the KMS.

use std::fmt;

use kmip_ttlv::{ProtocolVersion, V1_4};
use zeroize::Zeroizing;

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::protocol::operation::{Decrypt, Encrypt};

/// AES-GCM by the operations Encrypt and Decrypt, with an AES key that never leaves the KMS.
///
/// The server generates the nonce. Nonce, additional data and tag are placed as each version of KMIP requires: before
/// 1.4 the tag is at the end of the data, and additional data is an error, because there is no field for it.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// # use kmip_client::{blocking::Client, test_server::TestServer};
/// use kmip_client::protocol::operation::{Activate, Create};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// let id = kms.call(&Create::aes(256))?.payload().unique_identifier.to_string();
/// kms.call(&Activate::id(&id))?;
///
/// let aead = kms.aead(&id);
/// let sealed = aead.seal(b"attack at dawn", b"order 66")?;
/// let opened = aead.open(&sealed, b"order 66")?;
/// assert_eq!(*opened, b"attack at dawn");
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Clone)]
pub struct KmsAead<C> {
    kms: C,
    id: String,
}

/// A message encrypted by [`KmsAead`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Sealed {
    /// The nonce; 12 bytes from most servers.
    pub nonce: Vec<u8>,
    /// The ciphertext, as long as the plaintext.
    pub ciphertext: Vec<u8>,
    /// The authentication tag.
    pub tag: [u8; 16],
}

impl Sealed {
    /// Creates a message from parts that were stored separately.
    #[must_use]
    pub const fn new(nonce: Vec<u8>, ciphertext: Vec<u8>, tag: [u8; 16]) -> Self {
        Self { nonce, ciphertext, tag }
    }
}

/// The reason for which nothing was encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AeadError {
    /// The call failed, or the server refused: for example because the message was changed.
    #[error(transparent)]
    Kms(#[from] Error),
    /// The version of KMIP has no field for additional data. Nothing was sent.
    #[error("KMIP {version} has no field for additional data: it takes 1.4 or later")]
    AdditionalData {
        /// The version in use.
        version: ProtocolVersion,
    },
    /// The response of the server is incomplete.
    #[error("the answer of the server has no {missing}")]
    Answer {
        /// The missing part.
        missing: &'static str,
    },
}

impl<C: Kmip> KmsAead<C> {
    /// Creates an encryptor by this AES key, which has to be active.
    pub fn new(kms: C, id: impl Into<String>) -> Self {
        Self { kms, id: id.into() }
    }

    /// Encrypts the plaintext, and authenticates the additional data, which is not part of the result. The methods
    /// `seal` of both clients do the same.
    ///
    /// # Errors
    ///
    /// Returns [`AeadError::AdditionalData`] if there is additional data and the version is older than 1.4, and
    /// [`AeadError::Kms`] if the call fails.
    pub async fn seal_data(&self, plaintext: &[u8], additional: &[u8]) -> Result<Sealed, AeadError> {
        let mut request = Encrypt::aes_gcm(&*self.id, plaintext);
        let version = self.check(additional)?;
        if version >= V1_4 {
            request.additional_data = Some(additional).filter(|data| !data.is_empty());
        } else if let Some(parameters) = &mut request.cryptographic_parameters {
            parameters.tag_length = None;
        }
        let reply = self.kms.call(&request).await?;
        let payload = reply.payload();
        let missing = |missing| AeadError::Answer { missing };
        let (ciphertext, tag) = payload.ciphertext_and_tag().ok_or(missing("tag"))?;
        let nonce = payload.iv_counter_nonce.ok_or(missing("nonce"))?;
        let tag = tag.try_into().map_err(|_| missing("tag of 16 bytes"))?;
        Ok(Sealed { nonce: nonce.to_vec(), ciphertext: ciphertext.to_vec(), tag })
    }

    /// Decrypts, after the tag has proved that neither the message nor the additional data was changed. The methods
    /// `open` of both clients do the same.
    ///
    /// # Errors
    ///
    /// Returns [`AeadError::Kms`] if the server refuses because the message was changed, and the errors of
    /// [`seal_data`](Self::seal_data).
    pub async fn open_data(&self, sealed: &Sealed, additional: &[u8]) -> Result<Zeroizing<Vec<u8>>, AeadError> {
        let version = self.check(additional)?;
        let joined;
        let mut request = if version >= V1_4 {
            Decrypt::aes_gcm(&*self.id, &sealed.nonce, &sealed.ciphertext, &sealed.tag)
        } else {
            joined = [&sealed.ciphertext[..], &sealed.tag].concat();
            Decrypt::aes_gcm_joined(&*self.id, &sealed.nonce, &joined)
        };
        if version >= V1_4 {
            request.additional_data = Some(additional).filter(|data| !data.is_empty());
        } else if let Some(parameters) = &mut request.cryptographic_parameters {
            parameters.tag_length = None;
        }
        let reply = self.kms.call(&request).await?;
        Ok(Zeroizing::new(reply.payload().data.map(|data| data.expose().to_vec()).unwrap_or_default()))
    }

    /// Returns the version in use, if it supports this additional data.
    fn check(&self, additional: &[u8]) -> Result<ProtocolVersion, AeadError> {
        match self.kms.version() {
            version if version < V1_4 && !additional.is_empty() => Err(AeadError::AdditionalData { version }),
            version => Ok(version),
        }
    }
}

impl<C> fmt::Debug for KmsAead<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KmsAead({})", self.id)
    }
}

#[cfg(feature = "blocking")]
mod blocking {
    use super::*;
    use crate::client::blocking::{Client, FlowClient, wait};

    impl Client {
        /// Creates an encryptor by an AES key that stays in the KMS: feature `signer`. See [`KmsAead`].
        pub fn aead(&self, id: impl Into<String>) -> KmsAead<FlowClient> {
            KmsAead::new(self.for_flow(), id)
        }
    }

    impl KmsAead<FlowClient> {
        /// Encrypts, and blocks until the result arrives.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsAead::seal_data`].
        pub fn seal(&self, plaintext: &[u8], additional: &[u8]) -> Result<Sealed, AeadError> {
            wait(self.seal_data(plaintext, additional))
        }

        /// Decrypts, and blocks until the result arrives.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsAead::open_data`].
        pub fn open(&self, sealed: &Sealed, additional: &[u8]) -> Result<Zeroizing<Vec<u8>>, AeadError> {
            wait(self.open_data(sealed, additional))
        }
    }
}

#[cfg(feature = "tokio")]
mod tokio {
    use super::*;
    use crate::Client;

    impl Client {
        /// Creates an encryptor by an AES key that stays in the KMS: feature `signer`. See [`KmsAead`].
        pub fn aead(&self, id: impl Into<String>) -> KmsAead<Self> {
            KmsAead::new(self.clone(), id)
        }
    }

    impl KmsAead<Client> {
        /// Encrypts.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsAead::seal_data`].
        pub async fn seal(&self, plaintext: &[u8], additional: &[u8]) -> Result<Sealed, AeadError> {
            self.seal_data(plaintext, additional).await
        }

        /// Decrypts.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsAead::open_data`].
        pub async fn open(&self, sealed: &Sealed, additional: &[u8]) -> Result<Zeroizing<Vec<u8>>, AeadError> {
            self.open_data(sealed, additional).await
        }
    }
}
