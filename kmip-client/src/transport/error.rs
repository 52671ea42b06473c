//! What can break between a request and its answer.

use std::fmt;
use std::io;
use std::time::Duration;

use kmip_ttlv::ErrorKind;

use super::hang_up::{ConnectionStep, HangUp};
#[cfg(feature = "https")]
use super::http::HttpError;
use super::tls::TlsError;
use crate::exchange::OutOfStep;

/// What broke in an exchange. The connection is not used again.
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
    /// No TCP connection: wrong address, nothing listens there, a firewall.
    #[error("no connection could be made: check that host and port are right and that the server runs")]
    Connect(#[source] io::Error),

    /// TLS failed: one side does not accept the other.
    #[error(transparent)]
    Tls(TlsError),

    /// A time limit has passed.
    #[error("no answer within {limit:?}, the limit for {phase}")]
    TimedOut {
        /// What was being done.
        phase: Phase,
        /// The limit that was set for it.
        limit: Duration,
    },

    /// The server closed the connection before the first byte of an answer.
    #[error("{0}")]
    Closed(HangUp),

    /// The connection ended in the middle of an answer.
    #[error("the connection ended after {received} bytes of an answer")]
    Truncated {
        /// Bytes that had arrived.
        received: usize,
        /// Bytes that the answer was to have, where its header had arrived.
        expected: Option<usize>,
    },

    /// The answer is larger than the limit, or not a KMIP message, or not well formed.
    #[error("the answer cannot be read{}", advice(.0))]
    Malformed(#[source] kmip_ttlv::Error),

    /// The answer is well formed, and not one to what was asked.
    #[error(transparent)]
    OutOfStep(OutOfStep),

    /// The answer is none that HTTP or KMIP over it allows, or tells that there is none.
    #[cfg(feature = "https")]
    #[error(transparent)]
    Http(HttpError),

    /// The connection broke.
    #[error("the connection broke")]
    Io(#[source] io::Error),
}

impl TransportError {
    /// Returns `true` if the server knows who asks and does not allow it.
    pub(crate) fn is_permission_denied(&self) -> bool {
        match self {
            Self::Tls(TlsError::ClientCertificateRefused { alert }) => *alert == "access_denied",
            #[cfg(feature = "https")]
            Self::Http(HttpError::Status { status: 403 }) => true,
            _ => false,
        }
    }

    /// Returns `true` if the server does not accept who asks.
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

    /// Returns what the error of a request means if that is Discover Versions.
    pub(crate) fn on_discover_versions(self) -> Self {
        match self {
            Self::Closed(hang_up) => Self::Closed(HangUp { step: ConnectionStep::DiscoverVersions, ..hang_up }),
            other => other,
        }
    }
}

/// What to do about an answer over the limit.
fn advice(error: &kmip_ttlv::Error) -> &'static str {
    match error.kind() {
        ErrorKind::TooLarge { .. } => {
            ": it is too large; ask for less at a time (Locate::at_most and offset_items, or locate_pages), or raise Config::max_response_size"
        }
        _ => "",
    }
}

/// What takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Reaching the server: TCP and TLS.
    Connecting,
    /// From sending a request to the end of its answer.
    Calling,
    /// Waiting until one of the connections that there may be is free.
    Waiting,
    /// All of a call: waiting for a connection, connecting, and every attempt.
    Total,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "connecting",
            Self::Calling => "a call",
            Self::Waiting => "a connection to become free",
            Self::Total => "a call with all its attempts",
        })
    }
}

/// How an attempt ended that brought no answer.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The server cannot have seen the request.
    NotSent(TransportError),
    /// The request was written, at least in part: the server may have done it.
    Ambiguous(TransportError),
}

impl Broken {
    pub(crate) fn error(&self) -> &TransportError {
        match self {
            Self::NotSent(error) | Self::Ambiguous(error) => error,
        }
    }

    /// The same where the next attempt is one on a fresh connection: one that had been kept and has ended, without a byte of an answer, had
    /// most likely ended before the request, which may be sent twice. Whether the server can be reached is for that attempt to tell.
    pub(crate) fn on_a_kept_connection(self) -> Self {
        match self {
            Self::Ambiguous(TransportError::Closed(hang_up)) => Self::NotSent(TransportError::Closed(hang_up)),
            other => other,
        }
    }
}
