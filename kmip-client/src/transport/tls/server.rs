//! TLS of the test server.

use std::sync::Arc;

use rustls::pki_types::CertificateRevocationListDer;

use rustls::{ServerConfig, SupportedProtocolVersion, server::WebPkiClientVerifier, sign::SingleCertAndKey};

use crate::config::{ConfigError, Identity, Trust, provider};

/// Returns the configuration of a server with this certificate, which accepts only clients with a certificate of these
/// CAs.
///
/// `versions` are TLS versions: [`rustls::ALL_VERSIONS`], or one of them.
#[cfg(test)]
pub(super) fn server_config(
    identity: &Identity,
    clients: &Trust,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Arc<ServerConfig>, ConfigError> {
    server_config_without(identity, clients, Vec::new(), versions)
}

/// Does the same, but refuses clients on the revocation lists of the CAs.
pub(crate) fn server_config_without(
    identity: &Identity,
    clients: &Trust,
    revoked: Vec<CertificateRevocationListDer<'static>>,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Arc<ServerConfig>, ConfigError> {
    let provider = provider()?;
    // Each list covers its own CA, and not those above. Building fails only without roots, or with a malformed list.
    let verifier = WebPkiClientVerifier::builder_with_provider(clients.anchors().roots, Arc::clone(&provider))
        .with_crls(revoked)
        .only_check_end_entity_revocation()
        .allow_unknown_revocation_status()
        .build()
        .map_err(|_| ConfigError::NoTrust)?;
    let tls = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| ConfigError::UnusableProvider { source: Arc::new(error) })?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key())));
    Ok(Arc::new(tls))
}
