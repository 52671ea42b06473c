//! The provider that the process has installed.

use std::sync::Arc;

use rustls::{crypto::CryptoProvider, pki_types::PrivateKeyDer, sign::SigningKey};

use crate::config::ConfigError;

/// Returns the provider of the process.
pub(crate) fn provider() -> Result<Arc<CryptoProvider>, ConfigError> {
    CryptoProvider::get_default().cloned().ok_or(ConfigError::NoProvider)
}

/// Loads a private key. The caller wipes `der`; the copy that this interface requires cannot be wiped.
pub(crate) fn signing_key(
    provider: &CryptoProvider,
    der: &PrivateKeyDer<'_>,
) -> Result<Arc<dyn SigningKey>, rustls::Error> {
    provider.key_provider.load_private_key(der.clone_key())
}
