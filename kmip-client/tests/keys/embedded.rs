//! The embedded KMS with keys of every format: conversion, signing, and imitation of other servers.

use kmip_client::blocking::Client;
use kmip_client::keys::{KeyKind, PrivateKey, PublicKey};
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::operation::{Activate, CreateKeyPair, Get, GetAttributes, Sign, SignatureVerify};
use kmip_client::test_server::{Fault, TestServer};
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm, DigitalSignatureAlgorithm as Named, HashingAlgorithm, KeyFormatType as Format,
    OperationCode, RecommendedCurve, ValidityIndicator,
};
use kmip_ttlv::{Tag, V2_1};

use crate::formats::{PRIVATE, PUBLIC, is_written};
use crate::openssl::{KINDS, generate, is_there, public_half, verify};
use crate::{format_of, same};

/// Every format of registration, fetched in every other.
#[needs::command("openssl")]
#[test]
fn every_format_into_every_other() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    for (name, _) in KINDS.into_iter().filter(|(name, _)| *name != "RSA-3072") {
        let pem = generate(name);
        let (key, public) = (PrivateKey::from_pem(&pem).unwrap(), PublicKey::from_pem(public_half(&pem)).unwrap());
        for from in PRIVATE.into_iter().filter(|format| is_written(*format, key.kind(), V2_1)) {
            let encoded = key.encode(from).unwrap();
            let id = kms.call(&encoded.register()).unwrap().payload().unique_identifier.to_string();
            for to in PRIVATE.into_iter().filter(|format| is_written(*format, key.kind(), V2_1)) {
                let told = format!("{name} from {from} to {to}");
                let reply = kms.call(&Get::id(&*id).format(to)).unwrap_or_else(|error| panic!("{told}: {error}"));
                let object = reply.payload().object;
                assert_eq!(format_of(&object), to, "{told}");
                // Raw alone does not determine the curve.
                if to != Format::RAW {
                    assert!(same(&pem, &PrivateKey::try_from(&object).unwrap()), "{told}");
                } else {
                    let raw = key.encode(Format::RAW).unwrap();
                    assert_eq!(object.key_block().unwrap().bytes().unwrap().expose(), raw.bytes().unwrap(), "{told}");
                }
            }
        }
        for from in PUBLIC.into_iter().filter(|format| is_written(*format, key.kind(), V2_1)) {
            let encoded = public.encode(from).unwrap();
            let id = kms.call(&encoded.register()).unwrap().payload().unique_identifier.to_string();
            for to in PUBLIC.into_iter().filter(|format| is_written(*format, key.kind(), V2_1)) {
                let told = format!("public {name} from {from} to {to}");
                let reply = kms.call(&Get::id(&*id).format(to)).unwrap_or_else(|error| panic!("{told}: {error}"));
                assert_eq!(format_of(&reply.payload().object), to, "{told}");
                if to != Format::RAW {
                    assert_eq!(PublicKey::try_from(&reply.payload().object).unwrap(), public, "{told}");
                }
            }
        }
    }
}

/// A key registered in any format signs, and its public half verifies.
#[needs::command("openssl")]
#[test]
fn keys_of_every_format_sign() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    for (name, algorithm) in [
        ("RSA-2048", Some(Named::SHA_256_WITH_RSA_ENCRYPTION)),
        ("P-256", Some(Named::ECDSA_WITH_SHA256)),
        ("P-521", Some(Named::ECDSA_WITH_SHA512)),
        ("Ed25519", None),
    ] {
        let pem = generate(name);
        let (key, public) = (PrivateKey::from_pem(&pem).unwrap(), PublicKey::from_pem(public_half(&pem)).unwrap());
        let with = |request: kmip_client::protocol::operation::SignRequest<'static>| match algorithm {
            Some(algorithm) => request.algorithm(algorithm),
            None => request,
        };
        let mut signatures = Vec::new();
        for format in PRIVATE.into_iter().filter(|format| is_written(*format, key.kind(), V2_1)) {
            let encoded = key.encode(format).unwrap();
            let id = kms.call(&encoded.register()).unwrap().payload().unique_identifier.to_string();
            kms.call(&Activate::id(&*id)).unwrap();
            let mut request = with(Sign::data("", b"I owe you"));
            request.unique_identifier = Some((&*id).into());
            let signed = kms.call(&request).unwrap_or_else(|error| panic!("{name} as {format}: {error}"));
            let signature = signed.payload().signature_data.unwrap().to_vec();
            let hash = match name {
                "P-521" => "sha512",
                "Ed25519" => "",
                _ => "sha256",
            };
            assert!(verify(&public_half(&pem), hash, &[], b"I owe you", &signature), "{name} as {format}");
            signatures.push(signature);
        }
        for format in PUBLIC.into_iter().filter(|format| is_written(*format, key.kind(), V2_1)) {
            let encoded = public.encode(format).unwrap();
            let id = kms.call(&encoded.register()).unwrap().payload().unique_identifier.to_string();
            kms.call(&Activate::id(&*id)).unwrap();
            for (data, expected) in
                [(&b"I owe you"[..], ValidityIndicator::VALID), (b"I owe me", ValidityIndicator::INVALID)]
            {
                let request = SignatureVerify::data(&*id, data, &signatures[0]);
                let request = algorithm.map_or(request.clone(), |algorithm| request.algorithm(algorithm));
                let answer = kms.call(&request).unwrap_or_else(|error| panic!("{name} as {format}: {error}"));
                assert_eq!(answer.payload().validity_indicator, Some(expected), "{name} as {format}");
            }
        }
    }
}

#[needs::command("openssl")]
#[test]
fn a_pair_of_ed25519() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let mut request = CreateKeyPair::ec(RecommendedCurve::CURVE25519);
    let common = request.common_attributes.as_mut().unwrap();
    common.list[0] = AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::ED25519).into();
    let made = kms.call(&request).unwrap();
    let private = made.payload().private_key_unique_identifier;
    kms.call(&Activate::id(private)).unwrap();
    let key = kms.private_key(private).unwrap();
    assert_eq!(key.kind(), KeyKind::Ed25519);
    let public = kms.public_key(made.payload().public_key_unique_identifier).unwrap();
    assert_eq!(public_half(key.to_pkcs8_pem().unwrap().as_bytes()), public.to_public_key_pem().unwrap());
    let signed = kms.call(&Sign::data(private, b"I owe you")).unwrap();
    let signature = signed.payload().signature_data.unwrap();
    assert_eq!(signature.len(), 64);
    assert!(verify(&public.to_public_key_pem().unwrap(), "", &[], b"I owe you", signature));
    kms.call(&Sign::digest(private, &[7; 32])).unwrap_err();
}

/// Deviations of other servers, together and one at a time.
#[needs::command("openssl")]
#[test]
fn imitates_other_servers() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_384)).unwrap();
    let (ec, ec_public) = (made.payload().private_key_unique_identifier, made.payload().public_key_unique_identifier);
    let pair = kms.call(&CreateKeyPair::rsa(2048)).unwrap();
    let rsa = pair.payload().private_key_unique_identifier;
    for id in [ec, ec_public, rsa] {
        kms.call(&Activate::id(id)).unwrap();
    }
    let algorithm = Named::ECDSA_WITH_SHA384;
    let len = || {
        let signed = kms.call(&Sign::data(ec, b"data").algorithm(algorithm)).unwrap();
        let signature = signed.payload().signature_data.unwrap().to_vec();
        let answer = kms.call(&SignatureVerify::data(ec_public, b"data", &signature).algorithm(algorithm));
        (signature.len(), answer.unwrap().payload().validity_indicator == Some(ValidityIndicator::VALID))
    };
    assert!(len().0 > 96 && len().1);
    server.fail(Fault::RawSignatures.on(OperationCode::SIGN).always());
    assert_eq!(len(), (96, false));
    server.fail(Fault::RawSignatures.on(OperationCode::SIGNATURE_VERIFY).always());
    assert_eq!(len(), (96, true));

    let digest = || kms.call(&Sign::digest(ec, &[7; 48]).algorithm(algorithm)).is_ok();
    assert!(digest());
    server.fail(Fault::NoDigestedData.times(1));
    assert!(!digest() && digest());

    let links = || {
        let reply = kms.call(&GetAttributes::id(ec).attribute(Tag::LINK)).unwrap();
        reply.payload().attributes.unwrap_or_default().list.len()
    };
    assert_eq!(links(), 1);
    server.fail(Fault::NoLinks.always());
    // Together with a fault.
    server.fail(Fault::CloseAfterReply.on(OperationCode::GET_ATTRIBUTES));
    assert_eq!(links(), 0);

    let key = kms.public_key(pair.payload().public_key_unique_identifier).unwrap().to_public_key_pem().unwrap();
    let salt = |len| {
        let signed = kms.call(&Sign::data(rsa, b"data").rsa_pss(HashingAlgorithm::SHA_256)).unwrap();
        let padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", len];
        verify(&key, "sha256", &padding, b"data", signed.payload().signature_data.unwrap())
    };
    assert!(salt("rsa_pss_saltlen:digest"));
    server.fail(Fault::LongestSalt.always());
    assert!(!salt("rsa_pss_saltlen:digest") && salt("rsa_pss_saltlen:max"));

    server.heal();
    assert!(len().1 && links() == 1 && salt("rsa_pss_saltlen:digest"));
}
