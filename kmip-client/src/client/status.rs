//! How the servers of a KMS are.

use std::time::{Duration, SystemTime};

use kmip_ttlv::ProtocolVersion;

use crate::client::error::Error;
use crate::config::{Endpoint, Thumbprint};
use crate::transport::fault::Fault;
use crate::transport::tls::TlsFault;

/// How the servers of a KMS are; `status` of both clients tells.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// use kmip_client::{EndpointState, Verdict, blocking::Client, test_server::TestServer};
///
/// let server = TestServer::start();
/// let status = Client::connect(&server.config())?.status();
/// assert_eq!(status.verdict(), Verdict::Normal);
/// assert_eq!(status.endpoints[0].state, EndpointState::Normal);
/// assert_eq!(status.endpoints[0].thumbprint, Some(server.thumbprint()));
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Status {
    /// Each server, in the order of the configuration.
    pub endpoints: Vec<EndpointStatus>,
    /// When the client's own certificate ends, where it has one that can be read.
    pub client_certificate_ends: Option<SystemTime>,
}

/// A KMS in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All servers are well.
    Normal,
    /// Calls are answered, and something wants to be looked at: a server that is not, or a certificate that ends soon.
    Degraded,
    /// No server would answer a call.
    Down,
}

impl Status {
    /// All servers in a word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let mut states = self.endpoints.iter().map(|endpoint| endpoint.state);
        if states.clone().all(|state| state == EndpointState::Normal) {
            Verdict::Normal
        } else if states.any(EndpointState::is_usable) {
            Verdict::Degraded
        } else {
            Verdict::Down
        }
    }
}

/// How one server is.
#[derive(Debug)]
#[non_exhaustive]
pub struct EndpointStatus {
    /// The server.
    pub endpoint: Endpoint,
    /// In a word.
    pub state: EndpointState,
    /// The version of KMIP that is spoken with it.
    pub version: Option<ProtocolVersion>,
    /// How long it took to answer a request that asks for next to nothing, on a connection that was there.
    pub latency: Option<Duration>,
    /// The SHA-256 thumbprint of the certificate that it shows, be it trusted or not.
    pub thumbprint: Option<Thumbprint>,
    /// When that certificate ends, where it could be read.
    pub certificate_ends: Option<SystemTime>,
    /// What went wrong.
    pub error: Option<Error>,
}

/// How a server is, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointState {
    /// It answers.
    Normal,
    /// It answers, and its certificate or ours ends soon: see [`Config::expiry_warning`](crate::Config::expiry_warning).
    Expiring,
    /// It does not answer.
    Unreachable,
    /// It answers, and we do not believe its certificate.
    Untrusted,
    /// It does not let us in: it refuses our certificate, or what we say we are.
    Refused,
}

impl EndpointState {
    /// Whether a call would be answered.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Normal | Self::Expiring)
    }

    /// What an error says of the server.
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            _ if matches!(error.fault(), Some(Fault::Tls(TlsFault::Untrusted(_)))) => Self::Untrusted,
            _ if error.is_unauthenticated() || error.is_permission_denied() => Self::Refused,
            Error::Refused(_) => Self::Refused,
            _ => Self::Unreachable,
        }
    }
}
