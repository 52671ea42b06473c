//! TLS with a key that stays in the KMS, for rustls servers and clients.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{OtherError, SignatureAlgorithm, SignatureScheme};

use super::{KmsSigner, Scheme, Sha2, SignError};
use crate::client::blocking::FlowClient;
use crate::client::kmip::Kmip as _;
use crate::keys::{Curve, KeyKind};

/// A private key of TLS that signs in the KMS: once for each full handshake, never for a resumed one.
///
/// rustls signs in the thread of the handshake, so a slow KMS blocks that thread, at most for the limit given to
/// [`new`](Self::new). A server on an async runtime should use a separate thread pool for handshakes, or keep the limit
/// low.
///
/// As the key of a client's own [`Identity`](crate::Identity) it opens one KMS by a key in another.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// # use kmip_client::{blocking::Client, test_server::TestServer};
/// # use kmip_client::protocol::operation::{Activate, Certify, CreateKeyPair};
/// # use kmip_client::protocol::attribute::AttributeValue;
/// # use kmip_ttlv::enumeration::{CertificateType, RecommendedCurve};
/// use kmip_client::keys::TlsKey;
/// use kmip_client::rustls;
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// # let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256))?;
/// # let id = made.payload().private_key_unique_identifier;
/// # kms.call(&Activate::id(id))?;
/// # let request = Certify::id(made.payload().public_key_unique_identifier);
/// # let certificate = kms.call(&request.attribute(AttributeValue::CertificateType(CertificateType::X_509)))?;
/// # let certificate_id = certificate.payload().unique_identifier;
/// # let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
/// let chain = vec![kms.certificate(certificate_id)?.into()];
/// let key = TlsKey::new(&kms.signer(&id.to_string())?, Duration::from_secs(2))?.certified(chain)?;
/// let config = rustls::ServerConfig::builder_with_provider(provider)
///     .with_safe_default_protocol_versions()?
///     .with_no_client_auth()
///     .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(key)));
/// # let _ = config;
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Debug)]
pub struct TlsKey {
    signer: KmsSigner<FlowClient>,
    schemes: Vec<(SignatureScheme, Scheme)>,
}

impl TlsKey {
    /// Detects by one signature each which schemes the server implements as TLS requires: PyKMIP's RSASSA-PSS has
    /// another salt, for example. No signature may take longer than the limit.
    ///
    /// # Errors
    ///
    /// If no scheme is usable for TLS, returns the error of the last one.
    pub fn new(signer: &KmsSigner<FlowClient>, limit: Duration) -> Result<Arc<Self>, SignError> {
        let kind = signer.public_key().kind();
        let signer = KmsSigner { kms: signer.kms.with_timeout(limit), ..signer.clone() };
        let (mut schemes, mut last) = (Vec::new(), None);
        for scheme in Scheme::of_tls(kind) {
            let Some(name) = scheme.tls(kind) else { continue };
            let signer = signer.with_scheme(scheme)?;
            match crate::client::blocking::wait(signer.prove()) {
                Ok(()) => schemes.push((name, scheme)),
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(error) if schemes.is_empty() => Err(error),
            None if schemes.is_empty() => Err(SignError::NoScheme { kind }),
            _ => Ok(Arc::new(Self { signer, schemes })),
        }
    }

    /// Returns the schemes that the server implements as TLS requires, in order of preference.
    #[must_use]
    pub fn schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.iter().map(|(name, _)| *name).collect()
    }

    /// Combines the key with its certificate, which comes first in the chain.
    ///
    /// # Errors
    ///
    /// Fails if the certificate is damaged, or belongs to another key.
    pub fn certified(self: &Arc<Self>, chain: Vec<CertificateDer<'static>>) -> Result<CertifiedKey, rustls::Error> {
        let key = Arc::clone(self);
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match()?;
        Ok(certified)
    }
}

impl SigningKey for TlsKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let (name, scheme) = self.schemes.iter().find(|(name, _)| offered.contains(name))?;
        Some(Box::new(Handshake { signer: self.signer.with_scheme(*scheme).ok()?, name: *name }))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(SubjectPublicKeyInfoDer::from(self.signer.public_key().to_public_key_der()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.signer.public_key().kind() {
            KeyKind::Rsa { .. } => SignatureAlgorithm::RSA,
            KeyKind::Ec(_) => SignatureAlgorithm::ECDSA,
            KeyKind::Ed25519 | KeyKind::X25519 => SignatureAlgorithm::ED25519,
        }
    }
}

#[derive(Debug)]
struct Handshake {
    signer: KmsSigner<FlowClient>,
    name: SignatureScheme,
}

impl Signer for Handshake {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let made = self.signer.sign(message);
        made.map(Into::into).map_err(|error| rustls::Error::Other(OtherError(Arc::new(error))))
    }

    fn scheme(&self) -> SignatureScheme {
        self.name
    }
}

impl Scheme {
    /// Returns the schemes that TLS uses with a key, in order of preference.
    fn of_tls(kind: KeyKind) -> Vec<Self> {
        match kind {
            KeyKind::Rsa { .. } => {
                let hashes = [Sha2::Sha256, Sha2::Sha384, Sha2::Sha512];
                hashes.map(Self::RsaPss).into_iter().chain(hashes.map(Self::RsaPkcs1)).collect()
            }
            kind => Self::of(kind).into_iter().collect(),
        }
    }

    /// Returns the name in TLS; `None` if TLS does not use the scheme with a key of this kind.
    const fn tls(self, kind: KeyKind) -> Option<SignatureScheme> {
        Some(match (self, kind) {
            (Self::RsaPkcs1(Sha2::Sha256), _) => SignatureScheme::RSA_PKCS1_SHA256,
            (Self::RsaPkcs1(Sha2::Sha384), _) => SignatureScheme::RSA_PKCS1_SHA384,
            (Self::RsaPkcs1(Sha2::Sha512), _) => SignatureScheme::RSA_PKCS1_SHA512,
            (Self::RsaPss(Sha2::Sha256), _) => SignatureScheme::RSA_PSS_SHA256,
            (Self::RsaPss(Sha2::Sha384), _) => SignatureScheme::RSA_PSS_SHA384,
            (Self::RsaPss(Sha2::Sha512), _) => SignatureScheme::RSA_PSS_SHA512,
            (Self::Ecdsa(Sha2::Sha256), KeyKind::Ec(Curve::P256)) => SignatureScheme::ECDSA_NISTP256_SHA256,
            (Self::Ecdsa(Sha2::Sha384), KeyKind::Ec(Curve::P384)) => SignatureScheme::ECDSA_NISTP384_SHA384,
            (Self::Ecdsa(Sha2::Sha512), KeyKind::Ec(Curve::P521)) => SignatureScheme::ECDSA_NISTP521_SHA512,
            (Self::Ed25519, _) => SignatureScheme::ED25519,
            _ => return None,
        })
    }
}
