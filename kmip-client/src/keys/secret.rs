//! Symmetric keys and secrets: owned bytes that are wiped on drop.

use std::fmt;

use kmip_ttlv::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, KeyFormatType, SecretDataType};
use zeroize::Zeroizing;

use crate::protocol::object::{KeyBlock, KeyValue, Object, SymmetricKey};
use crate::protocol::operation::{Register, RegisterRequest};

/// The bytes of a symmetric key, or of another secret, wiped on drop.
///
/// `Debug` prints their number only.
///
/// ```
/// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
/// # use kmip_client::{Client, test_server::TestServer};
/// use kmip_client::protocol::operation::Create;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config()).await?;
/// let id = kms.call(&Create::aes(256)).await?.payload().unique_identifier.to_string();
/// let key = kms.secret_key(&id).await?; // owned: the reply is gone
/// assert_eq!(key.expose().len(), 32);
/// assert_eq!(format!("{key:?}"), "SecretKey(AES, 32 bytes)");
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// # }
/// ```
#[derive(Clone)]
pub struct SecretKey {
    pub(super) algorithm: Option<CryptographicAlgorithm>,
    pub(super) secret_data_type: Option<SecretDataType>,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// Creates a symmetric key for this algorithm from its bytes.
    #[must_use]
    pub fn new(algorithm: CryptographicAlgorithm, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { algorithm: Some(algorithm), secret_data_type: None, bytes }
    }

    /// Returns the algorithm of the key, if the server states it; `None` for another secret.
    #[must_use]
    pub const fn algorithm(&self) -> Option<CryptographicAlgorithm> {
        self.algorithm
    }

    /// Returns the type of another secret; `None` for a key.
    #[must_use]
    pub const fn secret_data_type(&self) -> Option<SecretDataType> {
        self.secret_data_type
    }

    /// Returns the bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the bytes, which are still wiped on drop.
    #[must_use]
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }

    /// Returns a request that registers the bytes: a key for encryption and decryption, or for MACs if its algorithm is
    /// an HMAC; another secret without any use.
    #[must_use]
    pub fn register(&self) -> RegisterRequest<'_> {
        if let Some(secret_data_type) = self.secret_data_type {
            return Register::secret_data(secret_data_type, &self.bytes);
        }
        let key_block = KeyBlock {
            key_format_type: KeyFormatType::RAW,
            key_value: Some(KeyValue::from_bytes(&self.bytes)),
            cryptographic_algorithm: self.algorithm,
            cryptographic_length: i32::try_from(8 * self.bytes.len()).ok(),
            ..KeyBlock::default()
        };
        Register::object(Object::SymmetricKey(SymmetricKey { key_block })).usage(match self.algorithm {
            Some(algorithm) if is_hmac(algorithm) => {
                CryptographicUsageMask::MAC_GENERATE | CryptographicUsageMask::MAC_VERIFY
            }
            _ => CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT,
        })
    }
}

fn is_hmac(algorithm: CryptographicAlgorithm) -> bool {
    algorithm.name().is_some_and(|name| name.starts_with("HMAC"))
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(")?;
        match (self.algorithm, self.secret_data_type) {
            (Some(algorithm), _) => write!(f, "{algorithm}, ")?,
            (None, Some(secret)) => write!(f, "{secret}, ")?,
            (None, None) => {}
        }
        write!(f, "{} bytes)", self.bytes.len())
    }
}
