//! The stated type of a key, and its actual type.

use kmip_client::keys::{Curve, KeyError, KeyKind, PrivateKey, PublicKey, SecretKey};
use kmip_client::protocol::object::{KeyBlock, KeyMaterial, KeyValue, KeyWrappingData, Object, PlainKeyValue};
use kmip_client::protocol::operation::Register;
use kmip_client::{Exchange, Kmip, blocking};
use kmip_ttlv::V2_1;
use kmip_ttlv::enumeration::{
    CryptographicAlgorithm as Algorithm, KeyFormatType as Format, RecommendedCurve, WrappingMethod,
};

use crate::openssl::{generate, is_there, public_half};

/// Returns the object with its key block changed.
fn with<'a>(mut object: Object<'a>, change: impl FnOnce(&mut KeyBlock<'a>)) -> Object<'a> {
    match &mut object {
        Object::PrivateKey(key) => change(&mut key.key_block),
        Object::PublicKey(key) => change(&mut key.key_block),
        Object::SymmetricKey(key) => change(&mut key.key_block),
        other => panic!("{other:?}"),
    }
    object
}

#[needs::command("openssl")]
#[test]
fn labels_that_do_not_fit() {
    if !is_there() {
        return;
    }
    let ec = PrivateKey::from_pem(generate("P-256")).unwrap();
    let rsa = PrivateKey::from_pem(generate("RSA-2048")).unwrap();
    let object = |key: &PrivateKey, change: fn(&mut KeyBlock<'_>)| {
        let encoded = key.encode(Format::PKCS_8).unwrap();
        PrivateKey::try_from(&with(encoded.object(), change)).map(|key| key.kind()).map_err(|error| error.to_string())
    };
    assert_eq!(
        object(&ec, |block| block.cryptographic_algorithm = Some(Algorithm::RSA)).unwrap_err(),
        "the key is said to be RSA, and its bytes are P-256"
    );
    assert_eq!(
        object(&rsa, |block| block.cryptographic_length = Some(4096)).unwrap_err(),
        "the key is said to be a key of 4096 bits, and its bytes are RSA-2048"
    );
    assert!(object(&ec, |block| block.cryptographic_length = Some(384)).is_err());
    // ECDSA, ECDH and EC count as equal, and the label may be missing.
    assert!(object(&ec, |block| block.cryptographic_algorithm = Some(Algorithm::ECDH)).is_ok());
    assert!(object(&ec, |block| block.cryptographic_algorithm = None).is_ok());
    assert!(object(&rsa, |block| block.cryptographic_length = None).is_ok());
    // DER identifies itself, whatever the stated format: PKCS#8 under ECPrivateKey, PKCS#1 and Raw.
    for format in [Format::EC_PRIVATE_KEY, Format::PKCS_1, Format::RAW] {
        let encoded = ec.encode(Format::PKCS_8).unwrap();
        let object = with(encoded.object(), |block| block.key_format_type = format);
        assert_eq!(PrivateKey::try_from(&object).unwrap().to_pkcs8_der(), ec.to_pkcs8_der(), "{format}");
    }
}

/// Cosmian KMS labels a public key as PKCS#8, although it is SubjectPublicKeyInfo.
#[needs::command("openssl")]
#[test]
fn a_public_key_that_is_called_pkcs8() {
    if !is_there() {
        return;
    }
    let public = PublicKey::from_pem(public_half(&generate("P-384"))).unwrap();
    let encoded = public.encode(Format::X_509).unwrap();
    let object = with(encoded.object(), |block| block.key_format_type = Format::PKCS_8);
    assert_eq!(PublicKey::try_from(&object).unwrap(), public);
}

/// Cosmian KMS labels keys on secp256k1 as SECP160R2, which they do not fit.
#[needs::command("openssl")]
#[test]
fn a_curve_that_is_called_another() {
    if !is_there() {
        return;
    }
    let key = PrivateKey::from_pem(generate("P-521")).unwrap();
    let encoded = key.encode(Format::TRANSPARENT_EC_PRIVATE_KEY).unwrap();
    let changed = |curve| {
        let mut material = match &encoded.object().key_block().unwrap().key_value {
            Some(KeyValue::Plain(PlainKeyValue { key_material: KeyMaterial::EcPrivateKey(key), .. })) => key.clone(),
            other => panic!("{other:?}"),
        };
        material.recommended_curve = curve;
        let object = with(encoded.object(), |block| {
            let key_material = KeyMaterial::EcPrivateKey(material);
            block.cryptographic_length = None;
            block.key_value = Some(KeyValue::Plain(PlainKeyValue::default().key_material(key_material)));
        });
        PrivateKey::try_from(&object).map(|key| key.kind())
    };
    let unknown = changed(RecommendedCurve::SECP160R2).unwrap_err();
    assert_eq!(unknown, KeyError::UnknownCurve { name: "SECP160R2".to_owned() });
    let too_small = changed(RecommendedCurve::P_256).unwrap_err();
    assert_eq!(too_small, KeyError::CurveLabel { label: "P_256".to_owned() });
    assert_eq!(changed(RecommendedCurve::P_521), Ok(KeyKind::Ec(Curve::P521)));
}

#[test]
fn rejects_absent_wrapped_and_mislabelled_keys() {
    let register = Register::symmetric_key(Algorithm::AES, &[7; 32]);
    let changed = |change: fn(&mut KeyBlock<'_>)| SecretKey::try_from(&with(register.object.clone(), change)).map(drop);
    assert_eq!(changed(|_| {}), Ok(()));
    assert_eq!(changed(|block| block.key_value = None), Err(KeyError::Absent));
    let wrapped = changed(|block| {
        block.key_wrapping_data = Some(Box::new(KeyWrappingData::new(WrappingMethod::ENCRYPT)));
    });
    assert!(matches!(&wrapped, Err(KeyError::Wrapped { by: None, .. })), "{wrapped:?}");
    let length = changed(|block| block.cryptographic_length = Some(128)).unwrap_err();
    assert_eq!(
        length.to_string(),
        "the symmetric key or secret is damaged: it has 32 bytes, and is said to have 128 bits"
    );
    let format = changed(|block| block.key_format_type = Format::PKCS_8).unwrap_err();
    assert_eq!(
        format.to_string(),
        "the format PKCS_8 is not one that a symmetric key or secret can have here: choose another"
    );
}

/// A request with wrongly labelled DER is not sent.
#[test]
fn register_refuses_what_is_not_what_it_says() {
    use kmip_client::test_server::TestServer;

    let pem = b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n";
    let error = |request| Exchange::new(V2_1, &request).map(drop).unwrap_err().to_string();
    for (format, bytes) in [(Format::PKCS_8, &pem[..]), (Format::EC_PRIVATE_KEY, b"\n-----BEGIN EC PRIVATE KEY-----")] {
        let told = error(Register::private_key(format, Algorithm::EC, 256, bytes));
        assert!(told.starts_with("KeyMaterial: the key is PEM text"), "{told}");
    }
    let told = error(Register::public_key(Format::X_509, Algorithm::EC, 256, b"\x04\x05"));
    assert!(told.starts_with("KeyMaterial: the key is not DER, or is cut off"), "{told}");
    let cut = error(Register::private_key(Format::PKCS_8, Algorithm::EC, 256, &[0x30, 0x03, 0x02, 0x01]));
    assert!(cut.contains("cut off"), "{cut}");
    assert!(Exchange::new(V2_1, &Register::private_key(Format::RAW, Algorithm::EC, 256, &[7; 32])).is_ok());
    assert!(Exchange::new(V2_1, &Register::private_key(Format::PKCS_8, Algorithm::EC, 256, &[0x30, 0])).is_ok());

    let server = TestServer::start();
    let kms = blocking::Client::connect(&server.config()).unwrap();
    let sent = server.messages();
    let refused = kms.call(&Register::private_key(Format::PKCS_8, Algorithm::EC, 256, pem)).unwrap_err();
    assert!(matches!(refused, kmip_client::Error::Encode(_)), "{refused}");
    let batch = (Register::private_key(Format::PKCS_8, Algorithm::EC, 256, pem),);
    let refused = kms.run(async |kms| Kmip::batch(&kms, &batch).await.map(drop)).unwrap_err();
    assert!(matches!(refused, kmip_client::Error::Encode(_)), "{refused}");
    assert_eq!(server.messages(), sent);
}
