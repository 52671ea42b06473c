//! AES-GCM with a key in the KMS, in the versions that have it, on both clients.

use kmip_client::blocking::Client;
use kmip_client::keys::AeadError;
use kmip_client::protocol::operation::{Activate, Create};
use kmip_client::test_server::TestServer;
use kmip_ttlv::{V1_2, V1_3, V1_4, V2_1};

use crate::real_server;

#[test]
fn seals_and_opens_in_every_version() {
    let server = TestServer::start();
    for version in [V1_2, V1_3, V1_4, V2_1] {
        let kms = Client::connect(&server.config().version(version)).unwrap();
        let id = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
        kms.call(&Activate::id(&*id)).unwrap();
        let aead = kms.aead(&id);
        for plaintext in [&b"attack at dawn"[..], b""] {
            let sealed = aead.seal(plaintext, b"").unwrap();
            assert_eq!((sealed.nonce.len(), sealed.ciphertext.len()), (12, plaintext.len()));
            assert_eq!(*aead.open(&sealed, b"").unwrap(), plaintext, "KMIP {version}");
            for change in 0..3 {
                let mut changed = sealed.clone();
                match change {
                    0 => changed.tag[0] ^= 1,
                    1 => changed.nonce[0] ^= 1,
                    _ => changed.ciphertext.push(0),
                }
                assert!(matches!(aead.open(&changed, b""), Err(AeadError::Kms(_))), "KMIP {version}");
            }
        }
        let messages = server.messages();
        match aead.seal(b"attack at dawn", b"order 66") {
            Ok(sealed) => {
                assert!(version >= V1_4);
                assert_eq!(*aead.open(&sealed, b"order 66").unwrap(), b"attack at dawn");
                assert!(matches!(aead.open(&sealed, b"order 67"), Err(AeadError::Kms(_))));
                assert!(matches!(aead.open(&sealed, b""), Err(AeadError::Kms(_))));
            }
            Err(error) => {
                assert!(version < V1_4 && matches!(error, AeadError::AdditionalData { .. }), "{error}");
                assert_eq!(server.messages(), messages, "nothing is sent");
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let config = server.config().version(version);
        runtime.block_on(async move {
            let kms = kmip_client::Client::connect(&config).await.unwrap();
            let aead = kms.aead(&id);
            let sealed = aead.seal(b"async", b"").await.unwrap();
            assert_eq!(*aead.open(&sealed, b"").await.unwrap(), b"async");
        });
    }
}

#[needs::env("KMIP_TEST_COSMIAN")]
#[test]
fn on_cosmian() {
    if let Some(config) = real_server::config("KMIP_TEST_COSMIAN") {
        for version in [V1_2, V1_4, V2_1] {
            let kms = Client::connect(&config.clone().version(version)).unwrap();
            let id = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
            // Cosmian KMS creates active keys in some versions.
            let _ = kms.call(&Activate::id(&*id));
            let aead = kms.aead(&id);
            let sealed = aead.seal(b"attack at dawn", b"").unwrap();
            assert_eq!(*aead.open(&sealed, b"").unwrap(), b"attack at dawn", "KMIP {version}");
            if version >= V1_4 {
                let sealed = aead.seal(b"attack at dawn", b"order 66").unwrap();
                assert_eq!(*aead.open(&sealed, b"order 66").unwrap(), b"attack at dawn", "KMIP {version}");
                assert!(aead.open(&sealed, b"order 67").is_err());
            }
        }
    }
}
