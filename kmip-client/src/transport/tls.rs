//! From a [`Config`] to what rustls wants, and from what rustls says to what an operator can act on.

mod certificate;
mod check;
mod diagnosis;
mod error;
mod explain;
mod inspect;
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

pub(crate) use self::diagnosis::diagnosis;
pub use self::inspect::ServerCertificate;
pub(crate) use self::inspect::inspector;
use self::requested::Noting;
pub(crate) use self::requested::noting_request;
#[cfg(feature = "test-server")]
pub(crate) use self::server::server_config_without;
use self::verify::Verifier;
pub use self::{
    check::{ServerCheck, UntrustedServer},
    error::TlsError,
};
use crate::config::{Anchors, Identity, Trust};
use crate::config::{ClientCertificate, ConfigError, TlsSettings};

/// The TLS side of a configuration, shared by its connections: TLS 1.2 and 1.3, sessions resumed, no ALPN, no key log.
///
/// It has the client certificate and the trust of now; a [`RenewingConfig`] follows those that change.
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
    tls.client_auth_cert_resolver = Noting::new(tls.client_auth_cert_resolver);
    if config.requires_fips() && !tls.fips() {
        return Err(ConfigError::NotFips);
    }
    Ok(Arc::new(tls))
}

/// The TLS side of a client that lives on while its certificate is renewed, and what it trusts.
pub(crate) struct RenewingConfig {
    identity: Option<Identity>,
    trust: Option<Trust>,
    now: Mutex<Now>,
}

struct Now {
    config: Arc<ClientConfig>,
    /// The key that `config` has; `None` where it has not been asked for yet.
    key: Option<Arc<CertifiedKey>>,
    /// What it trusts that comes from files, in the same way.
    anchors: Option<Arc<Anchors>>,
}

impl RenewingConfig {
    pub(crate) fn new(config: &TlsSettings) -> Result<Self, ConfigError> {
        let mut anchors = None;
        let trust = config.given_trust().cloned();
        // Before it is used below: what changes in between is seen the next time.
        let _ = trust.as_ref().and_then(|trust| trust.newest(&mut anchors));
        let now = Now { config: client_config(config)?, key: None, anchors };
        Ok(Self { identity: config.given_identity().cloned(), trust, now: Mutex::new(now) })
    }

    /// What a new connection is to use.
    ///
    /// With another certificate, or another trust, it is another value. rustls resumes no session across them: it would go on with the
    /// certificates of the first. Connections that have the old value keep it.
    pub(crate) fn current(&self) -> Arc<ClientConfig> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = &self.identity {
            let key = identity.newest_key();
            if !now.key.as_ref().is_some_and(|old| Arc::ptr_eq(old, &key)) {
                let resolver = SingleCertAndKey::from(Arc::clone(&key));
                now.change(|config| config.client_auth_cert_resolver = Noting::new(Arc::new(resolver)));
                now.key = Some(key);
            }
        }
        if let Some(anchors) = self.trust.as_ref().and_then(|trust| trust.newest(&mut now.anchors)) {
            // What cannot be used is no reason to stop: what was in use stays.
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
