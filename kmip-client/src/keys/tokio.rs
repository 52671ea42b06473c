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
    /// ```
    /// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
    /// use kmip_client::Client;
    /// use kmip_client::keys::PrivateKey;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// # let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    /// let id = kms.call(&PrivateKey::from_pem(pem)?.register()).await?.payload().unique_identifier.to_string();
    /// let key = kms.private_key(&id).await?;
    /// println!("{}", &*key.to_pkcs8_pem()?);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// # }
    /// ```
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
    /// ```
    /// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
    /// use kmip_client::Client;
    /// use kmip_client::protocol::operation::CreateKeyPair;
    /// use kmip_client::ttlv::enumeration::RecommendedCurve;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256)).await?;
    /// let key = kms.public_key(made.payload().public_key_unique_identifier).await?;
    /// println!("{}", key.to_public_key_pem()?);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub async fn public_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PublicKey, FetchError> {
        fetch::public_key(self, id).await
    }

    /// Fetches the bytes of a symmetric key, or of another secret.
    ///
    /// ```
    /// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
    /// use kmip_client::Client;
    /// use kmip_client::protocol::operation::Create;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// let id = kms.call(&Create::aes(256)).await?.payload().unique_identifier.to_string();
    /// let key = kms.secret_key(&id).await?;
    /// assert_eq!(key.expose().len(), 32);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub async fn secret_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<SecretKey, FetchError> {
        fetch::secret_key(self, id).await
    }

    /// Fetches a certificate.
    ///
    /// ```
    /// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
    /// use kmip_client::Client;
    /// use kmip_client::keys::Certificate;
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// # let pem = server.pki().ca_pem();
    /// let id = kms.call(&Certificate::from_pem(pem)?.register()).await?.payload().unique_identifier.to_string();
    /// let certificate = kms.certificate(&id).await?;
    /// println!("{}", certificate.to_pem()?);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub async fn certificate<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<Certificate, FetchError> {
        fetch::certificate(self, id).await
    }
}
