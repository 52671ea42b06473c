//! The address of a server.

use std::fmt;

/// The host and port of a server.
///
/// Parsed from `host` or `host:port`; the default port is 5696. An IPv6 address is written in brackets.
///
/// ```
/// # #[cfg(any(feature = "blocking", feature = "tokio"))] {
/// use kmip_client::Endpoint;
///
/// let endpoint: Endpoint = "kms-1.example".parse()?;
/// assert_eq!((endpoint.host(), endpoint.port()), ("kms-1.example", 5696));
///
/// let endpoint: Endpoint = "[::1]:5700".parse()?;
/// assert_eq!((endpoint.host(), endpoint.port()), ("::1", 5700));
/// assert_eq!(endpoint.to_string(), "[::1]:5700");
/// # }
/// # Ok::<(), kmip_client::ConfigError>(())
/// ```
///
/// With the feature `https` also parsed from a URL, for KMIP over HTTPS; the default port is 443, and the default path
/// `/kmip` (KMIP Additional Message Encodings 1.0, 2.3).
///
/// ```
/// # #[cfg(feature = "https")] {
/// use kmip_client::Endpoint;
///
/// let endpoint: Endpoint = "https://kms-1.example:9998".parse()?;
/// assert_eq!((endpoint.port(), endpoint.path()), (9998, Some("/kmip")));
/// assert_eq!(endpoint.to_string(), "https://kms-1.example:9998/kmip");
/// # }
/// # Ok::<(), kmip_client::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The path and query of a URL, for KMIP over HTTPS.
    pub(crate) path: Option<String>,
}

impl Endpoint {
    /// Returns the name or IP address, the latter without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the path, and the query if present, of a server that is reached over HTTPS.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_some() {
            f.write_str("https://")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)?;
        } else {
            write!(f, "{}:{}", self.host, self.port)?;
        }
        f.write_str(self.path().unwrap_or_default())
    }
}
