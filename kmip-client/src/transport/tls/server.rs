//! The other side of TLS, for the test server.

use std::sync::Arc;

use rustls::pki_types::CertificateRevocationListDer;

use rustls::{ServerConfig, SupportedProtocolVersion, server::WebPkiClientVerifier, sign::SingleCertAndKey};

use crate::config::{ConfigError, Identity, Trust, provider};

/// A server with this certificate, which lets in whoever has a certificate of these CAs and nobody else.
///
/// `versions` are those of TLS: [`rustls::ALL_VERSIONS`], or one of them.
#[cfg(test)]
pub(super) fn server_config(
    identity: &Identity,
    clients: &Trust,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Arc<ServerConfig>, ConfigError> {
    server_config_without(identity, clients, Vec::new(), versions)
}

/// The same, and not who is on the revocation lists of the CAs.
pub(crate) fn server_config_without(
    identity: &Identity,
    clients: &Trust,
    revoked: Vec<CertificateRevocationListDer<'static>>,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<Arc<ServerConfig>, ConfigError> {
    let provider = provider()?;
    // The lists are of the CAs alone, not of what is above them. The errors are that there are no roots, or that a list is malformed.
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
