//! Re-key (KMIP 2.1, 6.1.46; KMIP 1.4, 4.4).

use kmip_ttlv::enumeration::{LinkType, ObjectType, OperationCode};
use kmip_ttlv::{DateTime, Tag};

use super::super::attributes::OwnedAttributes;
use super::super::call::{Answer, Call};
use super::super::new_object::{check_storage, requested};
use super::super::refusal::{Cause, Refusal};
use super::create::{link, new_symmetric_key};
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, AttributeValue};
use crate::protocol::operation::{ReKeyRequest, ReKeyResponse};

/// What the replacement does not take over: it is set anew, or not at all (KMIP 2.1, table 304).
const NOT_COPIED: &[Tag] = &[
    Tag::UNIQUE_IDENTIFIER,
    Tag::SHORT_UNIQUE_IDENTIFIER,
    Tag::STATE,
    Tag::DIGEST,
    Tag::LINK,
    Tag::FRESH,
    Tag::INITIAL_DATE,
    Tag::LAST_CHANGE_DATE,
    Tag::ORIGINAL_CREATION_DATE,
    Tag::DESTROY_DATE,
    Tag::COMPROMISE_DATE,
    Tag::COMPROMISE_OCCURRENCE_DATE,
    Tag::REVOCATION_REASON,
    Tag::ARCHIVE_DATE,
    Tag::RANDOM_NUMBER_GENERATOR,
    Tag::ALWAYS_SENSITIVE,
    Tag::NEVER_EXTRACTABLE,
    Tag::KEY_VALUE_PRESENT,
    Tag::KEY_FORMAT_TYPE,
];

/// The dates that an offset moves.
const MOVED: [Tag; 4] = [Tag::ACTIVATION_DATE, Tag::PROCESS_START_DATE, Tag::PROTECT_STOP_DATE, Tag::DEACTIVATION_DATE];

pub(super) fn re_key(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ReKeyRequest<'_> = call.request(payload)?;
    check_storage([&request.protection_storage_masks])?;
    let asked = requested(call, &request.attributes)?;
    let view = call.view;
    let old = call.object(request.unique_identifier.as_ref())?;
    if old.object_type != ObjectType::SYMMETRIC_KEY {
        return Err(Cause::NotReKeyable.because("the object is no symmetric key"));
    }
    if old.value.is_none() {
        return Err(Cause::KeyValueNotPresent.because("the key was destroyed"));
    }
    let old_id = old.id.clone();
    let mut attributes = OwnedAttributes::default();
    for owned in old.attributes.iter().filter(|owned| !is_left_out(owned.reference())) {
        attributes.push(&owned.value())?;
    }
    if let Some(offset) = request.offset {
        if MOVED.into_iter().any(|tag| asked.has(tag.into())) {
            return Err(Cause::InvalidMessage.because("an offset and a date cannot both be given"));
        }
        let activation = DateTime(view.now.0.saturating_add(i64::from(offset.0)));
        move_dates(&mut attributes, activation)?;
    }
    for name in asked.iter().map(|owned| owned.reference()) {
        attributes.remove_all(name);
    }
    for owned in asked.iter() {
        attributes.push(&owned.value())?;
    }

    // The names go over: while the old key has them the new one could not.
    let names = std::mem::take(&mut old.attributes);
    let mut nameless = names.clone();
    nameless.remove_all(Tag::NAME.into());
    old.attributes = nameless;
    let new_id = match new_symmetric_key(call, attributes) {
        Ok(id) => id,
        Err(refusal) => {
            call.store.get(&old_id, view)?.attributes = names;
            return Err(refusal);
        }
    };
    link(call, &old_id, LinkType::REPLACEMENT_OBJECT_LINK, &new_id)?;
    link(call, &new_id, LinkType::REPLACED_OBJECT_LINK, &old_id)?;
    call.store.get(&old_id, view)?.changed(view.now)?;
    call.produce(OperationCode::RE_KEY, Some(&new_id), [new_id.as_str()]);
    call.answer(&ReKeyResponse { unique_identifier: Id::Text(&new_id), attributes: None })
}

fn is_left_out(name: AttributeReference<'_>) -> bool {
    matches!(name, AttributeReference::Standard(tag) if NOT_COPIED.contains(&tag))
}

/// The dates of the new key: it becomes active at `activation`, and all else follows as it did with the old key (table 303).
fn move_dates(attributes: &mut OwnedAttributes, activation: DateTime) -> Result<(), Refusal> {
    let Some(before) = attributes.date(Tag::ACTIVATION_DATE) else {
        if MOVED.into_iter().any(|tag| attributes.has(tag.into())) {
            return Err(Cause::NoDateToMove.because("the key has dates but no Activation Date to count an offset from"));
        }
        return attributes.set(&AttributeValue::ActivationDate(activation));
    };
    let moved = |date: DateTime| DateTime(date.0.saturating_add(activation.0.saturating_sub(before.0)));
    for tag in MOVED {
        if let Some(date) = attributes.date(tag).map(moved) {
            attributes.set(&match tag {
                Tag::ACTIVATION_DATE => AttributeValue::ActivationDate(date),
                Tag::PROCESS_START_DATE => AttributeValue::ProcessStartDate(date),
                Tag::PROTECT_STOP_DATE => AttributeValue::ProtectStopDate(date),
                _ => AttributeValue::DeactivationDate(date),
            })?;
        }
    }
    Ok(())
}
