//! The cryptography of the embedded KMS against values that NIST and the RFCs have published, through the client.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write as _;

use kmip_client::Error;
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters, UsageLimits};
use kmip_client::protocol::object::{
    KeyBlock, KeyValue, KeyWrappingSpecification, Object, PrivateKey, PublicKey, SecretData, SymmetricKey,
};
use kmip_client::protocol::operation::{
    CreateKeyPair, CreateSplitKey, CreateSplitKeyRequest, Decrypt, DecryptRequest, DeriveKey, DeriveKeyRequest,
    Destroy, Encrypt, EncryptRequest, Export, Get, GetAttributes, Hash, Import, JoinSplitKey, Mac, MacVerify, Register,
    Revoke, RngRetrieve, RngSeed, Sign, SignatureVerify,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode as Mode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask, DerivationMethod,
    DigitalSignatureAlgorithm as Signature, EncodingOption, HashingAlgorithm as Hashing, KeyFormatType as Format,
    KeyWrapType, LinkType, ObjectType, PaddingMethod as Padding, RecommendedCurve, ResultReason as Reason,
    RevocationReasonCode, SecretDataType, UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, ProtocolVersion, Tag, V1_2, V1_3, V1_4, V2_0, V2_1};

/// The versions that have these operations.
const VERSIONS: [ProtocolVersion; 5] = [V1_2, V1_3, V1_4, V2_0, V2_1];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn connect(server: &TestServer, version: ProtocolVersion) -> Client {
    Client::connect(&server.config().version(version)).unwrap()
}

/// Registers an object that is active at once, and may be used for this.
fn register(kms: &Client, object: Object<'_>, mask: Mask, parameters: Option<CryptographicParameters<'_>>) -> String {
    let request = Register::object(object).usage(mask).attribute(AttributeValue::ActivationDate(DateTime(1)));
    let request = match parameters {
        Some(parameters) => request.attribute(AttributeValue::CryptographicParameters(parameters)),
        None => request,
    };
    kms.call(&request).unwrap().payload().unique_identifier.to_string()
}

fn block(format: Format, algorithm: Algorithm, bits: usize, bytes: &[u8]) -> KeyBlock<'_> {
    KeyBlock {
        key_format_type: format,
        key_value: Some(KeyValue::from_bytes(bytes)),
        cryptographic_algorithm: Some(algorithm),
        cryptographic_length: i32::try_from(bits).ok(),
        ..KeyBlock::default()
    }
}

fn symmetric(kms: &Client, algorithm: Algorithm, bytes: &[u8], mask: Mask) -> String {
    let key_block = block(Format::RAW, algorithm, bytes.len() * 8, bytes);
    register(kms, Object::SymmetricKey(SymmetricKey { key_block }), mask, None)
}

fn secret(kms: &Client, bytes: &[u8]) -> String {
    let key_block = KeyBlock {
        key_format_type: Format::OPAQUE,
        key_value: Some(KeyValue::from_bytes(bytes)),
        ..KeyBlock::default()
    };
    let object = Object::SecretData(SecretData { secret_data_type: SecretDataType::PASSWORD, key_block });
    register(kms, object, Mask::DERIVE_KEY, None)
}

fn value(kms: &Client, id: &str) -> Vec<u8> {
    let reply = kms.call(&Get::id(id)).unwrap();
    let object = reply.payload().object;
    object.key_block().and_then(KeyBlock::bytes).unwrap().expose().to_vec()
}

fn reason<T: std::fmt::Debug>(result: Result<T, Error>) -> Reason {
    result.unwrap_err().reason().unwrap()
}

const BOTH: fn() -> Mask = || Mask::ENCRYPT | Mask::DECRYPT;

/// NIST SP 800-38A, F.1 to F.5, with AES-128.
const PLAINTEXT: &str = "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
    30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710";
const MODES: [(Mode, &str, &str); 5] = [
    (
        Mode::ECB,
        "",
        "3ad77bb40d7a3660a89ecaf32466ef97 f5d3d58503b9699de785895a96fdbaaf
         43b1cd7f598ece23881b00e3ed030688 7b0c785e27e8ad3f8223207104725dd4",
    ),
    (
        Mode::CBC,
        "000102030405060708090a0b0c0d0e0f",
        "7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2
         73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7",
    ),
    (
        Mode::CFB,
        "000102030405060708090a0b0c0d0e0f",
        "3b3fd92eb72dad20333449f8e83cfb4a c8a64537a0b3a93fcde3cdad9f1ce58b
         26751f67a3cbb140b1808cf187a4f4df c04b05357c5d1c0eeac4c66f9ff7f2e6",
    ),
    (
        Mode::OFB,
        "000102030405060708090a0b0c0d0e0f",
        "3b3fd92eb72dad20333449f8e83cfb4a 7789508d16918f03f53c52dac54ed825
         9740051e9c5fecf64344f7a82260edcc 304c6528f659c77866a510d9c1d6ae5e",
    ),
    (
        Mode::CTR,
        "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        "874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff
         5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee",
    ),
];

fn in_mode<'a>(mode: Mode) -> CryptographicParameters<'a> {
    CryptographicParameters { block_cipher_mode: Some(mode), ..CryptographicParameters::default() }
}

fn with_iv<'a>(request: EncryptRequest<'a>, iv: &'a [u8]) -> EncryptRequest<'a> {
    if iv.is_empty() { request } else { request.iv(iv) }
}

#[test]
fn the_modes_of_aes() {
    let server = TestServer::start();
    let (plaintext, key) = (hex(PLAINTEXT), hex("2b7e151628aed2a6abf7158809cf4f3c"));
    for version in VERSIONS {
        let kms = connect(&server, version);
        let id = symmetric(&kms, Algorithm::AES, &key, BOTH());
        for (mode, iv, ciphertext) in MODES {
            let (iv, ciphertext) = (hex(iv), hex(ciphertext));
            let reply = kms.call(&with_iv(Encrypt::with(&id, in_mode(mode), &plaintext), &iv)).unwrap();
            assert_eq!(text(reply.payload().data.unwrap()), text(&ciphertext), "{mode}");
            assert_eq!((reply.payload().tag, reply.payload().iv_counter_nonce), (None, None));
            let request = Decrypt::with(&id, in_mode(mode), &ciphertext);
            let request = if iv.is_empty() { request } else { request.iv(&iv) };
            assert_eq!(kms.call(&request).unwrap().payload().data.unwrap().expose(), plaintext, "{mode}");
        }
    }
}

/// Cut anywhere, the parts give what the whole gives; what a mode can give early comes early.
#[test]
fn encryption_in_parts_is_the_same_as_at_once() {
    let server = TestServer::start();
    let plaintext = [hex(PLAINTEXT), b"and a rest".to_vec()].concat();
    for version in [V1_3, V2_1] {
        let kms = connect(&server, version);
        let id = symmetric(&kms, Algorithm::AES, &hex("2b7e151628aed2a6abf7158809cf4f3c"), BOTH());
        let padded = |mode| CryptographicParameters { padding_method: Some(Padding::PKCS5), ..in_mode(mode) };
        for (parameters, iv) in MODES.map(|(mode, iv, _)| (padded(mode), hex(iv))) {
            let encrypt = |data| encrypt(&id, &parameters, data);
            let whole = kms.call(&with_iv(encrypt(&plaintext), &iv)).unwrap().payload().data.unwrap().to_vec();
            for (first, second) in [(0, 16), (1, 2), (15, 33), (16, 32), (40, 74)] {
                let mut ciphertext = Vec::new();
                let request = with_iv(encrypt(&plaintext[..first]), &iv).first_part();
                let reply = kms.call(&request).unwrap();
                ciphertext.extend_from_slice(reply.payload().data.unwrap());
                assert_eq!(ciphertext.len(), first / 16 * 16);
                let correlation = reply.payload().correlation_value.unwrap().to_vec();
                let request = encrypt(&plaintext[first..second]).next_part(&correlation);
                let reply = kms.call(&request).unwrap();
                assert_eq!(reply.payload().correlation_value, Some(&correlation[..]));
                ciphertext.extend_from_slice(reply.payload().data.unwrap());
                let request = encrypt(&plaintext[second..]).last_part(&correlation);
                let reply = kms.call(&request).unwrap();
                assert_eq!(reply.payload().correlation_value, None);
                ciphertext.extend_from_slice(reply.payload().data.unwrap());
                assert_eq!(text(&ciphertext), text(&whole), "{parameters:?} {first} {second}");
                // It is over.
                let again = reason(kms.call(&encrypt(b"").last_part(&correlation)));
                let over = if version < V2_0 { Reason::ITEM_NOT_FOUND } else { Reason::INVALID_CORRELATION_VALUE };
                assert_eq!(again, over);
            }
            assert_eq!(decrypt_in_parts(&kms, &id, &parameters, &iv, &whole), plaintext);
        }
    }
}

fn encrypt<'a>(id: &'a str, how: &CryptographicParameters<'a>, data: &'a [u8]) -> EncryptRequest<'a> {
    Encrypt::with(id, how.clone(), data)
}

/// Byte by byte.
fn decrypt_in_parts(
    kms: &Client,
    id: &str,
    parameters: &CryptographicParameters<'_>,
    iv: &[u8],
    ciphertext: &[u8],
) -> Vec<u8> {
    let request = |data| Decrypt::with(id, parameters.clone(), data);
    let first: DecryptRequest<'_> = request(&ciphertext[..1]).first_part();
    let reply = kms.call(&if iv.is_empty() { first } else { first.iv(iv) }).unwrap();
    let correlation = reply.payload().correlation_value.unwrap().to_vec();
    let mut plaintext = reply.payload().data.unwrap().expose().to_vec();
    for byte in ciphertext[1..].chunks(1) {
        let reply = kms.call(&request(byte).next_part(&correlation)).unwrap();
        plaintext.extend_from_slice(reply.payload().data.unwrap().expose());
    }
    let reply = kms.call(&request(&[]).last_part(&correlation)).unwrap();
    plaintext.extend_from_slice(reply.payload().data.unwrap().expose());
    plaintext
}

/// Test case 4 of McGrew and Viega's submission of GCM to NIST.
#[test]
fn gcm_with_additional_data() {
    let server = TestServer::start();
    let (key, iv) = (hex("feffe9928665731c6d6a8f9467308308"), hex("cafebabefacedbaddecaf888"));
    let plaintext = hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    let additional = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let ciphertext = hex("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
        21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091");
    let tag = hex("5bc94fbc3221a5db94fae95ae7121a47");
    for version in [V1_4, V2_0, V2_1] {
        let kms = connect(&server, version);
        let id = symmetric(&kms, Algorithm::AES, &key, BOTH());
        let request = Encrypt::aes_gcm(&id, &plaintext).iv(&iv).additional_data(&additional);
        let reply = kms.call(&request).unwrap();
        let (made, made_tag) = reply.payload().ciphertext_and_tag().unwrap();
        assert_eq!((text(made), text(made_tag)), (text(&ciphertext), text(&tag)));

        let request = Decrypt::aes_gcm(&id, &iv, &ciphertext, &tag).additional_data(&additional);
        assert_eq!(kms.call(&request).unwrap().payload().data.unwrap().expose(), plaintext);
        // A shorter tag is its beginning.
        let request = Decrypt::aes_gcm(&id, &iv, &ciphertext, &tag[..12]).additional_data(&additional);
        assert_eq!(kms.call(&request).unwrap().payload().data.unwrap().expose(), plaintext);
        // Anything changed is found out, and nothing is said of the data.
        let mut wrong = tag.clone();
        wrong[15] ^= 1;
        for request in [
            Decrypt::aes_gcm(&id, &iv, &ciphertext, &wrong).additional_data(&additional),
            Decrypt::aes_gcm(&id, &iv, &ciphertext, &tag).additional_data(b"something else"),
            Decrypt::aes_gcm(&id, &iv, &ciphertext[1..], &tag).additional_data(&additional),
            Decrypt::aes_gcm_joined(&id, &iv, &ciphertext).additional_data(&additional),
        ] {
            assert_eq!(reason(kms.call(&request)), Reason::CRYPTOGRAPHIC_FAILURE);
        }
    }
    // The same tag, joined to the data, before there was a field for it; there is no additional data then.
    for version in [V1_2, V1_3] {
        let kms = connect(&server, version);
        let id = symmetric(&kms, Algorithm::AES, &key, BOTH());
        let reply = kms.call(&Encrypt::aes_gcm(&id, &plaintext)).unwrap();
        let sealed = reply.payload();
        assert_eq!((sealed.tag, sealed.data.unwrap().len()), (None, plaintext.len() + 16));
        assert_eq!(sealed.ciphertext_and_tag().unwrap().0.len(), plaintext.len());
        let request = Decrypt::aes_gcm_joined(&id, sealed.iv_counter_nonce.unwrap(), sealed.data.unwrap());
        assert_eq!(kms.call(&request).unwrap().payload().data.unwrap().expose(), plaintext);
    }
}

/// RFC 8439, 2.8.2.
#[test]
fn chacha20_poly1305() {
    let server = TestServer::start();
    let kms = connect(&server, V2_1);
    let key: Vec<u8> = (0x80..=0x9F).collect();
    let id = symmetric(&kms, Algorithm::CHACHA20_POLY1305, &key, BOTH());
    let sunscreen = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
        sunscreen would be it.";
    let (iv, additional) = (hex("070000004041424344454647"), hex("50515253c0c1c2c3c4c5c6c7"));
    let parameters = CryptographicParameters::default();
    let request = Encrypt::with(&id, parameters.clone(), sunscreen).iv(&iv).additional_data(&additional);
    let reply = kms.call(&request).unwrap();
    let (ciphertext, tag) = reply.payload().ciphertext_and_tag().unwrap();
    assert_eq!(text(&ciphertext[..16]), "d31a8d34648e60db7b86afbc53ef7ec2");
    assert_eq!(text(tag), "1ae10b594f09e26a7e902ecbd0600691");
    let opened = DecryptRequest { tag: Some(tag), ..Decrypt::with(&id, parameters, ciphertext) };
    let reply = kms.call(&opened.iv(&iv).additional_data(&additional)).unwrap();
    assert_eq!(reply.payload().data.unwrap().expose(), sunscreen);
}

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
    // Nobody else's business.
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

    // As many as one client may leave open.
    let open = (0..20).map(|_| kms.call(&Hash::sha256(b"a").first_part())).filter(Result::is_ok).count();
    assert_eq!(open, 16);
    assert!(bob.call(&Hash::sha256(b"a").first_part()).is_ok());
}

/// The key of RFC 6979, A.2.5.
fn p256_pair(kms: &Client) -> (String, String) {
    let point = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6
        7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    let d = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    let spki = hex(&format!("3059301306072a8648ce3d020106082a8648ce3d030107034200 04{point}"));
    let sec1 = hex(&format!("30770201010420 {d} a00a06082a8648ce3d030107 a144034200 04{point}"));
    let private =
        Object::PrivateKey(PrivateKey { key_block: block(Format::EC_PRIVATE_KEY, Algorithm::EC, 256, &sec1) });
    let public = Object::PublicKey(PublicKey { key_block: block(Format::X_509, Algorithm::EC, 256, &spki) });
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
        // What a key is for, and what it is not for.
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

#[test]
fn derived_keys() {
    let server = TestServer::start();
    let kms = connect(&server, V2_1);
    let derived = |request: &DeriveKeyRequest<'_>| {
        text(&value(&kms, &kms.call(request).unwrap().payload().unique_identifier.to_string()))
    };
    // RFC 6070.
    let password = secret(&kms, b"password");
    let request = DeriveKey::secret_data(160).pbkdf2(&password, Hashing::SHA_1, b"salt", 4096);
    assert_eq!(derived(&request), "4b007901b765489abead49d926f721d065a429c1");
    // RFC 5869, A.1.
    let salt: Vec<u8> = (0..=0x0C).collect();
    let info: Vec<u8> = (0xF0..=0xF9).collect();
    let seed = symmetric(&kms, Algorithm::HMAC_SHA256, &[0x0B; 22], Mask::DERIVE_KEY);
    let request = DeriveKey::secret_data(42 * 8).hkdf(&seed, Hashing::SHA_256, &salt, &info);
    let okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(derived(&request), okm);
    // RFC 4231, 4.2, cut to the length of the key.
    let key = symmetric(&kms, Algorithm::HMAC_SHA256, &[0x0B; 20], Mask::DERIVE_KEY | Mask::MAC_GENERATE);
    let request = DeriveKey::aes(128).hmac(&key, Hashing::SHA_256, b"Hi There");
    assert_eq!(derived(&request), "b0344c61d8db38535ca8afceaf0bf12b");
    // FIPS 197, C.1.
    let aes = symmetric(&kms, Algorithm::AES, &(0..16).collect::<Vec<u8>>(), Mask::DERIVE_KEY);
    let data = hex("00112233445566778899aabbccddeeff");
    let request = DeriveKey::aes(128).encrypt(&aes, in_mode(Mode::ECB), None, &data);
    assert_eq!(derived(&request), "69c4e0d86a7b0430d8cdb78070b4c55a");
    // FIPS 180.
    let abc = secret(&kms, b"abc");
    let request = DeriveKey::aes(256).hash(&abc, Hashing::SHA_256);
    assert_eq!(derived(&request), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    // NIST SP 800-108, 4.1: the first block is the PRF of the counter 1 and the data.
    let request = DeriveKey::aes(256).counter_mode(&key, Hashing::SHA_256, b"label\0context");
    let block = kms.call(&Mac::data(&key, b"\0\0\0\x01label\0context")).unwrap();
    assert_eq!(derived(&request), text(block.payload().mac_data.unwrap()));
    // AWS's example of Signature Version 4.
    let aws = secret(&kms, b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let mut request = DeriveKey::secret_data(256).hmac(&aws, Hashing::SHA_256, b"20150830");
    request.derivation_method = DerivationMethod::AWS_SIGNATURE_VERSION_4;
    for step in [&b"us-east-1"[..], b"iam"] {
        request.derivation_parameters.derivation_data.push(kmip_client::protocol::Secret::new(step));
    }
    assert_eq!(derived(&request), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");

    // Both ends of the derivation know of each other.
    let made = kms.call(&DeriveKey::aes(256).hash(&abc, Hashing::SHA_256).name("derived")).unwrap();
    let id = made.payload().unique_identifier.to_string();
    assert_eq!(links(&kms, &id), [(LinkType::DERIVATION_BASE_OBJECT_LINK, abc.clone())]);
    assert!(links(&kms, &abc).contains(&(LinkType::DERIVED_KEY_LINK, id)));

    // More than the method gives, ambiguous data, and keys that are not for it.
    let long = kms.call(&DeriveKey::secret_data(264).hash(&abc, Hashing::SHA_256));
    assert_eq!(reason(long), Reason::CRYPTOGRAPHIC_FAILURE);
    let both = kms.call(&DeriveKey::aes(128).hmac(&abc, Hashing::SHA_256, b"data"));
    assert_eq!(reason(both), Reason::INVALID_MESSAGE);
    let other = symmetric(&kms, Algorithm::AES, &[7; 16], Mask::ENCRYPT);
    let other = kms.call(&DeriveKey::aes(128).hash(&other, Hashing::SHA_256));
    assert_eq!(reason(other), Reason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK);
    let feedback = DeriveKeyRequest {
        derivation_method: DerivationMethod::NIST800_108_F,
        ..DeriveKey::aes(128).hash(&aes, Hashing::SHA_256)
    };
    assert_eq!(reason(kms.call(&feedback)), Reason::INVALID_FIELD);
}

fn links(kms: &Client, id: &str) -> Vec<(LinkType, String)> {
    let reply = kms.call(&GetAttributes::id(id).attribute(Tag::LINK)).unwrap();
    let attributes = reply.payload().attributes.unwrap_or_default();
    let links = attributes.values().map(|value| match value {
        AttributeValue::Link(link) => (link.link_type, link.linked_object_identifier.to_string()),
        other => panic!("{other:?}"),
    });
    links.collect()
}

/// RFC 3394, 4.1 and 4.5.
#[test]
fn wrapped_keys() {
    let server = TestServer::start();
    for version in [V1_2, V1_4, V2_1] {
        let kms = connect(&server, version);
        let key = symmetric(&kms, Algorithm::AES, &hex("00112233445566778899aabbccddeeff"), BOTH());
        for (kek, expected) in [
            (&(0..16).collect::<Vec<u8>>(), "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
            (&(0..32).collect(), "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
        ] {
            let key_block = block(Format::RAW, Algorithm::AES, kek.len() * 8, kek);
            let object = Object::SymmetricKey(SymmetricKey { key_block });
            let kek = register(&kms, object, Mask::WRAP_KEY | Mask::UNWRAP_KEY, Some(in_mode(Mode::NIST_KEY_WRAP)));
            let reply = kms.call(&Get::id(&key).wrapped_with(&kek)).unwrap();
            let wrapped = reply.payload().object;
            let block = wrapped.key_block().unwrap();
            assert_eq!(text(block.bytes().unwrap().expose()), expected);
            let data = block.key_wrapping_data.as_ref().unwrap();
            assert_eq!(data.encoding_option, Some(EncodingOption::NO_ENCODING));
            assert_eq!(data.encryption_key_information.as_ref().unwrap().unique_identifier.as_str(), Some(&*kek));

            // TTLV-encoded, the whole Key Value is inside.
            let mut ttlv = KeyWrappingSpecification::aes_key_wrap(&kek);
            ttlv.encoding_option = None;
            let mut request = Get::id(&key);
            request.key_wrapping_specification = Some(ttlv);
            let encoded = kms.call(&request).unwrap();
            let object = encoded.payload().object;
            let Some(KeyValue::Wrapped(bytes)) = &object.key_block().unwrap().key_value else {
                panic!("not wrapped: {:?}", encoded.payload());
            };
            assert_eq!(bytes.len(), 8 + 24 + 8); // Key Value, Key Material, and what wrapping adds

            // Registered as it is, and fetched again, it comes back as itself.
            if version >= V1_4 {
                for object in [wrapped.clone(), encoded.payload().object] {
                    let registered = register(&kms, object, BOTH(), None);
                    let mut request = Get::id(&registered);
                    assert!(
                        kms.call(&request).unwrap().payload().object.key_block().unwrap().key_wrapping_data.is_some()
                    );
                    request.key_wrap_type = Some(KeyWrapType::NOT_WRAPPED);
                    let plain = kms.call(&request).unwrap();
                    let plain = plain.payload().object;
                    assert_eq!(
                        text(plain.key_block().unwrap().bytes().unwrap().expose()),
                        "00112233445566778899aabbccddeeff"
                    );
                }
            }
        }
        // A key without Cryptographic Parameters wraps nothing, nor one that is not there.
        let bare = symmetric(&kms, Algorithm::AES, &[7; 16], Mask::WRAP_KEY);
        let none = if version < V2_0 { Reason::ITEM_NOT_FOUND } else { Reason::BAD_CRYPTOGRAPHIC_PARAMETERS };
        assert_eq!(reason(kms.call(&Get::id(&key).wrapped_with(&bare))), none);
        let missing = if version < V2_0 { Reason::ITEM_NOT_FOUND } else { Reason::WRAPPING_OBJECT_NOT_FOUND };
        assert_eq!(reason(kms.call(&Get::id(&key).wrapped_with("nobody"))), missing);
    }
}

#[test]
fn split_keys_join_again() {
    let server = TestServer::start();
    for version in [V1_2, V2_1] {
        let kms = connect(&server, version);
        let key = symmetric(&kms, Algorithm::AES, &[7; 32], BOTH());
        let split = |request: CreateSplitKeyRequest<'_>| -> Vec<String> {
            let reply = kms.call(&request).unwrap();
            reply.payload().unique_identifiers.iter().map(ToString::to_string).collect()
        };
        let joined = |parts: &[&String]| {
            let reply = kms.call(&JoinSplitKey::symmetric_key(parts.iter().copied()))?;
            Ok::<_, Error>(value(&kms, &reply.payload().unique_identifier.to_string()))
        };
        let parts = split(CreateSplitKey::polynomial(5, 3).of(&key));
        let [a, b, c, d, e] = &parts[..] else { panic!("{parts:?}") };
        for three in [[a, b, c], [e, c, a], [b, d, e]] {
            assert_eq!(joined(&three).unwrap(), [7; 32]);
        }
        assert_eq!(joined(&[a, b, c, d, e]).unwrap(), [7; 32]);
        assert_eq!(reason(joined(&[a, b])), Reason::CRYPTOGRAPHIC_FAILURE);
        assert_eq!(reason(joined(&[a, b, b])), Reason::CRYPTOGRAPHIC_FAILURE);
        assert!(parts.iter().all(|part| value(&kms, part) != [7; 32]));

        let xor = split(CreateSplitKey::xor(3).of(&key));
        assert_eq!(joined(&xor.iter().collect::<Vec<_>>()).unwrap(), [7; 32]);
        assert_eq!(reason(joined(&[&xor[0], a, b])), Reason::CRYPTOGRAPHIC_FAILURE);

        // A key that never was in one piece.
        let parts = split(CreateSplitKey::xor(2).aes(256));
        assert_eq!(joined(&[&parts[0], &parts[1]]).unwrap().len(), 32);
        assert_eq!(joined(&[&parts[0], &parts[1]]).unwrap(), joined(&[&parts[1], &parts[0]]).unwrap());
    }
}

#[test]
fn exported_objects_are_imported_elsewhere() {
    let (here, there) = (TestServer::start(), TestServer::start());
    for version in [V1_4, V2_1] {
        let (from, to) = (connect(&here, version), connect(&there, version));
        let id = symmetric(&from, Algorithm::AES, &[7; 16], BOTH());
        let exported = from.call(&Export::id(&id)).unwrap();
        let response = exported.payload();
        let (attributes, object) = (response.attributes.unwrap(), response.object.unwrap());
        let request = Import::object(&*id, object).attributes(attributes.clone());
        assert_eq!(to.call(&request).unwrap().payload().unique_identifier.as_str(), Some(&*id));
        let imported = to.call(&Export::id(&id)).unwrap();
        let again = imported.payload();
        let mut missing =
            attributes.values().filter(|value| again.attributes.as_ref().unwrap().values().all(|own| own != *value));
        assert_eq!(missing.next(), None);
        assert_eq!(again.object, exported.payload().object);
        // It works at once: its state came along.
        to.call(&Encrypt::aes_gcm(&id, b"data")).unwrap();

        assert_eq!(reason(to.call(&request)), Reason::OBJECT_ALREADY_EXISTS);
        to.call(&request.replace_existing()).unwrap();
        // Nobody replaces what is another's.
        let bob = Client::connect(&there.config_of("bob").version(version)).unwrap();
        let theirs = Import::object(&*id, exported.payload().object.unwrap()).replace_existing();
        assert_eq!(reason(bob.call(&theirs)), Reason::OBJECT_ALREADY_EXISTS);

        // Of a destroyed object the attributes are left.
        from.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).unwrap();
        from.call(&Destroy::id(&id)).unwrap();
        let destroyed = from.call(&Export::id(&id)).unwrap();
        assert_eq!((destroyed.payload().object_type, destroyed.payload().object), (ObjectType::SYMMETRIC_KEY, None));
        assert!(destroyed.payload().attributes.unwrap().find(Tag::DESTROY_DATE).next().is_some());
    }
}

#[test]
fn a_key_is_used_as_its_state_mask_and_limits_allow() {
    let server = TestServer::start();
    for version in VERSIONS {
        let kms = connect(&server, version);
        let state = if version < V2_0 { Reason::PERMISSION_DENIED } else { Reason::WRONG_KEY_LIFECYCLE_STATE };
        let key_block = block(Format::RAW, Algorithm::AES, 128, &[7; 16]);
        let object = Object::SymmetricKey(SymmetricKey { key_block });
        let pre_active = kms.call(&Register::object(object.clone()).usage(BOTH())).unwrap();
        let id = pre_active.payload().unique_identifier;
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"data"))), state);

        // Encryption ends with the active life of a key, decryption does not.
        let id = register(&kms, object.clone(), BOTH(), None);
        let sealed = kms.call(&Encrypt::aes_cbc(&id, b"data")).unwrap();
        let (iv, data) = (sealed.payload().iv_counter_nonce.unwrap(), sealed.payload().data.unwrap());
        kms.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).unwrap();
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(&id, b"data"))), state);
        let opened = kms.call(&Decrypt::aes_cbc(&id, iv, data)).unwrap();
        assert_eq!(opened.payload().data.unwrap().expose(), b"data");
        kms.call(&Destroy::id(&id)).unwrap();
        assert_eq!(reason(kms.call(&Decrypt::aes_cbc(&id, iv, data))), state);

        let id = register(&kms, object.clone(), Mask::DECRYPT, None);
        let mask =
            if version < V2_0 { Reason::PERMISSION_DENIED } else { Reason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK };
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(&id, b"data"))), mask);

        // Ten bytes, and not one more; what failed counts nothing.
        let limits = UsageLimits { total: 10, count: None, unit: UsageLimitsUnit::BYTE };
        let request = Register::object(object.clone())
            .usage(BOTH())
            .attribute(AttributeValue::ActivationDate(DateTime(1)))
            .attribute(AttributeValue::UsageLimits(limits));
        let made = kms.call(&request).unwrap();
        let id = made.payload().unique_identifier;
        kms.call(&Encrypt::aes_cbc(id, b"sixsix")).unwrap();
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"seven"))), Reason::PERMISSION_DENIED);
        let broken = Encrypt::with(id, in_mode(Mode::ECB), b"four");
        assert_eq!(reason(kms.call(&broken)), Reason::CRYPTOGRAPHIC_FAILURE);
        kms.call(&Encrypt::aes_cbc(id, b"four")).unwrap();
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"1"))), Reason::PERMISSION_DENIED);

        // An operation in parts is one use.
        if version >= V1_3 {
            let limits = UsageLimits { total: 1, count: None, unit: UsageLimitsUnit::OBJECT };
            let request = Register::object(object.clone())
                .usage(BOTH())
                .attribute(AttributeValue::ActivationDate(DateTime(1)))
                .attribute(AttributeValue::UsageLimits(limits));
            let made = kms.call(&request).unwrap();
            let id = made.payload().unique_identifier;
            let reply = kms.call(&Encrypt::aes_cbc(id, b"one").first_part()).unwrap();
            let correlation = reply.payload().correlation_value.unwrap();
            kms.call(&Encrypt::aes_cbc(id, b"two").next_part(correlation)).unwrap();
            kms.call(&Encrypt::aes_cbc(id, b"three").last_part(correlation)).unwrap();
            assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"four"))), Reason::PERMISSION_DENIED);
        }

        // Neither says how.
        let id = register(&kms, object.clone(), BOTH(), None);
        let bad = if version < V2_0 { Reason::INVALID_FIELD } else { Reason::BAD_CRYPTOGRAPHIC_PARAMETERS };
        assert_eq!(reason(kms.call(&Encrypt::data(&id, b"data"))), bad);
        // The key does.
        let own = CryptographicParameters {
            padding_method: Some(Padding::PKCS5),
            random_iv: Some(true),
            ..in_mode(Mode::CBC)
        };
        let id = register(&kms, object, BOTH(), Some(own));
        assert_eq!(kms.call(&Encrypt::data(&id, b"data")).unwrap().payload().data.unwrap().len(), 16);
    }
}

#[test]
fn random_numbers() {
    let server = TestServer::start();
    let kms = connect(&server, V1_2);
    let [one, other] = [(); 2].map(|()| kms.call(&RngRetrieve::bytes(32)).unwrap().payload().data.expose().to_vec());
    assert!(one.len() == 32 && one != other);
    assert_eq!(reason(kms.call(&RngRetrieve::bytes(0))), Reason::INVALID_FIELD);
    assert_eq!(kms.call(&RngSeed::bytes(b"heads")).unwrap().payload().data_length, 0);
}
