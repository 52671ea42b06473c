//! From a [`Config`] to what rustls wants, and from what rustls says to what an operator can act on.

mod fault;
#[cfg(feature = "test-server")]
mod server;
#[cfg(all(test, feature = "test-server"))]
#[allow(clippy::unwrap_used)]
mod tests;
mod verify;

use std::sync::Arc;

use rustls::{ALL_VERSIONS, ClientConfig, pki_types::ServerName, sign::SingleCertAndKey};

#[cfg(feature = "test-server")]
pub(crate) use self::server::server_config_without;
use self::verify::Verifier;
pub use self::{
    fault::TlsFault,
    verify::{ServerCheck, UntrustedServer},
};
use crate::config::{Config, ConfigError, provider};

/// The TLS side of a configuration, shared by all its connections: TLS 1.2 and 1.3, sessions resumed, no ALPN, no key
/// log.
pub(crate) fn client_config(config: &Config) -> Result<Arc<ClientConfig>, ConfigError> {
    let trust = config.given_trust().ok_or(ConfigError::NoTrust)?;
    let provider = provider()?;
    let verifier = Verifier::new(trust, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(ALL_VERSIONS)
        .map_err(|error| ConfigError::UnusableProvider { source: Arc::new(error) })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let tls = match config.given_identity() {
        Some(identity) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key()))),
        None => builder.with_no_client_auth(),
    };
    Ok(Arc::new(tls))
}

/// The name to verify and to send as SNI.
pub(crate) fn server_name(config: &Config) -> Result<ServerName<'static>, ConfigError> {
    let name = match config.given_server_name() {
        Some(name) => name.to_owned(),
        None => config.endpoint()?.host().to_owned(),
    };
    ServerName::try_from(name.clone()).map_err(|_| ConfigError::InvalidServerName { name })
}

/// Here and not with the configuration, since TLS is what most of it is for.
impl Config {
    /// Tells whether the configuration can be used at all, without connecting.
    ///
    /// # Errors
    ///
    /// What connecting would report as wrong with the configuration.
    ///
    /// ```
    /// use kmip_client::{Config, ConfigError};
    ///
    /// let config = Config::new("kms-1.example");
    /// assert!(matches!(config.check(), Err(ConfigError::NoTrust)));
    /// ```
    pub fn check(&self) -> Result<(), ConfigError> {
        self.endpoint()?;
        self.allowed_versions()?;
        self.check_limits()?;
        server_name(self)?;
        client_config(self)?;
        Ok(())
    }
}
