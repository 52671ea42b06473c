//! TLS errors, with remedies for operators.

use std::sync::Arc;

use rustls::{
    AlertDescription as Alert, ClientConfig, CommonState, Error, PeerIncompatible as Incompatible,
    PeerMisbehaved as Misbehaved,
};

use super::UntrustedServer;
use crate::config::Cause;

/// The reason for which TLS with a server failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The client does not trust the server's certificate.
    #[error(transparent)]
    Untrusted(UntrustedServer),
    /// The server does not accept the client's certificate.
    #[error("the server refused the client certificate with the TLS alert {alert}: {}", advice(.alert))]
    ClientCertificateRefused {
        /// The name of the alert (RFC 8446, 6.2).
        alert: &'static str,
    },
    /// The server requires a client certificate, but none is configured.
    #[error(
        "the server wants a client certificate and none is configured (TLS alert {alert}): give one with \
         Config::identity"
    )]
    ClientCertificateMissing {
        /// The name of the alert (RFC 8446, 6.2).
        alert: &'static str,
    },
    /// The server requests the client certificate only after a request, but this client sends it in the handshake.
    #[error(
        "the server asks for the client certificate only after a request ({by}), and this client shows it in the TLS handshake \
         alone: have the server require it in the handshake, for everything that it serves at this address"
    )]
    ClientCertificateAfterHandshake {
        /// The way in which the server requested it, or indicated that it would have.
        by: &'static str,
    },
    /// The two sides have no TLS version in common.
    #[error(
        "the server speaks no version of TLS that this client does, or none that goes with its certificate: the server needs \
         TLS 1.2 or 1.3 enabled, with TLS 1.2 one of the cipher suites {offered}, and with TLS 1.3 a certificate whose key \
         TLS 1.3 has (RSA, ECDSA on P-256 or P-384, or Ed25519)"
    )]
    NoCommonVersion {
        /// The TLS 1.2 cipher suites that this client offered, by their IANA names.
        offered: String,
        /// The error of the TLS library.
        source: Cause,
    },
    /// The two sides have no cipher suite, key exchange or signature in common.
    #[error(
        "this client and the server have no cipher suite in common, as with servers that offer CBC suites or RSA key \
         exchange alone: the server needs TLS 1.3, or with TLS 1.2 one of {offered}, which has to go with the kind of its \
         certificate (RSA or ECDSA), and a key exchange by one of {groups}; with either, a certificate for an RSA key of 2048 \
         bits or more, an ECDSA key on P-256 or P-384, or an Ed25519 key, whose key usage allows digitalSignature"
    )]
    NoCommonSuite {
        /// The TLS 1.2 cipher suites that this client offered, by their IANA names.
        offered: String,
        /// The key exchange groups that this client offered.
        groups: String,
        /// The error of the TLS library.
        source: Cause,
    },
    /// The peer does not speak TLS.
    #[error("what answered there does not speak TLS: compare host and port with those of the server's KMIP service")]
    NotTls {
        /// The error of the TLS library.
        source: Cause,
    },
    /// Another error, which the source explains.
    #[error("TLS with the server failed: the cause below this error says how, and the server's log may say why")]
    Other {
        /// The error of the TLS library.
        source: Cause,
    },
}

/// The alerts that refuse a client certificate, with their names and remedies.
const REFUSALS: [(Alert, &str, &str); 10] = [
    (Alert::BadCertificate, "bad_certificate", "the server's log may say what it expects of a certificate"),
    (
        Alert::UnsupportedCertificate,
        "unsupported_certificate",
        "it may need the key usage digitalSignature and the extended key usage clientAuth, or another kind of key",
    ),
    (Alert::CertificateRevoked, "certificate_revoked", "have a new one issued"),
    (Alert::CertificateExpired, "certificate_expired", "have it renewed, and compare the clocks"),
    (Alert::CertificateUnknown, "certificate_unknown", "the server's log may say what it expects of a certificate"),
    (
        Alert::UnknownCA,
        "unknown_ca",
        "the server has to trust the CA that issued it, and the PEM must have the certificates between the two",
    ),
    (
        Alert::DecryptError,
        "decrypt_error",
        "the server could not verify a signature: it may know another CA of the same name",
    ),
    (
        Alert::AccessDenied,
        "access_denied",
        "it does not let the owner of the certificate in, who may need an account or a right there",
    ),
    (
        Alert::CertificateRequired,
        "certificate_required",
        "the server may accept other CAs, or another kind of key, than those of this certificate",
    ),
    (
        Alert::HandshakeFailure,
        "handshake_failure",
        "the server may not trust the CA that issued it; its log may say more",
    ),
];

fn advice(alert: &str) -> &'static str {
    REFUSALS.iter().find(|(_, name, _)| *name == alert).map_or("see the server's log", |(_, _, advice)| advice)
}

/// Returns the offered TLS 1.2 suites, by their IANA names.
fn suites(config: &ClientConfig) -> String {
    let suites = config.crypto_provider().cipher_suites.iter().filter(|suite| suite.tls13().is_none());
    suites.filter_map(|suite| suite.suite().as_str()).collect::<Vec<_>>().join(", ")
}

/// Returns the offered key exchange groups.
fn groups(config: &ClientConfig) -> String {
    let groups = config.crypto_provider().kx_groups.iter().filter_map(|group| group.name().as_str());
    groups.collect::<Vec<_>>().join(", ")
}

impl TlsError {
    /// Creates the error from one of rustls on this connection.
    ///
    /// The same alert has another meaning before the server chose a cipher suite, and without a client certificate.
    pub(crate) fn new(error: &Error, connection: &CommonState, config: &ClientConfig) -> Self {
        if let Some(untrusted) = UntrustedServer::of(error) {
            return Self::Untrusted(untrusted.clone());
        }
        let source: Cause = Arc::new(error.clone());
        let agreed = connection.negotiated_cipher_suite().is_some();
        let no_common_version = |source| Self::NoCommonVersion { offered: suites(config), source };
        let no_common_suite = |source| {
            let (offered, groups) = (suites(config), groups(config));
            Self::NoCommonSuite { offered, groups, source }
        };
        match error {
            Error::AlertReceived(Alert::ProtocolVersion)
            | Error::PeerIncompatible(
                Incompatible::ServerDoesNotSupportTls12Or13 | Incompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => no_common_version(source),
            Error::PeerIncompatible(_) | Error::AlertReceived(Alert::InsufficientSecurity) => no_common_suite(source),
            // The server chose a suite although it was not offered.
            Error::PeerMisbehaved(Misbehaved::SelectedUnofferedCipherSuite) => no_common_suite(source),
            Error::AlertReceived(Alert::HandshakeFailure) if !agreed => no_common_suite(source),
            Error::AlertReceived(alert) if agreed => match REFUSALS.iter().find(|(refusal, ..)| refusal == alert) {
                Some((_, alert, _)) if config.client_auth_cert_resolver.has_certs() => {
                    Self::ClientCertificateRefused { alert }
                }
                Some((_, alert, _)) => Self::ClientCertificateMissing { alert },
                None => Self::Other { source },
            },
            Error::InvalidMessage(_) if !agreed => Self::NotTls { source },
            _ => Self::Other { source },
        }
    }
}
