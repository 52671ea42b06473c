//! The checks that a server's certificate can fail, in the words of somebody who has to mend it.

use std::{fmt, net::IpAddr, sync::Arc};

use kmip_ttlv::DateTime;
use rustls::{
    CertificateError, Error, OtherError, RootCertStore,
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, ServerName},
};

use super::certificate::{Facts, Key};
use crate::config::{Cause, Thumbprint};
use crate::exchange::report::Printable;

/// A server certificate that was rejected: the check that failed, and the certificate's thumbprint.
///
/// If the thumbprint is the one that the server's administrator reads, the certificate can be pinned with
/// [`Trust::thumbprint`](crate::Trust::thumbprint), unless the check says otherwise.
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

/// A check that a server's certificate can fail. Its text says what is wrong and what helps.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ServerCheck {
    /// None of the CA certificates that we trust issued it.
    #[error(
        "the server's certificate was issued by none of the trusted CA certificates: add its CA, or have the server \
         send the intermediate certificates that are missing, or pin the thumbprint"
    )]
    UnknownIssuer,
    /// It has neither a DNS name nor an IP address. Common names are not looked at (RFC 9525, 6.4.4).
    #[error(
        "the server's certificate names no host: it has no DNS name and no IP address as subjectAltName{}; have it \
         issued again with one, or pin the thumbprint",
        common_name_is_ignored(.common_name.as_deref())
    )]
    NoName {
        /// The common name of its subject, escaped for a terminal.
        common_name: Option<String>,
    },
    /// It has the IP address that it should have, but as a DNS name, which names no address (RFC 9525, 6.2).
    #[error(
        "the server's certificate has the IP address {address} as a DNS name: have it issued again with it as an IP \
         address (subjectAltName=IP:{address}), or pin the thumbprint"
    )]
    AddressAsDnsName {
        /// The address.
        address: IpAddr,
    },
    /// None of its DNS names is one that a host can have: URLs, say, or addresses with a port.
    #[error(
        "the server's certificate is for no host, but for {}: have it issued again with subjectAltName=DNS:name or \
         IP:address, or pin the thumbprint",
        names(.presented)
    )]
    UnusableNames {
        /// What it has as DNS names.
        presented: Vec<String>,
    },
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
    /// It, or the certificate of an issuer, is signed with an algorithm that is not accepted, such as SHA-1 or MD5.
    #[error(
        "the server's certificate, or that of its issuer, is signed with {algorithm}, which is not accepted: have it \
         issued again by a CA that signs with RSA or ECDSA, and SHA-256 or better, or pin the thumbprint"
    )]
    SignatureAlgorithm {
        /// The name of the algorithm, or its object identifier.
        algorithm: String,
    },
    /// The CA that issued it, or another one above, has a key whose signatures cannot be verified.
    #[error(
        "a CA that issued the server's certificate has {key}, whose signatures this client cannot verify: have it \
         issued by a CA with {VERIFIABLE}, or pin the thumbprint"
    )]
    IssuerKey {
        /// The kind of key.
        key: String,
    },
    /// Its key makes signatures that cannot be verified, so that the server cannot prove to have the key. A pin does not help.
    #[error("the server's certificate has {key}, whose signatures this client cannot verify: {remedy}")]
    Key {
        /// The kind of key.
        key: String,
        /// What to do.
        remedy: &'static str,
    },
    /// It, or the certificate of an issuer, has a critical extension that is not known.
    #[error(
        "the server's certificate, or that of its issuer, has a critical extension that this client does not know \
         ({}): have it issued again without it, or with it not critical, or pin the thumbprint",
        .identifiers.join(", ")
    )]
    CriticalExtension {
        /// The object identifiers of the extensions, as far as they can be read.
        identifiers: Vec<String>,
    },
    /// A signature on it, or by its key in the handshake, is wrong.
    #[error(
        "a signature is wrong: either a CA of the same name as the trusted one issued the server's certificate, or the \
         server does not have its private key"
    )]
    Signature,
    /// It is not meant for TLS servers.
    #[error(
        "the server's certificate is not for servers: it needs the extended key usage serverAuth; have it \
         issued again with that, or pin the thumbprint"
    )]
    Purpose,
    /// It is the certificate of a CA, which cannot be that of a server at the same time.
    #[error(
        "the server shows a CA certificate as its own: have one issued that is not a CA (basicConstraints CA:FALSE), \
         or pin the thumbprint"
    )]
    IsCa,
    /// It is X.509 version 1.
    #[error(
        "the server's certificate is X.509 version 1, and version 3 is needed: have it issued again with extensions, or \
         pin the thumbprint"
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

/// The kinds of key that every build verifies, for the texts of errors.
pub(super) const VERIFIABLE: &str =
    "an RSA key of 2048 to 8192 bits, an ECDSA key on P-256 or P-384, or an Ed25519 key";

/// The certificates that a check was about.
pub(super) struct Chain<'a> {
    pub(super) leaf: &'a CertificateDer<'a>,
    pub(super) intermediates: &'a [CertificateDer<'a>],
    pub(super) roots: &'a RootCertStore,
    pub(super) algorithms: &'a WebPkiSupportedAlgorithms,
}

impl<'a> Chain<'a> {
    /// Iterates over the certificates that the server sent.
    fn certificates(&self) -> impl Iterator<Item = Facts<'a>> {
        std::iter::once(self.leaf).chain(self.intermediates).filter_map(|certificate| Facts::read(certificate))
    }

    /// Returns a key that cannot be verified and belongs to an issuer of one of the certificates.
    fn issuer_key(&self) -> Option<Key<'a>> {
        let anchors = self.roots.roots.iter();
        let anchors = anchors.map(|anchor| (&*anchor.subject, Key::of(&anchor.subject_public_key_info)));
        let sent = self.intermediates.iter().filter_map(|certificate| Facts::read(certificate));
        let mut issuers = anchors.chain(sent.map(|facts| (facts.subject, facts.key())));
        let is_issuer = |subject: &[u8]| self.certificates().any(|facts| facts.issuer == subject);
        issuers.find(|(subject, key)| !key.is_verifiable(self.algorithms) && is_issuer(subject)).map(|(_, key)| key)
    }

    /// Returns the algorithm of the first signature that no verifier is for.
    fn signature_algorithm(&self) -> String {
        let unknown = self.certificates().find(|facts| !facts.is_signature_known(self.algorithms));
        unknown.map_or_else(|| "an algorithm that cannot be read".to_owned(), |facts| facts.signature.into_owned())
    }
}

impl ServerCheck {
    /// Explains why the chain was rejected.
    pub(super) fn of_chain(error: Error, chain: &Chain<'_>) -> Self {
        use CertificateError as Why;
        match &error {
            Error::InvalidCertificate(Why::NotValidForNameContext { expected, presented }) => {
                let usable = presented.iter().any(|name| is_of_a_host(name));
                let presented = presented.iter().filter_map(|name| plain_name(name)).collect::<Vec<_>>();
                match expected {
                    _ if presented.is_empty() => {
                        Self::NoName { common_name: Facts::read(chain.leaf).and_then(|facts| facts.common_name()) }
                    }
                    // An IP address of the right type would have been accepted.
                    ServerName::IpAddress(address) if presented.contains(&IpAddr::from(*address).to_string()) => {
                        Self::AddressAsDnsName { address: (*address).into() }
                    }
                    _ if !usable => Self::UnusableNames { presented },
                    _ => Self::WrongName { expected: expected.to_str().into_owned(), presented },
                }
            }
            Error::InvalidCertificate(
                Why::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } | Why::BadSignature,
            ) => match chain.issuer_key() {
                Some(key) => Self::IssuerKey { key: key.to_string() },
                None => Self::from(error),
            },
            Error::InvalidCertificate(Why::UnsupportedSignatureAlgorithmContext { .. }) => {
                Self::SignatureAlgorithm { algorithm: chain.signature_algorithm() }
            }
            Error::InvalidCertificate(Why::Other(OtherError(source)))
                if matches!(source.downcast_ref(), Some(webpki::Error::UnsupportedCriticalExtension)) =>
            {
                let identifiers = chain.certificates().flat_map(|facts| facts.unknown_critical).collect();
                Self::CriticalExtension { identifiers }
            }
            _ => Self::from(error),
        }
    }

    /// Explains why a signature by the key of the certificate was rejected.
    pub(super) fn of_handshake(
        error: Error,
        leaf: &CertificateDer<'_>,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Self {
        match Facts::read(leaf).map(|facts| facts.key()) {
            Some(key) if !key.is_verifiable(algorithms) => Self::unverifiable(key),
            _ => Self::from(error),
        }
    }

    /// Says that the server has a key of this kind, and what to do.
    pub(super) fn unverifiable(key: Key<'_>) -> Self {
        let remedy = if key.is_p521() && cfg!(not(feature = "aws-lc-rs")) {
            "have one issued for an RSA key of 2048 to 8192 bits, an ECDSA key on P-256 or P-384, or an Ed25519 key, or \
             build kmip-client with the feature aws-lc-rs"
        } else if key.is_rsa_pss() {
            "have one issued for an RSA key that is not restricted to PSS (rsaEncryption), of 2048 to 8192 bits, an ECDSA \
             key on P-256 or P-384, or an Ed25519 key"
        } else {
            "have one issued for an RSA key of 2048 to 8192 bits, an ECDSA key on P-256 or P-384, or an Ed25519 key"
        };
        Self::Key { key: key.to_string(), remedy }
    }

    /// Says that the server has a key on P-521, and TLS 1.2 alone.
    pub(super) fn p521_in_tls12(key: Key<'_>) -> Self {
        let remedy = "this client verifies them in TLS 1.3 alone; enable TLS 1.3 on the server, or have a certificate issued \
                      for an ECDSA key on P-256 or P-384";
        Self::Key { key: key.to_string(), remedy }
    }
}

/// Explains an error that needs no certificate to be understood.
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

/// Returns an error of rustls that carries ours, which [`UntrustedServer::of`] takes out again.
pub(super) fn untrusted(check: ServerCheck, certificate: &CertificateDer<'_>) -> Error {
    let error = UntrustedServer { check, presented: Thumbprint::sha256_of(certificate) };
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error))))
}

impl UntrustedServer {
    /// Takes what our verifier said out of the error of rustls that carries it.
    pub(super) fn of(error: &Error) -> Option<&Self> {
        match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(error))) => error.downcast_ref(),
            _ => None,
        }
    }
}

/// The longest name that DNS has, in characters (RFC 1035, 2.3.4).
pub(super) const LONGEST_NAME: usize = 253;

/// How webpki writes the kinds of names that matter.
const DNS_NAME: &str = "DnsName(\"";
const IP_ADDRESS: &str = "IpAddress(";

/// Returns `true` for a name by which a host can be reached, as webpki writes it.
fn is_of_a_host(name: &str) -> bool {
    let Some(dns) = name.strip_prefix(DNS_NAME) else { return name.starts_with(IP_ADDRESS) };
    let dns = dns.trim_end_matches("\")").trim_start_matches("*.");
    matches!(ServerName::try_from(dns), Ok(ServerName::DnsName(_)))
}

/// Returns a DNS name or IP address of a certificate as people write it; webpki gives `DnsName("localhost")`. Other kinds of
/// names are left out.
///
/// The server chose the text, so that it may hold anything, such as control characters for the terminal.
fn plain_name(name: &str) -> Option<String> {
    if let Some(name) = name.strip_prefix(DNS_NAME) {
        return Some(Printable::within(name.strip_suffix("\")")?, LONGEST_NAME).to_string());
    }
    let ip = name.strip_prefix(IP_ADDRESS)?.strip_suffix(')')?;
    // webpki writes ::1 as 0::1.
    Some(ip.parse().map_or_else(|_| ip.to_owned(), |ip: IpAddr| ip.to_string()))
}

/// Explains why a common name did not help.
fn common_name_is_ignored(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(", and its common name {name} is not looked at"))
}

/// Lists the names, as far as they fit into a sentence.
fn names(names: &[String]) -> String {
    const ENOUGH: usize = 8;
    match names {
        _ if names.len() <= ENOUGH => names.join(", "),
        _ => format!("{} and {} more", names[..ENOUGH].join(", "), names.len() - ENOUGH),
    }
}

/// Lists thumbprints, as far as they fit into a sentence.
fn listed(thumbprints: &[Thumbprint]) -> String {
    match thumbprints {
        [one] => one.to_string(),
        [first, others @ ..] => format!("{first} or one of {} others", others.len()),
        [] => "none".to_owned(),
    }
}

/// Writes a time behind a word, as in ` on 2026-11-22 02:58:14 UTC`; nothing, if it is not known.
fn time(word: &str, seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else { return String::new() };
    let at = DateTime(i64::try_from(seconds).unwrap_or(i64::MAX)).to_string();
    format!(" {word} {}", at.replace('T', " ").replace('Z', " UTC"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::pki_types::UnixTime;

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
        assert!(
            [r#"DnsName("*.kms.example")"#, r#"DnsName("kms_1")"#, "IpAddress(0::1)"]
                .iter()
                .all(|name| is_of_a_host(name))
        );
        let unusable =
            [r#"DnsName("https://kms")"#, r#"DnsName("10.0.0.1")"#, r#"DnsName("kms:5696")"#, r#"DnsName("")"#];
        assert!(!unusable.iter().any(|name| is_of_a_host(name)));
        assert_eq!(plain_name("DirectoryName"), None);
        assert_eq!(plain_name("Unsupported(0x01)"), None);
        assert_eq!(names(&["a".to_owned(), "b".to_owned()]), "a, b");
        assert_eq!(names(&vec!["a".to_owned(); 1000]), "a, a, a, a, a, a, a, a and 992 more");
    }
}
