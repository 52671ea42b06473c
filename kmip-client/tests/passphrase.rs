//! Passphrase-protected identities, in every form that OpenSSL writes. `pem/make.sh` created the files.
#![allow(clippy::unwrap_used)]

use kmip_client::{ConfigError, Identity, Input};

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("pem/", $name)).as_slice()
    };
}

const PASSPHRASE: &str = "secret";

/// Returns the error, after checking that its text contains this.
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

/// Returns the only block of a PEM file, in DER.
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

/// The padding is valid by chance for one wrong passphrase in 256; the plaintext is checked too.
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
}

/// Keys as OpenSSL encrypted them before PKCS#8, still written by `openssl rsa` and `openssl ec`.
#[test]
fn pem_of_the_older_form() {
    for (form, certificate, key) in [
        ("PKCS#1, AES-256", file!("rsa.crt"), file!("rsa-pkcs1-encrypted.key")),
        ("SEC1, AES-256", file!("p256.crt"), file!("p256-sec1-encrypted.key")),
        ("SEC1, AES-192", file!("p256.crt"), file!("p256-sec1-aes192.key")),
        ("SEC1, AES-128", file!("p256.crt"), file!("p256-sec1-aes128.key")),
        ("SEC1, 3DES", file!("p256.crt"), file!("p256-sec1-des3.key")),
    ] {
        let text = str::from_utf8(key).unwrap();
        for key in [text.to_owned(), text.replace('\n', "\r\n"), text.replace('\n', " ")] {
            Identity::from_encrypted_pem(certificate, &key, PASSPHRASE)
                .unwrap_or_else(|error| panic!("{form}: {error}"));
            for wrong in 0..300 {
                let opened = Identity::from_encrypted_pem(certificate, &key, &wrong.to_string());
                let error = refused(opened, &["the passphrase does not open the private key input"]);
                assert!(matches!(error, ConfigError::WrongPassphrase { input: Input::PrivateKey }), "{form}");
            }
        }
        let without = ["private key is encrypted", "Identity::from_encrypted_pem", "`openssl pkey"];
        refused(Identity::from_pem(certificate, key), &without);
    }
    let another = Identity::from_encrypted_pem(file!("p256.crt"), file!("p256-sec1-camellia256.key"), PASSPHRASE);
    refused(another, &["CAMELLIA-256-CBC", "`openssl pkcs8 -topk8 -v2 aes"]);
}

/// No truncation and no flipped bit of a header or of the content panics.
#[test]
fn pem_of_the_older_form_that_is_damaged() {
    let whole = file!("p256-sec1-encrypted.key").trim_ascii_end();
    for length in 0..whole.len() {
        Identity::from_encrypted_pem(file!("p256.crt"), &whole[..length], PASSPHRASE).unwrap_err();
    }
    for at in 0..whole.len() {
        let mut turned = whole.to_vec();
        turned[at] ^= 1 << (at % 7);
        let _ = Identity::from_encrypted_pem(file!("p256.crt"), &turned, PASSPHRASE);
    }
}

/// Returns an item in DER.
fn item(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let [high, low] = u16::try_from(value.len()).unwrap().to_be_bytes();
    let length = match value.len() {
        0..=0x7F => vec![low],
        0x80..=0xFF => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], &*length, &value].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    item(0x30, parts)
}

fn integer(value: i64) -> Vec<u8> {
    item(0x02, &[&value.to_be_bytes()[(value.leading_zeros() as usize - 1) / 8..]])
}

fn octets(value: &[u8]) -> Vec<u8> {
    item(0x04, &[value])
}

/// Returns an object identifier, without the `42.134.72` that all of these start with.
fn rsa(rest: &[u8]) -> Vec<u8> {
    item(0x06, &[&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D], rest])
}

/// Returns the `AlgorithmIdentifier` of PBES2 with this key derivation and AES-256.
fn pbes2(derivation: &[u8]) -> Vec<u8> {
    let aes256 = item(0x06, &[&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A]]);
    let cipher = sequence(&[&aes256, &octets(&[0; 16])]);
    sequence(&[&rsa(&[1, 5, 13]), &sequence(&[derivation, &cipher])])
}

/// Returns the `AlgorithmIdentifier` of each scheme, with this many rounds.
fn schemes(rounds: i64) -> Vec<(&'static str, Vec<u8>)> {
    let salt = octets(b"saltsalt");
    let old = |last| sequence(&[&rsa(&[1, 12, 1, last]), &sequence(&[&salt, &integer(rounds)])]);
    let sha256 = sequence(&[&item(0x06, &[&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 2, 9]]), &[0x05, 0]]);
    let pbkdf2 = sequence(&[&rsa(&[1, 5, 12]), &sequence(&[&salt, &integer(rounds), &sha256])]);
    let scrypt = item(0x06, &[&[0x2B, 6, 1, 4, 1, 0xDA, 0x47, 4, 11]]);
    // A power of two as cost, and little memory: the other rounds come from the parallelization, of 16 bits.
    let (cost, lanes) = ((rounds + 1) >> 17, (1 << 16) - 1);
    let scrypt = sequence(&[&scrypt, &sequence(&[&salt, &integer(cost), &integer(2), &integer(lanes)])]);
    vec![
        ("PKCS#12, 3DES", old(3)),
        ("PKCS#12, RC2 with 128 bits", old(5)),
        ("PKCS#12, RC2 with 40 bits", old(6)),
        ("PBKDF2", pbes2(&pbkdf2)),
        ("scrypt", pbes2(&scrypt)),
    ]
}

/// The input itself states the number of rounds of its key derivation.
#[test]
fn rounds_are_bounded_in_every_scheme() {
    const MOST: i64 = 0x7FFF_FFFF;
    let certificate = der(file!("p256.crt"));
    for (scheme, algorithm) in schemes(MOST) {
        let key = sequence(&[&algorithm, &octets(&[0; 64])]);
        let error = refused(
            Identity::from_encrypted_der([&certificate], &key, PASSPHRASE),
            &["the private key input", "rounds", "at most 10000000", "`openssl pkcs8 -topk8 -v2 aes-256-cbc"],
        );
        assert!(matches!(error, ConfigError::UnsupportedEncryption { .. }), "{scheme}: {error:?}");
        let file = pkcs12_of(&[sequence(&[&rsa(&[1, 12, 10, 1, 2]), &item(0xA0, &[&key])])], None);
        let error =
            refused(Identity::from_pkcs12(&file, PASSPHRASE), &["the PKCS#12 input", "rounds", "`openssl pkcs12"]);
        assert!(matches!(error, ConfigError::UnsupportedEncryption { .. }), "{scheme}: {error:?}");
        let encrypted = sequence(&[&rsa(&[1, 7, 1]), &algorithm, &item(0x80, &[&[0; 64]])]);
        let encrypted = sequence(&[&rsa(&[1, 7, 6]), &item(0xA0, &[&sequence(&[&integer(0), &encrypted])])]);
        let file = pfx(&encrypted, None);
        refused(Identity::from_pkcs12(&file, PASSPHRASE), &["the PKCS#12 input", "rounds", "`openssl pkcs12"]);
    }
    let file = pkcs12_of(&[], Some(MOST));
    refused(Identity::from_pkcs12(&file, PASSPHRASE), &["a MAC with 2147483647 rounds"]);
}

/// Many parts, each with an allowed number of rounds, are bounded too.
#[test]
fn rounds_are_bounded_over_all_parts() {
    let bag = |algorithm: &[u8]| {
        let key = sequence(&[algorithm, &octets(&[0; 64])]);
        sequence(&[&rsa(&[1, 12, 10, 1, 2]), &item(0xA0, &[&key])])
    };
    // One round, with a valid key.
    let key = der(file!("p256-pkcs8-once.key"));
    let whole = || sequence(&[&rsa(&[1, 12, 10, 1, 2]), &item(0xA0, &[&key])]);
    let (_, much) = schemes(9_999_999).swap_remove(3);
    let mut bags = vec![whole(), whole(), bag(&much)];
    let file = pkcs12_of(&bags, None);
    refused(Identity::from_pkcs12(&file, PASSPHRASE), &["PBKDF2 with 9999999 rounds (at most 10000000 in all)"]);
    bags.pop();
    refused(Identity::from_pkcs12(pkcs12_of(&bags, None), PASSPHRASE), &["0 certificates and 2 private keys"]);
}

/// Returns a file of these bags, not encrypted as a whole.
fn pkcs12_of(bags: &[Vec<u8>], mac_rounds: Option<i64>) -> Vec<u8> {
    let bags: Vec<&[u8]> = bags.iter().map(Vec::as_slice).collect();
    pfx(&data(&sequence(&bags)), mac_rounds)
}

fn data(content: &[u8]) -> Vec<u8> {
    sequence(&[&rsa(&[1, 7, 1]), &item(0xA0, &[&octets(content)])])
}

/// Returns a file with this part, and a wrong MAC of this many rounds.
fn pfx(part: &[u8], mac_rounds: Option<i64>) -> Vec<u8> {
    let safe = data(&sequence(&[part]));
    let mac = mac_rounds.map(|rounds| {
        let sha1 = sequence(&[&item(0x06, &[&[0x2B, 0x0E, 3, 2, 0x1A]]), &[0x05, 0]]);
        let digest = sequence(&[&sha1, &octets(&[0; 20])]);
        sequence(&[&digest, &octets(b"saltsalt"), &integer(rounds)])
    });
    sequence(&[&integer(3), &safe, &mac.unwrap_or_default()])
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
        // Leaf, intermediate and root, although the file has the root before the intermediate.
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

/// No truncation and no flipped bit panics, or returns another key than the original.
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
        // With a flipped bit in the number of rounds, the MAC takes a while, and fails.
        if let Ok(identity) = Identity::from_pkcs12(&turned, PASSPHRASE) {
            assert_eq!(identity.thumbprint(), leaf, "byte {at}");
        }
    }
}
