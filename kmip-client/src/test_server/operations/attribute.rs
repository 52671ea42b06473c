//! Add, Modify and Delete Attribute (KMIP 2.1, 6.1.2, 6.1.34 and 6.1.13; KMIP 1.4, 4.14 to 4.16).
//!
//! KMIP 1.x identifies one of several values by its index, 0 by default; KMIP 2.x by the value itself.

use kmip_ttlv::{DateTime, Tag};

use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeReference, AttributeValue, Name, UsageLimits};
use crate::protocol::operation::{
    AddAttributeRequest, AddAttributeResponse, DeleteAttributeRequest, DeleteAttributeResponse, ModifyAttributeRequest,
    ModifyAttributeResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::{OwnedAttribute, OwnedAttributes};
use crate::test_server::objects::object::Managed;
use crate::test_server::objects::rules::{Rule, state_allows};
use crate::test_server::operations::new_object::{check_application_data, check_dates};
use crate::test_server::state::call::{Answer, Call, answer};

pub(super) fn add(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: AddAttributeRequest<'_> = call.request(payload)?;
    let Attribute { value, index } = &request.new_attribute;
    if index.is_some() {
        return Err(Cause::InvalidField.because("an index is given by the server, not by the client"));
    }
    let name = request.new_attribute.reference();
    if let AttributeValue::Name(name) = value
        && call.is_name_taken(name)
    {
        return Err(name_of_another(name));
    }
    let (view, is_v1) = (call.view, call.is_v1());
    let object = call.object(request.unique_identifier.as_ref())?;
    let rule = rule(name)?;
    if !rule.add() {
        return Err(Cause::AddReadOnly.because(format!("clients do not add the attribute {name}")));
    }
    if !rule.many() && object.attributes.has(name) {
        return Err(Cause::AlreadyThere.because(format!("the attribute {name} has a value already, and one only")));
    }
    if object.attributes.position_of_value(value).is_some() {
        return Err(Cause::AlreadyThere.because(format!("the attribute {name} has this value already")));
    }
    check_change(object, value, view.now)?;
    let mut attributes = object.attributes.clone();
    let index = attributes.push(&completed(value))?;
    commit(object, attributes, view.now)?;
    let attribute = Attribute { value: value.clone(), index: Some(index).filter(|index| *index != 0) };
    let attribute = is_v1.then_some(attribute);
    answer(view, &AddAttributeResponse { unique_identifier: Id::Text(&object.id), attribute })
}

pub(super) fn modify(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ModifyAttributeRequest<'_> = call.request(payload)?;
    let Attribute { value, index } = &request.new_attribute;
    let name = request.new_attribute.reference();
    let current = request.current_attribute.as_ref().map(|current| &current.value);
    if current.is_some_and(|current| Attribute::from(current.clone()).reference() != name) {
        return Err(Cause::InvalidField.because("the current and the new attribute are not the same"));
    }
    let (view, is_v1) = (call.view, call.is_v1());
    let id = call.resolve(request.unique_identifier.as_ref())?;
    if let AttributeValue::Name(name) = value
        && call.is_name_of_another(name, &id)
    {
        return Err(name_of_another(name));
    }
    let object = call.store.get(&id, view)?;
    if !rule(name)?.modify() {
        return Err(Cause::ReadOnly.because(format!("clients do not modify the attribute {name}")));
    }
    if !object.attributes.has(name) {
        return Err(Cause::NotThereToModify.because(format!("the object has no attribute {name}")));
    }
    let place = match (is_v1, current) {
        (true, _) => object.attributes.position_of_index(name, index.unwrap_or(0)),
        (false, Some(current)) => object.attributes.position_of_value(current),
        (false, None) if object.attributes.all(name).count() > 1 => None,
        (false, None) => object.attributes.position_of_index(name, first_index(&object.attributes, name)),
    };
    let place = place.ok_or_else(|| {
        Cause::NoSuchInstance.because(format!("which value of {name} is meant is not there, or not said"))
    })?;
    if object.attributes.position_of_value(value).is_some_and(|other| other != place) {
        return Err(match value {
            AttributeValue::Name(name) => name_of_another(name),
            _ => Cause::AlreadyThere.because(format!("the attribute {name} has this value already")),
        });
    }
    check_change(object, value, view.now)?;
    let mut attributes = object.attributes.clone();
    replace(&mut attributes, place, value)?;
    commit(object, attributes, view.now)?;
    let attribute = is_v1.then(|| request.new_attribute.clone());
    answer(view, &ModifyAttributeResponse { unique_identifier: Id::Text(&object.id), attribute })
}

pub(super) fn delete(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: DeleteAttributeRequest<'_> = call.request(payload)?;
    let current = request.current_attribute.as_ref();
    let Some(name) = current.map(Attribute::reference).or(request.attribute_reference) else {
        return Err(Cause::InvalidMessage.because("the request does not say which attribute to delete"));
    };
    let (view, is_v1) = (call.view, call.is_v1());
    let object = call.object(request.unique_identifier.as_ref())?;
    if !rule(name)?.delete() {
        return Err(Cause::ReadOnly.because(format!("clients do not delete the attribute {name}")));
    }
    if name == AttributeReference::Standard(Tag::USAGE_LIMITS) && object.usage_has_begun() {
        return Err(in_use());
    }
    if !object.attributes.has(name) {
        return Err(Cause::NotThereToDelete.because(format!("the object has no attribute {name}")));
    }
    let place = match (is_v1, current) {
        (true, _) => object.attributes.position_of_index(name, request.attribute_index.unwrap_or(0)),
        (false, Some(current)) => object.attributes.position_of_value(&current.value),
        (false, None) => {
            object.attributes.remove_all(name);
            object.changed(view.now)?;
            return answer(view, &DeleteAttributeResponse { unique_identifier: Id::Text(&object.id), attribute: None });
        }
    };
    let Some(place) = place else {
        return Err(
            Cause::NoSuchInstance.because(format!("the attribute {name} does not have the value that is meant"))
        );
    };
    let deleted = object.attributes.remove(place);
    object.changed(view.now)?;
    let attribute = if is_v1 { deleted.shown(view) } else { None };
    answer(view, &DeleteAttributeResponse { unique_identifier: Id::Text(&object.id), attribute })
}

pub(super) fn rule(name: AttributeReference<'_>) -> Result<Rule, Refusal> {
    Rule::of(name)
        .ok_or_else(|| Cause::UnknownAttribute.because(format!("the server does not know the attribute {name}")))
}

fn first_index(attributes: &OwnedAttributes, name: AttributeReference<'_>) -> i32 {
    attributes.all(name).map(OwnedAttribute::index).next().unwrap_or(0)
}

pub(super) fn name_of_another(name: &Name<'_>) -> Refusal {
    Cause::NameOfAnother.because(format!("the name {} is taken", name.value))
}

fn in_use() -> Refusal {
    Cause::ReadOnly.because("something was taken of the Usage Limits: they stay as they are")
}

/// Checks a change against the state of the object, its dates and the value itself.
pub(super) fn check_change(object: &Managed, value: &AttributeValue<'_>, now: DateTime) -> Result<(), Refusal> {
    if let AttributeReference::Standard(tag) = Attribute::from(value.clone()).reference() {
        if !state_allows(tag, object.state()) {
            let title = object.state().title().unwrap_or_default();
            return Err(Cause::WrongState.because(format!("the date can no longer be set: the object is {title}")));
        }
        // Such a date cannot change once it has passed (KMIP 2.1, 4.40 and 4.41).
        if matches!(tag, Tag::PROCESS_START_DATE | Tag::PROTECT_STOP_DATE)
            && object.attributes.date(tag).is_some_and(|date| date <= now)
        {
            return Err(Cause::WrongState.because("the date has been reached, and stays as it is"));
        }
    }
    match value {
        AttributeValue::ApplicationSpecificInformation(information) => check_application_data(information),
        AttributeValue::UsageLimits(_) if object.usage_has_begun() => Err(in_use()),
        _ => Ok(()),
    }
}

/// Returns the value as stored: the server counts the remaining Usage Limits itself.
pub(super) fn completed<'a>(value: &AttributeValue<'a>) -> AttributeValue<'a> {
    match value {
        AttributeValue::UsageLimits(new) => {
            AttributeValue::UsageLimits(UsageLimits { count: Some(new.total), ..new.clone() })
        }
        _ => value.clone(),
    }
}

/// Replaces the value at this position, and updates the values that depend on it.
pub(super) fn replace(
    attributes: &mut OwnedAttributes,
    place: usize,
    value: &AttributeValue<'_>,
) -> Result<(), Refusal> {
    attributes.replace(place, &completed(value))?;
    match value {
        AttributeValue::Sensitive(false) => attributes.set(&AttributeValue::AlwaysSensitive(false)),
        AttributeValue::Extractable(true) => attributes.set(&AttributeValue::NeverExtractable(false)),
        _ => Ok(()),
    }
}

/// Stores the changed attributes if they are consistent, and makes the resulting transitions.
pub(super) fn commit(object: &mut Managed, attributes: OwnedAttributes, now: DateTime) -> Result<(), Refusal> {
    check_dates(&attributes)?;
    object.attributes = attributes;
    object.changed(now)?;
    object.refresh(now)
}
