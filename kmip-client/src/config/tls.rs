//! The settings of TLS.

use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;

#[cfg(feature = "https")]
use super::MessageEncoding;
use super::{ConfigError, Identity, Trust, provider};

/// The source of the client certificate.
#[derive(Debug, Clone)]
pub(crate) enum ClientCertificate {
    Identity(Identity),
    Resolver(Arc<dyn ResolvesClientCert>),
}

/// The identity, the trust, and the cryptographic provider.
#[derive(Debug, Clone, Default)]
pub(crate) struct TlsSettings {
    pub(crate) client: Option<ClientCertificate>,
    pub(crate) trust: Option<Trust>,
    pub(crate) provider: Option<Arc<CryptoProvider>>,
    pub(crate) fips: bool,
}

impl TlsSettings {
    pub(crate) fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.client.as_ref()
    }

    /// Returns the given cryptographic provider, or that of this build.
    pub(crate) fn provider(&self) -> Result<Arc<CryptoProvider>, ConfigError> {
        self.provider.clone().map_or_else(provider, Ok)
    }

    pub(crate) fn requires_fips(&self) -> bool {
        self.fips
    }

    pub(crate) fn given_trust(&self) -> Option<&Trust> {
        self.trust.as_ref()
    }

    /// Returns the identity; `None` if a resolver supplies the client certificate.
    pub(crate) fn given_identity(&self) -> Option<&Identity> {
        match self.client {
            Some(ClientCertificate::Identity(ref identity)) => Some(identity),
            _ => None,
        }
    }
}

/// The transport of messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Messages {
    /// The maximum length of a response in bytes.
    pub(crate) limit: usize,
    #[cfg(feature = "https")]
    pub(crate) encoding: MessageEncoding,
}
