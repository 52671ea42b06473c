//! Encryption, at once and in parts.

use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::CryptographicParameters;
use kmip_client::protocol::operation::{Decrypt, DecryptRequest, Encrypt, EncryptRequest};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode as Mode, CryptographicAlgorithm as Algorithm, PaddingMethod as Padding, ResultReason as Reason,
};
use kmip_ttlv::{V1_2, V1_3, V1_4, V2_0, V2_1};

use crate::{VERSIONS, both, connect, hex, in_mode, reason, symmetric, text};

/// NIST SP 800-38A, F.1 to F.5, with AES-128.
const PLAINTEXT: &str = "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
    30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710";
/// The modes, each with its IV and the ciphertext.
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

fn with_iv<'a>(request: EncryptRequest<'a>, iv: &'a [u8]) -> EncryptRequest<'a> {
    if iv.is_empty() { request } else { request.iv(iv) }
}

#[test]
fn the_modes_of_aes() {
    let server = TestServer::start();
    let (plaintext, key) = (hex(PLAINTEXT), hex("2b7e151628aed2a6abf7158809cf4f3c"));
    for version in VERSIONS {
        let kms = connect(&server, version);
        let id = symmetric(&kms, Algorithm::AES, &key, both());
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

/// Split anywhere, the parts give the same result as the whole, and a mode that can return data early does so.
#[test]
fn encryption_in_parts_is_the_same_as_at_once() {
    let server = TestServer::start();
    let plaintext = [hex(PLAINTEXT), b"and a rest".to_vec()].concat();
    for version in [V1_3, V2_1] {
        let kms = connect(&server, version);
        let id = symmetric(&kms, Algorithm::AES, &hex("2b7e151628aed2a6abf7158809cf4f3c"), both());
        let padded = |mode| in_mode(mode).padding_method(Padding::PKCS5);
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
                // The operation has ended.
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
        let id = symmetric(&kms, Algorithm::AES, &key, both());
        let request = Encrypt::aes_gcm(&id, &plaintext).iv(&iv).additional_data(&additional);
        let reply = kms.call(&request).unwrap();
        let (made, made_tag) = reply.payload().ciphertext_and_tag().unwrap();
        assert_eq!((text(made), text(made_tag)), (text(&ciphertext), text(&tag)));

        let request = Decrypt::aes_gcm(&id, &iv, &ciphertext, &tag).additional_data(&additional);
        assert_eq!(kms.call(&request).unwrap().payload().data.unwrap().expose(), plaintext);
        // A shorter tag is its beginning.
        let request = Decrypt::aes_gcm(&id, &iv, &ciphertext, &tag[..12]).additional_data(&additional);
        assert_eq!(kms.call(&request).unwrap().payload().data.unwrap().expose(), plaintext);
        // Any change is detected, and nothing of the data is returned.
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
    // The same tag, joined to the data, in versions without a field for it, which have no additional data either.
    for version in [V1_2, V1_3] {
        let kms = connect(&server, version);
        let id = symmetric(&kms, Algorithm::AES, &key, both());
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
    let id = symmetric(&kms, Algorithm::CHACHA20_POLY1305, &key, both());
    let sunscreen = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
        sunscreen would be it.";
    let (iv, additional) = (hex("070000004041424344454647"), hex("50515253c0c1c2c3c4c5c6c7"));
    let parameters = CryptographicParameters::default();
    let request = Encrypt::with(&id, parameters.clone(), sunscreen).iv(&iv).additional_data(&additional);
    let reply = kms.call(&request).unwrap();
    let (ciphertext, tag) = reply.payload().ciphertext_and_tag().unwrap();
    assert_eq!(text(&ciphertext[..16]), "d31a8d34648e60db7b86afbc53ef7ec2");
    assert_eq!(text(tag), "1ae10b594f09e26a7e902ecbd0600691");
    let opened = Decrypt::with(&id, parameters, ciphertext).tag(tag);
    let reply = kms.call(&opened.iv(&iv).additional_data(&additional)).unwrap();
    assert_eq!(reply.payload().data.unwrap().expose(), sunscreen);
}
