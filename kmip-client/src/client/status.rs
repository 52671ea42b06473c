//! The status of the servers of a KMS.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use kmip_ttlv::{DateTime, ProtocolVersion};

use crate::client::error::Error;
use crate::config::{Endpoint, Thumbprint};
use crate::transport::error::TransportError;
use crate::transport::tls::TlsError;

/// The status of the servers of a KMS. `status` of both clients returns the state known from the calls so far, without
/// connecting; `probe` contacts each server.
///
/// `Display` prints one line, for logs.
///
/// ```
/// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
/// use kmip_client::{Client, EndpointState, Verdict, test_server::TestServer};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let server = TestServer::start();
/// let kms = Client::connect(&server.config()).await?;
/// assert_eq!(kms.status().verdict(), Verdict::Normal);
/// let status = kms.probe().await;
/// assert_eq!(status.verdict(), Verdict::Normal);
/// assert_eq!(status.endpoints[0].state, EndpointState::Normal);
/// assert_eq!(status.endpoints[0].thumbprint, Some(server.thumbprint()));
/// println!("{status}"); // normal; 127.0.0.1:5696 is normal, KMIP 2.1, 3.2ms
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// The servers, in the order of the configuration.
    pub endpoints: Vec<EndpointStatus>,
    /// The end of the client certificate, if there is a readable one.
    pub client_certificate_ends: Option<SystemTime>,
}

impl Status {
    /// Returns the state of the KMS as a whole.
    #[must_use]
    #[inline]
    pub fn verdict(&self) -> Verdict {
        let states = || self.endpoints.iter().map(|endpoint| endpoint.state);
        if states().all(|state| matches!(state, EndpointState::Normal | EndpointState::Untried)) {
            Verdict::Normal
        } else if states().any(|state| state.is_usable() || state == EndpointState::Untried) {
            Verdict::Degraded
        } else {
            Verdict::Down
        }
    }
}

impl fmt::Display for Status {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.verdict().fmt(f)?;
        self.endpoints.iter().try_for_each(|endpoint| write!(f, "; {endpoint}"))?;
        match self.client_certificate_ends {
            Some(ends) => write!(f, "; the client certificate ends {}", date(ends)),
            None => Ok(()),
        }
    }
}

/// The state of a KMS as a whole. `Display` prints `normal`, `degraded` or `down`.
///
/// Exhaustive, because monitoring systems know these three states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// All servers are normal.
    Normal,
    /// Calls are answered, but something needs attention: a failed server, or a certificate that ends soon.
    Degraded,
    /// No server would answer a call.
    Down,
}

impl fmt::Display for Verdict {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Normal => "normal",
            Self::Degraded => "degraded",
            Self::Down => "down",
        })
    }
}

/// The status of one server. `Display` prints one line, with the report of the error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EndpointStatus {
    /// The server.
    pub endpoint: Endpoint,
    /// Its state.
    pub state: EndpointState,
    /// The version of KMIP used with it.
    pub version: Option<ProtocolVersion>,
    /// The time that it took to answer a small request on an open connection. Only `probe` measures it.
    pub latency: Option<Duration>,
    /// The SHA-256 thumbprint of its last certificate; `probe` also returns that of an untrusted one.
    pub thumbprint: Option<Thumbprint>,
    /// The end of that certificate, if it can be read.
    pub certificate_ends: Option<SystemTime>,
    /// The reason for which the server is not usable, in one line: the report of the last failure.
    pub failure: Option<String>,
    /// The error for which the server is not usable. Only `probe` sets it.
    pub error: Option<Arc<Error>>,
}

impl fmt::Display for EndpointStatus {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.endpoint, self.state)?;
        if let Some(version) = self.version {
            write!(f, ", KMIP {version}")?;
        }
        if let Some(latency) = self.latency {
            write!(f, ", {latency:.1?}")?;
        }
        if let Some(ends) = self.certificate_ends.filter(|_| self.state == EndpointState::Expiring) {
            write!(f, ", its certificate ends {}", date(ends))?;
        }
        match &self.failure {
            Some(failure) => write!(f, ": {failure}"),
            None => Ok(()),
        }
    }
}

/// Returns a time for printing in the form of RFC 3339.
#[inline]
fn date(time: SystemTime) -> DateTime {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    DateTime(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// The state of a server. `Display` prints it as one lower-case word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointState {
    /// The server answers.
    Normal,
    /// No call has needed the server so far. `probe` never returns this.
    Untried,
    /// The server answers, but its certificate or the client's ends soon: see
    /// [`Config::expiry_warning`](crate::Config::expiry_warning).
    Expiring,
    /// The server does not answer.
    Unreachable,
    /// The server answers, but its certificate is not trusted.
    Untrusted,
    /// The server refuses this client: its certificate or its credential.
    Refused,
}

impl EndpointState {
    /// Returns `true` if the server would answer a call.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Normal | Self::Expiring)
    }

    /// Returns the state of the server that an error implies.
    #[inline]
    pub(crate) fn of(error: &Error) -> Self {
        match error.transport_error() {
            Some(error) => Self::of_transport_error(error),
            None if matches!(error, Error::Refused(_)) => Self::Refused,
            None => Self::Unreachable,
        }
    }

    /// Returns the state of the server that the error of an attempt implies, for example of one of
    /// [`Attempt::earlier`](crate::Attempt::earlier).
    #[must_use]
    #[inline]
    pub fn of_transport_error(error: &TransportError) -> Self {
        match error {
            TransportError::Tls(TlsError::Untrusted(_)) => Self::Untrusted,
            _ if error.is_unauthenticated() || error.is_permission_denied() => Self::Refused,
            _ => Self::Unreachable,
        }
    }
}

impl fmt::Display for EndpointState {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Normal => "normal",
            Self::Untried => "untried",
            Self::Expiring => "expiring",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::Refused => "refused",
        })
    }
}
