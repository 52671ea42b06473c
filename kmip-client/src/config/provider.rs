//! The cryptographic provider of TLS: aws-lc-rs, or else ring, by features; or else the default provider of the
//! process.

use std::sync::Arc;

use rustls::{crypto::CryptoProvider, pki_types::PrivateKeyDer, sign::SigningKey};

use super::ConfigError;

#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs as chosen;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use rustls::crypto::ring as chosen;

/// Returns the provider for this build.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn provider() -> Result<Arc<CryptoProvider>, ConfigError> {
    Ok(Arc::new(chosen::default_provider()))
}

/// Returns the provider for this build.
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
pub(crate) fn provider() -> Result<Arc<CryptoProvider>, ConfigError> {
    CryptoProvider::get_default().cloned().ok_or(ConfigError::NoProvider)
}

/// Loads a private key. The caller wipes `der`.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(super) fn signing_key(_: &CryptoProvider, der: &PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
    chosen::sign::any_supported_type(der)
}

/// Loads a private key. The caller wipes `der`; the copy that this interface requires cannot be wiped.
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
pub(super) fn signing_key(
    provider: &CryptoProvider,
    der: &PrivateKeyDer<'_>,
) -> Result<Arc<dyn SigningKey>, rustls::Error> {
    provider.key_provider.load_private_key(der.clone_key())
}
