//! The checks that a server's certificate can fail, with remedies for operators.

use std::{fmt, net::IpAddr};

use kmip_ttlv::DateTime;

use crate::config::{Cause, Thumbprint};

/// A rejected server certificate: the check that failed, and the certificate's thumbprint.
///
/// If the thumbprint equals the one from the server's administrator, the certificate can be pinned with
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

/// A check that a server's certificate can fail. Its text has the cause and the remedy.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ServerCheck {
    /// None of the trusted CA certificates issued it.
    #[error(
        "the server's certificate was issued by none of the trusted CA certificates: add its CA, or have the server \
         send the intermediate certificates that are missing, or pin the thumbprint"
    )]
    UnknownIssuer,
    /// It is signed by its own key: no CA issued it.
    #[error(
        "the server's certificate is self-signed: no CA vouches for it; compare its thumbprint with the one that the \
         server's administrator reads and pin it, or have one issued by a CA"
    )]
    SelfSigned,
    /// It has neither a DNS name nor an IP address. Common names are ignored (RFC 9525, 6.4.4).
    #[error(
        "the server's certificate names no host: it has no DNS name and no IP address as subjectAltName{}; have it \
         issued again with one, or pin the thumbprint",
        common_name_is_ignored(.common_name.as_deref())
    )]
    NoName {
        /// The common name of its subject, escaped for a terminal.
        common_name: Option<String>,
    },
    /// It has the expected IP address as a DNS name, which does not match (RFC 9525, 6.2).
    #[error(
        "the server's certificate has the IP address {address} as a DNS name: have it issued again with it as an IP \
         address (subjectAltName=IP:{address}), or pin the thumbprint"
    )]
    AddressAsDnsName {
        /// The address.
        address: IpAddr,
    },
    /// None of its DNS names is valid for a host: for example URLs, or addresses with a port.
    #[error(
        "the server's certificate is for no host, but for {}: have it issued again with subjectAltName=DNS:name or \
         IP:address, or pin the thumbprint",
        names(.presented)
    )]
    UnusableNames {
        /// Its DNS names.
        presented: Vec<String>,
    },
    /// It is for another name.
    #[error(
        "the server's certificate is not for {expected} but for {}: connect by that name, or set Config::server_name",
        names(.presented)
    )]
    WrongName {
        /// The expected name.
        expected: String,
        /// The names in the certificate.
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
    /// It is not one of the pinned ones.
    #[error(
        "the server's certificate is not the pinned one: its {} thumbprint is {presented}, and {} is pinned",
        .presented.algorithm(), listed(.pinned)
    )]
    Thumbprint {
        /// The pinned thumbprints.
        pinned: Vec<Thumbprint>,
        /// Its thumbprint, by the same digest as the first pinned one.
        presented: Thumbprint,
    },
    /// It, or the certificate of an issuer, was revoked.
    #[error(
        "the server's certificate, or that of its issuer, was revoked by the CA that issued it: have another one issued \
         and installed on the server"
    )]
    Revoked,
    /// The revocation status of it, or of the certificate of an issuer, is unknown.
    #[error(
        "none of the revocation lists tells whether the server's certificate, or that of its issuer, was revoked: add the \
         list of each CA on the way (Trust::with_crl_pem), or let it pass with UnknownRevocation::Accept"
    )]
    UnknownRevocation,
    /// The revocation list for it is out of date.
    #[error(
        "the revocation list is out of date: the next was due{}; get it from the CA, or let it pass with \
         UnknownRevocation::Accept, and compare the clocks",
        time("on", *.next_update)
    )]
    RevocationListExpired {
        /// The date of the next list, in seconds since 1970-01-01 00:00 UTC.
        next_update: Option<u64>,
    },
    /// The revocation list was not signed by the trusted CA.
    #[error(
        "the revocation list cannot be verified: its signature is wrong, or the CA may not issue lists (key usage cRLSign)"
    )]
    RevocationListInvalid {
        /// The error of the TLS library.
        source: Cause,
    },
    /// It, or the certificate of an issuer, is signed with an algorithm that is not accepted, such as SHA-1 or MD5.
    #[error(
        "the server's certificate, or that of its issuer, is signed with {algorithm}, which is not accepted: have it \
         issued again by a CA that signs with ECDSA and SHA-256 or SHA-384, or with RSA (PKCS#1 v1.5) and SHA-256, SHA-384 \
         or SHA-512, or pin the thumbprint"
    )]
    SignatureAlgorithm {
        /// The name of the algorithm, or its object identifier.
        algorithm: String,
    },
    /// The CA that issued it, or a CA above, has a key whose signatures cannot be verified.
    #[error(
        "a CA that issued the server's certificate has {key}, whose signatures this client cannot verify: have it \
         issued by a CA with {VERIFIABLE}, or pin the thumbprint"
    )]
    IssuerKey {
        /// The kind of key.
        key: String,
    },
    /// The signatures of its key cannot be verified, so that the server cannot prove that it has the key. A pin does
    /// not help.
    #[error("the server's certificate has {key}, whose signatures this client cannot verify: {remedy}")]
    Key {
        /// The kind of key.
        key: String,
        /// The remedy.
        remedy: &'static str,
    },
    /// It, or the certificate of an issuer, has an unknown critical extension.
    #[error(
        "the server's certificate, or that of its issuer, has a critical extension that this client does not know \
         ({}): have it issued again without it, or with it not critical, or pin the thumbprint",
        .identifiers.join(", ")
    )]
    CriticalExtension {
        /// The object identifiers of the extensions, as far as they can be parsed.
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
    /// It is the certificate of a CA, which cannot be a server certificate at the same time.
    #[error(
        "the server shows a CA certificate as its own: have one issued that is not a CA (basicConstraints CA:FALSE), \
         or pin the thumbprint"
    )]
    IsCa,
    /// The certificate of an issuer does not permit it.
    #[error(
        "the server's certificate was issued by one that may not do so: {reason}; have it issued by a CA that may, or pin the \
         thumbprint"
    )]
    IssuerNotPermitted {
        /// The restriction in the certificate of the issuer, or of one above it.
        reason: &'static str,
    },
    /// It is X.509 version 1.
    #[error(
        "the server's certificate is X.509 version 1, and version 3 is needed: have it issued again with extensions, or \
         pin the thumbprint"
    )]
    OldCertificate,
    /// Another error, which the source explains.
    #[error(
        "the server's certificate cannot be verified: the cause below this error says why; have another issued, or pin \
         the thumbprint"
    )]
    Other {
        /// The error of the TLS library.
        source: Cause,
    },
}

/// The kinds of keys that every build verifies, for messages.
const VERIFIABLE: &str = "an RSA key of 2048 to 8192 bits, an ECDSA key on P-256 or P-384, or an Ed25519 key";

/// Explains why a common name does not count.
fn common_name_is_ignored(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(", and its common name {name} is not looked at"))
}

/// Lists names, as many as fit into a sentence.
fn names(names: &[String]) -> String {
    const ENOUGH: usize = 8;
    match names {
        _ if names.len() <= ENOUGH => names.join(", "),
        _ => format!("{} and {} more", names[..ENOUGH].join(", "), names.len() - ENOUGH),
    }
}

/// Lists thumbprints, as many as fit into a sentence.
fn listed(thumbprints: &[Thumbprint]) -> String {
    match thumbprints {
        [one] => one.to_string(),
        [first, others @ ..] => format!("{first} or one of {} others", others.len()),
        [] => "none".to_owned(),
    }
}

/// Formats a time after a word, as in ` on 2026-11-22 02:58:14 UTC`; empty if unknown.
fn time(word: &str, seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else { return String::new() };
    let at = DateTime(i64::try_from(seconds).unwrap_or(i64::MAX)).to_string();
    format!(" {word} {}", at.replace('T', " ").replace('Z', " UTC"))
}

#[cfg(test)]
mod tests {
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
    fn long_lists_of_names_are_cut() {
        assert_eq!(names(&["a".to_owned(), "b".to_owned()]), "a, b");
        assert_eq!(names(&vec!["a".to_owned(); 1000]), "a, a, a, a, a, a, a, a and 992 more");
    }
}
