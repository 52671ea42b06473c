//! Every format of KMIP: registered in it on the embedded KMS, fetched, and compared.

use kmip_client::blocking::Client;
use kmip_client::keys::{KeyError, KeyKind, PrivateKey, PublicKey};
use kmip_client::protocol::operation::{Get, Register};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::KeyFormatType as Format;
use kmip_ttlv::{ProtocolVersion, V1_2, V1_4, V2_1};

use crate::openssl::{KINDS, generate, is_there, public_half};
use crate::{format_of, same};

pub(crate) const PRIVATE: [Format; 8] = [
    Format::PKCS_8,
    Format::PKCS_1,
    Format::EC_PRIVATE_KEY,
    Format::RAW,
    Format::TRANSPARENT_RSA_PRIVATE_KEY,
    Format::TRANSPARENT_EC_PRIVATE_KEY,
    Format::TRANSPARENT_ECDSA_PRIVATE_KEY,
    Format::TRANSPARENT_ECDH_PRIVATE_KEY,
];

pub(crate) const PUBLIC: [Format; 7] = [
    Format::X_509,
    Format::PKCS_1,
    Format::RAW,
    Format::TRANSPARENT_RSA_PUBLIC_KEY,
    Format::TRANSPARENT_EC_PUBLIC_KEY,
    Format::TRANSPARENT_ECDSA_PUBLIC_KEY,
    Format::TRANSPARENT_ECDH_PUBLIC_KEY,
];

/// Returns `true` if the format exists for this kind of key, and in this version.
pub(crate) fn is_written(format: Format, kind: KeyKind, version: ProtocolVersion) -> bool {
    let rsa = matches!(kind, KeyKind::Rsa { .. });
    match format {
        Format::PKCS_1 | Format::TRANSPARENT_RSA_PRIVATE_KEY | Format::TRANSPARENT_RSA_PUBLIC_KEY => rsa,
        Format::PKCS_8 | Format::X_509 => true,
        Format::EC_PRIVATE_KEY => matches!(kind, KeyKind::Ec(_)),
        Format::RAW => !rsa,
        _ => !rsa && kind != KeyKind::Ed25519 && format.versions().is_some_and(|range| range.contains(version)),
    }
}

#[needs::command("openssl")]
#[test]
fn every_format_of_every_key_and_back() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let mut seen = 0;
    for version in [V1_2, V1_4, V2_1] {
        let kms = Client::connect(&server.config().version(version)).unwrap();
        for (name, _) in KINDS.into_iter().filter(|(name, _)| version == V2_1 || *name != "RSA-3072") {
            let pem = generate(name);
            let (key, public) = (PrivateKey::from_pem(&pem).unwrap(), PublicKey::from_pem(public_half(&pem)).unwrap());
            // Values that the version cannot name are not sent: Ed25519, and the curve of X25519.
            if version < V2_1 && name == "Ed25519" {
                let error = kms.call(&key.register()).unwrap_err();
                let cause = std::error::Error::source(&error).unwrap().to_string();
                assert!(cause.contains("Ed25519 is not in KMIP"), "{error}: {cause}");
                continue;
            }
            for format in PRIVATE {
                let told = format!("{name} as {format} in KMIP {version}");
                let nameless = name == "X25519" && version < V2_1 && format != Format::PKCS_8;
                match key.encode(format) {
                    Ok(encoded) if is_written(format, key.kind(), version) && !nameless => {
                        let made = kms.call(&encoded.register()).unwrap_or_else(|error| panic!("{told}: {error:?}"));
                        let id = made.payload().unique_identifier;
                        let fetched = kms.private_key(id).unwrap_or_else(|error| panic!("{told}: {error}"));
                        assert!(same(&pem, &fetched), "{told}");
                        assert_eq!(fetched.kind(), key.kind(), "{told}");
                        assert_eq!(format_of(&kms.call(&Get::id(id)).unwrap().payload().object), format, "{told}");
                        assert_eq!(format_of(&encoded.object()), format);
                        seen += 1;
                    }
                    Ok(encoded) => drop(kms.call(&encoded.register()).expect_err(&told)),
                    Err(error) => assert!(matches!(error, KeyError::Format { .. }), "{told}: {error}"),
                }
            }
            for format in PUBLIC {
                let told = format!("public {name} as {format} in KMIP {version}");
                let nameless = name == "X25519" && version < V2_1 && format != Format::X_509;
                match public.encode(format) {
                    Ok(encoded) if is_written(format, key.kind(), version) && !nameless => {
                        let made = kms.call(&encoded.register()).unwrap_or_else(|error| panic!("{told}: {error:?}"));
                        let fetched = kms.public_key(made.payload().unique_identifier);
                        assert_eq!(fetched.unwrap_or_else(|error| panic!("{told}: {error}")), public, "{told}");
                        seen += 1;
                    }
                    Ok(encoded) => drop(kms.call(&encoded.register()).expect_err(&told)),
                    Err(error) => assert!(matches!(error, KeyError::Format { .. }), "{told}: {error}"),
                }
            }
        }
    }
    eprintln!("{seen} keys were registered, fetched, and the same");
}

/// At 256 bits Raw is P-256, secp256k1 or X25519.
#[needs::command("openssl")]
#[test]
fn the_curve_of_a_raw_key_is_asked_for() {
    if !is_there() {
        return;
    }
    let server = TestServer::start();
    let kms = Client::connect(&server.config()).unwrap();
    for name in ["P-256", "secp256k1", "X25519"] {
        let pem = generate(name);
        let key = PrivateKey::from_pem(&pem).unwrap();
        let raw = key.encode(Format::RAW).unwrap();
        assert_eq!(PrivateKey::try_from(&raw.object()).unwrap_err(), KeyError::AmbiguousCurve);
        let made = kms.call(&raw.register()).unwrap();
        assert_eq!(kms.private_key(made.payload().unique_identifier).unwrap().kind(), key.kind());

        // Without the attribute the curve is unknown.
        let made = kms.call(&Register::object(raw.object()).usage(Default::default())).unwrap();
        let error = kms.private_key(made.payload().unique_identifier).unwrap_err();
        assert!(error.to_string().contains("nothing tells the elliptic curve"), "{error}");
    }
    // The length determines the others.
    let key = PrivateKey::from_pem(generate("P-521")).unwrap();
    let read = PrivateKey::try_from(&key.encode(Format::RAW).unwrap().object()).unwrap();
    assert_eq!(read.kind(), key.kind());
}
