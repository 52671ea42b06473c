//! The cryptographic provider of TLS: aws-lc-rs, or else ring, by features; or else the default provider of the
//! process.

#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
mod built_in;
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
mod installed;

use rustls::SupportedCipherSuite;
use rustls::crypto::hash::{HashAlgorithm, Output};

#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) use self::built_in::{provider, signing_key};
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
pub(crate) use self::installed::{provider, signing_key};

/// Returns the SHA-256 digest of these bytes; `None` if there is no provider, or it has no cipher suite with SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> Option<Output> {
    let provider = provider().ok()?;
    let mut hashes = provider.cipher_suites.iter().map(|suite| match suite {
        SupportedCipherSuite::Tls12(suite) => suite.common.hash_provider,
        SupportedCipherSuite::Tls13(suite) => suite.common.hash_provider,
    });
    hashes.find(|hash| hash.algorithm() == HashAlgorithm::SHA256).map(|hash| hash.hash(bytes))
}
