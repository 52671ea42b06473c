//! Explanation of the errors of rustls and webpki about a server's certificate.

use std::{net::IpAddr, sync::Arc};

use rustls::{
    CertificateError, Error, OtherError, RootCertStore,
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, ServerName},
};

use super::certificate::{CertificateFields, CertificateKey};
use super::check::{ServerCheck, UntrustedServer};
use super::name::LONGEST_NAME;
use crate::config::Thumbprint;
use crate::exchange::report::Printable;

/// The certificates of a check.
pub(super) struct Chain<'a> {
    pub(super) leaf: &'a CertificateDer<'a>,
    pub(super) intermediates: &'a [CertificateDer<'a>],
    pub(super) roots: &'a RootCertStore,
    pub(super) algorithms: &'a WebPkiSupportedAlgorithms,
}

impl<'a> Chain<'a> {
    /// Iterates over the certificates that the server sent.
    fn certificates(&self) -> impl Iterator<Item = CertificateFields<'a>> {
        std::iter::once(self.leaf)
            .chain(self.intermediates)
            .filter_map(|certificate| CertificateFields::read(certificate))
    }

    /// Returns the key of an issuer of one of the certificates that cannot be verified.
    fn issuer_key(&self) -> Option<CertificateKey<'a>> {
        let anchors = self.roots.roots.iter();
        let anchors = anchors.map(|anchor| (&*anchor.subject, CertificateKey::of(&anchor.subject_public_key_info)));
        let sent = self.intermediates.iter().filter_map(|certificate| CertificateFields::read(certificate));
        let mut issuers = anchors.chain(sent.map(|facts| (facts.subject, facts.key())));
        let is_issuer = |subject: &[u8]| self.certificates().any(|facts| facts.issuer == subject);
        issuers.find(|(subject, key)| !key.is_verifiable(self.algorithms) && is_issuer(subject)).map(|(_, key)| key)
    }

    /// Returns the algorithm of the first signature without a verifier.
    fn signature_algorithm(&self) -> String {
        let unknown = self.certificates().find(|facts| !facts.is_signature_known(self.algorithms));
        unknown.map_or_else(|| "an algorithm that cannot be read".to_owned(), |facts| facts.signature.into_owned())
    }
}

impl ServerCheck {
    /// Explains the rejection of the chain.
    pub(super) fn of_chain(error: Error, chain: &Chain<'_>) -> Self {
        use CertificateError as Why;
        match &error {
            Error::InvalidCertificate(Why::NotValidForNameContext { expected, presented }) => {
                let usable = presented.iter().any(|name| is_host_name(name));
                let presented = presented.iter().filter_map(|name| plain_name(name)).collect::<Vec<_>>();
                match expected {
                    _ if presented.is_empty() => Self::NoName {
                        common_name: CertificateFields::read(chain.leaf).and_then(|facts| facts.common_name()),
                    },
                    // An IP address of the right type would have been accepted.
                    ServerName::IpAddress(address) if presented.contains(&IpAddr::from(*address).to_string()) => {
                        Self::AddressAsDnsName { address: (*address).into() }
                    }
                    _ if !usable => Self::UnusableNames { presented },
                    _ => Self::WrongName { expected: expected.to_str().into_owned(), presented },
                }
            }
            Error::InvalidCertificate(Why::UnknownIssuer)
                if CertificateFields::read(chain.leaf).is_some_and(|facts| facts.issuer == facts.subject) =>
            {
                Self::SelfSigned
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
                // A server may send a certificate twice, and any number of extensions.
                const MOST: usize = 8;
                let mut identifiers = Vec::new();
                for identifier in chain.certificates().flat_map(|facts| facts.unknown_critical()) {
                    if identifiers.len() < MOST && !identifiers.contains(&identifier) {
                        identifiers.push(identifier);
                    }
                }
                Self::CriticalExtension { identifiers }
            }
            _ => Self::from(error),
        }
    }

    /// Explains the rejection of a signature by the key of the certificate.
    pub(super) fn of_handshake(
        error: Error,
        leaf: &CertificateDer<'_>,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Self {
        match CertificateFields::read(leaf).map(|facts| facts.key()) {
            Some(key) if !key.is_verifiable(algorithms) => Self::unverifiable(key),
            _ => Self::from(error),
        }
    }

    /// Explains that the server has a key of this kind, with the remedy.
    pub(super) fn unverifiable(key: CertificateKey<'_>) -> Self {
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

    /// Explains that the server has a key on P-521, and TLS 1.2 only.
    pub(super) fn p521_in_tls12(key: CertificateKey<'_>) -> Self {
        let remedy = "this client verifies them in TLS 1.3 alone; enable TLS 1.3 on the server, or have a certificate issued \
                      for an ECDSA key on P-256 or P-384";
        Self::Key { key: key.to_string(), remedy }
    }
}

/// Explains an error that does not depend on the certificate.
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
                Some(webpki::Error::EndEntityUsedAsCa) => {
                    Self::IssuerNotPermitted { reason: "it is not a CA (basicConstraints CA:TRUE)" }
                }
                Some(webpki::Error::PathLenConstraintViolated) => Self::IssuerNotPermitted {
                    reason: "a CA on the way permits fewer CAs below it (basicConstraints pathlen)",
                },
                Some(webpki::Error::NameConstraintViolation) => {
                    Self::IssuerNotPermitted { reason: "a CA on the way permits other names only (nameConstraints)" }
                }
                _ => Self::Other { source: error },
            },
            why => Self::Other { source: Arc::new(Error::InvalidCertificate(why)) },
        }
    }
}

/// Wraps the check in an error of rustls, from which [`UntrustedServer::of`] extracts it.
pub(super) fn untrusted(check: ServerCheck, certificate: &CertificateDer<'_>) -> Error {
    let error = UntrustedServer { check, presented: Thumbprint::sha256_of(certificate) };
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error))))
}

impl UntrustedServer {
    /// Extracts the result of the verifier from an error of rustls.
    pub(super) fn of(error: &Error) -> Option<&Self> {
        match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(error))) => error.downcast_ref(),
            _ => None,
        }
    }
}

/// The form in which webpki prints the relevant kinds of names.
const DNS_NAME: &str = "DnsName(\"";
const IP_ADDRESS: &str = "IpAddress(";

/// Returns `true` for the name of a host, as printed by webpki.
fn is_host_name(name: &str) -> bool {
    let Some(dns) = name.strip_prefix(DNS_NAME) else { return name.starts_with(IP_ADDRESS) };
    let dns = dns.trim_end_matches("\")").trim_start_matches("*.");
    matches!(ServerName::try_from(dns), Ok(ServerName::DnsName(_)))
}

/// Returns a DNS name or IP address of a certificate in the usual form; webpki prints `DnsName("localhost")`. Other
/// kinds of names are omitted.
///
/// The server chose the text, so it may hold anything, such as control characters for the terminal.
fn plain_name(name: &str) -> Option<String> {
    if let Some(name) = name.strip_prefix(DNS_NAME) {
        return Some(Printable::within(name.strip_suffix("\")")?, LONGEST_NAME).to_string());
    }
    let ip = name.strip_prefix(IP_ADDRESS)?.strip_suffix(')')?;
    // webpki prints ::1 as 0::1.
    Some(ip.parse().map_or_else(|_| ip.to_owned(), |ip: IpAddr| ip.to_string()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::pki_types::UnixTime;

    use super::*;

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
    fn issuers_that_may_not_issue() {
        for (error, says) in [
            (webpki::Error::EndEntityUsedAsCa, "CA:TRUE"),
            (webpki::Error::PathLenConstraintViolated, "pathlen"),
            (webpki::Error::NameConstraintViolation, "nameConstraints"),
        ] {
            let error = CertificateError::Other(OtherError(Arc::new(error)));
            let check = ServerCheck::from(Error::InvalidCertificate(error));
            assert!(
                matches!(check, ServerCheck::IssuerNotPermitted { .. }) && check.to_string().contains(says),
                "{check}"
            );
        }
    }

    #[test]
    fn names_are_fit_for_a_terminal() {
        assert_eq!(plain_name(r#"DnsName("*.kms.example")"#).as_deref(), Some("*.kms.example"));
        assert_eq!(plain_name("DnsName(\"a\u{1b}[2Jb\")").as_deref(), Some(r"a\u{1b}[2Jb"));
        assert_eq!(plain_name("IpAddress(0::1)").as_deref(), Some("::1"));
        assert!(
            [r#"DnsName("*.kms.example")"#, r#"DnsName("kms_1")"#, "IpAddress(0::1)"]
                .iter()
                .all(|name| is_host_name(name))
        );
        let unusable =
            [r#"DnsName("https://kms")"#, r#"DnsName("10.0.0.1")"#, r#"DnsName("kms:5696")"#, r#"DnsName("")"#];
        assert!(!unusable.iter().any(|name| is_host_name(name)));
        assert_eq!(plain_name("DirectoryName"), None);
        assert_eq!(plain_name("Unsupported(0x01)"), None);
    }
}
