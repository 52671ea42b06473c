//! The example on the embedded KMS, with files in OVHcloud's form.

use std::fs;
use std::path::Path;

use kmip_client::test_server::{Pki, TestServer};

use super::*;

fn printed(arguments: &[&str]) -> Result<String, Failure> {
    let mut output = Vec::new();
    let parsed = Arguments::try_parse_from([&["okms"], arguments].concat());
    run(&parsed.map_err(|error| Failure::Usage(error.to_string()))?, &mut output)?;
    Ok(String::from_utf8(output).expect("it is text"))
}

fn failed(arguments: &[&str]) -> (u8, String) {
    let failure = printed(arguments).expect_err("it cannot work");
    (failure.exit_code(), examples::report(&failure))
}

/// Removes line breaks and indents.
fn flat(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_key_lives_on_the_embedded_kms() -> Result<(), Failure> {
    let page = printed(&[])?;
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    let page = flat(&page);
    for line in [
        "version KMIP 1.4",
        "allowed 22 operations; of those that guides disagree on: Encrypt, Decrypt",
        "not listed Sign, SignatureVerify, ReKeyKeyPair, Import, Export",
        "Attributes State: Active, Extractable: true, Sensitive: false",
        "Decrypt the same bytes come back",
        "Locate IAM refuses: Locate refused",
        "Operation is not authorized",
        "Allow okms:kmip:locate in a policy",
        "1 found",
        "trap 2 Get of 00000000-0000-4000-8000-000000000000: not found.",
        ", revoked before",
    ] {
        assert!(page.contains(line), "{line:?} is missing in: {page}");
    }
    let old = flat(&printed(&["--kmip", "1.1"])?);
    assert!(old.contains("KMIP 1.1 does not have it: 1.2 does"), "{old}");
    Ok(())
}

/// Returns the response of OVHcloud's API to the creation of a credential, with its `\n`, and the key as SEC1.
fn credential(folder: &Path, pki: &Pki) -> (String, String) {
    let issued = pki.issue_client("okms");
    let (certificate, key) = (issued.certificate_pem(), issued.private_key_pem());
    let json =
        serde_json::json!({ "id": "8c8c0e9b", "status": "READY", "certificatePEM": certificate, "privateKeyPEM": key });
    let file = folder.join("credential.json");
    fs::write(&file, json.to_string()).expect("there is room");
    (file.to_string_lossy().into_owned(), key.to_owned())
}

#[test]
fn the_json_of_ovhcloud_is_an_identity() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let server: TestServer = profile::embedded()?;
    let (credential, key) = credential(folder.path(), server.pki());
    let ca = folder.path().join("ca.pem");
    fs::write(&ca, server.pki().ca_pem())?;
    let okms = folder.path().join("okms.json");
    fs::write(&okms, format!(r#"{{ "okms": [{{ "kmipEndpoint": "{}" }}] }}"#, server.address()))?;
    let (ca, okms) = (ca.to_string_lossy(), okms.to_string_lossy());
    let page = printed(&["--okms", &okms, "--ca", &ca, "--credential", &credential])?;
    assert!(page.contains("KMIP 1.4") && page.contains("the same bytes come back"), "{page}");

    // Copied out of the JSON by hand, including `\n`.
    let escaped = |text: &str| serde_json::to_string(text).map(|text| text.trim_matches('"').to_owned());
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&credential)?)?;
    let (cert_file, key_file) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    fs::write(&cert_file, escaped(json["certificatePEM"].as_str().unwrap_or_default())?)?;
    fs::write(&key_file, escaped(&key)?)?;
    let (cert_file, key_file) = (cert_file.to_string_lossy(), key_file.to_string_lossy());
    printed(&["--okms", &okms, "--ca", &ca, "--cert", &cert_file, "--key", &key_file])?;

    // A credential that is not ready, and one whose key was issued before.
    fs::write(&credential, r#"{ "id": "8c8c0e9b", "status": "CREATING" }"#)?;
    let (code, text) = failed(&["--okms", &okms, "--credential", &credential]);
    assert_eq!((code, text.contains("no certificatePEM yet (status CREATING)")), (1, true), "{text}");
    fs::write(&credential, r#"{ "certificatePEM": "-----BEGIN", "status": "READY" }"#)?;
    assert!(failed(&["--okms", &okms, "--credential", &credential]).1.contains("OVHcloud hands it out once"));
    assert!(failed(&["--credential", &credential]).1.contains("--endpoint is missing"));
    // Browsers do not trust the embedded KMS.
    fs::write(&credential, json.to_string())?;
    assert_eq!(failed(&["--okms", &okms, "--credential", &credential]).0, 7);
    Ok(())
}

#[test]
fn a_request_is_made_for_a_key_that_stays() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_string_lossy();
    let page = printed(&["--csr", &path])?;
    let (key, csr) = (fs::read(folder.path().join("okms.key"))?, fs::read_to_string(folder.path().join("okms.csr"))?);
    assert!(csr.starts_with("-----BEGIN CERTIFICATE REQUEST-----") && flat(&page).contains("--credential FILE --key"));
    printed(&["--csr", &path])?;
    assert_eq!(fs::read(folder.path().join("okms.key"))?, key, "the key of an earlier request is lost");
    Ok(())
}
