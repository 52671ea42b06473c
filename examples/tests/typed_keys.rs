//! Keys and signatures in the types of RustCrypto's crates. kmip-client depends on none of them: the traits of `pkcs8`
//! and `signature` connect them.
#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "../../kmip-client/tests/openssl/mod.rs"]
mod openssl;

use kmip_client::blocking::{Client, FlowClient};
use kmip_client::keys::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use kmip_client::keys::signature::{Signer, Verifier};
use kmip_client::keys::{KeyError, KmsSigner, PrivateKey, Scheme, Sha2};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, CreateKeyPair, CreateKeyPairRequest};
use kmip_client::test_server::TestServer;
use kmip_client::ttlv::enumeration::{CryptographicAlgorithm, RecommendedCurve};

use openssl::{generate, is_there};

/// Registers and fetches a key, converts it to the type and back, and compares the bytes.
fn there_and_back<K: DecodePrivateKey + EncodePrivateKey>(kms: &Client, name: &str) {
    let key = PrivateKey::from_pem(generate(name)).unwrap();
    let made = kms.call(&key.register()).unwrap();
    let fetched = kms.private_key(made.payload().unique_identifier).unwrap();
    let typed: K = fetched.decode().unwrap_or_else(|error| panic!("{name}: {error}"));
    let back = PrivateKey::from_key(&typed).unwrap();
    assert_eq!(back.kind(), key.kind());
    assert_eq!(back.to_pkcs8_der(), key.to_pkcs8_der(), "{name}");
}

#[needs::command("openssl")]
#[test]
fn typed_private_keys() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    there_and_back::<p256::SecretKey>(&kms, "P-256");
    there_and_back::<p384::SecretKey>(&kms, "P-384");
    there_and_back::<p521::SecretKey>(&kms, "P-521");
    there_and_back::<k256::SecretKey>(&kms, "secp256k1");
    there_and_back::<ed25519_dalek::SigningKey>(&kms, "Ed25519");
    there_and_back::<rsa::PrivateKey>(&kms, "RSA-2048");

    let key = PrivateKey::from_pem(generate("P-256")).unwrap();
    assert!(matches!(key.decode::<p384::SecretKey>(), Err(KeyError::Typed { .. })));
    let public: p256::PublicKey = key.public_key().unwrap().decode().unwrap();
    assert_eq!(public, key.decode::<p256::SecretKey>().unwrap().public_key());
}

fn signer(kms: &Client, request: &CreateKeyPairRequest<'_>) -> KmsSigner<FlowClient> {
    let made = kms.call(request).unwrap();
    let id = made.payload().private_key_unique_identifier;
    kms.call(&Activate::id(id)).unwrap();
    kms.signer(&id.to_string()).unwrap()
}

const DATA: &[u8] = b"I owe you";

#[test]
fn typed_signatures() {
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();

    let by = signer(&kms, &CreateKeyPair::ec(RecommendedCurve::P_256));
    let key: p256::ecdsa::VerifyingKey = by.public_key().decode().unwrap();
    let made: p256::ecdsa::Signature = by.try_sign(DATA).unwrap();
    key.verify(DATA, &made).unwrap();
    let made: p256::ecdsa::DerSignature = by.try_sign(DATA).unwrap();
    key.verify(DATA, &made).unwrap();
    assert!(key.verify(b"I owe me", &made).is_err());

    let by = signer(&kms, &CreateKeyPair::ec(RecommendedCurve::P_384));
    let made: p384::ecdsa::Signature = by.try_sign(DATA).unwrap();
    by.public_key().decode::<p384::ecdsa::VerifyingKey>().unwrap().verify(DATA, &made).unwrap();

    let by = signer(&kms, &CreateKeyPair::ec(RecommendedCurve::P_521));
    let made: p521::ecdsa::Signature = by.try_sign(DATA).unwrap();
    by.public_key().decode::<p521::ecdsa::VerifyingKey>().unwrap().verify(DATA, &made).unwrap();

    let mut request = CreateKeyPair::ec(RecommendedCurve::CURVE25519);
    let common = request.common_attributes.as_mut().unwrap();
    common.list[0] = AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::ED25519).into();
    let by = signer(&kms, &request);
    let made: ed25519_dalek::Signature = by.try_sign(DATA).unwrap();
    by.public_key().decode::<ed25519_dalek::VerifyingKey>().unwrap().verify(DATA, &made).unwrap();

    let by = signer(&kms, &CreateKeyPair::rsa(2048));
    let key: rsa::PublicKey = by.public_key().decode().unwrap();
    let made: rsa::pkcs1v15::Signature = by.try_sign(DATA).unwrap();
    rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(key.clone()).verify(DATA, &made).unwrap();
    let pss = by.with_scheme(Scheme::RsaPss(Sha2::Sha384)).unwrap();
    let made: rsa::pss::Signature = pss.try_sign(DATA).unwrap();
    rsa::pss::VerifyingKey::<sha2::Sha384>::new(key).verify(DATA, &made).unwrap();
}
