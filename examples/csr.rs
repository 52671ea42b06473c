//! A certificate request, and a self-signed certificate, for a key that stays in the KMS: by the builder of
//! `x509-cert`, and by `rcgen`.
//!
//! ```sh
//! cargo run --example csr > web.csr
//! openssl req -in web.csr -verify -noout
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to people")]

use std::error::Error;

use der::EncodePem;
use der::pem::LineEnding;
use kmip_client::blocking::{Client, FlowClient};
use kmip_client::keys::{Curve, KeyKind, KmsSigner, Scheme, Sha2, Signature};
use kmip_client::protocol::operation::{Activate, CreateKeyPair};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::RecommendedCurve;
use x509_cert::builder::{Builder, RequestBuilder};

fn main() -> Result<(), Box<dyn Error>> {
    let server = TestServer::start();
    let kms = Client::connect(&server.config())?;
    let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256))?;
    let id = made.payload().private_key_unique_identifier;
    kms.call(&Activate::id(id))?;
    let signer = kms.signer(&id.to_string())?;
    print!("{}", request(&signer)?);
    eprintln!("{}", self_signed(&signer)?);
    Ok(())
}

/// Creates a request (PKCS#10) in PEM, by `x509-cert`.
fn request(signer: &KmsSigner<FlowClient>) -> Result<String, Box<dyn Error>> {
    let request = RequestBuilder::new("CN=web.example".parse()?)?.build::<_, Signature>(signer)?;
    Ok(request.to_pem(LineEnding::LF)?)
}

/// Creates a self-signed certificate in PEM, by `rcgen`.
fn self_signed(signer: &KmsSigner<FlowClient>) -> Result<String, Box<dyn Error>> {
    let params = rcgen::CertificateParams::new(vec!["web.example".to_owned()])?;
    Ok(params.self_signed(&ForRcgen::new(signer)?)?.pem())
}

/// A signer in the form of rcgen.
struct ForRcgen<'s> {
    signer: &'s KmsSigner<FlowClient>,
    algorithm: &'static rcgen::SignatureAlgorithm,
}

impl<'s> ForRcgen<'s> {
    fn new(signer: &'s KmsSigner<FlowClient>) -> Result<Self, Box<dyn Error>> {
        let algorithm = match (signer.scheme(), signer.public_key().kind()) {
            (Scheme::RsaPkcs1(Sha2::Sha256), _) => &rcgen::PKCS_RSA_SHA256,
            (Scheme::RsaPkcs1(Sha2::Sha384), _) => &rcgen::PKCS_RSA_SHA384,
            (Scheme::RsaPkcs1(Sha2::Sha512), _) => &rcgen::PKCS_RSA_SHA512,
            (Scheme::Ecdsa(Sha2::Sha256), KeyKind::Ec(Curve::P256)) => &rcgen::PKCS_ECDSA_P256_SHA256,
            (Scheme::Ecdsa(Sha2::Sha384), KeyKind::Ec(Curve::P384)) => &rcgen::PKCS_ECDSA_P384_SHA384,
            (Scheme::Ecdsa(Sha2::Sha512), KeyKind::Ec(Curve::P521)) => &rcgen::PKCS_ECDSA_P521_SHA512,
            (Scheme::Ed25519, _) => &rcgen::PKCS_ED25519,
            (scheme, _) => return Err(format!("rcgen has no name for {scheme}").into()),
        };
        Ok(Self { signer, algorithm })
    }
}

impl rcgen::PublicKeyData for ForRcgen<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.signer.public_key().key_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        self.algorithm
    }
}

impl rcgen::SigningKey for ForRcgen<'_> {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signer.sign(data).map(Into::into).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

#[cfg(test)]
#[path = "../kmip-client/tests/openssl/mod.rs"]
mod openssl;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use kmip_client::protocol::operation::CreateKeyPairRequest;

    use super::openssl::{Folder, is_there, openssl};
    use super::*;

    fn signer(kms: &Client, request: &CreateKeyPairRequest<'_>) -> KmsSigner<FlowClient> {
        let made = kms.call(request).unwrap();
        let id = made.payload().private_key_unique_identifier;
        kms.call(&Activate::id(id)).unwrap();
        kms.signer(&id.to_string()).unwrap()
    }

    /// Returns `true` if openssl verifies a request. Before OpenSSL 3.4 only its output shows that, not its status.
    fn verifies(pem: &[u8]) -> bool {
        let folder = Folder::new();
        let path = folder.write("web.csr", pem);
        let said = std::process::Command::new("openssl").args(["req", "-verify", "-noout", "-in", &path]).output();
        String::from_utf8_lossy(&said.unwrap().stderr).contains("verify OK")
    }

    #[needs::command("openssl")]
    #[test]
    fn openssl_verifies_requests_and_certificates() {
        if !is_there() {
            return;
        }
        let server = TestServer::start();
        let kms = Client::connect(&server.config()).unwrap();
        let rsa = signer(&kms, &CreateKeyPair::rsa(2048));
        let signers = [
            signer(&kms, &CreateKeyPair::ec(RecommendedCurve::P_256)),
            signer(&kms, &CreateKeyPair::ec(RecommendedCurve::P_384)),
            signer(&kms, &CreateKeyPair::ec(RecommendedCurve::P_521)),
            rsa.with_scheme(Scheme::RsaPkcs1(Sha2::Sha512)).unwrap(),
            rsa,
        ];
        for signer in &signers {
            assert!(verifies(request(signer).unwrap().as_bytes()));
            let folder = Folder::new();
            let path = folder.write("web.pem", self_signed(signer).unwrap().as_bytes());
            openssl(&["verify", "-check_ss_sig", "-CAfile", &path, &path], b"");
        }
        let pss = signers[4].with_scheme(Scheme::RsaPss(Sha2::Sha256)).unwrap();
        assert!(verifies(request(&pss).unwrap().as_bytes()));
        assert!(self_signed(&pss).is_err());
        // A changed request must not verify.
        let mut changed = request(&signers[0]).unwrap().into_bytes();
        let end = changed.len() - 60;
        changed[end] = if changed[end] == b'A' { b'B' } else { b'A' };
        assert!(!verifies(&changed));
    }
}
