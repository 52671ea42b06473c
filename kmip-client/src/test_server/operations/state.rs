//! Activate, Revoke and Destroy (KMIP 2.1, 6.1.1, 6.1.44 and 6.1.15; KMIP 1.4, 4.19 to 4.21).

use crate::protocol::Id;
use crate::protocol::operation::{
    ActivateRequest, ActivateResponse, DestroyRequest, DestroyResponse, RevokeRequest, RevokeResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::state::call::{Answer, Call, answer};

pub(super) fn activate(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ActivateRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    object.activate(view.now)?;
    // A Deactivation Date may have been reached while the object was not active.
    object.refresh(view.now)?;
    answer(view, &ActivateResponse { unique_identifier: Id::Text(&object.id) })
}

pub(super) fn revoke(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: RevokeRequest<'_> = call.request(payload)?;
    let view = call.view;
    let Some(reason) = &request.revocation_reason else {
        return Err(Cause::InvalidField.because("the Revocation Reason is missing"));
    };
    let object = call.object(request.unique_identifier.as_ref())?;
    object.revoke(reason, request.compromise_occurrence_date, view.now)?;
    answer(view, &RevokeResponse { unique_identifier: Id::Text(&object.id) })
}

pub(super) fn destroy(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: DestroyRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    object.destroy(view.now)?;
    answer(view, &DestroyResponse { unique_identifier: Id::Text(&object.id) })
}
