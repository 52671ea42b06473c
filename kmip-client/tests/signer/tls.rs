//! TLS servers with keys in the KMS, to which openssl connects, and a client whose own key is in another KMS.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use kmip_client::blocking::Client;
use kmip_client::keys::{Certificate, TlsKey};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Certify, CreateKeyPair, CreateKeyPairRequest};
use kmip_client::rustls::pki_types::CertificateDer;
use kmip_client::rustls::sign::SigningKey;
use kmip_client::rustls::{self, ServerConfig, ServerConnection, SignatureScheme};
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::{Config, Identity, Trust};
use kmip_ttlv::enumeration::{CertificateType, OperationCode, RecommendedCurve};

use crate::openssl::{Folder, is_there};
use crate::{ed25519, pair};

const LIMIT: Duration = Duration::from_secs(5);

/// Returns a TLS key and its chain, with a certificate issued by the KMS.
fn certified(kms: &Client, request: &CreateKeyPairRequest<'_>) -> (Arc<TlsKey>, Vec<CertificateDer<'static>>) {
    let (private, public) = pair(kms, request);
    let certificate =
        kms.call(&Certify::id(&*public).attribute(AttributeValue::CertificateType(CertificateType::X_509))).unwrap();
    let certificate = kms.certificate(certificate.payload().unique_identifier).unwrap();
    (TlsKey::new(&kms.signer(&private).unwrap(), LIMIT).unwrap(), vec![certificate.into()])
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Starts a server that echoes its input on one connection after the other, and returns its port.
fn echo(config: ServerConfig, connections: usize) -> u16 {
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for _ in 0..connections {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::Stream::new(&mut connection, &mut stream);
            let mut line = [0; 64];
            if let Ok(len) = tls.read(&mut line) {
                let _ = tls.write_all(&[b"echo ", &line[..len]].concat());
            }
            connection.send_close_notify();
            let _ = connection.complete_io(&mut stream);
        }
    });
    port
}

#[needs::command("openssl")]
#[test]
fn openssl_connects_to_a_server_whose_key_stays() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let folder = Folder::new();
    let ca = folder.write("ca.pem", server.pki().ca_pem().as_bytes());
    for (name, request) in [
        ("P-256", CreateKeyPair::ec(RecommendedCurve::P_256)),
        ("P-384", CreateKeyPair::ec(RecommendedCurve::P_384)),
        ("RSA", CreateKeyPair::rsa(2048)),
        ("Ed25519", ed25519()),
    ] {
        let (key, chain) = certified(&kms, &request);
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(key.certified(chain).unwrap())));
        let port = echo(config, 2);
        for version in ["-tls1_2", "-tls1_3"] {
            let before = server.requests()[&OperationCode::SIGN];
            let mut client = Command::new("openssl")
                .args(["s_client", version, "-connect", &format!("127.0.0.1:{port}"), "-CAfile", &ca])
                .args(["-verify_return_error", "-quiet", "-no_ign_eof"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdin = client.stdin.take().unwrap();
            stdin.write_all(b"hello\n").unwrap();
            // It ends when the server does.
            let mut stdout = client.stdout.take().unwrap();
            let mut said = String::new();
            stdout.read_to_string(&mut said).unwrap();
            drop(stdin);
            let output = client.wait_with_output().unwrap();
            assert!(said.contains("echo hello"), "{name} {version}: {}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(server.requests()[&OperationCode::SIGN] - before, 1, "{name} {version}");
        }
    }
}

#[test]
fn only_what_the_server_proves_is_offered() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let (private, _) = pair(&kms, &CreateKeyPair::rsa(2048));
    let signer = kms.signer(&private).unwrap();
    let all = TlsKey::new(&signer, LIMIT).unwrap().schemes();
    assert_eq!((all.len(), all[0]), (6, SignatureScheme::RSA_PSS_SHA256));
    // As PyKMIP signs.
    server.fail(Fault::LongestSalt.always());
    let key = TlsKey::new(&signer, LIMIT).unwrap();
    assert_eq!(key.schemes(), all[3..]);
    assert!(key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]).is_none());
    assert!(key.choose_scheme(&all).unwrap().scheme() == SignatureScheme::RSA_PKCS1_SHA256);

    // A certificate of another key is detected.
    let other = server.pki().issue_client("other");
    let other = Certificate::from_pem(other.certificate_pem()).unwrap();
    assert!(key.certified(vec![other.into()]).is_err());
}

/// A slow KMS blocks a handshake for no longer than the limit.
#[test]
fn a_slow_kms_is_waited_for_no_longer_than_the_limit() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let (private, _) = pair(&kms, &CreateKeyPair::ec(RecommendedCurve::P_256));
    let key = TlsKey::new(&kms.signer(&private).unwrap(), Duration::from_secs(1)).unwrap();
    let signer = key.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256]).unwrap();
    server.fail(Fault::Delay(Duration::from_secs(20)).on(OperationCode::SIGN));
    let began = Instant::now();
    let error = signer.sign(b"handshake").unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert!(matches!(error, rustls::Error::Other(_)), "{error}");
}

/// The key that opens one KMS stays in another.
#[test]
fn the_own_identity_is_on_another_kms() {
    let (first, second) = (TestServer::start(), TestServer::start());
    let kms = Client::connect(&first.config()).unwrap();
    for request in [CreateKeyPair::ec(RecommendedCurve::P_256), CreateKeyPair::rsa(2048)] {
        let (private, _) = pair(&kms, &request);
        let signer = kms.signer(&private).unwrap();
        let key = TlsKey::new(&signer, LIMIT).unwrap();
        let certificate = second.pki().issue_client_for("alice", signer.public_key().to_public_key_der()).unwrap();
        let identity = Identity::from_signing_key([certificate], key).unwrap();
        let config = Config::new(second.address().to_string())
            .identity(identity)
            .trust(Trust::ca_pem(second.pki().ca_pem()).unwrap());
        let before = first.requests()[&OperationCode::SIGN];
        let opened = Client::connect(&config).unwrap();
        opened.call(&kmip_client::protocol::operation::Create::aes(256)).unwrap();
        assert!(first.requests()[&OperationCode::SIGN] > before);
    }
    // The same on the async client.
    let (private, _) = pair(&kms, &CreateKeyPair::ec(RecommendedCurve::P_384));
    let signer = kms.signer(&private).unwrap();
    let certificate = second.pki().issue_client_for("alice", signer.public_key().to_public_key_der()).unwrap();
    let identity = Identity::from_signing_key([certificate], TlsKey::new(&signer, LIMIT).unwrap()).unwrap();
    let config = Config::new(second.address().to_string())
        .identity(identity)
        .trust(Trust::ca_pem(second.pki().ca_pem()).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        kms.call(&kmip_client::protocol::operation::Create::aes(256)).await.unwrap();
    });
}
