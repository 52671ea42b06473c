//! Errors between a request and its response.

use std::fmt;
use std::io;
use std::time::Duration;

use kmip_ttlv::ErrorKind;

use super::hang_up::{ConnectionStep, HangUp};
#[cfg(feature = "https")]
use super::http::HttpError;
use super::tls::TlsError;
use crate::exchange::OutOfStep;

/// The error of an exchange. The connection is not reused.
///
/// ```
/// # #[cfg(feature = "blocking")] {
/// use kmip_client::{Config, TlsError, TransportError, Trust, blocking::Client};
///
/// let trust = Trust::thumbprint("a9993e364706816aba3e25717850c26c9cd0d89d")?;
/// let error = Client::connect(&Config::new("127.0.0.1:1").trust(trust)).unwrap_err();
/// match error.transport_error() {
///     Some(TransportError::Connect(_)) => println!("nobody listens there"),
///     Some(TransportError::Tls(TlsError::Untrusted(server))) => println!("not believed: {server}"),
///     Some(TransportError::TimedOut { phase, limit }) => println!("{phase} took more than {limit:?}"),
///     Some(other) => println!("{other}"),
///     None => println!("nothing broke: {error}"),
/// }
/// # }
/// # Ok::<(), kmip_client::ConfigError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The TCP connection failed: wrong address, no listener, or a firewall.
    #[error("no connection could be made: check that host and port are right and that the server runs")]
    Connect(#[source] io::Error),

    /// TLS failed: one side does not accept the other.
    #[error(transparent)]
    Tls(TlsError),

    /// A time limit has passed.
    #[error("no answer within {limit:?}, the limit for {phase}")]
    TimedOut {
        /// The phase of the call.
        phase: Phase,
        /// The configured limit.
        limit: Duration,
    },

    /// The server closed the connection before the first byte of a response.
    #[error("{0}")]
    Closed(HangUp),

    /// The connection ended in the middle of a response.
    #[error("the connection ended after {received} bytes of an answer")]
    Truncated {
        /// The number of bytes that had arrived.
        received: usize,
        /// The length of the response in bytes, if its header had arrived.
        expected: Option<usize>,
    },

    /// The response exceeds the limit, is not a KMIP message, or is not well formed.
    #[error("the answer cannot be read{}", advice(.0))]
    Malformed(#[source] kmip_ttlv::Error),

    /// The response is well formed, but does not match the request.
    #[error(transparent)]
    OutOfStep(OutOfStep),

    /// The response is not valid for HTTP or for KMIP over it, or its status is an error.
    #[cfg(feature = "https")]
    #[error(transparent)]
    Http(HttpError),

    /// The connection failed.
    #[error("the connection broke")]
    Io(#[source] io::Error),
}

impl TransportError {
    /// Returns `true` if the server has identified the client and does not permit the request.
    pub(crate) fn is_permission_denied(&self) -> bool {
        match self {
            Self::Tls(TlsError::ClientCertificateRefused { alert }) => *alert == "access_denied",
            #[cfg(feature = "https")]
            Self::Http(HttpError::Status { status: 403 }) => true,
            _ => false,
        }
    }

    /// Returns `true` if the server does not accept the identity of the client.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        match self {
            Self::Tls(TlsError::ClientCertificateMissing { .. } | TlsError::ClientCertificateAfterHandshake { .. }) => {
                true
            }
            Self::Tls(TlsError::ClientCertificateRefused { .. }) => !self.is_permission_denied(),
            #[cfg(feature = "https")]
            Self::Http(HttpError::Status { status: 401 }) => true,
            _ => false,
        }
    }

    /// Converts the error of a request to its meaning for Discover Versions.
    pub(crate) fn on_discover_versions(self) -> Self {
        match self {
            Self::Closed(hang_up) => Self::Closed(HangUp { step: ConnectionStep::DiscoverVersions, ..hang_up }),
            other => other,
        }
    }
}

/// Returns the remedy for a response over the limit.
fn advice(error: &kmip_ttlv::Error) -> &'static str {
    match error.kind() {
        ErrorKind::TooLarge { .. } => {
            ": it is too large; ask for less at a time (Locate::at_most and offset_items, or locate_pages), or raise Config::max_response_size"
        }
        _ => "",
    }
}

/// A phase of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Connecting to the server: TCP and TLS.
    Connecting,
    /// One attempt on a connection: from the start of the request to the end of its response.
    Attempt,
    /// Waiting for a free connection, because all are in use.
    Waiting,
    /// All of a call: waiting for a connection, connecting, and every attempt.
    Total,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "connecting",
            Self::Attempt => "one attempt",
            Self::Waiting => "a connection to become free",
            Self::Total => "a call with all its attempts",
        })
    }
}

/// The end of an attempt without a response.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The server cannot have seen the request.
    NotSent(TransportError),
    /// The request was written, at least in part: the server may have executed it.
    Ambiguous(TransportError),
}

impl Broken {
    pub(crate) fn error(&self) -> &TransportError {
        match self {
            Self::NotSent(error) | Self::Ambiguous(error) => error,
        }
    }
}
