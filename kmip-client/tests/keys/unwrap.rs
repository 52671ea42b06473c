//! Wrapped keys, unwrapped by their wrapping keys.

use kmip_client::Config;
use kmip_client::blocking::Client;
use kmip_client::keys::{self, KeyError, PrivateKey, SecretKey};
use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters};
use kmip_client::protocol::object::{
    EncryptionKeyInformation, KeyBlock, KeyValue, KeyWrappingData, KeyWrappingSpecification, Object, SymmetricKey,
};
use kmip_client::protocol::operation::{Activate, Get, Register};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode as Mode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask, EncodingOption,
    KeyFormatType, WrappingMethod,
};
use kmip_ttlv::{V1_2, V1_4, V2_1};

use crate::openssl::{generate, is_there};
use crate::{real_server, same};

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn wrapped<'a>(mode: Option<Mode>, iv: Option<&'a [u8]>, bytes: &'a [u8]) -> Object<'a> {
    let mut parameters = CryptographicParameters::default();
    parameters.block_cipher_mode = mode;
    let information = EncryptionKeyInformation::new("kek").cryptographic_parameters(parameters);
    let mut wrapping = KeyWrappingData::new(WrappingMethod::ENCRYPT);
    wrapping.encryption_key_information = Some(information);
    wrapping.encoding_option = Some(EncodingOption::NO_ENCODING);
    wrapping.iv_counter_nonce = iv;
    let mut key_block = KeyBlock::default();
    key_block.key_format_type = KeyFormatType::RAW;
    key_block.key_value = Some(KeyValue::from_bytes(bytes));
    key_block.cryptographic_algorithm = Some(Algorithm::AES);
    key_block.key_wrapping_data = Some(wrapping.into());
    Object::SymmetricKey(SymmetricKey::new(key_block))
}

/// RFC 3394, 4.6; RFC 5649, 6; and the GCM specification of McGrew and Viega, test case 15.
#[test]
fn the_examples_of_the_specifications() {
    let kek: Vec<u8> = (0..32).collect();
    let key = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
    let bytes = hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
    for mode in [None, Some(Mode::NIST_KEY_WRAP)] {
        let opened = keys::unwrap(&wrapped(mode, None, &bytes), V2_1, &kek).unwrap();
        assert_eq!(opened.secret_key().unwrap().expose(), key);
    }

    let padding = hex("138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a");
    let padding_kek = hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
    let opened = keys::unwrap(&wrapped(Some(Mode::AES_KEY_WRAP_PADDING), None, &padding), V1_4, &padding_kek).unwrap();
    assert_eq!(opened.secret_key().unwrap().expose(), hex("c37b7e6492584340bed12207808941155068f738"));

    let gcm_kek = hex(&"feffe9928665731c6d6a8f9467308308".repeat(2));
    let nonce = hex("cafebabefacedbaddecaf888");
    let sealed = hex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c",
    );
    let joined = [&nonce[..], &sealed].concat();
    for object in [wrapped(Some(Mode::GCM), Some(&nonce), &sealed), wrapped(Some(Mode::GCM), None, &joined)] {
        let opened = keys::unwrap(&object, V2_1, &gcm_kek).unwrap();
        let key = opened.secret_key().unwrap();
        assert!(key.expose().starts_with(&hex("d9313225f88406e5a55909c5aff5269a")) && key.expose().len() == 64);
        assert!(!format!("{opened:?}").contains('['));
    }

    let told = |object: &Object<'_>, kek: &[u8]| keys::unwrap(object, V2_1, kek).map(drop).unwrap_err();
    let object = wrapped(None, None, &bytes);
    assert_eq!(told(&object, &[8; 32]), KeyError::Integrity);
    assert_eq!(told(&wrapped(Some(Mode::GCM), Some(&nonce), &sealed[1..]), &gcm_kek), KeyError::Integrity);
    assert_eq!(told(&wrapped(Some(Mode::GCM), None, &[7; 5]), &gcm_kek), KeyError::Integrity);
    assert!(told(&object, &[8; 31]).to_string().contains("31 bytes is none of AES"));
    assert!(told(&wrapped(Some(Mode::CBC), None, &bytes), &kek).to_string().contains("CBC is not known"));
    assert!(told(&wrapped(Some(Mode::GCM), Some(&[7; 16]), &bytes), &kek).to_string().contains("IV of 16 bytes"));
    for len in 0..bytes.len() {
        assert_eq!(told(&wrapped(None, None, &bytes[..len]), &kek), KeyError::Integrity);
    }
    let plain = Register::symmetric_key(Algorithm::AES, &[7; 32]);
    assert_eq!(told(&plain.object, &kek).to_string(), "the key cannot be unwrapped here: it is not wrapped");
    // The same object without the wrapping key.
    let error = SecretKey::try_from(&wrapped(Some(Mode::GCM), Some(&nonce), &sealed)).map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key is wrapped (Encrypt, GCM, by the key kek): unwrap it with the feature `unwrap`, or ask for it with Key \
         Wrap Type Not Wrapped"
    );
}

const KEK: [u8; 32] = [7; 32];

/// Registers a wrapping key, for this mode if given.
fn kek(kms: &Client, mode: Option<Mode>) -> String {
    let mut request = Register::symmetric_key(Algorithm::AES, &KEK).usage(Mask::WRAP_KEY | Mask::UNWRAP_KEY);
    if let Some(mode) = mode {
        let parameters = CryptographicParameters::default().block_cipher_mode(mode);
        request = request.attribute(AttributeValue::CryptographicParameters(parameters.into()));
    }
    let id = kms.call(&request).unwrap().payload().unique_identifier.to_string();
    kms.call(&Activate::id(&*id)).unwrap();
    id
}

#[needs::command("openssl")]
#[test]
fn unwraps_keys_from_the_embedded_kms() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    for version in [V1_2, V2_1] {
        let kms = Client::connect(&server.config().version(version)).unwrap();
        let pems = ["RSA-2048", "P-256", "P-521"].map(generate);
        for mode in [Mode::NIST_KEY_WRAP, Mode::AES_KEY_WRAP_PADDING, Mode::GCM] {
            let kek = kek(&kms, Some(mode));
            let parameters = CryptographicParameters::default().block_cipher_mode(mode);
            for encoding in [EncodingOption::NO_ENCODING, EncodingOption::TTLV_ENCODING] {
                let mut how = KeyWrappingSpecification::aes_key_wrap(&*kek);
                how.encryption_key_information =
                    Some(EncryptionKeyInformation::new(&*kek).cryptographic_parameters(parameters.clone()));
                how.encoding_option = Some(encoding);
                let secret = kms.call(&Register::symmetric_key(Algorithm::AES, &[9; 32])).unwrap();
                let fetched = kms
                    .call(&Get::id(secret.payload().unique_identifier).key_wrapping_specification(how.clone()))
                    .unwrap();
                let opened = keys::unwrap(&fetched.payload().object, fetched.version(), &KEK).unwrap();
                assert_eq!(opened.secret_key().unwrap().expose(), [9; 32], "{mode} {encoding} {version}");
                let wrong = keys::unwrap(&fetched.payload().object, fetched.version(), &[8; 32]);
                assert_eq!(wrong.map(drop).unwrap_err(), KeyError::Integrity);

                for pem in &pems {
                    let key = PrivateKey::from_pem(pem).unwrap();
                    let id = kms.call(&key.register()).unwrap().payload().unique_identifier.to_string();
                    let get = Get::id(&*id).key_wrapping_specification(how.clone());
                    let reply = match kms.call(&get) {
                        Ok(reply) => reply,
                        // Without padding the length must be a multiple of eight.
                        Err(_) if mode == Mode::NIST_KEY_WRAP && encoding == EncodingOption::NO_ENCODING => continue,
                        Err(error) => panic!("{mode} {encoding} {version}: {error}"),
                    };
                    assert!(matches!(
                        PrivateKey::try_from(&reply.payload().object),
                        Err(KeyError::Wrapped { by: Some(_), mode: Some(_), .. })
                    ));
                    let opened = keys::unwrap(&reply.payload().object, reply.version(), &KEK).unwrap();
                    assert!(same(pem, &opened.private_key().unwrap()), "{mode} {encoding} {version}");
                }
            }
        }
    }
}

/// An object that a real server wraps is unwrapped here, and equals the one that it returns unwrapped.
fn opens(config: &Config, version: kmip_ttlv::ProtocolVersion, mode: Mode, encoding: EncodingOption, named: bool) {
    let kms = Client::connect(&config.clone().version(version)).unwrap();
    // PyKMIP does not accept the attribute.
    let kek = kek(&kms, Some(mode).filter(|_| named));
    let secret = kms.call(&Register::symmetric_key(Algorithm::AES, &[9; 32])).unwrap();
    let parameters = CryptographicParameters::default().block_cipher_mode(mode);
    let mut how = KeyWrappingSpecification::aes_key_wrap(&*kek);
    how.encryption_key_information = Some(EncryptionKeyInformation::new(&*kek).cryptographic_parameters(parameters));
    how.encoding_option = Some(encoding);
    let get = Get::id(secret.payload().unique_identifier).key_wrapping_specification(how);
    let reply = kms.call(&get).unwrap_or_else(|error| panic!("{mode}, {encoding} in KMIP {version}: {error}"));
    let opened = keys::unwrap(&reply.payload().object, reply.version(), &KEK)
        .unwrap_or_else(|error| panic!("{mode}, {encoding} in KMIP {version}: {error}"));
    assert_eq!(opened.secret_key().unwrap().expose(), [9; 32]);
}

#[needs::env("KMIP_TEST_PYKMIP")]
#[test]
fn unwraps_keys_from_pykmip() {
    if let Some(config) = real_server::config("KMIP_TEST_PYKMIP") {
        opens(&config, V1_4, Mode::NIST_KEY_WRAP, EncodingOption::NO_ENCODING, false);
    }
}

#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn unwraps_keys_from_cosmian() {
    if let Some(config) = real_server::config("KMIP_TEST_COSMIAN") {
        for mode in [Mode::NIST_KEY_WRAP, Mode::AES_KEY_WRAP_PADDING, Mode::GCM] {
            for encoding in [EncodingOption::NO_ENCODING, EncodingOption::TTLV_ENCODING] {
                opens(&config, V2_1, mode, encoding, true);
            }
        }
    }
}
