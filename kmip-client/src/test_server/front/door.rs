//! The settings for new connections.

use std::sync::Arc;

use rustls::{ServerConfig, SupportedProtocolVersion};

use crate::config::{ConfigError, Identity, Trust};
use crate::test_server::authority::pki::Pki;
use crate::test_server::front::conversation::offer_http;
use crate::transport::tls::server_config_without;

/// The settings for new connections.
#[derive(Debug)]
pub(in crate::test_server) struct Door {
    /// The certificate of the server.
    pub(in crate::test_server) identity: Identity,
    tls: &'static [&'static SupportedProtocolVersion],
    pub(in crate::test_server) https: bool,
    /// The clients whose certificates are revoked.
    pub(in crate::test_server) revoked: Vec<String>,
}

impl Door {
    pub(in crate::test_server) const fn new(
        identity: Identity,
        tls: &'static [&'static SupportedProtocolVersion],
        https: bool,
    ) -> Self {
        Self { identity, tls, https, revoked: Vec::new() }
    }

    /// Returns the settings of another server of the same KMS, with a certificate of its own.
    pub(in crate::test_server) const fn replica(&self, identity: Identity) -> Self {
        Self::new(identity, self.tls, self.https)
    }

    /// Returns the TLS configuration for new connections.
    pub(in crate::test_server) fn tls(&self, pki: &Pki) -> Result<Arc<ServerConfig>, ConfigError> {
        let clients = Trust::ca_pem(pki.ca_pem())?;
        let revoked = if self.revoked.is_empty() { Vec::new() } else { vec![pki.revoke(&self.revoked)] };
        let mut tls = server_config_without(&self.identity, &clients, revoked, self.tls)?;
        if self.https {
            offer_http(&mut tls);
        }
        Ok(tls)
    }
}
