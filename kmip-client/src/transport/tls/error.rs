//! What went wrong in TLS, in the words of somebody who has to mend it.

use std::sync::Arc;

use rustls::{
    AlertDescription as Alert, ClientConfig, CommonState, Error, PeerIncompatible as Incompatible,
    PeerMisbehaved as Misbehaved,
};

use super::UntrustedServer;
use crate::config::Cause;

/// Why TLS with a server failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// We do not believe the server's certificate.
    #[error(transparent)]
    Untrusted(UntrustedServer),
    /// The server does not take our certificate.
    #[error("the server refused the client certificate with the TLS alert {alert}: {}", advice(.alert))]
    ClientCertificateRefused {
        /// The name of the alert (RFC 8446, 6.2).
        alert: &'static str,
    },
    /// The server wants a client certificate, and we have none.
    #[error(
        "the server wants a client certificate and none is configured (TLS alert {alert}): give one with \
         Config::identity"
    )]
    ClientCertificateMissing {
        /// The name of the alert (RFC 8446, 6.2).
        alert: &'static str,
    },
    /// The server wants a client certificate only when it has seen a request, and this client shows it in the handshake.
    #[error(
        "the server asks for the client certificate only after a request ({by}), and this client shows it in the TLS handshake \
         alone: have the server require it in the handshake, for everything that it serves at this address"
    )]
    ClientCertificateAfterHandshake {
        /// How it asks, or says that it would have.
        by: &'static str,
    },
    /// There is no version of TLS that both sides have.
    #[error(
        "the server speaks no version of TLS that this client does: the server needs TLS 1.2 or 1.3 enabled, with TLS 1.2 \
         one of the cipher suites {offered}, and with TLS 1.3 a certificate whose key TLS 1.3 has (RSA, ECDSA on P-256 or \
         P-384, or Ed25519)"
    )]
    NoCommonVersion {
        /// The cipher suites of TLS 1.2 that this client has offered, by their IANA names.
        offered: String,
        /// What the TLS library says.
        source: Cause,
    },
    /// There is no cipher suite, or no key exchange or signature, that both sides have.
    #[error(
        "this client and the server have no cipher suite in common, as with servers that offer CBC suites or RSA key \
         exchange alone: the server needs TLS 1.3, or with TLS 1.2 one of {offered}, which has to go with the kind of its \
         certificate (RSA or ECDSA), and a key exchange by one of {groups}"
    )]
    NoCommonSuite {
        /// The cipher suites of TLS 1.2 that this client has offered, by their IANA names.
        offered: String,
        /// The groups for the key exchange that this client has offered.
        groups: String,
        /// What the TLS library says.
        source: Cause,
    },
    /// What answered is not TLS.
    #[error("what answered there does not speak TLS: compare host and port with those of the server's KMIP service")]
    NotTls {
        /// What the TLS library says.
        source: Cause,
    },
    /// Something else, which the source explains.
    #[error("TLS with the server failed: the cause below this error says how, and the server's log may say why")]
    Other {
        /// What the TLS library says.
        source: Cause,
    },
}

/// The alerts by which a server refuses a client certificate, with what each is called and what it asks for.
const REFUSALS: [(Alert, &str, &str); 10] = [
    (Alert::BadCertificate, "bad_certificate", "the server's log may say what it expects of a certificate"),
    (
        Alert::UnsupportedCertificate,
        "unsupported_certificate",
        "it may need the extended key usage clientAuth, or another kind of key",
    ),
    (Alert::CertificateRevoked, "certificate_revoked", "have a new one issued"),
    (Alert::CertificateExpired, "certificate_expired", "have it renewed, and compare the clocks"),
    (Alert::CertificateUnknown, "certificate_unknown", "the server's log may say what it expects of a certificate"),
    (
        Alert::UnknownCA,
        "unknown_ca",
        "the server must trust the CA that issued it, and the PEM must have the certificates between the two",
    ),
    (
        Alert::DecryptError,
        "decrypt_error",
        "the server could not verify a signature: it may know another CA of the same name",
    ),
    (Alert::AccessDenied, "access_denied", "the certificate is valid, and its owner must be let in by the server"),
    (Alert::CertificateRequired, "certificate_required", "the server asked for a kind of certificate that this is not"),
    (Alert::HandshakeFailure, "handshake_failure", "the server must trust the CA that issued it"),
];

fn advice(alert: &str) -> &'static str {
    REFUSALS.iter().find(|(_, name, _)| *name == alert).map_or("see the server's log", |(_, _, advice)| advice)
}

/// The suites of TLS 1.2 that are offered, by their IANA names.
fn suites(config: &ClientConfig) -> String {
    let suites = config.crypto_provider().cipher_suites.iter().filter(|suite| suite.tls13().is_none());
    suites.filter_map(|suite| suite.suite().as_str()).collect::<Vec<_>>().join(", ")
}

/// The groups for the key exchange that are offered.
fn groups(config: &ClientConfig) -> String {
    let groups = config.crypto_provider().kx_groups.iter().filter_map(|group| group.name().as_str());
    groups.collect::<Vec<_>>().join(", ")
}

impl TlsError {
    /// What an error means on this connection.
    ///
    /// The same alert means something else before the server chose a cipher suite, and without a client certificate.
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
            // A server that takes what it has, whether it was offered or not.
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
