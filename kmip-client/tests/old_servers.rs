//! Servers without a common cipher suite or TLS version: the alerts of OpenSSL's `s_server`, and the resulting errors.
//!
//! The alerts are captured from OpenSSL 3.0. If the command line tool is available, it is run again.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;

use kmip_client::{Config, Error, TlsError, TransportError, Trust, blocking};

/// Returns the connection error of each client.
fn faults(address: &str) -> [TlsError; 2] {
    let config = Config::new(address).trust(Trust::thumbprint(&"00".repeat(32)).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let errors = [
        blocking::Client::connect(&config).map(drop).unwrap_err(),
        runtime.block_on(kmip_client::Client::connect(&config)).map(drop).unwrap_err(),
    ];
    errors.map(|error| match error {
        Error::Unreachable(attempt) => match attempt.error {
            TransportError::Tls(fault) => fault,
            fault => panic!("{fault:?}"),
        },
        error => panic!("{error:?}"),
    })
}

fn no_common_suite(address: &str) {
    for fault in faults(address) {
        assert!(matches!(fault, TlsError::NoCommonSuite { .. }), "{fault:?}");
        let text = fault.to_string();
        for part in ["CBC", "RSA key exchange", "the server needs TLS 1.3", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
    }
}

fn no_common_version(address: &str) {
    for fault in faults(address) {
        assert!(matches!(fault, TlsError::NoCommonVersion { .. }), "{fault:?}");
        assert!(fault.to_string().contains("the server needs TLS 1.2 or 1.3"), "{fault}");
    }
}

/// Starts a server that answers each ClientHello with these bytes: those of the two clients, and those of their
/// diagnosis.
fn scripted(answer: &[u8]) -> String {
    let answer = answer.to_vec();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let _ = socket.read(&mut [0; 4096]);
            let _ = socket.write_all(&answer);
        }
    });
    address
}

#[test]
fn alerts_that_were_captured() {
    // `s_server -tls1_2 -cipher AES128-SHA` and `-cipher ECDHE-RSA-AES128-SHA`: handshake_failure.
    no_common_suite(&scripted(&[0x15, 3, 3, 0, 2, 2, 40]));
    // `s_server -tls1_1 -cipher ALL:@SECLEVEL=0`: protocol_version, in a record of TLS 1.1.
    no_common_version(&scripted(&[0x15, 3, 2, 0, 2, 2, 70]));
    // From other servers: insufficient_security.
    no_common_suite(&scripted(&[0x15, 3, 3, 0, 2, 2, 71]));
}

/// A server that chooses what was not offered: TLS 1.2 with TLS_RSA_WITH_AES_128_CBC_SHA, and TLS 1.0.
#[test]
fn a_choice_that_was_not_offered() {
    no_common_suite(&scripted(&server_hello([3, 3], [0x00, 0x2F])));
    no_common_version(&scripted(&server_hello([3, 1], [0x00, 0x2F])));
}

/// RFC 5246, 7.4.1.3: no session, no compression, no extensions.
fn server_hello(version: [u8; 2], suite: [u8; 2]) -> Vec<u8> {
    let hello = [&version[..], &[7; 32], &[0], &suite, &[0], &[0, 0]].concat();
    let length = u8::try_from(hello.len()).unwrap();
    [&[22], &version[..], &[0, length + 4], &[2, 0, 0, length], &hello].concat()
}

/// `openssl s_server` until it is dropped.
struct Server(Child);

impl Server {
    /// Starts it with these arguments, and returns its address. `None` if there is no openssl.
    fn start(arguments: &[&str]) -> Option<(Self, String)> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pem/");
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0"])
            .args(["-cert", &format!("{folder}rsa.crt"), "-key", &format!("{folder}rsa-pkcs8.key")])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let lines = BufReader::new(child.stdout.take()?).lines();
        let server = Self(child);
        let accept = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("ACCEPT ").map(str::to_owned));
        Some((server, accept.expect("s_server does not take these arguments")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn alerts_of_openssl() {
    type Check = fn(&str);
    let cases: [(&[&str], Check); 4] = [
        (&["-tls1_2", "-cipher", "AES128-SHA"], no_common_suite),
        (&["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"], no_common_suite),
        (&["-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"], no_common_suite),
        (&["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], no_common_version),
    ];
    for (arguments, check) in cases {
        let Some((_server, address)) = Server::start(arguments) else { return };
        check(&address);
    }
}

/// A server that requires a client certificate, with common suites.
#[test]
fn a_certificate_of_openssl() {
    for version in ["-tls1_2", "-tls1_3"] {
        let Some((_server, address)) = Server::start(&[version, "-Verify", "1", "-verify_return_error"]) else {
            return;
        };
        let shown = blocking::fetch_certificate(&*address).unwrap();
        assert_eq!(shown.subject, "CN=rsa");
    }
}
