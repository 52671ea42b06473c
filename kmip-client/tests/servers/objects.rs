//! Every kind of registered object, and its attributes.

use kmip_client::protocol::Secret;
use kmip_client::protocol::attribute::{
    AlternativeName, ApplicationSpecificInformation, Attribute, AttributeReference, AttributeValue, Attributes,
    CryptographicParameters, KeyValueLocation, Link, UsageLimits,
};
use kmip_client::protocol::object::{
    CertificateRequest, KeyBlock, KeyMaterial, KeyValue, Object, PgpKey, PlainKeyValue, PrivateKey, PublicKey,
    SplitKey, SymmetricKey, Template, TransparentSymmetricKey,
};
use kmip_client::protocol::operation::{
    AddAttribute, AdjustAttribute, Create, DeleteAttribute, Get, GetAttributeList, GetAttributes, Locate,
    ModifyAttribute, Register, SetAttribute,
};
use kmip_ttlv::enumeration::{
    AlternativeNameType, BlockCipherMode, CertificateRequestType, CryptographicAlgorithm as Algorithm,
    CryptographicUsageMask as Mask, HashingAlgorithm, KeyFormatType as Format, KeyValueLocationType, LinkType,
    OpaqueDataType, PaddingMethod, ProtectionLevel, SecretDataType, SplitKeyMethod, UsageLimitsUnit,
};
use kmip_ttlv::{DateTime, Interval, Tag, V1_0, V1_2, V1_4, V2_0, Value};

use crate::Row;
use crate::life::ec;
use crate::session::{Failure, Probed, Session, block, certificate, p256_public_key, private_key};

pub(crate) const ROWS: &[Row] = &[
    Row::since(V1_0, "Register, AES", register_aes),
    Row::since(V1_0, "Register, 3DES", register_3des),
    Row::since(V1_0, "Register, transparent", register_transparent),
    Row::since(V1_0, "Register, password", register_password),
    Row::since(V1_0, "Register, opaque", register_opaque),
    Row::since(V1_0, "Register, certificate", register_certificate),
    Row::since(V1_0, "Register, RSA PKCS#1", register_pkcs1),
    Row::since(V1_0, "Register, RSA PKCS#8", register_pkcs8),
    Row::since(V1_0, "Register, EC PKCS#8", register_ec_pkcs8),
    Row::since(V1_0, "Register, EC private key", register_ec_private_key),
    Row::since(V1_0, "Register, public key", register_public_key),
    Row::since(V1_0, "Register, split key", register_split_key),
    Row::between(V1_0, V1_4, "Register, template", register_template),
    Row::since(V1_2, "Register, PGP key", register_pgp_key),
    Row::since(V2_0, "Register, certificate request", register_certificate_request),
    Row::since(V1_0, "Get Attributes", get_attributes),
    Row::since(V1_0, "Get Attributes, all that it takes", get_all_attributes),
    Row::since(V1_0, "Get Attribute List", get_attribute_list),
    Row::since(V1_0, "Add Attribute", add_attribute),
    Row::since(V1_0, "Add Attribute, custom", add_custom_attribute),
    Row::since(V1_0, "Modify Attribute", modify_attribute),
    Row::since(V1_0, "Delete Attribute", delete_attribute),
    Row::since(V1_0, "Delete Attribute, by name", delete_attribute_by_name),
    Row::since(V2_0, "Set Attribute", set_attribute),
    Row::since(V2_0, "Adjust Attribute", adjust_attribute),
];

/// Registers the object, fetches it, and checks that it is unchanged.
fn back_again(kms: &Session, object: &Object<'_>, mask: Option<Mask>) -> Probed {
    let name = kms.name();
    let mut request = Register::object(object.clone()).name(&name);
    if let Some(mask) = mask {
        request = request.usage(mask);
    }
    // Servers differ in whether they take these from the key block.
    if let Some(KeyBlock { cryptographic_algorithm: Some(algorithm), cryptographic_length: Some(length), .. }) =
        object.key_block()
    {
        request = request
            .attribute(AttributeValue::CryptographicAlgorithm(*algorithm))
            .attribute(AttributeValue::CryptographicLength(*length));
    }
    let registered = kms.call(&request)?;
    let id = registered.payload().unique_identifier;
    // In the format of registration, if the server keeps several; otherwise it refuses.
    let same_format = match object.key_block() {
        Some(block) => kms.call(&Get::id(id).format(block.key_format_type)).ok(),
        None => None,
    };
    let fetched = same_format.unwrap_or_else(|| kms.must(&Get::id(id)));
    let payload = fetched.payload();
    assert_eq!(payload.object_type, object.object_type());
    let fetched = without_attributes(payload.object.clone());
    let format = |object: &Object<'_>| object.key_block().map(|block| block.key_format_type);
    if format(&fetched) != format(object) {
        return Err(Failure::Wrong("it comes back in another format"));
    }
    if fetched.key_block().map(KeyBlock::bytes) != object.key_block().map(KeyBlock::bytes) {
        return Err(Failure::Wrong("it comes back encoded anew"));
    }
    if fetched != *object {
        return Err(Failure::Wrong("it comes back with another algorithm or length"));
    }
    Ok(())
}

/// Removes the attributes that Cosmian puts into the Key Value, and the length that it fills in.
fn without_attributes(mut object: Object<'_>) -> Object<'_> {
    let block = match &mut object {
        Object::SymmetricKey(SymmetricKey { key_block, .. })
        | Object::PublicKey(PublicKey { key_block, .. })
        | Object::PrivateKey(PrivateKey { key_block, .. })
        | Object::SplitKey(SplitKey { key_block, .. })
        | Object::PgpKey(PgpKey { key_block, .. }) => key_block,
        Object::SecretData(secret) => &mut secret.key_block,
        _ => return object,
    };
    if let Some(KeyValue::Plain(plain)) = &mut block.key_value {
        plain.attributes = None;
    }
    object
}

fn register_aes(kms: &Session) -> Probed {
    let key_block = block(Format::RAW, Algorithm::AES, 256, &[0x5A; 32]);
    back_again(kms, &Object::SymmetricKey(SymmetricKey::new(key_block)), Some(Mask::ENCRYPT | Mask::DECRYPT))
}

fn register_3des(kms: &Session) -> Probed {
    let bytes: Vec<u8> = (0..24).map(|n| 2 * n + 1).collect();
    let key_block = block(Format::RAW, Algorithm::DES3, 192, &bytes);
    back_again(kms, &Object::SymmetricKey(SymmetricKey::new(key_block)), Some(Mask::ENCRYPT | Mask::DECRYPT))
}

fn register_transparent(kms: &Session) -> Probed {
    let mut key_block = block(Format::TRANSPARENT_SYMMETRIC_KEY, Algorithm::AES, 256, &[]);
    let key_material = KeyMaterial::SymmetricKey(TransparentSymmetricKey::new(Secret::new(&[0x5A; 32])));
    key_block.key_value = Some(KeyValue::Plain(PlainKeyValue::default().key_material(key_material)));
    back_again(kms, &Object::SymmetricKey(SymmetricKey::new(key_block)), Some(Mask::ENCRYPT | Mask::DECRYPT))
}

fn register_password(kms: &Session) -> Probed {
    let password = Register::secret_data(SecretDataType::PASSWORD, b"correct horse battery staple");
    back_again(kms, &password.object, Some(Mask::DERIVE_KEY))
}

fn register_opaque(kms: &Session) -> Probed {
    // The standard names none. Cosmian accepts one number, PyKMIP another.
    let kind = if kms.server == "PyKMIP" { 0x8000_0000 } else { 0x8000_0001 };
    let opaque = Register::opaque_object(OpaqueDataType::from_value(kind), b"whatever it is");
    back_again(kms, &opaque.object, None)
}

fn register_certificate(kms: &Session) -> Probed {
    let der = certificate("p256.crt");
    back_again(kms, &Register::certificate(&der).object, Some(Mask::VERIFY))
}

fn register_pkcs1(kms: &Session) -> Probed {
    let der = private_key("rsa-pkcs1.key");
    back_again(kms, &Register::private_key(Format::PKCS_1, Algorithm::RSA, 2048, &der).object, Some(Mask::SIGN))
}

fn register_pkcs8(kms: &Session) -> Probed {
    let der = private_key("rsa-pkcs8.key");
    back_again(kms, &Register::private_key(Format::PKCS_8, Algorithm::RSA, 2048, &der).object, Some(Mask::SIGN))
}

fn register_ec_pkcs8(kms: &Session) -> Probed {
    let der = private_key("p256-pkcs8.key");
    back_again(kms, &Register::private_key(Format::PKCS_8, ec(kms), 256, &der).object, Some(Mask::SIGN))
}

fn register_ec_private_key(kms: &Session) -> Probed {
    let der = private_key("p256-sec1.key");
    back_again(kms, &Register::private_key(Format::EC_PRIVATE_KEY, ec(kms), 256, &der).object, Some(Mask::SIGN))
}

fn register_public_key(kms: &Session) -> Probed {
    let der = p256_public_key();
    back_again(kms, &Register::public_key(Format::X_509, ec(kms), 256, &der).object, Some(Mask::VERIFY))
}

fn register_split_key(kms: &Session) -> Probed {
    let split_key = SplitKey::new(3, 1, 3, SplitKeyMethod::XOR, block(Format::RAW, Algorithm::AES, 256, &[0x5A; 32]));
    back_again(kms, &Object::SplitKey(split_key), Some(Mask::ENCRYPT))
}

fn register_template(kms: &Session) -> Probed {
    let attributes = Attributes::from_iter([AttributeValue::CryptographicLength(256)]);
    let name = kms.name();
    kms.call(&Register::object(Object::Template(Template::new(attributes))).name(&name))?;
    Ok(())
}

fn register_pgp_key(kms: &Session) -> Probed {
    let key = PgpKey::new(4, block(Format::RAW, Algorithm::RSA, 2048, b"a packet of PGP"));
    back_again(kms, &Object::PgpKey(key), Some(Mask::ENCRYPT))
}

fn register_certificate_request(kms: &Session) -> Probed {
    let der = certificate_request();
    let certificate_request_type = CertificateRequestType::PKCS_10;
    let request = CertificateRequest::new(certificate_request_type, &der);
    back_again(kms, &Object::CertificateRequest(request), None)
}

pub(crate) fn certificate_request() -> Vec<u8> {
    use rustls::pki_types::{CertificateSigningRequestDer, pem::PemObject};
    let file = format!("{}/tests/pem/p256.csr", env!("CARGO_MANIFEST_DIR"));
    CertificateSigningRequestDer::from_pem_file(file).unwrap().to_vec()
}

fn get_attributes(kms: &Session) -> Probed {
    let name = kms.name();
    let id = kms.must(&Create::aes(256).name(&name)).payload().unique_identifier.to_string();
    let reply = kms.call(&GetAttributes::id(&id))?;
    let payload = reply.payload();
    assert_eq!(payload.unique_identifier.as_str(), Some(&*id));
    let all = payload.attributes.unwrap();
    for value in [
        AttributeValue::Name((&*name).into()),
        AttributeValue::CryptographicAlgorithm(Algorithm::AES),
        AttributeValue::CryptographicLength(256),
        AttributeValue::CryptographicUsageMask(Mask::ENCRYPT | Mask::DECRYPT),
    ] {
        assert!(all.iter().any(|that| *that == value), "{value:?} is not among {all:?}");
    }
    let some = kms.call(&GetAttributes::id(&id).attribute(Tag::NAME).attribute(Tag::CRYPTOGRAPHIC_LENGTH))?;
    let some = some.payload().attributes.unwrap();
    assert_eq!(some.find(Tag::NAME).next(), Some(&AttributeValue::Name((&*name).into())));
    assert_eq!(some.find(Tag::CRYPTOGRAPHIC_LENGTH).next(), Some(&AttributeValue::CryptographicLength(256)));
    assert_eq!(some.find(Tag::CRYPTOGRAPHIC_USAGE_MASK).next(), None, "it was not asked for");
    Ok(())
}

/// Tries every kind of attribute, one by one, and finds again those that the server accepted.
fn get_all_attributes(kms: &Session) -> Probed {
    let (date, id) = (DateTime(1_600_000_000), kms.key());
    let mut taken = Vec::new();
    for value in [
        AttributeValue::ActivationDate(DateTime(4_000_000_000)),
        AttributeValue::AlternativeName(AlternativeName::new("spare", AlternativeNameType::UNINTERPRETED_TEXT_STRING)),
        AttributeValue::ApplicationSpecificInformation(
            ApplicationSpecificInformation::new("ns").application_data("data"),
        ),
        AttributeValue::Comment("a comment"),
        AttributeValue::CompromiseOccurrenceDate(date),
        AttributeValue::ContactInformation("storage team"),
        AttributeValue::CryptographicParameters(
            CryptographicParameters::default()
                .block_cipher_mode(BlockCipherMode::GCM)
                .padding_method(PaddingMethod::NONE)
                .hashing_algorithm(HashingAlgorithm::SHA_256)
                .into(),
        ),
        AttributeValue::DeactivationDate(DateTime(4_000_000_000)),
        AttributeValue::Description("a description"),
        AttributeValue::Extractable(true),
        AttributeValue::LeaseTime(Interval(3600)),
        AttributeValue::ObjectGroup("group"),
        AttributeValue::OperationPolicyName("default"),
        AttributeValue::OriginalCreationDate(date),
        AttributeValue::Pkcs12FriendlyName("friend"),
        AttributeValue::ProcessStartDate(DateTime(4_000_000_000)),
        AttributeValue::ProtectStopDate(DateTime(4_000_000_000)),
        AttributeValue::ProtectionPeriod(Interval(3600)),
        AttributeValue::ProtectionLevel(ProtectionLevel::HIGH),
        AttributeValue::QuantumSafe(false),
        AttributeValue::RotateAutomatic(true),
        AttributeValue::RotateInterval(Interval(3600)),
        AttributeValue::RotateOffset(Interval(60)),
        AttributeValue::RotateGeneration(1),
        AttributeValue::RotateLatest(true),
        AttributeValue::RotateDate(date),
        AttributeValue::Sensitive(false),
        AttributeValue::ShortUniqueIdentifier(&[1; 32]),
        AttributeValue::UsageLimits(UsageLimits::new(1000, UsageLimitsUnit::OBJECT)),
        AttributeValue::Link(Link::new(LinkType::NEXT_LINK, &*id)),
        AttributeValue::KeyValueLocation(KeyValueLocation::new(
            "elsewhere",
            KeyValueLocationType::UNINTERPRETED_TEXT_STRING,
        )),
    ] {
        if kms.server == "Cosmian" && matches!(value, AttributeValue::Pkcs12FriendlyName(_)) {
            // In KMIP 1.4 it accepts the attribute, and then fails to return any attribute.
            continue;
        }
        let is_taken = match kms.call(&AddAttribute::id(&id, value.clone())) {
            Ok(_) => true,
            Err(_) if kms.version < V2_0 => false,
            Err(_) => kms.call(&SetAttribute::id(&id, value.clone())).is_ok(),
        };
        if is_taken {
            taken.push(value);
        }
    }
    let reply = kms.call(&GetAttributes::id(&id))?;
    let attributes = reply.payload().attributes.unwrap();
    // The value may differ: servers fill in fields, and deviate from the standard's types.
    let is_there = |value: &AttributeValue<'_>| {
        let reference = Attribute::from(value.clone()).reference();
        attributes.list.iter().any(|attribute| attribute.reference() == reference)
    };
    if taken.iter().all(is_there) { Ok(()) } else { Err(Failure::Wrong("not all that it takes is found again")) }
}

fn get_attribute_list(kms: &Session) -> Probed {
    let id = kms.key();
    let reply = kms.call(&GetAttributeList::id(&id))?;
    let list = reply.payload().attribute_references;
    for tag in [Tag::NAME, Tag::CRYPTOGRAPHIC_ALGORITHM, Tag::CRYPTOGRAPHIC_LENGTH, Tag::STATE, Tag::OBJECT_TYPE] {
        assert!(list.contains(&tag.into()), "{tag} is not among {list:?}");
    }
    Ok(())
}

fn add_attribute(kms: &Session) -> Probed {
    let id = kms.key();
    let reply = kms.call(&AddAttribute::id(&id, AttributeValue::ContactInformation("storage team")))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(contact(kms, &id).as_deref(), Some("storage team"));
    Ok(())
}

fn add_custom_attribute(kms: &Session) -> Probed {
    let id = kms.key();
    let name = if kms.version < V2_0 {
        AttributeReference::from_name("x-Colour")
    } else {
        AttributeReference::Vendor { vendor_identification: "x", name: "Colour" }
    };
    let colour = AttributeValue::other(name, Value::TextString("blue"));
    kms.call(&AddAttribute::id(&id, colour.clone()))?;
    let reply = kms.must(&GetAttributes::id(&id));
    let attributes = reply.payload().attributes.unwrap();
    assert!(attributes.iter().any(|value| *value == colour), "{attributes:?}");
    Ok(())
}

/// Another name, because PyKMIP modifies nothing else.
fn modify_attribute(kms: &Session) -> Probed {
    let (old, new) = (kms.name(), kms.name());
    let id = kms.must(&Create::aes(256).name(&old)).payload().unique_identifier.to_string();
    let mut request = ModifyAttribute::id(&id, AttributeValue::Name((&*new).into()));
    if kms.version < V2_0 {
        request.new_attribute.index = Some(0);
    } else {
        request.current_attribute = Some(AttributeValue::Name((&*old).into()).into());
    }
    let reply = kms.call(&request)?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    assert_eq!(kms.must(&Locate::name(&new)).payload().unique_identifiers, [(&*id).into()]);
    assert!(kms.must(&Locate::name(&old)).payload().unique_identifiers.is_empty());
    Ok(())
}

/// A name, because every server can delete one; in KMIP 2.x by its value.
fn delete_attribute(kms: &Session) -> Probed {
    let name = kms.name();
    let id = kms.must(&Create::aes(256).name(&name)).payload().unique_identifier.to_string();
    let mut request = DeleteAttribute::id(&id, Tag::NAME);
    if kms.version < V2_0 {
        request.attribute_index = Some(0);
    } else {
        request.attribute_reference = None;
        request.current_attribute = Some(AttributeValue::Name((&*name).into()).into());
    }
    let reply = kms.call(&request)?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    assert!(kms.must(&Locate::name(&name)).payload().unique_identifiers.is_empty());
    Ok(())
}

fn delete_attribute_by_name(kms: &Session) -> Probed {
    let name = kms.name();
    let id = kms.must(&Create::aes(256).name(&name)).payload().unique_identifier.to_string();
    kms.call(&DeleteAttribute::id(&id, Tag::NAME))?;
    match kms.must(&Locate::name(&name)).payload().unique_identifiers[..] {
        [] => Ok(()),
        _ => Err(Failure::Wrong("it says yes, and does nothing")),
    }
}

fn set_attribute(kms: &Session) -> Probed {
    let id = kms.key();
    let reply = kms.call(&SetAttribute::id(&id, AttributeValue::Sensitive(true)))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    let attributes = kms.must(&GetAttributes::id(&id).attribute(Tag::SENSITIVE));
    let attributes = attributes.payload().attributes.unwrap();
    assert_eq!(attributes.find(Tag::SENSITIVE).next(), Some(&AttributeValue::Sensitive(true)));
    Ok(())
}

fn adjust_attribute(kms: &Session) -> Probed {
    let id = kms.key();
    let reply = kms.call(&AdjustAttribute::negate(&id, Tag::SENSITIVE))?;
    assert_eq!(reply.payload().unique_identifier.as_str(), Some(&*id));
    Ok(())
}

fn contact(kms: &Session, id: &str) -> Option<String> {
    let reply = kms.must(&GetAttributes::id(id).attribute(Tag::CONTACT_INFORMATION));
    let attributes = reply.payload().attributes.unwrap_or_default();
    attributes.iter().find_map(|value| match value {
        AttributeValue::ContactInformation(contact) => Some((*contact).to_owned()),
        _ => None,
    })
}
