//! Locate (KMIP 2.1, 6.1.28; KMIP 1.4, 4.9).

use std::iter;

use kmip_ttlv::enumeration::{ObjectGroupMember, OperationCode, StorageStatusMask};
use kmip_ttlv::{DateTime, Item, Reader, Tag, Type, V1_3};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeFilter, AttributeReference};
use crate::protocol::operation::{LocateRequest, LocateResponse};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::{OwnedAttribute, check_type, date_of};
use crate::test_server::objects::object::Managed;
use crate::test_server::objects::rules::Rule;
use crate::test_server::objects::store::Searched;
use crate::test_server::state::call::{Answer, Call};

pub(super) fn locate(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let completed;
    let payload = if call.view.lenient && !call.is_v1() {
        completed = with_attributes(payload);
        &completed[..]
    } else {
        payload
    };
    let request: LocateRequest<'_> = call.request(payload)?;
    let maximum = request.maximum_items.map(count).transpose()?;
    let offset = request.offset_items.map(count).transpose()?.unwrap_or(0);
    let wanted = wanted(&request)?;
    let view = call.view;
    let storage = request.storage_status_mask.unwrap_or(StorageStatusMask::ON_LINE_STORAGE);
    let fresh_only = request.object_group_member == Some(ObjectGroupMember::GROUP_MEMBER_FRESH);
    // An archived object that is destroyed stays in the archive.
    let beyond_live = [StorageStatusMask::DESTROYED_STORAGE, StorageStatusMask::ARCHIVAL_STORAGE];
    let searched =
        if beyond_live.iter().any(|place| storage.contains(*place)) { Searched::All } else { Searched::Live };
    let mut found: Vec<String> = call
        .store
        .search(view, searched)?
        .filter(|object| is_in(storage, object) && (!fresh_only || object.attributes.flag(Tag::FRESH)))
        .filter(|object| wanted.iter().all(|wanted| wanted.matches(object)))
        .map(|object| object.id.clone())
        .collect();
    if request.object_group_member == Some(ObjectGroupMember::GROUP_MEMBER_DEFAULT) {
        // The server chooses the default member. This one returns the oldest, so that the result is stable.
        found.drain(..found.len().saturating_sub(1));
    }

    let returned = found.iter().skip(offset).take(maximum.unwrap_or(usize::MAX)).map(String::as_str);
    let returned: Vec<&str> = returned.collect();
    let only = match returned[..] {
        [only] => Some(only),
        _ => None,
    };
    call.produce(OperationCode::LOCATE, only, returned.iter().copied());
    let located_items = if view.version < V1_3 { None } else { i32::try_from(found.len()).ok() };
    call.answer(&LocateResponse { located_items, unique_identifiers: returned.into_iter().map(Id::Text).collect() })
}

/// Returns the payload with an empty structure Attributes at its end, if it has none. KMIP 2.x requires the structure,
/// and PyKMIP omits it.
fn with_attributes(payload: &[u8]) -> Vec<u8> {
    const EMPTY: [u8; 8] = [0x42, 0x01, 0x25, 0x01, 0, 0, 0, 0];
    let items = Reader::new(payload).next_item().ok().flatten().and_then(|item| item.as_structure().ok());
    let mut payload = payload.to_vec();
    let has_attributes = items.is_none_or(|mut items| {
        iter::from_fn(|| items.next_item().ok().flatten()).any(|item| item.tag() == Tag::ATTRIBUTES)
    });
    if !has_attributes && let Ok(len) = u32::try_from(payload.len()) {
        payload[4..8].copy_from_slice(&len.to_be_bytes());
        payload.extend(EMPTY);
    }
    payload
}

fn count(number: i32) -> Result<usize, Refusal> {
    usize::try_from(number).map_err(|_| Cause::InvalidField.because("a number of items cannot be negative"))
}

/// Returns `true` if objects like this one are searched.
fn is_in(storage: StorageStatusMask, object: &Managed) -> bool {
    storage.contains(match () {
        () if object.is_archived() => StorageStatusMask::ARCHIVAL_STORAGE,
        () if object.is_destroyed() => StorageStatusMask::DESTROYED_STORAGE,
        () => StorageStatusMask::ON_LINE_STORAGE,
    })
}

/// A condition on an object.
enum Wanted<'a> {
    /// One of its attributes matches this one.
    Like(OwnedAttribute),
    /// The date is in this range, its limits included.
    Dates(AttributeReference<'a>, DateTime, DateTime),
}

/// The largest date, in place of none.
const NEVER: DateTime = DateTime(i64::MAX);

fn wanted<'a>(request: &'a LocateRequest<'a>) -> Result<Vec<Wanted<'a>>, Refusal> {
    let mut all: Vec<Wanted<'_>> = Vec::new();
    for filter in &request.attributes.list {
        let name = match filter {
            AttributeFilter::Value(attribute) => attribute.reference(),
            AttributeFilter::Part(part) => part.attribute.into(),
        };
        if Rule::of(name).is_none() && name != AttributeReference::Standard(Tag::ATTRIBUTE) {
            return Err(Cause::UnknownAttribute.because(format!("the server does not know the attribute {name}")));
        }
        let date = match filter {
            AttributeFilter::Value(attribute) => {
                check_type(&attribute.value)?;
                date_of(&attribute.value)
            }
            AttributeFilter::Part(_) => None,
        };
        let Some(date) = date else {
            all.push(Wanted::Like(OwnedAttribute::of_filter(filter)?));
            continue;
        };
        let seen = all.iter_mut().find_map(|wanted| match wanted {
            Wanted::Dates(other, from, to) if *other == name => Some((from, to)),
            _ => None,
        });
        match seen {
            None => all.push(Wanted::Dates(name, date, date)),
            Some((from, to)) if from == to => (*from, *to) = (date.min(*from), date.max(*to)),
            Some(_) => return Err(Cause::InvalidField.because(format!("{name} is given more than twice"))),
        }
    }
    Ok(all)
}

impl Wanted<'_> {
    fn matches(&self, object: &Managed) -> bool {
        match self {
            Self::Dates(name, NEVER, NEVER) => !object.attributes.has(*name),
            Self::Dates(name, from, to) => {
                let mut dates = object.attributes.all(*name).filter_map(|owned| date_of(&owned.value()));
                dates.any(|date| (*from..=*to).contains(&date))
            }
            Self::Like(wanted) => {
                let item = wanted.item();
                object.attributes.iter().any(|owned| wanted.may_match(owned) && is_like(&item, &owned.item()))
            }
        }
    }
}

/// Returns `true` if the item matches the filter. Of a structure only the given fields count (KMIP 2.1, 6.1.28).
fn is_like(wanted: &Item<'_>, item: &Item<'_>) -> bool {
    if wanted.tag() != item.tag() || wanted.ty() != item.ty() {
        return false;
    }
    match wanted.tag() {
        _ if wanted.ty() == Type::Structure => {
            fields(wanted).all(|wanted| fields(item).any(|field| is_like(&wanted, &field)))
        }
        Tag::CRYPTOGRAPHIC_USAGE_MASK => match (wanted.as_integer(), item.as_integer()) {
            (Ok(wanted), Ok(mask)) => mask & wanted == wanted,
            _ => false,
        },
        // At least this much.
        Tag::USAGE_LIMITS_TOTAL | Tag::USAGE_LIMITS_COUNT => match (wanted.as_long_integer(), item.as_long_integer()) {
            (Ok(wanted), Ok(limit)) => limit >= wanted,
            _ => false,
        },
        _ => wanted == item,
    }
}

fn fields<'a>(structure: &Item<'a>) -> impl Iterator<Item = Item<'a>> + use<'a> {
    let mut inside = structure.as_structure().ok();
    iter::from_fn(move || inside.as_mut()?.next_item().ok().flatten())
}
