//! The creation of objects: attributes from the client, from the value, and from the server itself.

use kmip_ttlv::enumeration::{
    CertificateType, CryptographicAlgorithm, HashingAlgorithm, KeyFormatType, LinkType, ObjectClass, ObjectType,
    ProtectionStorageMask, RngAlgorithm, State,
};
use kmip_ttlv::{Interval, Tag, encode};
use zeroize::Zeroizing;

use crate::config::Thumbprint;
use crate::protocol::Id;
use crate::protocol::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, Attributes, Digest, Link, RngParameters, UsageLimits,
};
use crate::protocol::object::{Certificate, KeyBlock, KeyMaterial, KeyValue, Object, OpaqueObject, PlainKeyValue};
use crate::protocol::operation::ProtectionStorageMasks;
use crate::test_server::authority::certificate;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate::{symmetric_key_len, whole_bytes};
use crate::test_server::objects::attributes::{OwnedAttributes, date_of};
use crate::test_server::objects::object::{Managed, OwnedObject};
use crate::test_server::objects::rules::Rule;
use crate::test_server::state::call::Call;

/// The longest lease that the server grants, stated in the attribute Lease Time (KMIP 2.1, 4.30).
pub(in crate::test_server) const LONGEST_LEASE: Interval = Interval(3600);

/// Returns the requested attributes. A value in a later list replaces an earlier one of a single-valued attribute, and
/// is added otherwise.
pub(in crate::test_server) fn requested<'a, 'r: 'a>(
    call: &Call<'_>,
    lists: impl IntoIterator<Item = &'a Attributes<'r>>,
) -> Result<OwnedAttributes, Refusal> {
    let mut all = OwnedAttributes::default();
    for list in lists {
        for name in &list.templates {
            let template = call.store.template(name, call.view.owner);
            if template.is_some_and(Managed::is_archived) {
                return Err(Cause::Archived.because(format!("the template {} is archived", name.value)));
            }
            let template = template.and_then(|template| template.value.as_ref());
            let Some(Object::Template(template)) = template.map(OwnedObject::object) else {
                return Err(
                    Cause::TemplateNotFound.because(format!("there is no template with the name {}", name.value))
                );
            };
            add_list(&template.attributes.list, &mut all)?;
        }
        add_list(&list.list, &mut all)?;
    }
    Ok(all)
}

fn add_list(list: &[Attribute<'_>], all: &mut OwnedAttributes) -> Result<(), Refusal> {
    for (place, attribute) in list.iter().enumerate() {
        let name = attribute.reference();
        let Some(rule) = Rule::of(name) else {
            return Err(Cause::UnknownAttribute.because(format!("the server does not know the attribute {name}")));
        };
        if !rule.when_new() {
            return Err(Cause::NotGivenByClients.because(format!("the server alone sets the attribute {name}")));
        }
        if rule.many() {
            all.push(&attribute.value)?;
        } else if list[..place].iter().any(|other| other.reference() == name) {
            return Err(
                Cause::GivenTwice.because(format!("the attribute {name} has one value only, and two are given"))
            );
        } else {
            all.set(&attribute.value)?;
        }
    }
    Ok(())
}

/// Refuses a request whose storage masks this server does not meet, because it keeps its objects in memory.
pub(in crate::test_server) fn check_storage<'a>(
    masks: impl IntoIterator<Item = &'a Option<ProtectionStorageMasks>>,
) -> Result<(), Refusal> {
    let fits = |mask: &ProtectionStorageMask| ProtectionStorageMask::SOFTWARE.contains(*mask);
    if masks.into_iter().flatten().all(|masks| masks.masks.is_empty() || masks.masks.iter().any(fits)) {
        Ok(())
    } else {
        Err(Cause::ProtectionStorage.because("the server keeps its objects in software only"))
    }
}

/// Sets the object's attributes and stores the object. The response has its identifier.
pub(in crate::test_server) fn insert(
    call: &mut Call<'_>,
    object: &Object<'_>,
    mut attributes: OwnedAttributes,
    made_here: bool,
) -> Result<String, Refusal> {
    check_values(call, &attributes)?;
    set_facts(call, object, &mut attributes)?;
    let id = call.new_id()?;
    set_implicitly(call, object, &id, &mut attributes, made_here)?;
    let mut managed = Managed {
        id: id.clone(),
        owner: call.view.owner.to_owned(),
        object_type: object.object_type(),
        attributes,
        value: Some(OwnedObject::new(object, call.view.version)?),
    };
    managed.refresh(call.view.now)?;
    call.store.insert(managed);
    Ok(id)
}

/// Stores an object that comes with all its attributes. They are kept, and missing ones are set as for a new object.
pub(in crate::test_server) fn insert_as_is(
    call: &mut Call<'_>,
    id: &str,
    object: &Object<'_>,
    mut attributes: OwnedAttributes,
    replaces: bool,
) -> Result<(), Refusal> {
    let owner = call.view.owner;
    for owned in attributes.iter() {
        if let AttributeValue::Name(name) = owned.value()
            && call.is_name_of_another(&name, id)
        {
            return Err(Cause::NameTaken.because(format!("there is an object with the name {} already", name.value)));
        }
    }
    check_dates(&attributes)?;
    set_facts(call, object, &mut attributes)?;
    let mut implicit = attributes.clone();
    set_implicitly(call, object, id, &mut implicit, false)?;
    for owned in implicit.iter().filter(|owned| !attributes.has(owned.reference())).collect::<Vec<_>>() {
        attributes.push(&owned.value())?;
    }
    attributes.set(&AttributeValue::UniqueIdentifier(Id::Text(id)))?;
    let value = Some(OwnedObject::new(object, call.view.version)?);
    let object_type = object.object_type();
    let mut managed = Managed { id: id.to_owned(), owner: owner.to_owned(), object_type, attributes, value };
    managed.refresh(call.view.now)?;
    if replaces {
        call.store.replace(managed);
    } else {
        call.store.insert(managed);
    }
    Ok(())
}

/// Checks the values that depend on more than the object.
fn check_values(call: &Call<'_>, attributes: &OwnedAttributes) -> Result<(), Refusal> {
    for (place, owned) in attributes.iter().enumerate() {
        let value = owned.value();
        match &value {
            AttributeValue::Name(name) => {
                let given_twice = attributes.iter().take(place).any(|other| other.value() == value);
                if given_twice || call.is_name_taken(name) {
                    return Err(
                        Cause::NameTaken.because(format!("there is an object with the name {} already", name.value))
                    );
                }
            }
            AttributeValue::ApplicationSpecificInformation(information) => check_application_data(information)?,
            _ => {}
        }
    }
    check_dates(attributes)
}

pub(in crate::test_server) fn check_application_data(
    information: &ApplicationSpecificInformation<'_>,
) -> Result<(), Refusal> {
    match information.application_data {
        Some(_) => Ok(()),
        None => Err(Cause::ApplicationNamespace.because("the server makes no Application Data for any namespace")),
    }
}

/// Checks that an object ends after it begins, and is used while it is active.
pub(in crate::test_server) fn check_dates(attributes: &OwnedAttributes) -> Result<(), Refusal> {
    let date = |tag| attributes.get(tag).as_ref().and_then(date_of);
    let order = [Tag::ACTIVATION_DATE, Tag::PROCESS_START_DATE, Tag::PROTECT_STOP_DATE, Tag::DEACTIVATION_DATE];
    // Process Start and Protect Stop are independent: decryption may begin after encryption has ended.
    for (earlier, later) in [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)] {
        if let (Some(from), Some(to)) = (date(order[earlier]), date(order[later]))
            && from > to
        {
            let (from, to) = (order[earlier].title().unwrap_or_default(), order[later].title().unwrap_or_default());
            return Err(Cause::InvalidValue.because(format!("the {to} is before the {from}")));
        }
    }
    Ok(())
}

/// Sets the attributes that follow from the object's value. The client's attributes must agree with them.
fn set_facts(call: &Call<'_>, object: &Object<'_>, attributes: &mut OwnedAttributes) -> Result<(), Refusal> {
    agree(attributes, &AttributeValue::ObjectType(object.object_type()))?;
    match object {
        Object::Certificate(Certificate { certificate_type, certificate_value }) => {
            let length = i32::try_from(certificate_value.len());
            let length = length.map_err(|_| Cause::InvalidField.because("the certificate is too long"))?;
            agree(attributes, &AttributeValue::CertificateType(*certificate_type))?;
            agree(attributes, &AttributeValue::CertificateLength(length))?;
            if *certificate_type == CertificateType::X_509 {
                certificate::describe(certificate_value, attributes)?;
            }
            set_digest(attributes, certificate_value, None)
        }
        Object::OpaqueObject(OpaqueObject { opaque_data_type, opaque_data_value }) => {
            agree(attributes, &AttributeValue::OpaqueDataType(*opaque_data_type))?;
            set_digest(attributes, opaque_data_value.expose(), None)
        }
        Object::CertificateRequest(request) => set_digest(attributes, request.certificate_request_value, None),
        _ => match object.key_block() {
            Some(block) => set_key_facts(call, object.object_type(), block, attributes),
            None => Ok(()),
        },
    }
}

fn set_key_facts(
    call: &Call<'_>,
    object_type: ObjectType,
    block: &KeyBlock<'_>,
    attributes: &mut OwnedAttributes,
) -> Result<(), Refusal> {
    if let Some(algorithm) = block.cryptographic_algorithm {
        agree(attributes, &AttributeValue::CryptographicAlgorithm(algorithm))?;
    }
    if let Some(length) = block.cryptographic_length {
        agree(attributes, &AttributeValue::CryptographicLength(length))?;
    }
    agree(attributes, &AttributeValue::KeyFormatType(block.key_format_type))?;
    match &block.key_value {
        None => attributes.set(&AttributeValue::KeyValuePresent(false))?,
        // The contents are unknown. With No Encoding the Key Value is a structure, and the bytes in it are wrapped.
        Some(_) if block.key_wrapping_data.is_some() => link_wrapping_key(call, block, attributes)?,
        Some(KeyValue::Wrapped(_)) => {
            return Err(
                Cause::InvalidField.because("the key is bytes, and no Key Wrapping Data says how they are wrapped")
            );
        }
        Some(KeyValue::Plain(PlainKeyValue { key_material, .. })) => {
            if matches!(object_type, ObjectType::SYMMETRIC_KEY | ObjectType::PUBLIC_KEY | ObjectType::PRIVATE_KEY) {
                require(attributes, Tag::CRYPTOGRAPHIC_ALGORITHM)?;
                require(attributes, Tag::CRYPTOGRAPHIC_LENGTH)?;
            }
            if object_type == ObjectType::SYMMETRIC_KEY {
                check_symmetric_key(call, block, attributes)?;
            }
            let format = Some(block.key_format_type);
            match key_material {
                KeyMaterial::Bytes(bytes) => set_digest(attributes, bytes.expose(), format)?,
                numbers => {
                    let encoded = encode(numbers, Tag::KEY_MATERIAL, call.view.version);
                    let encoded = encoded.map_err(|error| Cause::InvalidField.because(error.to_string()))?;
                    set_digest(attributes, &Zeroizing::new(encoded), format)?;
                }
            }
        }
    }
    Ok(())
}

/// Links a wrapped key to its wrapping key, if that one is on this server (KMIP 2.1, 6.1.43).
fn link_wrapping_key(call: &Call<'_>, block: &KeyBlock<'_>, attributes: &mut OwnedAttributes) -> Result<(), Refusal> {
    let wrapping = block.key_wrapping_data.as_ref().and_then(|wrapping| wrapping.encryption_key_information.as_ref());
    let key = wrapping.map(|information| information.unique_identifier);
    if let Some(Id::Text(id)) = key
        && call.store.contains(id, call.view)
    {
        let link = Link { link_type: LinkType::WRAPPING_KEY_LINK, linked_object_identifier: Id::Text(id) };
        let link = AttributeValue::Link(link);
        // An imported object may already have it.
        if attributes.position_of_value(&link).is_none() {
            attributes.push(&link)?;
        }
    }
    Ok(())
}

/// Returns the length in bytes of a symmetric key of this algorithm and length. A lenient server accepts AES keys of
/// 160 bits, which PyKMIP derives.
pub(in crate::test_server) fn key_len(
    call: &Call<'_>,
    algorithm: CryptographicAlgorithm,
    bits: i32,
) -> Result<usize, Refusal> {
    symmetric_key_len(algorithm, bits)
        .or_else(|refusal| if call.view.lenient { whole_bytes(bits) } else { Err(refusal) })
}

/// Checks that a symmetric key has the stated length.
fn check_symmetric_key(call: &Call<'_>, block: &KeyBlock<'_>, attributes: &OwnedAttributes) -> Result<(), Refusal> {
    let algorithm = attributes.get(Tag::CRYPTOGRAPHIC_ALGORITHM);
    let length = attributes.get(Tag::CRYPTOGRAPHIC_LENGTH);
    let (Some(AttributeValue::CryptographicAlgorithm(algorithm)), Some(AttributeValue::CryptographicLength(length))) =
        (algorithm, length)
    else {
        return Ok(());
    };
    let (Some(bytes), KeyFormatType::RAW | KeyFormatType::TRANSPARENT_SYMMETRIC_KEY) =
        (block.bytes(), block.key_format_type)
    else {
        return Ok(());
    };
    if key_len(call, algorithm, length)? == bytes.len() {
        Ok(())
    } else {
        Err(Cause::InvalidField
            .because(format!("a key of {} bytes is no {algorithm} key of {length} bits", bytes.len())))
    }
}

/// Sets the attribute from the object, unless the client's value contradicts it.
fn agree(attributes: &mut OwnedAttributes, fact: &AttributeValue<'_>) -> Result<(), Refusal> {
    let name = Attribute::from(fact.clone()).reference();
    if attributes.all(name).any(|given| given.value() != *fact) {
        return Err(Cause::InvalidValue.because(format!("the attribute {name} does not agree with the object")));
    }
    attributes.set(fact)
}

/// Refuses a request without a required attribute.
pub(in crate::test_server) fn require(attributes: &OwnedAttributes, tag: Tag) -> Result<(), Refusal> {
    if attributes.has(tag.into()) {
        Ok(())
    } else {
        Err(Cause::MissingAttribute.because(format!("the attribute {} is missing", tag.title().unwrap_or_default())))
    }
}

fn set_digest(attributes: &mut OwnedAttributes, bytes: &[u8], format: Option<KeyFormatType>) -> Result<(), Refusal> {
    let digest = Thumbprint::sha256_of(bytes);
    attributes.set(&AttributeValue::Digest(Digest {
        hashing_algorithm: HashingAlgorithm::SHA_256,
        digest_value: Some(digest.as_bytes()),
        key_format_type: format,
    }))
}

/// Sets the attributes that the specification requires to be set "implicitly". The attribute table hides those that a
/// version lacks.
fn set_implicitly(
    call: &Call<'_>,
    object: &Object<'_>,
    id: &str,
    attributes: &mut OwnedAttributes,
    made_here: bool,
) -> Result<(), Refusal> {
    let now = call.view.now;
    attributes.set(&AttributeValue::UniqueIdentifier(Id::Text(id)))?;
    attributes.set(&AttributeValue::InitialDate(now))?;
    attributes.set(&AttributeValue::LastChangeDate(now))?;
    attributes.set(&AttributeValue::LeaseTime(LONGEST_LEASE))?;
    if object.object_type() == ObjectType::TEMPLATE {
        return Ok(());
    }
    attributes.set(&AttributeValue::State(State::PRE_ACTIVE))?;
    if call.view.lenient {
        // PyKMIP searches its objects by this attribute.
        attributes.set_default(&AttributeValue::OperationPolicyName("default"))?;
    }
    attributes.set(&AttributeValue::ShortUniqueIdentifier(Thumbprint::sha256_of(id.as_bytes()).as_bytes()))?;
    attributes.set(&AttributeValue::ProtectionStorageMask(ProtectionStorageMask::SOFTWARE))?;
    attributes.set(&AttributeValue::ObjectClass(ObjectClass::USER))?;
    attributes.set_default(&AttributeValue::Fresh(true))?;
    attributes.set_default(&AttributeValue::Sensitive(false))?;
    attributes.set_default(&AttributeValue::Extractable(true))?;
    attributes.set(&AttributeValue::AlwaysSensitive(attributes.flag(Tag::SENSITIVE)))?;
    attributes.set(&AttributeValue::NeverExtractable(!attributes.flag(Tag::EXTRACTABLE)))?;
    if made_here {
        let generator = RngParameters { rng_algorithm: RngAlgorithm::UNSPECIFIED, ..RngParameters::default() };
        attributes.set(&AttributeValue::OriginalCreationDate(now))?;
        attributes.set(&AttributeValue::RandomNumberGenerator(generator))?;
    }
    if let Some(AttributeValue::UsageLimits(limits)) = attributes.get(Tag::USAGE_LIMITS) {
        attributes.set(&AttributeValue::UsageLimits(UsageLimits { count: Some(limits.total), ..limits }))?;
    }
    Ok(())
}
