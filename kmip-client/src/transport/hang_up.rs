//! The possible meanings of a closed connection.

use std::fmt;

/// The circumstances in which a server closed a connection without a response.
///
/// `Display` prints the likely causes and their remedies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HangUp {
    /// The step that the server did not answer.
    pub step: ConnectionStep,
    /// The state of the client certificate, which may be the reason.
    pub certificate: CertificateState,
}

impl HangUp {
    /// The end of a handshake in which the server did not request a client certificate.
    pub(crate) const IN_HANDSHAKE: Self =
        Self { step: ConnectionStep::Handshake, certificate: CertificateState::NotRequested };
}

/// A step of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionStep {
    /// The TLS handshake.
    Handshake,
    /// Discover Versions, which the client sends first if more than one version of KMIP is allowed.
    DiscoverVersions,
    /// A request.
    Request,
}

/// The state of the client certificate on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateState {
    /// The server has not requested it.
    NotRequested,
    /// The server has requested it, but none is configured.
    Missing,
    /// The client has sent it, and the server has not answered yet.
    Sent,
    /// The server has answered on this connection, so it accepts the client.
    Accepted,
}

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificate = match self.certificate {
            CertificateState::Missing => {
                Some("it has asked for a client certificate and none is configured; give one with Config::identity")
            }
            CertificateState::Sent => Some(
                "some servers refuse a client certificate in this way; check that it is one the server knows, and see the \
                 server's log",
            ),
            CertificateState::NotRequested | CertificateState::Accepted => None,
        };
        f.write_str("the server closed the connection ")?;
        match (self.step, certificate) {
            (ConnectionStep::DiscoverVersions, certificate) => {
                f.write_str(
                    "on Discover Versions: some servers that speak KMIP 1.0 alone do not know it; set the version, for \
                     example with Config::version(V1_0)",
                )?;
                certificate.map_or(Ok(()), |certificate| write!(f, ". Or: {certificate}"))
            }
            (ConnectionStep::Handshake, Some(certificate)) => write!(f, "during the TLS handshake: {certificate}"),
            (ConnectionStep::Handshake, None) => f.write_str(
                "during the TLS handshake: check that host and port are those of the server's KMIP service, and that \
                 nothing between blocks this client",
            ),
            (ConnectionStep::Request, Some(certificate)) => write!(f, "without an answer: {certificate}"),
            (ConnectionStep::Request, None) => f.write_str("without an answer: the server's log may say why"),
        }
    }
}
