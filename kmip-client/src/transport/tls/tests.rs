//! Handshakes between client and server, over buffers instead of a socket.

mod trust;

use rustls::{
    ALL_VERSIONS, ClientConnection, Error, HandshakeKind, ServerConfig, ServerConnection, SupportedProtocolVersion,
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use rustls::pki_types::ServerName;

use super::{server::server_config, *};
use crate::{
    Config, Identity, Thumbprint, Trust,
    config::provider,
    test_server::{Issued, Pki},
};

const EACH_VERSION: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// The results of both sides at the end of the handshake.
struct Outcome {
    client: Result<ClientConnection, TlsError>,
    server: Result<ServerConnection, Error>,
}

impl Outcome {
    /// Checks that both sides succeeded, and returns the client's connection.
    #[track_caller]
    fn assert_connected(self) -> ClientConnection {
        let client = self.client.unwrap();
        assert!(!client.is_handshaking() && !self.server.unwrap().is_handshaking());
        client
    }

    /// Checks that the client does not trust the server, and returns the failed check and the whole text.
    #[track_caller]
    fn untrusted(self, server: &Issued) -> (ServerCheck, String) {
        assert!(self.server.is_err(), "the server was not told");
        let fault = self.client.unwrap_err();
        let text = fault.to_string();
        let TlsError::Untrusted(UntrustedServer { check, presented }) = fault else { panic!("{fault:?}") };
        assert_eq!(presented, leaf(server));
        assert!(text.ends_with(&format!("presented the certificate with SHA-256 thumbprint {presented}")), "{text}");
        (check, text)
    }
}

fn server_name(config: &Config) -> Result<ServerName<'static>, ConfigError> {
    crate::client::config::server_names(config).map(|mut names| names.remove(0))
}

/// Performs a handshake until neither side has more to send.
fn handshake(client: &Config, server: Arc<ServerConfig>) -> Outcome {
    connect(&client_config(client.tls_settings()).unwrap(), server_name(client).unwrap(), server)
}

fn connect(tls: &Arc<ClientConfig>, name: ServerName<'static>, server: Arc<ServerConfig>) -> Outcome {
    let mut client = ClientConnection::new(Arc::clone(tls), name).unwrap();
    let mut server = ServerConnection::new(server).unwrap();
    let (mut client_error, mut server_error) = (None, None);
    while client.wants_write() || server.wants_write() {
        // An alert is written after the error, and arrives.
        let mut to_server = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut to_server).unwrap();
        }
        let mut to_server = to_server.as_slice();
        while !to_server.is_empty() && server_error.is_none() {
            server.read_tls(&mut to_server).unwrap();
            server_error = server.process_new_packets().err();
        }
        let mut to_client = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut to_client).unwrap();
        }
        let mut to_client = to_client.as_slice();
        while !to_client.is_empty() && client_error.is_none() {
            client.read_tls(&mut to_client).unwrap();
            client_error = client.process_new_packets().err();
        }
    }
    Outcome {
        client: client_error.map_or(Ok(()), |error| Err(TlsError::new(&error, &client, tls))).map(|()| client),
        server: server_error.map_or(Ok(server), Err),
    }
}

/// Returns a server of this authority, with one version of TLS.
fn server(pki: &Pki, certificate: &Issued, version: &'static SupportedProtocolVersion) -> Arc<ServerConfig> {
    server_config(&certificate.identity().unwrap(), &Trust::ca_pem(pki.ca_pem()).unwrap(), &[version]).unwrap()
}

fn client(identity: &Issued, trust: Trust) -> Config {
    Config::new("localhost").identity(identity.identity().unwrap()).trust(trust)
}

fn issuer(pki: &Pki) -> Trust {
    Trust::ca_pem(pki.ca_pem()).unwrap()
}

/// Returns the thumbprint of the certificate, as seen by [`Identity`].
fn leaf(issued: &Issued) -> Thumbprint {
    issued.identity().unwrap().thumbprint()
}

fn sha1_of(issued: &Issued) -> Thumbprint {
    Thumbprint::sha1_of(&issued.identity().unwrap().certified_key().cert[0])
}

#[test]
fn a_trusted_issuer() {
    let pki = Pki::new();
    let (alice, certificate) = (pki.issue_client("alice"), pki.issue_server());
    for version in EACH_VERSION {
        for address in ["localhost", "127.0.0.1:5696", "[::1]:5696"] {
            let config = Config::new(address).identity(alice.identity().unwrap()).trust(issuer(&pki));
            let client = handshake(&config, server(&pki, &certificate, version)).assert_connected();
            assert_eq!(client.protocol_version(), Some(version.version));
            // The engine obtains the server's certificate in this way.
            assert_eq!(Thumbprint::sha256_of(&client.peer_certificates().unwrap()[0]), leaf(&certificate));
        }
        let config = client(&alice, issuer(&pki));
        let elsewhere = Config::new("10.0.0.1").server_name("localhost");
        let elsewhere = elsewhere.identity(alice.identity().unwrap()).trust(issuer(&pki));
        handshake(&config, server(&pki, &certificate, version)).assert_connected();
        handshake(&elsewhere, server(&pki, &certificate, version)).assert_connected();
    }
}

#[test]
fn tls_1_3_is_preferred() {
    let pki = Pki::new();
    let server = server_config(&pki.issue_server().identity().unwrap(), &issuer(&pki), ALL_VERSIONS).unwrap();
    let client = handshake(&client(&pki.issue_client("alice"), issuer(&pki)), server).assert_connected();
    assert_eq!(client.protocol_version(), Some(TLS13.version));
}

#[test]
fn the_server_knows_the_client() {
    let pki = Pki::new();
    let alice = pki.issue_client("alice");
    for version in EACH_VERSION {
        let outcome = handshake(&client(&alice, issuer(&pki)), server(&pki, &pki.issue_server(), version));
        let server = outcome.server.unwrap();
        assert_eq!(Thumbprint::sha256_of(&server.peer_certificates().unwrap()[0]), leaf(&alice));
    }
}

#[test]
fn sessions_are_resumed() {
    let pki = Pki::new();
    let certificate = pki.issue_server();
    for version in EACH_VERSION {
        let server = server(&pki, &certificate, version);
        let config = client(&pki.issue_client("alice"), Trust::pinned(leaf(&certificate)));
        let (tls, name) = (client_config(config.tls_settings()).unwrap(), server_name(&config).unwrap());
        let first = connect(&tls, name.clone(), Arc::clone(&server)).assert_connected();
        assert_eq!(first.handshake_kind(), Some(HandshakeKind::Full));
        let second = connect(&tls, name, server).assert_connected();
        assert_eq!(second.handshake_kind(), Some(HandshakeKind::Resumed));
        assert_eq!(Thumbprint::sha256_of(&second.peer_certificates().unwrap()[0]), leaf(&certificate));
    }
}

#[test]
fn a_pinned_certificate() {
    let pki = Pki::new();
    let alice = pki.issue_client("alice");
    // Issuer, name and validity do not matter: expired, from any CA, at an address that it does not name.
    for certificate in [pki.issue_server(), pki.issue_expired_server(), Pki::new().issue_client("not even a server")] {
        for pin in [leaf(&certificate), sha1_of(&certificate)] {
            for version in EACH_VERSION {
                let config = Config::new("kms.example").identity(alice.identity().unwrap()).trust(Trust::pinned(pin));
                handshake(&config, server(&pki, &certificate, version)).assert_connected();
            }
        }
    }
}

#[test]
fn another_certificate_than_the_pinned() {
    let pki = Pki::new();
    let (alice, certificate, other) = (pki.issue_client("alice"), pki.issue_server(), pki.issue_server());
    for (pin, shown) in [(leaf(&other), leaf(&certificate)), (sha1_of(&other), sha1_of(&certificate))] {
        for version in EACH_VERSION {
            let outcome = handshake(&client(&alice, Trust::pinned(pin)), server(&pki, &certificate, version));
            let (check, text) = outcome.untrusted(&certificate);
            assert!(
                matches!(check, ServerCheck::Thumbprint { pinned, presented } if (&*pinned, presented) == (&[pin], shown))
            );
            let expected = format!(
                "the server's certificate is not the pinned one: its {} thumbprint is {shown}, and {pin} is pinned; ",
                pin.algorithm()
            );
            assert!(text.starts_with(&expected), "{text}");
        }
    }
}

/// Pinning a CA does not trust the certificates that it issued.
#[test]
fn a_pinned_issuer() {
    let pki = Pki::new();
    let certificate = pki.issue_server();
    let chain = format!("{}{}", certificate.certificate_pem(), pki.ca_pem());
    let identity = Identity::from_pem(chain, certificate.private_key_pem()).unwrap();
    let pin = Thumbprint::sha256_of(&identity.certified_key().cert[1]);
    let server = server_config(&identity, &issuer(&pki), ALL_VERSIONS).unwrap();
    let (check, _) = handshake(&client(&pki.issue_client("alice"), Trust::pinned(pin)), server).untrusted(&certificate);
    assert!(matches!(check, ServerCheck::Thumbprint { .. }));
}

/// The peer must have the key of its certificate, pinned or not.
#[test]
fn a_certificate_without_its_key() {
    use rustls::{server::WebPkiClientVerifier, sign::CertifiedKey};
    let pki = Pki::new();
    let (certificate, thief) = (pki.issue_server(), pki.issue_server());
    let stolen = certificate.identity().unwrap().certified_key().cert.clone();
    let own = Arc::clone(&thief.identity().unwrap().certified_key().key);
    let resolver = Arc::new(SingleCertAndKey::from(CertifiedKey::new(stolen, own)));
    for version in EACH_VERSION {
        let server = ServerConfig::builder_with_provider(provider().unwrap())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(WebPkiClientVerifier::no_client_auth())
            .with_cert_resolver(resolver.clone());
        let server = Arc::new(server);
        for trust in [issuer(&pki), Trust::pinned(leaf(&certificate)), Trust::pinned(sha1_of(&certificate))] {
            let outcome = handshake(&client(&pki.issue_client("alice"), trust), Arc::clone(&server));
            let (check, text) = outcome.untrusted(&certificate);
            assert!(matches!(check, ServerCheck::Signature), "{check:?}");
            assert!(text.contains("does not have its private key"), "{text}");
        }
    }
}

#[test]
fn an_issuer_that_is_not_trusted() {
    let (pki, foreign) = (Pki::new(), Pki::new());
    let (alice, certificate) = (pki.issue_client("alice"), foreign.issue_server());
    for version in EACH_VERSION {
        let (check, text) =
            handshake(&client(&alice, issuer(&pki)), server(&pki, &certificate, version)).untrusted(&certificate);
        assert!(matches!(check, ServerCheck::UnknownIssuer), "{check:?}");
        assert!(text.contains("issued by none of the trusted CA certificates") && text.contains("pin"), "{text}");
    }
}

#[test]
fn a_certificate_for_another_name() {
    let pki = Pki::new();
    let (alice, certificate) = (pki.issue_client("alice"), pki.issue_server());
    for version in EACH_VERSION {
        for name in ["kms.example", "10.0.0.1"] {
            let config = client(&alice, issuer(&pki)).server_name(name);
            let (check, text) = handshake(&config, server(&pki, &certificate, version)).untrusted(&certificate);
            let ServerCheck::WrongName { expected, presented } = check else { panic!("{check:?}") };
            assert_eq!(
                (expected.as_str(), presented),
                (name, ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into())
            );
            let expected =
                format!("the server's certificate is not for {name} but for localhost, 127.0.0.1, ::1: connect by ");
            assert!(text.starts_with(&expected), "{text}");
        }
    }
}

#[test]
fn an_expired_certificate() {
    let pki = Pki::new();
    let (alice, certificate) = (pki.issue_client("alice"), pki.issue_expired_server());
    for version in EACH_VERSION {
        let (check, text) =
            handshake(&client(&alice, issuer(&pki)), server(&pki, &certificate, version)).untrusted(&certificate);
        assert!(matches!(check, ServerCheck::Expired { not_after: Some(978_307_200) }), "{check:?}");
        assert!(text.contains("expired on 2001-01-01 00:00:00 UTC"), "{text}");
    }
}

#[test]
fn a_certificate_for_something_else() {
    let pki = Pki::new();
    let certificate = pki.issue_client("not a server");
    let outcome = handshake(&client(&pki.issue_client("alice"), issuer(&pki)), server(&pki, &certificate, &TLS13));
    let (check, text) = outcome.untrusted(&certificate);
    assert!(matches!(check, ServerCheck::Purpose), "{check:?}");
    assert!(text.contains("serverAuth"), "{text}");
}

/// `openssl req -x509` creates such certificates, which are often used as they are.
#[test]
fn an_authority_as_a_server() {
    let pki = Pki::new();
    let (certificate, key) =
        (include_str!("../../../tests/pem/p256.crt"), include_str!("../../../tests/pem/p256-pkcs8.key"));
    let identity = Identity::from_pem(certificate, key).unwrap();
    let server = server_config(&identity, &issuer(&pki), ALL_VERSIONS).unwrap();
    let by = |trust| handshake(&client(&pki.issue_client("alice"), trust), Arc::clone(&server));

    let fault = by(Trust::ca_pem(certificate).unwrap()).client.unwrap_err();
    assert!(matches!(&fault, TlsError::Untrusted(UntrustedServer { check: ServerCheck::IsCa, .. })), "{fault:?}");
    assert!(fault.to_string().contains("CA:FALSE"), "{fault}");
    by(Trust::pinned(identity.thumbprint())).assert_connected();
}

/// webpki cannot parse a certificate of version 1. A pin does not need it to.
#[test]
fn a_server_certificate_of_version_1() {
    let pki = Pki::new();
    let (v3, v1) = (include_str!("../../../tests/pem/p256.crt"), include_str!("../../../tests/pem/p256-v1.crt"));
    let key = include_str!("../../../tests/pem/p256-pkcs8.key");
    // As an issuer in the chain it is parsed, and here it is moved to the front.
    let both = Identity::from_pem(format!("{v3}{v1}"), key).unwrap().certified_key();
    let old = CertifiedKey::new(vec![both.cert[1].clone()], Arc::clone(&both.key));
    let pin = Thumbprint::sha256_of(&old.cert[0]);
    // Another key than that of the certificate.
    let stolen =
        CertifiedKey::new(old.cert.clone(), Arc::clone(&pki.issue_server().identity().unwrap().certified_key().key));
    for version in EACH_VERSION {
        let by = |trust, key: &CertifiedKey| {
            let server = ServerConfig::builder_with_provider(provider().unwrap())
                .with_protocol_versions(&[version])
                .unwrap()
                .with_no_client_auth()
                .with_cert_resolver(Arc::new(SingleCertAndKey::from(key.clone())));
            handshake(&client(&pki.issue_client("alice"), trust), Arc::new(server))
        };
        let fault = by(Trust::ca_pem(v1).unwrap(), &old).client.unwrap_err();
        let TlsError::Untrusted(UntrustedServer { check, presented }) = &fault else { panic!("{fault:?}") };
        assert!(matches!(check, ServerCheck::OldCertificate), "{check:?}");
        assert_eq!(*presented, pin);
        assert!(fault.to_string().contains("X.509 version 1"), "{fault}");
        by(Trust::pinned(pin), &old).assert_connected();
        let fault = by(Trust::pinned(pin), &stolen).client.unwrap_err();
        assert!(
            matches!(&fault, TlsError::Untrusted(UntrustedServer { check: ServerCheck::Signature, .. })),
            "{fault:?}"
        );
    }
}

#[test]
fn a_client_certificate_that_the_server_refuses() {
    let pki = Pki::new();
    let certificate = pki.issue_server();
    for version in EACH_VERSION {
        for (alice, alert, says) in [
            (Pki::new().issue_client("alice"), "unknown_ca", "the server has to trust the CA that issued it"),
            (pki.issue_expired_client("alice"), "certificate_expired", "have it renewed"),
        ] {
            let outcome = handshake(&client(&alice, issuer(&pki)), server(&pki, &certificate, version));
            outcome.server.unwrap_err();
            let fault = outcome.client.unwrap_err();
            let text = fault.to_string();
            assert!(matches!(fault, TlsError::ClientCertificateRefused { alert: name } if name == alert), "{fault:?}");
            let expected = format!("the server refused the client certificate with the TLS alert {alert}: ");
            assert!(text.starts_with(&expected) && text.contains(says), "{text}");
        }
    }
}

#[test]
fn no_client_certificate() {
    let pki = Pki::new();
    for version in EACH_VERSION {
        let config = Config::new("localhost").trust(issuer(&pki));
        let outcome = handshake(&config, server(&pki, &pki.issue_server(), version));
        outcome.server.unwrap_err();
        let fault = outcome.client.unwrap_err();
        assert!(matches!(fault, TlsError::ClientCertificateMissing { .. }), "{fault:?}");
        assert!(fault.to_string().ends_with("give one with Config::identity"), "{fault}");
    }
}

/// A server whose cipher suites do not match its certificate, such as PyKMIP with RSA: it refuses the ClientHello,
/// before there is a certificate that it could refuse.
#[test]
fn no_cipher_suite_in_common() {
    let pki = Pki::new();
    let mut only_rsa = (*provider().unwrap()).clone();
    only_rsa.cipher_suites.retain(|suite| format!("{suite:?}").contains("ECDHE_RSA"));
    assert!(!only_rsa.cipher_suites.is_empty());
    let server = ServerConfig::builder_with_provider(Arc::new(only_rsa))
        .with_protocol_versions(&[&TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(pki.issue_server().identity().unwrap().certified_key())));
    let outcome = handshake(&client(&pki.issue_client("alice"), issuer(&pki)), Arc::new(server));
    let fault = outcome.client.unwrap_err();
    assert!(matches!(fault, TlsError::NoCommonSuite { .. }), "{fault:?}");
    let text = fault.to_string();
    for part in ["CBC suites or RSA key exchange", "TLS 1.3", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "X25519"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("TLS13"), "{text}");
}

#[test]
fn alerts_before_anything_was_agreed() {
    let pki = Pki::new();
    let config = client(&pki.issue_client("alice"), issuer(&pki));
    let tls = client_config(config.tls_settings()).unwrap();
    let of_server = |alert| {
        let mut client = ClientConnection::new(Arc::clone(&tls), server_name(&config).unwrap()).unwrap();
        // A record of type alert, TLS 1.2, two bytes: fatal, and the description.
        client.read_tls(&mut [21, 3, 3, 0, 2, 2, alert].as_slice()).unwrap();
        let error = client.process_new_packets().unwrap_err();
        TlsError::new(&error, &client, &tls)
    };
    // handshake_failure, insufficient_security
    for alert in [40, 71] {
        let fault = of_server(alert);
        assert!(matches!(fault, TlsError::NoCommonSuite { .. }), "{fault:?}");
    }
    // protocol_version
    let fault = of_server(70);
    assert!(matches!(fault, TlsError::NoCommonVersion { .. }), "{fault:?}");
    let text = fault.to_string();
    assert!(text.contains("needs TLS 1.2 or 1.3") && text.contains("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), "{text}");
    // internal_error
    assert!(matches!(of_server(80), TlsError::Other { .. }));
}

#[test]
fn something_else_than_tls() {
    let pki = Pki::new();
    let config = client(&pki.issue_client("alice"), issuer(&pki));
    let tls = client_config(config.tls_settings()).unwrap();
    for greeting in ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n"] {
        let mut client = ClientConnection::new(Arc::clone(&tls), server_name(&config).unwrap()).unwrap();
        client.read_tls(&mut greeting.as_bytes()).unwrap();
        let error = client.process_new_packets().unwrap_err();
        let fault = TlsError::new(&error, &client, &tls);
        assert!(matches!(fault, TlsError::NotTls { .. }), "{fault:?}");
        assert!(fault.to_string().contains("does not speak TLS"), "{fault}");
    }
}
