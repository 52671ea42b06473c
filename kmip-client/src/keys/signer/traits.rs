//! The signer traits of the ecosystem, and the methods of the clients.

use der::Decode;
use pkcs8::spki::{self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier};
use signature::{Keypair, SignatureEncoding};

use super::{KmsSigner, SignError, Signature};
use crate::keys::PublicKey;

#[cfg(feature = "blocking")]
mod blocking {
    use super::*;
    use crate::client::blocking::{Client, FlowClient, wait};

    /// Keys that stay: feature `signer`.
    impl Client {
        /// Opens the key pair of a private key, a public key or a certificate, to sign with it. See
        /// [`KmsSigner`](crate::keys::KmsSigner).
        ///
        /// ```
        /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
        /// use kmip_client::blocking::Client;
        /// use kmip_client::protocol::operation::{Activate, CreateKeyPair};
        /// use kmip_client::ttlv::enumeration::RecommendedCurve;
        ///
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// # let server = kmip_client::test_server::TestServer::start();
        /// # let kms = Client::connect(&server.config())?;
        /// let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256))?;
        /// let id = made.payload().private_key_unique_identifier.to_string();
        /// kms.call(&Activate::id(&id))?;
        ///
        /// let signer = kms.signer(&id)?;
        /// let signature = signer.sign(b"I owe you")?;
        /// assert_eq!(signature.as_bytes()[0], 0x30); // DER
        /// # Ok(())
        /// # }
        /// # main().unwrap();
        /// # }
        /// ```
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsSigner::open`].
        pub fn signer(&self, id: &str) -> Result<KmsSigner<FlowClient>, SignError> {
            wait(KmsSigner::open(self.for_flow(), id))
        }

        /// Opens a key pair by the identifiers of both halves, for servers without links.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsSigner::open`].
        pub fn signer_pair(&self, private: &str, public: &str) -> Result<KmsSigner<FlowClient>, SignError> {
            wait(KmsSigner::open_pair(self.for_flow(), private, public))
        }
    }

    impl KmsSigner<FlowClient> {
        /// Signs the data on the server, and blocks until the signature arrives.
        ///
        /// # Errors
        ///
        /// Returns [`SignError::Kms`] if the server does not sign.
        pub fn sign(&self, data: &[u8]) -> Result<Signature, SignError> {
            wait(self.sign_data(data))
        }
    }

    impl<S: SignatureEncoding> signature::Signer<S> for KmsSigner<FlowClient> {
        fn try_sign(&self, data: &[u8]) -> Result<S, signature::Error> {
            wait(self.typed(data)).map_err(signature::Error::from_source)
        }
    }
}

#[cfg(feature = "tokio")]
mod tokio {
    use super::*;
    use crate::Client;

    /// Keys that stay: feature `signer`.
    impl Client {
        /// Opens the key pair of a private key, a public key or a certificate, to sign with it. See
        /// [`KmsSigner`](crate::keys::KmsSigner).
        ///
        /// ```
        /// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
        /// use kmip_client::Client;
        /// use kmip_client::protocol::operation::{Activate, CreateKeyPair};
        /// use kmip_client::ttlv::enumeration::RecommendedCurve;
        ///
        /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
        /// # let server = kmip_client::test_server::TestServer::start();
        /// # let kms = Client::connect(&server.config()).await?;
        /// let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256)).await?;
        /// let id = made.payload().private_key_unique_identifier.to_string();
        /// kms.call(&Activate::id(&id)).await?;
        ///
        /// let signer = kms.signer(&id).await?;
        /// let signature = signer.sign(b"I owe you").await?;
        /// assert_eq!(signature.as_bytes()[0], 0x30); // DER
        /// # Ok(())
        /// # }
        /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
        /// # }
        /// ```
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsSigner::open`].
        pub async fn signer(&self, id: &str) -> Result<KmsSigner<Self>, SignError> {
            KmsSigner::open(self.clone(), id).await
        }

        /// Opens a key pair by the identifiers of both halves, for servers without links.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`KmsSigner::open`].
        pub async fn signer_pair(&self, private: &str, public: &str) -> Result<KmsSigner<Self>, SignError> {
            KmsSigner::open_pair(self.clone(), private, public).await
        }
    }

    impl KmsSigner<Client> {
        /// Signs the data on the server.
        ///
        /// # Errors
        ///
        /// Returns [`SignError::Kms`] if the server does not sign.
        pub async fn sign(&self, data: &[u8]) -> Result<Signature, SignError> {
            self.sign_data(data).await
        }

        /// Signs the data on the server, and returns the signature in the type of another crate, such as
        /// `p256::ecdsa::Signature`.
        ///
        /// # Errors
        ///
        /// Returns [`SignError::Type`] if the signature has another type, and the errors of [`sign`](Self::sign).
        pub async fn sign_as<S: SignatureEncoding>(&self, data: &[u8]) -> Result<S, SignError> {
            self.typed(data).await
        }
    }

    /// Implemented for this type alone: every `Signer` is an `AsyncSigner` already, so a general implementation would
    /// overlap.
    impl signature::AsyncSigner<Signature> for KmsSigner<Client> {
        async fn sign_async(&self, data: &[u8]) -> Result<Signature, signature::Error> {
            self.sign_data(data).await.map_err(signature::Error::from_source)
        }
    }
}

#[cfg(any(feature = "blocking", feature = "tokio"))]
impl<C: crate::Kmip> KmsSigner<C> {
    async fn typed<S: SignatureEncoding>(&self, data: &[u8]) -> Result<S, SignError> {
        let made = self.sign_data(data).await?;
        // The type takes either form.
        let typed = S::try_from(made.as_bytes()).ok().or_else(|| S::try_from(&made.to_raw()?).ok());
        typed.ok_or(SignError::Type { scheme: self.scheme })
    }
}

impl<C> Keypair for KmsSigner<C> {
    type VerifyingKey = PublicKey;

    fn verifying_key(&self) -> PublicKey {
        self.public_key().clone()
    }
}

/// Supports certificates and certificate requests.
impl<C> DynSignatureAlgorithmIdentifier for KmsSigner<C> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        let content = self.scheme.signature_id();
        let len = u8::try_from(content.as_ref().len()).map_err(|_| spki::Error::KeyMalformed)?;
        Ok(AlgorithmIdentifierOwned::from_der(&[&[0x30, len][..], content.as_ref()].concat())?)
    }
}
