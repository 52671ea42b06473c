//! Remedies for errors.

use crate::config::input::Input;
use crate::config::versions::SPOKEN;

pub(super) fn encrypted_key_advice() -> &'static str {
    if cfg!(feature = "passphrase") {
        "give its passphrase with Identity::from_encrypted_pem, or decrypt it with `openssl pkey -in encrypted.pem -out \
         key.pem` and protect the file by its permissions"
    } else {
        "enable the feature passphrase of kmip-client and give its passphrase with Identity::from_encrypted_pem, or \
         decrypt it with `openssl pkey -in encrypted.pem -out key.pem` and protect the file by its permissions"
    }
}

pub(super) fn encryption_advice(input: Input) -> &'static str {
    match input {
        Input::Pkcs12 => {
            "make it anew with `openssl pkcs12 -in file.p12 -out all.pem` and `openssl pkcs12 -export -in all.pem -out \
             file.p12`"
        }
        _ => "encrypt it anew with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out encrypted.pem`",
    }
}

pub(super) fn other_key_advice(label: &str) -> &'static str {
    match label {
        "OPENSSH PRIVATE KEY" => "convert it with `ssh-keygen -p -m PKCS8 -f key`",
        _ => "make an RSA, ECDSA or Ed25519 key and have a certificate issued for it",
    }
}

pub(super) fn mismatch_advice(owner: Option<usize>) -> String {
    match owner {
        Some(number) => {
            format!(
                "it belongs to certificate {number} of the input, and the client's own certificate must be the first"
            )
        }
        None => {
            "give the key that the certificate was issued for; `openssl x509 -in certificate.pem -noout -pubkey` and \
             `openssl pkey -in key.pem -pubout` must print the same"
                .to_owned()
        }
    }
}

pub(super) fn spoken() -> String {
    SPOKEN.map(|version| version.to_string()).join(", ")
}
