//! RNG Retrieve and RNG Seed (KMIP 2.1, 6.1.49 and 6.1.50; KMIP 1.4, 4.35 and 4.36).

use kmip_ttlv::enumeration::OperationCode;
use zeroize::Zeroizing;

use crate::protocol::Secret;
use crate::protocol::operation::{RngRetrieveRequest, RngRetrieveResponse, RngSeedRequest, RngSeedResponse};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate::random_bytes;
use crate::test_server::state::call::{Answer, Call};

/// The maximum number of bytes for one request.
const MOST: usize = 1024 * 1024;

pub(super) fn retrieve(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: RngRetrieveRequest = call.request(payload)?;
    let len = usize::try_from(request.data_length).ok().filter(|len| (1..=MOST).contains(len));
    let len = len.ok_or_else(|| Cause::InvalidField.because("the Data Length is from 1 to 1048576 bytes here"))?;
    let bytes = Zeroizing::new(random_bytes(call.random, len)?);
    call.produce_data(OperationCode::RNG_RETRIEVE, &bytes);
    call.answer(&RngRetrieveResponse { data: Secret::new(&bytes) })
}

/// Returns a length of 0, as the specification requires: the system's generator accepts no seeds from clients.
pub(super) fn seed(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: RngSeedRequest<'_> = call.request(payload)?;
    call.data(Some(&request.data))?;
    call.answer(&RngSeedResponse { data_length: 0 })
}
