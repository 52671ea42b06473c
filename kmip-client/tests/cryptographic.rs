//! The payloads of the cryptographic operations that neither OASIS test cases nor captures cover, from the tables of
//! the specification (KMIP 2.1, 6.1; KMIP 1.4, 4).
#![allow(clippy::unwrap_used, reason = "a test")]

use kmip_client::protocol::attribute::AttributeValue;
use kmip_client::protocol::object::{Object, SymmetricKey};
use kmip_client::protocol::operation::{
    CreateSplitKey, Decrypt, DeriveKey, Encrypt, EncryptResponse, Export, ExportResponse, Get, Hash, Import,
    ImportRequest, ImportedType, JoinSplitKey, Mac, MacVerify, Repeat, Request, RngRetrieve, RngSeed, Sign,
    SignatureVerify,
};
use kmip_client::protocol::{Data, Id};
use kmip_ttlv::enumeration::{
    DataPlaceholder, DerivationMethod, HashingAlgorithm, ObjectType, OperationCode, SecretDataType,
};
use kmip_ttlv::{
    Decode, Encode, ProtocolVersion, Reader, Rules, Tag, V1_0, V1_2, V1_3, V1_4, V2_0, V2_1, decode, encode,
};

/// Returns the tags of the fields, in the order of the wire.
fn fields(request: &impl Encode, version: ProtocolVersion) -> Vec<Tag> {
    let bytes = encode(request, Tag::REQUEST_PAYLOAD, version).unwrap();
    let mut body = Reader::new(&bytes).enter(Tag::REQUEST_PAYLOAD).unwrap();
    std::iter::from_fn(|| body.next_item().unwrap().map(|item| item.tag())).collect()
}

/// Checks that the version supports the request, and that it is encoded faithfully.
fn has(request: &impl Encode, version: ProtocolVersion) -> Result<(), String> {
    match encode(request, Tag::REQUEST_PAYLOAD, version) {
        Ok(_bytes) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn the_fields_stand_in_the_order_of_the_tables() {
    let derive = DeriveKey::aes(256).hkdf("seed", HashingAlgorithm::SHA_256, b"salt", b"info");
    let before = [Tag::OBJECT_TYPE, Tag::UNIQUE_IDENTIFIER, Tag::DERIVATION_METHOD, Tag::DERIVATION_PARAMETERS];
    assert_eq!(fields(&derive, V1_4), [&before[..], &[Tag::TEMPLATE_ATTRIBUTE]].concat());
    assert_eq!(fields(&derive, V2_1), [&before[..], &[Tag::ATTRIBUTES]].concat());

    let split = CreateSplitKey::polynomial(5, 3).of("key").aes(256);
    let before = [
        Tag::OBJECT_TYPE,
        Tag::UNIQUE_IDENTIFIER,
        Tag::SPLIT_KEY_PARTS,
        Tag::SPLIT_KEY_THRESHOLD,
        Tag::SPLIT_KEY_METHOD,
    ];
    assert_eq!(fields(&split, V1_2), [&before[..], &[Tag::TEMPLATE_ATTRIBUTE]].concat());
    assert_eq!(fields(&split, V2_1), [&before[..], &[Tag::ATTRIBUTES]].concat());

    let join = JoinSplitKey::secret_data(SecretDataType::SEED, ["a", "b"]).name("joined");
    let before = [Tag::OBJECT_TYPE, Tag::UNIQUE_IDENTIFIER, Tag::UNIQUE_IDENTIFIER, Tag::SECRET_DATA_TYPE];
    assert_eq!(fields(&join, V1_2), [&before[..], &[Tag::TEMPLATE_ATTRIBUTE]].concat());
    assert_eq!(fields(&join, V2_1), [&before[..], &[Tag::ATTRIBUTES]].concat());

    let export = Export::id("key").wrapped_with("kek");
    assert_eq!(fields(&export, V1_4), [Tag::UNIQUE_IDENTIFIER, Tag::KEY_WRAPPING_SPECIFICATION]);
    assert_eq!(fields(&export, V1_4), fields(&Get::id("key").wrapped_with("kek"), V1_4));

    let sign = Sign::data("key", b"data").rsa_pss(HashingAlgorithm::SHA_256).last_part(b"7");
    let order = [
        Tag::UNIQUE_IDENTIFIER,
        Tag::CRYPTOGRAPHIC_PARAMETERS,
        Tag::DATA,
        Tag::CORRELATION_VALUE,
        Tag::FINAL_INDICATOR,
    ];
    assert_eq!(fields(&sign, V1_3), order);
    let verify = SignatureVerify::digest("key", b"digest", b"signature").first_part();
    let order = [Tag::UNIQUE_IDENTIFIER, Tag::DIGESTED_DATA, Tag::SIGNATURE_DATA, Tag::INIT_INDICATOR];
    assert_eq!(fields(&verify, V1_4), order);
}

#[test]
fn import_says_the_kind_of_object_where_there_is_a_place_for_it() {
    let object = Object::SymmetricKey(SymmetricKey::default());
    let request = Import::object("key", object)
        .replace_existing(true)
        .unwrapped()
        .attribute(AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY));
    let rest = [Tag::REPLACE_EXISTING, Tag::KEY_WRAP_TYPE];
    let v1 = [&[Tag::UNIQUE_IDENTIFIER], &rest[..], &[Tag::ATTRIBUTE, Tag::SYMMETRIC_KEY]].concat();
    let v2 = [&[Tag::UNIQUE_IDENTIFIER, Tag::OBJECT_TYPE], &rest[..], &[Tag::ATTRIBUTES, Tag::SYMMETRIC_KEY]].concat();
    assert_eq!(fields(&request, V1_4), v1);
    assert_eq!(fields(&request, V2_1), v2);
    // A peer that sends it in 1.4 too is understood, and its bytes are preserved.
    for version in [V1_4, V2_1] {
        let as_2_1 = encode(&request, Tag::REQUEST_PAYLOAD, V2_1).unwrap();
        let received: ImportRequest<'_> = decode(&as_2_1, Tag::REQUEST_PAYLOAD, V2_1, Rules::STRICT).unwrap();
        assert_eq!(received.object_type.map(ImportedType::object_type), Some(ObjectType::SYMMETRIC_KEY));
        let _again = encode(&received, Tag::REQUEST_PAYLOAD, version).unwrap();
        assert_eq!(fields(&received, version)[1], Tag::OBJECT_TYPE);
    }
}

#[test]
fn an_exported_object_may_be_without_its_value() {
    let bytes =
        encode(&ExportResponse::new(ObjectType::SYMMETRIC_KEY, Id::Text("key")), Tag::RESPONSE_PAYLOAD, V2_1).unwrap();
    let response: ExportResponse<'_> = decode(&bytes, Tag::RESPONSE_PAYLOAD, V2_1, Rules::STRICT).unwrap();
    assert_eq!((response.object, response.attributes), (None, None));
}

#[test]
fn a_version_refuses_what_it_does_not_have_before_it_is_sent() {
    let gcm = Encrypt::aes_gcm("key", b"data");
    assert_eq!(has(&gcm, V1_2), Ok(()));
    assert_eq!(
        has(&gcm.clone().additional_data(b"header"), V1_3).unwrap_err(),
        "RequestPayload/AuthenticatedEncryptionAdditionalData: not in KMIP 1.3: it exists in 1.4 and later"
    );
    assert!(has(&gcm.first_part(), V1_2).unwrap_err().contains("InitIndicator: not in KMIP 1.2"));
    assert!(has(&Decrypt::aes_gcm("key", &[0; 12], b"data", &[0; 16]), V1_3).is_err());
    assert_eq!(has(&Decrypt::aes_gcm_joined("key", &[0; 12], b"data and tag"), V1_2), Ok(()));
    assert!(has(&Sign::digest("key", &[0; 32]), V1_3).unwrap_err().contains("DigestedData"));
    assert!(has(&Get::id("key").wrapped_with("kek"), V1_0).unwrap_err().contains("EncodingOption"));
    for data in [Data::ResultOf(DataPlaceholder::ENCRYPT), Data::Index(-1)] {
        assert!(has(&RngSeed::bytes(data), V1_4).unwrap_err().contains("Data: not in KMIP 1.4"));
        assert_eq!(has(&RngSeed::bytes(data), V2_0), Ok(()));
    }
}

/// Bytes made by hand: Data as a Byte String, as an Enumeration and as an Integer (KMIP 2.1, table 360).
#[test]
fn data_are_bytes_or_stand_for_a_result() {
    let cases: [(&[u8], Data<'_>); 3] = [
        (b"\x42\x00\xC2\x08\0\0\0\x03abc\0\0\0\0\0", Data::from(b"abc")),
        (b"\x42\x00\xC2\x05\0\0\0\x04\0\0\0\x03\0\0\0\0", Data::ResultOf(DataPlaceholder::HASH)),
        (b"\x42\x00\xC2\x02\0\0\0\x04\xFF\xFF\xFF\xFF\0\0\0\0", Data::Index(-1)),
    ];
    for (bytes, data) in cases {
        let mut reader = Reader::new(bytes).with_version(V2_1);
        assert_eq!(Data::decode_next(&mut reader, Tag::DATA).unwrap(), data);
        assert!(reader.is_empty());
        assert_eq!(encode(&data, Tag::DATA, V2_1).unwrap(), bytes);
    }
    let secret = format!("{:?}", Encrypt::data("key", b"attack at dawn"));
    assert!(secret.contains("Secret(14 bytes)") && !secret.contains("attack"), "{secret}");
}

#[test]
fn knows_which_requests_may_be_repeated() {
    assert!(Hash::sha256(b"a").is_idempotent() && Export::id("key").is_idempotent());

    // These may use up a Usage Limit of their key.
    let metered = [
        Mac::data("key", b"a").repeat(),
        MacVerify::data("key", b"a", b"mac").repeat(),
        Sign::data("key", b"a").repeat(),
        SignatureVerify::data("key", b"a", b"s").repeat(),
        Encrypt::aes_cbc("key", b"a").iv(&[0; 16]).repeat(),
        Decrypt::aes_cbc("key", &[0; 16], b"a").repeat(),
        Get::id("key").wrapped_with("other").repeat(),
        Export::id("key").wrapped_with("other").repeat(),
    ];
    assert_eq!(metered, [Repeat::Metered; 8]);

    // The server returns other random bytes, or changes state.
    assert!(!RngRetrieve::bytes(8).is_idempotent() && !RngSeed::bytes(b"a").is_idempotent());
    assert!(!DeriveKey::aes(128).hash("key", HashingAlgorithm::SHA_256).is_idempotent());
    assert!(!CreateSplitKey::xor(2).is_idempotent() && !JoinSplitKey::symmetric_key(["a"]).is_idempotent());

    // A part continues where the previous one ended.
    let parts =
        [Hash::sha256(b"a").first_part(), Hash::sha256(b"a").next_part(b"7"), Hash::sha256(b"a").last_part(b"7")];
    assert!(parts.iter().all(|part| !part.is_idempotent()));
    let all_at_once = Hash::sha256(b"a").first_part();
    assert!(all_at_once.final_indicator(true).is_idempotent());
    assert_eq!(Encrypt::aes_cbc("key", b"a").iv(&[0; 16]).next_part(b"7").repeat(), Repeat::Never);
}

#[test]
fn a_tag_is_found_wherever_it_is() {
    let joined = [&b"data"[..], &[7; 16]].concat();
    let old = EncryptResponse::default().data(&joined);
    assert_eq!(old.ciphertext_and_tag(), Some((&b"data"[..], &[7; 16][..])));
    let new = EncryptResponse::default().data(b"data").tag(&[7; 16]);
    assert_eq!(new.ciphertext_and_tag(), old.ciphertext_and_tag());
    let only_authenticated = EncryptResponse::default().tag(&[7; 16]);
    assert_eq!(only_authenticated.ciphertext_and_tag(), Some((&b""[..], &[7; 16][..])));
    let short = EncryptResponse::default().data(&[7; 15]);
    assert_eq!(short.ciphertext_and_tag(), None);
}

/// The repeated Derivation Data of AWS Signature Version 4: date, region and service (KMIP 2.1, 7.12).
#[test]
fn derivation_data_may_repeat() {
    let mut request = DeriveKey::secret_data(256).hmac("key", HashingAlgorithm::SHA_256, b"20150830");
    request.derivation_method = DerivationMethod::AWS_SIGNATURE_VERSION_4;
    for data in [&b"us-east-1"[..], b"iam"] {
        request.derivation_parameters.derivation_data.push(kmip_client::protocol::Secret::new(data));
    }
    let bytes = encode(&request, Tag::REQUEST_PAYLOAD, V2_1).unwrap();
    assert_eq!(
        decode::<kmip_client::protocol::operation::DeriveKeyRequest<'_>>(
            &bytes,
            Tag::REQUEST_PAYLOAD,
            V2_1,
            Rules::STRICT
        )
        .unwrap(),
        request
    );
    assert_eq!(<DeriveKey as kmip_client::protocol::operation::Operation>::CODE, OperationCode::DERIVE_KEY);
}
