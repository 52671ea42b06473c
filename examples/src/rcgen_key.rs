//! A key in the KMS in the form of rcgen, for certificates and requests.

use kmip_client::blocking::FlowClient;
use kmip_client::keys::{Curve, KeyKind, KmsSigner, Scheme, Sha2};

use crate::exit::Failure;

/// A key that stays in the KMS, and signs what rcgen builds.
///
/// ```
/// use examples::RcgenKey;
/// use kmip_client::blocking::Client;
/// use kmip_client::protocol::operation::{Activate, CreateKeyPair};
/// use kmip_client::test_server::TestServer;
/// use kmip_client::ttlv::enumeration::RecommendedCurve;
///
/// let server = TestServer::start();
/// let kms = Client::connect(&server.config())?;
/// let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256))?;
/// let id = made.payload().private_key_unique_identifier;
/// kms.call(&Activate::id(id))?;
/// let signer = kms.signer(&id.to_string())?;
/// let params = rcgen::CertificateParams::new(vec!["web.example".to_owned()])?;
/// println!("{}", params.self_signed(&RcgenKey::new(&signer)?)?.pem());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RcgenKey<'s> {
    signer: &'s KmsSigner<FlowClient>,
    algorithm: &'static rcgen::SignatureAlgorithm,
}

impl<'s> RcgenKey<'s> {
    /// Wraps a signer.
    ///
    /// # Errors
    ///
    /// Fails if rcgen has no name for the scheme, as for RSA-PSS.
    pub fn new(signer: &'s KmsSigner<FlowClient>) -> Result<Self, Failure> {
        let algorithm = match (signer.scheme(), signer.public_key().kind()) {
            (Scheme::RsaPkcs1(Sha2::Sha256), _) => &rcgen::PKCS_RSA_SHA256,
            (Scheme::RsaPkcs1(Sha2::Sha384), _) => &rcgen::PKCS_RSA_SHA384,
            (Scheme::RsaPkcs1(Sha2::Sha512), _) => &rcgen::PKCS_RSA_SHA512,
            (Scheme::Ecdsa(Sha2::Sha256), KeyKind::Ec(Curve::P256)) => &rcgen::PKCS_ECDSA_P256_SHA256,
            (Scheme::Ecdsa(Sha2::Sha384), KeyKind::Ec(Curve::P384)) => &rcgen::PKCS_ECDSA_P384_SHA384,
            (Scheme::Ecdsa(Sha2::Sha512), KeyKind::Ec(Curve::P521)) => &rcgen::PKCS_ECDSA_P521_SHA512,
            (Scheme::Ed25519, _) => &rcgen::PKCS_ED25519,
            (scheme, _) => return Err(Failure::Other(format!("rcgen has no name for {scheme}"))),
        };
        Ok(Self { signer, algorithm })
    }
}

impl rcgen::PublicKeyData for RcgenKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.signer.public_key().key_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        self.algorithm
    }
}

impl rcgen::SigningKey for RcgenKey<'_> {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signer.sign(data).map(Into::into).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
