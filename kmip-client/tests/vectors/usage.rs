//! Permitted uses of keys, and random numbers.

use kmip_client::protocol::attribute::{AttributeValue, UsageLimits};
use kmip_client::protocol::object::{Object, SymmetricKey};
use kmip_client::protocol::operation::{Decrypt, Destroy, Encrypt, Register, Revoke, RngRetrieve, RngSeed};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode as Mode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask,
    KeyFormatType as Format, PaddingMethod as Padding, ResultReason as Reason, RevocationReasonCode, UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, V1_2, V1_3, V2_0};

use crate::{VERSIONS, block, both, connect, in_mode, reason, register};

#[test]
fn a_key_is_used_as_its_state_mask_and_limits_allow() {
    let server = TestServer::start();
    for version in VERSIONS {
        let kms = connect(&server, version);
        let state = if version < V2_0 { Reason::PERMISSION_DENIED } else { Reason::WRONG_KEY_LIFECYCLE_STATE };
        let key_block = block(Format::RAW, Algorithm::AES, 128, &[7; 16]);
        let object = Object::SymmetricKey(SymmetricKey::new(key_block));
        let pre_active = kms.call(&Register::object(object.clone()).usage(both())).unwrap();
        let id = pre_active.payload().unique_identifier;
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"data"))), state);

        // Encryption ends with the active life of a key, decryption does not.
        let id = register(&kms, object.clone(), both(), None);
        let sealed = kms.call(&Encrypt::aes_cbc(&id, b"data")).unwrap();
        let (iv, data) = (sealed.payload().iv_counter_nonce.unwrap(), sealed.payload().data.unwrap());
        kms.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).unwrap();
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(&id, b"data"))), state);
        let opened = kms.call(&Decrypt::aes_cbc(&id, iv, data)).unwrap();
        assert_eq!(opened.payload().data.unwrap().expose(), b"data");
        kms.call(&Destroy::id(&id)).unwrap();
        assert_eq!(reason(kms.call(&Decrypt::aes_cbc(&id, iv, data))), state);

        let id = register(&kms, object.clone(), Mask::DECRYPT, None);
        let mask =
            if version < V2_0 { Reason::PERMISSION_DENIED } else { Reason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK };
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(&id, b"data"))), mask);

        // Ten bytes, and not one more; a failed operation is not counted.
        let limits = UsageLimits::new(10, UsageLimitsUnit::BYTE);
        let request = Register::object(object.clone())
            .usage(both())
            .attribute(AttributeValue::ActivationDate(DateTime(1)))
            .attribute(AttributeValue::UsageLimits(limits));
        let made = kms.call(&request).unwrap();
        let id = made.payload().unique_identifier;
        kms.call(&Encrypt::aes_cbc(id, b"sixsix")).unwrap();
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"seven"))), Reason::PERMISSION_DENIED);
        let broken = Encrypt::with(id, in_mode(Mode::ECB), b"four");
        assert_eq!(reason(kms.call(&broken)), Reason::CRYPTOGRAPHIC_FAILURE);
        kms.call(&Encrypt::aes_cbc(id, b"four")).unwrap();
        assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"1"))), Reason::PERMISSION_DENIED);

        // A multi-part operation is one use.
        if version >= V1_3 {
            let limits = UsageLimits::new(1, UsageLimitsUnit::OBJECT);
            let request = Register::object(object.clone())
                .usage(both())
                .attribute(AttributeValue::ActivationDate(DateTime(1)))
                .attribute(AttributeValue::UsageLimits(limits));
            let made = kms.call(&request).unwrap();
            let id = made.payload().unique_identifier;
            let reply = kms.call(&Encrypt::aes_cbc(id, b"one").first_part()).unwrap();
            let correlation = reply.payload().correlation_value.unwrap();
            kms.call(&Encrypt::aes_cbc(id, b"two").next_part(correlation)).unwrap();
            kms.call(&Encrypt::aes_cbc(id, b"three").last_part(correlation)).unwrap();
            assert_eq!(reason(kms.call(&Encrypt::aes_cbc(id, b"four"))), Reason::PERMISSION_DENIED);
        }

        // Neither specifies the method.
        let id = register(&kms, object.clone(), both(), None);
        let bad = if version < V2_0 { Reason::INVALID_FIELD } else { Reason::BAD_CRYPTOGRAPHIC_PARAMETERS };
        assert_eq!(reason(kms.call(&Encrypt::data(&id, b"data"))), bad);
        // The key does.
        let own = in_mode(Mode::CBC).padding_method(Padding::PKCS5).random_iv(true);
        let id = register(&kms, object, both(), Some(own));
        assert_eq!(kms.call(&Encrypt::data(&id, b"data")).unwrap().payload().data.unwrap().len(), 16);
    }
}

#[test]
fn random_numbers() {
    let server = TestServer::start();
    let kms = connect(&server, V1_2);
    let [one, other] = [(); 2].map(|()| kms.call(&RngRetrieve::bytes(32)).unwrap().payload().data.expose().to_vec());
    assert!(one.len() == 32 && one != other);
    assert_eq!(reason(kms.call(&RngRetrieve::bytes(0))), Reason::INVALID_FIELD);
    assert_eq!(kms.call(&RngSeed::bytes(b"heads")).unwrap().payload().data_length, 0);
}
