//! Set and Adjust Attribute (KMIP 2.1, 6.1.51 and 6.1.3), which 1.x does not have.

use kmip_ttlv::enumeration::AdjustmentType;
use kmip_ttlv::{BigInteger, DateTime, DateTimeExtended, Interval, Rules, Tag, V2_1, Value, decode, encode};

use super::attribute::{check_change, commit, completed, name_of_another, replace, rule};
use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeReference, AttributeValue};
use crate::protocol::operation::{
    AdjustAttributeRequest, AdjustAttributeResponse, SetAttributeRequest, SetAttributeResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::OwnedAttribute;
use crate::test_server::objects::object::Managed;
use crate::test_server::state::call::{Answer, Call, answer};

pub(super) fn set(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: SetAttributeRequest<'_> = call.request(payload)?;
    let view = call.view;
    let id = call.resolve(request.unique_identifier.as_ref())?;
    let value = &request.new_attribute.value;
    if let AttributeValue::Name(name) = value
        && call.is_name_of_another(name, &id)
    {
        return Err(name_of_another(name));
    }
    let object = call.store.get(&id, view)?;
    assign(object, value, view.now)?;
    answer(view, &SetAttributeResponse { unique_identifier: Id::Text(&object.id) })
}

/// Adjusts an attribute. Names are texts, so they are never adjusted.
pub(super) fn adjust(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: AdjustAttributeRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    let new = {
        let old = only_value(object, &request)?;
        let mut room = Vec::new();
        let new = adjusted(old, request.adjustment_type, request.adjustment_value, &mut room)?;
        OwnedAttribute::of_value(0, &AttributeValue::other(request.attribute_reference, new))?
    };
    assign(object, &new.value(), view.now)?;
    answer(view, &AdjustAttributeResponse { unique_identifier: Id::Text(&object.id) })
}

/// Makes this the value of the attribute, replacing an existing one.
fn assign(object: &mut Managed, value: &AttributeValue<'_>, now: DateTime) -> Result<(), Refusal> {
    let name = Attribute::from(value.clone()).reference();
    let index = single(object, name)?.map(OwnedAttribute::index);
    let place = index.and_then(|index| object.attributes.position_of_index(name, index));
    check_change(object, value, now)?;
    let mut attributes = object.attributes.clone();
    match place {
        Some(place) => replace(&mut attributes, place, value)?,
        None => drop(attributes.push(&completed(value))?),
    }
    commit(object, attributes, now)
}

/// Returns the value of the attribute, if clients may change it and it has at most one value.
fn single<'o>(object: &'o Managed, name: AttributeReference<'o>) -> Result<Option<&'o OwnedAttribute>, Refusal> {
    let rule = rule(name)?;
    let mut values = object.attributes.all(name);
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(Cause::SeveralValues.because(format!("the attribute {name} has several values")));
    }
    let allowed = if first.is_some() { rule.modify() } else { rule.add() };
    if allowed {
        Ok(first)
    } else {
        Err(Cause::AddReadOnly.because(format!("clients do not change the attribute {name}")))
    }
}

/// Returns the value to adjust. A missing attribute counts as 0 or false.
fn only_value<'o>(object: &'o Managed, request: &AdjustAttributeRequest<'o>) -> Result<Value<'o>, Refusal> {
    let name = request.attribute_reference;
    let nothing = || Cause::NotThereToAdjust.because(format!("the object has no attribute {name} to adjust"));
    match single(object, name)? {
        Some(owned) => Ok(owned.plain_value()),
        None => zero_of(name, request.adjustment_value).ok_or_else(nothing),
    }
}

/// Returns the value that stands for a missing one: in the type of a standard attribute, or else in the type of the
/// adjustment.
fn zero_of<'v>(name: AttributeReference<'_>, by: Option<Value<'_>>) -> Option<Value<'v>> {
    const ZEROS: [Value<'_>; 4] =
        [Value::Integer(0), Value::LongInteger(0), Value::Interval(Interval(0)), Value::Boolean(false)];
    let is_of_type = |zero: &Value<'_>| match name {
        AttributeReference::Standard(_) => {
            let attribute = Attribute::from(AttributeValue::other(name, *zero));
            encode(&attribute, Tag::NEW_ATTRIBUTE, V2_1)
                .and_then(|bytes| {
                    let read = decode::<Attribute<'_>>(&bytes, Tag::NEW_ATTRIBUTE, V2_1, Rules::STRICT)?;
                    // A value of another type than the attribute's would be stored untyped.
                    Ok(!matches!(read.value, AttributeValue::Other(_)))
                })
                .unwrap_or_default()
        }
        _ => by.is_some_and(|by| by.ty() == zero.ty()),
    };
    ZEROS.into_iter().find(is_of_type)
}

/// Returns the adjusted value (KMIP 2.1, 11.1). A Big Integer is stored in `room`.
fn adjusted<'v>(
    old: Value<'_>,
    adjustment: AdjustmentType,
    by: Option<Value<'_>>,
    room: &'v mut Vec<u8>,
) -> Result<Value<'v>, Refusal> {
    let sign = match adjustment {
        AdjustmentType::INCREMENT => 1,
        AdjustmentType::DECREMENT => -1,
        AdjustmentType::NEGATE if by.is_some() => {
            return Err(Cause::InvalidField.because("a value is negated, and not by another"));
        }
        AdjustmentType::NEGATE => return negated(old, room),
        _ => return Err(Cause::InvalidField.because("the server does not know the Adjustment Type")),
    };
    if let Value::BigInteger(old) = old {
        let by = match by {
            None => &[0, 0, 0, 0, 0, 0, 0, 1],
            Some(Value::BigInteger(by)) => by.bytes(),
            Some(_) => return Err(wrong_type()),
        };
        *room = if sign > 0 { sum(old.bytes(), by) } else { sum(old.bytes(), &opposite(by)) };
        return Ok(Value::BigInteger(BigInteger::new(room)));
    }
    let by = match by {
        None => 1,
        // An interval is in seconds, and this date in microseconds.
        Some(Value::Interval(Interval(seconds))) if matches!(old, Value::DateTimeExtended(_)) => {
            1_000_000 * i64::from(seconds)
        }
        Some(by) => number(by).ok_or_else(wrong_type)?,
    };
    let sum = number(old).ok_or_else(wrong_type)?.checked_add(by.checked_mul(sign).ok_or_else(out_of_range)?);
    let sum = sum.ok_or_else(out_of_range)?;
    Ok(match old {
        Value::Integer(_) => Value::Integer(i32::try_from(sum).map_err(|_| out_of_range())?),
        Value::Interval(_) => Value::Interval(Interval(u32::try_from(sum).map_err(|_| out_of_range())?)),
        Value::DateTime(_) => Value::DateTime(DateTime(sum)),
        Value::DateTimeExtended(_) => Value::DateTimeExtended(DateTimeExtended(sum)),
        _ => Value::LongInteger(sum),
    })
}

fn negated<'v>(old: Value<'_>, room: &'v mut Vec<u8>) -> Result<Value<'v>, Refusal> {
    Ok(match old {
        Value::Boolean(old) => Value::Boolean(!old),
        Value::Integer(old) => Value::Integer(old.checked_neg().ok_or_else(out_of_range)?),
        Value::LongInteger(old) => Value::LongInteger(old.checked_neg().ok_or_else(out_of_range)?),
        Value::BigInteger(old) => {
            *room = opposite(old.bytes());
            Value::BigInteger(BigInteger::new(room))
        }
        _ => return Err(wrong_type()),
    })
}

fn number(value: Value<'_>) -> Option<i64> {
    Some(match value {
        Value::Integer(number) => number.into(),
        Value::LongInteger(number) => number,
        Value::Interval(Interval(seconds)) => seconds.into(),
        Value::DateTime(DateTime(seconds)) => seconds,
        Value::DateTimeExtended(DateTimeExtended(microseconds)) => microseconds,
        _ => return None,
    })
}

fn wrong_type() -> Refusal {
    Cause::WrongType.because("the attribute, or what it is adjusted by, has not the type for that")
}

fn out_of_range() -> Refusal {
    Cause::OutOfRange.because("the attribute cannot hold the result")
}

/// Returns the sum of two numbers in two's complement, highest byte first.
fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let len = a.len().max(b.len()) + 8;
    let extended = |number: &[u8]| {
        let sign = if number.first().is_some_and(|byte| byte & 0x80 != 0) { 0xFF } else { 0 };
        let mut bytes = vec![sign; len - number.len()];
        bytes.extend(number);
        bytes
    };
    let (mut sum, b) = (extended(a), extended(b));
    let mut carry = false;
    for (a, b) in sum.iter_mut().zip(b).rev() {
        let (with_b, over) = a.overflowing_add(b);
        let (with_carry, over_too) = with_b.overflowing_add(u8::from(carry));
        (*a, carry) = (with_carry, over || over_too);
    }
    shortened(sum)
}

/// Returns the number with the other sign.
fn opposite(number: &[u8]) -> Vec<u8> {
    let flipped: Vec<u8> = number.iter().map(|byte| !byte).collect();
    sum(&flipped, &[0, 0, 0, 0, 0, 0, 0, 1])
}

/// Returns the number without leading words that only repeat its sign.
fn shortened(mut number: Vec<u8>) -> Vec<u8> {
    while let Some((first, [next, ..])) = number.split_first_chunk::<8>()
        && (*first == [0; 8] && next & 0x80 == 0 || *first == [0xFF; 8] && next & 0x80 != 0)
    {
        number.drain(..8);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_integers_are_added_as_numbers_are() {
        let bytes = |number: i128| number.to_be_bytes().to_vec();
        let numbers =
            [0, 1, -1, 255, -256, i128::from(i64::MAX), i128::from(i64::MIN), i128::from(u64::MAX), -(1 << 100)];
        for a in numbers {
            assert_eq!(opposite(&bytes(a)), shortened(bytes(-a)), "{a}");
            for b in numbers {
                assert_eq!(sum(&bytes(a), &bytes(b)), shortened(bytes(a + b)), "{a} + {b}");
            }
        }
        // A sum that exceeds 16 bytes is extended.
        assert_eq!(sum(&bytes(i128::MAX), &[0, 0, 0, 0, 0, 0, 0, 1]).len(), 24);
        assert_eq!(shortened(bytes(-1)), [0xFF; 8]);
    }
}
