//! Servers that close the connection, or request the client certificate after the handshake: the error names a possible
//! cause, and no other.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use kmip_client::protocol::operation::{Create, Get};
use kmip_client::rustls::SignatureScheme;
use kmip_client::rustls::client::ResolvesClientCert;
use kmip_client::rustls::sign::CertifiedKey;
use kmip_client::test_server::Pki;
use kmip_client::{
    CertificateState, Client, Config, ConnectionStep, Error, HangUp, TlsError, TransportError, Trust, blocking,
};

use crate::evil::{Echo, Evil, TRANSPORTS, identifier, key, serve, serve_asking};
use crate::{call, limits, run};

const CERTIFICATE: &str = "client certificate";
const VERSION: &str = "Config::version(V1_0)";
const CERTIFICATE_REQUIRED: u8 = 116;

/// Reads one request and closes the connection.
fn hang_up(mut evil: Evil, _: usize) {
    let _ = evil.request();
    let end = evil.close_notify();
    let _ = evil.tcp.write_all(&end);
}

/// Returns the connection errors of both clients.
fn connect(config: &Config) -> [Error; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    [blocking::Client::connect(config).map(drop).unwrap_err(), {
        runtime.block_on(async { Client::connect(config).await.map(drop).unwrap_err() })
    }]
}

#[track_caller]
fn assert_hang_up(error: &Error, step: ConnectionStep, certificate: CertificateState, says: &[&str], not: &[&str]) {
    let Some(TransportError::Closed(HangUp { step: is, certificate: state, .. })) = error.transport_error() else {
        panic!("{error:?}")
    };
    assert_eq!((*is, *state), (step, certificate), "{error:?}");
    let text = error.report().to_string();
    assert!(says.iter().all(|part| text.contains(part)), "{text}");
    assert!(!not.iter().any(|part| text.contains(part)), "{text}");
    assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
}

/// A resolver without a client certificate.
#[derive(Debug)]
struct Nobody;

impl ResolvesClientCert for Nobody {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        None
    }
    fn has_certs(&self) -> bool {
        false
    }
}

#[test]
fn discover_versions() {
    for transport in TRANSPORTS {
        let step = ConnectionStep::DiscoverVersions;
        for error in connect(&serve(transport, hang_up)) {
            assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
            assert_hang_up(&error, step, CertificateState::NotRequested, &[VERSION], &[CERTIFICATE]);
        }
        let config = serve_asking(transport, hang_up);
        for error in connect(&config) {
            assert_hang_up(&error, step, CertificateState::Sent, &[VERSION, CERTIFICATE], &["is configured"]);
        }
        for error in connect(&config.client_cert_resolver(Arc::new(Nobody))) {
            let says = [VERSION, "none is configured", "Config::identity"];
            assert_hang_up(&error, step, CertificateState::Missing, &says, &["refuse"]);
        }
    }
}

/// Checks how the first Create ends on a server.
#[track_caller]
fn assert_create_ends(config: Config, certificate: CertificateState, says: &[&str], not: &[&str]) {
    let config = limits(config);
    for is_async in [false, true] {
        run(&config, is_async, async |client| {
            let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
            assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
            assert_hang_up(&error, ConnectionStep::Request, certificate, says, not);
        });
    }
}

#[test]
fn the_first_request() {
    for transport in TRANSPORTS {
        let never = [VERSION, CERTIFICATE];
        assert_create_ends(serve(transport, hang_up), CertificateState::NotRequested, &["server's log"], &never);
        let config = serve_asking(transport, hang_up);
        assert_create_ends(config.clone(), CertificateState::Sent, &[CERTIFICATE], &[VERSION, "is configured"]);
        let config = config.client_cert_resolver(Arc::new(Nobody));
        assert_create_ends(config, CertificateState::Missing, &["none is configured"], &[VERSION, "refuse"]);
    }
}

/// A server that has answered has accepted the client.
#[test]
fn a_later_request() {
    let answer_once = |mut evil: Evil, connection| {
        if let Some(request) = evil.request() {
            evil.answer(&key(&request, Echo::Id, &identifier(&request)));
            hang_up(evil, connection);
        }
    };
    for transport in TRANSPORTS {
        for is_async in [false, true] {
            run(&limits(serve_asking(transport, answer_once)), is_async, async |client| {
                call!(client, &Get::id("a")).unwrap();
                let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
                let never = [VERSION, CERTIFICATE];
                assert_hang_up(&error, ConnectionStep::Request, CertificateState::Accepted, &["server's log"], &never);
            });
        }
    }
}

/// The listener closes each connection at once.
#[test]
fn the_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let identity = Pki::new().issue_client("alice").identity().unwrap();
    let trust = Trust::ca_pem(Pki::new().ca_pem()).unwrap();
    for error in connect(&Config::new(address.to_string()).trust(trust).identity(identity)) {
        assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
        let never = [VERSION, CERTIFICATE];
        let step = ConnectionStep::Handshake;
        assert_hang_up(&error, step, CertificateState::NotRequested, &["host and port"], &never);
    }
}

#[track_caller]
fn assert_late(error: &Error, by: &str) {
    let fault = error.transport_error();
    assert!(matches!(fault, Some(TransportError::Tls(TlsError::ClientCertificateAfterHandshake { .. }))), "{error:?}");
    assert!(error.is_unauthenticated());
    let text = error.report().to_string();
    assert!(text.contains(by) && text.contains("require it in the handshake"), "{text}");
}

/// A TLS 1.3 server that does not request a certificate in the handshake, but after it has read a request.
#[test]
fn an_alert_for_want_of_a_certificate() {
    let refuse = |mut evil: Evil, _| {
        let _ = evil.request();
        evil.alert(CERTIFICATE_REQUIRED);
    };
    for transport in TRANSPORTS {
        for error in connect(&serve(transport, refuse)) {
            assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
            assert_late(&error, "certificate_required");
        }
        // If the certificate was requested in the handshake, the same alert means something else.
        let config = serve_asking(transport, refuse);
        for error in connect(&config) {
            let fault = error.transport_error();
            assert!(matches!(fault, Some(TransportError::Tls(TlsError::ClientCertificateRefused { .. }))), "{error:?}");
        }
        for error in connect(&config.client_cert_resolver(Arc::new(Nobody))) {
            let fault = error.transport_error();
            assert!(matches!(fault, Some(TransportError::Tls(TlsError::ClientCertificateMissing { .. }))), "{error:?}");
        }
    }
}

/// `openssl s_server` with TLS 1.2, which starts another handshake for the client certificate once it has a request.
struct Renegotiating {
    child: Child,
    address: String,
}

impl Renegotiating {
    fn start(pki: &Pki, folder: &std::path::Path) -> Self {
        let issued = pki.issue_server();
        let [certificate, key, ca] = ["server.pem", "server.key", "ca.pem"].map(|name| folder.join(name));
        std::fs::write(&certificate, issued.certificate_pem()).unwrap();
        std::fs::write(&key, issued.private_key_pem()).unwrap();
        std::fs::write(&ca, pki.ca_pem()).unwrap();
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-cert"]).arg(&certificate);
        command.arg("-key").arg(&key).arg("-CAfile").arg(&ca);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (mut input, mut output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut line = String::new();
        while !line.starts_with("ACCEPT ") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "s_server has ended");
        }
        let address = line.trim_start_matches("ACCEPT ").trim().to_owned();
        std::thread::spawn(move || {
            // Its output about a connection ends with this line; requests follow.
            let mut line = Vec::new();
            while output.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                if String::from_utf8_lossy(&line).contains("Secure Renegotiation IS supported") {
                    // The request may be on its way; the order of the two does not matter.
                    let _ = input.write_all(b"R\n");
                }
                line.clear();
            }
        });
        Self { child, address }
    }
}

impl Drop for Renegotiating {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[needs::command("openssl")]
#[test]
fn another_handshake_for_the_certificate() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: there is no command openssl");
        return;
    }
    let folder = std::env::temp_dir().join(format!("kmip-renegotiating-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let pki = Pki::new();
    let server = Renegotiating::start(&pki, &folder);
    for address in [server.address.clone(), format!("https://{}/kmip", server.address)] {
        let config = Config::new(address).trust(Trust::ca_pem(pki.ca_pem()).unwrap());
        let config = limits(config.identity(pki.issue_client("alice").identity().unwrap()));
        for is_async in [false, true] {
            run(&config, is_async, async |client| {
                let error = call!(client, &Create::aes(256)).map(drop).unwrap_err();
                assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
                assert_late(&error, "renegotiation");
            });
        }
    }
    drop(server);
    std::fs::remove_dir_all(folder).unwrap();
}
