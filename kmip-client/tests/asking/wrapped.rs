//! Wrapped keys: fetched by both clients, and not migrated.

use kmip_client::blocking;
use kmip_client::flow::{FlowError, migrate};
use kmip_client::protocol::attribute::{AttributeValue, CryptographicParameters};
use kmip_client::protocol::object::{
    EncryptionKeyInformation, KeyBlock, KeyValue, KeyWrappingData, Object, SymmetricKey,
};
use kmip_client::protocol::operation::{Create, Get, Locate, Register};
use kmip_client::protocol::{Id, Secret};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, CryptographicUsageMask as Mask, EncodingOption, KeyFormatType,
    WrappingMethod,
};

use crate::with_both;

/// Returns a key of 40 wrapped bytes: the Key Value, with this Encoding Option.
fn wrapped(value: KeyValue<'_>, encoding: Option<EncodingOption>) -> Object<'_> {
    let mut information = EncryptionKeyInformation::default();
    information.unique_identifier = Id::from("a key elsewhere");
    let mut data = KeyWrappingData::default();
    data.wrapping_method = WrappingMethod::ENCRYPT;
    data.encryption_key_information = Some(information);
    data.encoding_option = encoding;
    let mut block = KeyBlock::default();
    block.key_format_type = KeyFormatType::RAW;
    block.key_value = Some(value);
    block.cryptographic_algorithm = Some(CryptographicAlgorithm::AES);
    block.cryptographic_length = Some(256);
    block.key_wrapping_data = Some(data.into());
    let mut key = SymmetricKey::default();
    key.key_block = block;
    Object::SymmetricKey(key)
}

#[test]
fn a_wrapped_key_is_not_migrated_as_a_plain_one() {
    let from = TestServer::start();
    with_both!(&from.config(), kms => {
        let to = TestServer::start();
        let target = blocking::Client::connect(&to.config()).unwrap();
        for (value, encoding) in [
            (KeyValue::from_bytes(&[0x5A; 40]), Some(EncodingOption::NO_ENCODING)),
            (KeyValue::Wrapped(Secret::new(&[0x5A; 40])), Some(EncodingOption::TTLV_ENCODING)),
            (KeyValue::Wrapped(Secret::new(&[0x5A; 40])), None),
        ] {
            let register = Register::object(wrapped(value, encoding)).usage(Mask::ENCRYPT);
            let registered = kms.call(&register).await.unwrap();
            let id = registered.payload().unique_identifier.to_string();

            let fetched = kms.call(&Get::id(&id)).await.unwrap();
            let object = fetched.payload().object;
            let block = object.key_block().unwrap();
            assert_eq!((block.bytes(), block.is_wrapped()), (None, true));
            assert_eq!(block.wrapped_bytes().unwrap().expose(), [0x5A; 40]);

            let error = migrate(kms, &target.for_flow(), &id).await.unwrap_err();
            assert!(matches!(&error, FlowError::NotPlain { id: told } if *told == id), "{error:?}");
            assert!(target.call(&Locate::all()).unwrap().payload().unique_identifiers.is_empty());
        }
    });
}

/// Wrapped by the server, with both encodings.
#[test]
fn a_key_that_comes_wrapped_gives_no_plain_bytes() {
    let server = TestServer::start();
    with_both!(&server.config(), kms => {
        let mut parameters = CryptographicParameters::default();
        parameters.block_cipher_mode = Some(BlockCipherMode::NIST_KEY_WRAP);
        let kek = Register::symmetric_key(CryptographicAlgorithm::AES, &[7; 32]);
        let kek = kek.usage(Mask::WRAP_KEY).attribute(AttributeValue::CryptographicParameters(parameters.into()));
        let kek = kms.call(&kek).await.unwrap().payload().unique_identifier.to_string();
        let activate = kmip_client::protocol::operation::Activate::id(&kek);
        kms.call(&activate).await.unwrap();
        let key = kms.call(&Create::aes(256)).await.unwrap().payload().unique_identifier.to_string();
        let reply = kms.call(&Get::id(&key).wrapped_with(&kek)).await.unwrap();
        let object = reply.payload().object;
        let block = object.key_block().unwrap();
        assert_eq!((block.bytes(), block.wrapped_bytes().unwrap().len()), (None, 40));
    });
}
