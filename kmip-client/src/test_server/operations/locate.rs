//! Locate (KMIP 2.1, 6.1.28; KMIP 1.4, 4.9).

use kmip_ttlv::enumeration::{ObjectGroupMember, OperationCode, StorageStatusMask};
use kmip_ttlv::{DateTime, Tag, V1_3};

use super::super::attributes::{check_type, date_of};
use super::super::call::{Answer, Call};
use super::super::object::Managed;
use super::super::refusal::{Cause, Refusal};
use super::super::rules::Rule;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, AttributeValue, UsageLimits};
use crate::protocol::operation::{LocateRequest, LocateResponse};

pub(super) fn locate(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: LocateRequest<'_> = call.request(payload)?;
    let maximum = request.maximum_items.map(count).transpose()?;
    let offset = request.offset_items.map(count).transpose()?.unwrap_or(0);
    let wanted = wanted(&request)?;
    let view = call.view;
    let storage = request.storage_status_mask.unwrap_or(StorageStatusMask::ON_LINE_STORAGE);
    let fresh_only = request.object_group_member == Some(ObjectGroupMember::GROUP_MEMBER_FRESH);
    let found: Vec<String> = call
        .store
        .all(view)?
        .filter(|object| is_in(storage, object) && (!fresh_only || object.attributes.flag(Tag::FRESH)))
        .filter(|object| wanted.iter().all(|wanted| wanted.matches(object)))
        .map(|object| object.id.clone())
        .collect();

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

fn count(number: i32) -> Result<usize, Refusal> {
    usize::try_from(number).map_err(|_| Cause::InvalidField.because("a number of items cannot be negative"))
}

/// Whether objects like this one are searched. Nothing is ever archived here.
fn is_in(storage: StorageStatusMask, object: &Managed) -> bool {
    let place =
        if object.is_destroyed() { StorageStatusMask::DESTROYED_STORAGE } else { StorageStatusMask::ON_LINE_STORAGE };
    storage.contains(place)
}

/// One thing that an object must have.
enum Wanted<'a> {
    /// This value, among others.
    Value(AttributeReference<'a>, &'a AttributeValue<'a>),
    /// A date in this range, its limits included.
    Dates(AttributeReference<'a>, DateTime, DateTime),
}

/// The largest date stands for none.
const NEVER: DateTime = DateTime(i64::MAX);

fn wanted<'a>(request: &'a LocateRequest<'a>) -> Result<Vec<Wanted<'a>>, Refusal> {
    let mut all: Vec<Wanted<'_>> = Vec::new();
    for attribute in &request.attributes.list {
        let name = attribute.reference();
        if Rule::of(name).is_none() {
            return Err(Cause::UnknownAttribute.because(format!("the server does not know the attribute {name}")));
        }
        check_type(&attribute.value)?;
        let Some(date) = date_of(&attribute.value) else {
            all.push(Wanted::Value(name, &attribute.value));
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
            Self::Value(name, value) => object.attributes.all(*name).any(|owned| is_match(value, &owned.value())),
        }
    }
}

fn is_match(wanted: &AttributeValue<'_>, value: &AttributeValue<'_>) -> bool {
    match (wanted, value) {
        (AttributeValue::CryptographicUsageMask(wanted), AttributeValue::CryptographicUsageMask(mask)) => {
            mask.contains(*wanted)
        }
        (AttributeValue::UsageLimits(wanted), AttributeValue::UsageLimits(UsageLimits { total, count, unit })) => {
            *total >= wanted.total && *unit == wanted.unit && *count >= wanted.count
        }
        _ => wanted == value,
    }
}
