//! Derived, wrapped, split, and migrated keys.

use kmip_client::Error;
use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::object::{KeyBlock, KeyValue, KeyWrappingSpecification, Object, SecretData, SymmetricKey};
use kmip_client::protocol::operation::{
    CreateSplitKey, CreateSplitKeyRequest, DeriveKey, DeriveKeyRequest, Destroy, Encrypt, Export, Get, GetAttributes,
    Import, JoinSplitKey, Mac, Revoke,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    BlockCipherMode as Mode, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask, DerivationMethod,
    EncodingOption, HashingAlgorithm as Hashing, KeyFormatType as Format, KeyWrapType, LinkType, ObjectType,
    ResultReason as Reason, RevocationReasonCode, SecretDataType,
};
use kmip_ttlv::{Tag, V1_2, V1_4, V2_0, V2_1};

use crate::{block, both, connect, hex, in_mode, reason, register, symmetric, text, value};

fn secret(kms: &Client, bytes: &[u8]) -> String {
    let key_block = KeyBlock::default().key_format_type(Format::OPAQUE).key_value(KeyValue::from_bytes(bytes));
    let object = Object::SecretData(SecretData::new(SecretDataType::PASSWORD, key_block));
    register(kms, object, Mask::DERIVE_KEY, None)
}

#[test]
fn derived_keys() {
    let server = TestServer::start();
    let kms = connect(&server, V2_1);
    let derived = |request: &DeriveKeyRequest<'_>| {
        text(&value(&kms, &kms.call(request).unwrap().payload().unique_identifier.to_string()))
    };
    // RFC 6070.
    let password = secret(&kms, b"password");
    let request = DeriveKey::secret_data(160).pbkdf2(&password, Hashing::SHA_1, b"salt", 4096);
    assert_eq!(derived(&request), "4b007901b765489abead49d926f721d065a429c1");
    // RFC 5869, A.1.
    let salt: Vec<u8> = (0..=0x0C).collect();
    let info: Vec<u8> = (0xF0..=0xF9).collect();
    let seed = symmetric(&kms, Algorithm::HMAC_SHA256, &[0x0B; 22], Mask::DERIVE_KEY);
    let request = DeriveKey::secret_data(42 * 8).hkdf(&seed, Hashing::SHA_256, &salt, &info);
    let okm = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(derived(&request), okm);
    // RFC 4231, 4.2, cut to the length of the key.
    let key = symmetric(&kms, Algorithm::HMAC_SHA256, &[0x0B; 20], Mask::DERIVE_KEY | Mask::MAC_GENERATE);
    let request = DeriveKey::aes(128).hmac(&key, Hashing::SHA_256, b"Hi There");
    assert_eq!(derived(&request), "b0344c61d8db38535ca8afceaf0bf12b");
    // FIPS 197, C.1.
    let aes = symmetric(&kms, Algorithm::AES, &(0..16).collect::<Vec<u8>>(), Mask::DERIVE_KEY);
    let data = hex("00112233445566778899aabbccddeeff");
    let request = DeriveKey::aes(128).encrypt(&aes, in_mode(Mode::ECB), None, &data);
    assert_eq!(derived(&request), "69c4e0d86a7b0430d8cdb78070b4c55a");
    // FIPS 180.
    let abc = secret(&kms, b"abc");
    let request = DeriveKey::aes(256).hash(&abc, Hashing::SHA_256);
    assert_eq!(derived(&request), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    // NIST SP 800-108, 4.1: the first block is the PRF of the counter 1 and the data.
    let request = DeriveKey::aes(256).counter_mode(&key, Hashing::SHA_256, b"label\0context");
    let block = kms.call(&Mac::data(&key, b"\0\0\0\x01label\0context")).unwrap();
    assert_eq!(derived(&request), text(block.payload().mac_data.unwrap()));
    // AWS's example of Signature Version 4.
    let aws = secret(&kms, b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let mut request = DeriveKey::secret_data(256).hmac(&aws, Hashing::SHA_256, b"20150830");
    request.derivation_method = DerivationMethod::AWS_SIGNATURE_VERSION_4;
    for step in [&b"us-east-1"[..], b"iam"] {
        request.derivation_parameters.derivation_data.push(kmip_client::protocol::Secret::new(step));
    }
    assert_eq!(derived(&request), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");

    // Both ends of the derivation are linked to each other.
    let made = kms.call(&DeriveKey::aes(256).hash(&abc, Hashing::SHA_256).name("derived")).unwrap();
    let id = made.payload().unique_identifier.to_string();
    assert_eq!(links(&kms, &id), [(LinkType::DERIVATION_BASE_OBJECT_LINK, abc.clone())]);
    assert!(links(&kms, &abc).contains(&(LinkType::DERIVED_KEY_LINK, id)));

    // More than the method provides, ambiguous data, and unsuitable keys.
    let long = kms.call(&DeriveKey::secret_data(264).hash(&abc, Hashing::SHA_256));
    assert_eq!(reason(long), Reason::CRYPTOGRAPHIC_FAILURE);
    let both = kms.call(&DeriveKey::aes(128).hmac(&abc, Hashing::SHA_256, b"data"));
    assert_eq!(reason(both), Reason::INVALID_MESSAGE);
    let other = symmetric(&kms, Algorithm::AES, &[7; 16], Mask::ENCRYPT);
    let other = kms.call(&DeriveKey::aes(128).hash(&other, Hashing::SHA_256));
    assert_eq!(reason(other), Reason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK);
    let feedback = DeriveKey::aes(128).hash(&aes, Hashing::SHA_256).derivation_method(DerivationMethod::NIST800_108_F);
    assert_eq!(reason(kms.call(&feedback)), Reason::INVALID_FIELD);
}

fn links(kms: &Client, id: &str) -> Vec<(LinkType, String)> {
    let reply = kms.call(&GetAttributes::id(id).attribute(Tag::LINK)).unwrap();
    let attributes = reply.payload().attributes.unwrap_or_default();
    let links = attributes.iter().map(|value| match value {
        AttributeValue::Link(link) => (link.link_type, link.linked_object_identifier.to_string()),
        other => panic!("{other:?}"),
    });
    links.collect()
}

/// RFC 3394, 4.1 and 4.5.
#[test]
fn wrapped_keys() {
    let server = TestServer::start();
    for version in [V1_2, V1_4, V2_1] {
        let kms = connect(&server, version);
        let key = symmetric(&kms, Algorithm::AES, &hex("00112233445566778899aabbccddeeff"), both());
        for (kek, expected) in [
            (&(0..16).collect::<Vec<u8>>(), "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
            (&(0..32).collect(), "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
        ] {
            let key_block = block(Format::RAW, Algorithm::AES, kek.len() * 8, kek);
            let object = Object::SymmetricKey(SymmetricKey::new(key_block));
            let kek = register(&kms, object, Mask::WRAP_KEY | Mask::UNWRAP_KEY, Some(in_mode(Mode::NIST_KEY_WRAP)));
            let reply = kms.call(&Get::id(&key).wrapped_with(&kek)).unwrap();
            let wrapped = reply.payload().object;
            let block = wrapped.key_block().unwrap();
            assert_eq!(text(block.wrapped_bytes().unwrap().expose()), expected);
            assert_eq!(block.bytes(), None, "a wrapped key is no plain one");
            let data = block.key_wrapping_data.as_ref().unwrap();
            assert_eq!(data.encoding_option, Some(EncodingOption::NO_ENCODING));
            assert_eq!(data.encryption_key_information.as_ref().unwrap().unique_identifier.as_str(), Some(&*kek));

            // TTLV-encoded, the whole Key Value is inside.
            let mut ttlv = KeyWrappingSpecification::aes_key_wrap(&kek);
            ttlv.encoding_option = None;
            let mut request = Get::id(&key);
            request.key_wrapping_specification = Some(ttlv.into());
            let encoded = kms.call(&request).unwrap();
            let object = encoded.payload().object;
            let Some(KeyValue::Wrapped(bytes)) = &object.key_block().unwrap().key_value else {
                panic!("not wrapped: {:?}", encoded.payload());
            };
            assert_eq!(bytes.len(), 8 + 24 + 8); // Key Value, Key Material, and what wrapping adds

            // Registered as it is, it is returned unchanged.
            if version >= V1_4 {
                for object in [wrapped.clone(), encoded.payload().object] {
                    let registered = register(&kms, object, both(), None);
                    let mut request = Get::id(&registered);
                    assert!(
                        kms.call(&request).unwrap().payload().object.key_block().unwrap().key_wrapping_data.is_some()
                    );
                    request.key_wrap_type = Some(KeyWrapType::NOT_WRAPPED);
                    let plain = kms.call(&request).unwrap();
                    let plain = plain.payload().object;
                    assert_eq!(
                        text(plain.key_block().unwrap().bytes().unwrap().expose()),
                        "00112233445566778899aabbccddeeff"
                    );
                }
            }
        }
        // A key without Cryptographic Parameters wraps nothing, nor does a missing one.
        let bare = symmetric(&kms, Algorithm::AES, &[7; 16], Mask::WRAP_KEY);
        let none = if version < V2_0 { Reason::ITEM_NOT_FOUND } else { Reason::BAD_CRYPTOGRAPHIC_PARAMETERS };
        assert_eq!(reason(kms.call(&Get::id(&key).wrapped_with(&bare))), none);
        let missing = if version < V2_0 { Reason::ITEM_NOT_FOUND } else { Reason::WRAPPING_OBJECT_NOT_FOUND };
        assert_eq!(reason(kms.call(&Get::id(&key).wrapped_with("nobody"))), missing);
    }
}

#[test]
fn split_keys_join_again() {
    let server = TestServer::start();
    for version in [V1_2, V2_1] {
        let kms = connect(&server, version);
        let key = symmetric(&kms, Algorithm::AES, &[7; 32], both());
        let split = |request: CreateSplitKeyRequest<'_>| -> Vec<String> {
            let reply = kms.call(&request).unwrap();
            reply.payload().unique_identifiers.iter().map(ToString::to_string).collect()
        };
        let joined = |parts: &[&String]| {
            let reply = kms.call(&JoinSplitKey::symmetric_key(parts.iter().copied()))?;
            Ok::<_, Error>(value(&kms, &reply.payload().unique_identifier.to_string()))
        };
        let parts = split(CreateSplitKey::polynomial(5, 3).of(&key));
        let [a, b, c, d, e] = &parts[..] else { panic!("{parts:?}") };
        for three in [[a, b, c], [e, c, a], [b, d, e]] {
            assert_eq!(joined(&three).unwrap(), [7; 32]);
        }
        assert_eq!(joined(&[a, b, c, d, e]).unwrap(), [7; 32]);
        assert_eq!(reason(joined(&[a, b])), Reason::CRYPTOGRAPHIC_FAILURE);
        assert_eq!(reason(joined(&[a, b, b])), Reason::CRYPTOGRAPHIC_FAILURE);
        assert!(parts.iter().all(|part| value(&kms, part) != [7; 32]));

        let xor = split(CreateSplitKey::xor(3).of(&key));
        assert_eq!(joined(&xor.iter().collect::<Vec<_>>()).unwrap(), [7; 32]);
        assert_eq!(reason(joined(&[&xor[0], a, b])), Reason::CRYPTOGRAPHIC_FAILURE);

        // A key that never existed in one piece.
        let parts = split(CreateSplitKey::xor(2).aes(256));
        assert_eq!(joined(&[&parts[0], &parts[1]]).unwrap().len(), 32);
        assert_eq!(joined(&[&parts[0], &parts[1]]).unwrap(), joined(&[&parts[1], &parts[0]]).unwrap());
    }
}

#[test]
fn exported_objects_are_imported_elsewhere() {
    let (here, there) = (TestServer::start(), TestServer::start());
    for version in [V1_4, V2_1] {
        let (from, to) = (connect(&here, version), connect(&there, version));
        let id = symmetric(&from, Algorithm::AES, &[7; 16], both());
        let exported = from.call(&Export::id(&id)).unwrap();
        let response = exported.payload();
        let (attributes, object) = (response.attributes.unwrap(), response.object.unwrap());
        let request = Import::object(&*id, *object).attributes(attributes.clone());
        assert_eq!(to.call(&request).unwrap().payload().unique_identifier.as_str(), Some(&*id));
        let imported = to.call(&Export::id(&id)).unwrap();
        let again = imported.payload();
        let mut missing =
            attributes.iter().filter(|value| again.attributes.as_ref().unwrap().iter().all(|own| own != *value));
        assert_eq!(missing.next(), None);
        assert_eq!(again.object, exported.payload().object);
        // It works at once, because its state was copied.
        to.call(&Encrypt::aes_gcm(&id, b"data")).unwrap();

        assert_eq!(reason(to.call(&request)), Reason::OBJECT_ALREADY_EXISTS);
        to.call(&request.replace_existing(true)).unwrap();
        // A client cannot replace another client's object.
        let bob = Client::connect(&there.config_of("bob").version(version)).unwrap();
        let theirs = Import::object(&*id, *exported.payload().object.unwrap()).replace_existing(true);
        assert_eq!(reason(bob.call(&theirs)), Reason::OBJECT_ALREADY_EXISTS);

        // Only the attributes of a destroyed object remain.
        from.call(&Revoke::id(&id, RevocationReasonCode::SUPERSEDED)).unwrap();
        from.call(&Destroy::id(&id)).unwrap();
        let destroyed = from.call(&Export::id(&id)).unwrap();
        assert_eq!((destroyed.payload().object_type, destroyed.payload().object), (ObjectType::SYMMETRIC_KEY, None));
        assert!(destroyed.payload().attributes.unwrap().find(Tag::DESTROY_DATE).next().is_some());
    }
}
