//! Keys that stay in the KMS: signatures verified by openssl, TLS with openssl, and errors.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod aead;
#[path = "../openssl/mod.rs"]
mod openssl;
#[path = "../real_server/mod.rs"]
mod real_server;
mod servers;
mod signatures;
mod tls;

use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, CreateKeyPair, CreateKeyPairRequest};
use kmip_ttlv::enumeration::{CryptographicAlgorithm, RecommendedCurve};

/// Creates an active key pair, and returns the identifiers of the private and the public half.
fn pair(kms: &Client, request: &CreateKeyPairRequest<'_>) -> (String, String) {
    let made = kms.call(request).unwrap();
    let private = made.payload().private_key_unique_identifier.to_string();
    let public = made.payload().public_key_unique_identifier.to_string();
    for id in [&private, &public] {
        kms.call(&Activate::id(id)).unwrap();
    }
    (private, public)
}

fn ed25519() -> CreateKeyPairRequest<'static> {
    let mut request = CreateKeyPair::ec(RecommendedCurve::CURVE25519);
    let common = request.common_attributes.as_mut().unwrap();
    common.list[0] = AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::ED25519).into();
    request
}
