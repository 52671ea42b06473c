//! What the end of a connection means.

use std::io;

use rustls::{AlertDescription, Error, HandshakeType, PeerMisbehaved, ProtocolVersion};

use super::TlsLink;
use crate::transport::error::TransportError;
use crate::transport::hang_up::{CertificateState, ConnectionStep, HangUp};
use crate::transport::network::Stream;
use crate::transport::time::Limit;
use crate::transport::tls::TlsError;

impl<S: Stream> TlsLink<S> {
    /// Returns what the end of the connection means at this point.
    pub(super) fn ended(&self) -> TransportError {
        match self.incoming.progress() {
            (0, _) if self.wants_renegotiation() => TransportError::Tls(RENEGOTIATION),
            (0, _) => TransportError::Closed(self.hang_up()),
            (received, expected) => TransportError::Truncated { received, expected },
        }
    }

    /// Returns what an I/O error means at this point.
    pub(super) fn broken(&self, error: io::Error, limit: Limit) -> TransportError {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                self.ended()
            }
            _ => limit.error_of(error, TransportError::Io),
        }
    }

    /// Returns what an error of rustls means at this point.
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

    /// Returns `true` if a fault proves that the server has not seen the request.
    ///
    /// TLS 1.3 lets a client speak before the server has looked at its certificate. Records go in order, so an alert that is the first record
    /// after the handshake is the end of that look. Behind any other record, of an answer or of a session ticket, it says nothing.
    pub(super) fn is_refusal(&self, fault: &TransportError) -> bool {
        match fault {
            TransportError::Tls(
                TlsError::ClientCertificateRefused { .. }
                | TlsError::ClientCertificateMissing { .. }
                | TlsError::ClientCertificateAfterHandshake { .. },
            ) => {
                self.tls.protocol_version() == Some(ProtocolVersion::TLSv1_3)
                    && self.boundary.records() <= self.records_of_handshake + 1
            }
            #[cfg(feature = "https")]
            TransportError::Http(fault) => fault.is_refusal(),
            _ => false,
        }
    }

    pub(super) fn hang_up(&self) -> HangUp {
        let step = if self.tls.is_handshaking() { ConnectionStep::Handshake } else { ConnectionStep::Request };
        HangUp { step, certificate: self.certificate }
    }

    /// Returns `true` if the server has asked for another handshake, as a server of TLS 1.2 does that wants a client certificate for what is
    /// requested alone.
    fn wants_renegotiation(&self) -> bool {
        self.tls.protocol_version() == Some(ProtocolVersion::TLSv1_2)
            && !self.tls.is_handshaking()
            && self.boundary.has_renewed_handshake()
    }
}

const RENEGOTIATION: TlsError = TlsError::ClientCertificateAfterHandshake { by: "renegotiation of TLS 1.2" };
