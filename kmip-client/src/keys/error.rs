//! Errors of keys, and of fetching them.

use std::fmt;

use kmip_ttlv::enumeration::{BlockCipherMode, KeyFormatType, ObjectType, WrappingMethod};

use super::kind::KeyKind;
use crate::client::error::Error;
use crate::config::NotPem;
use crate::config::pem::PemError;
use crate::exchange::report::{Printable, Report};

pub(super) const PRIVATE_KEY: &str = "private key";
pub(super) const PUBLIC_KEY: &str = "public key";
pub(super) const CERTIFICATE: &str = "certificate";
/// The numbers that the feature `rsa-recover` computes.
pub(super) const CRT: &str = "primes and CRT numbers";

/// The reason for which a file, bytes or an object are not the expected key, and the remedy.
///
/// It contains nothing of a key.
///
/// ```
/// use kmip_client::keys::{KeyError, PrivateKey};
///
/// let error = PrivateKey::from_pem("/etc/ssl/private/web.key").unwrap_err();
/// assert!(matches!(error, KeyError::NotPem { .. }));
/// assert_eq!(error.to_string(), "the input is not PEM: it looks like a path; give the content of the file");
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The input is not PEM.
    #[error("the input is not PEM: {}", not_pem_advice(*seen))]
    NotPem {
        /// The apparent content.
        seen: NotPem,
    },
    /// A block of the PEM input is damaged.
    #[error(
        "the PEM block that begins on line {line} is damaged: {problem}; copy the file again, with its line breaks"
    )]
    BrokenPem {
        /// The line on which the block begins, from 1.
        line: usize,
        /// The fault in it.
        problem: &'static str,
    },
    /// The PEM input has other contents.
    #[error("the PEM input holds no {expected} but {}{}", Printable::new(.found), pem_advice(found))]
    PemLabel {
        /// The expected content.
        expected: &'static str,
        /// The labels of its blocks.
        found: String,
    },
    /// The PEM input holds several keys.
    #[error("the PEM input holds {count} keys: leave the one that is meant")]
    SeveralKeys {
        /// The number of keys.
        count: usize,
    },
    /// The key is protected by a passphrase.
    #[error("the private key is encrypted: {}", encrypted_advice())]
    Encrypted,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open the private key: it is another one, or the key is damaged")]
    WrongPassphrase,
    /// The key is encrypted by an unsupported algorithm.
    #[error(
        "the private key is encrypted by {algorithm}, which is not read: encrypt it anew with `openssl pkcs8 -topk8 -v2 \
         aes-256-cbc -in key.pem -out encrypted.pem`"
    )]
    Encryption {
        /// The algorithm.
        algorithm: String,
    },
    /// The bytes are something else.
    #[error("the bytes are {found}, where {expected} is wanted")]
    Other {
        /// The expected content.
        expected: &'static str,
        /// The actual content.
        found: &'static str,
    },
    /// The bytes begin like a key, but are damaged or truncated.
    #[error("the {expected} is damaged: {problem}")]
    Damaged {
        /// The expected content.
        expected: &'static str,
        /// The fault, and its byte offset.
        problem: String,
    },
    /// The algorithm of the key is unknown.
    #[error("the algorithm {oid} of the key is not known: RSA, EC, Ed25519 and X25519 are")]
    UnknownAlgorithm {
        /// Its object identifier.
        oid: String,
    },
    /// The elliptic curve of the key is unknown.
    #[error("the elliptic curve {name} of the key is not known: P-256, P-384, P-521 and secp256k1 are")]
    UnknownCurve {
        /// Its name or object identifier.
        name: String,
    },
    /// Neither the bytes nor their description determine the elliptic curve.
    #[error(
        "nothing tells the elliptic curve of the key, since several have keys of this length: ask for its Cryptographic \
         Domain Parameters, or for the format PKCS#8"
    )]
    AmbiguousCurve,
    /// The description of the key does not match its bytes.
    #[error("the key is said to be {label}, and its bytes are {found}")]
    Label {
        /// The description.
        label: String,
        /// The kind of the bytes.
        found: KeyKind,
    },
    /// A value is too large for the stated elliptic curve.
    #[error(
        "the key is said to be on the curve {label}, and its bytes do not fit that curve: ask for the format PKCS#8"
    )]
    CurveLabel {
        /// The stated curve.
        label: String,
    },
    /// The object has another type.
    #[error("the object is a {found}, not a {expected}")]
    Kind {
        /// The expected object.
        expected: &'static str,
        /// The type of the object.
        found: ObjectType,
    },
    /// The key has a format that cannot be read or written here.
    #[error("the format {format} is not one that a {of} can have here: choose another")]
    Format {
        /// The kind of key.
        of: String,
        /// The format.
        format: KeyFormatType,
    },
    /// The key is wrapped.
    #[error(
        "the key is wrapped ({method}{}{}): unwrap it with the feature `unwrap`, or ask for it with Key Wrap Type Not Wrapped",
        mode.map(|mode| format!(", {mode}")).unwrap_or_default(),
        by.as_deref().map(|id| format!(", by the key {}", Printable::new(id))).unwrap_or_default()
    )]
    Wrapped {
        /// The effect of wrapping: encryption, authentication, or both.
        method: WrappingMethod,
        /// The mode of the cipher, if stated.
        mode: Option<BlockCipherMode>,
        /// The identifier of the wrapping key, if stated.
        by: Option<String>,
    },
    /// The server has the attributes of the key, but not the key.
    #[error("the object holds no key: the server does not have its bytes, or was asked not to send them")]
    Absent,
    /// A transparent RSA key is incomplete.
    #[error("the RSA key comes without its {missing}{}", incomplete_advice(missing))]
    Incomplete {
        /// The missing numbers.
        missing: &'static str,
    },
    /// The public key has another kind than the private key.
    #[error("the public key is {public}, and the private key {private}: they are no pair")]
    NoPair {
        /// The kind of the public key.
        public: KeyKind,
        /// The kind of the private key.
        private: KeyKind,
    },
    /// The crate of a typed key cannot read or write it.
    #[error("the library of the typed key refuses it: {problem}")]
    Typed {
        /// The error of the crate.
        problem: String,
    },
    /// The key cannot be unwrapped here.
    #[error("the key cannot be unwrapped here: {problem}")]
    Unwrap {
        /// The reason.
        problem: String,
    },
    /// The unwrapping key is not the wrapping key, or the wrapped key was changed.
    #[error("the key that unwraps is not the one that has wrapped, or the wrapped key was changed")]
    Integrity,
}

impl KeyError {
    /// Creates the error for DER that cannot be decoded.
    pub(super) fn damaged(expected: &'static str) -> impl Fn(der::Error) -> Self {
        move |error| Self::Damaged { expected, problem: error.to_string() }
    }

    pub(super) fn damaged_because(expected: &'static str, problem: impl Into<String>) -> Self {
        Self::Damaged { expected, problem: problem.into() }
    }

    /// Returns `true` if the same key might be readable in another format, or with one more attribute.
    pub(super) const fn lacks_curve(&self) -> bool {
        matches!(self, Self::AmbiguousCurve | Self::CurveLabel { .. } | Self::UnknownCurve { .. })
    }
}

impl From<PemError> for KeyError {
    fn from(error: PemError) -> Self {
        match error {
            PemError::NotPem(seen) => Self::NotPem { seen },
            PemError::Broken { line, problem } => Self::BrokenPem { line, problem },
        }
    }
}

/// The reason for which a key was not fetched.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The call failed, or the server refused.
    #[error(transparent)]
    Kms(#[from] Error),
    /// The object is not the expected key.
    #[error("the object {} cannot be used: {problem}", Printable::new(.id))]
    Key {
        /// The object.
        id: String,
        /// The reason.
        problem: KeyError,
    },
}

impl FetchError {
    /// Adds the identifier of the object that a key was read from.
    pub(super) fn of(id: impl ToString) -> impl FnOnce(KeyError) -> Self {
        move |problem| Self::Key { id: id.to_string(), problem }
    }
}

/// Prints the error in one line: what a server sent is escaped and truncated, as in its text.
impl fmt::Debug for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyError({})", Report::of(self))
    }
}

/// Prints the error in one line: what a server sent is escaped and truncated, as in its text.
impl fmt::Debug for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FetchError({})", Report::of(self))
    }
}

fn not_pem_advice(seen: NotPem) -> &'static str {
    match seen {
        NotPem::Empty => "it is empty",
        NotPem::Der => "it looks like DER; use the method for DER",
        NotPem::Utf16 => "it is UTF-16 text; save it as ASCII or UTF-8",
        NotPem::Path => "it looks like a path; give the content of the file",
        NotPem::Base64 => {
            "it is base64 alone; put the -----BEGIN and -----END lines of PEM around it, or give its bytes as DER"
        }
        NotPem::JavaKeystore => {
            "it is a Java keystore; make it PKCS#12 with `keytool -importkeystore -deststoretype PKCS12`"
        }
        NotPem::Other => "it is of another format, or not the file that it should be; export it as PEM",
    }
}

fn pem_advice(found: &str) -> &'static str {
    match found {
        "OPENSSH PRIVATE KEY" => "; convert it with `ssh-keygen -p -m PKCS8 -f key`",
        _ => "",
    }
}

fn encrypted_advice() -> &'static str {
    if cfg!(feature = "passphrase") {
        "give its passphrase with PrivateKey::from_encrypted_pem"
    } else {
        "enable the feature passphrase of kmip-client and give its passphrase with PrivateKey::from_encrypted_pem"
    }
}

fn incomplete_advice(missing: &str) -> &'static str {
    match missing {
        CRT if !cfg!(feature = "rsa-recover") => {
            ": enable the feature rsa-recover of kmip-client, which computes them, or ask for the format PKCS#8"
        }
        _ => ": ask for the format PKCS#8",
    }
}
