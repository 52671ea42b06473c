//! Inspection of a server's certificate before it is trusted.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod real_server;

use std::io::Write as _;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use kmip_client::test_server::TestServer;
use kmip_client::{
    Config, Endpoint, Error, Identity, ServerCertificate, Thumbprint, TlsError, TransportError, Trust, blocking,
};

use self::real_server::RealServer;

/// Fetches by each client.
fn fetch(config: &Config) -> [Result<ServerCertificate, Error>; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    [blocking::fetch_certificate(config), runtime.block_on(kmip_client::fetch_certificate(config))]
}

/// These servers accept no client without a certificate of their CA.
#[test]
fn a_server_that_wants_a_client_certificate() {
    for server in [TestServer::builder().tls12_only().start(), TestServer::builder().tls13_only().start()] {
        for shown in fetch(&Config::new(server.address().to_string())) {
            let shown = shown.unwrap();
            assert_eq!(shown.sha256, server.thumbprint());
            assert_eq!(shown.sha256, Thumbprint::sha256_of(&shown.chain[0]));
            assert_eq!(shown.sha1, Thumbprint::sha1_of(&shown.chain[0]));
            assert_eq!((shown.subject.as_str(), shown.chain.len()), ("CN=KMIP test server", 1));
            assert!(shown.issuer.starts_with("CN=KMIP test CA "), "{}", shown.issuer);
            assert_eq!(shown.names, ["localhost", "127.0.0.1", "::1"]);
            assert!(shown.not_before < shown.not_after);
            // The fetched certificate can then be trusted.
            let config = server.config().trust(Trust::pinned(shown.sha1));
            blocking::Client::connect(&config).unwrap();
        }
        let connected = server.messages();
        assert!(fetch(&server.config()).iter().all(Result::is_ok));
        assert_eq!(server.messages(), connected, "KMIP was sent");
    }
}

#[test]
fn the_whole_chain_is_shown_and_any_certificate() {
    use kmip_client::rustls::{
        ServerConfig, ServerConnection, Stream,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    };
    let chain = include_bytes!("pem/p384.crt").as_slice();
    let key = include_bytes!("pem/p384-pkcs8.key").as_slice();
    let certificate = CertificateDer::from_pem_slice(chain).unwrap();
    let tls = ServerConfig::builder_with_provider(std::sync::Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone(), certificate.clone()], PrivateKeyDer::from_pem_slice(key).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint: Endpoint = listener.local_addr().unwrap().to_string().parse().unwrap();
    let tls = std::sync::Arc::new(tls);
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(tls).unwrap();
        let mut received = Vec::new();
        // Up to the end: not a single byte of application data.
        std::io::Read::read_to_end(&mut Stream::new(&mut connection, &mut socket), &mut received).unwrap();
        received
    });
    let shown = blocking::fetch_certificate(&endpoint).unwrap();
    assert_eq!(server.join().unwrap(), b"", "something was sent over TLS");
    // It is a self-signed CA without host names, which does not matter here.
    assert_eq!((shown.subject.as_str(), shown.issuer.as_str()), ("CN=p384", "CN=p384"));
    assert!(shown.names.is_empty());
    assert_eq!(shown.chain, [certificate.as_ref(), certificate.as_ref()]);
    let identity = Identity::from_pem(chain, key).unwrap();
    assert_eq!(shown.sha256, identity.thumbprint());
    let text = shown.to_string();
    for part in ["CN=p384", "valid until 21", &shown.sha1.to_string(), &shown.sha256.to_string(), "names       none"] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn nothing_to_be_seen() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for result in fetch(&Config::new(free)) {
        let error = result.unwrap_err();
        assert!(matches!(error.transport_error(), Some(TransportError::Connect(_))), "{error:?}");
    }
    for (says, is) in [
        (
            "HTTP/1.1 400 Bad Request\r\n\r\n",
            (|fault| matches!(fault, TransportError::Tls(TlsError::NotTls { .. }))) as fn(&_) -> _,
        ),
        ("", |fault| matches!(fault, TransportError::Closed(_))),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for socket in listener.incoming().take(2) {
                let mut socket = socket.unwrap();
                let _ = std::io::Read::read(&mut socket, &mut [0; 4096]);
                socket.write_all(says.as_bytes()).unwrap();
            }
        });
        for result in fetch(&Config::new(address)) {
            let error = result.unwrap_err();
            assert!(error.transport_error().is_some_and(is), "{error:?}");
        }
    }
    let error = blocking::fetch_certificate("kms:no-port").unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
}

#[test]
fn a_server_that_does_not_speak_ends_by_the_time_limit() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = Config::new(silent.local_addr().unwrap().to_string()).connect_timeout(Duration::from_millis(200));
    for result in fetch(&config) {
        assert!(result.unwrap_err().is_timeout());
    }
}

/// Real servers, if `.ci/servers` has started them: PyKMIP uses TLS 1.2, and closes the connection without a client
/// certificate.
#[needs::env("KMIP_TEST_PYKMIP", "KMIP_TEST_COSMIAN")]
#[test]
fn real_servers() {
    use kmip_client::rustls::pki_types::{CertificateDer, pem::PemObject};
    for variable in ["KMIP_TEST_PYKMIP", "KMIP_TEST_COSMIAN"] {
        let Some(server) = RealServer::named_by(variable) else { continue };
        let certificate = CertificateDer::from_pem_slice(server.read("server.pem").as_bytes()).unwrap();
        for shown in fetch(&Config::new(server.read("address"))) {
            let shown = shown.unwrap();
            assert_eq!(shown.sha256, Thumbprint::sha256_of(&certificate));
            assert_eq!(
                (shown.subject.as_str(), shown.issuer.as_str()),
                ("CN=localhost", "CN=KMIP test CA,O=KMIP tests")
            );
        }
    }
}
