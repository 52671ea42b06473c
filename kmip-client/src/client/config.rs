//! The configuration of a client.

mod given;

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use rustls::{client::ResolvesClientCert, crypto::CryptoProvider};

use kmip_ttlv::{ProtocolVersion, V1_0, V2_1, VersionRange};

pub(crate) use self::given::server_names;
use crate::config::endpoint::without_user_info;
use crate::config::{ClientCertificate, ConfigError, Endpoint, Identity, TlsSettings, Trust};
use crate::exchange::options::{Credentials, RequestOptions};
use crate::transport::tls::client_config;

/// The address of a server, as given.
#[derive(Clone)]
struct Address {
    text: String,
    /// The name of this server alone.
    server_name: Option<String>,
    /// `true` if the server accepts no requests that change something.
    read_only: bool,
}

/// Prints no user info, which an address may contain before it is parsed and refused.
impl fmt::Debug for Address {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, server_name, read_only } = self;
        f.debug_struct("Address")
            .field("text", &without_user_info(text))
            .field("server_name", server_name)
            .field("read_only", read_only)
            .finish()
    }
}

/// The servers, the client's identity, the trusted servers, and the limits of calls.
///
/// Cheap to clone. An error in the address, the server name, the versions or the limits is reported when the
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
    addresses: Vec<Address>,
    tls: TlsSettings,
    server_name: Option<String>,
    versions: VersionRange,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    pending_timeout: Duration,
    request: RequestOptions,
    total_timeout: Duration,
    max_response_size: usize,
    spread: bool,
    repeat_metered: bool,
    batch_item_ids: bool,
    max_connections: usize,
    min_idle: usize,
    idle_timeout: Duration,
    expiry_warning: Duration,
    observer: Option<Observing>,
    #[cfg(feature = "https")]
    encoding: crate::config::MessageEncoding,
}

/// The observer of a client. Its `Debug` prints only that it exists.
#[derive(Clone)]
struct Observing(Arc<dyn super::observe::Observer>);

impl fmt::Debug for Observing {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl Config {
    /// Creates a configuration for the server at this address: `host` or `host:port` as [`Endpoint`] parses it, an
    /// `Endpoint`, or a [`SocketAddr`]. The default port is 5696. With the feature `https` also a URL, such as
    /// `https://kms.example:9998/kmip`, for KMIP over HTTPS.
    ///
    /// ```
    /// use kmip_client::Config;
    /// use std::net::SocketAddr;
    ///
    /// let by_name = Config::new("kms-1.example");
    /// let by_address = Config::new(SocketAddr::from(([10, 0, 0, 1], 5696)));
    /// ```
    #[must_use]
    pub fn new(address: impl fmt::Display) -> Self {
        Self {
            addresses: vec![Address { text: address.to_string(), server_name: None, read_only: false }],
            tls: TlsSettings::default(),
            server_name: None,
            versions: VersionRange::between(V1_0, V2_1),
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(30),
            pending_timeout: Duration::from_secs(5 * 60),
            request: RequestOptions::new(),
            total_timeout: Duration::from_secs(60),
            max_response_size: 16 * 1024 * 1024,
            spread: false,
            repeat_metered: false,
            batch_item_ids: true,
            max_connections: 8,
            min_idle: 0,
            idle_timeout: Duration::from_secs(25),
            expiry_warning: Duration::from_secs(30 * 24 * 60 * 60),
            observer: None,
            #[cfg(feature = "https")]
            encoding: crate::config::MessageEncoding::default(),
        }
    }

    /// Adds another server of the same KMS, with the same objects. A call goes to the first server, and fails over to
    /// the next if that one cannot be reached, even during the call. A failed server is avoided for a backoff that
    /// grows from a fraction of a second to half a minute, and is then tried again.
    ///
    /// ```
    /// use kmip_client::Config;
    ///
    /// let config = Config::new("kms-1.example:5696").endpoint("kms-2.example:5696");
    /// ```
    #[must_use]
    pub fn endpoint(mut self, address: impl fmt::Display) -> Self {
        self.addresses.push(Address { text: address.to_string(), server_name: None, read_only: false });
        self
    }

    /// Does the same as [`endpoint`](Self::endpoint), with the name in the certificate of this server, in place of
    /// [`server_name`](Self::server_name): for servers with IP addresses and a certificate each.
    ///
    /// ```
    /// use kmip_client::Config;
    ///
    /// let config = Config::new("10.0.0.1:5696").server_name("kms-1.example").endpoint_named("10.0.0.2:5696", "kms-2.example");
    /// ```
    #[must_use]
    pub fn endpoint_named(mut self, address: impl fmt::Display, server_name: impl Into<String>) -> Self {
        self.addresses.push(Address {
            text: address.to_string(),
            server_name: Some(server_name.into()),
            read_only: false,
        });
        self
    }

    /// Adds a read-only endpoint, such as a clone or a replica. Requests that change something, or use up the Usage
    /// Limits of a key, are not sent to it. If it refuses a request because it is read-only, lacks the operation, or
    /// permits it to nobody, the call fails over to the next endpoint. Certificates are checked as with
    /// [`endpoint`](Self::endpoint).
    ///
    /// ```
    /// use kmip_client::Config;
    ///
    /// let config = Config::new("kms.example:5696").read_only_endpoint("kms-replica.example:5696");
    /// ```
    #[must_use]
    pub fn read_only_endpoint(mut self, address: impl fmt::Display) -> Self {
        self.addresses.push(Address { text: address.to_string(), server_name: None, read_only: true });
        self
    }

    /// Begins each call with another of the servers, in turn, instead of the first one.
    ///
    /// ```
    /// use kmip_client::Config;
    ///
    /// let config = Config::new("kms-1.example").endpoint("kms-2.example").spread();
    /// ```
    #[must_use]
    #[inline]
    pub fn spread(mut self) -> Self {
        self.spread = true;
        self
    }

    /// Sets the client certificate and its key. Hardly any server accepts clients without one.
    #[must_use]
    #[inline]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.tls.client = Some(ClientCertificate::Identity(identity));
        self
    }

    /// Sets a resolver, in place of an [`identity`](Self::identity), that chooses the client certificate when the
    /// server requests one: for keys that an HSM or another process holds and changes. For a permanent key
    /// [`Identity::from_signing_key`] is better.
    ///
    /// TLS sessions are then not resumed, because a resumed session continues with the certificate of the first.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use std::sync::Arc;
    /// use kmip_client::rustls::{SignatureScheme, client::ResolvesClientCert, sign::CertifiedKey};
    /// # use kmip_client::Config;
    ///
    /// #[derive(Debug)]
    /// struct Token; // what speaks to the HSM
    ///
    /// impl ResolvesClientCert for Token {
    ///     fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
    ///         None // or certificate and key, whose `sign` asks the HSM
    ///     }
    ///     fn has_certs(&self) -> bool {
    ///         true
    ///     }
    /// }
    ///
    /// let config = Config::new("kms.example").client_cert_resolver(Arc::new(Token));
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn client_cert_resolver(mut self, resolver: Arc<dyn ResolvesClientCert>) -> Self {
        self.tls.client = Some(ClientCertificate::Resolver(resolver));
        self
    }

    /// Sets the servers to trust. There is no default.
    #[must_use]
    #[inline]
    pub fn trust(mut self, trust: Trust) -> Self {
        self.tls.trust = Some(trust);
        self
    }

    /// Sets the name that the server's certificate must have, if it differs from the host of the address. It is also
    /// sent in the handshake (SNI), unless it is an IP address. It applies to all servers [without a name of their
    /// own](Self::endpoint_named).
    ///
    /// ```
    /// use kmip_client::Config;
    ///
    /// let config = Config::new("10.0.0.1:5696").server_name("kms.example"); // as in its certificate
    /// ```
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// Sets the credentials in the header of every request, in addition to the client certificate. A client's
    /// `with_credential` sets them for some requests.
    ///
    /// They are also sent when negotiating the version, as far as KMIP 1.1 can carry them.
    ///
    /// ```
    /// use kmip_client::{Config, Credentials};
    ///
    /// let config = Config::new("kms-1.example").credential(Credentials::user("backup", "hunter2"));
    /// assert!(!format!("{config:?}").contains("hunter2"));
    /// ```
    #[must_use]
    #[inline]
    pub fn credential(mut self, credentials: Credentials) -> Self {
        self.request = self.request.credential(credentials);
        self
    }

    /// Sets the header options of every request, including the credentials.
    ///
    /// ```
    /// use kmip_client::{Config, Credentials, RequestOptions};
    ///
    /// let options = RequestOptions::new().credential(Credentials::user("backup", "hunter2")).max_response_size(1_000_000);
    /// let config = Config::new("kms.example").request_options(options);
    /// ```
    #[must_use]
    #[inline]
    pub fn request_options(mut self, options: RequestOptions) -> Self {
        self.request = options;
        self
    }

    /// Sets the cryptographic provider of TLS, in place of aws-lc-rs or ring as enabled by features, or of the default
    /// of the process if neither is enabled.
    ///
    /// An [`Identity`] from PEM, DER or PKCS#12 is loaded by the provider of the features or of the process, not by
    /// this one. With neither feature and no default, load the key by the provider and pass it to
    /// [`Identity::from_signing_key`].
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// use std::sync::Arc;
    /// use kmip_client::{Config, rustls::crypto::{CryptoProvider, aws_lc_rs}};
    ///
    /// let only_p256 = CryptoProvider { kx_groups: vec![aws_lc_rs::kx_group::SECP256R1], ..aws_lc_rs::default_provider() };
    /// let config = Config::new("kms.example").crypto_provider(Arc::new(only_p256));
    /// # }
    /// ```
    #[must_use]
    #[inline]
    pub fn crypto_provider(mut self, provider: Arc<CryptoProvider>) -> Self {
        self.tls.provider = Some(provider);
        self
    }

    /// Refuses to connect with cryptography that is not FIPS-validated, as reported by rustls.
    ///
    /// This crate has no feature for it. Enable that of rustls in the program: `rustls = { version = "0.23", features =
    /// ["fips"] }`; features are unified, so that this crate's aws-lc-rs is the validated one too. It takes cmake and
    /// Go to build. Passphrases (feature `passphrase`) are handled outside of TLS and of that module.
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// use kmip_client::{Config, ConfigError, Trust};
    ///
    /// let trust = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d")?;
    /// let config = Config::new("kms.example").trust(trust).require_fips();
    /// # if !kmip_client::rustls::crypto::aws_lc_rs::default_provider().fips() {
    /// assert!(matches!(config.check(), Err(ConfigError::NotFips))); // this was built without
    /// # }
    /// # }
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn require_fips(mut self) -> Self {
        self.tls.fips = true;
        self
    }

    /// Sets the KMIP version, without negotiation.
    ///
    /// # KMIP 3.0
    ///
    /// KMIP 3.0 is used only if it is named here, or as an end of [`versions`](Self::versions), and never by default.
    /// It is implemented as far as the OASIS test cases for 3.0 cover it; no server of another vendor was available for
    /// tests. These points are open:
    ///
    /// - Identifiers, references and names of objects have item types of their own (0C, 0D, 0E). They are assumed to be
    ///   encoded like a Text String.
    /// - Batch items have no ID and no order option. The items of a response are taken in the order of the requests,
    ///   and a response is matched to its request by the Unique Identifier alone, so
    ///   [`batch_item_ids`](Self::batch_item_ids) has no effect.
    /// - A [`Link`](crate::protocol::attribute::Link) is encoded as the attribute that 3.0 has for its type, and
    ///   [`Attributes::linked`](crate::protocol::attribute::Attributes::linked) reads it back. Derivation Base Object
    ///   Link and Derived Key Link are treated as Derivation Object Link and Derived Object Link. `Locate` by a part of
    ///   a link is an error in 3.0.
    /// - Object Group, formerly a text, became Group Link, which names an object. Neither is converted to the other.
    ///
    /// ```
    /// use kmip_client::Config;
    /// use kmip_client::ttlv::V3_0;
    ///
    /// let config = Config::new("kms.example").version(V3_0);
    /// ```
    #[must_use]
    #[inline]
    pub fn version(self, version: ProtocolVersion) -> Self {
        self.versions(version..=version)
    }

    /// Sets the KMIP versions to negotiate, as in `V1_2..=V1_4`: the newest that the server supports is used. Default:
    /// 1.0 to 2.1. A range that leaves one version is the same as [`version`](Config::version). KMIP 3.0 is offered
    /// only by a range that begins or ends with it, such as `V1_0..=V3_0`: see [`version`](Config::version).
    ///
    /// ```
    /// use kmip_client::Config;
    /// use kmip_client::ttlv::{V1_2, V1_4};
    ///
    /// let config = Config::new("kms.example").versions(V1_2..=V1_4);
    /// ```
    #[must_use]
    pub fn versions(mut self, versions: impl Into<VersionRange>) -> Self {
        self.versions = versions.into();
        self
    }

    /// Sets the timeout for connecting to a server: TCP and TLS. Default: 10 s.
    #[must_use]
    #[inline]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets the timeout of one attempt, from the first byte of a request to the last of its reply. Default: 30 s.
    ///
    /// After it, a request that may be repeated is sent to the next server, if there is one: that is another attempt.
    /// Connecting has [a timeout of its own](Self::connect_timeout), and all attempts of a call together have the
    /// [total timeout](Self::total_timeout).
    #[must_use]
    #[inline]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets the timeout for an asynchronous response, if the server may answer asynchronously, counted from its pending
    /// response. A request without a result by then is an `Error::Pending`, by which the result can still be polled.
    /// Default: 5 min.
    #[must_use]
    #[inline]
    pub fn pending_timeout(mut self, limit: Duration) -> Self {
        self.pending_timeout = limit;
        self
    }

    /// Sets the timeout of a whole call: waiting for a connection, connecting, and every attempt. Default: 60 s.
    /// `with_timeout` and `with_deadline` of the clients set it for single calls.
    ///
    /// ```
    /// use kmip_client::Config;
    /// use std::time::Duration;
    ///
    /// let config = Config::new("kms-1.example")
    ///     .endpoint("kms-2.example")
    ///     .connect_timeout(Duration::from_secs(2)) // each server
    ///     .attempt_timeout(Duration::from_secs(5)) // each attempt
    ///     .total_timeout(Duration::from_secs(12)); // all of it
    /// ```
    #[must_use]
    #[inline]
    pub fn total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = limit;
        self
    }

    /// Repeats requests that may use up a Usage Limit of a key, as if they had no cost: Encrypt, Decrypt, Sign,
    /// Signature Verify, MAC and MAC Verify of all data at once, and Get and Export of a key that the server wraps.
    /// Default: `false`.
    ///
    /// The trade: such a request changes nothing else, so a program survives a lost reply, a slow server, or an
    /// unnoticed restart. But the server may have counted the first attempt, and then it counts twice; a key with a
    /// Usage Limit wears out faster, and its last use may be lost to an attempt without a reply. With `false` the error
    /// is [`Error::OutcomeUnknown`](crate::Error::OutcomeUnknown), and the program decides. `with_repeat_metered` of
    /// the clients decides for single calls.
    ///
    /// ```
    /// use kmip_client::Config;
    ///
    /// // No key of this KMS has a Usage Limit.
    /// let config = Config::new("kms-1.example:5696").repeat_metered(true);
    /// ```
    #[must_use]
    #[inline]
    pub fn repeat_metered(mut self, repeat: bool) -> Self {
        self.repeat_metered = repeat;
        self
    }

    /// Gives every request a Unique Batch Item ID, even a single one: a number that no other request of the client has.
    /// A server that returns it proves which request it answers (KMIP 2.1, 9.5; KMIP 1.4, 6.4). Default: `true`. KMIP
    /// 3.0 has no such field.
    ///
    /// `false` is for servers that do not accept an ID on a single request; the requests of a batch still have one,
    /// from 1. Responses are then identified only by their operation and the object that they name. So each connection
    /// is checked before it is reused, which costs a system call. And it is replaced, which costs a handshake, before a
    /// request that is like an earlier one on it: of the same operation, and about the same object or none. The same
    /// happens with servers that do not return the ID, and in KMIP 3.0.
    ///
    /// ```
    /// use kmip_client::Config;
    ///
    /// let config = Config::new("old-kms.example:5696").batch_item_ids(false);
    /// ```
    #[must_use]
    #[inline]
    pub fn batch_item_ids(mut self, send: bool) -> Self {
        self.batch_item_ids = send;
        self
    }

    /// Sets the maximum number of connections to each server. Default: 8. When all connections are in use, callers
    /// queue in FIFO order.
    ///
    /// ```
    /// use kmip_client::Config;
    /// use std::time::Duration;
    ///
    /// let config = Config::new("kms.example").max_connections(32).min_idle(2).idle_timeout(Duration::from_secs(20));
    /// ```
    #[must_use]
    #[inline]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Sets the number of connections to each server that the idle timeout spares. Default: 0. This many are opened
    /// when the client connects.
    ///
    /// A server may still close them. That is detected before the next call, and costs only a new connection.
    #[must_use]
    #[inline]
    pub fn min_idle(mut self, connections: usize) -> Self {
        self.min_idle = connections;
        self
    }

    /// Sets the idle timeout of connections. Default: 25 s, because many servers close them after 30 s.
    #[must_use]
    #[inline]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Sets the time before the end of a certificate from which on `status` of the clients warns. Default: 30 days.
    #[must_use]
    #[inline]
    pub fn expiry_warning(mut self, ahead: Duration) -> Self {
        self.expiry_warning = ahead;
        self
    }

    /// Sets the receiver of events: see [`Observer`](super::observe::Observer).
    #[must_use]
    #[inline]
    pub fn observer(mut self, observer: Arc<dyn super::observe::Observer>) -> Self {
        self.observer = Some(Observing(observer));
        self
    }

    /// Sets the longest response that is accepted, in bytes. Default: 16 MiB.
    ///
    /// This bounds the heap too. It is allocated as bytes arrive, not in advance, and a response of n bytes uses at
    /// most 16 n ([`MAX_AMPLIFICATION`](kmip_ttlv::MAX_AMPLIFICATION)) from its arrival to its payload, whatever its
    /// shape, in TTLV, XML and JSON, over TLS and HTTPS. In addition a connection has TLS buffers, which do not grow
    /// with the response.
    #[must_use]
    #[inline]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Sets the encoding of messages in HTTP, if the address is a URL. Default: binary.
    ///
    /// [`max_response_size`](Config::max_response_size) applies to the message. Its XML or JSON may have eight times as
    /// many bytes, and of white space four bytes for each other one.
    #[cfg(feature = "https")]
    #[must_use]
    #[inline]
    pub fn encoding(mut self, encoding: crate::config::MessageEncoding) -> Self {
        self.encoding = encoding;
        self
    }
}

/// Does the same as [`Config::new`].
impl From<&str> for Config {
    #[inline]
    fn from(address: &str) -> Self {
        Self::new(address)
    }
}

/// Does the same as [`Config::new`].
impl From<&Endpoint> for Config {
    #[inline]
    fn from(endpoint: &Endpoint) -> Self {
        Self::new(endpoint.to_string())
    }
}

/// Does the same as [`Config::new`].
impl From<String> for Config {
    #[inline]
    fn from(address: String) -> Self {
        Self::new(address)
    }
}

/// Does the same as [`Config::new`].
impl From<SocketAddr> for Config {
    #[inline]
    fn from(address: SocketAddr) -> Self {
        Self::new(address)
    }
}

impl From<&Self> for Config {
    #[inline]
    fn from(config: &Self) -> Self {
        config.clone()
    }
}

impl Config {
    /// Checks that the configuration can be used, without connecting.
    ///
    /// # Errors
    ///
    /// Returns the errors of the configuration that connecting would return.
    ///
    /// ```
    /// use kmip_client::{Config, ConfigError};
    ///
    /// let config = Config::new("kms-1.example");
    /// assert!(matches!(config.check(), Err(ConfigError::NoTrust)));
    /// ```
    #[inline]
    pub fn check(&self) -> Result<(), ConfigError> {
        self.endpoints()?;
        self.allowed_versions()?;
        self.check_limits()?;
        server_names(self)?;
        client_config(&self.tls)?;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kmip_ttlv::{V1_1, V1_2, V1_3, V1_4, V2_0, V3_0};

    use super::*;

    #[test]
    fn defaults_are_as_documented() {
        let config = Config::new("kms");
        assert_eq!(config.limit_to_connect(), Duration::from_secs(10));
        assert_eq!(config.limit_of_attempt(), Duration::from_secs(30));
        assert_eq!(config.messages().limit, 16_777_216);
        assert_eq!(config.limit_in_total(), Duration::from_secs(60));
        let bounds = config.bounds_of_pool();
        assert_eq!((bounds.most, bounds.least_idle, bounds.idle), (8, 0, Duration::from_secs(25)));
        assert_eq!(config.warns_before_expiry().as_secs(), 30 * 86_400);
        assert!(!config.is_spread());
        assert_eq!(config.allowed_versions().unwrap(), [V2_1, V2_0, V1_4, V1_3, V1_2, V1_1, V1_0]);
    }

    #[test]
    fn the_newest_version_comes_first() {
        assert_eq!(Config::new("kms").versions(V1_1..=V1_3).allowed_versions().unwrap(), [V1_3, V1_2, V1_1]);
        assert_eq!(Config::new("kms").versions(V2_0..).allowed_versions().unwrap(), [V2_1, V2_0]);
        assert_eq!(Config::new("kms").version(V1_4).allowed_versions().unwrap(), [V1_4]);
    }

    #[test]
    fn kmip_3_0_is_for_those_who_name_it() {
        let allowed = |range: VersionRange| Config::new("kms").versions(range).allowed_versions().unwrap();
        assert_eq!(allowed(VersionRange::ALL)[0], V2_1);
        assert_eq!(allowed((V1_4..).into()), [V2_1, V2_0, V1_4]);
        assert_eq!(allowed((V2_1..=V3_0).into()), [V3_0, V2_1]);
        assert_eq!(allowed((V3_0..).into()), [V3_0]);
        assert_eq!(Config::new("kms").version(V3_0).allowed_versions().unwrap(), [V3_0]);
    }
}
