//! The server's certificate: whether we believe it, and if not, why not and which one it was.

use std::{fmt, net::IpAddr, sync::Arc};

use kmip_ttlv::DateTime;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::config::{Anchors, Cause, ConfigError, Thumbprint, UnknownRevocation};
use crate::exchange::report::Printable;

/// A server whose certificate we do not believe: which check failed, and which certificate it was.
///
/// The thumbprint is there to be compared with what the server's administrator says, and, if they agree, to be pinned
/// with [`Trust::thumbprint`](crate::Trust::thumbprint).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UntrustedServer {
    /// The check that failed.
    pub check: ServerCheck,
    /// The SHA-256 thumbprint of the certificate that the server presented.
    pub presented: Thumbprint,
}

impl fmt::Display for UntrustedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; the server presented the certificate with SHA-256 thumbprint {}", self.check, self.presented)
    }
}

impl std::error::Error for UntrustedServer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.check {
            ServerCheck::Other { source } | ServerCheck::RevocationListInvalid { source } => Some(source.as_ref()),
            _ => None,
        }
    }
}

/// A check that a server's certificate can fail.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ServerCheck {
    /// None of the CA certificates that we trust issued it.
    #[error(
        "the server's certificate was issued by none of the trusted CA certificates: add its CA, or have the server \
         send the intermediate certificates that are missing, or pin the thumbprint"
    )]
    UnknownIssuer,
    /// It is for another name.
    #[error(
        "the server's certificate is not for {expected} but for {}: connect by that name, or set Config::server_name",
        names(.presented)
    )]
    WrongName {
        /// The name that it should have.
        expected: String,
        /// The names that it has.
        presented: Vec<String>,
    },
    /// It, or the certificate of an issuer, is no longer valid.
    #[error(
        "the server's certificate, or that of its issuer, expired{}: have it renewed, and compare the clocks",
        time("on", *.not_after)
    )]
    Expired {
        /// The end of its validity, in seconds since 1970-01-01 00:00 UTC.
        not_after: Option<u64>,
    },
    /// It, or the certificate of an issuer, is not valid yet.
    #[error(
        "the server's certificate, or that of its issuer, is not valid yet{}: compare the clocks",
        time("but from", *.not_before)
    )]
    NotYetValid {
        /// The start of its validity, in seconds since 1970-01-01 00:00 UTC.
        not_before: Option<u64>,
    },
    /// It is not the one that was pinned, or none of those.
    #[error(
        "the server's certificate is not the pinned one: its {} thumbprint is {presented}, and {} is pinned",
        .presented.algorithm(), listed(.pinned)
    )]
    Thumbprint {
        /// The thumbprint that it should have, or one of them.
        pinned: Vec<Thumbprint>,
        /// The one that it has, by the same digest as the first of those.
        presented: Thumbprint,
    },
    /// It, or the certificate of an issuer, was revoked.
    #[error(
        "the server's certificate, or that of its issuer, was revoked by the CA that issued it: have another one issued \
         and installed on the server"
    )]
    Revoked,
    /// No revocation list tells whether it, or the certificate of an issuer, was revoked.
    #[error(
        "none of the revocation lists tells whether the server's certificate, or that of its issuer, was revoked: add the \
         list of each CA on the way (Trust::with_crl_pem), or let it pass with UnknownRevocation::Accept"
    )]
    UnknownRevocation,
    /// The revocation list that would tell whether it was revoked is out of date.
    #[error(
        "the revocation list is out of date: the next was due{}; get it from the CA, or let it pass with \
         UnknownRevocation::Accept, and compare the clocks",
        time("on", *.next_update)
    )]
    RevocationListExpired {
        /// When the next list was due, in seconds since 1970-01-01 00:00 UTC.
        next_update: Option<u64>,
    },
    /// The revocation list was not signed by the CA that is trusted.
    #[error(
        "the revocation list cannot be verified: its signature is wrong, or the CA may not issue lists (key usage cRLSign)"
    )]
    RevocationListInvalid {
        /// What the TLS library says.
        source: Cause,
    },
    /// A signature on it, or by its key in the handshake, is wrong.
    #[error(
        "a signature is wrong: either a CA of the same name as the trusted one issued the server's certificate, or the \
         server does not have its private key"
    )]
    Signature,
    /// It is not meant for TLS servers.
    #[error("the server's certificate is not for servers: it needs the extended key usage serverAuth")]
    Purpose,
    /// It is the certificate of a CA, which cannot be that of a server at the same time.
    #[error(
        "the server shows a CA certificate as its own: have one issued that is not a CA (basicConstraints CA:FALSE), \
         or pin the thumbprint"
    )]
    IsCa,
    /// It is X.509 version 1.
    #[error(
        "the server's certificate is X.509 version 1, and version 3 is needed: have it issued again with extensions"
    )]
    OldCertificate,
    /// Something else, which the source explains.
    #[error(
        "the server's certificate cannot be verified: the cause below this error says why; have another issued, or pin \
         the thumbprint"
    )]
    Other {
        /// What the TLS library says.
        source: Cause,
    },
}

impl From<Error> for ServerCheck {
    fn from(error: Error) -> Self {
        use CertificateError as Why;
        let why = match error {
            Error::InvalidCertificate(why) => why,
            error @ Error::InvalidCertRevocationList(_) => {
                return Self::RevocationListInvalid { source: Arc::new(error) };
            }
            error => return Self::Other { source: Arc::new(error) },
        };
        match why {
            Why::Revoked => Self::Revoked,
            Why::UnknownRevocationStatus => Self::UnknownRevocation,
            Why::ExpiredRevocationListContext { next_update, .. } => {
                Self::RevocationListExpired { next_update: Some(next_update.as_secs()) }
            }
            Why::ExpiredRevocationList => Self::RevocationListExpired { next_update: None },
            Why::UnknownIssuer => Self::UnknownIssuer,
            Why::NotValidForNameContext { expected, presented } => {
                let presented = presented.iter().filter_map(|name| plain_name(name)).collect();
                Self::WrongName { expected: expected.to_str().into_owned(), presented }
            }
            Why::ExpiredContext { not_after, .. } => Self::Expired { not_after: Some(not_after.as_secs()) },
            Why::Expired => Self::Expired { not_after: None },
            Why::NotValidYetContext { not_before, .. } => Self::NotYetValid { not_before: Some(not_before.as_secs()) },
            Why::NotValidYet => Self::NotYetValid { not_before: None },
            Why::BadSignature => Self::Signature,
            Why::InvalidPurpose | Why::InvalidPurposeContext { .. } => Self::Purpose,
            Why::Other(OtherError(error)) => match error.downcast_ref() {
                Some(webpki::Error::CaUsedAsEndEntity) => Self::IsCa,
                Some(webpki::Error::UnsupportedCertVersion) => Self::OldCertificate,
                _ => Self::Other { source: error },
            },
            why => Self::Other { source: Arc::new(Error::InvalidCertificate(why)) },
        }
    }
}

/// Verifies as [`Trust`] says. Shared by all connections, so what it finds travels in its errors.
#[derive(Debug)]
pub(super) struct Verifier {
    /// By the CA; `None` where a thumbprint stands in its place.
    issuer: Option<Arc<WebPkiServerVerifier>>,
    /// None, or the certificate is one of these.
    pins: Vec<Thumbprint>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(anchors: Anchors, provider: &Arc<CryptoProvider>) -> Result<Self, ConfigError> {
        let Anchors { roots, pins, lists, unknown } = anchors;
        let issuer = match roots.is_empty() {
            true if pins.is_empty() => return Err(ConfigError::NoTrust),
            true if !lists.is_empty() => return Err(ConfigError::RevocationWithoutCa),
            true => None,
            false => {
                let webpki = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider)).with_crls(lists);
                let webpki = match unknown {
                    UnknownRevocation::Accept => webpki.allow_unknown_revocation_status(),
                    UnknownRevocation::Refuse => webpki.enforce_revocation_expiration(),
                };
                // Its only errors are that there are no roots, and lists that cannot be read: `Trust` has read them.
                Some(webpki.build().map_err(|_| ConfigError::NoTrust)?)
            }
        };
        Ok(Self { issuer, pins, algorithms: provider.signature_verification_algorithms })
    }

    /// That the certificate is one of the pinned.
    fn check_pins(&self, certificate: &CertificateDer<'_>) -> Result<(), ServerCheck> {
        match self.pins.as_slice() {
            [] => Ok(()),
            pins if pins.iter().any(|pin| pin.same_digest_of(certificate) == *pin) => Ok(()),
            pins @ [first, ..] => {
                Err(ServerCheck::Thumbprint { pinned: pins.to_vec(), presented: first.same_digest_of(certificate) })
            }
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(issuer) = &self.issuer {
            issuer
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map_err(|error| untrusted(error, end_entity))?;
        }
        self.check_pins(end_entity).map_err(|check| untrusted(check, end_entity))?;
        Ok(ServerCertVerified::assertion())
    }

    // Without these a pin would be worth nothing: anybody can show the certificate of another.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
            .map_err(|error| untrusted(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
            .map_err(|error| untrusted(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// An error of rustls that carries ours; [`UntrustedServer::of`] takes it out again.
fn untrusted(check: impl Into<ServerCheck>, certificate: &CertificateDer<'_>) -> Error {
    let error = UntrustedServer { check: check.into(), presented: Thumbprint::sha256_of(certificate) };
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error))))
}

impl UntrustedServer {
    /// What our verifier said, out of the error of rustls that carries it.
    pub(super) fn of(error: &Error) -> Option<&Self> {
        match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(error))) => error.downcast_ref(),
            _ => None,
        }
    }
}

/// A DNS name or IP address of a certificate as people write it; webpki gives `DnsName("localhost")`. Other kinds of
/// names are left out.
///
/// The server chose the text, so that it may hold anything, such as control characters for the terminal.
fn plain_name(name: &str) -> Option<String> {
    if let Some(name) = name.strip_prefix("DnsName(\"") {
        return Some(Printable::within(name.strip_suffix("\")")?, LONGEST_NAME).to_string());
    }
    let ip = name.strip_prefix("IpAddress(")?.strip_suffix(')')?;
    // webpki writes ::1 as 0::1.
    Some(ip.parse().map_or_else(|_| ip.to_owned(), |ip: IpAddr| ip.to_string()))
}

/// The longest name that DNS has, in characters (RFC 1035, 2.3.4).
pub(super) const LONGEST_NAME: usize = 253;

/// The names, as far as they fit into a sentence.
fn names(names: &[String]) -> String {
    const ENOUGH: usize = 8;
    match names {
        [] => "no host at all".to_owned(),
        _ if names.len() <= ENOUGH => names.join(", "),
        _ => format!("{} and {} more", names[..ENOUGH].join(", "), names.len() - ENOUGH),
    }
}

/// Thumbprints, as far as they fit into a sentence.
fn listed(thumbprints: &[Thumbprint]) -> String {
    match thumbprints {
        [one] => one.to_string(),
        [first, others @ ..] => format!("{first} or one of {} others", others.len()),
        [] => "none".to_owned(),
    }
}

/// A time behind a word, as in ` on 2026-11-22 02:58:14 UTC`; nothing, if it is not known.
fn time(word: &str, seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else { return String::new() };
    let at = DateTime(i64::try_from(seconds).unwrap_or(i64::MAX)).to_string();
    format!(" {word} {}", at.replace('T', " ").replace('Z', " UTC"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The right-hand sides come from `date -u -d @SECONDS`.
    #[test]
    fn times_are_written_as_dates() {
        assert_eq!(time("on", Some(0)), " on 1970-01-01 00:00:00 UTC");
        assert_eq!(time("on", Some(951_782_399)), " on 2000-02-28 23:59:59 UTC");
        assert_eq!(time("on", Some(951_868_799)), " on 2000-02-29 23:59:59 UTC");
        assert_eq!(time("on", Some(951_868_800)), " on 2000-03-01 00:00:00 UTC");
        assert_eq!(time("on", Some(1_735_689_599)), " on 2024-12-31 23:59:59 UTC");
        assert_eq!(time("on", Some(1_795_316_294)), " on 2026-11-22 02:58:14 UTC");
        assert_eq!(time("on", Some(4_107_542_400)), " on 2100-03-01 00:00:00 UTC");
        assert_eq!(time("on", Some(253_402_300_799)), " on 9999-12-31 23:59:59 UTC");
        assert_eq!(time("on", None), "");
    }

    #[test]
    fn a_certificate_of_tomorrow() {
        let (time, not_before) =
            (UnixTime::since_unix_epoch(Duration::ZERO), UnixTime::since_unix_epoch(Duration::from_secs(86_400)));
        let check =
            ServerCheck::from(Error::InvalidCertificate(CertificateError::NotValidYetContext { time, not_before }));
        assert!(matches!(check, ServerCheck::NotYetValid { not_before: Some(86_400) }));
        assert!(
            check.to_string().contains("is not valid yet but from 1970-01-02 00:00:00 UTC: compare the clocks"),
            "{check}"
        );
    }

    #[test]
    fn names_are_fit_for_a_terminal() {
        assert_eq!(plain_name(r#"DnsName("*.kms.example")"#).as_deref(), Some("*.kms.example"));
        assert_eq!(plain_name("DnsName(\"a\u{1b}[2Jb\")").as_deref(), Some(r"a\u{1b}[2Jb"));
        assert_eq!(plain_name("IpAddress(0::1)").as_deref(), Some("::1"));
        assert_eq!(plain_name("DirectoryName"), None);
        assert_eq!(plain_name("Unsupported(0x01)"), None);
        assert_eq!(names(&[]), "no host at all");
        assert_eq!(names(&["a".to_owned(), "b".to_owned()]), "a, b");
        assert_eq!(names(&vec!["a".to_owned(); 1000]), "a, a, a, a, a, a, a, a and 992 more");
    }
}
