//! Poll and Cancel (KMIP 2.1, 6.1.38 and 6.1.5; KMIP 1.4, 4.28 and 4.27). The server answers everything at once, so nothing is ever pending.

use kmip_ttlv::enumeration::CancellationResult;

use super::super::call::{Answer, Call};
use super::super::refusal::{Cause, Refusal};
use crate::protocol::operation::{CancelRequest, CancelResponse, PollRequest};

pub(super) fn poll(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let _: PollRequest<'_> = call.request(payload)?;
    Err(nothing_pending())
}

/// KMIP 1.x knows no refusal here, only a result that says the same.
pub(super) fn cancel(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let CancelRequest { asynchronous_correlation_value } = call.request(payload)?;
    if !call.is_v1() {
        return Err(nothing_pending());
    }
    let cancellation_result = CancellationResult::UNAVAILABLE;
    call.answer(&CancelResponse { asynchronous_correlation_value, cancellation_result })
}

fn nothing_pending() -> Refusal {
    Cause::NothingPending.because("no operation is pending with this Asynchronous Correlation Value")
}
