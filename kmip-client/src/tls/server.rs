//! The other side of TLS, for the test server.

use std::sync::Arc;

use rustls::{ServerConfig, SupportedProtocolVersion, server::WebPkiClientVerifier, sign::SingleCertAndKey};

use crate::config::{ConfigError, Identity, Trust, provider};

/// A server with this certificate, which lets in whoever has a certificate of these CAs and nobody else.
///
/// `versions` are those of TLS: [`rustls::ALL_VERSIONS`], or one of them.
pub(crate) fn server_config(
    identity: &Identity,
    clients: &Trust,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Arc<ServerConfig>, ConfigError> {
    let provider = provider()?;
    // Its only error without revocation lists is that there are no roots.
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::clone(clients.roots()), Arc::clone(&provider))
        .build()
        .map_err(|_| ConfigError::NoTrust)?;
    let tls = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| ConfigError::UnusableProvider { source: Arc::new(error) })?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key())));
    Ok(Arc::new(tls))
}
