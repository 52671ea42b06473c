//! Signatures of every scheme, on both clients, and reasons for which a key does not sign.

use kmip_client::blocking::Client;
use kmip_client::keys::signature::{AsyncSigner, Keypair, Signer};
use kmip_client::keys::{KmsSigner, PrivateKey, Scheme, Sha2, SignError, Signature};
use kmip_client::protocol::attribute::{AttributeValue, Attributes, Link, UsageLimits};
use kmip_client::protocol::operation::{Activate, AddAttribute, Certify, Create, CreateKeyPair, Destroy, Revoke};
use kmip_client::test_server::{Fault, TestServer};
use kmip_ttlv::enumeration::{
    CertificateType, CryptographicUsageMask as Mask, LinkType, OperationCode, RecommendedCurve, RevocationReasonCode,
    UsageLimitsUnit,
};
use kmip_ttlv::{V1_2, V1_4, V2_1};

use crate::openssl::{generate, is_there, verify};
use crate::{ed25519, pair};

const SCHEMES: [(&str, Scheme); 10] = [
    ("RSA", Scheme::RsaPkcs1(Sha2::Sha256)),
    ("RSA", Scheme::RsaPkcs1(Sha2::Sha384)),
    ("RSA", Scheme::RsaPkcs1(Sha2::Sha512)),
    ("RSA", Scheme::RsaPss(Sha2::Sha256)),
    ("RSA", Scheme::RsaPss(Sha2::Sha384)),
    ("RSA", Scheme::RsaPss(Sha2::Sha512)),
    ("P-256", Scheme::Ecdsa(Sha2::Sha256)),
    ("P-384", Scheme::Ecdsa(Sha2::Sha384)),
    ("P-521", Scheme::Ecdsa(Sha2::Sha512)),
    ("Ed25519", Scheme::Ed25519),
];

/// Returns `true` if openssl verifies the signature.
pub(crate) fn verified<C>(signer: &KmsSigner<C>, data: &[u8], signature: &Signature) -> bool {
    let hash = match signer.scheme() {
        Scheme::RsaPkcs1(hash) | Scheme::RsaPss(hash) | Scheme::Ecdsa(hash) => match hash {
            Sha2::Sha256 => "sha256",
            Sha2::Sha384 => "sha384",
            Sha2::Sha512 => "sha512",
        },
        _ => "",
    };
    let pss: &[&str] = match signer.scheme() {
        Scheme::RsaPss(_) => &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"],
        _ => &[],
    };
    verify(&signer.public_key().to_public_key_pem().unwrap(), hash, pss, data, signature.as_bytes())
}

#[needs::command("openssl")]
#[test]
fn every_scheme_is_verified_by_openssl() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let large = vec![7; 100_000];
    for version in [V1_2, V1_4, V2_1] {
        let kms = Client::connect(&server.config().version(version)).unwrap();
        for (name, scheme) in SCHEMES {
            let request = match name {
                "RSA" => CreateKeyPair::rsa(2048),
                "P-256" => CreateKeyPair::ec(RecommendedCurve::P_256),
                "P-384" => CreateKeyPair::ec(RecommendedCurve::P_384),
                "P-521" => CreateKeyPair::ec(RecommendedCurve::P_521),
                _ if version < V2_1 => continue,
                _ => ed25519(),
            };
            let (private, public) = pair(&kms, &request);
            let signer = kms.signer(&private).unwrap().with_scheme(scheme).unwrap();
            assert_eq!((signer.private_key_id(), signer.public_key_id()), (&*private, &*public));
            for data in [&b"I owe you"[..], b"", &large] {
                // openssl does not read an empty file for Ed25519.
                let asked = name != "Ed25519" || !data.is_empty();
                let made = signer.sign(data).unwrap();
                assert!(signer.verify(data, &made).unwrap(), "{scheme} in KMIP {version}");
                assert!(!asked || verified(&signer, data, &made), "{scheme} in KMIP {version}, {} bytes", data.len());
                assert!(!signer.verify(b"I owe me", &made).unwrap());
            }
        }
    }
}

#[test]
fn a_pair_is_found_from_each_of_its_objects() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let (private, public) = pair(&kms, &CreateKeyPair::ec(RecommendedCurve::P_256));
    let certificate = kms
        .call(&Certify::id(&*public).attribute(AttributeValue::CertificateType(CertificateType::X_509)))
        .unwrap()
        .payload()
        .unique_identifier
        .to_string();
    for id in [&private, &public, &certificate] {
        let signer = kms.signer(id).unwrap();
        assert_eq!((signer.private_key_id(), signer.public_key_id()), (&*private, &*public), "{id}");
        assert_eq!(signer.verifying_key(), *signer.public_key());
        assert_eq!(format!("{signer:?}"), format!("KmsSigner({private}, ECDSA with SHA-256)"));
    }
}

#[test]
fn both_clients_sign_by_the_traits() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let (private, public) = pair(&kms, &CreateKeyPair::ec(RecommendedCurve::P_384));
    let signer = kms.signer(&private).unwrap();
    let made: Signature = signer.try_sign(b"I owe you").unwrap();
    assert!(signer.verify(b"I owe you", &made).unwrap());

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = server.config();
    runtime.block_on(async move {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        let task = tokio::spawn(async move {
            let signer = kms.signer(&public).await.unwrap();
            let made: Signature = signer.sign_async(b"async").await.unwrap();
            assert!(signer.verify(b"async", &made).unwrap());
            let made = signer.sign(b"async").await.unwrap();
            assert!(signer.verify(b"async", &made).unwrap());
            let made: Signature = signer.sign_as(b"async").await.unwrap();
            assert!(signer.verify(b"async", &made).unwrap());
            let signer = kms.signer_pair(&private, &public).await.unwrap();
            assert_eq!(signer.public_key_id(), public);
        });
        task.await.unwrap();
        // The blocking client has no runtime of its own, and works inside of one.
        let made: Signature = signer.try_sign(b"inside").unwrap();
        assert!(signer.verify(b"inside", &made).unwrap());
    });
}

#[test]
fn reports_what_keeps_a_key_from_signing() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let told = |id: &str| kms.signer(id).map(drop).unwrap_err().to_string();
    let request = CreateKeyPair::ec(RecommendedCurve::P_256);

    let made = kms.call(&request).unwrap();
    let private = made.payload().private_key_unique_identifier.to_string();
    let advice = format!("the private key {private} is PreActive, and signs only when it is Active: activate it");
    assert_eq!(told(&private), advice);
    assert_eq!(told(made.payload().public_key_unique_identifier.as_str().unwrap()), advice);

    kms.call(&Activate::id(&*private)).unwrap();
    let signer = kms.signer(&private).unwrap();
    kms.call(&Revoke::id(&*private, RevocationReasonCode::CESSATION_OF_OPERATION)).unwrap();
    assert!(told(&private).contains("is Deactivated, and signs only when it is Active"));
    assert!(matches!(signer.sign(b"x"), Err(SignError::Kms(kmip_client::Error::Refused(_)))));
    let by_trait = Signer::<Signature>::try_sign(&signer, b"x").unwrap_err();
    assert!(std::error::Error::source(&by_trait).unwrap().to_string().contains("Sign refused"));
    kms.call(&Destroy::id(&*private)).unwrap();
    assert!(told(&private).contains("is Destroyed"));

    let mask = Attributes::from_iter([AttributeValue::CryptographicUsageMask(Mask::DERIVE_KEY)]);
    let (private, _) = pair(&kms, &request.clone().private_key_attributes(mask));
    assert!(told(&private).contains("may not sign: its Cryptographic Usage Mask is"), "{}", told(&private));

    let aes = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    let advice = format!("the object {aes} is a SymmetricKey: a private key, a public key or a certificate is wanted");
    assert_eq!(told(&aes), advice);
    assert!(matches!(kms.signer("nothing"), Err(SignError::Kms(error)) if error.is_not_found()));

    let (private, public) = pair(&kms, &request);
    server.fail(Fault::NoLinks.always());
    assert!(told(&private).contains("name both halves, as some servers keep no links"), "{}", told(&private));
    assert!(matches!(kms.signer(&public), Err(SignError::NoLink { link: LinkType::PRIVATE_KEY_LINK, .. })));
    assert_eq!(kms.signer_pair(&private, &public).unwrap().private_key_id(), private);
    server.heal();

    // A public half of another pair.
    let (_, other) = pair(&kms, &request);
    let error = kms.signer_pair(&private, &other).map(drop).unwrap_err();
    assert!(matches!(&error, SignError::NoPair { .. }), "{error}");
    assert!(matches!(kms.signer_pair(&public, &public), Err(SignError::Kind { .. })));
    assert!(matches!(kms.signer_pair(&private, &private), Err(SignError::Key { .. })));

    if is_there() {
        // A link without a target.
        let key = PrivateKey::from_pem(generate("P-256")).unwrap();
        let public = kms.call(&key.public_key().unwrap().register()).unwrap().payload().unique_identifier.to_string();
        let link = AttributeValue::Link(Link::new(LinkType::PUBLIC_KEY_LINK, &*public));
        let lone = kms.call(&key.register().attribute(link)).unwrap().payload().unique_identifier.to_string();
        kms.call(&Activate::id(&*lone)).unwrap();
        assert_eq!(kms.signer(&lone).unwrap().public_key_id(), public);
        let broken = AttributeValue::Link(Link::new(LinkType::PUBLIC_KEY_LINK, "nowhere"));
        let lone = kms.call(&key.register()).unwrap().payload().unique_identifier.to_string();
        kms.call(&Activate::id(&*lone)).unwrap();
        kms.call(&AddAttribute::id(&*lone, broken)).unwrap();
        assert!(told(&lone).ends_with("leads to nowhere, which is not there"), "{}", told(&lone));
        let agree = PrivateKey::from_pem(generate("X25519")).unwrap();
        let id = kms.call(&agree.register().usage(Mask::SIGN)).unwrap().payload().unique_identifier.to_string();
        kms.call(&Activate::id(&*id)).unwrap();
        let error = kms.signer_pair(&id, &public).map(drop).unwrap_err();
        assert!(matches!(error, SignError::Kms(_)), "{error}");
    }
    let error = signer.with_scheme(Scheme::Ed25519).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "a key for P-256 does not sign by Ed25519");
}

/// Signatures arrive as DER and as r and s; a refused digest is not sent again.
#[test]
fn servers_with_other_habits() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let large = vec![7; 100_000];
    for curve in [RecommendedCurve::P_256, RecommendedCurve::P_521] {
        let (private, _) = pair(&kms, &CreateKeyPair::ec(curve));
        server.fail(Fault::RawSignatures.always());
        let signer = kms.signer(&private).unwrap();
        for data in [&b"I owe you"[..], &large] {
            let made = signer.sign(data).unwrap();
            assert!(made.was_raw() && signer.verify(data, &made).unwrap());
        }
        server.heal();
        assert!(!signer.sign(b"I owe you").unwrap().was_raw());
    }
    let (private, _) = pair(&kms, &CreateKeyPair::rsa(2048));
    let signer = kms.signer(&private).unwrap();
    let signed = || server.requests()[&OperationCode::SIGN];
    server.fail(Fault::NoDigestedData.always());
    let before = signed();
    for _ in 0..3 {
        assert!(signer.verify(&large, &signer.sign(&large).unwrap()).unwrap());
    }
    // Once with a refused digest, and three times with the data.
    assert_eq!(signed() - before, 4);
    server.fail(Fault::LongestSalt.always());
    let pss = signer.with_scheme(Scheme::RsaPss(Sha2::Sha256)).unwrap();
    assert!(!pss.verify(b"x", &pss.sign(b"x").unwrap()).unwrap());
}

/// A request whose reply was lost is repeated, unless each signature is counted.
#[test]
fn signs_again_where_nobody_counts() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let (private, _) = pair(&kms, &CreateKeyPair::ec(RecommendedCurve::P_256));
    let signer = kms.signer(&private).unwrap();
    server.fail(Fault::LoseReply.on(OperationCode::SIGN));
    assert!(signer.verify(b"x", &signer.sign(b"x").unwrap()).unwrap());

    let limits = AttributeValue::UsageLimits(UsageLimits::new(10, UsageLimitsUnit::OBJECT));
    let request = CreateKeyPair::ec(RecommendedCurve::P_256)
        .private_key_attributes([limits].into_iter().collect::<Attributes<'_>>());
    let mut request = request;
    if let Some(attributes) = &mut request.private_key_attributes {
        attributes.push(AttributeValue::CryptographicUsageMask(Mask::SIGN));
    }
    let (private, _) = pair(&kms, &request);
    let signer = kms.signer(&private).unwrap();
    server.fail(Fault::LoseReply.on(OperationCode::SIGN));
    let error = signer.sign(b"x").unwrap_err();
    assert!(matches!(error, SignError::Kms(kmip_client::Error::OutcomeUnknown(_))), "{error}");
}

/// Identifiers of a server are escaped and truncated, also by `Debug`.
#[test]
fn words_of_a_server() {
    let to = format!("\u{1b}[2J\u{202e}{}", "a".repeat(1 << 20));
    let error = SignError::BrokenLink { id: "key".into(), link: LinkType::PUBLIC_KEY_LINK, to };
    for said in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(said.len() < 1200 && said.contains("(1048583 bytes in all)"), "{}", said.len());
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\n']), "{said}");
    }
}
