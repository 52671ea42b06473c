//! Combinations of a [`Trust`], and revocation lists.

use std::sync::Mutex;

use rustls::{SignatureScheme, client::ResolvesClientCert};

use super::*;
use crate::UnknownRevocation;

#[test]
fn one_of_several_authorities() {
    let (ours, theirs, foreign) = (Pki::new(), Pki::new(), Pki::new());
    let trust = || Trust::ca_pem(ours.ca_pem()).unwrap().with_ca_der(theirs.ca_der()).unwrap();
    let alice = ours.issue_client("alice");
    let by = |pki: &Pki| {
        let certificate = pki.issue_server();
        let server = server_config(&certificate.identity().unwrap(), &issuer(&ours), ALL_VERSIONS).unwrap();
        (handshake(&client(&alice, trust()), server), certificate)
    };
    by(&ours).0.assert_connected();
    by(&theirs).0.assert_connected();
    let (outcome, certificate) = by(&foreign);
    assert!(matches!(outcome.untrusted(&certificate).0, ServerCheck::UnknownIssuer));
}

#[test]
fn a_thumbprint_on_top_of_an_authority() {
    let (pki, foreign) = (Pki::new(), Pki::new());
    let (alice, certificate, next) = (pki.issue_client("alice"), pki.issue_server(), pki.issue_server());
    let on_top = |pin| issuer(&pki).with_pinned(pin);
    for version in EACH_VERSION {
        let by = |trust, certificate| handshake(&client(&alice, trust), server(&pki, certificate, version));
        by(on_top(leaf(&certificate)), &certificate).assert_connected();
        by(on_top(sha1_of(&certificate)), &certificate).assert_connected();
        // The right authority is not enough.
        let (check, text) = by(on_top(leaf(&next)), &certificate).untrusted(&certificate);
        assert!(matches!(check, ServerCheck::Thumbprint { .. }), "{check:?}");
        assert!(text.contains("is not the pinned one"), "{text}");
        // Nor is the right thumbprint: issuer, name and validity are checked too.
        let other = foreign.issue_server();
        assert!(matches!(by(on_top(leaf(&other)), &other).untrusted(&other).0, ServerCheck::UnknownIssuer));
        let old = pki.issue_expired_server();
        assert!(matches!(by(on_top(leaf(&old)), &old).untrusted(&old).0, ServerCheck::Expired { .. }));
        let elsewhere = pki.issue_server_for(&["kms.internal"]);
        assert!(matches!(
            by(on_top(leaf(&elsewhere)), &elsewhere).untrusted(&elsewhere).0,
            ServerCheck::WrongName { .. }
        ));
    }
}

/// The renewal of a pinned server certificate.
#[test]
fn one_of_several_thumbprints() {
    let pki = Pki::new();
    let (alice, now, next, third) =
        (pki.issue_client("alice"), pki.issue_server(), pki.issue_server(), pki.issue_server());
    let trust = || Trust::pinned(leaf(&now)).with_thumbprint(&sha1_of(&next).to_string()).unwrap();
    let by = |certificate| handshake(&client(&alice, trust()), server(&pki, certificate, &TLS13));
    by(&now).assert_connected();
    by(&next).assert_connected();
    let (check, text) = by(&third).untrusted(&third);
    assert!(matches!(&check, ServerCheck::Thumbprint { pinned, .. } if pinned.len() == 2), "{check:?}");
    assert!(text.contains("or one of 1 others is pinned"), "{text}");
}

/// An IP address from a control panel, a DNS name in the certificate.
#[test]
fn a_name_apart_from_the_address() {
    let pki = Pki::new();
    let (alice, certificate) = (pki.issue_client("alice"), pki.issue_server_for(&["kms.internal", "10.0.0.7"]));
    let config = Config::new("192.0.2.1").identity(alice.identity().unwrap()).trust(issuer(&pki));
    for name in ["kms.internal", "10.0.0.7"] {
        let outcome = handshake(&config.clone().server_name(name), server(&pki, &certificate, &TLS13));
        let sent = outcome.server.as_ref().ok().and_then(|server| server.server_name().map(str::to_owned));
        assert_eq!(sent.as_deref(), name.starts_with('k').then_some(name), "SNI");
        outcome.assert_connected();
    }
    let (check, text) = handshake(&config, server(&pki, &certificate, &TLS13)).untrusted(&certificate);
    assert!(matches!(check, ServerCheck::WrongName { .. }), "{check:?}");
    assert!(text.contains("not for 192.0.2.1 but for kms.internal, 10.0.0.7"), "{text}");
    assert!(text.contains("Config::server_name"), "{text}");
}

#[test]
fn a_revoked_certificate() {
    let pki = Pki::new();
    let (alice, certificate, good) = (pki.issue_client("alice"), pki.issue_server(), pki.issue_server());
    let list = pki.crl_pem(&[&certificate, &alice]);
    for version in EACH_VERSION {
        for policy in [UnknownRevocation::Refuse, UnknownRevocation::Accept] {
            let trust = || issuer(&pki).with_crl_pem(&list).unwrap().unknown_revocation(policy);
            let by = |trust, certificate| handshake(&client(&alice, trust), server(&pki, certificate, version));
            let (check, text) = by(trust(), &certificate).untrusted(&certificate);
            assert!(matches!(check, ServerCheck::Revoked), "{check:?}");
            assert!(text.contains("was revoked by the CA that issued it"), "{text}");
            by(trust(), &good).assert_connected();
            // An additional thumbprint does not restore it.
            let on_top = trust().with_pinned(leaf(&certificate));
            assert!(matches!(by(on_top, &certificate).untrusted(&certificate).0, ServerCheck::Revoked));
        }
    }
}

#[test]
fn a_certificate_that_no_list_covers() {
    let (pki, other) = (Pki::new(), Pki::new());
    let (alice, certificate) = (pki.issue_client("alice"), pki.issue_server());
    let of_another = || issuer(&pki).with_crl_pem(other.crl_pem(&[])).unwrap();
    let by = |trust| handshake(&client(&alice, trust), server(&pki, &certificate, &TLS13));
    let (check, text) = by(of_another()).untrusted(&certificate);
    assert!(matches!(check, ServerCheck::UnknownRevocation), "{check:?}");
    assert!(text.contains("Trust::with_crl_pem") && text.contains("UnknownRevocation::Accept"), "{text}");
    by(of_another().unknown_revocation(UnknownRevocation::Accept)).assert_connected();
    // Several lists, one of which covers it.
    by(of_another().with_crl_pem(pki.crl_pem(&[])).unwrap()).assert_connected();
}

#[test]
fn a_list_that_is_out_of_date() {
    let pki = Pki::new();
    let (alice, certificate, revoked) = (pki.issue_client("alice"), pki.issue_server(), pki.issue_server());
    let trust = || issuer(&pki).with_crl_pem(pki.expired_crl_pem(&[&revoked])).unwrap();
    let by = |trust, certificate| handshake(&client(&alice, trust), server(&pki, certificate, &TLS13));
    let (check, text) = by(trust(), &certificate).untrusted(&certificate);
    assert!(matches!(check, ServerCheck::RevocationListExpired { next_update: Some(978_307_200) }), "{check:?}");
    assert!(text.contains("the next was due on 2001-01-01 00:00:00 UTC"), "{text}");
    // The list is old, but a certificate on it is still refused.
    let lenient = || trust().unknown_revocation(UnknownRevocation::Accept);
    by(lenient(), &certificate).assert_connected();
    assert!(matches!(by(lenient(), &revoked).untrusted(&revoked).0, ServerCheck::Revoked));
}

#[test]
fn lists_need_their_authority() {
    let pki = Pki::new();
    let certificate = pki.issue_server();
    let pinned = Trust::pinned(leaf(&certificate)).with_crl_pem(pki.crl_pem(&[])).unwrap();
    let error = Config::new("kms").trust(pinned).check().unwrap_err();
    assert!(matches!(error, ConfigError::RevocationWithoutCa), "{error:?}");
    assert!(error.to_string().contains("Trust::ca_pem"), "{error}");
}

#[test]
fn a_provider_of_ones_own() {
    let pki = Pki::new();
    let (alice, certificate) = (pki.issue_client("alice"), pki.issue_server());
    let mut only_chacha = (*provider().unwrap()).clone();
    only_chacha.cipher_suites.retain(|suite| format!("{suite:?}").contains("CHACHA20"));
    for version in EACH_VERSION {
        let config = client(&alice, issuer(&pki)).crypto_provider(Arc::new(only_chacha.clone()));
        let client = handshake(&config, server(&pki, &certificate, version)).assert_connected();
        let suite = format!("{:?}", client.negotiated_cipher_suite().unwrap());
        assert!(suite.contains("CHACHA20"), "{suite}");
    }
    let mut nothing = only_chacha;
    nothing.cipher_suites.clear();
    let error = client(&alice, issuer(&pki)).crypto_provider(Arc::new(nothing)).check().unwrap_err();
    assert!(matches!(error, ConfigError::UnusableProvider { .. }), "{error:?}");
    let fips = client(&alice, issuer(&pki)).require_fips().check();
    assert_eq!(fips.is_ok(), provider().unwrap().fips(), "{fips:?}");
}

/// A custom resolver is called in every handshake, because no session is resumed.
#[test]
fn a_resolver_of_ones_own() {
    #[derive(Debug)]
    struct Next(Mutex<Vec<Arc<CertifiedKey>>>);
    impl ResolvesClientCert for Next {
        fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
            self.0.lock().unwrap().pop()
        }
        fn has_certs(&self) -> bool {
            true
        }
    }
    let pki = Pki::new();
    let (alice, bob, certificate) = (pki.issue_client("alice"), pki.issue_client("bob"), pki.issue_server());
    for version in EACH_VERSION {
        let keys = [&bob, &alice].map(|issued| issued.identity().unwrap().certified_key());
        let config =
            Config::new("localhost").trust(issuer(&pki)).client_cert_resolver(Arc::new(Next(keys.to_vec().into())));
        let (tls, name) = (client_config(config.tls_settings()).unwrap(), server_name(&config).unwrap());
        let server = server(&pki, &certificate, version);
        for expected in [&alice, &bob] {
            let seen = connect(&tls, name.clone(), Arc::clone(&server)).server.unwrap();
            assert_eq!(Thumbprint::sha256_of(&seen.peer_certificates().unwrap()[0]), leaf(expected));
        }
    }
}
