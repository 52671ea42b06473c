//! Foreign TLS clients against a server whose key is in the embedded KMS.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::process::{Command, Stdio};
use std::thread;

use kmip_client::rustls::pki_types::ServerName;
use kmip_client::rustls::version::{TLS12, TLS13};
use kmip_client::rustls::{ClientConfig, ClientConnection, RootCertStore, SupportedProtocolVersion};

use super::*;

/// Runs the example for this many connections, with a client for each; returns what it printed.
fn served(rsa: bool, connections: usize, clients: impl FnOnce(&str, &str)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cert.pem");
    let kms_server = TestServer::start();
    let kms = Client::connect(&kms_server.config()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let number = connections.to_string();
    let line = ["remote_signer", "--connections", &number, "--cert-out", path.to_str().unwrap()];
    let arguments = Arguments::parse_from(line.into_iter().chain(rsa.then_some("--rsa")));
    let key = Key::create(&kms, rsa).unwrap();
    // The clients need the certificate, which is written before the first connection is accepted.
    std::fs::write(&path, key.certificate.to_pem().unwrap()).unwrap();
    thread::scope(|scope| {
        let serving = scope.spawn(|| {
            let mut output = Vec::new();
            serve(&arguments, &listener, &key, &kms, &mut output).unwrap();
            key.destroy(&kms).unwrap();
            String::from_utf8(output).unwrap()
        });
        clients(&address, path.to_str().unwrap());
        serving.join().unwrap()
    })
}

/// Connects with rustls, in one version of TLS; returns the greeting.
fn rustls_client(address: &str, ca: &str, version: &'static SupportedProtocolVersion) -> String {
    use kmip_client::rustls::pki_types::{CertificateDer, pem::PemObject};

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let mut connection = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    tls.write_all(b"world").unwrap();
    let mut greeting = String::new();
    tls.read_to_string(&mut greeting).unwrap();
    greeting
}

#[test]
fn rustls_shakes_hands_with_a_key_in_the_kms() {
    for rsa in [false, true] {
        let printed = served(rsa, 2, |address, ca| {
            for version in [&TLS12, &TLS13] {
                assert_eq!(rustls_client(address, ca, version), "hello, world");
            }
        });
        assert!(printed.contains("stays in the KMS"), "{printed}");
    }
}

/// Runs a program if it is installed; returns `None` otherwise.
fn ran(program: &str, arguments: &[&str]) -> Option<String> {
    let command = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let Ok(output) = command else {
        println!("skipped: there is no {program} here");
        return None;
    };
    Some(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn openssl_and_curl_verify_the_server() {
    if ran("openssl", &["version"]).is_none() || ran("curl", &["--version"]).is_none() {
        return;
    }
    for rsa in [false, true] {
        served(rsa, 3, |address, ca| {
            for version in ["-tls1_2", "-tls1_3"] {
                let line = ["s_client", "-connect", address, "-CAfile", ca, "-verify_return_error", version];
                let printed = ran("openssl", &line).unwrap();
                assert!(printed.contains("Verify return code: 0 (ok)"), "{printed}");
                assert!(printed.contains("New, TLSv1.") && !printed.contains("Cipher is (NONE)"), "{printed}");
            }
            let url = format!("https://{address}/");
            let printed = ran("curl", &["--silent", "--show-error", "--cacert", ca, &url]).unwrap();
            assert_eq!(printed, "hello\n");
        });
    }
}

#[test]
fn an_address_that_is_taken_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let line = ["remote_signer".to_owned(), taken.local_addr().unwrap().to_string()];
    let failure = run(&Arguments::parse_from(line), &mut Vec::new()).unwrap_err();
    assert_eq!(failure.exit_code(), 2);
    assert!(report(&failure).starts_with("cannot serve 127.0.0.1:"), "{}", report(&failure));
}
