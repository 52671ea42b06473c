//! Check, Obtain Lease and Get Usage Allocation (KMIP 2.1, 6.1.7, 6.1.35 and 6.1.23; KMIP 1.4, 4.10, 4.17 and 4.18).

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{CryptographicUsageMask, ObjectType};

use crate::protocol::Id;
use crate::protocol::operation::{
    CheckRequest, CheckResponse, GetUsageAllocationRequest, GetUsageAllocationResponse, ObtainLeaseRequest,
    ObtainLeaseResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::operations::new_object::LONGEST_LEASE;
use crate::test_server::state::call::{Answer, Call, answer};

/// Checks an object. A refusal names the failed part of the request, and clears the ID Placeholder.
pub(super) fn check(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: CheckRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    if object.object_type == ObjectType::TEMPLATE {
        return Err(Cause::NotChecked.because("a template is not used for anything"));
    }
    let usable = if object.is_destroyed() { CryptographicUsageMask::EMPTY } else { object.usage_mask() };
    let left = object.usage_left();
    let refused = CheckResponse {
        unique_identifier: None,
        usage_limits_count: request.usage_limits_count.filter(|count| left.is_some_and(|left| *count > left)),
        cryptographic_usage_mask: request.cryptographic_usage_mask.filter(|mask| !usable.contains(*mask)),
        lease_time: request.lease_time.filter(|lease| *lease > LONGEST_LEASE),
    };
    let cause = match &refused {
        CheckResponse { cryptographic_usage_mask: Some(_), .. } => {
            Cause::UsageMask.because("the object is not for all of these uses")
        }
        CheckResponse { usage_limits_count: Some(_), .. } => {
            Cause::UsageLimitExceeded.because("less than that is left of the Usage Limits")
        }
        CheckResponse { lease_time: Some(_), .. } => {
            Cause::LeaseTooLong.because(format!("the longest lease is {} seconds", LONGEST_LEASE.0))
        }
        _ => return answer(view, &CheckResponse { unique_identifier: Some(Id::Text(&object.id)), ..refused }),
    };
    call.clear_placeholder();
    Err(cause.with(call.answer(&refused)?))
}

pub(super) fn obtain_lease(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ObtainLeaseRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    if object.is_destroyed() {
        return Err(Cause::NoLease.because("the object was destroyed"));
    }
    answer(
        view,
        &ObtainLeaseResponse {
            unique_identifier: Id::Text(&object.id),
            lease_time: LONGEST_LEASE,
            last_change_date: object.attributes.date(Tag::LAST_CHANGE_DATE).unwrap_or(view.now),
        },
    )
}

pub(super) fn get_usage_allocation(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: GetUsageAllocationRequest<'_> = call.request(payload)?;
    let view = call.view;
    if request.usage_limits_count <= 0 {
        return Err(Cause::InvalidField.because("the amount is to be more than nothing"));
    }
    let object = call.object(request.unique_identifier.as_ref())?;
    if object.usage_limits().is_none() {
        return Err(Cause::NoUsageLimits.because("the object has no Usage Limits"));
    }
    object.check_protecting(view.now)?;
    object.take_usage(request.usage_limits_count, view.now)?;
    answer(view, &GetUsageAllocationResponse { unique_identifier: Id::Text(&object.id) })
}
