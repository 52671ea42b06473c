//! Bad input, and its errors, which state the cause and the remedy.

use kmip_client::keys::{Certificate, FetchError, KeyError, PrivateKey, PublicKey};
use kmip_ttlv::enumeration::WrappingMethod;

use crate::files::self_signed;
use crate::openssl::{generate, is_there, openssl, public_half};

fn told<T>(read: Result<T, KeyError>) -> String {
    read.map(drop).unwrap_err().to_string()
}

#[needs::command("openssl")]
#[test]
fn files_that_are_something_else() {
    assert_eq!(told(PrivateKey::from_pem("")), "the input is not PEM: it is empty");
    assert_eq!(
        told(PrivateKey::from_pem("/etc/ssl/key.pem")),
        "the input is not PEM: it looks like a path; give the content of the file"
    );
    if !is_there() {
        return;
    }
    let pem = generate("P-256");
    let certificate = self_signed(&pem);
    assert_eq!(told(PrivateKey::from_pem(&certificate)), "the PEM input holds no private key but CERTIFICATE");
    assert_eq!(told(PrivateKey::from_pem(public_half(&pem))), "the PEM input holds no private key but PUBLIC KEY");
    assert_eq!(told(PublicKey::from_pem(&pem)), "the PEM input holds no public key but PRIVATE KEY");
    assert_eq!(told(Certificate::from_pem(&pem)), "the PEM input holds no certificate but PRIVATE KEY");
    let key = PrivateKey::from_pem(&pem).unwrap();
    let certificate = Certificate::from_pem(&certificate).unwrap();
    assert_eq!(
        told(PrivateKey::from_der(certificate.to_der())),
        "the bytes are a certificate, where a private key is wanted"
    );
    assert_eq!(
        told(PrivateKey::from_der(key.public_key().unwrap().to_public_key_der())),
        "the bytes are a public key (SubjectPublicKeyInfo), where a private key is wanted"
    );
    assert_eq!(
        told(PublicKey::from_der(key.to_pkcs8_der())),
        "the bytes are a private key (PKCS#8), where a public key or certificate is wanted"
    );
    assert_eq!(
        told(Certificate::from_der(key.to_pkcs8_der())),
        "the bytes are a private key (PKCS#8), where a certificate is wanted"
    );
    assert!(told(PrivateKey::from_der(&pem)).contains("PEM text (use the method for PEM)"));
    assert!(told(PrivateKey::from_pem(key.to_pkcs8_der())).contains("it looks like DER"));
}

#[needs::command("openssl")]
#[test]
fn keys_that_a_passphrase_protects() {
    if !is_there() {
        return;
    }
    let pem = generate("P-256");
    let encrypted = openssl(&["pkcs8", "-topk8", "-passout", "pass:x"], &pem);
    assert_eq!(PrivateKey::from_pem(encrypted).unwrap_err(), KeyError::Encrypted);
    let encrypted = openssl(&["pkcs8", "-topk8", "-passout", "pass:x", "-outform", "DER"], &pem);
    assert_eq!(PrivateKey::from_der(encrypted).unwrap_err(), KeyError::Encrypted);
    let encrypted = openssl(&["pkey", "-traditional", "-aes128", "-passout", "pass:x"], &pem);
    assert_eq!(PrivateKey::from_pem(encrypted).unwrap_err(), KeyError::Encrypted);
}

#[needs::command("openssl")]
#[test]
fn algorithms_and_curves_that_are_not_known() {
    if !is_there() {
        return;
    }
    let error = told(PrivateKey::from_pem(openssl(&["genpkey", "-algorithm", "X448"], b"")));
    assert_eq!(error, "the algorithm 1.3.101.111 of the key is not known: RSA, EC, Ed25519 and X25519 are");
    let brainpool = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"];
    let brainpool = openssl(&brainpool, b"");
    let error = told(PrivateKey::from_pem(&brainpool));
    assert!(error.starts_with("the elliptic curve 1.3.36.3.3.2.8.1.1.7 of the key is not known"), "{error}");
    assert!(told(PublicKey::from_pem(public_half(&brainpool))).contains("is not known"));
    // The rest of a certificate with such a key is usable.
    let certificate = Certificate::from_pem(self_signed(&brainpool)).unwrap();
    assert!(certificate.public_key().unwrap_err().to_string().contains("is not known"));
}

/// Every byte changed and every length truncated: an error or a key, never a panic, and never a byte of the key in the
/// error.
#[needs::command("openssl")]
#[test]
fn damaged_der() {
    if !is_there() {
        return;
    }
    for name in ["P-256", "Ed25519", "RSA-2048"] {
        let whole = PrivateKey::from_pem(generate(name)).unwrap();
        let der = whole.to_pkcs8_der();
        for len in 0..der.len() {
            let error = PrivateKey::from_der(&der[..len]).unwrap_err();
            assert!(error.to_string().len() < 200, "{error}");
        }
        let step = der.len() / 100 + 1;
        for place in (0..der.len()).step_by(step) {
            for flip in [0x01, 0x80, 0xFF] {
                let mut changed = der.to_vec();
                changed[place] ^= flip;
                if let Err(error) = PrivateKey::from_der(&changed) {
                    assert!(error.to_string().len() < 200, "{error}");
                }
            }
        }
        let public = PublicKey::from_pem(public_half(whole.to_pkcs8_pem().unwrap().as_bytes())).unwrap();
        for len in 0..public.to_public_key_der().len() {
            PublicKey::from_der(&public.to_public_key_der()[..len]).unwrap_err();
        }
    }
}

#[needs::command("openssl")]
#[test]
fn debug_shows_no_key() {
    if !is_there() {
        return;
    }
    let key = PrivateKey::from_pem(generate("P-256")).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(P-256)");
    assert_eq!(format!("{:?}", key.public_key().unwrap()), "PublicKey(P-256)");
    let encoded = key.encode(kmip_ttlv::enumeration::KeyFormatType::RAW).unwrap();
    assert_eq!(format!("{encoded:?}"), "EncodedKey(Private, P-256, Raw)");
    assert!(!format!("{:?}", encoded.object()).contains('['));
}

/// Identifiers of a server are escaped and truncated, also by `Debug`.
#[test]
fn words_of_a_server() {
    let long = format!("\u{1b}[2J\u{202e}{}", "a".repeat(1 << 20));
    let wrapped = KeyError::Wrapped { method: WrappingMethod::ENCRYPT, mode: None, by: Some(long.clone()) };
    let fetched = FetchError::Key { id: long, problem: wrapped.clone() };
    for said in
        [format!("{wrapped} {wrapped:?}"), format!("{wrapped:#?}"), format!("{fetched} {fetched:?} {fetched:#?}")]
    {
        assert!(said.len() < 7000 && said.contains("(1048583 bytes in all)"), "{}", said.len());
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\n']), "{said}");
    }
    assert!(format!("{wrapped:?}").starts_with("KeyError(the key is wrapped"), "{wrapped:?}");
}
