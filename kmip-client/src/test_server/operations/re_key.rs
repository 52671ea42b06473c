//! Re-key and Re-key Key Pair (KMIP 2.1, 6.1.46 and 6.1.47; KMIP 1.4, 4.4 and 4.5).

use kmip_ttlv::enumeration::{LinkType, ObjectType, OperationCode};
use kmip_ttlv::{DateTime, Interval, Tag};

use super::create::{link, new_key_pair, new_symmetric_key};
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, AttributeValue};
use crate::protocol::operation::{ReKeyKeyPairRequest, ReKeyKeyPairResponse, ReKeyRequest, ReKeyResponse};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::OwnedAttributes;
use crate::test_server::objects::object::Managed;
use crate::test_server::operations::new_object::{check_storage, requested};
use crate::test_server::state::call::{Answer, Call};

/// The attributes that the replacement does not inherit: they are set afresh, or not at all (KMIP 2.1, table 304).
const NOT_COPIED: &[Tag] = &[
    Tag::UNIQUE_IDENTIFIER,
    Tag::SHORT_UNIQUE_IDENTIFIER,
    Tag::STATE,
    Tag::DIGEST,
    Tag::LINK,
    Tag::OBJECT_CLASS,
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
    let now = call.view.now;
    let old = call.object(request.unique_identifier.as_ref())?;
    let attributes = of_replacement(old, ObjectType::SYMMETRIC_KEY, &asked, request.offset, now)?;
    let old_id = old.id.clone();
    let new_id = with_names_taken(call, &[&old_id], |call| new_symmetric_key(call, attributes))?;
    replaced(call, &old_id, &new_id)?;
    call.produce(OperationCode::RE_KEY, Some(&new_id), [new_id.as_str()]);
    call.answer(&ReKeyResponse { unique_identifier: Id::Text(&new_id), attributes: None })
}

pub(super) fn re_key_key_pair(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ReKeyKeyPairRequest<'_> = call.request(payload)?;
    check_storage([
        &request.common_protection_storage_masks,
        &request.private_protection_storage_masks,
        &request.public_protection_storage_masks,
    ])?;
    let common = &request.common_attributes;
    let asked_private = requested(call, common.iter().chain(&request.private_key_attributes))?;
    let asked_public = requested(call, common.iter().chain(&request.public_key_attributes))?;
    let (offset, view) = (request.offset, call.view);
    let old = call.object(request.private_key_unique_identifier.as_ref())?;
    let private = of_replacement(old, ObjectType::PRIVATE_KEY, &asked_private, offset, view.now)?;
    let old_private = old.id.clone();
    let old_public = linked(&old.attributes, LinkType::PUBLIC_KEY_LINK)
        .ok_or_else(|| Cause::NotReKeyable.because("the private key has no link to its public key"))?;
    let old = call.store.get(&old_public, view)?;
    let public = of_replacement(old, ObjectType::PUBLIC_KEY, &asked_public, offset, view.now)?;

    let (private_id, public_id) =
        with_names_taken(call, &[&old_private, &old_public], |call| new_key_pair(call, private, public))?;
    replaced(call, &old_private, &private_id)?;
    replaced(call, &old_public, &public_id)?;
    call.produce(OperationCode::RE_KEY_KEY_PAIR, Some(&private_id), [private_id.as_str(), public_id.as_str()]);
    call.answer(&ReKeyKeyPairResponse {
        private_key_unique_identifier: Id::Text(&private_id),
        public_key_unique_identifier: Id::Text(&public_id),
        ..ReKeyKeyPairResponse::default()
    })
}

/// Returns the attributes of the object that replaces an old one of this kind.
pub(super) fn of_replacement(
    old: &Managed,
    kind: ObjectType,
    asked: &OwnedAttributes,
    offset: Option<Interval>,
    now: DateTime,
) -> Result<OwnedAttributes, Refusal> {
    if old.object_type != kind {
        let kind = kind.title().unwrap_or_default();
        return Err(Cause::NotReKeyable.because(format!("the object to be replaced is no {kind}")));
    }
    if old.value.is_none() {
        return Err(Cause::KeyValueNotPresent.because("the key was destroyed"));
    }
    let mut attributes = OwnedAttributes::default();
    for owned in old.attributes.iter().filter(|owned| !is_left_out(owned.reference())) {
        attributes.push(&owned.value())?;
    }
    if let Some(offset) = offset {
        if MOVED.into_iter().any(|tag| asked.has(tag.into())) {
            return Err(Cause::InvalidMessage.because("an offset and a date cannot both be given"));
        }
        move_dates(&mut attributes, DateTime(now.0.saturating_add(i64::from(offset.0))))?;
    }
    for name in asked.iter().map(|owned| owned.reference()) {
        attributes.remove_all(name);
    }
    for owned in asked.iter() {
        attributes.push(&owned.value())?;
    }
    Ok(attributes)
}

/// Creates new objects that take the names of old ones. If the creation fails, the old ones get them back.
pub(super) fn with_names_taken<T>(
    call: &mut Call<'_>,
    old: &[&str],
    make: impl FnOnce(&mut Call<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut kept = Vec::with_capacity(old.len());
    for id in old {
        let old = call.store.get(id, call.view)?;
        kept.push(old.attributes.clone());
        old.attributes.remove_all(Tag::NAME.into());
    }
    let made = make(call);
    if made.is_err() {
        for (id, attributes) in old.iter().zip(kept) {
            call.store.get(id, call.view)?.attributes = attributes;
        }
    }
    made
}

/// Links an object and its replacement to each other.
pub(super) fn replaced(call: &mut Call<'_>, old: &str, new: &str) -> Result<(), Refusal> {
    link(call, old, LinkType::REPLACEMENT_OBJECT_LINK, new)?;
    link(call, new, LinkType::REPLACED_OBJECT_LINK, old)?;
    call.store.get(old, call.view)?.changed(call.view.now)
}

/// Returns the object at the first link of this type.
pub(super) fn linked(attributes: &OwnedAttributes, link_type: LinkType) -> Option<String> {
    let name = AttributeReference::Standard(Tag::LINK);
    attributes.all(name).find_map(|owned| match owned.value() {
        AttributeValue::Link(link) if link.link_type == link_type => {
            link.linked_object_identifier.as_str().map(str::to_owned)
        }
        _ => None,
    })
}

fn is_left_out(name: AttributeReference<'_>) -> bool {
    matches!(name, AttributeReference::Standard(tag) if NOT_COPIED.contains(&tag))
}

/// Sets the dates of the new key: it becomes active at `activation`, with the same intervals as the old key (table
/// 303).
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
