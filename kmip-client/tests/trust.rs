//! Trust and thumbprints: accepted input, and the error for each kind of wrong input.
#![allow(clippy::unwrap_used)]

use kmip_client::{ConfigError, Input, NotPem, Thumbprint, Trust, test_server::Pki};

// openssl x509 -in p256.crt -noout -fingerprint -sha1, and -sha256
const SHA1: &str = "50:96:41:E5:0F:25:5F:02:09:6E:7F:04:21:15:73:38:61:EB:C3:07";
const SHA256: &str = "E6:CE:05:2C:9B:6C:99:6F:5A:FF:C9:D5:9C:69:CF:F0:58:4A:C7:24:30:29:9E:D2:3F:99:BA:A5:AB:81:73:AF";

#[test]
fn a_thumbprint_is_read_however_people_write_it() {
    for text in [SHA1, SHA256] {
        let thumbprint: Thumbprint = text.parse().unwrap();
        assert_eq!(thumbprint.to_string(), text);
        let bare = text.replace(':', "");
        for written in
            [bare.to_lowercase(), bare.clone(), text.to_lowercase(), text.replace(':', " "), format!(" {bare}\n")]
        {
            assert_eq!(written.parse::<Thumbprint>().unwrap(), thumbprint, "{written:?}");
            Trust::thumbprint(&written).unwrap();
        }
    }
    assert_eq!(SHA1.parse::<Thumbprint>().unwrap().algorithm(), "SHA-1");
    assert_eq!(SHA256.parse::<Thumbprint>().unwrap().algorithm(), "SHA-256");
}

/// FIPS 180-2, appendices A.1 and B.1.
#[test]
fn thumbprints_are_the_digests_of_the_standard() {
    let sha1 = "A9993E36 4706816A BA3E2571 7850C26C 9CD0D89D";
    let sha256 = "BA7816BF 8F01CFEA 414140DE 5DAE2223 B00361A3 96177A9C B410FF61 F20015AD";
    assert_eq!(Thumbprint::sha1_of(b"abc"), sha1.parse().unwrap());
    assert_eq!(Thumbprint::sha256_of(b"abc"), sha256.parse().unwrap());
    let pinned: Thumbprint = sha1.parse().unwrap();
    assert_eq!(pinned.same_digest_of(b"abc"), pinned);
    assert_eq!(pinned.as_bytes()[..2], [0xA9, 0x99]);
}

#[test]
fn a_thumbprint_of_the_wrong_length() {
    let md5 = &SHA1[..47];
    let longer = format!("{SHA256}:00");
    for (text, expected) in [("", 0), ("AB:CD", 4), (md5, 32), (&SHA1[..59], 40), (&SHA1[..58], 39), (&longer, 66)] {
        match Trust::thumbprint(text) {
            Ok(_) => assert_eq!(expected, 40, "{text}"),
            Err(error) => {
                assert!(matches!(error, ConfigError::ThumbprintLength { digits } if digits == expected), "{error:?}");
                let said = error.to_string();
                assert!(
                    said.contains("40") && said.contains("64") && said.ends_with(&format!("has {expected}")),
                    "{said}"
                );
            }
        }
    }
}

#[test]
fn a_thumbprint_with_something_else_in_it() {
    let wrong = SHA1.replacen(':', "-", 1);
    let error = Trust::thumbprint(&wrong).unwrap_err();
    assert!(matches!(error, ConfigError::ThumbprintDigit { position: 3, found: '-' }), "{error:?}");
    assert!(error.to_string().starts_with("character 3 of the thumbprint is '-'"), "{error}");
    let error = Trust::thumbprint("AB:CD:\u{ff21}").unwrap_err();
    assert!(matches!(error, ConfigError::ThumbprintDigit { position: 7, .. }), "{error:?}");
}

#[test]
fn one_or_several_authorities() {
    let one = Pki::new().ca_pem();
    let two = format!("# ours\n{one}# theirs\n{}", Pki::new().ca_pem());
    assert_eq!(format!("{:?}", Trust::ca_pem(one).unwrap()), "Trust(1 CA certificates)");
    assert_eq!(format!("{:?}", Trust::ca_pem(two).unwrap()), "Trust(2 CA certificates)");
    // An authority may be of any age.
    Trust::ca_pem(include_str!("pem/p256-v1.crt")).unwrap();
}

#[test]
fn no_authority() {
    let error = Trust::ca_pem(include_str!("pem/p256-pkcs8.key")).unwrap_err();
    assert!(matches!(error, ConfigError::NoCertificate { input: Input::CaCertificates, .. }));
    assert_eq!(
        error.to_string(),
        "the CA certificate input has no certificate: expected a PEM block CERTIFICATE, found PRIVATE KEY"
    );
    let error = Trust::ca_pem("/etc/kms/ca.pem").unwrap_err();
    assert!(matches!(error, ConfigError::NotPem { input: Input::CaCertificates, seen: NotPem::Path }));
    assert!(error.to_string().contains("give the content of the file"), "{error}");
}

#[test]
fn an_authority_that_cannot_be_read() {
    let broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n";
    let error = Trust::ca_pem(format!("{}{broken}", Pki::new().ca_pem())).unwrap_err();
    assert!(matches!(error, ConfigError::BrokenCertificate { input: Input::CaCertificates, number: 2, .. }));
    assert!(error.to_string().starts_with("certificate 2 of the CA certificate input is not a readable"), "{error}");
}

#[test]
fn authorities_in_der() {
    let pki = Pki::new();
    let trust = Trust::ca_der(pki.ca_der()).unwrap().with_ca_der(Pki::new().ca_der()).unwrap();
    assert_eq!(format!("{trust:?}"), "Trust(2 CA certificates)");
    let both = trust.with_ca_pem(pki.ca_pem()).unwrap().with_thumbprint(SHA1).unwrap();
    assert_eq!(format!("{both:?}"), format!("Trust(3 CA certificates, SHA-1 {SHA1})"));

    let error = Trust::ca_der(pki.ca_pem()).unwrap_err();
    assert!(matches!(error, ConfigError::NotDer { input: Input::CaCertificates }), "{error:?}");
    let error = Trust::ca_pem(pki.ca_der()).unwrap_err();
    assert!(matches!(error, ConfigError::NotPem { seen: NotPem::Der, .. }), "{error:?}");
    assert!(error.to_string().contains("Trust::ca_der"), "{error}");
    let error = Trust::ca_der([0x30, 3, 2, 1, 0]).unwrap_err();
    assert!(matches!(error, ConfigError::BrokenCertificate { number: 1, .. }), "{error:?}");
}

#[test]
fn revocation_lists() {
    let pki = Pki::new();
    let trust = || Trust::ca_pem(pki.ca_pem()).unwrap();
    let two = format!("{}{}", pki.crl_pem(&[]), Pki::new().crl_pem(&[]));
    assert_eq!(format!("{:?}", trust().with_crl_pem(two).unwrap()), "Trust(1 CA certificates, 2 revocation lists)");

    let error = trust().with_crl_pem(pki.ca_pem()).unwrap_err();
    assert!(matches!(&error, ConfigError::NoRevocationList { found } if found == "CERTIFICATE"), "{error:?}");
    let error = trust().with_crl_pem(pki.ca_der()).unwrap_err();
    assert!(matches!(error, ConfigError::NotPem { input: Input::RevocationLists, .. }), "{error:?}");
    assert!(error.to_string().contains("Trust::with_crl_der"), "{error}");
    let error = trust().with_crl_der(pki.crl_pem(&[])).unwrap_err();
    assert!(matches!(error, ConfigError::NotDer { input: Input::RevocationLists }), "{error:?}");
    let error = trust().with_crl_der(pki.ca_der()).unwrap_err();
    assert!(matches!(error, ConfigError::BrokenRevocationList { number: 1, .. }), "{error:?}");
    assert!(error.to_string().contains("`openssl crl"), "{error}");
}

/// Uses the roots of this machine, or checks the advice to install some.
#[cfg(feature = "system-roots")]
#[test]
fn the_authorities_of_the_system() {
    match Trust::system_roots() {
        Ok(trust) => assert!(format!("{trust:?}").ends_with(" CA certificates)"), "{trust:?}"),
        Err(error) => assert!(error.to_string().contains("SSL_CERT_FILE"), "{error}"),
    }
}

#[cfg(feature = "webpki-roots")]
#[test]
fn the_authorities_of_browsers() {
    assert!(format!("{:?}", Trust::webpki_roots()).ends_with(" CA certificates)"));
}
