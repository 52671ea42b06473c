//! Identities that a passphrase protects, in every way that OpenSSL does. `pem/make.sh` has made the files.
#![allow(clippy::unwrap_used)]

use kmip_client::{ConfigError, Identity, Input};

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("pem/", $name)).as_slice()
    };
}

const PASSPHRASE: &str = "secret";

/// The error, and that its text says this.
#[track_caller]
fn refused(identity: Result<Identity, ConfigError>, text: &[&str]) -> ConfigError {
    let error = identity.unwrap_err();
    let said = error.to_string();
    for part in text {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
    assert!(!said.contains(PASSPHRASE) && !format!("{error:?}").contains(PASSPHRASE), "{said}");
    error
}

/// A PEM file's only block, in DER.
fn der(pem: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let lines = pem.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"-"));
    let bits = lines.flatten().filter_map(|byte| DIGITS.iter().position(|digit| digit == byte));
    let mut der = Vec::new();
    let (mut held, mut count) = (0, 0);
    for digit in bits {
        (held, count) = (held << 6 | digit, count + 6);
        if count >= 8 {
            count -= 8;
            der.push(u8::try_from(held >> count & 0xFF).unwrap());
        }
    }
    der
}

#[test]
fn pkcs8() {
    for (form, key) in [
        ("PBKDF2 with SHA-256, AES-256", file!("p256-pkcs8-encrypted.key")),
        ("scrypt, AES-256", file!("p256-pkcs8-scrypt.key")),
        ("PBKDF2 with SHA-512, AES-128", file!("p256-pkcs8-aes128.key")),
        ("PBKDF2 with SHA-1, 3DES", file!("p256-pkcs8-3des.key")),
        ("PBKDF2 with one round", file!("p256-pkcs8-once.key")),
        ("none", file!("p256-pkcs8.key")),
    ] {
        let open = |passphrase| Identity::from_encrypted_pem(file!("p256.crt"), key, passphrase);
        open(PASSPHRASE).unwrap_or_else(|error| panic!("{form}: {error}"));
        if form.starts_with("scrypt") {
            continue; // once takes seconds without optimisation
        }
        let certificate = der(file!("p256.crt"));
        Identity::from_encrypted_der([&certificate], der(key), PASSPHRASE).unwrap();
        if form != "none" {
            for wrong in ["", "Secret"] {
                let error = refused(open(wrong), &["the passphrase does not open the private key input"]);
                assert!(matches!(error, ConfigError::WrongPassphrase { input: Input::PrivateKey }), "{form}");
            }
            let without = ["private key is encrypted", "Identity::from_encrypted_pem"];
            refused(Identity::from_pem(file!("p256.crt"), key), &without);
            refused(Identity::from_der([&certificate], der(key)), &without);
        }
    }
}

/// Padding is right by chance after one wrong passphrase in 256; what comes out is looked at too.
#[test]
fn no_wrong_passphrase_is_taken_for_a_broken_key() {
    let key = file!("p256-pkcs8-once.key"); // one round of PBKDF2
    for attempt in 0..1000 {
        let error = Identity::from_encrypted_pem(file!("p256.crt"), key, &attempt.to_string()).unwrap_err();
        assert!(matches!(error, ConfigError::WrongPassphrase { .. }), "{attempt}: {error:?}");
    }
}

#[test]
fn pkcs8_in_a_way_that_is_not_read() {
    let camellia = Identity::from_encrypted_pem(file!("p256.crt"), file!("p256-pkcs8-camellia.key"), PASSPHRASE);
    let error = refused(camellia, &["private key input", "1.2.392.200011.61.1.1.1.4", "`openssl pkcs8 -topk8 -v2 aes"]);
    assert!(matches!(error, ConfigError::UnsupportedEncryption { input: Input::PrivateKey, .. }));
    let old = Identity::from_encrypted_pem(file!("rsa.crt"), file!("rsa-pkcs1-encrypted.key"), PASSPHRASE);
    let error = refused(old, &["old form", "`openssl pkcs8 -topk8"]);
    assert!(matches!(error, ConfigError::EncryptedKey { .. }));
}

#[test]
fn pkcs12() {
    let leaf = Identity::from_pem(file!("chain-leaf.crt"), file!("p256-pkcs8.key")).unwrap();
    for (form, file) in [
        ("of today", file!("aes256.p12")),
        ("AES-128, MAC with SHA-512", file!("aes128-sha512.p12")),
        ("of Windows: 3DES", file!("3des.p12")),
        ("of yesterday: RC2 with 40 bits for the certificates, 3DES for the key", file!("rc2-40.p12")),
        ("RC2 with 128 bits", file!("rc2-128.p12")),
        ("not encrypted, with a MAC", file!("plain.p12")),
        ("encrypted, without a MAC", file!("no-mac.p12")),
    ] {
        let identity = Identity::from_pkcs12(file, PASSPHRASE).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(identity.thumbprint(), leaf.thumbprint(), "{form}");
        // Leaf, intermediate and root, though the file has the root before the intermediate.
        assert!(format!("{identity:?}").contains("certificates: 3"), "{form}: {identity:?}");
        let error = refused(Identity::from_pkcs12(file, "Secret"), &["the passphrase does not open the PKCS#12 input"]);
        assert!(matches!(error, ConfigError::WrongPassphrase { input: Input::Pkcs12 }), "{form}");
    }
}

#[test]
fn passphrases_that_are_not_ascii_or_empty() {
    Identity::from_pkcs12(file!("unicode.p12"), "gehe\u{e9}im \u{20ac}").unwrap();
    Identity::from_pkcs12(file!("no-passphrase.p12"), "").unwrap();
    Identity::from_pkcs12(file!("no-passphrase.p12"), PASSPHRASE).unwrap_err();
}

#[test]
fn pkcs12_in_a_way_that_is_not_read() {
    let error =
        refused(Identity::from_pkcs12(file!("rc4.p12"), PASSPHRASE), &["1.2.840.113549.1.12.1.1", "`openssl pkcs12"]);
    assert!(matches!(error, ConfigError::UnsupportedEncryption { input: Input::Pkcs12, .. }));
}

#[test]
fn pkcs12_that_is_none() {
    let error = refused(Identity::from_pkcs12(file!("no-key.p12"), PASSPHRASE), &["1 certificates and 0 private keys"]);
    assert!(matches!(error, ConfigError::Pkcs12Content { certificates: 1, keys: 0 }));
    for something in [&b""[..], b"/etc/kms/client.p12", file!("p256.crt"), &der(file!("p256.crt"))] {
        let error = refused(Identity::from_pkcs12(something, PASSPHRASE), &["cannot be read", "`openssl pkcs12"]);
        assert!(matches!(error, ConfigError::BrokenPkcs12 { .. }), "{error:?}");
    }
}

/// No cut and no turned bit makes it panic, or brings out another key than the one that went in.
#[test]
fn pkcs12_that_is_damaged() {
    let whole = file!("plain.p12");
    let leaf = Identity::from_pkcs12(whole, PASSPHRASE).unwrap().thumbprint();
    for length in (0..whole.len()).step_by(7) {
        Identity::from_pkcs12(&whole[..length], PASSPHRASE).unwrap_err();
    }
    for at in (0..whole.len()).step_by(7) {
        let mut turned = whole.to_vec();
        turned[at] ^= 1 << (at % 8);
        // Turned in the count of rounds, the MAC takes a while, and fails.
        if let Ok(identity) = Identity::from_pkcs12(&turned, PASSPHRASE) {
            assert_eq!(identity.thumbprint(), leaf, "byte {at}");
        }
    }
}
