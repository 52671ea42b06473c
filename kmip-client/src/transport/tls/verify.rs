//! The verification of the server's certificate.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::check::ServerCheck;
use super::explain::{Chain, untrusted};
use super::signature;
use crate::config::{Anchors, ConfigError, Thumbprint, UnknownRevocation};

/// The verifier for a [`Trust`](crate::Trust). All connections share it, so its findings are returned in errors.
#[derive(Debug)]
pub(super) struct Verifier {
    /// Verifies the chain up to a CA; `None` if a thumbprint replaces it.
    issuer: Option<Arc<WebPkiServerVerifier>>,
    roots: Arc<RootCertStore>,
    /// If not empty, the certificate has to be one of these.
    pins: Vec<Thumbprint>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(anchors: Anchors, provider: &Arc<CryptoProvider>) -> Result<Self, ConfigError> {
        let Anchors { roots, pins, lists, unknown } = anchors;
        let issuer = if roots.is_empty() {
            if pins.is_empty() {
                return Err(ConfigError::NoTrust);
            }
            if !lists.is_empty() {
                return Err(ConfigError::RevocationWithoutCa);
            }
            None
        } else {
            let webpki =
                WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(provider)).with_crls(lists);
            let webpki = match unknown {
                UnknownRevocation::Accept => webpki.allow_unknown_revocation_status(),
                UnknownRevocation::Refuse => webpki.enforce_revocation_expiration(),
            };
            // `build` fails only without roots or with unreadable lists, which `Trust` has read already.
            Some(webpki.build().map_err(|_| ConfigError::NoTrust)?)
        };
        Ok(Self { issuer, roots, pins, algorithms: provider.signature_verification_algorithms })
    }

    /// Checks that the certificate is one of the pinned ones.
    fn check_pins(&self, certificate: &CertificateDer<'_>) -> Result<(), ServerCheck> {
        match self.pins.as_slice() {
            [] => Ok(()),
            pins if pins.iter().any(|pin| pin.same_digest_of(certificate) == *pin) => Ok(()),
            pins @ [first, ..] => {
                Err(ServerCheck::Thumbprint { pinned: pins.to_vec(), presented: first.same_digest_of(certificate) })
            }
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(issuer) = &self.issuer {
            issuer.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(|error| {
                let (roots, algorithms) = (&self.roots, &self.algorithms);
                let chain = Chain { leaf: end_entity, intermediates, roots, algorithms };
                untrusted(ServerCheck::of_chain(error, &chain), end_entity)
            })?;
        }
        self.check_pins(end_entity).map_err(|check| untrusted(check, end_entity))?;
        Ok(ServerCertVerified::assertion())
    }

    // Without these a pin would be worthless, because anybody can present the certificate of another.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::verify_tls12(message, certificate, signature, &self.algorithms)
            .map_err(|error| untrusted(ServerCheck::of_handshake(error, certificate, &self.algorithms), certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::verify_tls13(message, certificate, signature, &self.algorithms)
            .map_err(|error| untrusted(ServerCheck::of_handshake(error, certificate, &self.algorithms), certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
