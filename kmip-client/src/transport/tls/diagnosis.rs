//! The diagnosis of a server that refused the cryptography of TLS.
//!
//! Such a server sends an uninformative alert, and no certificate. The most common reason is a key for which the client
//! has offered no signature scheme. A second handshake that offers more than can be verified makes the server present
//! its certificate; it ends there.

use std::sync::Arc;

use rustls::{
    ALL_VERSIONS, ClientConfig, DigitallySignedStruct, Error, NamedGroup, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{ActiveKeyExchange, CryptoProvider, SupportedKxGroup, WebPkiSupportedAlgorithms},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::certificate::CertificateFields;
use super::check::ServerCheck;
use super::explain::untrusted;

/// Returns a TLS configuration with which a handshake always fails: with
/// [`TlsError::Untrusted`](super::TlsError::Untrusted) if the key of the server is the reason for which one with
/// `config` fails.
pub(crate) fn diagnosis(config: &ClientConfig) -> Option<Arc<ClientConfig>> {
    let mut provider = CryptoProvider::clone(config.crypto_provider());
    provider.kx_groups.extend(CURVES.iter().map(|group| group as &dyn SupportedKxGroup));
    let verifier = Diagnosis { algorithms: provider.signature_verification_algorithms };
    let mut wide = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(ALL_VERSIONS)
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    wide.resumption = Resumption::disabled();
    wide.alpn_protocols.clone_from(&config.alpn_protocols);
    Some(Arc::new(wide))
}

/// Signature schemes that are offered in addition to verifiable ones, by their IANA numbers.
const SCHEMES: [SignatureScheme; 10] = [
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED448,
    SignatureScheme::Unknown(0x0809), // rsa_pss_pss_sha256 and the two that follow
    SignatureScheme::Unknown(0x080A),
    SignatureScheme::Unknown(0x080B),
    SignatureScheme::Unknown(0x081A), // ecdsa_brainpoolP256r1tls13_sha256 and the two that follow
    SignatureScheme::Unknown(0x081B),
    SignatureScheme::Unknown(0x081C),
    SignatureScheme::ECDSA_SHA1_Legacy,
    SignatureScheme::RSA_PKCS1_SHA1,
];

/// Curves that are offered in addition to those of the key exchange: TLS 1.2 requires the curve of a certificate among
/// them.
static CURVES: [Curve; 7] = [
    Curve(NamedGroup::secp521r1),
    Curve(NamedGroup::Unknown(21)), // secp224r1
    Curve(NamedGroup::Unknown(22)), // secp256k1
    Curve(NamedGroup::Unknown(26)), // brainpoolP256r1 and the two that follow
    Curve(NamedGroup::Unknown(27)),
    Curve(NamedGroup::Unknown(28)),
    Curve(NamedGroup::X448),
];

/// A curve that is offered but not implemented. rustls creates a key for the first group of a provider only.
#[derive(Debug)]
struct Curve(NamedGroup);

impl SupportedKxGroup for Curve {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Err(not_the_key())
    }

    fn name(&self) -> NamedGroup {
        self.0
    }
}

fn not_the_key() -> Error {
    Error::General("the key of the server is not the reason".to_owned())
}

/// A verifier that accepts no server, and reports if its key can be verified.
#[derive(Debug)]
struct Diagnosis {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Diagnosis {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let key = CertificateFields::read(end_entity).map(|facts| facts.key()).ok_or_else(not_the_key)?;
        let check = if !key.is_verifiable(&self.algorithms) {
            ServerCheck::unverifiable(key)
        } else if key.is_p521() {
            // P-521 works in TLS 1.3, so the server has negotiated TLS 1.2.
            ServerCheck::p521_in_tls12(key)
        } else {
            return Err(not_the_key());
        };
        Err(untrusted(check, end_entity))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(not_the_key())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(not_the_key())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        schemes.extend(SCHEMES.iter().filter(|scheme| !self.algorithms.supported_schemes().contains(scheme)));
        schemes
    }
}
