//! Add, Modify and Delete Attribute, in the form of KMIP 1.x (an index) and in that of 2.x (the value itself).

use kmip_client::protocol::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeReference, AttributeValue, Attributes, CryptographicParameters,
    Name, OtherAttribute, UsageLimits,
};
use kmip_client::protocol::operation::{
    AddAttribute, Create, CreateRequest, DeleteAttribute, Destroy, GetAttributes, Locate, ModifyAttribute,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{BlockCipherMode, CryptographicUsageMask, ResultReason as Reason, State, UsageLimitsUnit};
use kmip_ttlv::{DateTime, ProtocolVersion, Reader, Tag, Type, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, Value};

use crate::wire::{VERSIONS, Wire};

const V1: [ProtocolVersion; 5] = [V1_0, V1_1, V1_2, V1_3, V1_4];
const V2: [ProtocolVersion; 2] = [V2_0, V2_1];

fn name(value: &str) -> AttributeValue<'_> {
    AttributeValue::Name(value.into())
}

/// Returns the names of the object, with their indices.
fn names(wire: &mut Wire, id: &str) -> Vec<(i32, String)> {
    let reply = wire.call(&GetAttributes::id(id).attribute(Tag::NAME)).unwrap();
    let list = reply.payload().attributes.unwrap_or_default().list;
    let each = list.iter().map(|attribute| match &attribute.value {
        AttributeValue::Name(name) => (attribute.index.unwrap_or(0), name.value.to_owned()),
        other => panic!("{other:?}"),
    });
    each.collect()
}

fn indexed(value: AttributeValue<'_>, index: i32) -> Attribute<'_> {
    Attribute::default().value(value).index(index)
}

#[test]
fn kmip_1_tells_values_apart_by_their_index() {
    let server = TestServer::start();
    for version in V1 {
        let mut wire = Wire::alice(&server, version);
        let of = |text: &str| format!("{text} {version}");
        let id = wire.new_key(&of("a"));
        for (place, text) in [(1, "b"), (2, "c")] {
            let value = of(text);
            let reply = wire.call(&AddAttribute::id(&id, name(&value))).unwrap();
            assert_eq!(reply.payload().attribute, Some(indexed(name(&value), place)));
        }
        let value = of("B");
        let mut request = ModifyAttribute::id(&id, name(&value));
        request.new_attribute.index = Some(1);
        let reply = wire.call(&request).unwrap();
        assert_eq!(reply.payload().attribute, Some(indexed(name(&value), 1)));
        assert_eq!(names(&mut wire, &id), [(0, of("a")), (1, of("B")), (2, of("c"))]);

        // No index means the first.
        let value = of("A");
        wire.call(&ModifyAttribute::id(&id, name(&value))).unwrap();
        let reply = wire.call(&DeleteAttribute::id(&id, Tag::NAME)).unwrap();
        assert_eq!(reply.payload().attribute, Some(name(&value).into()));
        // The others keep theirs, and there is no first value.
        assert_eq!(names(&mut wire, &id), [(1, of("B")), (2, of("c"))]);
        assert_eq!(wire.call(&DeleteAttribute::id(&id, Tag::NAME)).err(), Some(Reason::ITEM_NOT_FOUND));
        let mut request = DeleteAttribute::id(&id, Tag::NAME);
        request.attribute_index = Some(2);
        wire.call(&request).unwrap();
        let mut request = ModifyAttribute::id(&id, name("new"));
        request.new_attribute.index = Some(7);
        assert_eq!(wire.call(&request).err(), Some(Reason::ITEM_NOT_FOUND));
        let value = of("d");
        let mut request = AddAttribute::id(&id, name(&value));
        request.new_attribute.index = Some(0);
        assert_eq!(wire.call(&request).err(), Some(Reason::INVALID_FIELD), "the server gives the index");
    }
}

#[test]
fn kmip_2_tells_values_apart_by_themselves() {
    let server = TestServer::start();
    for version in V2 {
        let mut wire = Wire::alice(&server, version);
        let of = |text: &str| format!("{text} {version}");
        let id = wire.new_key(&of("a"));
        let (a, b, c) = (of("a"), of("b"), of("c"));
        assert_eq!(wire.call(&AddAttribute::id(&id, name(&b))).unwrap().payload().attribute, None);
        // Ambiguous.
        assert_eq!(wire.call(&ModifyAttribute::id(&id, name(&c))).err(), Some(Reason::ATTRIBUTE_INSTANCE_NOT_FOUND));
        let replace = |current, new| {
            let mut request = ModifyAttribute::id(&id, new);
            request.current_attribute = Some(Attribute::from(current));
            request
        };
        wire.call(&replace(name(&b), name(&c))).unwrap();
        assert_eq!(wire.call(&replace(name(&a), name(&c))).err(), Some(Reason::NON_UNIQUE_NAME_ATTRIBUTE));
        wire.call(&replace(name(&a), name(&a))).unwrap();
        let free = of("free");
        assert_eq!(wire.call(&replace(name(&b), name(&free))).err(), Some(Reason::ATTRIBUTE_INSTANCE_NOT_FOUND));
        let mixed = replace(AttributeValue::Comment("x"), name(&free));
        assert_eq!(wire.call(&mixed).err(), Some(Reason::INVALID_FIELD));
        assert_eq!(names(&mut wire, &id), [(0, a.clone()), (0, c.clone())]);

        let mut request = DeleteAttribute::id(&id, Tag::NAME);
        request.attribute_reference = None;
        assert_eq!(wire.call(&request).err(), Some(Reason::INVALID_MESSAGE), "neither value nor name");
        request.current_attribute = Some(name(&a).into());
        wire.call(&request).unwrap();
        assert_eq!(wire.call(&request).err(), Some(Reason::ATTRIBUTE_INSTANCE_NOT_FOUND));
        assert_eq!(names(&mut wire, &id), [(0, c)]);
        wire.call(&AddAttribute::id(&id, name(&a))).unwrap();
        // The name of the attribute covers all of its values.
        wire.call(&DeleteAttribute::id(&id, Tag::NAME)).unwrap();
        assert!(names(&mut wire, &id).is_empty());
        assert_eq!(wire.call(&DeleteAttribute::id(&id, Tag::NAME)).err(), Some(Reason::ATTRIBUTE_NOT_FOUND));
    }
}

#[test]
fn values_come_and_go_on_every_version() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let id = wire.new_key(&format!("values {version}"));
        let vendor = |text| {
            let name = AttributeReference::Vendor { vendor_identification: "x", name: "Colour" };
            AttributeValue::Other(OtherAttribute::default().name(name).value(Value::TextString(text)))
        };
        let parameters = |mode| {
            let parameters = CryptographicParameters::default().block_cipher_mode(mode);
            AttributeValue::CryptographicParameters(parameters.into())
        };
        let information = |data| {
            let information = ApplicationSpecificInformation::new("disks").application_data(data);
            AttributeValue::ApplicationSpecificInformation(information)
        };
        let pairs = [
            (AttributeValue::ContactInformation("a"), AttributeValue::ContactInformation("b")),
            (AttributeValue::ObjectGroup("a"), AttributeValue::ObjectGroup("b")),
            (parameters(BlockCipherMode::CBC), parameters(BlockCipherMode::GCM)),
            (information("sda"), information("sdb")),
            (vendor("red"), vendor("blue")),
        ];
        for (first, second) in &pairs {
            let name = Attribute::from(first.clone()).reference();
            let get = |wire: &mut Wire| {
                let reply = wire.call(&GetAttributes::id(&id).attribute(name)).unwrap();
                reply
                    .payload()
                    .attributes
                    .unwrap_or_default()
                    .iter()
                    .map(|value| format!("{value:?}"))
                    .collect::<Vec<_>>()
            };
            let missing = wire.reason(Reason::INVALID_FIELD, Reason::ATTRIBUTE_NOT_FOUND);
            assert_eq!(wire.call(&ModifyAttribute::id(&id, first.clone())).err(), Some(missing), "not there yet");
            wire.call(&AddAttribute::id(&id, first.clone())).unwrap();
            assert_eq!(get(&mut wire), [format!("{first:?}")]);
            wire.call(&ModifyAttribute::id(&id, second.clone())).unwrap();
            assert_eq!(get(&mut wire), [format!("{second:?}")]);
            wire.call(&DeleteAttribute::id(&id, name)).unwrap();
            assert!(get(&mut wire).is_empty());
        }
        wire.call(&AddAttribute::id(&id, AttributeValue::ContactInformation("one"))).unwrap();
        let again = wire.call(&AddAttribute::id(&id, AttributeValue::ContactInformation("two")));
        assert_eq!(again.err(), Some(wire.reason(Reason::ILLEGAL_OPERATION, Reason::ATTRIBUTE_SINGLE_VALUED)));
    }
}

#[test]
fn refuses_to_change_attributes_that_the_server_sets() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let id = wire.new_key(&format!("read-only {version}"));
        let add_reason = wire.reason(Reason::PERMISSION_DENIED, Reason::READ_ONLY_ATTRIBUTE);
        let change_reason = wire.reason(Reason::PERMISSION_DENIED, Reason::ATTRIBUTE_READ_ONLY);
        for value in [
            AttributeValue::State(State::ACTIVE),
            AttributeValue::InitialDate(DateTime(0)),
            AttributeValue::CryptographicLength(128),
            AttributeValue::CompromiseDate(DateTime(0)),
        ] {
            let tag = match Attribute::from(value.clone()).reference() {
                AttributeReference::Standard(tag) => tag,
                other => panic!("{other}"),
            };
            assert_eq!(wire.call(&AddAttribute::id(&id, value.clone())).err(), Some(add_reason), "{value:?}");
            assert_eq!(wire.call(&ModifyAttribute::id(&id, value.clone())).err(), Some(change_reason), "{value:?}");
            assert_eq!(wire.call(&DeleteAttribute::id(&id, tag)).err(), Some(change_reason), "{value:?}");
        }
        let mask = AttributeValue::CryptographicUsageMask(CryptographicUsageMask::SIGN);
        assert_eq!(wire.call(&ModifyAttribute::id(&id, mask)).err(), Some(change_reason));
        assert_eq!(wire.call(&DeleteAttribute::id(&id, Tag::ACTIVATION_DATE)).err(), Some(change_reason));
        let y = AttributeReference::Vendor { vendor_identification: "y", name: "Shelf" };
        let y = AttributeValue::Other(OtherAttribute::default().name(y).value(Value::Integer(1)));
        assert_eq!(wire.call(&AddAttribute::id(&id, y)).err(), Some(add_reason), "the server's own");

        // The same applies to the attributes of a new object.
        let given = Create::aes(128).attribute(AttributeValue::State(State::ACTIVE));
        assert_eq!(wire.call(&given).err(), Some(wire.reason(Reason::INVALID_FIELD, Reason::ATTRIBUTE_READ_ONLY)));
        let mut twice = Create::aes(128);
        twice.attributes.push(AttributeValue::CryptographicLength(128));
        assert_eq!(wire.call(&twice).err(), Some(wire.reason(Reason::INVALID_FIELD, Reason::ATTRIBUTE_SINGLE_VALUED)));
        let unknown = OtherAttribute::default().name(unknown(version)).value(Value::Integer(1));
        let unknown = Create::aes(128).attribute(AttributeValue::Other(unknown));
        assert_eq!(wire.call(&unknown).err(), Some(wire.reason(Reason::INVALID_FIELD, Reason::UNSUPPORTED_ATTRIBUTE)));
    }
}

/// A value with another type than the standard's, or with missing fields, can be decoded, but is refused.
#[test]
fn a_value_of_the_wrong_type_is_refused() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let id = wire.new_key(&format!("typed {version}"));
        let wrong = |tag: Tag| AttributeValue::other(tag.into(), Value::Integer(1));
        let new = Create::aes(256).attribute(wrong(Tag::CONTACT_INFORMATION));
        assert_eq!(wire.call(&new).err(), Some(Reason::INVALID_FIELD));
        let add = AddAttribute::id(&id, wrong(Tag::CONTACT_INFORMATION));
        assert_eq!(wire.call(&add).err(), Some(Reason::INVALID_FIELD));
        assert_eq!(wire.call(&Locate::attribute(wrong(Tag::NAME))).err(), Some(Reason::INVALID_FIELD));
        let [a, b, c] = if version < V2_0 { Tag::ATTRIBUTE_VALUE } else { Tag::NAME }.to_bytes();
        let no_fields = [a, b, c, Type::Structure.code(), 0, 0, 0, 0];
        let no_fields = Reader::new(&no_fields).next_item().unwrap().unwrap();
        let nameless = AttributeValue::other(Tag::NAME.into(), Value::Structure(no_fields));
        assert_eq!(wire.call(&Create::aes(256).attribute(nameless.clone())).err(), Some(Reason::INVALID_FIELD));
        assert_eq!(wire.call(&AddAttribute::id(&id, nameless)).err(), Some(Reason::INVALID_FIELD));
        assert!(wire.attribute_names(&id).iter().all(|name| name != "Contact Information"));
    }
}

/// Returns an unknown attribute.
fn unknown(version: ProtocolVersion) -> AttributeReference<'static> {
    if version < V2_0 { AttributeReference::Named("Colour") } else { Tag::from_bytes([0x54, 0, 1]).into() }
}

#[test]
fn names_are_unique_while_their_objects_live() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let (first, second) = (format!("first {version}"), format!("second {version}"));
        let id = wire.new_key(&first);
        let other = wire.new_key(&second);
        let taken = wire.reason(Reason::INVALID_FIELD, Reason::NON_UNIQUE_NAME_ATTRIBUTE);
        assert_eq!(wire.call(&Create::aes(256).name(&first)).err(), Some(taken));
        assert_eq!(wire.call(&Create::aes(256).name("twice").name("twice")).err(), Some(taken));
        let taken = wire.reason(Reason::ILLEGAL_OPERATION, Reason::NON_UNIQUE_NAME_ATTRIBUTE);
        assert_eq!(wire.call(&AddAttribute::id(&other, name(&first))).err(), Some(taken));
        assert_eq!(wire.call(&ModifyAttribute::id(&other, name(&first))).err(), Some(taken));
        // Another type of name is another name.
        let uri = Name::default().value(&first).name_type(kmip_ttlv::enumeration::NameType::URI);
        wire.call(&AddAttribute::id(&other, AttributeValue::Name(uri))).unwrap();
        wire.call(&Destroy::id(&id)).unwrap();
        wire.new_key(&first);
    }
}

#[test]
fn application_data_is_not_made_up() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let id = wire.new_key("key");
    let information = || {
        let information = ApplicationSpecificInformation::new("disks");
        AttributeValue::ApplicationSpecificInformation(information)
    };
    let reason = Some(Reason::APPLICATION_NAMESPACE_NOT_SUPPORTED);
    assert_eq!(wire.call(&AddAttribute::id(&id, information())).err(), reason);
    assert_eq!(wire.call(&Create::aes(128).attribute(information())).err(), reason);
}

#[test]
fn usage_limits_are_counted_by_the_server() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    let limits = |total, count: Option<i64>| {
        let mut limits = UsageLimits::new(total, UsageLimitsUnit::OBJECT);
        limits.count = count;
        AttributeValue::UsageLimits(limits)
    };
    let request: CreateRequest<'_> = Create::aes(128).attribute(limits(10, None));
    let id = crate::wire::text(wire.call(&request).unwrap().payload().unique_identifier);
    let get = |wire: &mut Wire| {
        let reply = wire.call(&GetAttributes::id(&id).attribute(Tag::USAGE_LIMITS)).unwrap();
        let attributes: Attributes<'_> = reply.payload().attributes.unwrap();
        match &attributes.list[0].value {
            AttributeValue::UsageLimits(limits) => (limits.total, limits.count),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(get(&mut wire), (10, Some(10)));
    wire.call(&ModifyAttribute::id(&id, limits(20, None))).unwrap();
    assert_eq!(get(&mut wire), (20, Some(20)));
}

#[test]
fn the_same_attribute_is_asked_for_once() {
    let server = TestServer::start();
    for version in VERSIONS {
        let mut wire = Wire::alice(&server, version);
        let id = wire.new_key(&format!("asked {version}"));
        let twice = GetAttributes::id(&id).state().state();
        assert_eq!(wire.call(&twice).err(), Some(Reason::INVALID_MESSAGE));
        // Attributes that the object lacks, and unknown ones, are omitted.
        let none = GetAttributes::id(&id).attribute(Tag::CONTACT_INFORMATION).attribute(unknown(version));
        assert_eq!(wire.call(&none).unwrap().payload().attributes.unwrap_or_default(), Attributes::default());
    }
}
