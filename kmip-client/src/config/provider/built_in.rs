//! The provider that a feature chooses.

use std::sync::Arc;

use rustls::{crypto::CryptoProvider, pki_types::PrivateKeyDer, sign::SigningKey};

#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs as chosen;
#[cfg(not(feature = "aws-lc-rs"))]
use rustls::crypto::ring as chosen;

use crate::config::ConfigError;

/// Returns the provider for this build.
pub(crate) fn provider() -> Result<Arc<CryptoProvider>, ConfigError> {
    Ok(Arc::new(chosen::default_provider()))
}

/// Loads a private key. The caller wipes `der`.
pub(crate) fn signing_key(_: &CryptoProvider, der: &PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
    chosen::sign::any_supported_type(der)
}
