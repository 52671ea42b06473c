//! Reading of a configuration by the engine, the pool and TLS.

use std::sync::Arc;
use std::time::Duration;

use kmip_ttlv::ProtocolVersion;
use rustls::pki_types::ServerName;

use super::{Config, Observing};
use crate::client::pool::Bounds;
use crate::config::{ConfigError, Endpoint, Messages, TlsSettings, spoken};
use crate::exchange::options::RequestOptions;
use crate::transport::connect::Tls;
use crate::transport::network::Io;

/// Access for the engine.
impl Config {
    /// Checks that no limit is zero.
    pub(crate) fn check_limits(&self) -> Result<(), ConfigError> {
        let limits = [
            ("connect timeout", self.connect_timeout),
            ("attempt timeout", self.attempt_timeout),
            ("total timeout", self.total_timeout),
        ];
        for (limit, value) in limits {
            if value.is_zero() {
                return Err(ConfigError::ZeroTimeout { limit });
            }
        }
        if self.max_connections == 0 {
            return Err(ConfigError::NoConnections);
        }
        Ok(())
    }

    /// Returns the endpoints, at least one.
    pub(crate) fn endpoints(&self) -> Result<Vec<Endpoint>, ConfigError> {
        self.addresses.iter().map(|address| address.text.parse()).collect()
    }

    /// Returns the versions to offer, newest first; at least one. A single one is not negotiated.
    pub(crate) fn allowed_versions(&self) -> Result<Vec<ProtocolVersion>, ConfigError> {
        let allowed = spoken(self.versions);
        if allowed.is_empty() { Err(ConfigError::NoVersion { range: self.versions }) } else { Ok(allowed) }
    }

    /// Returns for each server, in the order of the addresses, whether it is read-only.
    pub(crate) fn read_only_endpoints(&self) -> Vec<bool> {
        self.addresses.iter().map(|address| address.read_only).collect()
    }

    /// Returns the given name of each server, in the order of the addresses.
    pub(crate) fn given_server_names(&self) -> impl Iterator<Item = Option<&str>> {
        self.addresses.iter().map(|address| address.server_name.as_deref().or(self.server_name.as_deref()))
    }
}

impl Config {
    pub(crate) fn given_request_options(&self) -> &RequestOptions {
        &self.request
    }

    pub(crate) fn limit_to_connect(&self) -> Duration {
        self.connect_timeout
    }

    pub(crate) fn limit_of_attempt(&self) -> Duration {
        self.attempt_timeout
    }

    pub(crate) fn limit_of_pending(&self) -> Duration {
        self.pending_timeout
    }

    pub(crate) fn limit_in_total(&self) -> Duration {
        self.total_timeout
    }

    pub(crate) fn repeats_metered(&self) -> bool {
        self.repeat_metered
    }

    pub(crate) fn numbers_requests(&self) -> bool {
        self.batch_item_ids
    }

    pub(crate) fn is_spread(&self) -> bool {
        self.spread
    }

    pub(crate) fn bounds_of_pool(&self) -> Bounds {
        let least_idle = self.min_idle.min(self.max_connections);
        Bounds { most: self.max_connections, least_idle, idle: self.idle_timeout }
    }

    pub(crate) fn given_observer(&self) -> Option<Arc<dyn crate::client::observe::Observer>> {
        self.observer.as_ref().map(|Observing(observer)| Arc::clone(observer))
    }

    pub(crate) fn warns_before_expiry(&self) -> Duration {
        self.expiry_warning
    }
}

impl Config {
    /// Returns the settings of TLS.
    pub(crate) fn tls_settings(&self) -> &TlsSettings {
        &self.tls
    }

    pub(crate) fn messages(&self) -> Messages {
        Messages {
            limit: self.max_response_size,
            #[cfg(feature = "https")]
            encoding: self.encoding,
        }
    }

    /// Performs the checks of `Config::check`, and keeps the results: TLS is configured once.
    pub(crate) fn network<I: Io>(&self, io: I) -> Result<Tls<I>, ConfigError> {
        self.endpoints()?;
        self.allowed_versions()?;
        self.check_limits()?;
        Tls::new(io, server_names(self)?, &self.tls, self.messages())
    }
}

/// Returns the name to verify at each endpoint, and to send as SNI.
pub(crate) fn server_names(config: &Config) -> Result<Vec<ServerName<'static>>, ConfigError> {
    let endpoints = config.endpoints()?;
    let names = endpoints.iter().zip(config.given_server_names()).map(|(endpoint, given)| {
        let name = given.unwrap_or(endpoint.host()).to_owned();
        ServerName::try_from(name.clone()).map_err(|_| ConfigError::InvalidServerName { name })
    });
    names.collect()
}
