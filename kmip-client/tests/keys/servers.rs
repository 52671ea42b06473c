//! Real servers: every key registered in every format, fetched in every format that they offer, and compared by
//! openssl.

use kmip_client::blocking::Client;
use kmip_client::keys::{KeyKind, PrivateKey, PublicKey};
use kmip_client::protocol::operation::{Destroy, Get, RegisterRequest};
use kmip_client::{Config, Error};
use kmip_ttlv::enumeration::KeyFormatType as Format;
use kmip_ttlv::{ProtocolVersion, V1_2, V1_4, V2_0, V2_1};

use crate::formats::PRIVATE;
use crate::openssl::{KINDS, generate, is_there, public_half};
use crate::{format_of, real_server, same};

const PUBLIC: [Format; 5] =
    [Format::X_509, Format::PKCS_1, Format::RAW, Format::TRANSPARENT_RSA_PUBLIC_KEY, Format::TRANSPARENT_EC_PUBLIC_KEY];

/// Returns `true` if a server refuses a key although the request is valid, given the key's name, the format and the
/// version.
type Refuses = fn(&str, Format, ProtocolVersion) -> bool;

fn all_of(config: &Config, versions: &[ProtocolVersion], refuses: Refuses) {
    let mut seen = 0;
    for version in versions {
        let kms = Client::connect(&config.clone().version(*version)).unwrap();
        for (name, _) in KINDS.into_iter().filter(|(name, _)| *name != "RSA-3072") {
            let pem = generate(name);
            let key = PrivateKey::from_pem(&pem).unwrap();
            let public = PublicKey::from_pem(public_half(&pem)).unwrap();
            for format in PRIVATE {
                let Ok(encoded) = key.encode(format) else { continue };
                let told = format!("{name} as {format} in KMIP {version}");
                let Some(id) = registered(&kms, &encoded.register(), refuses(name, format, *version), &told) else {
                    continue;
                };
                let fetched = kms.private_key(&id).unwrap_or_else(|error| panic!("{told}: {error}"));
                assert!(same(&pem, &fetched), "{told}");
                let whole = fetched.public_key().is_some();
                assert!(whole || !matches!(key.kind(), KeyKind::Ec(_)), "{told}: the public half is missing");
                for wanted in PRIVATE {
                    if let Ok(reply) = kms.call(&Get::id(&*id).format(wanted)) {
                        let object = reply.payload().object;
                        match PrivateKey::try_from(&object) {
                            Ok(fetched) => assert!(same(&pem, &fetched), "{told}, fetched as {wanted}"),
                            Err(error) => assert!(
                                error.to_string().contains("SECP160R2") && name == "secp256k1",
                                "{told}, fetched as {wanted}, which is {}: {error}",
                                format_of(&object)
                            ),
                        }
                        seen += 1;
                    }
                }
                kms.call(&Destroy::id(&*id)).unwrap();
            }
            for format in PUBLIC {
                let Ok(encoded) = public.encode(format) else { continue };
                let told = format!("public {name} as {format} in KMIP {version}");
                let Some(id) = registered(&kms, &encoded.register(), refuses(name, format, *version), &told) else {
                    continue;
                };
                assert_eq!(kms.public_key(&id).unwrap_or_else(|error| panic!("{told}: {error}")), public, "{told}");
                kms.call(&Destroy::id(&*id)).unwrap();
                seen += 1;
            }
        }
    }
    eprintln!("{seen} keys were fetched, and the same");
}

/// Registers a key. Returns `None` if the refusal was expected.
fn registered(kms: &Client, request: &RegisterRequest<'_>, refused: bool, told: &str) -> Option<String> {
    match kms.call(request) {
        Ok(made) => {
            assert!(!refused, "{told} is taken, and was not expected to be");
            Some(made.payload().unique_identifier.to_string())
        }
        // The version has no name for it.
        Err(Error::Encode(_)) => None,
        Err(error) => {
            assert!(refused, "{told}: {error:?}");
            None
        }
    }
}

/// Reads neither transparent keys nor SEC1 nor the curve of Raw ones.
#[needs::command("openssl")]
#[needs::env("KMIP_TEST_PYKMIP")]
#[test]
fn pykmip() {
    if is_there()
        && let Some(config) = real_server::config("KMIP_TEST_PYKMIP")
    {
        all_of(&config, &[V1_2, V1_4, V2_0], |name, format, _| {
            let named = name == "Ed25519" && format == Format::RAW;
            !named && !matches!(format, Format::PKCS_8 | Format::PKCS_1 | Format::X_509)
        });
    }
}

/// Reads no Raw keys, and in KMIP 1.x not all numbers of a transparent RSA key. Some of its curve numbers differ from
/// KMIP's there.
#[needs::command("openssl")]
#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn cosmian() {
    if is_there()
        && let Some(config) = real_server::config("KMIP_TEST_COSMIAN")
    {
        all_of(&config, &[V1_2, V1_4, V2_1], |name, format, version| {
            let transparent =
                !matches!(format, Format::PKCS_8 | Format::PKCS_1 | Format::X_509 | Format::EC_PRIVATE_KEY);
            let unread = format == Format::TRANSPARENT_RSA_PRIVATE_KEY || (name == "secp256k1" && transparent);
            format == Format::RAW || (unread && version < V2_0)
        });
    }
}
