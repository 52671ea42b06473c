//! What a client is told before it connects. Values, checked when they are made or when they are used; no types per
//! step.

mod endpoint;
mod error;
mod identity;
mod pem;
mod provider;
mod thumbprint;
mod trust;

use std::time::Duration;

use kmip_ttlv::{ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, VersionRange};

pub use self::{
    endpoint::Endpoint,
    error::{Cause, ConfigError, Input, NotPem},
    identity::Identity,
    thumbprint::Thumbprint,
    trust::Trust,
};
pub(crate) use self::{provider::provider, trust::Kind as TrustKind};
use crate::options::{Credentials, RequestOptions};

/// The versions that this client speaks, oldest first.
pub(crate) const SPOKEN: [ProtocolVersion; 7] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1];

/// Where the server is, who we are, whom we trust, and the limits of a call.
///
/// Cheap to clone. What is wrong with the address, the server name, the versions or the limits is reported when the
/// configuration is used, or by [`check`](Config::check).
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// # use kmip_client::test_server::Pki;
/// use kmip_client::{Config, Identity, Trust};
///
/// # fn main() -> Result<(), kmip_client::ConfigError> {
/// # let (pki, issued) = (Pki::new(), Pki::new().issue_client("alice"));
/// # let (ca, certificate, key) = (pki.ca_pem(), issued.certificate_pem(), issued.private_key_pem());
/// let config = Config::new("kms-1.example:5696")
///     .identity(Identity::from_pem(certificate, key)?)
///     .trust(Trust::ca_pem(ca)?);
/// config.check()?;
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    address: String,
    identity: Option<Identity>,
    trust: Option<Trust>,
    server_name: Option<String>,
    versions: VersionRange,
    connect_timeout: Duration,
    call_timeout: Duration,
    pending_timeout: Duration,
    max_response_size: usize,
    request: RequestOptions,
}

impl Config {
    /// For the server at this address: `host` or `host:port`, as [`Endpoint`] reads it. The port is 5696 where none is
    /// given.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            identity: None,
            trust: None,
            server_name: None,
            versions: VersionRange::between(V1_0, V2_1),
            connect_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(30),
            pending_timeout: Duration::from_secs(5 * 60),
            max_response_size: 16 * 1024 * 1024,
            request: RequestOptions::new(),
        }
    }

    /// The client certificate and key to show to the server. Hardly any server lets a client in without.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// How to know the server. There is no default.
    #[must_use]
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = Some(trust);
        self
    }

    /// The name that the server's certificate must have, where it is not the host of the address. It is also the name
    /// that the server is told in the handshake (SNI), unless it is an IP address.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// Who asks, beside the client certificate: in the header of every request. A client's `with_credential` says it for some.
    ///
    /// Already asking the server for its versions says it, where it can be said in KMIP 1.1.
    ///
    /// ```
    /// use kmip_client::{Config, Credentials};
    ///
    /// let config = Config::new("kms-1.example").credential(Credentials::user("backup", "hunter2"));
    /// assert!(!format!("{config:?}").contains("hunter2"));
    /// ```
    #[must_use]
    pub fn credential(mut self, credentials: Credentials) -> Self {
        self.request = self.request.credential(credentials);
        self
    }

    /// What the header of every request says: all of it, with the credentials.
    #[must_use]
    pub fn request_options(mut self, options: RequestOptions) -> Self {
        self.request = options;
        self
    }

    /// The KMIP version to speak, without asking the server.
    #[must_use]
    pub fn version(self, version: ProtocolVersion) -> Self {
        self.versions(version..=version)
    }

    /// The KMIP versions from which the newest that the server knows too is taken, as in `V1_2..=V1_4`. Default: 1.0 to
    /// 2.1, which is all that this client speaks. A range that leaves one of these is the same as
    /// [`version`](Config::version).
    #[must_use]
    pub fn versions(mut self, versions: impl Into<VersionRange>) -> Self {
        self.versions = versions.into();
        self
    }

    /// The longest time for reaching the server: TCP and TLS. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The longest time from the first byte of a request to the last of its reply. Default: 30 s.
    #[must_use]
    pub fn call_timeout(mut self, limit: Duration) -> Self {
        self.call_timeout = limit;
        self
    }

    /// The longest time to wait for an answer that comes later, where the server may answer later: from the moment that it says so. What is
    /// not answered by then is an `Error::Pending`, with which it can be asked for again. Default: 5 min.
    #[must_use]
    pub fn pending_timeout(mut self, limit: Duration) -> Self {
        self.pending_timeout = limit;
        self
    }

    /// The longest response that is accepted, in bytes. Default: 16 MiB. Memory is taken as bytes arrive, not ahead.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }
}

/// What the engine reads.
impl Config {
    /// That the limits leave any time at all.
    pub(crate) fn check_limits(&self) -> Result<(), ConfigError> {
        for (limit, value) in [("connect timeout", self.connect_timeout), ("call timeout", self.call_timeout)] {
            if value.is_zero() {
                return Err(ConfigError::ZeroTimeout { limit });
            }
        }
        Ok(())
    }

    pub(crate) fn endpoint(&self) -> Result<Endpoint, ConfigError> {
        self.address.parse()
    }

    /// The versions to offer, newest first; at least one. If there is exactly one, it is not negotiated.
    pub(crate) fn allowed_versions(&self) -> Result<Vec<ProtocolVersion>, ConfigError> {
        let allowed: Vec<_> = SPOKEN.into_iter().rev().filter(|version| self.versions.contains(*version)).collect();
        match allowed.is_empty() {
            true => Err(ConfigError::NoVersion { range: self.versions }),
            false => Ok(allowed),
        }
    }

    pub(crate) fn given_identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub(crate) fn given_trust(&self) -> Option<&Trust> {
        self.trust.as_ref()
    }

    pub(crate) fn given_server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }
}

#[cfg(feature = "_client")]
impl Config {
    pub(crate) fn given_request_options(&self) -> &RequestOptions {
        &self.request
    }

    pub(crate) fn limit_to_connect(&self) -> Duration {
        self.connect_timeout
    }

    pub(crate) fn limit_of_call(&self) -> Duration {
        self.call_timeout
    }

    pub(crate) fn limit_of_pending(&self) -> Duration {
        self.pending_timeout
    }

    pub(crate) fn limit_of_response(&self) -> usize {
        self.max_response_size
    }
}

#[cfg(all(test, feature = "_client"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_as_documented() {
        let config = Config::new("kms");
        assert_eq!(config.limit_to_connect(), Duration::from_secs(10));
        assert_eq!(config.limit_of_call(), Duration::from_secs(30));
        assert_eq!(config.limit_of_response(), 16_777_216);
        assert_eq!(config.allowed_versions().unwrap(), [V2_1, V2_0, V1_4, V1_3, V1_2, V1_1, V1_0]);
    }

    #[test]
    fn the_newest_version_comes_first() {
        assert_eq!(Config::new("kms").versions(V1_1..=V1_3).allowed_versions().unwrap(), [V1_3, V1_2, V1_1]);
        assert_eq!(Config::new("kms").versions(V2_0..).allowed_versions().unwrap(), [V2_1, V2_0]);
        assert_eq!(Config::new("kms").version(V1_4).allowed_versions().unwrap(), [V1_4]);
    }
}
