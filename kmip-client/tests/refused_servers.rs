//! Servers whose certificate or key is refused: each error has the cause and a remedy, and no misleading advice.
//! `pem/make.sh` created the certificates with OpenSSL.
#![allow(clippy::unwrap_used)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use kmip_client::{
    Client, Config, Error, ServerCheck, Thumbprint, TlsError, TransportError, Trust, UntrustedServer, blocking,
    protocol::operation::Query,
    rustls::{
        self, NamedGroup, ServerConfig, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        server::{Acceptor, ClientHello},
        sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey},
        version::{TLS12, TLS13},
    },
};
use kmip_ttlv::{V1_4, enumeration::QueryFunction};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("pem/", $name, ".crt"))
    };
}

const EACH_VERSION: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
const KEY: &str = include_str!("pem/p256-pkcs8.key");

/// The features of a client that a server needs to use its key.
#[derive(Debug, Clone, Copy)]
struct Needs {
    scheme: SignatureScheme,
    /// TLS 1.2 requires the curve of the certificate among the client's groups.
    group: Option<NamedGroup>,
    algorithm: SignatureAlgorithm,
}

/// A key that rustls cannot sign with. Its signatures are wrong, but no client gets that far.
#[derive(Debug, Clone)]
struct Foreign(Needs);

impl SigningKey for Foreign {
    fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(self.clone()))
    }
    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm
    }
}

impl Signer for Foreign {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(vec![0; 64])
    }
    fn scheme(&self) -> SignatureScheme {
        self.0.scheme
    }
}

impl Needs {
    /// Returns `true` if OpenSSL would continue with this client.
    fn are_met(&self, hello: &ClientHello<'_>) -> bool {
        let groups = hello.named_groups().unwrap_or_default();
        hello.signature_schemes().contains(&self.scheme) && self.group.is_none_or(|group| groups.contains(&group))
    }
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

/// Starts a server that completes the handshake if the client has the needed features, reads, and closes the
/// connection.
fn serve(key: Arc<CertifiedKey>, needs: Option<Needs>, version: &'static SupportedProtocolVersion) -> SocketAddr {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let mut acceptor = Acceptor::default();
            let accepted = loop {
                acceptor.read_tls(&mut stream).unwrap();
                if let Some(accepted) = acceptor.accept().unwrap() {
                    break accepted;
                }
            };
            if needs.is_some_and(|needs| !needs.are_met(&accepted.client_hello())) {
                // A record of type alert, TLS 1.2, two bytes: fatal, handshake_failure.
                stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).unwrap();
                continue;
            }
            let mut tls = accepted.into_connection(Arc::clone(&config)).unwrap();
            let _ = rustls::Stream::new(&mut tls, &mut stream).read(&mut [0; 1024]);
            tls.send_close_notify();
            let _ = tls.write_tls(&mut stream);
        }
    });
    address
}

/// Starts a server with the key of most of the certificates.
fn serve_ours(pem: &str, version: &'static SupportedProtocolVersion) -> SocketAddr {
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let key = aws_lc_rs::sign::any_supported_type(&key).unwrap();
    serve(Arc::new(CertifiedKey::new(vec![certificate(pem)], key)), None, version)
}

/// Starts a server with a key that it uses only with a suitable client.
fn serve_foreign(pem: &str, needs: Needs, version: &'static SupportedProtocolVersion) -> SocketAddr {
    let key = CertifiedKey::new(vec![certificate(pem)], Arc::new(Foreign(needs)));
    serve(Arc::new(key), Some(needs), version)
}

/// Returns the faults of a call by both clients.
fn call(address: SocketAddr, trust: &Trust) -> [TransportError; 2] {
    let config = Config::new(address.to_string()).trust(trust.clone()).version(V1_4);
    let query = Query::functions([QueryFunction::QUERY_OPERATIONS]);
    let blocking = blocking::Client::connect(&config).and_then(|client| client.call(&query).map(drop));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let asynchronous = runtime.block_on(async { Client::connect(&config).await?.call(&query).await.map(drop) });
    [blocking, asynchronous].map(|outcome| match outcome.unwrap_err() {
        Error::Unreachable(attempt) => attempt.error,
        error => match error.transport_error() {
            Some(TransportError::Closed(hang_up)) => TransportError::Closed(*hang_up),
            _ => panic!("{error:?}"),
        },
    })
}

/// Checks that the call fails on the certificate, with this check and these words, and without those.
#[track_caller]
fn assert_refused(address: SocketAddr, trust: &Trust, is: fn(&ServerCheck) -> bool, says: &[&str], not: &[&str]) {
    for fault in call(address, trust) {
        let TransportError::Tls(TlsError::Untrusted(UntrustedServer { check, .. })) = &fault else {
            panic!("{fault:?}")
        };
        let text = check.to_string();
        assert!(is(check), "{check:?}");
        assert!(says.iter().all(|part| text.contains(part)), "{text}");
        assert!(!not.iter().any(|part| text.contains(part)), "{text}");
        assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
    }
}

/// Checks that TLS succeeds: the server closes the connection after the request.
#[track_caller]
fn assert_accepted(address: SocketAddr, trust: &Trust) {
    for fault in call(address, trust) {
        assert!(matches!(fault, TransportError::Closed(_)), "{fault:?}");
    }
}

fn pinned(pem: &str) -> Trust {
    Trust::pinned(Thumbprint::sha256_of(&certificate(pem)))
}

/// Checks that a CA is refused, and a pin accepted.
#[track_caller]
fn assert_a_pin_helps(pem: &str, ca: &str, is: fn(&ServerCheck) -> bool, says: &[&str]) {
    for version in EACH_VERSION {
        let address = serve_ours(pem, version);
        let says = [says, &["or pin the thumbprint"]].concat();
        assert_refused(address, &Trust::ca_pem(ca).unwrap(), is, &says, &["Config::server_name"]);
        assert_accepted(address, &pinned(pem));
    }
}

#[test]
fn nothing_is_wrong() {
    for version in EACH_VERSION {
        assert_accepted(serve_ours(pem!("servers/good"), version), &Trust::ca_pem(pem!("rsa")).unwrap());
    }
}

#[test]
fn names() {
    assert_a_pin_helps(
        pem!("servers/common-name"),
        pem!("rsa"),
        |check| matches!(check, ServerCheck::NoName { common_name } if common_name.as_deref() == Some("127.0.0.1")),
        &["names no host", "common name 127.0.0.1 is not looked at", "subjectAltName"],
    );
    assert_a_pin_helps(
        pem!("servers/address-as-dns"),
        pem!("rsa"),
        |check| matches!(check, ServerCheck::AddressAsDnsName { address } if address.is_loopback()),
        &["has the IP address 127.0.0.1 as a DNS name", "subjectAltName=IP:127.0.0.1"],
    );
    assert_a_pin_helps(
        pem!("servers/url-as-dns"),
        pem!("rsa"),
        |check| matches!(check, ServerCheck::UnusableNames { presented } if presented.len() == 2),
        &["for no host, but for https://127.0.0.1, 127.0.0.1:5696"],
    );
}

#[test]
fn extensions() {
    assert_a_pin_helps(
        pem!("servers/critical"),
        pem!("rsa"),
        |check| matches!(check, ServerCheck::CriticalExtension { identifiers } if *identifiers == ["1.2.3.4.5"]),
        &["critical extension", "(1.2.3.4.5)", "issued again without it"],
    );
    assert_a_pin_helps(
        pem!("servers/client-only"),
        pem!("rsa"),
        |check| matches!(check, ServerCheck::Purpose),
        &["serverAuth"],
    );
    assert_a_pin_helps(
        pem!("p256-v1"),
        pem!("rsa"),
        |check| matches!(check, ServerCheck::OldCertificate),
        &["X.509 version 1", "version 3 is needed"],
    );
}

#[test]
fn signatures_of_the_issuer() {
    for (pem, name) in [
        (pem!("servers/sha1"), "SHA-1 and RSA"),
        (pem!("servers/md5"), "MD5 and RSA"),
        (pem!("servers/pss"), "RSA-PSS"),
    ] {
        assert_a_pin_helps(
            pem,
            pem!("rsa"),
            |check| matches!(check, ServerCheck::SignatureAlgorithm { .. }),
            &["is signed with", name, "SHA-256 or SHA-384"],
        );
    }
}

#[test]
fn keys_of_the_issuer() {
    for (pem, ca, key) in [
        (pem!("servers/by-1024"), pem!("servers/ca-1024"), "an RSA key of 1024 bits"),
        (
            pem!("servers/by-brainpoolP256r1"),
            pem!("servers/ca-brainpoolP256r1"),
            "an ECDSA key on the curve brainpoolP256r1",
        ),
    ] {
        assert_a_pin_helps(
            pem,
            ca,
            |check| matches!(check, ServerCheck::IssuerKey { .. }),
            &["a CA that issued the server's certificate has", key, "issued by a CA with an RSA key of 2048"],
        );
    }
}

/// The server refuses the ClientHello, and presents its certificate to one that offers more.
#[test]
fn keys_of_the_server() {
    let needs = |scheme, group, algorithm| Needs { scheme, group, algorithm };
    let ecdsa = SignatureScheme::ECDSA_NISTP256_SHA256;
    let group = |number| Some(NamedGroup::from(number));
    let any = "have one issued for an RSA key of 2048 to 8192 bits, an ECDSA key on P-256 or P-384, or an Ed25519 key";
    for (pem, version, needs, key, helps) in [
        (
            pem!("servers/key-EC-P-521"),
            &TLS12,
            needs(SignatureScheme::ECDSA_NISTP521_SHA512, group(25), SignatureAlgorithm::ECDSA),
            "an ECDSA key on the curve P-521",
            "enable TLS 1.3 on the server, or have a certificate issued for an ECDSA key on P-256 or P-384",
        ),
        (
            pem!("servers/key-EC-secp256k1"),
            &TLS12,
            needs(ecdsa, group(22), SignatureAlgorithm::ECDSA),
            "an ECDSA key on the curve secp256k1",
            any,
        ),
        (
            pem!("servers/key-EC-brainpoolP256r1"),
            &TLS12,
            needs(ecdsa, group(26), SignatureAlgorithm::ECDSA),
            "an ECDSA key on the curve brainpoolP256r1",
            any,
        ),
        (
            pem!("servers/key-EC-brainpoolP256r1"),
            &TLS13,
            needs(SignatureScheme::from(0x081A), None, SignatureAlgorithm::ECDSA),
            "an ECDSA key on the curve brainpoolP256r1",
            any,
        ),
        (
            pem!("servers/key-ED448"),
            &TLS13,
            needs(SignatureScheme::ED448, None, SignatureAlgorithm::ED448),
            "a key of the algorithm Ed448",
            any,
        ),
        (
            pem!("servers/key-RSA-PSS-2048"),
            &TLS13,
            needs(SignatureScheme::from(0x0809), None, SignatureAlgorithm::RSA),
            "a key of the algorithm RSA-PSS",
            "an RSA key that is not restricted to PSS",
        ),
        (
            pem!("servers/key-RSA-1024"),
            &TLS13,
            needs(SignatureScheme::RSA_PSS_SHA256, None, SignatureAlgorithm::RSA),
            "an RSA key of 1024 bits",
            any,
        ),
        (
            pem!("servers/key-RSA-1024"),
            &TLS12,
            needs(SignatureScheme::RSA_PKCS1_SHA256, None, SignatureAlgorithm::RSA),
            "an RSA key of 1024 bits",
            any,
        ),
    ] {
        let address = serve_foreign(pem, needs, version);
        // Such a key cannot verify anything, so that a pin does not help.
        for trust in [Trust::ca_pem(pem!("rsa")).unwrap(), pinned(pem)] {
            let is: fn(&ServerCheck) -> bool = |check| matches!(check, ServerCheck::Key { .. });
            assert_refused(address, &trust, is, &[key, "cannot verify", helps], &["pin the thumbprint"]);
        }
        let config = Config::new(address.to_string());
        let error = blocking::fetch_certificate(&config).unwrap_err();
        assert!(error.transport_error().unwrap().to_string().contains(key), "{error:?}");
    }
}

/// The key is fine, so the refusal has another reason.
#[test]
fn nothing_in_common_beside_the_key() {
    let needs = Needs {
        scheme: SignatureScheme::ECDSA_NISTP256_SHA256,
        group: Some(NamedGroup::FFDHE8192),
        algorithm: SignatureAlgorithm::ECDSA,
    };
    let address = serve_foreign(pem!("servers/good"), needs, &TLS12);
    for fault in call(address, &Trust::ca_pem(pem!("rsa")).unwrap()) {
        assert!(matches!(fault, TransportError::Tls(TlsError::NoCommonSuite { .. })), "{fault:?}");
    }
}
