//! X.509 certificates.

use std::fmt;

use der::Decode;
use der::pem::LineEnding;
use rustls::pki_types::CertificateDer;

use super::error::{CERTIFICATE, KeyError};
use super::public::PublicKey;
use super::{inspect, pem};
use crate::protocol::operation::{Register, RegisterRequest};

/// An X.509 certificate: DER that was parsed once.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// # use kmip_client::{blocking::Client, test_server::TestServer};
/// use kmip_client::keys::Certificate;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// # let issued = server.pki().issue_client("web");
/// # let pem = issued.certificate_pem();
/// let certificate = Certificate::from_pem(pem)?;
/// let id = kms.call(&certificate.register().name("web"))?.payload().unique_identifier.to_string();
/// assert_eq!(kms.certificate(&id)?, certificate);
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public: Result<PublicKey, KeyError>,
}

impl Certificate {
    /// Reads the first certificate of a PEM file.
    ///
    /// # Errors
    ///
    /// Fails if the input is not PEM, or has no certificate or a damaged one.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let blocks = pem::certificates(pem.as_ref())?;
        Self::from_der(&*blocks[0].der)
    }

    /// Reads all certificates of a PEM file in order, usually a chain.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`from_pem`](Self::from_pem).
    pub fn chain_from_pem(pem: impl AsRef<[u8]>) -> Result<Vec<Self>, KeyError> {
        pem::certificates(pem.as_ref())?.iter().map(|block| Self::from_der(&*block.der)).collect()
    }

    /// Reads a certificate in DER.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are something else, or a damaged certificate.
    pub fn from_der(der: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let der = der.as_ref();
        match x509_cert::Certificate::from_der(der) {
            Ok(_) => Ok(Self { der: der.to_vec(), public: PublicKey::from_der(der) }),
            Err(error) => match inspect::describe(der) {
                inspect::OTHER if der.first() == Some(&0x30) => Err(KeyError::damaged(CERTIFICATE)(error)),
                found => Err(KeyError::Other { expected: "a certificate", found }),
            },
        }
    }

    /// Returns the certificate in DER.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the certificate in PEM.
    ///
    /// # Errors
    ///
    /// Fails for certificates too long for PEM, of which none are known.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let text = der::pem::encode_string("CERTIFICATE", LineEnding::LF, &self.der);
        text.map_err(|error| KeyError::damaged_because(CERTIFICATE, error.to_string()))
    }

    /// Returns the certified public key.
    ///
    /// # Errors
    ///
    /// Fails if this crate does not support the algorithm or the curve of the key.
    pub fn public_key(&self) -> Result<&PublicKey, KeyError> {
        self.public.as_ref().map_err(Clone::clone)
    }

    /// Returns a request that registers the certificate.
    #[must_use]
    pub fn register(&self) -> RegisterRequest<'_> {
        Register::certificate(&self.der)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} bytes)", self.der.len())
    }
}

/// Converts to the certificate type of rustls.
impl From<Certificate> for CertificateDer<'static> {
    fn from(certificate: Certificate) -> Self {
        Self::from(certificate.der)
    }
}
