//! Archive and Recover (KMIP 2.1, 6.1.4 and 6.1.42; KMIP 1.4, 4.22 and 4.23).
//!
//! An archived object is not moved. Archiving only blocks all other operations on it, see
//! [`Store::get`](crate::test_server::objects::store::Store).

use crate::protocol::Id;
use crate::protocol::operation::{ArchiveRequest, ArchiveResponse, RecoverRequest, RecoverResponse};
use crate::test_server::base::refusal::Refusal;
use crate::test_server::state::call::{Answer, Call, answer};

pub(super) fn archive(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: ArchiveRequest<'_> = call.request(payload)?;
    let view = call.view;
    let object = call.object(request.unique_identifier.as_ref())?;
    object.archive(view.now)?;
    answer(view, &ArchiveResponse { unique_identifier: Id::Text(&object.id) })
}

pub(super) fn recover(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: RecoverRequest<'_> = call.request(payload)?;
    let view = call.view;
    let id = call.resolve(request.unique_identifier.as_ref())?;
    let object = call.store.get_anywhere(&id, view)?;
    object.recover(view.now)?;
    answer(view, &RecoverResponse { unique_identifier: Id::Text(&object.id) })
}
