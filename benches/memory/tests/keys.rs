//! Keys on their way in and out, signers, and flows free no key and no plaintext unwiped.
#![allow(clippy::unwrap_used)]

use kmip_client::{
    Exchange,
    blocking::Client,
    flow::Migration,
    keys::{self, KeyError, PrivateKey, PublicKey, SecretKey},
    protocol::{
        attribute::CryptographicParameters,
        object::{EncryptionKeyInformation, KeyBlock, KeyValue, KeyWrappingData, Object, SymmetricKey},
        operation::{Activate, Create, CreateKeyPair, Register},
    },
    test_server::TestServer,
};
use kmip_ttlv::{
    V1_4, V2_1,
    enumeration::{
        BlockCipherMode as Mode, CryptographicAlgorithm, EncodingOption, KeyFormatType as Format, RecommendedCurve,
        WrappingMethod,
    },
};
use memory::{Watcher, assert_wiped};

#[global_allocator]
static WATCHER: Watcher = Watcher;

macro_rules! pem {
    ($name:literal) => {
        include_bytes!(concat!("../../../kmip-client/tests/pem/", $name)).as_slice()
    };
}

/// The formats of private keys.
const FORMATS: [Format; 7] = [
    Format::RAW,
    Format::PKCS_1,
    Format::PKCS_8,
    Format::EC_PRIVATE_KEY,
    Format::TRANSPARENT_RSA_PRIVATE_KEY,
    Format::TRANSPARENT_EC_PRIVATE_KEY,
    Format::TRANSPARENT_ECDSA_PRIVATE_KEY,
];

/// A secret, which is never freed.
fn leaked(bytes: impl Into<Vec<u8>>) -> &'static [u8] {
    bytes.into().leak()
}

fn key() -> &'static [u8] {
    leaked((0..32_u8).map(|index| index.wrapping_mul(151) ^ 0xA7).collect::<Vec<_>>())
}

/// Returns the values in DER with this tag, at any depth that is made of sequences and octet strings.
fn der_values(mut der: &'static [u8], tag: u8) -> Vec<&'static [u8]> {
    let mut found = Vec::new();
    while let [kind, length, rest @ ..] = der {
        let (long, short) = (usize::from(length & 0x7F), usize::from(*length));
        let (length, rest) = match length {
            ..0x80 => (short, rest),
            _ => (rest[..long].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), &rest[long..]),
        };
        let Some((value, behind)) = rest.split_at_checked(length) else { break };
        if *kind == tag {
            found.push(value);
        }
        if [0x30, 0x04].contains(kind) {
            found.extend(der_values(value, tag));
        }
        der = behind;
    }
    found
}

/// Returns what has to be wiped of a private key in PKCS#8: the number alone, and the text of PEM that has it.
fn secrets_of(pem: &[u8]) -> [&'static [u8]; 2] {
    let der = leaked(PrivateKey::from_pem(pem).unwrap().to_pkcs8_der());
    let (integers, strings) = (der_values(der, 0x02), der_values(der, 0x04));
    // The private exponent of RSA stands behind two versions, the modulus and the public exponent; its first byte may
    // be a zero.
    let number = match integers.iter().filter(|integer| integer.len() > 64).nth(1) {
        Some(exponent) => &exponent[1..],
        None => strings.iter().find(|string| string.len() == 32).unwrap(),
    };
    let text: String = str::from_utf8(pem).unwrap().lines().nth(2).unwrap().into();
    [number, leaked(text)]
}

#[test]
fn private_keys_are_converted() {
    for pem in [pem!("p256-pkcs8.key"), pem!("rsa-pkcs8.key")] {
        let secrets = secrets_of(pem);
        let wiped = |what: &str, action: &mut dyn FnMut()| assert_wiped(what, &secrets, action);
        wiped("PEM", &mut || drop(PrivateKey::from_pem(pem).unwrap()));
        let key = PrivateKey::from_pem(pem).unwrap();
        wiped("PEM out", &mut || drop(key.to_pkcs8_pem().unwrap()));
        wiped("DER", &mut || drop(PrivateKey::from_der(key.to_pkcs8_der()).unwrap()));
        wiped("DER that is cut off", &mut || {
            let der = key.to_pkcs8_der();
            drop(PrivateKey::from_der(&der[..der.len() - 1]).unwrap_err());
        });
        let mut written = 0;
        for format in FORMATS {
            let Ok(encoded) = key.encode(format) else { continue };
            written += 1;
            wiped(&format!("{format} out"), &mut || drop(key.encode(format).unwrap()));
            wiped(&format!("Register of {format}"), &mut || {
                drop(Exchange::new(V2_1, &encoded.register()).map(drop));
            });
            wiped(&format!("{format} in"), &mut || drop(PrivateKey::try_from(&encoded.object())));
        }
        assert!(written >= 3, "{written}");
        wiped("a clone", &mut || drop(key.clone()));
        wiped("the key", &mut || drop(PrivateKey::from_pem(pem).unwrap().register()));
    }
}

#[test]
fn encrypted_private_keys_are_opened() {
    let secrets = secrets_of(pem!("p256-pkcs8.key"));
    for file in [
        pem!("p256-pkcs8-encrypted.key"),
        pem!("p256-pkcs8-3des.key"),
        pem!("p256-pkcs8-aes128.key"),
        pem!("p256-pkcs8-scrypt.key"),
        pem!("p256-sec1-encrypted.key"),
        pem!("p256-sec1-aes128.key"),
        pem!("p256-sec1-des3.key"),
    ] {
        for (passphrase, opens) in [("secret", true), ("Secret", false)] {
            assert_wiped("encrypted PEM", &secrets, || {
                assert_eq!(PrivateKey::from_encrypted_pem(file, passphrase).is_ok(), opens);
            });
        }
    }
}

#[test]
fn secret_keys_are_wiped() {
    let key = key();
    assert_wiped("a secret key", &[key], || {
        let secret = SecretKey::new(CryptographicAlgorithm::AES, key.to_vec().into());
        drop(Exchange::new(V1_4, &secret.register()).unwrap());
        drop(secret.clone().into_bytes());
    });
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn wrapped<'a>(mode: Mode, iv: Option<&'a [u8]>, bytes: &'a [u8]) -> Object<'a> {
    let mut parameters = CryptographicParameters::default();
    parameters.block_cipher_mode = Some(mode);
    let information = EncryptionKeyInformation::new("kek").cryptographic_parameters(parameters);
    let mut wrapping = KeyWrappingData::new(WrappingMethod::ENCRYPT);
    wrapping.encryption_key_information = Some(information);
    wrapping.encoding_option = Some(EncodingOption::NO_ENCODING);
    wrapping.iv_counter_nonce = iv;
    let mut block = KeyBlock::default();
    block.key_format_type = Format::RAW;
    block.key_value = Some(KeyValue::from_bytes(bytes));
    block.cryptographic_algorithm = Some(CryptographicAlgorithm::AES);
    block.key_wrapping_data = Some(wrapping.into());
    Object::SymmetricKey(SymmetricKey::new(block))
}

/// The examples of RFC 3394, 4.6, of RFC 5649, 6, and test case 15 of the GCM specification.
#[test]
fn wrapped_keys_are_opened() {
    let nonce = hex("cafebabefacedbaddecaf888");
    let sealed = hex(concat!(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838",
        "c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c",
    ));
    let kek: Vec<u8> = (0..32).collect();
    let padding = hex("138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a");
    let by_rfc_3394 = hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
    for (what, object, kek, key) in [
        (
            "RFC 3394",
            wrapped(Mode::NIST_KEY_WRAP, None, &by_rfc_3394),
            kek,
            "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
        ),
        (
            "RFC 5649",
            wrapped(Mode::AES_KEY_WRAP_PADDING, None, &padding),
            hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8"),
            "c37b7e6492584340bed12207808941155068f738",
        ),
        (
            "GCM",
            wrapped(Mode::GCM, Some(&nonce), &sealed),
            hex(&"feffe9928665731c6d6a8f9467308308".repeat(2)),
            "d9313225f88406e5a55909c5aff5269a",
        ),
    ] {
        let (secret, kek) = (leaked(hex(key)), leaked(kek));
        assert_wiped(what, &[secret, &kek[..16]], || {
            let opened = keys::unwrap(&object, V2_1, kek).unwrap();
            assert!(opened.secret_key().unwrap().expose().starts_with(secret));
        });
        assert_wiped(what, &[secret, &kek[..16]], || {
            let wrong: Vec<u8> = kek.iter().map(|byte| !byte).collect();
            assert_eq!(keys::unwrap(&object, V2_1, &wrong).map(drop).unwrap_err(), KeyError::Integrity);
        });
    }
}

#[test]
fn keys_are_fetched_and_used_where_they_are() {
    let secrets = secrets_of(pem!("p256-pkcs8.key"));
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    let key = PrivateKey::from_pem(pem!("p256-pkcs8.key")).unwrap();
    let id = kms.call(&key.register()).unwrap().payload().unique_identifier.to_string();
    assert_wiped("a private key", &secrets, || drop(kms.private_key(&*id).unwrap()));
    let id = kms.call(&Register::symmetric_key(CryptographicAlgorithm::AES, self::key())).unwrap();
    let id = id.payload().unique_identifier.to_string();
    assert_wiped("a secret key", &[self::key()], || {
        assert_eq!(kms.secret_key(&*id).unwrap().expose(), self::key());
    });

    let plaintext = self::key();
    let encrypting = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    kms.call(&Activate::id(&*encrypting)).unwrap();
    assert_wiped("plaintext", &[plaintext], || {
        let aead = kms.aead(&encrypting);
        let mut sealed = aead.seal(plaintext, b"").unwrap();
        assert_eq!(*aead.open(&sealed, b"").unwrap(), plaintext);
        sealed.tag[0] ^= 1;
        aead.open(&sealed, b"").unwrap_err();
    });

    let pair = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256)).unwrap();
    let pair = pair.payload();
    let private = pair.private_key_unique_identifier.to_string();
    kms.call(&Activate::id(&*private)).unwrap();
    kms.call(&Activate::id(pair.public_key_unique_identifier)).unwrap();
    let signer = kms.signer(&private).unwrap();
    assert_wiped("data to sign", &[plaintext], || {
        let signature = signer.sign(plaintext).unwrap();
        assert!(signer.verify(plaintext, &signature).unwrap());
    });
    let _: &PublicKey = signer.public_key();
}

#[test]
fn keys_are_carried_to_another_server() {
    let (old, new) = (TestServer::start(), TestServer::start());
    let (from, to) = (Client::connect(&old.config()).unwrap(), Client::connect(&new.config()).unwrap());
    from.call(&Register::symmetric_key(CryptographicAlgorithm::AES, key())).unwrap();
    let pem = PrivateKey::from_pem(pem!("p256-pkcs8.key")).unwrap();
    from.call(&pem.register()).unwrap();
    let [number, _] = secrets_of(pem!("p256-pkcs8.key"));
    let journal = std::env::temp_dir().join(format!("kmip-memory-{}", std::process::id()));
    assert_wiped("a migration", &[key(), number], || {
        let report = from.run(async |from| {
            let to = to.for_flow();
            Migration::new(&from, &to).journal(&journal).run().await
        });
        assert_eq!(report.unwrap().carried().len(), 2);
    });
    std::fs::remove_file(&journal).unwrap();
}
