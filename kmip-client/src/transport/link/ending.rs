//! The meaning of the end of a connection.

use std::io;

use rustls::{AlertDescription, Error, HandshakeKind, HandshakeType, PeerMisbehaved, ProtocolVersion};

use super::TlsLink;
use crate::transport::error::TransportError;
use crate::transport::hang_up::{CertificateState, ConnectionStep, HangUp};
use crate::transport::network::Socket;
use crate::transport::time::Limit;
use crate::transport::tls::TlsError;

impl<S: Socket> TlsLink<S> {
    /// Returns the meaning of the end of the connection at this point.
    pub(super) fn ended(&self) -> TransportError {
        match self.incoming.progress() {
            (0, _) if self.wants_renegotiation() => TransportError::Tls(RENEGOTIATION),
            (0, _) => TransportError::Closed(self.hang_up()),
            (received, expected) => TransportError::Truncated { received, expected },
        }
    }

    /// Returns the meaning of an I/O error at this point.
    pub(super) fn broken(&self, error: io::Error, limit: Limit) -> TransportError {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                self.ended()
            }
            _ => limit.error_of(error, TransportError::Io),
        }
    }

    /// Returns the meaning of a rustls error at this point.
    pub(super) fn failed(&self, error: &Error) -> TlsError {
        let fault = TlsError::new(error, &self.tls, &self.config);
        let is_alert = matches!(error, Error::AlertReceived(_));
        let late = match error {
            Error::PeerMisbehaved(PeerMisbehaved::TooManyRenegotiationRequests) => Some(RENEGOTIATION),
            Error::InappropriateHandshakeMessage { got_type: HandshakeType::CertificateRequest, .. } => {
                Some(TlsError::ClientCertificateAfterHandshake { by: "post-handshake authentication of TLS 1.3" })
            }
            Error::AlertReceived(AlertDescription::CertificateRequired)
                if self.certificate == CertificateState::NotRequested =>
            {
                Some(TlsError::ClientCertificateAfterHandshake { by: "the TLS alert certificate_required" })
            }
            _ => None,
        };
        match late {
            Some(late) if !self.tls.is_handshaking() => late,
            _ if is_alert && self.wants_renegotiation() => RENEGOTIATION,
            _ => fault,
        }
    }

    /// Returns `true` if an error proves that the server has not seen the request.
    ///
    /// TLS 1.3 lets a client send before the server has verified its certificate. Records are ordered, so an alert as
    /// the first record after the handshake is the result of that verification. After any other record, of a response
    /// or of a session ticket, it proves nothing; nor does it if this handshake had no certificate to verify, because
    /// the server has not asked for one, or has resumed a session.
    pub(super) fn is_refusal(&self, fault: &TransportError) -> bool {
        match fault {
            TransportError::Tls(
                TlsError::ClientCertificateRefused { .. } | TlsError::ClientCertificateMissing { .. },
            ) => {
                let is_verified = matches!(self.certificate, CertificateState::Sent | CertificateState::Missing)
                    && self.tls.handshake_kind() != Some(HandshakeKind::Resumed);
                is_verified
                    && self.tls.protocol_version() == Some(ProtocolVersion::TLSv1_3)
                    && self.boundary.records() <= self.records_of_handshake + 1
            }
            #[cfg(feature = "https")]
            TransportError::Http(error) => error.is_refusal() && !(error.may_be_unasked() && self.has_answered),
            _ => false,
        }
    }

    pub(super) fn hang_up(&self) -> HangUp {
        let step = if self.tls.is_handshaking() { ConnectionStep::Handshake } else { ConnectionStep::Request };
        HangUp { step, certificate: self.certificate }
    }

    /// Returns `true` if the server has requested another handshake, as a TLS 1.2 server does that requires a client
    /// certificate for some requests only.
    fn wants_renegotiation(&self) -> bool {
        self.tls.protocol_version() == Some(ProtocolVersion::TLSv1_2)
            && !self.tls.is_handshaking()
            && self.boundary.has_renewed_handshake()
    }
}

const RENEGOTIATION: TlsError = TlsError::ClientCertificateAfterHandshake { by: "renegotiation of TLS 1.2" };
