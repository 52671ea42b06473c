//! What can be wrong with a configuration.

use std::{error::Error, fmt, sync::Arc};

use kmip_ttlv::VersionRange;

use super::Thumbprint;

/// What is wrong with an address, identity, trust or other part of a [`Config`](super::Config), and what to do about
/// it.
///
/// Holds nothing of a private key.
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
    /// The address is a URL that is not one of KMIP over HTTPS.
    #[error("the address {address:?} {problem}")]
    InvalidUrl {
        /// The address as given.
        address: String,
        /// What is wrong with it, and what to do.
        problem: &'static str,
    },
    /// The name that the server's certificate shall have is neither a name nor an IP address.
    #[error("the server name {name:?} is neither a DNS name nor an IP address")]
    InvalidServerName {
        /// The name as given.
        name: String,
    },

    /// The input is not PEM.
    #[error("{input} is not PEM, which starts with -----BEGIN: {}", seen.advice(*input))]
    NotPem {
        /// Which input.
        input: Input,
        /// What it looks like instead.
        seen: NotPem,
    },
    /// A block of the PEM input is damaged.
    #[error(
        "the PEM block that begins on line {line} of {input} is damaged: {problem}; copy the file again, with its line \
         breaks"
    )]
    BrokenPem {
        /// Which input.
        input: Input,
        /// The line, from 1, where the block begins.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The PEM input has no certificate.
    #[error("{input} has no certificate: expected a PEM block CERTIFICATE, found {found}")]
    NoCertificate {
        /// Which input.
        input: Input,
        /// The labels of the PEM blocks that are there.
        found: String,
    },
    /// The PEM input has no private key.
    #[error(
        "the private key input has no private key: expected a PEM block PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE \
         KEY, found {found}"
    )]
    NoPrivateKey {
        /// The labels of the PEM blocks that are there.
        found: String,
    },
    /// Certificate and private key were given in each other's place.
    #[error("certificate and private key are swapped: the certificate comes first, then the key")]
    Swapped,
    /// There is more than one private key to choose from.
    #[error("the private key input has {count} private keys: leave the one that belongs to the client certificate")]
    SeveralPrivateKeys {
        /// How many.
        count: usize,
    },
    /// The private key is protected by a passphrase.
    #[error(
        "the private key is encrypted ({format}), and there is nobody to ask for its passphrase: decrypt it with \
         `openssl pkey -in encrypted.pem -out key.pem` and protect the file by its permissions"
    )]
    EncryptedKey {
        /// The form of the encryption.
        format: &'static str,
    },
    /// The private key is in a form that is not read.
    #[error("the private key is in the form {label}, which TLS libraries do not read: {}", other_key_advice(.label))]
    UnsupportedKey {
        /// The label of the PEM block.
        label: String,
    },
    /// The private key is damaged, or of a kind that cannot be used.
    #[error(
        "the private key cannot be used: it is damaged, or not an RSA (2048 bits or more), ECDSA (P-256, P-384) or \
         Ed25519 key; `openssl pkey -in key.pem -noout -text_pub -check` tells which"
    )]
    BrokenKey {
        /// What the TLS library says.
        source: Cause,
    },
    /// A certificate is damaged, or not an X.509 certificate.
    #[error(
        "certificate {number} of {input} is not a readable X.509 certificate; `openssl x509 -in certificate.pem -noout \
         -text` shows what is there"
    )]
    BrokenCertificate {
        /// Which input.
        input: Input,
        /// Which of its certificates, from 1.
        number: usize,
        /// What the TLS library says.
        source: Cause,
    },
    /// A certificate is X.509 version 1, which TLS libraries no longer take.
    #[error(
        "certificate {number} of {input} is X.509 version 1, and version 3 is needed: issue it again with extensions, \
         with `openssl x509 -req -extfile` or `openssl req -x509`"
    )]
    OldCertificate {
        /// Which input.
        input: Input,
        /// Which of its certificates, from 1.
        number: usize,
    },
    /// The private key is not that of the client certificate.
    #[error(
        "the private key does not belong to the client certificate (SHA-256 {certificate}): {}",
        mismatch_advice(*.owner)
    )]
    KeyMismatch {
        /// The thumbprint of the first certificate, which should be that of the key.
        certificate: Thumbprint,
        /// Which certificate of the input, from 1, the key does belong to.
        owner: Option<usize>,
    },

    /// A thumbprint of a length that no known digest has.
    #[error("a thumbprint has 40 hexadecimal digits (SHA-1) or 64 (SHA-256), and this one has {digits}")]
    ThumbprintLength {
        /// How many digits there are.
        digits: usize,
    },
    /// A thumbprint with something else in it than digits, colons and spaces.
    #[error(
        "character {position} of the thumbprint is {found:?}, which is not a hexadecimal digit: give the digits alone, \
         with or without colons or spaces"
    )]
    ThumbprintDigit {
        /// Which character of the text, from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// Nothing says which server to trust.
    #[error(
        "nothing says which server to trust: give the CA that issued its certificate (Trust::ca_pem), or the \
         thumbprint of that very certificate (Trust::thumbprint)"
    )]
    NoTrust,

    /// None of the versions that this client speaks is allowed.
    #[error("none of the KMIP versions that this client speaks ({}) is allowed by {range}", spoken())]
    NoVersion {
        /// The range that was asked for.
        range: VersionRange,
    },
    /// A time limit of zero, which no call could keep.
    #[error("the {limit} is zero: nothing is that fast")]
    ZeroTimeout {
        /// Which limit.
        limit: &'static str,
    },
    /// There is no implementation of cryptography.
    #[error(
        "no cryptography for TLS: enable the feature aws-lc-rs or ring of kmip-client, or install a default with \
         rustls::crypto::CryptoProvider::install_default"
    )]
    NoProvider,
    /// The process' default implementation of cryptography cannot be used.
    #[error(
        "the rustls provider that this process installed cannot be used for TLS 1.2 and 1.3: install another, or \
         enable the feature aws-lc-rs or ring of kmip-client"
    )]
    UnusableProvider {
        /// What the TLS library says.
        source: Cause,
    },
}

/// The error of another library that lies below one of ours. Its type is not part of this API.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Which of the PEM inputs an error speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Input {
    /// The certificate of an [`Identity`](super::Identity).
    ClientCertificate,
    /// The private key of an [`Identity`](super::Identity).
    PrivateKey,
    /// The CA certificates of a [`Trust`](super::Trust).
    CaCertificates,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientCertificate => "the client certificate input",
            Self::PrivateKey => "the private key input",
            Self::CaCertificates => "the CA certificate input",
        })
    }
}

/// What an input that is not PEM looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotPem {
    /// There is nothing in it.
    Empty,
    /// Binary: a certificate or key in DER, or a PKCS#12 file.
    Der,
    /// Text in UTF-16.
    Utf16,
    /// Something else, such as the path of the file in place of its content.
    Other,
}

impl NotPem {
    fn advice(self, input: Input) -> &'static str {
        match (self, input) {
            (Self::Empty, _) => "it is empty",
            (Self::Der, Input::PrivateKey) => {
                "it looks like DER or PKCS#12; convert it with `openssl pkey -inform DER -in key.der -out key.pem`, or \
                 `openssl pkcs12 -in file.p12 -nocerts -noenc -out key.pem`"
            }
            (Self::Der, _) => {
                "it looks like DER or PKCS#12; convert it with `openssl x509 -inform DER -in certificate.der -out \
                 certificate.pem`, or `openssl pkcs12 -in file.p12 -nokeys -out certificate.pem`"
            }
            (Self::Utf16, _) => "it is UTF-16 text; save it as ASCII or UTF-8",
            (Self::Other, _) => "give the content of the file, not its path",
        }
    }
}

fn other_key_advice(label: &str) -> &'static str {
    match label {
        "OPENSSH PRIVATE KEY" => "convert it with `ssh-keygen -p -m PKCS8 -f key`",
        _ => "make an RSA, ECDSA or Ed25519 key and have a certificate issued for it",
    }
}

fn mismatch_advice(owner: Option<usize>) -> String {
    match owner {
        Some(number) => {
            format!(
                "it belongs to certificate {number} of the input, and the client's own certificate must be the first"
            )
        }
        None => {
            "give the key that the certificate was issued for; `openssl x509 -in certificate.pem -noout -pubkey` and \
             `openssl pkey -in key.pem -pubout` must print the same"
                .to_owned()
        }
    }
}

fn spoken() -> String {
    super::SPOKEN.map(|version| version.to_string()).join(", ")
}
