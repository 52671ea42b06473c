//! Both clients fetch all kinds of keys.

use kmip_client::blocking;
use kmip_client::keys::{Certificate, FetchError, KeyError, PrivateKey};
use kmip_client::protocol::operation::{Create, CreateKeyPair, Register};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{CryptographicAlgorithm, RecommendedCurve, SecretDataType};

#[test]
fn both_clients_fetch_keys() {
    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    let aes = kms.call(&Create::aes(256)).unwrap().payload().unique_identifier.to_string();
    let password = Register::secret_data(SecretDataType::PASSWORD, b"hunter2");
    let password = kms.call(&password).unwrap().payload().unique_identifier.to_string();
    let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_384)).unwrap();
    let private = made.payload().private_key_unique_identifier.to_string();
    let public = made.payload().public_key_unique_identifier.to_string();
    let certificate = Certificate::from_pem(server.pki().issue_client("web").certificate_pem()).unwrap();
    let registered = kms.call(&certificate.register()).unwrap().payload().unique_identifier.to_string();

    let key = kms.secret_key(&aes).unwrap();
    assert_eq!((key.expose().len(), key.algorithm()), (32, Some(CryptographicAlgorithm::AES)));
    let secret = kms.secret_key(&password).unwrap();
    assert_eq!((secret.expose(), secret.secret_data_type()), (&b"hunter2"[..], Some(SecretDataType::PASSWORD)));
    let again = kms.call(&secret.register()).unwrap().payload().unique_identifier.to_string();
    assert_eq!(kms.secret_key(&again).unwrap().expose(), b"hunter2");
    let again = kms.call(&key.register()).unwrap().payload().unique_identifier.to_string();
    assert_eq!(kms.secret_key(&again).unwrap().into_bytes(), key.clone().into_bytes());
    let pair = kms.private_key(&private).unwrap();
    assert_eq!(pair.public_key(), Some(&kms.public_key(&public).unwrap()));
    assert_eq!(kms.certificate(&registered).unwrap(), certificate);
    assert_eq!(kms.public_key(&registered).unwrap(), *certificate.public_key().unwrap());

    let wrong = |error: FetchError| error.to_string();
    assert_eq!(
        wrong(kms.private_key(&aes).unwrap_err()),
        format!("the object {aes} cannot be used: the object is a SymmetricKey, not a private key")
    );
    assert_eq!(
        wrong(kms.secret_key(&private).unwrap_err()),
        format!("the object {private} cannot be used: the object is a PrivateKey, not a symmetric key or secret")
    );
    assert!(matches!(kms.certificate(&public), Err(FetchError::Key { problem: KeyError::Kind { .. }, .. })));
    assert!(matches!(kms.private_key("nothing"), Err(FetchError::Kms(error)) if error.is_not_found()));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = server.config();
    runtime.block_on(async move {
        let kms = kmip_client::Client::connect(&config).await.unwrap();
        // In a task: the futures are Send.
        let task = tokio::spawn(async move {
            assert_eq!(kms.secret_key(&aes).await.unwrap().expose(), key.expose());
            assert_eq!(kms.private_key(&private).await.unwrap().to_pkcs8_der(), pair.to_pkcs8_der());
            assert_eq!(kms.public_key(&public).await.unwrap(), *pair.public_key().unwrap());
            assert_eq!(kms.certificate(&registered).await.unwrap(), certificate);
            assert!(matches!(kms.private_key(&aes).await, Err(FetchError::Key { problem: KeyError::Kind { .. }, .. })));
            assert!(matches!(kms.secret_key("nothing").await, Err(FetchError::Kms(error)) if error.is_not_found()));
        });
        task.await.unwrap();
    });
}

/// A server may return an elliptic curve key as its private value alone, which *ring* refuses.
#[test]
fn the_public_half_is_fetched_by_its_link() {
    use kmip_client::protocol::attribute::{AttributeValue, Link};
    use kmip_ttlv::enumeration::{KeyFormatType, LinkType};

    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    let made = kms.call(&CreateKeyPair::ec(RecommendedCurve::P_256)).unwrap();
    let key = kms.private_key(made.payload().private_key_unique_identifier).unwrap();
    let bare = key.encode(KeyFormatType::TRANSPARENT_EC_PRIVATE_KEY).unwrap();
    assert_eq!(PrivateKey::try_from(&bare.object()).unwrap().public_key(), None);
    let public = made.payload().public_key_unique_identifier;
    let link = Link::new(LinkType::PUBLIC_KEY_LINK, public);
    let id = kms.call(&bare.register().attribute(AttributeValue::Link(link))).unwrap();
    let fetched = kms.private_key(id.payload().unique_identifier).unwrap();
    assert_eq!(fetched.public_key(), key.public_key());
    assert_eq!(fetched.to_pkcs8_der(), key.to_pkcs8_der());
    let alone = kms.call(&bare.register()).unwrap();
    assert_eq!(kms.private_key(alone.payload().unique_identifier).unwrap().public_key(), None);
}
