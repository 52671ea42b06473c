//! Activate, Revoke and Destroy (KMIP 2.1, 6.1.1, 6.1.44 and 6.1.15; KMIP 1.4, 4.19 to 4.21), and in KMIP 3.0
//! Deactivate and Obliterate.

use kmip_ttlv::V3_0;
use kmip_ttlv::enumeration::{RevocationReasonCode, State};

use crate::protocol::Id;
use crate::protocol::attribute::RevocationReason;
use crate::protocol::operation::{
    ActivateRequest, ActivateResponse, DeactivateRequest, DeactivateResponse, DestroyRequest, DestroyResponse,
    ObliterateRequest, ObliterateResponse, RevokeRequest, RevokeResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::state::call::{Answer, Call, answer};

pub(super) fn activate(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ActivateRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    object.activate(view.now)?;
    // The Deactivation Date may have passed while the object was not active.
    object.refresh(view.now)?;
    answer(view, &ActivateResponse { unique_identifier: Id::Text(&object.id) })
}

pub(super) fn revoke(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: RevokeRequest<'_> = call.request(payload)?;
    let view = call.view;
    let reason = match request.revocation_reason {
        Some(reason) => reason,
        None if view.version >= V3_0 => {
            RevocationReason { code: RevocationReasonCode::UNSPECIFIED, ..RevocationReason::default() }
        }
        None => return Err(Cause::InvalidField.because("the Revocation Reason is missing")),
    };
    let object = call.object(request.unique_identifier.as_ref())?;
    object.revoke(&reason, request.compromise_occurrence_date, view.now)?;
    answer(view, &RevokeResponse { unique_identifier: Id::Text(&object.id) })
}

pub(super) fn destroy(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: DestroyRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    object.destroy(view.now)?;
    answer(view, &DestroyResponse { unique_identifier: Id::Text(&object.id) })
}

pub(super) fn deactivate(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: DeactivateRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    object.deactivate(request.deactivation_reason, request.deactivation_date, view.now)?;
    answer(view, &DeactivateResponse { unique_identifier: Id::Text(&object.id) })
}

pub(super) fn obliterate(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ObliterateRequest<'_> = call.request(payload)?;
    let view = call.view;
    let id = call.resolve(request.unique_identifier.as_ref())?;
    if call.store.get_anywhere(&id, view)?.state() == State::ACTIVE {
        return Err(Cause::WrongState.because("the object is Active: revoke it before it is obliterated"));
    }
    call.store.forget(&id);
    answer(view, &ObliterateResponse {})
}
