//! Where a server is.

use std::{fmt, net::Ipv6Addr, str::FromStr};

use rustls::pki_types::ServerName;

use super::ConfigError;

/// The port that IANA gave to KMIP over TLS.
const DEFAULT_PORT: u16 = 5696;

/// The host and port of a server.
///
/// Read from `host` or `host:port`; the port is 5696 where none is given. An IPv6 address stands in brackets.
///
/// ```
/// use kmip_client::Endpoint;
///
/// let endpoint: Endpoint = "kms-1.example".parse()?;
/// assert_eq!((endpoint.host(), endpoint.port()), ("kms-1.example", 5696));
///
/// let endpoint: Endpoint = "[::1]:5700".parse()?;
/// assert_eq!((endpoint.host(), endpoint.port()), ("::1", 5700));
/// assert_eq!(endpoint.to_string(), "[::1]:5700");
/// # Ok::<(), kmip_client::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    /// The name or IP address, the latter without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for Endpoint {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let address = || text.to_owned();
        let (host, port) = split(text).ok_or_else(|| ConfigError::InvalidHost { address: address() })?;
        let port = match port {
            None => DEFAULT_PORT,
            // The parser of numbers would take a sign.
            Some(port) if port.starts_with('+') => return Err(ConfigError::InvalidPort { address: address() }),
            Some(port) => match port.parse() {
                Ok(0) | Err(_) => return Err(ConfigError::InvalidPort { address: address() }),
                Ok(port) => port,
            },
        };
        if host.is_empty() {
            return Err(ConfigError::NoHost { address: address() });
        }
        if ServerName::try_from(host).is_err() {
            return Err(ConfigError::InvalidHost { address: address() });
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

/// Host and port. `None` for an address whose brackets are wrong or missing.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return match rest {
            "" => Some((host, None)),
            _ => Some((host, Some(rest.strip_prefix(':')?))),
        };
    }
    match text.split_once(':') {
        None => Some((text, None)),
        // `::1:5696` is an address as a whole, and an address and a port: brackets are to decide.
        Some((_, rest)) if rest.contains(':') => None,
        Some((host, port)) => Some((host, Some(port))),
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}
