//! Files written by openssl, read and written.

use kmip_client::keys::{Certificate, Curve, KeyError, KeyKind, PrivateKey, PublicKey};

use crate::openssl::{KINDS, generate, is_there, openssl, public_half};
use crate::same;

fn kind(name: &str) -> KeyKind {
    match name {
        "RSA-2048" => KeyKind::Rsa { bits: 2048 },
        "RSA-3072" => KeyKind::Rsa { bits: 3072 },
        "P-256" => KeyKind::Ec(Curve::P256),
        "P-384" => KeyKind::Ec(Curve::P384),
        "P-521" => KeyKind::Ec(Curve::P521),
        "secp256k1" => KeyKind::Ec(Curve::Secp256k1),
        "Ed25519" => KeyKind::Ed25519,
        "X25519" => KeyKind::X25519,
        other => panic!("{other}"),
    }
}

#[needs::command("openssl")]
#[test]
fn every_kind_of_key_in_every_form() {
    if !is_there() {
        return;
    }
    for (name, _) in KINDS {
        let pem = generate(name);
        let mut forms = vec![("PKCS#8", pem.clone())];
        if !name.contains("25519") {
            forms.push(("traditional", openssl(&["pkey", "-traditional"], &pem)));
        }
        for (form, pem) in forms {
            let key = PrivateKey::from_pem(&pem).unwrap_or_else(|error| panic!("{name}, {form}: {error}"));
            assert_eq!(key.kind(), kind(name), "{form}");
            assert_eq!(key.kind().to_string(), name);
            assert!(same(&pem, &key), "{name}, {form}");
            let public = public_half(&pem);
            match key.public_key() {
                Some(own) => assert_eq!(own.to_public_key_pem().unwrap(), public, "{name}, {form}"),
                None => assert!(name.contains("25519"), "{name}, {form}: the public half is inside"),
            }

            let arguments: &[&str] = match form {
                "PKCS#8" => &["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"],
                _ => &["pkey", "-traditional", "-outform", "DER"],
            };
            let der = PrivateKey::from_der(openssl(arguments, &pem)).unwrap();
            assert_eq!(der.to_pkcs8_der(), key.to_pkcs8_der(), "{name}, {form}");

            let public_key = PublicKey::from_pem(&public).unwrap();
            assert_eq!(public_key.kind(), kind(name));
            assert_eq!(public_key.to_public_key_pem().unwrap(), public);
            let der = openssl(&["pkey", "-pubin", "-outform", "DER"], public.as_bytes());
            assert_eq!(PublicKey::from_der(&der).unwrap(), public_key);
            assert_eq!(public_key.to_public_key_der(), der);
        }
    }
}

#[needs::command("openssl")]
#[test]
fn a_public_key_of_rsa_is_read_from_pkcs1_too() {
    if !is_there() {
        return;
    }
    let pem = generate("RSA-2048");
    let old = openssl(&["rsa", "-RSAPublicKey_out"], &pem);
    assert!(old.starts_with(b"-----BEGIN RSA PUBLIC KEY-----"));
    assert_eq!(PublicKey::from_pem(old).unwrap(), PublicKey::from_pem(public_half(&pem)).unwrap());
}

#[needs::command("openssl")]
#[test]
fn files_with_two_blocks() {
    if !is_there() {
        return;
    }
    let pem = openssl(&["ecparam", "-genkey", "-name", "secp384r1"], b"");
    assert!(pem.starts_with(b"-----BEGIN EC PARAMETERS-----"));
    assert_eq!(PrivateKey::from_pem(&pem).unwrap().kind(), KeyKind::Ec(Curve::P384));

    let certificate = self_signed(&pem);
    let both = [certificate.clone(), pem.clone()].concat();
    assert!(same(&pem, &PrivateKey::from_pem(&both).unwrap()));
    let read = Certificate::from_pem(&both).unwrap();
    assert_eq!(read.to_pem().unwrap().as_bytes(), certificate);
    assert_eq!(read.public_key().unwrap(), PrivateKey::from_pem(&pem).unwrap().public_key().unwrap());
    assert_eq!(PublicKey::from_pem(&both).unwrap(), *read.public_key().unwrap());
    assert_eq!(PublicKey::from_der(read.to_der()).unwrap(), *read.public_key().unwrap());

    let other = generate("P-256");
    let error = PrivateKey::from_pem([pem, other].concat()).unwrap_err();
    assert_eq!(error, KeyError::SeveralKeys { count: 2 });
    let chain = [certificate.clone(), self_signed(&generate("RSA-2048"))].concat();
    assert_eq!(Certificate::chain_from_pem(&chain).unwrap().len(), 2);
    assert_eq!(Certificate::from_pem(&chain).unwrap(), read);
}

/// Returns a self-signed certificate for the key.
pub(crate) fn self_signed(pem: &[u8]) -> Vec<u8> {
    openssl(&["req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=web", "-days", "2"], pem)
}

#[cfg(feature = "passphrase")]
#[needs::command("openssl")]
#[test]
fn a_passphrase_opens_an_encrypted_key() {
    if !is_there() {
        return;
    }
    for name in ["RSA-2048", "P-521", "Ed25519", "X25519"] {
        let pem = generate(name);
        let encrypted = openssl(&["pkcs8", "-topk8", "-passout", "pass:hunter2"], &pem);
        assert!(same(&pem, &PrivateKey::from_encrypted_pem(&encrypted, "hunter2").unwrap()), "{name}");
        assert_eq!(PrivateKey::from_encrypted_pem(&encrypted, "hunter3").unwrap_err(), KeyError::WrongPassphrase);
        assert!(same(&pem, &PrivateKey::from_encrypted_pem(&pem, "unused").unwrap()), "{name}");
        let der = openssl(&["pkcs8", "-topk8", "-passout", "pass:hunter2", "-outform", "DER"], &pem);
        assert!(same(&pem, &PrivateKey::from_encrypted_der(&der, "hunter2").unwrap()), "{name}");
    }
}

/// PEM with `Proc-Type: 4,ENCRYPTED`, which `openssl rsa` and `openssl ec` still write.
#[cfg(feature = "passphrase")]
#[needs::command("openssl")]
#[test]
fn a_passphrase_opens_pem_of_the_older_form() {
    if !is_there() {
        return;
    }
    for name in ["RSA-2048", "P-256", "P-521", "secp256k1"] {
        let pem = generate(name);
        for cipher in ["-aes128", "-aes192", "-aes256", "-des3"] {
            let encrypted = openssl(&["pkey", "-traditional", cipher, "-passout", "pass:hunter2"], &pem);
            assert!(encrypted.windows(22).any(|window| window == b"Proc-Type: 4,ENCRYPTED"), "{name} {cipher}");
            assert!(same(&pem, &PrivateKey::from_encrypted_pem(&encrypted, "hunter2").unwrap()), "{name} {cipher}");
            assert_eq!(PrivateKey::from_encrypted_pem(&encrypted, "hunter3").unwrap_err(), KeyError::WrongPassphrase);
        }
    }
    let encrypted = openssl(&["pkey", "-traditional", "-camellia128", "-passout", "pass:x"], &generate("P-256"));
    let error = PrivateKey::from_encrypted_pem(&encrypted, "x").unwrap_err();
    assert_eq!(error, KeyError::Encryption { algorithm: "CAMELLIA-128-CBC".to_owned() });
    assert!(error.to_string().contains("openssl pkcs8 -topk8"), "{error}");
}

#[needs::command("openssl")]
#[test]
fn a_public_half_is_put_inside() {
    if !is_there() {
        return;
    }
    for name in ["P-256", "P-521", "secp256k1", "Ed25519", "X25519", "RSA-2048"] {
        let pem = generate(name);
        let public = PublicKey::from_pem(public_half(&pem)).unwrap();
        let bare = match name {
            "RSA-2048" => pem.clone(),
            name if name.contains("25519") => pem.clone(),
            _ => openssl(&["ec", "-no_public"], &pem),
        };
        let bare = PrivateKey::from_pem(bare).unwrap();
        assert_eq!(bare.public_key().is_some(), name == "RSA-2048");
        let whole = bare.with_public_key(&public).unwrap();
        assert_eq!(whole.public_key(), Some(&public), "{name}");
        assert!(same(&pem, &whole), "{name}");
        let inside = PrivateKey::from_der(whole.to_pkcs8_der()).unwrap().public_key() == Some(&public);
        assert_eq!(inside, !name.contains("25519"), "{name}");
    }
    let (one, other) = (PrivateKey::from_pem(generate("P-256")).unwrap(), generate("P-384"));
    let error = one.with_public_key(&PublicKey::from_pem(public_half(&other)).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "the public key is P-384, and the private key P-256: they are no pair");
}
