//! What can be wrong with a key, and with fetching one.

use kmip_ttlv::enumeration::{BlockCipherMode, KeyFormatType, ObjectType, WrappingMethod};

use super::kind::KeyKind;
use crate::client::error::Error;
#[cfg(feature = "passphrase")]
use crate::config::ConfigError;
use crate::config::NotPem;
use crate::config::pem::PemError;

pub(super) const PRIVATE_KEY: &str = "private key";
pub(super) const PUBLIC_KEY: &str = "public key";
pub(super) const CERTIFICATE: &str = "certificate";
/// The numbers that the feature `rsa-recover` computes.
pub(super) const CRT: &str = "primes and CRT numbers";

/// Why a file, some bytes or an object are not the key that was wanted, and what to do about it.
///
/// Holds nothing of a key.
///
/// ```
/// use kmip_client::keys::{KeyError, PrivateKey};
///
/// let error = PrivateKey::from_pem("/etc/ssl/private/web.key").unwrap_err();
/// assert!(matches!(error, KeyError::NotPem { .. }));
/// assert_eq!(error.to_string(), "the input is not PEM: it looks like a path; give the content of the file");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The input is not PEM.
    #[error("the input is not PEM: {}", not_pem_advice(*seen))]
    NotPem {
        /// What it looks like.
        seen: NotPem,
    },
    /// A block of the PEM input is damaged.
    #[error(
        "the PEM block that begins on line {line} is damaged: {problem}; copy the file again, with its line breaks"
    )]
    BrokenPem {
        /// The line, from 1, where the block begins.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The PEM input holds something else.
    #[error("the PEM input holds no {expected} but {found}{}", pem_advice(found))]
    PemLabel {
        /// What was wanted.
        expected: &'static str,
        /// The labels of its blocks.
        found: String,
    },
    /// The PEM input holds several keys.
    #[error("the PEM input holds {count} keys: leave the one that is meant")]
    SeveralKeys {
        /// How many.
        count: usize,
    },
    /// The key is protected by a passphrase.
    #[error("the private key is encrypted: {}", encrypted_advice())]
    Encrypted,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open the private key: it is another one, or the key is damaged")]
    WrongPassphrase,
    /// The key is encrypted in a way that is not read.
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
        /// What was wanted.
        expected: &'static str,
        /// What was found.
        found: &'static str,
    },
    /// The bytes begin as a key, and are damaged or cut off.
    #[error("the {expected} is damaged: {problem}")]
    Damaged {
        /// What they should be.
        expected: &'static str,
        /// What is wrong with them, and at which byte.
        problem: String,
    },
    /// The algorithm of the key is not known.
    #[error("the algorithm {oid} of the key is not known: RSA, EC, Ed25519 and X25519 are")]
    UnknownAlgorithm {
        /// Its object identifier.
        oid: String,
    },
    /// The elliptic curve of the key is not known.
    #[error("the elliptic curve {name} of the key is not known: P-256, P-384, P-521 and secp256k1 are")]
    UnknownCurve {
        /// Its name or object identifier.
        name: String,
    },
    /// Neither the bytes nor what stands beside them tell the elliptic curve.
    #[error(
        "nothing tells the elliptic curve of the key, since several have keys of this length: ask for its Cryptographic \
         Domain Parameters, or for the format PKCS#8"
    )]
    CurveNotTold,
    /// What stands beside the key does not fit its bytes.
    #[error("the key is said to be {label}, and its bytes are {found}")]
    Label {
        /// What is said of it.
        label: String,
        /// What the bytes are.
        found: KeyKind,
    },
    /// A value is too large for the elliptic curve that is named beside it.
    #[error(
        "the key is said to be on the curve {label}, and its bytes do not fit that curve: ask for the format PKCS#8"
    )]
    CurveLabel {
        /// The curve that is named.
        label: String,
    },
    /// The object is of another kind.
    #[error("the object is a {found}, not a {expected}")]
    Kind {
        /// What was wanted.
        expected: &'static str,
        /// What it is.
        found: ObjectType,
    },
    /// The key has a format that this cannot read or write.
    #[error("the format {format} is none of a {of}")]
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
        by.as_deref().map(|id| format!(", by the key {id}")).unwrap_or_default()
    )]
    Wrapped {
        /// Whether it is encrypted, signed, or both.
        method: WrappingMethod,
        /// The mode of the cipher, where it is told.
        mode: Option<BlockCipherMode>,
        /// The identifier of the key that wraps it, where it is told.
        by: Option<String>,
    },
    /// The server holds what is known of the key, and not the key.
    #[error("the object holds no key: the server does not have its bytes, or was asked not to send them")]
    Absent,
    /// A transparent RSA key lacks numbers.
    #[error("the RSA key comes without its {missing}{}", incomplete_advice(missing))]
    Incomplete {
        /// What is missing.
        missing: &'static str,
    },
    /// The public key is of another kind than the private key.
    #[error("the public key is {public}, and the private key {private}: they are no pair")]
    NoPair {
        /// The kind of the public key.
        public: KeyKind,
        /// The kind of the private key.
        private: KeyKind,
    },
    /// The library of a typed key does not take it, or does not give it.
    #[error("the library of the typed key refuses it: {problem}")]
    Typed {
        /// What the library says.
        problem: String,
    },
    /// The key cannot be unwrapped here.
    #[error("the key cannot be unwrapped here: {problem}")]
    Unwrap {
        /// Why.
        problem: String,
    },
    /// The key that unwraps is not the one that has wrapped, or the wrapped key was changed.
    #[error("the key that unwraps is not the one that has wrapped, or the wrapped key was changed")]
    Integrity,
}

impl KeyError {
    /// Tells of DER that cannot be read.
    pub(super) fn damaged(expected: &'static str) -> impl Fn(der::Error) -> Self {
        move |error| Self::Damaged { expected, problem: error.to_string() }
    }

    pub(super) fn damaged_because(expected: &'static str, problem: impl Into<String>) -> Self {
        Self::Damaged { expected, problem: problem.into() }
    }

    /// Converts the error of a key that a passphrase protects.
    #[cfg(feature = "passphrase")]
    pub(super) fn of_passphrase(error: ConfigError) -> Self {
        match error {
            ConfigError::UnsupportedEncryption { algorithm, .. } => Self::Encryption { algorithm },
            ConfigError::BrokenKey { source } => Self::damaged_because(PRIVATE_KEY, source.to_string()),
            _ => Self::WrongPassphrase,
        }
    }

    /// Returns `true` if the same key in another format, or with an attribute beside it, could be read.
    pub(super) const fn lacks_curve(&self) -> bool {
        matches!(self, Self::CurveNotTold | Self::CurveLabel { .. } | Self::UnknownCurve { .. })
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

/// Why a key was not fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The call failed, or the server refuses.
    #[error(transparent)]
    Kms(#[from] Error),
    /// The object came, and is not the key that was wanted.
    #[error("the object {id} cannot be used: {problem}")]
    Key {
        /// The object.
        id: String,
        /// Why.
        problem: KeyError,
    },
}

impl FetchError {
    /// Names the object that a key was read from.
    pub(super) fn of(id: impl ToString) -> impl FnOnce(KeyError) -> Self {
        move |problem| Self::Key { id: id.to_string(), problem }
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
