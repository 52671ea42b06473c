//! A certificate request, and a self-signed certificate, for a key that stays in the KMS: by the builder of
//! `x509-cert`, and by `rcgen`.
//!
//! ```sh
//! cargo run --example csr > web.csr
//! openssl req -in web.csr -verify -noout
//! ```
//!
//! The key is created on the embedded KMS, or on the one that `--server` names, and stays there.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use der::EncodePem;
use der::pem::LineEnding;
use examples::{Failure, RcgenKey, ServerArgs};
use kmip_client::blocking::{Client, FlowClient};
use kmip_client::keys::{KmsSigner, Signature};
use kmip_client::protocol::operation::{Activate, CreateKeyPair};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::RecommendedCurve;
use x509_cert::builder::{Builder, RequestBuilder};

/// Prints a certificate request for a new key that stays in the KMS
#[derive(Parser)]
#[command(max_term_width = 80)]
struct Arguments {
    /// Use an RSA key in place of one on P-256, which not every KMS has
    #[arg(long)]
    rsa: bool,
    #[command(flatten)]
    server: ServerArgs,
}

fn main() -> ExitCode {
    examples::main(|arguments: &Arguments, output| {
        // The request alone goes to standard output.
        let mut terminal = std::io::stderr();
        let server = arguments.server.kms(TestServer::builder(), 1, &mut terminal)?;
        let kms = Client::connect(&server.config)?;
        let pair = if arguments.rsa { CreateKeyPair::rsa(2048) } else { CreateKeyPair::ec(RecommendedCurve::P_256) };
        let made = kms.call(&pair)?;
        let (id, public) = (made.payload().private_key_unique_identifier, made.payload().public_key_unique_identifier);
        kms.call(&Activate::id(id))?;
        let other = |error: Box<dyn Error>| Failure::Other(error.to_string());
        let signer = kms.signer_pair(&id.to_string(), &public.to_string()).map_err(|error| other(error.into()))?;
        writeln!(
            terminal,
            "The private key is {id}, and stays in the KMS.\n\n{}",
            self_signed(&signer).map_err(other)?
        )?;
        Ok(write!(output, "{}", request(&signer).map_err(other)?)?)
    })
}

/// Creates a request (PKCS#10) in PEM, by `x509-cert`.
fn request(signer: &KmsSigner<FlowClient>) -> Result<String, Box<dyn Error>> {
    let request = RequestBuilder::new("CN=web.example".parse()?)?.build::<_, Signature>(signer)?;
    Ok(request.to_pem(LineEnding::LF)?)
}

/// Creates a self-signed certificate in PEM, by `rcgen`.
fn self_signed(signer: &KmsSigner<FlowClient>) -> Result<String, Box<dyn Error>> {
    let params = rcgen::CertificateParams::new(vec!["web.example".to_owned()])?;
    Ok(params.self_signed(&RcgenKey::new(signer)?)?.pem())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
#[path = "../kmip-client/tests/openssl/mod.rs"]
mod openssl;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use kmip_client::keys::{Scheme, Sha2};
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
