//! Conversion of a [`Config`] to the settings of rustls, and of its errors to messages for operators.

mod certificate;
mod check;
mod der;
mod diagnosis;
mod error;
mod explain;
mod inspect;
mod name;
mod requested;
#[cfg(feature = "test-server")]
mod server;
mod signature;
#[cfg(all(test, feature = "test-server"))]
#[allow(clippy::unwrap_used)]
mod tests;
mod verify;

use std::sync::Arc;
use std::sync::{Mutex, PoisonError};

use rustls::sign::CertifiedKey;
use rustls::{ALL_VERSIONS, ClientConfig, client::Resumption, sign::SingleCertAndKey};

pub(crate) use self::certificate::end_of;
pub(crate) use self::diagnosis::diagnosis;
pub use self::inspect::ServerCertificate;
pub(crate) use self::inspect::inspector;
use self::requested::RecordingResolver;
pub(crate) use self::requested::record_request;
#[cfg(feature = "test-server")]
pub(crate) use self::server::server_config_without;
use self::verify::Verifier;
pub use self::{
    check::{ServerCheck, UntrustedServer},
    error::TlsError,
};
use crate::config::{Anchors, Identity, Trust};
use crate::config::{ClientCertificate, ConfigError, TlsSettings};

/// Returns the TLS configuration that all connections share: TLS 1.2 and 1.3, sessions resumed, no ALPN, no key log.
///
/// It has the current client certificate and trust; a [`RenewingConfig`] follows their changes.
pub(crate) fn client_config(config: &TlsSettings) -> Result<Arc<ClientConfig>, ConfigError> {
    let trust = config.given_trust().ok_or(ConfigError::NoTrust)?;
    let provider = config.provider()?;
    let verifier = Verifier::new(trust.anchors(), &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(ALL_VERSIONS)
        .map_err(|error| ConfigError::UnusableProvider { source: Arc::new(error) })?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut tls = match config.client_certificate() {
        Some(ClientCertificate::Identity(identity)) => {
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key())))
        }
        Some(ClientCertificate::Resolver(resolver)) => {
            let mut tls = builder.with_client_cert_resolver(Arc::clone(resolver));
            tls.resumption = Resumption::disabled();
            tls
        }
        None => builder.with_no_client_auth(),
    };
    tls.client_auth_cert_resolver = RecordingResolver::new(tls.client_auth_cert_resolver);
    if config.requires_fips() && !tls.fips() {
        return Err(ConfigError::NotFips);
    }
    Ok(Arc::new(tls))
}

/// The TLS configuration of a client, which follows renewals of its certificate and trust.
pub(crate) struct RenewingConfig {
    identity: Option<Identity>,
    trust: Option<Trust>,
    now: Mutex<Now>,
}

struct Now {
    config: Arc<ClientConfig>,
    /// The key in `config`; `None` if it has not been loaded yet.
    key: Option<Arc<CertifiedKey>>,
    /// The anchors from files in `config`, likewise.
    anchors: Option<Arc<Anchors>>,
}

impl RenewingConfig {
    pub(crate) fn new(config: &TlsSettings) -> Result<Self, ConfigError> {
        let mut anchors = None;
        let trust = config.given_trust().cloned();
        // Read before its use below, so that a change in between is seen the next time.
        let _ = trust.as_ref().and_then(|trust| trust.newest(&mut anchors));
        let now = Now { config: client_config(config)?, key: None, anchors };
        Ok(Self { identity: config.given_identity().cloned(), trust, now: Mutex::new(now) })
    }

    /// Returns the configuration for a new connection.
    ///
    /// After a change of the certificate or the trust it is a new value. rustls resumes no session across values, which
    /// would continue with the old certificates. Existing connections keep the old value.
    pub(crate) fn current(&self) -> Arc<ClientConfig> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = &self.identity {
            let key = identity.newest_key();
            if !now.key.as_ref().is_some_and(|old| Arc::ptr_eq(old, &key)) {
                let resolver = SingleCertAndKey::from(Arc::clone(&key));
                now.change(|config| config.client_auth_cert_resolver = RecordingResolver::new(Arc::new(resolver)));
                now.key = Some(key);
            }
        }
        if let Some(anchors) = self.trust.as_ref().and_then(|trust| trust.newest(&mut now.anchors)) {
            // Unusable anchors do not stop the client: the last ones stay in use.
            if let Ok(verifier) = Verifier::new(anchors, now.config.crypto_provider()) {
                now.change(|config| config.dangerous().set_certificate_verifier(Arc::new(verifier)));
            }
        }
        Arc::clone(&now.config)
    }
}

impl Now {
    fn change(&mut self, change: impl FnOnce(&mut ClientConfig)) {
        let mut config = ClientConfig::clone(&self.config);
        change(&mut config);
        self.config = Arc::new(config);
    }
}
