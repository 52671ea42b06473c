//! Signers on real servers.

use kmip_client::blocking::{Client, FlowClient};
use kmip_client::keys::{KmsSigner, Scheme, Sha2, SignError, TlsKey};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, CreateKeyPair};
use kmip_client::rustls::SignatureScheme;
use kmip_ttlv::enumeration::{CryptographicAlgorithm, RecommendedCurve};
use kmip_ttlv::{V1_2, V1_4, V2_1};
use std::time::Duration;

use crate::openssl::is_there;
use crate::real_server;
use crate::signatures::verified;

fn checked(signer: &KmsSigner<FlowClient>) {
    let large = vec![7; 100_000];
    for data in [&b"I owe you"[..], &large] {
        let made = signer.sign(data).unwrap();
        assert!(signer.verify(data, &made).unwrap(), "{signer:?}");
        assert!(verified(signer, data, &made), "{signer:?}");
    }
}

/// Only RSA, without links, and with a salt of its own length.
#[needs::command("openssl")]
#[needs::env("KMIP_TEST_PYKMIP")]
#[test]
fn pykmip() {
    if !is_there() {
        return;
    }
    let Some(config) = real_server::config("KMIP_TEST_PYKMIP") else { return };
    for version in [V1_2, V1_4] {
        let kms = Client::connect(&config.clone().version(version)).unwrap();
        let name = |half: &str| format!("{half} {version} {:?}", std::time::SystemTime::now());
        let (private, public) = (name("private"), name("public"));
        let request = CreateKeyPair::rsa(2048).private_key_name(&private).public_key_name(&public);
        let made = kms.call(&request).unwrap();
        let private = made.payload().private_key_unique_identifier.to_string();
        let public = made.payload().public_key_unique_identifier.to_string();
        kms.call(&Activate::id(&*private)).unwrap();
        assert!(matches!(kms.signer(&private), Err(SignError::NoLink { .. })));
        let signer = kms.signer_pair(&private, &public).unwrap();
        for hash in [Sha2::Sha256, Sha2::Sha384, Sha2::Sha512] {
            checked(&signer.with_scheme(Scheme::RsaPkcs1(hash)).unwrap());
        }
        let schemes = TlsKey::new(&signer, Duration::from_secs(10)).unwrap().schemes();
        assert_eq!(
            schemes,
            [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PKCS1_SHA384, SignatureScheme::RSA_PKCS1_SHA512]
        );
    }
}

#[needs::command("openssl")]
#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn cosmian() {
    if !is_there() {
        return;
    }
    let Some(config) = real_server::config("KMIP_TEST_COSMIAN") else { return };
    for version in [V1_2, V1_4, V2_1] {
        let kms = Client::connect(&config.clone().version(version)).unwrap();
        let mut ed25519 = CreateKeyPair::ec(RecommendedCurve::CURVE25519);
        ed25519.common_attributes.as_mut().unwrap().list[0] =
            AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::ED25519).into();
        for (name, request) in [
            ("RSA", CreateKeyPair::rsa(2048)),
            ("P-256", CreateKeyPair::ec(RecommendedCurve::P_256)),
            ("P-384", CreateKeyPair::ec(RecommendedCurve::P_384)),
            ("P-521", CreateKeyPair::ec(RecommendedCurve::P_521)),
            ("Ed25519", ed25519),
        ] {
            if name == "Ed25519" && version < V2_1 {
                continue;
            }
            let made = kms.call(&request).unwrap_or_else(|error| panic!("{name} in KMIP {version}: {error}"));
            let private = made.payload().private_key_unique_identifier.to_string();
            let _ = kms.call(&Activate::id(&*private));
            let signer = kms.signer(&private).unwrap_or_else(|error| panic!("{name} in KMIP {version}: {error}"));
            eprintln!("{name} in KMIP {version}: {signer:?}");
            checked(&signer);
            let schemes = TlsKey::new(&signer, Duration::from_secs(10)).unwrap().schemes();
            eprintln!("{name} in KMIP {version}: {schemes:?}");
        }
    }
}
