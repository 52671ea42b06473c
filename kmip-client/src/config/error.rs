//! Errors of a configuration.

mod advice;

use std::{error::Error, path::PathBuf, sync::Arc};

use kmip_ttlv::VersionRange;

use self::advice::{encrypted_key_advice, encryption_advice, mismatch_advice, other_key_advice, spoken};
use super::input::{Input, NotPem};
use super::thumbprint::Thumbprint;
use crate::exchange::Report;

/// The fault in an address, identity, trust or other part of a [`Config`](crate::Config), and the remedy.
///
/// It contains nothing of a private key.
///
/// ```
/// use kmip_client::{ConfigError, Trust};
///
/// let error = Trust::thumbprint("AB:CD").unwrap_err();
/// assert!(matches!(error, ConfigError::ThumbprintLength { digits: 4 }));
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The address has no host.
    #[error("the address {address:?} has no host: write it as host or host:port")]
    NoHost {
        /// The address as given.
        address: String,
    },
    /// The host of the address is neither a name nor an IP address.
    #[error(
        "the host of the address {address:?} is neither a DNS name nor an IP address: write host:port without a scheme \
         or path, and an IPv6 address in brackets, as in [::1]:5696"
    )]
    InvalidHost {
        /// The address as given.
        address: String,
    },
    /// The port of the address is not a number from 1 to 65535.
    #[error("the port of the address {address:?} is not a number from 1 to 65535")]
    InvalidPort {
        /// The address as given.
        address: String,
    },
    /// The address is a URL, but not one of KMIP over HTTPS.
    #[error("the address {address:?} {problem}")]
    InvalidUrl {
        /// The address as given.
        address: String,
        /// The fault, and the remedy.
        problem: &'static str,
    },
    /// The expected name of the server's certificate is neither a DNS name nor an IP address.
    #[error("the server name {name:?} is neither a DNS name nor an IP address")]
    InvalidServerName {
        /// The name as given.
        name: String,
    },

    /// The input is not PEM.
    #[error("{input} is not PEM, which starts with -----BEGIN: {}", seen.advice(*input))]
    NotPem {
        /// The input.
        input: Input,
        /// Its apparent content.
        seen: NotPem,
    },
    /// The input is PEM, but was given as DER.
    #[error("{input} is PEM, and was given as DER: use the method for PEM")]
    NotDer {
        /// The input.
        input: Input,
    },
    /// A block of the PEM input is damaged.
    #[error(
        "the PEM block that begins on line {line} of {input} is damaged: {problem}; copy the file again, with its line \
         breaks"
    )]
    BrokenPem {
        /// The input.
        input: Input,
        /// The line on which the block begins, from 1.
        line: usize,
        /// The fault in it.
        problem: &'static str,
    },
    /// The PEM input has no certificate.
    #[error("{input} has no certificate: expected a PEM block CERTIFICATE, found {found}")]
    NoCertificate {
        /// The input.
        input: Input,
        /// The labels of its PEM blocks.
        found: String,
    },
    /// The PEM input has no private key.
    #[error(
        "the private key input has no private key: expected a PEM block PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE \
         KEY, found {found}"
    )]
    NoPrivateKey {
        /// The labels of its PEM blocks.
        found: String,
    },
    /// Certificate and private key were swapped.
    #[error("certificate and private key are swapped: the certificate comes first, then the key")]
    Swapped,
    /// The input has several private keys.
    #[error("the private key input has {count} private keys: leave the one that belongs to the client certificate")]
    SeveralPrivateKeys {
        /// The number of keys.
        count: usize,
    },
    /// The private key is protected by a passphrase.
    #[error("the private key is encrypted ({format}): {}", encrypted_key_advice())]
    EncryptedKey {
        /// The form of the encryption.
        format: &'static str,
    },
    /// The passphrase is wrong for the input.
    #[error("the passphrase does not open {input}: it is another one, or the input is damaged")]
    WrongPassphrase {
        /// The input.
        input: Input,
    },
    /// The input is encrypted by an unsupported algorithm.
    #[error(
        "{input} is protected with the algorithm {algorithm}, which is not read here: {}",
        encryption_advice(*.input)
    )]
    UnsupportedEncryption {
        /// The input.
        input: Input,
        /// The object identifier of the algorithm, or the fault in its parameters.
        algorithm: String,
    },
    /// The input is not PKCS#12.
    #[error(
        "the PKCS#12 input cannot be read: it is damaged, or something else, or not in DER; `openssl pkcs12 -in file.p12 \
         -noout -info` tells what it is, and exporting it again with `openssl pkcs12 -export` makes it readable"
    )]
    BrokenPkcs12 {
        /// The error of the library.
        source: Cause,
    },
    /// The PKCS#12 input does not have exactly one private key and its certificate.
    #[error(
        "the PKCS#12 input has {certificates} certificates and {keys} private keys: it must have one private key, and \
         the certificate that belongs to it"
    )]
    Pkcs12Content {
        /// The number of certificates.
        certificates: usize,
        /// The number of private keys.
        keys: usize,
    },
    /// A file cannot be read.
    #[error("the file {} cannot be read", path.display())]
    UnreadableFile {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: Cause,
    },
    /// The private key has an unsupported form.
    #[error("the private key is in the form {label}, which TLS libraries do not read: {}", other_key_advice(.label))]
    UnsupportedKey {
        /// The label of the PEM block.
        label: String,
    },
    /// The private key is damaged, or of an unsupported kind.
    #[error(
        "the private key cannot be used: it is damaged, or not an RSA (2048 bits or more), ECDSA (P-256, P-384) or \
         Ed25519 key; `openssl pkey -in key.pem -noout -text_pub -check` tells which"
    )]
    BrokenKey {
        /// The error of the TLS library.
        source: Cause,
    },
    /// A certificate is damaged, or not an X.509 certificate.
    #[error(
        "certificate {number} of {input} is not a readable X.509 certificate; `openssl x509 -in certificate.pem -noout \
         -text` shows what is there"
    )]
    BrokenCertificate {
        /// The input.
        input: Input,
        /// The number of the certificate, from 1.
        number: usize,
        /// The error of the TLS library.
        source: Cause,
    },
    /// A certificate is X.509 version 1, which TLS libraries no longer accept.
    #[error(
        "certificate {number} of {input} is X.509 version 1, and version 3 is needed: issue it again with extensions, \
         with `openssl x509 -req -extfile` or `openssl req -x509`"
    )]
    OldCertificate {
        /// The input.
        input: Input,
        /// The number of the certificate, from 1.
        number: usize,
    },
    /// The private key does not belong to the client certificate.
    #[error(
        "the private key does not belong to the client certificate (SHA-256 {certificate}): {}",
        mismatch_advice(*.owner)
    )]
    KeyMismatch {
        /// The thumbprint of the first certificate, which the key should belong to.
        certificate: Thumbprint,
        /// The number of the certificate that the key belongs to, from 1, if any.
        owner: Option<usize>,
    },

    /// The PEM input has no revocation list.
    #[error("the revocation list input has no revocation list: expected a PEM block X509 CRL, found {found}")]
    NoRevocationList {
        /// The labels of its PEM blocks.
        found: String,
    },
    /// A revocation list is damaged, or of an unsupported kind.
    #[error(
        "revocation list {number} of the input is not a readable X.509 CRL, or one of a kind that is not read (delta, \
         indirect, version 1); `openssl crl -in list.pem -noout -text` shows what is there"
    )]
    BrokenRevocationList {
        /// The number of the list, from 1.
        number: usize,
        /// The error of the TLS library.
        source: Cause,
    },
    /// Revocation lists were given without the CA that issued them.
    #[error(
        "there are revocation lists and no CA: a list is believed because its CA signed it, so give the CA (Trust::ca_pem) \
         beside the thumbprint, or leave the lists out"
    )]
    RevocationWithoutCa,
    /// The operating system trusts no CA.
    #[error(
        "no CA certificate is installed on this machine: install them (on Debian the package ca-certificates), or name \
         them by SSL_CERT_FILE, or give the server's CA with Trust::ca_pem"
    )]
    NoSystemRoots {
        /// The error of the search, if any.
        source: Option<Cause>,
    },

    /// The thumbprint has the length of no known digest.
    #[error("a thumbprint has 40 hexadecimal digits (SHA-1) or 64 (SHA-256), and this one has {digits}")]
    ThumbprintLength {
        /// The number of digits.
        digits: usize,
    },
    /// The thumbprint has characters other than digits, colons and spaces.
    #[error(
        "character {position} of the thumbprint is {found:?}, which is not a hexadecimal digit: give the digits alone, \
         with or without colons or spaces"
    )]
    ThumbprintDigit {
        /// The position of the character, from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// Neither a CA nor a thumbprint was given to trust a server.
    #[error(
        "nothing says which server to trust: give the CA that issued its certificate (Trust::ca_pem), or the \
         thumbprint of that very certificate (Trust::thumbprint)"
    )]
    NoTrust,

    /// The range has no version that this client supports.
    #[error("none of the KMIP versions that this client speaks ({}) is allowed by {range}", spoken())]
    NoVersion {
        /// The requested range.
        range: VersionRange,
    },
    /// A time limit is zero, which no call could meet.
    #[error("the {limit} is zero: nothing is that fast")]
    ZeroTimeout {
        /// The limit.
        limit: &'static str,
    },
    /// The client may not open any connection.
    #[error("max_connections is zero, so that there could be no call: allow at least one")]
    NoConnections,
    /// FIPS was required, but the cryptography in use is not FIPS-validated.
    #[error(
        "the cryptography of TLS is not in FIPS mode: build rustls with its feature fips, or give a provider that is \
         validated with Config::crypto_provider"
    )]
    NotFips,
    /// There is no cryptographic provider.
    #[error(
        "no cryptography for TLS: enable the feature aws-lc-rs or ring of kmip-client, or give a provider with \
         Config::crypto_provider, or install a default with rustls::crypto::CryptoProvider::install_default"
    )]
    NoProvider,
    /// The given or installed cryptographic provider cannot be used.
    #[error(
        "the rustls provider cannot be used for TLS 1.2 and 1.3: give or install another, or enable the feature \
         aws-lc-rs or ring of kmip-client"
    )]
    UnusableProvider {
        /// The error of the TLS library.
        source: Cause,
    },
}

impl ConfigError {
    /// Returns the error and all of its causes as one line, without repetitions.
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report::of(self)
    }
}

/// The error of another library, as the source of one of this crate. Its type is not part of this API.
pub type Cause = Arc<dyn Error + Send + Sync>;
