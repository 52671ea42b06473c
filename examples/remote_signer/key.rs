//! The key of the server: in the KMS, with a certificate.

use examples::{Failure, RcgenKey, report};
use kmip_client::blocking::{Client, FlowClient};
use kmip_client::keys::{Certificate, KmsSigner};
use kmip_client::protocol::operation::{Activate, CreateKeyPair, Destroy, Revoke};
use kmip_client::ttlv::enumeration::{RecommendedCurve, RevocationReasonCode};

/// A key pair in the KMS, with a certificate that it has signed itself.
pub(crate) struct Key {
    pub(crate) signer: KmsSigner<FlowClient>,
    pub(crate) certificate: Certificate,
    public: String,
}

impl Key {
    /// Creates the pair, and a certificate for localhost.
    pub(crate) fn create(kms: &Client, rsa: bool) -> Result<Self, Failure> {
        let request = if rsa { CreateKeyPair::rsa(2048) } else { CreateKeyPair::ec(RecommendedCurve::P_256) };
        let made = kms.call(&request)?;
        let private = made.payload().private_key_unique_identifier.to_string();
        let public = made.payload().public_key_unique_identifier.to_string();
        kms.call(&Activate::id(&private))?;
        // PyKMIP keeps no links between the halves, so both are named.
        let signer = kms.signer_pair(&private, &public).map_err(|error| Failure::Other(report(&error)))?;
        let certificate = certificate(&signer)?;
        Ok(Self { signer, certificate, public })
    }

    /// Destroys both halves.
    pub(crate) fn destroy(&self, kms: &Client) -> Result<(), Failure> {
        for id in [self.signer.private_key_id(), &self.public] {
            // Refused for the public key, which was not activated.
            let _ = kms.call(&Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION));
            kms.call(&Destroy::id(id))?;
        }
        Ok(())
    }
}

fn certificate(signer: &KmsSigner<FlowClient>) -> Result<Certificate, Failure> {
    let key = RcgenKey::new(signer)?;
    let params = rcgen::CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]);
    let certificate = params.and_then(|params| params.self_signed(&key));
    let certificate = certificate.map_err(|error| Failure::Other(format!("no certificate: {error}")))?;
    Certificate::from_der(certificate.der()).map_err(|error| Failure::Other(report(&error)))
}
