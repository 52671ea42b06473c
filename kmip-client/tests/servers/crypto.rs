//! Cryptographic operations of a server. Every result is checked with aws-lc-rs, or against published values.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::kdf::{KbkdfCtrHmacAlgorithmId, get_kbkdf_ctr_hmac_algorithm, kbkdf_ctr_hmac};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _, RsaKeyPair, UnparsedPublicKey};
use aws_lc_rs::{digest, hkdf, hmac, pbkdf2};
use kmip_client::protocol::attribute::{AttributeValue, Attributes, CryptographicParameters};
use kmip_client::protocol::operation::{
    CreateKeyPair, Decrypt, DeriveKey, DeriveKeyRequest, Encrypt, Get, Hash, Mac, MacVerify, Register, RegisterRequest,
    RngRetrieve, RngSeed, Sign, SignatureVerify,
};
use kmip_ttlv::enumeration::{
    BlockCipherMode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask,
    DigitalSignatureAlgorithm as Signature, HashingAlgorithm as Hashing, KeyFormatType as Format, PaddingMethod,
    SecretDataType,
};
use kmip_ttlv::{V1_0, V1_2, V1_4, V2_0};

use crate::Row;
use crate::life::{ec, p256};
use crate::session::{Failure, Probed, Session, key_bytes, p256_public_key, private_key};

pub(crate) const ROWS: &[Row] = &[
    Row::since(V1_2, "Encrypt, AES-CBC", encrypt_cbc),
    Row::since(V1_2, "Encrypt, AES-GCM", encrypt_gcm),
    Row::since(V1_2, "Encrypt, AES-ECB", encrypt_ecb),
    Row::since(V1_2, "Encrypt, AES-CTR", encrypt_ctr),
    Row::since(V1_2, "Encrypt, RSA-OAEP", encrypt_oaep),
    Row::since(V1_2, "Decrypt, AES-CBC", decrypt_cbc),
    Row::since(V1_2, "Decrypt, AES-GCM", decrypt_gcm),
    Row::since(V1_2, "Decrypt, RSA-OAEP", decrypt_oaep),
    Row::since(V1_2, "Sign, RSA PKCS#1 v1.5", sign_pkcs1),
    Row::since(V1_2, "Sign, RSA-PSS", sign_pss),
    Row::since(V1_2, "Sign, RSA-PSS by its padding", sign_pss_by_padding),
    Row::since(V1_2, "Sign, ECDSA", sign_ecdsa),
    Row::since(V1_4, "Sign, a digest", sign_digest),
    Row::since(V1_2, "Signature Verify, RSA PKCS#1 v1.5", verify_pkcs1),
    Row::since(V1_2, "Signature Verify, RSA-PSS", verify_pss),
    Row::since(V1_2, "Signature Verify, ECDSA", verify_ecdsa),
    Row::since(V1_2, "MAC, HMAC-SHA256", mac_hmac),
    Row::since(V1_2, "MAC, AES-CMAC", mac_cmac),
    Row::since(V1_2, "MAC Verify", mac_verify),
    Row::since(V1_2, "Hash", hash),
    Row::since(V1_2, "RNG Retrieve", rng_retrieve),
    Row::since(V1_2, "RNG Seed", rng_seed),
    Row::since(V1_0, "Derive Key, HMAC", derive_hmac),
    Row::since(V1_0, "Derive Key, hash", derive_hash),
    Row::since(V1_0, "Derive Key, PBKDF2", derive_pbkdf2),
    Row::since(V1_2, "Derive Key, encrypt", derive_encrypt),
    Row::since(V1_0, "Derive Key, SP 800-108", derive_counter),
    Row::since(V2_0, "Derive Key, HKDF", derive_hkdf),
];

const KEY: [u8; 32] = [0x6B; 32];
const PLAIN: &[u8] = b"the plaintext is longer than one block";

fn aes(kms: &Session) -> String {
    kms.registered(Algorithm::AES, &KEY, Mask::ENCRYPT | Mask::DECRYPT)
}

fn unbound() -> UnboundCipherKey {
    UnboundCipherKey::new(&AES_256, &KEY).unwrap()
}

fn iv16(iv: &[u8]) -> FixedLength<16> {
    iv.try_into().unwrap()
}

fn encrypt_cbc(kms: &Session) -> Probed {
    let id = aes(kms);
    let iv = [0x11; 16];
    for request in [Encrypt::aes_cbc(&id, PLAIN).iv(&iv), Encrypt::aes_cbc(&id, PLAIN)] {
        let reply = kms.call(&request)?;
        let payload = reply.payload();
        let used = request.iv_counter_nonce.or(payload.iv_counter_nonce).expect("the server made an IV, and tells it");
        let mut data = payload.data.unwrap().to_vec();
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(unbound()).unwrap();
        assert_eq!(key.decrypt(&mut data, DecryptionContext::Iv128(iv16(used))).unwrap(), PLAIN);
    }
    Ok(())
}

fn opened(nonce: &[u8], additional: &[u8], data_and_tag: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &KEY).unwrap());
    let mut data = data_and_tag.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
    key.open_in_place(nonce, Aad::from(additional), &mut data).unwrap().to_vec()
}

/// Before KMIP 1.4 the tag follows the ciphertext, because there is no field for it, nor for its length or additional
/// data.
fn encrypt_gcm(kms: &Session) -> Probed {
    let id = aes(kms);
    let iv = [0x11; 12];
    for mut request in [Encrypt::aes_gcm(&id, PLAIN).iv(&iv), Encrypt::aes_gcm(&id, PLAIN)] {
        let mut additional: &[u8] = b"";
        if kms.version < V1_4 {
            request.cryptographic_parameters.as_mut().unwrap().tag_length = None;
        } else {
            additional = b"order 66";
            request = request.additional_data(additional);
        }
        let reply = kms.call(&request)?;
        let payload = reply.payload();
        let used = request.iv_counter_nonce.or(payload.iv_counter_nonce).expect("the server made an IV, and tells it");
        let (data, tag) = payload.ciphertext_and_tag().unwrap();
        if used.len() != 12 {
            // PyKMIP generates an IV of 16 bytes, which aws-lc-rs does not accept.
            let decrypt = Decrypt::aes_gcm(&id, used, data, tag).additional_data(additional);
            assert_eq!(kms.must(&decrypt).payload().data.unwrap().expose(), PLAIN);
            continue;
        }
        assert_eq!(opened(used, additional, &[data, tag].concat()), PLAIN);
    }
    Ok(())
}

fn encrypt_ecb(kms: &Session) -> Probed {
    let id = aes(kms);
    let reply = kms.call(&Encrypt::with(&id, ecb(), PLAIN))?;
    let mut data = reply.payload().data.unwrap().to_vec();
    let key = PaddedBlockDecryptingKey::ecb_pkcs7(unbound()).unwrap();
    assert_eq!(key.decrypt(&mut data, DecryptionContext::None).unwrap(), PLAIN);
    Ok(())
}

fn ecb<'a>() -> CryptographicParameters<'a> {
    CryptographicParameters::default()
        .block_cipher_mode(BlockCipherMode::ECB)
        .padding_method(PaddingMethod::PKCS5)
        .cryptographic_algorithm(Algorithm::AES)
}

fn encrypt_ctr(kms: &Session) -> Probed {
    let id = aes(kms);
    let parameters = CryptographicParameters::default()
        .block_cipher_mode(BlockCipherMode::CTR)
        .cryptographic_algorithm(Algorithm::AES);
    let iv = [0x11; 16];
    let reply = kms.call(&Encrypt::with(&id, parameters, PLAIN).iv(&iv))?;
    let mut data = reply.payload().data.unwrap().to_vec();
    let key = DecryptingKey::ctr(unbound()).unwrap();
    assert_eq!(key.decrypt(&mut data, DecryptionContext::Iv128(iv16(&iv))).unwrap(), PLAIN);
    Ok(())
}

fn decrypt_cbc(kms: &Session) -> Probed {
    let id = aes(kms);
    let iv = [0x11; 16];
    let mut data = PLAIN.to_vec();
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(unbound()).unwrap();
    key.less_safe_encrypt(&mut data, EncryptionContext::Iv128(iv16(&iv))).unwrap();
    let reply = kms.call(&Decrypt::aes_cbc(&id, &iv, &data))?;
    assert_eq!(reply.payload().data.unwrap().expose(), PLAIN);
    Ok(())
}

fn decrypt_gcm(kms: &Session) -> Probed {
    let id = aes(kms);
    let iv = [0x11; 12];
    let mut data = PLAIN.to_vec();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &KEY).unwrap());
    let nonce = Nonce::assume_unique_for_key(iv);
    if kms.version < V1_4 {
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut data).unwrap();
        let mut request = Decrypt::aes_gcm_joined(&id, &iv, &data);
        request.cryptographic_parameters.as_mut().unwrap().tag_length = None;
        let reply = kms.call(&request)?;
        assert_eq!(reply.payload().data.unwrap().expose(), PLAIN);
        return Ok(());
    }
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(b"order 66"), &mut data).unwrap();
    let request = Decrypt::aes_gcm(&id, &iv, &data, tag.as_ref()).additional_data(b"order 66");
    let reply = kms.call(&request)?;
    assert_eq!(reply.payload().data.unwrap().expose(), PLAIN);
    // A changed message is not decrypted.
    let forged = Decrypt::aes_gcm(&id, &iv, &data, &[0; 16]).additional_data(b"order 66");
    assert!(matches!(kms.call(&forged), Err(kmip_client::Error::Refused(_))));
    Ok(())
}

fn encryption_pair(kms: &Session) -> (String, String) {
    let mut request = CreateKeyPair::rsa(2048);
    let usage = |mask| Some(Attributes::from_iter([AttributeValue::CryptographicUsageMask(mask)]));
    request.private_key_attributes = usage(Mask::DECRYPT);
    request.public_key_attributes = usage(Mask::ENCRYPT);
    kms.pair(&request)
}

fn encrypt_oaep(kms: &Session) -> Probed {
    let (private, public) = encryption_pair(kms);
    let reply = kms.call(&Encrypt::rsa_oaep(&public, Hashing::SHA_256, b"a key"))?;
    let data = reply.payload().data.unwrap();
    // The private key is fetched, and decrypts locally.
    let der = key_bytes(&kms.must(&Get::id(&private).format(Format::PKCS_8)).payload().object).to_vec();
    let key = aws_lc_rs::rsa::PrivateDecryptingKey::from_pkcs8(&der).unwrap();
    let key = aws_lc_rs::rsa::OaepPrivateDecryptingKey::new(key).unwrap();
    let mut plain = vec![0; key.min_output_size()];
    let plain = key.decrypt(&aws_lc_rs::rsa::OAEP_SHA256_MGF1SHA256, data, &mut plain, None);
    assert_eq!(plain.unwrap(), b"a key");
    Ok(())
}

fn decrypt_oaep(kms: &Session) -> Probed {
    let (private, public) = encryption_pair(kms);
    let key = aws_lc_rs::rsa::PublicEncryptingKey::from_der(&kms.public_key(&public)).unwrap();
    let key = aws_lc_rs::rsa::OaepPublicEncryptingKey::new(key).unwrap();
    let mut data = vec![0; key.ciphertext_size()];
    let data = key.encrypt(&aws_lc_rs::rsa::OAEP_SHA256_MGF1SHA256, b"a key", &mut data, None).unwrap();
    let reply = kms.call(&Decrypt::rsa_oaep(&private, Hashing::SHA_256, &*data))?;
    assert_eq!(reply.payload().data.unwrap().expose(), b"a key");
    Ok(())
}

fn sign_pkcs1(kms: &Session) -> Probed {
    let (private, public) = kms.rsa_pair();
    let request = Sign::data(&private, PLAIN).parameters(pkcs1());
    let reply = kms.call(&request)?;
    verified(kms, &public, &signature::RSA_PKCS1_2048_8192_SHA256, reply.payload().signature_data.unwrap());
    Ok(())
}

fn pkcs1<'a>() -> CryptographicParameters<'a> {
    CryptographicParameters::default()
        .padding_method(PaddingMethod::PKCS1_V1_5)
        .hashing_algorithm(Hashing::SHA_256)
        .digital_signature_algorithm(Signature::SHA_256_WITH_RSA_ENCRYPTION)
        .cryptographic_algorithm(Algorithm::RSA)
}

fn verified(kms: &Session, public: &str, algorithm: &'static dyn signature::VerificationAlgorithm, signed: &[u8]) {
    UnparsedPublicKey::new(algorithm, kms.public_key(public)).verify(PLAIN, signed).unwrap();
}

fn sign_pss(kms: &Session) -> Probed {
    let (private, public) = kms.rsa_pair();
    let reply = kms.call(&Sign::data(&private, PLAIN).rsa_pss(Hashing::SHA_256))?;
    verified_pss(&kms.public_key(&public), reply.payload().signature_data.unwrap());
    Ok(())
}

/// Verifies with OpenSSL, which detects the length of the salt: servers use that of the hash, or the maximum, and the
/// standard does not specify it.
fn verified_pss(public: &[u8], signed: &[u8]) {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("kmip-pss-{}-{run}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let output = std::process::Command::new("openssl")
        .args(["dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:auto"])
        .args(["-keyform", "DER", "-verify"])
        .arg(file("key", public))
        .arg("-signature")
        .arg(file("signature", signed))
        .arg(file("data", PLAIN))
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// With the padding alone, as PyKMIP requires.
fn sign_pss_by_padding(kms: &Session) -> Probed {
    let (private, public) = kms.rsa_pair();
    let mut parameters = Sign::data("", PLAIN).rsa_pss(Hashing::SHA_256).cryptographic_parameters.unwrap();
    parameters.digital_signature_algorithm = None;
    let reply = kms.call(&Sign::data(&private, PLAIN).parameters(parameters))?;
    verified_pss(&kms.public_key(&public), reply.payload().signature_data.unwrap());
    Ok(())
}

fn sign_ecdsa(kms: &Session) -> Probed {
    // KMIP 1.0 and 1.1 have no Sign, whatever the key.
    let created = if kms.version < V1_2 { kms.must(&CreateKeyPair::rsa(2048)) } else { kms.call(&p256(kms))? };
    let payload = created.payload();
    let private = kms.activated(payload.private_key_unique_identifier.to_string());
    let reply = kms.call(&Sign::data(&private, PLAIN).algorithm(Signature::ECDSA_WITH_SHA256))?;
    let public = payload.public_key_unique_identifier.to_string();
    verified(kms, &public, &signature::ECDSA_P256_SHA256_ASN1, reply.payload().signature_data.unwrap());
    Ok(())
}

fn sign_digest(kms: &Session) -> Probed {
    let (private, public) = kms.rsa_pair();
    let hash = digest::digest(&digest::SHA256, PLAIN);
    let reply = kms.call(&Sign::digest(&private, hash.as_ref()).parameters(pkcs1()))?;
    verified(kms, &public, &signature::RSA_PKCS1_2048_8192_SHA256, reply.payload().signature_data.unwrap());
    Ok(())
}

/// Signs locally, with the private key in `tests/pem`, whose public half is on the server.
fn verify_pkcs1(kms: &Session) -> Probed {
    verify_rsa(kms, &signature::RSA_PKCS1_SHA256, &pkcs1())
}

fn verify_pss(kms: &Session) -> Probed {
    let parameters = SignatureVerify::data("", PLAIN, &[]).rsa_pss(Hashing::SHA_256).cryptographic_parameters;
    verify_rsa(kms, &signature::RSA_PSS_SHA256, &parameters.unwrap())
}

fn verify_rsa(
    kms: &Session,
    padding: &'static dyn signature::RsaEncoding,
    parameters: &CryptographicParameters<'_>,
) -> Probed {
    let key = RsaKeyPair::from_der(&private_key("rsa-pkcs1.key")).unwrap();
    let mut signed = vec![0; key.public_modulus_len()];
    key.sign(padding, &SystemRandom::new(), PLAIN, &mut signed).unwrap();
    let request = Register::public_key(Format::PKCS_1, Algorithm::RSA, 2048, key.public_key().as_ref());
    let id = kms.activated(with_length(kms, request, Algorithm::RSA, 2048));
    judged(kms, &id, &signed, parameters)
}

fn verify_ecdsa(kms: &Session) -> Probed {
    let (algorithm, random) = (&signature::ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
    let key = EcdsaKeyPair::from_pkcs8(algorithm, &private_key("p256-pkcs8.key")).unwrap();
    let signed = key.sign(&random, PLAIN).unwrap();
    let der = p256_public_key();
    let request = Register::public_key(Format::X_509, ec(kms), 256, &der);
    let id = kms.activated(with_length(kms, request, ec(kms), 256));
    let parameters = CryptographicParameters::default().digital_signature_algorithm(Signature::ECDSA_WITH_SHA256);
    judged(kms, &id, signed.as_ref(), &parameters)
}

fn with_length(kms: &Session, request: RegisterRequest<'_>, algorithm: Algorithm, bits: i32) -> String {
    let request = request
        .attribute(AttributeValue::CryptographicAlgorithm(algorithm))
        .attribute(AttributeValue::CryptographicLength(bits));
    kms.must(&request).payload().unique_identifier.to_string()
}

/// Checks that the signature is valid, and that no other is.
fn judged(kms: &Session, id: &str, signed: &[u8], parameters: &CryptographicParameters<'_>) -> Probed {
    let verify = |signed: &[u8]| {
        let request = SignatureVerify::data(id, PLAIN, signed).parameters(parameters.clone());
        kms.call(&request).map(|reply| reply.payload().is_valid())
    };
    assert!(verify(signed)?, "a good signature");
    let mut forged = signed.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    assert!(!verify(&forged)?, "a bad signature");
    Ok(())
}

fn hmac_key(kms: &Session) -> String {
    kms.registered(Algorithm::HMAC_SHA256, &KEY, Mask::MAC_GENERATE | Mask::MAC_VERIFY)
}

fn hmac_sha256(data: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &KEY), data)
}

fn mac_hmac(kms: &Session) -> Probed {
    let id = hmac_key(kms);
    // Cosmian requires the hash beside the algorithm that already names it.
    let mut request = Mac::data(&id, PLAIN).algorithm(Algorithm::HMAC_SHA256);
    request.cryptographic_parameters.as_mut().unwrap().hashing_algorithm = Some(Hashing::SHA_256);
    let reply = kms.call(&request)?;
    assert_eq!(reply.payload().mac_data.unwrap(), hmac_sha256(PLAIN).as_ref());
    Ok(())
}

/// RFC 4493, 4: the second example.
fn mac_cmac(kms: &Session) -> Probed {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|n| u8::from_str_radix(&text[n..n + 2], 16).unwrap()).collect()
    };
    let id = kms.registered(Algorithm::AES, &hex("2b7e151628aed2a6abf7158809cf4f3c"), Mask::MAC_GENERATE);
    let mut request = Mac::data(&id, b"").algorithm(Algorithm::AES);
    request.cryptographic_parameters.as_mut().unwrap().block_cipher_mode = Some(BlockCipherMode::CMAC);
    let message = hex("6bc1bee22e409f96e93d7e117393172a");
    request.data = Some((&message).into());
    let reply = kms.call(&request)?;
    assert_eq!(reply.payload().mac_data.unwrap(), hex("070a16b46b4d4144f79bdd9dd04a287c"));
    Ok(())
}

fn mac_verify(kms: &Session) -> Probed {
    let id = hmac_key(kms);
    let verify = |mac: &[u8]| {
        let mut request = MacVerify::data(&id, PLAIN, mac).algorithm(Algorithm::HMAC_SHA256);
        request.cryptographic_parameters.as_mut().unwrap().hashing_algorithm = Some(Hashing::SHA_256);
        kms.call(&request).map(|reply| reply.payload().is_valid())
    };
    assert!(verify(hmac_sha256(PLAIN).as_ref())?, "a good code");
    assert!(!verify(&[0; 32])?, "a bad code");
    Ok(())
}

fn hash(kms: &Session) -> Probed {
    for (name, algorithm) in [(Hashing::SHA_256, &digest::SHA256), (Hashing::SHA_512, &digest::SHA512)] {
        let reply = kms.call(&Hash::with(name, b"abc"))?;
        assert_eq!(reply.payload().data.unwrap(), digest::digest(algorithm, b"abc").as_ref());
    }
    Ok(())
}

fn rng_retrieve(kms: &Session) -> Probed {
    let first = kms.call(&RngRetrieve::bytes(32))?;
    let second = kms.call(&RngRetrieve::bytes(32))?;
    assert_eq!(first.payload().data.len(), 32);
    assert_ne!(first.payload().data.expose(), second.payload().data.expose());
    Ok(())
}

fn rng_seed(kms: &Session) -> Probed {
    let reply = kms.call(&RngSeed::bytes(b"heads, tails, tails"))?;
    assert!((0..=19).contains(&reply.payload().data_length));
    Ok(())
}

fn derivable(kms: &Session) -> String {
    kms.registered(Algorithm::AES, &KEY, Mask::DERIVE_KEY | Mask::ENCRYPT)
}

/// Derives, fetches the result, and compares it.
fn derived(kms: &Session, request: &DeriveKeyRequest<'_>, expected: &[u8]) -> Probed {
    let name = kms.name();
    let reply = kms.call(&request.clone().name(&name))?;
    assert_eq!(kms.bytes(&reply.payload().unique_identifier.to_string()), expected);
    Ok(())
}

fn derive_hmac(kms: &Session) -> Probed {
    let id = derivable(kms);
    let name = kms.name();
    let reply = kms.call(&DeriveKey::aes(256).hmac(&id, Hashing::SHA_256, b"disk 7").name(&name))?;
    let derived = kms.bytes(&reply.payload().unique_identifier.to_string());
    if derived == hkdf_sha256(b"", b"disk 7") {
        return Err(Failure::Wrong("it takes HKDF for HMAC"));
    }
    assert_eq!(derived, hmac_sha256(b"disk 7").as_ref());
    Ok(())
}

fn derive_hash(kms: &Session) -> Probed {
    let id = derivable(kms);
    let expected = digest::digest(&digest::SHA256, &KEY);
    derived(kms, &DeriveKey::aes(256).hash(&id, Hashing::SHA_256), expected.as_ref())
}

fn derive_pbkdf2(kms: &Session) -> Probed {
    let mut request = Register::secret_data(SecretDataType::PASSWORD, b"correct horse");
    request.attributes = Default::default();
    let id = kms.must(&request.usage(Mask::DERIVE_KEY)).payload().unique_identifier.to_string();
    let id = kms.activated(id);
    let (mut expected, count) = ([0; 32], 1000.try_into().unwrap());
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, count, b"salt and pepper", b"correct horse", &mut expected);
    derived(kms, &DeriveKey::aes(256).pbkdf2(&id, Hashing::SHA_256, b"salt and pepper", 1000), &expected)
}

fn derive_encrypt(kms: &Session) -> Probed {
    let id = derivable(kms);
    let mut expected = PLAIN[..16].to_vec();
    EncryptingKey::ecb(unbound()).unwrap().encrypt(&mut expected).unwrap();
    // The key is the beginning of the ciphertext.
    derived(kms, &DeriveKey::aes(128).encrypt(&id, ecb(), None, PLAIN), &expected)
}

fn derive_counter(kms: &Session) -> Probed {
    let id = derivable(kms);
    let mut expected = [0; 32];
    let algorithm = get_kbkdf_ctr_hmac_algorithm(KbkdfCtrHmacAlgorithmId::Sha256).unwrap();
    kbkdf_ctr_hmac(algorithm, &KEY, b"label\0context", &mut expected).unwrap();
    derived(kms, &DeriveKey::aes(256).counter_mode(&id, Hashing::SHA_256, b"label\0context"), &expected)
}

fn derive_hkdf(kms: &Session) -> Probed {
    let id = derivable(kms);
    let expected = hkdf_sha256(b"salt", b"disk 7");
    derived(kms, &DeriveKey::aes(256).hkdf(&id, Hashing::SHA_256, b"salt", b"disk 7"), &expected)
}

fn hkdf_sha256(salt: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let salted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&KEY);
    salted.expand(&[info], hkdf::HKDF_SHA256).unwrap().fill(&mut key).unwrap();
    key
}
