//! A TLS server whose private key stays in the KMS, which makes only the signature of each handshake.
//!
//! ```sh
//! cargo run --example remote_signer
//! openssl s_client -connect 127.0.0.1:4433 -CAfile ca.pem    # in another window, as it says
//! ```
//!
//! It starts the embedded KMS, creates and certifies a key pair there, and serves `127.0.0.1:4433`, or the given
//! address. For each handshake it prints what was signed, where, and how long that took. `--rsa` selects an RSA key.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to people")]

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kmip_client::blocking::{Client, FlowClient};
use kmip_client::keys::{Certificate, KmsSigner, TlsKey};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, Certify, CreateKeyPair};
use kmip_client::rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use kmip_client::rustls::{self, ServerConfig, ServerConnection, SignatureAlgorithm, SignatureScheme};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::{CertificateType, RecommendedCurve};

/// The longest time that a handshake waits for the KMS.
const LIMIT: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn Error>> {
    let (mut rsa, mut address) = (false, "127.0.0.1:4433".to_owned());
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--rsa" => rsa = true,
            other => address = other.to_owned(),
        }
    }
    let kms_server = TestServer::start();
    let kms = Client::connect(&kms_server.config())?;
    let (signer, certificate) = new_key(&kms, rsa)?;
    let ca = std::env::temp_dir().join("remote-signer-ca.pem");
    std::fs::write(&ca, kms_server.pki().ca_pem())?;
    let config = Arc::new(server_config(&signer, certificate, kms.endpoint().to_string())?);

    let listener = TcpListener::bind(&address)?;
    println!("{} stays in the KMS at {}", signer.private_key_id(), kms.endpoint());
    println!("openssl s_client -connect {} -CAfile {} # -tls1_2, -tls1_3", listener.local_addr()?, ca.display());
    for stream in listener.incoming() {
        let config = Arc::clone(&config);
        // One thread per connection: while one waits for the KMS, the others continue.
        std::thread::spawn(move || {
            if let Err(error) = stream.map_err(Into::into).and_then(|stream| serve(stream, config)) {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}

/// Creates a key pair on the KMS, and a certificate for it.
fn new_key(kms: &Client, rsa: bool) -> Result<(KmsSigner<FlowClient>, Certificate), Box<dyn Error>> {
    let request = if rsa { CreateKeyPair::rsa(2048) } else { CreateKeyPair::ec(RecommendedCurve::P_256) };
    let made = kms.call(&request)?;
    let (private, public) = (made.payload().private_key_unique_identifier, made.payload().public_key_unique_identifier);
    kms.call(&Activate::id(private))?;
    let request = Certify::id(public).attribute(AttributeValue::CertificateType(CertificateType::X_509));
    let certified = kms.call(&request)?;
    let certificate = kms.certificate(certified.payload().unique_identifier)?;
    Ok((kms.signer(&private.to_string())?, certificate))
}

fn server_config(
    signer: &KmsSigner<FlowClient>,
    certificate: Certificate,
    kms: String,
) -> Result<ServerConfig, Box<dyn Error>> {
    let key = TlsKey::new(signer, LIMIT)?;
    println!("it signs {:?}", key.schemes());
    key.certified(vec![certificate.clone().into()])?; // the certificate is that of the key
    let told = Told { key, kms };
    let certified = CertifiedKey::new(vec![certificate.into()], Arc::new(told));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified))))
}

/// Sends a greeting, and closes the connection.
fn serve(mut stream: TcpStream, config: Arc<ServerConfig>) -> Result<(), Box<dyn Error>> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut connection = ServerConnection::new(config)?;
    let began = Instant::now();
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    println!("{:?}: handshake in {:?}", connection.protocol_version(), began.elapsed());
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    let mut line = [0; 256];
    let len = tls.read(&mut line)?;
    tls.write_all(&[b"hello, ", &line[..len]].concat())?;
    connection.send_close_notify();
    connection.complete_io(&mut stream)?;
    Ok(())
}

/// A key that prints what it signs.
#[derive(Debug)]
struct Told {
    key: Arc<TlsKey>,
    kms: String,
}

impl SigningKey for Told {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(ToldSigner { signer: self.key.choose_scheme(offered)?, kms: self.kms.clone() }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }
}

#[derive(Debug)]
struct ToldSigner {
    signer: Box<dyn Signer>,
    kms: String,
}

impl Signer for ToldSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let began = Instant::now();
        let made = self.signer.sign(message);
        let outcome = made.as_ref().map_or_else(ToString::to_string, |made| format!("{} bytes", made.len()));
        println!("{:?} of {} bytes by {}: {outcome} in {:?}", self.scheme(), message.len(), self.kms, began.elapsed());
        made
    }

    fn scheme(&self) -> SignatureScheme {
        self.signer.scheme()
    }
}
