//! Authentication codes, hashes and signatures, at once and in parts.

use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::object::{Object, PrivateKey, PublicKey};
use kmip_client::protocol::operation::{CreateKeyPair, Decrypt, Encrypt, Hash, Mac, MacVerify, Sign, SignatureVerify};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode as Mode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask,
    DigitalSignatureAlgorithm as Signature, HashingAlgorithm as Hashing, KeyFormatType as Format, RecommendedCurve,
    ResultReason as Reason,
};
use kmip_ttlv::{DateTime, V1_2, V1_3, V1_4, V2_0, V2_1};

use crate::{VERSIONS, block, connect, hex, in_mode, reason, register, symmetric, text};

/// RFC 4231, 4.2; RFC 4493, 4; NIST's examples of SHA for "abc".
#[test]
fn codes_and_hashes() {
    let server = TestServer::start();
    for version in VERSIONS {
        let kms = connect(&server, version);
        for (algorithm, expected) in [
            (Algorithm::HMAC_SHA224, "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22"),
            (Algorithm::HMAC_SHA256, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                Algorithm::HMAC_SHA512,
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde
                 daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
            ),
        ] {
            let id = symmetric(&kms, algorithm, &[0x0B; 20], Mask::MAC_GENERATE | Mask::MAC_VERIFY);
            let reply = kms.call(&Mac::data(&id, b"Hi There")).unwrap();
            assert_eq!(text(reply.payload().mac_data.unwrap()), text(&hex(expected)));
            let code = hex(expected);
            assert!(kms.call(&MacVerify::data(&id, b"Hi There", &code)).unwrap().payload().is_valid());
            assert!(!kms.call(&MacVerify::data(&id, b"Hi there", &code)).unwrap().payload().is_valid());
            assert!(!kms.call(&MacVerify::data(&id, b"Hi There", &code[..16])).unwrap().payload().is_valid());
        }
        let id = symmetric(&kms, Algorithm::AES, &hex("2b7e151628aed2a6abf7158809cf4f3c"), Mask::MAC_GENERATE);
        let message = hex("6bc1bee22e409f96e93d7e117393172a");
        let mut request = Mac::data(&id, &message);
        request.cryptographic_parameters = Some(in_mode(Mode::CMAC));
        let reply = kms.call(&request).unwrap();
        assert_eq!(text(reply.payload().mac_data.unwrap()), "070a16b46b4d4144f79bdd9dd04a287c");

        let abc = |hash| text(kms.call(&Hash::with(hash, b"abc")).unwrap().payload().data.unwrap());
        assert_eq!(abc(Hashing::SHA_1), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(abc(Hashing::SHA_256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        if version >= V1_4 {
            assert_eq!(abc(Hashing::SHA3_256), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
        }
        let unsupported =
            if version < V2_0 { Reason::INVALID_FIELD } else { Reason::UNSUPPORTED_CRYPTOGRAPHIC_PARAMETERS };
        assert_eq!(reason(kms.call(&Hash::with(Hashing::MD5, b"abc"))), unsupported);
    }
}

#[test]
fn hashes_codes_and_signatures_in_parts() {
    let server = TestServer::start();
    let kms = connect(&server, V1_3);
    let correlation = kms.call(&Hash::sha256(b"a").first_part()).unwrap();
    assert_eq!(correlation.payload().data, None);
    let correlation = correlation.payload().correlation_value.unwrap().to_vec();
    kms.call(&Hash::sha256(b"b").next_part(&correlation)).unwrap();
    // Another client cannot continue it.
    let bob = Client::connect(&server.config_of("bob").version(V1_3)).unwrap();
    assert_eq!(reason(bob.call(&Hash::sha256(b"c").last_part(&correlation))), Reason::ITEM_NOT_FOUND);
    let reply = kms.call(&Hash::sha256(b"c").last_part(&correlation)).unwrap();
    assert!(text(reply.payload().data.unwrap()).starts_with("ba7816bf8f01cfea"));

    let id = symmetric(&kms, Algorithm::HMAC_SHA256, &[0x0B; 20], Mask::MAC_GENERATE | Mask::MAC_VERIFY);
    let correlation = kms.call(&Mac::data(&id, b"Hi ").first_part()).unwrap();
    let correlation = correlation.payload().correlation_value.unwrap().to_vec();
    let reply = kms.call(&Mac::data(&id, b"There").last_part(&correlation)).unwrap();
    let code = reply.payload().mac_data.unwrap().to_vec();
    assert!(text(&code).starts_with("b0344c61d8db3853"));
    let first = kms.call(&MacVerify::data(&id, b"Hi There", &code).first_part()).unwrap();
    assert_eq!(first.payload().validity_indicator, None);
    let correlation = first.payload().correlation_value.unwrap();
    let mut last = MacVerify::data(&id, b"", &[]).last_part(correlation);
    (last.data, last.mac_data) = (None, None);
    assert!(kms.call(&last).unwrap().payload().is_valid());

    let (private, public) = p256_pair(&kms);
    let algorithm = Signature::ECDSA_WITH_SHA256;
    let correlation = kms.call(&Sign::data(&private, b"sam").algorithm(algorithm).first_part()).unwrap();
    let correlation = correlation.payload().correlation_value.unwrap().to_vec();
    let reply = kms.call(&Sign::data(&private, b"ple").last_part(&correlation)).unwrap();
    let signature = reply.payload().signature_data.unwrap();
    let verify = SignatureVerify::data(&public, b"sample", signature).algorithm(algorithm);
    assert!(kms.call(&verify).unwrap().payload().is_valid());

    // The maximum that one client may leave open.
    let open = (0..20).map(|_| kms.call(&Hash::sha256(b"a").first_part())).filter(Result::is_ok).count();
    assert_eq!(open, 16);
    assert!(bob.call(&Hash::sha256(b"a").first_part()).is_ok());
}

/// Registers the key of RFC 6979, A.2.5.
fn p256_pair(kms: &Client) -> (String, String) {
    let point = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6
        7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    let d = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    let spki = hex(&format!("3059301306072a8648ce3d020106082a8648ce3d030107034200 04{point}"));
    let sec1 = hex(&format!("30770201010420 {d} a00a06082a8648ce3d030107 a144034200 04{point}"));
    let private = Object::PrivateKey(PrivateKey::new(block(Format::EC_PRIVATE_KEY, Algorithm::EC, 256, &sec1)));
    let public = Object::PublicKey(PublicKey::new(block(Format::X_509, Algorithm::EC, 256, &spki)));
    (register(kms, private, Mask::SIGN, None), register(kms, public, Mask::VERIFY, None))
}

#[test]
fn signatures() {
    let server = TestServer::start();
    for version in VERSIONS {
        let kms = connect(&server, version);
        let (private, public) = p256_pair(&kms);
        let algorithm = Signature::ECDSA_WITH_SHA256;
        // RFC 6979, A.2.5: of "sample", with SHA-256, as DER.
        let known = hex("3046 022100 efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716
            022100 f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        let verify = |data, signature| {
            let request = SignatureVerify::data(&public, data, signature).algorithm(algorithm);
            kms.call(&request).unwrap().payload().is_valid()
        };
        assert!(verify(&b"sample"[..], &known) && !verify(b"Sample", &known));
        let reply = kms.call(&Sign::data(&private, b"sample").algorithm(algorithm)).unwrap();
        assert!(verify(b"sample", reply.payload().signature_data.unwrap()));
        if version >= V1_4 {
            let digest = hex("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"); // of "sample"
            let reply = kms.call(&Sign::digest(&private, &digest).algorithm(algorithm)).unwrap();
            assert!(verify(b"sample", reply.payload().signature_data.unwrap()));
            let request = SignatureVerify::digest(&public, &digest, &known).algorithm(algorithm);
            assert!(kms.call(&request).unwrap().payload().is_valid());
        }
        // The permitted uses of a key, and forbidden ones.
        let bad = if version < V2_0 { Reason::INVALID_FIELD } else { Reason::BAD_CRYPTOGRAPHIC_PARAMETERS };
        assert_eq!(reason(kms.call(&Sign::data(&private, b"sample").rsa_pss(Hashing::SHA_256))), bad);
        assert_eq!(reason(kms.call(&Sign::data(&private, b"sample"))), bad);
        let wrong =
            if version < V2_0 { Reason::PERMISSION_DENIED } else { Reason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK };
        assert_eq!(reason(kms.call(&Sign::data(&public, b"sample").algorithm(algorithm))), wrong);
    }
}

#[test]
fn new_key_pairs_sign_and_encrypt() {
    let server = TestServer::start();
    for version in [V1_2, V2_1] {
        let kms = connect(&server, version);
        let active = AttributeValue::ActivationDate(DateTime(1));
        let mut pair = CreateKeyPair::rsa(2048);
        pair.common_attributes.get_or_insert_default().push(active.clone());
        let masks = [Mask::SIGN | Mask::DECRYPT, Mask::VERIFY | Mask::ENCRYPT];
        let [private, public] =
            masks.map(|mask| Some([AttributeValue::CryptographicUsageMask(mask)].into_iter().collect()));
        (pair.private_key_attributes, pair.public_key_attributes) = (private, public);
        let made = kms.call(&pair).unwrap();
        let (private, public) =
            (made.payload().private_key_unique_identifier, made.payload().public_key_unique_identifier);
        let verify = |signature: &[u8], data| {
            let request = SignatureVerify::data(public, data, signature).rsa_pss(Hashing::SHA_384);
            kms.call(&request).unwrap().payload().is_valid()
        };
        let signed = kms.call(&Sign::data(private, b"I owe you").rsa_pss(Hashing::SHA_384)).unwrap();
        let signature = signed.payload().signature_data.unwrap();
        assert!(verify(signature, &b"I owe you"[..]) && !verify(signature, b"You owe me"));

        let pkcs1 = Signature::SHA_256_WITH_RSA_ENCRYPTION;
        let signed = kms.call(&Sign::data(private, b"I owe you").algorithm(pkcs1)).unwrap();
        let request = SignatureVerify::data(public, b"I owe you", signed.payload().signature_data.unwrap());
        assert!(kms.call(&request.algorithm(pkcs1)).unwrap().payload().is_valid());

        for hash in [Hashing::SHA_1, Hashing::SHA_256] {
            let sealed = kms.call(&Encrypt::rsa_oaep(public, hash, b"a key")).unwrap();
            let sealed = sealed.payload().data.unwrap().to_vec();
            assert_eq!(sealed.len(), 256);
            let opened = kms.call(&Decrypt::rsa_oaep(private, hash, &sealed)).unwrap();
            assert_eq!(opened.payload().data.unwrap().expose(), b"a key");
            let other = kms.call(&Decrypt::rsa_oaep(private, Hashing::SHA_512, &sealed));
            assert_eq!(reason(other), Reason::CRYPTOGRAPHIC_FAILURE);
        }
        for (curve, algorithm) in [
            (RecommendedCurve::P_256, Signature::ECDSA_WITH_SHA256),
            (RecommendedCurve::P_384, Signature::ECDSA_WITH_SHA384),
            (RecommendedCurve::P_521, Signature::ECDSA_WITH_SHA512),
        ] {
            let mut pair = CreateKeyPair::ec(curve);
            pair.common_attributes.get_or_insert_default().push(active.clone());
            let made = kms.call(&pair).unwrap();
            let private = made.payload().private_key_unique_identifier;
            let signed = kms.call(&Sign::data(private, b"I owe you").algorithm(algorithm)).unwrap();
            let signature = signed.payload().signature_data.unwrap();
            let request = SignatureVerify::data(made.payload().public_key_unique_identifier, b"I owe you", signature);
            assert!(kms.call(&request.algorithm(algorithm)).unwrap().payload().is_valid());
        }
    }
}
