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
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::keys::PrivateKey;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// # let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    /// let id = kms.call(&PrivateKey::from_pem(pem)?.register())?.payload().unique_identifier.to_string();
    /// let key = kms.private_key(&id)?;
    /// println!("{}", &*key.to_pkcs8_pem()?);
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
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
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::CreateKeyPair;
    /// use kmip_client::ttlv::enumeration::RecommendedCurve;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256))?;
    /// let key = kms.public_key(made.payload().public_key_unique_identifier)?;
    /// println!("{}", key.to_public_key_pem()?);
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub fn public_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<PublicKey, FetchError> {
        self.run(async |kms| fetch::public_key(&kms, id).await)
    }

    /// Fetches the bytes of a symmetric key, or of another secret.
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::Create;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// let id = kms.call(&Create::aes(256))?.payload().unique_identifier.to_string();
    /// let key = kms.secret_key(&id)?;
    /// assert_eq!(key.expose().len(), 32);
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub fn secret_key<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<SecretKey, FetchError> {
        self.run(async |kms| fetch::secret_key(&kms, id).await)
    }

    /// Fetches a certificate.
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::keys::Certificate;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = kmip_client::test_server::TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// # let pem = server.pki().ca_pem();
    /// let id = kms.call(&Certificate::from_pem(pem)?.register())?.payload().unique_identifier.to_string();
    /// let certificate = kms.certificate(&id)?;
    /// println!("{}", certificate.to_pem()?);
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`private_key`](Self::private_key).
    pub fn certificate<'a>(&self, id: impl Into<Id<'a>> + Send) -> Result<Certificate, FetchError> {
        self.run(async |kms| fetch::certificate(&kms, id).await)
    }
}
