//! The address of a server.

use std::fmt;

/// The host and port of a server.
///
/// Read from `host` or `host:port`; the port is 5696 where none is given. An IPv6 address stands in brackets.
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
/// With the feature `https` also from a URL, for KMIP over HTTPS; the port is 443 where none is given, and the path `/kmip` (KMIP Additional
/// Message Encodings 1.0, 2.3).
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
    /// The path and query of a URL: KMIP goes over HTTPS.
    pub(crate) path: Option<String>,
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

    /// The path, and the query if there is one, of a server that is reached over HTTPS.
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
