//! Identity from PEM: every form of key, and the error for each kind of wrong input.
#![allow(clippy::unwrap_used)]

use kmip_client::{ConfigError, Identity, Input, NotPem, Trust, test_server::Pki};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("pem/", $name))
    };
}

/// Returns the error, after checking that its text contains this.
#[track_caller]
fn refused(certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>, text: &[&str]) -> ConfigError {
    let error = Identity::from_pem(certificate, key).unwrap_err();
    let said = error.to_string();
    for part in text {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
    assert!(!said.contains('\n') && !said.contains("  "), "not one sentence: {said:?}");
    error
}

#[test]
fn every_form_of_key_is_taken() {
    for (form, certificate, key) in [
        ("PKCS#8 P-256", pem!("p256.crt"), pem!("p256-pkcs8.key")),
        ("PKCS#8 P-384", pem!("p384.crt"), pem!("p384-pkcs8.key")),
        ("PKCS#8 Ed25519", pem!("ed25519.crt"), pem!("ed25519-pkcs8.key")),
        ("PKCS#8 RSA", pem!("rsa.crt"), pem!("rsa-pkcs8.key")),
        ("PKCS#1 RSA", pem!("rsa.crt"), pem!("rsa-pkcs1.key")),
        ("SEC1 P-256, after its parameters", pem!("p256.crt"), pem!("p256-sec1.key")),
    ] {
        Identity::from_pem(certificate, key).unwrap_or_else(|error| panic!("{form}: {error}"));
    }
}

#[test]
fn der() {
    use kmip_client::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let key_in = |pem: &str| PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap().secret_der().to_vec();
    for (pem, key) in [
        (pem!("p256.crt"), pem!("p256-pkcs8.key")),
        (pem!("p256.crt"), pem!("p256-sec1.key")),
        (pem!("rsa.crt"), pem!("rsa-pkcs1.key")),
        (pem!("ed25519.crt"), pem!("ed25519-pkcs8.key")),
    ] {
        let identity = Identity::from_der([certificate(pem)], key_in(key)).unwrap();
        assert_eq!(identity.thumbprint(), Identity::from_pem(pem, key).unwrap().thumbprint());
    }
    let (leaf, other) = (certificate(pem!("p256.crt")), certificate(pem!("rsa.crt")));
    let key = key_in(pem!("p256-pkcs8.key"));
    let error = Identity::from_der([&other, &leaf], &key).unwrap_err();
    assert!(matches!(error, ConfigError::KeyMismatch { owner: Some(2), .. }), "{error:?}");
    let error = Identity::from_der([pem!("p256.crt")], &key).unwrap_err();
    assert!(matches!(error, ConfigError::NotDer { input: Input::ClientCertificate }), "{error:?}");
    let error = Identity::from_der([&leaf], pem!("p256-pkcs8.key")).unwrap_err();
    assert!(matches!(error, ConfigError::NotDer { input: Input::PrivateKey }), "{error:?}");
    let error = Identity::from_der([&leaf], &leaf).unwrap_err();
    assert!(matches!(error, ConfigError::BrokenKey { .. }), "{error:?}");
    let error = Identity::from_der(<[&[u8]; 0]>::default(), &key).unwrap_err();
    assert!(matches!(error, ConfigError::NoCertificate { .. }), "{error:?}");
}

#[test]
fn pem_need_not_be_tidy() {
    let (certificate, key) = (pem!("p256.crt"), pem!("p256-pkcs8.key"));
    let both = format!("Bag Attributes\n    friendlyName: p\u{e4}r\n{key}\n{certificate}");
    let windows = both.replace('\n', "\r\n");
    let indented = both.replace('\n', "\n    ");
    let one_line = both.replace('\n', " ");
    for file in [&both, &windows, &indented, &one_line] {
        Identity::from_pem(file, file).unwrap();
    }
    let with_mark = format!("\u{feff}{certificate}");
    Identity::from_pem(with_mark, key.trim_end()).unwrap();
}

#[test]
fn the_chain_follows_the_leaf() {
    let pki = Pki::new();
    let alice = pki.issue_client("alice");
    let leaf_first = format!("{}{}", alice.certificate_pem(), pki.ca_pem());
    let identity = Identity::from_pem(leaf_first, alice.private_key_pem()).unwrap();
    assert_eq!(identity.thumbprint(), alice.identity().unwrap().thumbprint());
    assert_eq!(
        format!("{identity:?}"),
        format!("Identity {{ certificates: 2, thumbprint: SHA-256 {}, .. }}", identity.thumbprint())
    );

    let ca_first = format!("{}{}", pki.ca_pem(), alice.certificate_pem());
    let error = refused(ca_first, alice.private_key_pem(), &["certificate 2 of the input", "must be the first"]);
    assert!(matches!(error, ConfigError::KeyMismatch { owner: Some(2), .. }));
}

#[test]
fn the_thumbprint_is_that_of_openssl() {
    // openssl x509 -in p256.crt -noout -fingerprint -sha256
    let identity = Identity::from_pem(pem!("p256.crt"), pem!("p256-pkcs8.key")).unwrap();
    assert_eq!(identity.thumbprint().to_string(), P256_SHA256);
}

#[test]
fn a_key_of_another_certificate() {
    for (certificate, key) in [
        (pem!("p256.crt"), pem!("p384-pkcs8.key")),
        (pem!("p256.crt"), pem!("rsa-pkcs1.key")),
        (pem!("rsa.crt"), pem!("ed25519-pkcs8.key")),
    ] {
        let error = refused(certificate, key, &["does not belong to the client certificate", "-pubout"]);
        assert!(matches!(error, ConfigError::KeyMismatch { owner: None, .. }));
    }
    let pki = Pki::new();
    let (alice, bob) = (pki.issue_client("alice"), pki.issue_client("bob"));
    let thumbprint = alice.identity().unwrap().thumbprint().to_string();
    refused(alice.certificate_pem(), bob.private_key_pem(), &["does not belong", &thumbprint]);
}

#[test]
fn an_encrypted_key() {
    for (certificate, key) in [
        (pem!("p256.crt"), pem!("p256-pkcs8-encrypted.key")),
        (pem!("p256.crt"), pem!("p256-sec1-encrypted.key")),
        (pem!("rsa.crt"), pem!("rsa-pkcs1-encrypted.key")),
    ] {
        let text = ["private key is encrypted", "passphrase", "`openssl pkey -in encrypted.pem -out key.pem`"];
        let error = refused(certificate, key, &text);
        assert!(matches!(error, ConfigError::EncryptedKey { .. }));
    }
}

#[test]
fn something_else_than_a_key() {
    let error = refused(pem!("p256.crt"), pem!("p256.crt"), &["private key input", "found CERTIFICATE"]);
    assert!(matches!(error, ConfigError::NoPrivateKey { .. }));
    refused(pem!("p256.crt"), pem!("p256.csr"), &["no private key", "found CERTIFICATE REQUEST"]);

    let two = format!("{}{}", pem!("p256-pkcs8.key"), pem!("rsa-pkcs8.key"));
    let error = refused(pem!("p256.crt"), two, &["2 private keys"]);
    assert!(matches!(error, ConfigError::SeveralPrivateKeys { count: 2 }));
}

#[test]
fn something_else_than_a_certificate() {
    let error =
        refused(pem!("p256.csr"), pem!("p256-pkcs8.key"), &["client certificate input", "found CERTIFICATE REQUEST"]);
    assert!(matches!(error, ConfigError::NoCertificate { input: Input::ClientCertificate, .. }));
    refused(pem!("p256-pkcs8.key"), pem!("p256-pkcs8.key"), &["has no certificate", "found PRIVATE KEY"]);
}

#[test]
fn certificate_and_key_swapped() {
    let error = refused(pem!("p256-pkcs8.key"), pem!("p256.crt"), &["swapped"]);
    assert!(matches!(error, ConfigError::Swapped));
}

#[test]
fn a_key_that_cannot_be_used() {
    let error =
        refused(pem!("p256.crt"), pem!("openssh.key"), &["OPENSSH PRIVATE KEY", "`ssh-keygen -p -m PKCS8 -f key`"]);
    assert!(matches!(error, ConfigError::UnsupportedKey { .. }));

    let text = ["cannot be used", "RSA", "P-256", "Ed25519", "`openssl pkey"];
    let error = refused(pem!("p256.crt"), pem!("secp256k1.key"), &text);
    assert!(matches!(error, ConfigError::BrokenKey { .. }));
    assert!(std::error::Error::source(&error).is_some());
    let error = refused(pem!("p256.crt"), "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n", &text);
    assert!(matches!(error, ConfigError::BrokenKey { .. }));
}

#[test]
fn a_certificate_that_cannot_be_read() {
    let broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n";
    let key = pem!("p256-pkcs8.key");
    let error = refused(broken, key, &["certificate 1 of the client certificate input", "X.509", "`openssl x509"]);
    assert!(matches!(error, ConfigError::BrokenCertificate { number: 1, .. }));
    assert!(std::error::Error::source(&error).is_some());
    refused(format!("{}{broken}", pem!("p256.crt")), key, &["certificate 2 of the client certificate input"]);

    let error = refused(pem!("p256-v1.crt"), key, &["X.509 version 1", "`openssl x509 -req -extfile`"]);
    assert!(matches!(error, ConfigError::OldCertificate { number: 1, .. }));
}

#[test]
fn an_input_that_is_not_pem() {
    let (certificate, key) = (pem!("p256.crt"), pem!("p256-pkcs8.key"));
    let der = [0x30, 0x82, 0x01, 0x7D, 0x30, 0x82];
    let not_pem = |error| match error {
        ConfigError::NotPem { input, seen } => (input, seen),
        error => panic!("{error:?}"),
    };
    let error = refused("", key, &["client certificate input is not PEM", "it is empty"]);
    assert_eq!(not_pem(error), (Input::ClientCertificate, NotPem::Empty));
    let error = refused(der, key, &["client certificate input", "`openssl x509 -inform DER"]);
    assert_eq!(not_pem(error), (Input::ClientCertificate, NotPem::Der));
    let error = refused(certificate, der, &["private key input", "`openssl pkey -inform DER"]);
    assert_eq!(not_pem(error), (Input::PrivateKey, NotPem::Der));
    let utf16: Vec<u8> = "\u{feff}-----BEGIN".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = refused(certificate, utf16, &["private key input", "UTF-16"]);
    assert_eq!(not_pem(error), (Input::PrivateKey, NotPem::Utf16));
    for path in ["/etc/kms/client.key", "client.key\n", "C:\\KMS\\client key.PEM", "./client"] {
        let error = refused(certificate, path, &["private key input", "give the content of the file"]);
        assert_eq!(not_pem(error), (Input::PrivateKey, NotPem::Path), "{path}");
    }
    let base64 = |pem: &str| pem.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n");
    let error = refused(base64(certificate), key, &["is base64 alone", "-----BEGIN CERTIFICATE-----"]);
    assert_eq!(not_pem(error), (Input::ClientCertificate, NotPem::Base64));
    let error = refused(certificate, base64(key), &["is base64 alone", "-----BEGIN PRIVATE KEY-----"]);
    assert_eq!(not_pem(error), (Input::PrivateKey, NotPem::Base64));
    let error = refused(certificate, [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2], &["Java keystore", "`keytool "]);
    assert_eq!(not_pem(error), (Input::PrivateKey, NotPem::JavaKeystore));
    // As short as a key of Ed25519 in DER.
    let der = [&[0x30, 0x2E, 2, 1, 0, 0x30, 5][..], &[0xFF; 41]].concat();
    assert_eq!(not_pem(refused(certificate, der, &["Identity::from_der"])), (Input::PrivateKey, NotPem::Der));
    // The file exists, but is not PEM.
    for content in
        ["<html>/login</html>", "{\"error\": \"not/found\"}", "PuTTY-User-Key-File-3: ssh-ed25519\n/\n", "hunter2"]
    {
        let error = Identity::from_pem(certificate, content).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("another format") && !said.contains("give the content"), "{said}");
        assert_eq!(not_pem(error), (Input::PrivateKey, NotPem::Other), "{content}");
    }
}

#[test]
fn pem_that_is_damaged() {
    let (certificate, key) = (pem!("p256.crt"), pem!("p256-pkcs8.key"));
    let cut = &key[..key.len() / 2];
    let error =
        refused(certificate, format!("# our key\n{cut}"), &["line 2", "private key input", "END line is missing"]);
    assert!(matches!(error, ConfigError::BrokenPem { input: Input::PrivateKey, line: 2, .. }));
    refused(certificate, key.replace('\n', "\\n"), &["line 1", "not base64", "line breaks"]);
    refused(certificate, key.replace("END PRIVATE", "END RSA PRIVATE"), &["END line names something else"]);
    refused(certificate, key.replace("KEY-----\n", "KEY\n"), &["line 1", "BEGIN line is damaged"]);
    refused(certificate.replace("\nM", "\n?"), key, &["client certificate input", "not base64"]);
    // One byte too few for base64.
    refused(certificate, "-----BEGIN PRIVATE KEY-----\nMAMCAQ\n-----END PRIVATE KEY-----", &["not base64"]);
}

/// No error and no Debug output contains any part of a key's text.
#[test]
fn the_key_is_nowhere_to_be_seen() {
    let key = pem!("p256-pkcs8.key");
    let lines: Vec<&str> = key
        .lines()
        .filter(|line| !line.starts_with('-'))
        .flat_map(|line| line.split_at_checked(20))
        .map(|(head, _)| head)
        .collect();
    assert!(!lines.is_empty());
    let damaged = [
        key.replace('\n', "\\n"),
        key.replace("KEY-----\n", "KEY\n"),
        key.replace("-----BEGIN PRIVATE KEY-----\n", "-----BEGIN "),
        key.replace("END", "EN"),
        key.replace("=", ""),
        key.replace("PRIVATE KEY", "CERTIFICATE"),
        key.replace("PRIVATE KEY", "DSA PRIVATE KEY"),
        key.replace("PRIVATE KEY", "EC PRIVATE KEY"),
    ];
    let mut said: Vec<String> = damaged
        .iter()
        .flat_map(|damaged| [Identity::from_pem(pem!("p384.crt"), damaged), Identity::from_pem(damaged, damaged)])
        .map(|result| result.unwrap_err())
        .flat_map(|error| [format!("{error}"), format!("{error:?}"), format!("{error:#?}")])
        .collect();
    said.extend(
        damaged.iter().filter_map(|damaged| Trust::ca_pem(damaged).err()).map(|error| format!("{error} {error:?}")),
    );
    said.push(format!("{:?}", Identity::from_pem(pem!("p256.crt"), key).unwrap()));
    said.push(format!("{:?}", Pki::new().issue_client("alice")));
    for text in said {
        assert!(lines.iter().all(|line| !text.contains(line)), "{text}");
        assert!(!text.contains("PRIVATE KEY-----"), "{text}");
    }
}

const P256_SHA256: &str =
    "E6:CE:05:2C:9B:6C:99:6F:5A:FF:C9:D5:9C:69:CF:F0:58:4A:C7:24:30:29:9E:D2:3F:99:BA:A5:AB:81:73:AF";
