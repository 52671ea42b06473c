//! Set and Adjust Attribute, of KMIP 2.x.

use kmip_client::protocol::attribute::{AttributeReference, AttributeValue};
use kmip_client::protocol::operation::{
    AddAttribute, AdjustAttribute, AdjustAttributeRequest, Create, GetAttributes, SetAttribute,
};
use kmip_client::test_server::TestServer;
use kmip_ttlv::enumeration::{AdjustmentType, OperationCode, ResultReason as Reason, State};
use kmip_ttlv::{BigInteger, DateTime, DateTimeExtended, Interval, Tag, V1_4, V2_0, V2_1, Value};

use crate::wire::{Payload, Wire, now, text};

fn vendors(name: &str) -> AttributeReference<'_> {
    AttributeReference::Vendor { vendor_identification: "ACME", name }
}

/// Checks the only value of the attribute.
fn value(wire: &mut Wire, id: &str, name: AttributeReference<'_>, is: impl FnOnce(&AttributeValue<'_>) -> bool) {
    let reply = wire.call(&GetAttributes::id(id).attribute(name)).unwrap();
    let attributes = reply.payload().attributes.unwrap();
    let [attribute] = &attributes.list[..] else { panic!("{attributes:?}") };
    assert!(is(&attribute.value), "{:?}", attribute.value);
}

#[test]
fn an_attribute_is_set_whether_it_was_there_or_not() {
    for version in [V2_0, V2_1] {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let id = wire.new_key("set");
        for contact in ["storage team", "backup team"] {
            wire.call(&SetAttribute::id(&id, AttributeValue::ContactInformation(contact))).unwrap();
            value(&mut wire, &id, Tag::CONTACT_INFORMATION.into(), |value| {
                *value == AttributeValue::ContactInformation(contact)
            });
        }
        wire.call(&SetAttribute::id(&id, AttributeValue::Name("renamed".into()))).unwrap();
        wire.call(&AddAttribute::id(&id, AttributeValue::Name("second".into()))).unwrap();
        let third = SetAttribute::id(&id, AttributeValue::Name("third".into()));
        assert_eq!(wire.call(&third).err(), Some(Reason::MULTI_VALUED_ATTRIBUTE));

        let other = wire.new_key("other");
        let taken = SetAttribute::id(&other, AttributeValue::Name("renamed".into()));
        assert_eq!(wire.call(&taken).err(), Some(Reason::NON_UNIQUE_NAME_ATTRIBUTE));
        let state = SetAttribute::id(&id, AttributeValue::State(State::ACTIVE));
        assert_eq!(wire.call(&state).err(), Some(Reason::READ_ONLY_ATTRIBUTE));
        let nobody = SetAttribute::id("nobody", AttributeValue::Comment("x"));
        assert_eq!(wire.call(&nobody).err(), Some(Reason::OBJECT_NOT_FOUND));
        // A past date activates the object; then the date cannot be changed.
        let date = |date| SetAttribute::id(&id, AttributeValue::ActivationDate(DateTime(date)));
        wire.call(&date(now() - 10)).unwrap();
        assert_eq!(wire.state(&id), State::ACTIVE);
        assert_eq!(wire.call(&date(now() - 20)).err(), Some(Reason::WRONG_KEY_LIFECYCLE_STATE));
        wire.call(&SetAttribute::id(&id, AttributeValue::Sensitive(true))).unwrap();
        wire.call(&SetAttribute::id(&id, AttributeValue::Sensitive(false))).unwrap();
        value(&mut wire, &id, Tag::ALWAYS_SENSITIVE.into(), |value| *value == AttributeValue::AlwaysSensitive(false));
    }
}

#[test]
fn numbers_and_dates_are_adjusted() {
    for version in [V2_0, V2_1] {
        let server = TestServer::start();
        let mut wire = Wire::alice(&server, version);
        let later = now() + 1000;
        let new = Create::aes(256).attribute(AttributeValue::ActivationDate(DateTime(later)));
        let id = text(wire.call(&new).unwrap().payload().unique_identifier);
        let (small, big) = ([0, 0, 0, 0, 0, 0, 0, 9], [0x7F, 255, 255, 255, 255, 255, 255, 255]);
        let grown = [0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 8];
        // The old value, the adjustment, and the new value.
        let (up, down, not) = (AdjustmentType::INCREMENT, AdjustmentType::DECREMENT, AdjustmentType::NEGATE);
        let cases = [
            (Some(Value::Integer(5)), up, None, Value::Integer(6)),
            (Some(Value::Integer(5)), down, Some(Value::Integer(7)), Value::Integer(-2)),
            (Some(Value::Integer(5)), not, None, Value::Integer(-5)),
            (Some(Value::LongInteger(i64::MAX)), down, None, Value::LongInteger(i64::MAX - 1)),
            (Some(Value::LongInteger(1)), not, None, Value::LongInteger(-1)),
            (
                Some(Value::Interval(Interval(60))),
                up,
                Some(Value::Interval(Interval(3))),
                Value::Interval(Interval(63)),
            ),
            (Some(Value::Boolean(true)), not, None, Value::Boolean(false)),
            (Some(Value::DateTime(DateTime(7))), up, None, Value::DateTime(DateTime(8))),
            (
                Some(Value::DateTimeExtended(DateTimeExtended(7))),
                down,
                None,
                Value::DateTimeExtended(DateTimeExtended(6)),
            ),
            (
                Some(Value::DateTimeExtended(DateTimeExtended(7))),
                up,
                Some(Value::Interval(Interval(2))),
                Value::DateTimeExtended(DateTimeExtended(2_000_007)),
            ),
            (
                Some(Value::BigInteger(BigInteger::new(&small))),
                up,
                Some(Value::BigInteger(BigInteger::new(&big))),
                Value::BigInteger(BigInteger::new(&grown)),
            ),
            (
                Some(Value::BigInteger(BigInteger::new(&small))),
                not,
                None,
                Value::BigInteger(BigInteger::new(&[255, 255, 255, 255, 255, 255, 255, 0xF7])),
            ),
            // A missing value counts as 0, in the type of the adjustment.
            (None, up, Some(Value::LongInteger(4)), Value::LongInteger(4)),
        ];
        for (place, (before, adjustment, by, after)) in cases.into_iter().enumerate() {
            let name = format!("case {place}");
            let name = vendors(&name);
            if let Some(before) = before {
                wire.call(&AddAttribute::id(&id, AttributeValue::other(name, before))).unwrap();
            }
            let mut request = AdjustAttribute::id(&id, name, adjustment);
            request.adjustment_value = by;
            wire.call(&request).unwrap();
            value(&mut wire, &id, name, |value| *value == AttributeValue::other(name, after));
        }
        // A standard attribute keeps its type.
        wire.call(&AdjustAttribute::increment(&id, Tag::ACTIVATION_DATE).by(Value::Integer(60))).unwrap();
        assert_eq!(wire.date(&id, Tag::ACTIVATION_DATE), Some(later + 60));
        wire.call(&AdjustAttribute::negate(&id, Tag::SENSITIVE)).unwrap();
        value(&mut wire, &id, Tag::SENSITIVE.into(), |value| *value == AttributeValue::Sensitive(true));
        wire.call(&AdjustAttribute::increment(&id, Tag::PROTECTION_PERIOD)).unwrap();
        let second = AttributeValue::ProtectionPeriod(Interval(1));
        value(&mut wire, &id, Tag::PROTECTION_PERIOD.into(), |value| *value == second);
        wire.call(&AdjustAttribute::negate(&id, Tag::QUANTUM_SAFE)).unwrap();
        value(&mut wire, &id, Tag::QUANTUM_SAFE.into(), |value| *value == AttributeValue::QuantumSafe(true));
    }
}

#[test]
fn refuses_adjustments_out_of_range_or_of_other_types() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V2_1);
    let id = wire.new_key("adjusted");
    let add = |wire: &mut Wire, name, value| {
        wire.call(&AddAttribute::id(&id, AttributeValue::other(vendors(name), value))).unwrap();
    };
    add(&mut wire, "number", Value::Integer(i32::MAX));
    add(&mut wire, "lowest", Value::LongInteger(i64::MIN));
    add(&mut wire, "period", Value::Interval(Interval(0)));
    add(&mut wire, "text", Value::TextString("x"));
    add(&mut wire, "twice", Value::Integer(1));
    add(&mut wire, "twice", Value::Integer(2));
    let mut reason = |request: AdjustAttributeRequest<'_>| wire.call(&request).err().unwrap();
    let up = |name| AdjustAttribute::increment(&id, vendors(name));
    let down = |name| AdjustAttribute::decrement(&id, vendors(name));
    let not = |name| AdjustAttribute::negate(&id, vendors(name));
    assert_eq!(reason(up("number")), Reason::NUMERIC_RANGE);
    assert_eq!(reason(not("lowest")), Reason::NUMERIC_RANGE);
    assert_eq!(reason(down("lowest")), Reason::NUMERIC_RANGE);
    assert_eq!(reason(down("number").by(Value::LongInteger(i64::MIN))), Reason::NUMERIC_RANGE);
    assert_eq!(reason(down("period")), Reason::NUMERIC_RANGE);
    assert_eq!(reason(not("period")), Reason::INVALID_DATA_TYPE);
    assert_eq!(reason(up("text")), Reason::INVALID_DATA_TYPE);
    assert_eq!(reason(up("number").by(Value::TextString("1"))), Reason::INVALID_DATA_TYPE);
    assert_eq!(reason(not("number").by(Value::Integer(1))), Reason::INVALID_FIELD);
    assert_eq!(reason(up("twice")), Reason::MULTI_VALUED_ATTRIBUTE);
    assert_eq!(reason(up("missing")), Reason::ITEM_NOT_FOUND, "of what type?");
    assert_eq!(reason(AdjustAttribute::increment(&id, Tag::ACTIVATION_DATE)), Reason::ITEM_NOT_FOUND, "no date is 0");
    assert_eq!(reason(AdjustAttribute::increment(&id, Tag::CRYPTOGRAPHIC_LENGTH)), Reason::READ_ONLY_ATTRIBUTE);
    assert_eq!(reason(AdjustAttribute::increment(&id, Tag::BATCH_COUNT)), Reason::UNSUPPORTED_ATTRIBUTE);
    assert_eq!(
        reason(AdjustAttribute::id(&id, vendors("number"), AdjustmentType::from_value(9))),
        Reason::INVALID_FIELD
    );
    value(&mut wire, &id, vendors("number"), |value| {
        *value == AttributeValue::other(vendors("number"), Value::Integer(i32::MAX))
    });
}

#[test]
fn older_versions_do_not_have_them() {
    let server = TestServer::start();
    let mut wire = Wire::alice(&server, V1_4);
    for code in [OperationCode::SET_ATTRIBUTE, OperationCode::ADJUST_ATTRIBUTE] {
        let payload = Payload::of(&kmip_ttlv::Item::default(), V1_4);
        assert_eq!(wire.call_any(code, &payload).err(), Some(Reason::OPERATION_NOT_SUPPORTED));
    }
}
