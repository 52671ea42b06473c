//! Sign and Signature Verify (KMIP 2.1, 6.1.55 and 6.1.56; KMIP 1.4, 4.31 and 4.32).

use kmip_ttlv::enumeration::{ObjectType, OperationCode, ValidityIndicator};
use zeroize::Zeroizing;

use super::super::crypto::signature::Scheme;
use super::encrypt::go_on;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::operation::{SignRequest, SignResponse, SignatureVerifyRequest, SignatureVerifyResponse};
use crate::protocol::{Data, Id};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::operations::limits::{Key, Purpose, spend};
use crate::test_server::state::call::{Answer, Call};
use crate::test_server::state::streams::{Gathered, Part, Work};

/// What is signed, as a request or its parts say it.
struct Signed<'a> {
    part: Part<'a>,
    data: Option<&'a Data<'a>>,
    digested: Option<&'a [u8]>,
}

pub(super) fn sign(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::SIGN;
    let request: SignRequest<'_> = call.request(payload)?;
    let part = Part::of(request.correlation_value, request.init_indicator, request.final_indicator)?;
    let signed = Signed { part, data: request.data.as_ref(), digested: request.digested_data };
    let resumed = call.resume(CODE, part)?;
    let (key, work) = go_on(call, request.unique_identifier.as_ref(), Purpose::SIGN, resumed)?;
    let (scheme, gathered, _) = begin(&key, ObjectType::PRIVATE_KEY, request.cryptographic_parameters.as_ref(), work)?;
    let (gathered, digest) = gather(call, scheme, &signed, gathered)?;
    let signature = match digest {
        Some(digest) => Some(scheme.sign(&key.bytes, key.format, &digest)?),
        None => None,
    };
    if let Some(signature) = &signature {
        spend(call, &key.id, gathered.bytes().len(), true)?;
        call.produce_data(CODE, signature);
    }
    let work = Work::Sign { scheme, data: gathered, signature: Vec::new() };
    let correlation = call.suspend(CODE, part, Some(&key.id), work)?;
    call.answer(&SignResponse {
        unique_identifier: Id::Text(&key.id),
        signature_data: signature.as_deref(),
        correlation_value: correlation.as_deref(),
    })
}

pub(super) fn signature_verify(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::SIGNATURE_VERIFY;
    let request: SignatureVerifyRequest<'_> = call.request(payload)?;
    let part = Part::of(request.correlation_value, request.init_indicator, request.final_indicator)?;
    let signed = Signed { part, data: request.data.as_ref(), digested: request.digested_data };
    let resumed = call.resume(CODE, part)?;
    let (key, work) = go_on(call, request.unique_identifier.as_ref(), Purpose::VERIFY, resumed)?;
    let parameters = request.cryptographic_parameters.as_ref();
    let (scheme, gathered, earlier) = begin(&key, ObjectType::PUBLIC_KEY, parameters, work)?;
    let (gathered, digest) = gather(call, scheme, &signed, gathered)?;
    // It may come with any part.
    let signature = request.signature_data.map_or(earlier, <[u8]>::to_vec);
    let validity_indicator = match digest {
        Some(_) if signature.is_empty() => return Err(Cause::InvalidField.because("there is no Signature Data")),
        Some(digest) => Some(match scheme.verify(&key.bytes, &digest, &signature)? {
            true => ValidityIndicator::VALID,
            false => ValidityIndicator::INVALID,
        }),
        None => None,
    };
    let correlation = call.suspend(CODE, part, Some(&key.id), Work::Sign { scheme, data: gathered, signature })?;
    call.answer(&SignatureVerifyResponse {
        unique_identifier: Id::Text(&key.id),
        validity_indicator,
        data: None,
        correlation_value: correlation.as_deref(),
    })
}

/// How it is signed, the data so far, and the signature where it has come.
fn begin(
    key: &Key,
    kind: ObjectType,
    parameters: Option<&CryptographicParameters<'_>>,
    work: Option<Work>,
) -> Result<(Scheme, Gathered, Vec<u8>), Refusal> {
    if let Some(Work::Sign { scheme, data, signature }) = work {
        return Ok((scheme, data, signature));
    }
    key.expect(&[kind])?;
    let parameters = key.parameters(parameters);
    let scheme = Scheme::of(key.algorithm(&parameters)?, key.bits, &parameters)?;
    Ok((scheme, Gathered::default(), Vec::new()))
}

/// The data with those of this part, and their digest at the end.
fn gather(
    call: &Call<'_>,
    scheme: Scheme,
    signed: &Signed<'_>,
    mut gathered: Gathered,
) -> Result<(Gathered, Option<aws_lc_rs::digest::Digest>), Refusal> {
    if let Some(digested) = signed.digested {
        if signed.part != Part::Only || signed.data.is_some() {
            return Err(Cause::InvalidField.because("Digested Data stand for all data, and come alone"));
        }
        return Ok((gathered, Some(scheme.digested(digested)?)));
    }
    if signed.part == Part::Only && signed.data.is_none() {
        return Err(Cause::InvalidField.because("there are neither Data nor Digested Data"));
    }
    let piece = Zeroizing::new(call.data(signed.data)?.to_vec());
    gathered.push(&piece)?;
    let digest = match signed.part.is_last() {
        true => Some(scheme.digest(gathered.bytes())?),
        false => None,
    };
    Ok((gathered, digest))
}
