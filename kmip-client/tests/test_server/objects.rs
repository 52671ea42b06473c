//! Creation and registration of objects, and the form in which they are returned.

use kmip_client::Thumbprint;
use kmip_client::protocol::attribute::{Attribute, AttributeValue, Attributes, Name};
use kmip_client::protocol::object::{
    Certificate, CertificateRequest, EncryptionKeyInformation, KeyBlock, KeyMaterial, KeyValue, KeyWrappingData,
    Object, OpaqueObject, PgpKey, PrivateKey, PublicKey, SecretData, SplitKey, SymmetricKey, Template,
    TransparentSymmetricKey,
};
use kmip_client::protocol::operation::{
    Activate, Create, CreateKeyPair, CreateRequest, Get, GetAttributes, Locate, ModifyAttribute,
    ProtectionStorageMasks, ReKey, Register, RegisterRequest,
};
use kmip_client::protocol::{Id, Secret};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{
    CertificateRequestType, CertificateType, CryptographicAlgorithm as Algorithm, CryptographicUsageMask as Mask,
    EncodingOption, KeyCompressionType, KeyFormatType as Format, KeyWrapType, LinkType, ObjectType, OpaqueDataType,
    ProtectionStorageMask, RecommendedCurve as Curve, ResultReason as Reason, SecretDataType, SplitKeyMethod,
    WrappingMethod,
};
use kmip_ttlv::{Tag, V1_0, V1_1, V1_2, V1_4, V2_0, V2_1};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::wire::{VERSIONS, Wire, text};

fn block(format: Format, key_material: KeyMaterial<'_>) -> KeyBlock<'_> {
    KeyBlock::new(format, key_material)
}

fn bytes(format: Format, bytes: &[u8]) -> KeyBlock<'_> {
    block(format, KeyMaterial::Bytes(Secret::new(bytes)))
}

fn of<'a>(algorithm: Algorithm, length: i32, block: KeyBlock<'a>) -> KeyBlock<'a> {
    block.cryptographic_algorithm(algorithm).cryptographic_length(length)
}

fn register(wire: &mut Wire, request: &RegisterRequest<'_>) -> String {
    text(wire.call(request).unwrap().payload().unique_identifier)
}

#[test]
fn returns_registered_objects_unchanged() {
    let server = TestServer::start();
    let pem = server.pki().issue_client("subject");
    let certificate_value = CertificateDer::from_pem_slice(pem.certificate_pem().as_bytes()).unwrap();
    let transparent = KeyMaterial::SymmetricKey(TransparentSymmetricKey::new(Secret::new(&[7; 16])));
    let split = SplitKey::new(3, 1, 2, SplitKeyMethod::XOR, of(Algorithm::AES, 128, bytes(Format::RAW, &[7; 16])));
    let objects = [
        (V1_0, Object::SymmetricKey(SymmetricKey::new(of(Algorithm::AES, 128, bytes(Format::RAW, &[7; 16]))))),
        (
            V1_0,
            Object::SymmetricKey(SymmetricKey::new(of(
                Algorithm::AES,
                128,
                block(Format::TRANSPARENT_SYMMETRIC_KEY, transparent),
            ))),
        ),
        (V1_0, Object::PublicKey(PublicKey::new(of(Algorithm::RSA, 2048, bytes(Format::PKCS_1, b"not looked at"))))),
        (V1_0, Object::PrivateKey(PrivateKey::new(of(Algorithm::EC, 256, bytes(Format::EC_PRIVATE_KEY, b"der"))))),
        (V1_0, Object::SplitKey(split)),
        (V1_0, Object::SecretData(SecretData::new(SecretDataType::PASSWORD, bytes(Format::OPAQUE, b"hunter2")))),
        (
            V1_0,
            Object::OpaqueObject(OpaqueObject::new(OpaqueDataType::from_value(0x8000_0001), Secret::new(b"anything"))),
        ),
        (V1_0, Object::Certificate(Certificate::new(CertificateType::X_509, &certificate_value))),
        (V1_2, Object::PgpKey(PgpKey::new(4, bytes(Format::RAW, b"pgp")))),
        (V2_0, Object::CertificateRequest(CertificateRequest::new(CertificateRequestType::PKCS_10, b"der"))),
    ];
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        for (since, object) in &objects {
            let request = Register::object(object.clone());
            if version < *since {
                let result = wire.call(&request);
                assert_eq!(
                    result.err(),
                    Some(wire.reason(Reason::INVALID_FIELD, Reason::INVALID_OBJECT_TYPE)),
                    "{object:?}"
                );
                continue;
            }
            let id = register(&mut wire, &request);
            let reply = wire.call(&Get::id(&id)).unwrap();
            assert_eq!(reply.payload().object, *object);
            assert_eq!(reply.payload().object_type, object.object_type());
            // It exists for the other versions too.
            if *since == V1_0 {
                for other in [V1_0, V1_4, V2_1] {
                    let reply = Wire::alice(&server, other).call(&Get::id(&id)).unwrap();
                    assert_eq!(reply.payload().object, *object);
                }
            }
        }
    }
}

#[test]
fn the_digest_is_of_what_is_kept() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let id = register(&mut wire, &Register::symmetric_key(Algorithm::AES, &[7; 32]));
        let reply = wire.call(&GetAttributes::id(&id).attribute(Tag::DIGEST)).unwrap();
        let attributes = reply.payload().attributes.unwrap();
        let AttributeValue::Digest(digest) = &attributes.list[0].value else { panic!("{attributes:?}") };
        assert_eq!(digest.digest_value, Some(Thumbprint::sha256_of(&[7; 32]).as_bytes()));
        assert_eq!(digest.key_format_type, (version >= V1_1).then_some(Format::RAW));
    }
}

#[test]
fn refuses_to_register_inconsistent_objects() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let symmetric = |key_block| Register::object(Object::SymmetricKey(SymmetricKey::new(key_block)));
        let raw = || bytes(Format::RAW, &[7; 16]);
        let mut other_type = Register::symmetric_key(Algorithm::AES, &[7; 16]);
        other_type.object_type = ObjectType::SECRET_DATA;
        let no_key_wrapping_data = raw().key_value(KeyValue::Wrapped(Secret::new(&[7; 24])));
        let field = Reason::INVALID_FIELD;
        let value = wire.reason(field, Reason::INVALID_ATTRIBUTE_VALUE);
        let missing = wire.reason(field, Reason::INVALID_ATTRIBUTE);
        for (request, reason) in [
            (symmetric(of(Algorithm::AES, 256, raw())), field),
            (symmetric(of(Algorithm::DES3, 168, raw())), field),
            (symmetric(of(Algorithm::AES, 100, raw())), value),
            (symmetric(of(Algorithm::RSA, 128, raw())), value),
            (symmetric(raw()), missing),
            (symmetric(raw().cryptographic_algorithm(Algorithm::AES)), missing),
            (symmetric(no_key_wrapping_data), field),
            (
                Register::symmetric_key(Algorithm::AES, &[7; 16]).attribute(AttributeValue::CryptographicLength(256)),
                value,
            ),
            (other_type, field),
            (Register::certificate(b"no certificate"), field),
        ] {
            assert_eq!(wire.call(&request).err(), Some(reason), "{request:?}");
        }
        // The attributes may state what the key block omits.
        let said = symmetric(raw())
            .attribute(AttributeValue::CryptographicAlgorithm(Algorithm::AES))
            .attribute(AttributeValue::CryptographicLength(128));
        register(&mut wire, &said);
        assert_eq!(wire.locate(&Locate::all()).len(), 1);
        destroy_all(&mut wire);
    }
}

fn destroy_all(wire: &mut Wire) {
    for id in wire.locate(&Locate::all()) {
        wire.call(&kmip_client::protocol::operation::Destroy::id(&id)).unwrap();
    }
}

#[test]
fn symmetric_keys_have_the_length_of_their_algorithm() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    for (algorithm, bits, bytes) in [
        (Algorithm::AES, 128, 16),
        (Algorithm::AES, 192, 24),
        (Algorithm::AES, 256, 32),
        (Algorithm::DES3, 168, 24),
        (Algorithm::DES3, 112, 16),
        (Algorithm::HMAC_SHA256, 256, 32),
        (Algorithm::HMAC_SHA512, 1024, 128),
        (Algorithm::CHACHA20, 256, 32),
        (Algorithm::SKIPJACK, 80, 10),
    ] {
        let request = Create::symmetric_key(algorithm, bits).usage(Mask::ENCRYPT);
        let id = text(wire.call(&request).unwrap().payload().unique_identifier);
        let reply = wire.call(&Get::id(&id)).unwrap();
        let object = reply.payload().object;
        let block = object.key_block().unwrap();
        let key = block.bytes().unwrap().expose();
        assert_eq!(
            (key.len(), block.cryptographic_algorithm, block.cryptographic_length),
            (bytes, Some(algorithm), Some(bits))
        );
        if algorithm == Algorithm::DES3 {
            assert!(key.iter().all(|byte| byte.count_ones() % 2 == 1), "the parity is odd");
        }
    }
    for (algorithm, bits) in [
        (Algorithm::AES, 127),
        (Algorithm::AES, 512),
        (Algorithm::AES, 0),
        (Algorithm::AES, -256),
        (Algorithm::HMAC_SHA256, 9),
        (Algorithm::HMAC_SHA256, i32::MAX),
        (Algorithm::RSA, 2048),
        (Algorithm::from_value(0x8000_0001), 128),
    ] {
        let request = Create::symmetric_key(algorithm, bits).usage(Mask::ENCRYPT);
        assert_eq!(wire.call(&request).err(), Some(Reason::INVALID_ATTRIBUTE_VALUE), "{algorithm} {bits}");
    }
    assert_eq!(
        wire.call(&Create::symmetric_key(Algorithm::AES, 128)).err(),
        Some(Reason::INVALID_ATTRIBUTE),
        "no usage"
    );
    let request = Create::aes(128).object_type(ObjectType::PRIVATE_KEY);
    assert_eq!(wire.call(&request).err(), Some(Reason::INVALID_OBJECT_TYPE));
}

#[test]
fn secret_data_is_made_since_2_0() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let request = CreateRequest::default()
            .object_type(ObjectType::SECRET_DATA)
            .attribute(AttributeValue::CryptographicLength(256))
            .usage(Mask::DERIVE_KEY);
        match wire.call(&request) {
            Ok(reply) if version >= V2_0 => {
                let id = text(reply.payload().unique_identifier);
                let reply = wire.call(&Get::id(&id)).unwrap();
                assert_eq!(reply.payload().object.key_block().unwrap().bytes().unwrap().len(), 32);
            }
            result => assert_eq!(result.err(), Some(Reason::INVALID_FIELD)),
        }
    }
}

/// Returns the key in this format.
fn key_as(wire: &mut Wire, id: &str, format: Option<Format>) -> (Format, Vec<u8>) {
    let mut request = Get::id(id);
    request.key_format_type = format;
    let reply = wire.call(&request).unwrap();
    let object = reply.payload().object;
    let block = object.key_block().unwrap();
    (block.key_format_type, block.bytes().unwrap().expose().to_vec())
}

#[test]
fn key_pairs_are_real() {
    let server = TestServer::start();
    for version in [V1_0, V1_4, V2_1] {
        let mut wire = Wire::alice(&server, version);
        let ecdsa = |bits| {
            let mut request = CreateKeyPair::rsa(bits);
            let common = request.common_attributes.insert(Attributes::default());
            common.push(AttributeValue::CryptographicAlgorithm(Algorithm::ECDSA));
            common.push(AttributeValue::CryptographicLength(bits));
            request
        };
        let curves = [Curve::P_256, Curve::P_384, Curve::P_521];
        // Large keys take long; one version is enough.
        let sizes: &[i32] = if version == V2_1 { &[2048, 3072, 4096] } else { &[2048] };
        let requests = sizes.iter().map(|bits| CreateKeyPair::rsa(*bits)).chain([ecdsa(256), ecdsa(384)]);
        let requests = requests.chain(curves.map(CreateKeyPair::ec).into_iter().filter(|_| version >= V1_2));
        for (number, request) in requests.enumerate() {
            let is_rsa = number < sizes.len();
            let names = [format!("private {version} {number}"), format!("public {version} {number}")];
            let request = request.private_key_name(&names[0]).public_key_name(&names[1]);
            let (private, public) = {
                let reply = wire.call(&request).unwrap();
                let payload = reply.payload();
                (text(payload.private_key_unique_identifier), text(payload.public_key_unique_identifier))
            };
            // rustls reads the private key, and computes the public key that the server must have returned.
            let (format, der) = key_as(&mut wire, &private, Some(Format::PKCS_8));
            assert_eq!(format, Format::PKCS_8);
            let signing = any_supported_type(&PrivateKeyDer::Pkcs8(der.into())).unwrap();
            let (_, spki) = key_as(&mut wire, &public, Some(Format::X_509));
            assert_eq!(signing.public_key().unwrap().as_ref(), spki);
            let default = if is_rsa { (Format::PKCS_1, Format::PKCS_1) } else { (Format::PKCS_8, Format::X_509) };
            let (format, der) = key_as(&mut wire, &private, None);
            assert_eq!((format, key_as(&mut wire, &public, None).0), default);
            if is_rsa {
                let signing = any_supported_type(&PrivateKeyDer::Pkcs1(der.into())).unwrap();
                assert_eq!(signing.public_key().unwrap().as_ref(), spki);
            } else {
                let request = Get::id(&private).format(Format::PKCS_1);
                assert_eq!(wire.call(&request).err(), Some(Reason::KEY_FORMAT_TYPE_NOT_SUPPORTED));
            }
            // Each is linked to the other.
            for (from, link_type, to) in
                [(&private, LinkType::PUBLIC_KEY_LINK, &public), (&public, LinkType::PRIVATE_KEY_LINK, &private)]
            {
                let reply = wire.call(&GetAttributes::id(from).attribute(Tag::LINK)).unwrap();
                let attributes = reply.payload().attributes.unwrap();
                let AttributeValue::Link(link) = &attributes.list[0].value else { panic!("{attributes:?}") };
                assert_eq!((link.link_type, link.linked_object_identifier), (link_type, Id::Text(to)));
            }
            assert_eq!(wire.locate(&Locate::name(&names[0])), [private]);
        }
    }
}

#[test]
fn key_pairs_that_cannot_be_are_refused() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let invalid = Some(Reason::INVALID_ATTRIBUTE_VALUE);
    assert_eq!(wire.call(&CreateKeyPair::rsa(1024)).err(), invalid);
    assert_eq!(wire.call(&CreateKeyPair::ec(Curve::K_163)).err(), invalid);
    let mut differ = CreateKeyPair::rsa(2048);
    differ.private_key_attributes.as_mut().unwrap().push(AttributeValue::CryptographicLength(3072));
    assert_eq!(wire.call(&differ).err(), invalid);
    let same = CreateKeyPair::ec(Curve::P_256).private_key_name("same").public_key_name("same");
    assert_eq!(wire.call(&same).err(), Some(Reason::NON_UNIQUE_NAME_ATTRIBUTE));
    let mut no_usage = CreateKeyPair::ec(Curve::P_256);
    no_usage.public_key_attributes = None;
    assert_eq!(wire.call(&no_usage).err(), Some(Reason::INVALID_ATTRIBUTE));
    assert!(wire.locate(&Locate::all()).is_empty(), "no half of a pair is left behind");
}

#[test]
fn formats_are_converted_where_that_is_said() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let id = wire.new_key("key");
    let (_, raw) = key_as(&mut wire, &id, Some(Format::RAW));
    assert_eq!(
        key_as(&mut wire, &id, Some(Format::TRANSPARENT_SYMMETRIC_KEY)),
        (Format::TRANSPARENT_SYMMETRIC_KEY, raw)
    );
    let unsupported = Some(Reason::KEY_FORMAT_TYPE_NOT_SUPPORTED);
    assert_eq!(wire.call(&Get::id(&id).format(Format::PKCS_8)).err(), unsupported);
    let secret = register(&mut wire, &Register::secret_data(SecretDataType::PASSWORD, b"hunter2"));
    assert_eq!(wire.call(&Get::id(&secret).format(Format::RAW)).err(), unsupported);
    let opaque = register(&mut wire, &Register::opaque_object(OpaqueDataType::from_value(1), b"data"));
    assert_eq!(wire.call(&Get::id(&opaque).format(Format::RAW)).err(), unsupported);
    let mut compressed = Get::id(&id);
    compressed.key_compression_type = Some(KeyCompressionType::EC_PUBLIC_KEY_TYPE_UNCOMPRESSED);
    assert_eq!(wire.call(&compressed).err(), Some(Reason::KEY_COMPRESSION_TYPE_NOT_SUPPORTED));
    let mut wrapped = Get::id(&id);
    wrapped.key_wrapping_specification = Some(Box::default());
    assert_eq!(wire.call(&wrapped).err(), Some(Reason::FEATURE_NOT_SUPPORTED));
}

#[test]
fn wrapped_keys_are_kept_as_they_are() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let wrapping_key = wire.new_key(&format!("wrapping {version}"));
        let mut wrapping = KeyWrappingData::new(WrappingMethod::ENCRYPT)
            .encryption_key_information(EncryptionKeyInformation::new(Id::Text(&wrapping_key)));
        wrapping.encoding_option = (version >= V1_1).then_some(EncodingOption::NO_ENCODING);
        let key_block = of(Algorithm::AES, 128, bytes(Format::RAW, &[]))
            .key_value(KeyValue::Wrapped(Secret::new(&[9; 24])))
            .key_wrapping_data(wrapping);
        let object = Object::SymmetricKey(SymmetricKey::new(key_block));
        let id = register(&mut wire, &Register::object(object.clone()));
        assert_eq!(wire.call(&Get::id(&id)).unwrap().payload().object, object);
        let names = wire.attribute_names(&id);
        assert!(!names.contains(&"Digest".to_owned()), "what is inside is not known");
        assert_eq!(names.contains(&"Link".to_owned()), version >= V2_0, "the link to the wrapping key");
        if version >= V1_4 {
            let mut unwrapped = Get::id(&id);
            unwrapped.key_wrap_type = Some(KeyWrapType::NOT_WRAPPED);
            // The wrapping key is not active, and could not unwrap if it were.
            let reason = wire.reason(Reason::PERMISSION_DENIED, Reason::WRONG_KEY_LIFECYCLE_STATE);
            assert_eq!(wire.call(&unwrapped).err(), Some(reason));
        }
        assert_eq!(
            wire.call(&Get::id(&id).format(Format::TRANSPARENT_SYMMETRIC_KEY)).err(),
            Some(Reason::KEY_FORMAT_TYPE_NOT_SUPPORTED)
        );
    }
}

/// Found by an attack with a million messages: it was a General Failure, as if the server had failed.
#[test]
fn an_object_with_fields_of_a_later_version_is_a_feature_that_an_older_one_lacks() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_1);
    let wrapping_key = wire.new_key("wrapping");
    let mut wrapping = KeyWrappingData::new(WrappingMethod::ENCRYPT)
        .encryption_key_information(EncryptionKeyInformation::new(Id::Text(&wrapping_key)));
    wrapping.encoding_option = Some(EncodingOption::NO_ENCODING); // since 1.1
    let key_block = of(Algorithm::AES, 128, bytes(Format::RAW, &[]))
        .key_value(KeyValue::Wrapped(Secret::new(&[9; 24])))
        .key_wrapping_data(wrapping);
    let id = register(&mut wire, &Register::object(Object::SymmetricKey(SymmetricKey::new(key_block))));
    assert!(wire.call(&Get::id(&id)).is_ok());
    assert_eq!(Wire::alice(&server, V1_0).call(&Get::id(&id)).err(), Some(Reason::FEATURE_NOT_SUPPORTED));
}

#[test]
fn a_key_without_its_value_has_attributes_only() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let mut key_block = of(Algorithm::AES, 128, bytes(Format::RAW, &[]));
        key_block.key_value = None;
        let id = register(&mut wire, &Register::object(Object::SymmetricKey(SymmetricKey::new(key_block))));
        let reason = if version < V1_2 { Reason::PERMISSION_DENIED } else { Reason::KEY_VALUE_NOT_PRESENT };
        assert_eq!(wire.call(&Get::id(&id)).err(), Some(reason));
        assert_eq!(wire.attribute_names(&id).contains(&"Key Value Present".to_owned()), version >= V1_2);
    }
}

#[test]
fn certificates_are_read() {
    let server = TestServer::start();
    let pem = server.pki().issue_client("Alice Example");
    let der = CertificateDer::from_pem_slice(pem.certificate_pem().as_bytes()).unwrap();
    let mut wire = Wire::alice(&server, V2_1);
    let id = register(&mut wire, &Register::certificate(&der));
    let reply = wire.call(&GetAttributes::id(&id)).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    let has = |value: AttributeValue<'_>| {
        assert!(attributes.iter().any(|has| *has == value), "{value:?} in {attributes:?}");
    };
    has(AttributeValue::CertificateType(CertificateType::X_509));
    has(AttributeValue::CertificateLength(i32::try_from(der.len()).unwrap()));
    has(AttributeValue::CertificateSubjectCn("Alice Example"));
    has(AttributeValue::CryptographicAlgorithm(Algorithm::EC));
    has(AttributeValue::CryptographicLength(256));
    has(AttributeValue::DigitalSignatureAlgorithm(
        kmip_ttlv::enumeration::DigitalSignatureAlgorithm::ECDSA_WITH_SHA256,
    ));
    let issuer = attributes.find(Tag::CERTIFICATE_ISSUER_CN).next();
    assert!(matches!(issuer, Some(AttributeValue::CertificateIssuerCn(name)) if name.starts_with("KMIP test CA")));
    let subject = attributes.find(Tag::X_509_CERTIFICATE_SUBJECT).next().cloned();
    let Some(AttributeValue::X509CertificateSubject(subject)) = subject else { panic!("{subject:?}") };
    assert!(der.windows(subject.distinguished_name.len()).any(|part| part == subject.distinguished_name));

    // KMIP 1.0 has them as text.
    let mut old = Wire::alice(&server, V1_0);
    let reply = old.call(&GetAttributes::id(&id).attribute(Tag::CERTIFICATE_SUBJECT)).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    let AttributeValue::CertificateSubject(subject) = &attributes.list[0].value else { panic!("{attributes:?}") };
    assert_eq!(subject.distinguished_name, "CN=Alice Example");
}

#[test]
fn sensitive_objects_stay() {
    let server = TestServer::start();
    for version in [V1_4, V2_0, V2_1] {
        let mut wire = Wire::alice(&server, version);
        let create = Create::aes(128).attribute(AttributeValue::Sensitive(true));
        let id = text(wire.call(&create).unwrap().payload().unique_identifier);
        assert_eq!(wire.call(&Get::id(&id)).err(), Some(Reason::SENSITIVE));
        assert_eq!(
            Wire::alice(&server, V1_2).call(&Get::id(&id)).err(),
            Some(Reason::PERMISSION_DENIED),
            "1.2 has no word for it"
        );
        let create = Create::aes(128).attribute(AttributeValue::Extractable(false));
        let kept = text(wire.call(&create).unwrap().payload().unique_identifier);
        assert_eq!(wire.call(&Get::id(&kept)).err(), Some(Reason::NOT_EXTRACTABLE));

        let flags = |wire: &mut Wire, id: &str| {
            let mut request = GetAttributes::id(id);
            for tag in [Tag::SENSITIVE, Tag::ALWAYS_SENSITIVE, Tag::EXTRACTABLE, Tag::NEVER_EXTRACTABLE] {
                request = request.attribute(tag);
            }
            let reply = wire.call(&request).unwrap();
            reply
                .payload()
                .attributes
                .unwrap()
                .list
                .iter()
                .map(|attribute| match attribute.value {
                    AttributeValue::Sensitive(flag)
                    | AttributeValue::AlwaysSensitive(flag)
                    | AttributeValue::Extractable(flag)
                    | AttributeValue::NeverExtractable(flag) => flag,
                    ref other => panic!("{other:?}"),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(flags(&mut wire, &id), [true, true, true, false]);
        assert_eq!(flags(&mut wire, &kept), [false, false, false, true]);
        wire.call(&ModifyAttribute::id(&id, AttributeValue::Sensitive(false))).unwrap();
        wire.call(&ModifyAttribute::id(&kept, AttributeValue::Extractable(true))).unwrap();
        assert_eq!(flags(&mut wire, &id), [false, false, true, false]);
        assert_eq!(flags(&mut wire, &kept), [false, false, true, false]);
        assert!(wire.call(&Get::id(&id)).is_ok() && wire.call(&Get::id(&kept)).is_ok());
    }
}

#[test]
fn templates_fill_in_what_is_left_out() {
    let server = TestServer::start();
    for version in VERSIONS.into_iter().filter(|version| *version < V2_0) {
        let mut wire = Wire::alice(&server, version);
        let name = format!("template {version}");
        let attributes: Attributes<'_> = [
            AttributeValue::CryptographicAlgorithm(Algorithm::AES),
            AttributeValue::CryptographicLength(192),
            AttributeValue::CryptographicUsageMask(Mask::ENCRYPT),
            AttributeValue::ObjectGroup("from the template"),
        ]
        .into_iter()
        .collect();
        let template = Object::Template(Template::new(attributes.clone()));
        let id = register(&mut wire, &Register::object(template.clone()).name(&name));
        assert_eq!(wire.call(&Get::id(&id)).unwrap().payload().object, template);
        assert_eq!(wire.call(&Activate::id(&id)).err(), Some(Reason::ILLEGAL_OPERATION));

        let mut request = CreateRequest::default()
            .object_type(ObjectType::SYMMETRIC_KEY)
            .attribute(AttributeValue::CryptographicLength(256))
            .attribute(AttributeValue::ObjectGroup("from the request"));
        request.attributes.templates = vec![Name::from(name.as_str())];
        let key = text(wire.call(&request).unwrap().payload().unique_identifier);
        let reply = wire
            .call(&GetAttributes::id(&key).attribute(Tag::CRYPTOGRAPHIC_LENGTH).attribute(Tag::OBJECT_GROUP))
            .unwrap();
        let values: Vec<_> = reply.payload().attributes.unwrap().list;
        let expected = [
            Attribute::from(AttributeValue::CryptographicLength(256)),
            AttributeValue::ObjectGroup("from the template").into(),
            Attribute::default().value(AttributeValue::ObjectGroup("from the request")).index(1),
        ];
        assert_eq!(values, expected);

        request.attributes.templates = vec!["nobody".into()];
        assert_eq!(wire.call(&request).err(), Some(Reason::ITEM_NOT_FOUND));
        let mut named = attributes;
        named.push(AttributeValue::Name("inside".into()));
        let named = Register::object(Object::Template(Template::new(named)));
        assert_eq!(wire.call(&named).err(), Some(Reason::INVALID_FIELD));
    }
}

#[test]
fn only_symmetric_keys_are_replaced() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let secret = register(&mut wire, &Register::secret_data(SecretDataType::SEED, b"seed"));
        let reason = wire.reason(Reason::PERMISSION_DENIED, Reason::INVALID_OBJECT_TYPE);
        assert_eq!(wire.call(&ReKey::id(&secret)).err(), Some(reason));
        // Attributes of the request replace those of the old key; a refusal leaves the old key its name.
        let name = format!("re-key {version}");
        let id = wire.new_key(&name);
        let mut request = ReKey::id(&id);
        request.attributes = Some([AttributeValue::CryptographicLength(100)].into_iter().collect());
        let reason = wire.reason(Reason::INVALID_FIELD, Reason::INVALID_ATTRIBUTE_VALUE);
        assert_eq!(wire.call(&request).err(), Some(reason));
        assert_eq!(wire.locate(&Locate::name(&name)), [id.as_str()]);
        request.attributes = Some([AttributeValue::CryptographicLength(128)].into_iter().collect());
        let new = text(wire.call(&request).unwrap().payload().unique_identifier);
        let reply = wire.call(&Get::id(&new)).unwrap();
        assert_eq!(reply.payload().object.key_block().unwrap().cryptographic_length, Some(128));
    }
}

#[test]
fn storage_in_hardware_is_not_to_be_had() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let with = |masks: &[ProtectionStorageMask]| {
        Create::aes(128).protection_storage_masks(ProtectionStorageMasks::default().masks(masks.to_vec()))
    };
    let (hardware, software) = (ProtectionStorageMask::HARDWARE, ProtectionStorageMask::SOFTWARE);
    assert_eq!(wire.call(&with(&[hardware])).err(), Some(Reason::PROTECTION_STORAGE_UNAVAILABLE));
    assert_eq!(wire.call(&with(&[hardware | software])).err(), Some(Reason::PROTECTION_STORAGE_UNAVAILABLE));
    assert!(wire.call(&with(&[hardware, software])).is_ok());
}
