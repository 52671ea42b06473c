//! The verification of the server's certificate.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::check::ServerCheck;
use super::explain::{Chain, untrusted};
use super::signature;
use crate::config::{Anchors, ConfigError, Pin};

/// The verifier for a [`Trust`](crate::Trust). All connections share it, so its findings are returned in errors.
#[derive(Debug)]
pub(super) struct Verifier {
    /// Verifies the chain in place of [`Self::verify_chain`], if there are revocation lists.
    with_lists: Option<Arc<dyn ServerCertVerifier>>,
    /// The CAs. If there are none, the thumbprints replace them.
    roots: Arc<RootCertStore>,
    /// If not empty, the certificate has to be one of these.
    pins: Vec<Pin>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    pub(super) fn new(anchors: Anchors, provider: &Arc<CryptoProvider>) -> Result<Self, ConfigError> {
        let Anchors { roots, pins, lists, unknown } = anchors;
        let with_lists = match lists {
            _ if roots.is_empty() && pins.is_empty() => return Err(ConfigError::NoTrust),
            Some(_) if roots.is_empty() => return Err(ConfigError::RevocationWithoutCa),
            Some(lists) => Some(lists.verifier(&roots, provider, unknown).ok_or(ConfigError::NoTrust)?),
            None => None,
        };
        Ok(Self { with_lists, roots, pins, algorithms: provider.signature_verification_algorithms })
    }

    /// Checks that a CA issued the certificate for this name.
    fn verify_chain(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms)?;
        verify_server_name(&certificate, server_name)
    }

    /// Checks that the certificate is one of the pinned ones.
    fn check_pins(&self, certificate: &CertificateDer<'_>) -> Result<(), ServerCheck> {
        match self.pins.as_slice() {
            [] => Ok(()),
            pins if pins.iter().any(|pin| pin.same_digest_of(certificate) == pin.thumbprint) => Ok(()),
            pins @ [first, ..] => {
                let pinned = pins.iter().map(|pin| pin.thumbprint).collect();
                Err(ServerCheck::Thumbprint { pinned, presented: first.same_digest_of(certificate) })
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
        let issued = match &self.with_lists {
            _ if self.roots.is_empty() => Ok(()),
            Some(verifier) => verifier
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map(|_: ServerCertVerified| ()),
            None => self.verify_chain(end_entity, intermediates, server_name, now),
        };
        issued.map_err(|error| {
            let (roots, algorithms) = (&self.roots, &self.algorithms);
            let chain = Chain { leaf: end_entity, intermediates, roots, algorithms };
            untrusted(ServerCheck::of_chain(error, &chain), end_entity)
        })?;
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
