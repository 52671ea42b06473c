//! MAC, MAC Verify and Hash (KMIP 2.1, 6.1.32, 6.1.33 and 6.1.24; KMIP 1.4, 4.33, 4.34 and 4.37).

use aws_lc_rs::digest::Context;
use kmip_ttlv::enumeration::{ObjectType, OperationCode, ValidityIndicator};
use zeroize::Zeroizing;

use super::super::crypto::digest::{self, MacAlgorithm};
use super::encrypt::go_on;
use crate::protocol::Id;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::operation::{
    HashRequest, HashResponse, MacRequest, MacResponse, MacVerifyRequest, MacVerifyResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::operations::limits::{Key, Purpose, spend};
use crate::test_server::state::call::{Answer, Call};
use crate::test_server::state::streams::{Gathered, Part, Work};

pub(super) fn mac(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::MAC;
    let request: MacRequest<'_> = call.request(payload)?;
    let part = Part::of(request.correlation_value, request.init_indicator, request.final_indicator)?;
    let resumed = call.resume(CODE, part)?;
    let (key, work) = go_on(call, request.unique_identifier.as_ref(), Purpose::MAC, resumed)?;
    let (mac, mut data, _) = begin(&key, request.cryptographic_parameters.as_ref(), work)?;
    data.push(call.data(request.data.as_ref())?)?;
    let mut code = None;
    if part.is_last() {
        let made = mac.sign(&key.bytes, data.bytes())?;
        spend(call, &key.id, data.bytes().len(), true)?;
        call.produce_data(CODE, &made);
        code = Some(made);
    }
    let correlation = call.suspend(CODE, part, Some(&key.id), Work::Mac { mac, data, code: Vec::new() })?;
    call.answer(&MacResponse {
        unique_identifier: Id::Text(&key.id),
        mac_data: code.as_deref(),
        correlation_value: correlation.as_deref(),
    })
}

pub(super) fn mac_verify(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::MAC_VERIFY;
    let request: MacVerifyRequest<'_> = call.request(payload)?;
    let part = Part::of(request.correlation_value, request.init_indicator, request.final_indicator)?;
    let resumed = call.resume(CODE, part)?;
    let (key, work) = go_on(call, request.unique_identifier.as_ref(), Purpose::MAC_VERIFY, resumed)?;
    let (mac, mut data, earlier) = begin(&key, request.cryptographic_parameters.as_ref(), work)?;
    data.push(call.data(request.data.as_ref())?)?;
    // The code may come with any part.
    let code = request.mac_data.map_or(earlier, <[u8]>::to_vec);
    let validity_indicator = if !part.is_last() {
        None
    } else if code.is_empty() {
        return Err(Cause::InvalidField.because("there is no MAC Data"));
    } else if mac.verify(&key.bytes, data.bytes(), &code)? {
        Some(ValidityIndicator::VALID)
    } else {
        Some(ValidityIndicator::INVALID)
    };
    let correlation = call.suspend(CODE, part, Some(&key.id), Work::Mac { mac, data, code })?;
    call.answer(&MacVerifyResponse {
        unique_identifier: Id::Text(&key.id),
        validity_indicator,
        correlation_value: correlation.as_deref(),
    })
}

/// Returns the scheme, the data so far, and the code if it has arrived.
fn begin(
    key: &Key,
    parameters: Option<&CryptographicParameters<'_>>,
    work: Option<Work>,
) -> Result<(MacAlgorithm, Gathered, Vec<u8>), Refusal> {
    if let Some(Work::Mac { mac, data, code }) = work {
        return Ok((mac, data, code));
    }
    key.expect(&[ObjectType::SYMMETRIC_KEY])?;
    let parameters = key.parameters(parameters);
    // Any key can be used for an HMAC, if the request or the key names one; the OASIS test cases use AES keys.
    let algorithm = match parameters.cryptographic_algorithm {
        Some(hmac) if digest::hash_of_hmac(hmac).is_some() => hmac,
        _ => key.algorithm(&parameters)?,
    };
    Ok((MacAlgorithm::of(algorithm, &parameters)?, Gathered::default(), Vec::new()))
}

pub(super) fn hash(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::HASH;
    let request: HashRequest<'_> = call.request(payload)?;
    let part = Part::of(request.correlation_value, request.init_indicator, request.final_indicator)?;
    let mut context = match call.resume(CODE, part)? {
        Some((_, Work::Hash(context))) => context,
        _ => Context::new(digest::hash(digest::named(&request.cryptographic_parameters)?)?),
    };
    let piece = Zeroizing::new(call.data(request.data.as_ref())?.to_vec());
    context.update(&piece);
    let digest = part.is_last().then(|| context.clone().finish());
    if let Some(digest) = &digest {
        call.produce_data(CODE, digest.as_ref());
    }
    let correlation = call.suspend(CODE, part, None, Work::Hash(context))?;
    call.answer(&HashResponse { data: digest.as_ref().map(AsRef::as_ref), correlation_value: correlation.as_deref() })
}
