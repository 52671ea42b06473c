//! Errors of starting a server.

use std::io;
use std::net::SocketAddr;

use kmip_ttlv::VersionRange;

use crate::config::ConfigError;

/// The reason why [`Builder::try_start`](crate::test_server::Builder::try_start) or
/// [`Pki::from_pem`](crate::test_server::Pki::from_pem) failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The address cannot be listened on: another process has the port, or the host is not one of this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The error of the system.
        source: io::Error,
    },
    /// The server speaks none of the versions in the range.
    #[error("the test server speaks KMIP 1.0 to 2.1 and 3.0, and none of the versions in {0}")]
    NoVersion(VersionRange),
    /// A name for the server's certificate is neither a DNS name nor an IP address.
    #[error("{0:?} cannot stand in a certificate: it is neither a DNS name nor an IP address")]
    Name(String),
    /// The certificate is not one that an authority can issue others with.
    #[error("the CA certificate cannot be used to issue others: {0}")]
    Authority(&'static str),
    /// A certificate or a key cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
}
