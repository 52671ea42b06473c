//! Sign and Signature Verify (KMIP 2.1, 6.1.55 and 6.1.56; KMIP 1.4, 4.31 and 4.32).

use kmip_ttlv::enumeration::{ObjectType, OperationCode, ValidityIndicator};
use zeroize::Zeroizing;

use super::super::crypto::signature::{self, SignatureScheme};
use super::encrypt::go_on;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::operation::{SignRequest, SignResponse, SignatureVerifyRequest, SignatureVerifyResponse};
use crate::protocol::{Data, Id};
use crate::test_server::base::habits::Habits;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::operations::limits::{Key, Purpose, spend};
use crate::test_server::state::call::{Answer, Call};
use crate::test_server::state::streams::{Gathered, Part, Work};

/// The input of a signature, from a request or its parts.
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
    let parameters = request.cryptographic_parameters.as_ref();
    let (scheme, gathered, _) = begin(call.view.habits, &key, ObjectType::PRIVATE_KEY, parameters, work)?;
    let (gathered, digest) = gather(call, scheme, &signed, gathered)?;
    let signature = match what(scheme, &signed, digest, &gathered)? {
        Some(signed) => Some(scheme.sign(&key.bytes, key.format, &signed)?),
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
    let (scheme, gathered, earlier) = begin(call.view.habits, &key, ObjectType::PUBLIC_KEY, parameters, work)?;
    let (gathered, digest) = gather(call, scheme, &signed, gathered)?;
    // The signature may come with any part.
    let signature = request.signature_data.map_or(earlier, <[u8]>::to_vec);
    let validity_indicator = match what(scheme, &signed, digest, &gathered)? {
        Some(_) if signature.is_empty() => return Err(Cause::InvalidField.because("there is no Signature Data")),
        Some(signed) => Some(if scheme.verify(&key.bytes, &signed, &signature)? {
            ValidityIndicator::VALID
        } else {
            ValidityIndicator::INVALID
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

/// Returns the scheme, the data so far, and the signature if it has arrived.
fn begin(
    habits: Habits,
    key: &Key,
    kind: ObjectType,
    parameters: Option<&CryptographicParameters<'_>>,
    work: Option<Work>,
) -> Result<(SignatureScheme, Gathered, Vec<u8>), Refusal> {
    if let Some(Work::Sign { scheme, data, signature }) = work {
        return Ok((scheme, data, signature));
    }
    key.expect(&[kind])?;
    let parameters = key.parameters(parameters);
    let scheme = SignatureScheme::of(key.algorithm(&parameters)?, key.bits, &parameters, habits)?;
    Ok((scheme, Gathered::default(), Vec::new()))
}

/// Returns the input of the signature at the end: the client's digest, or the data.
fn what<'a>(
    scheme: SignatureScheme,
    signed: &Signed<'_>,
    digest: Option<aws_lc_rs::digest::Digest>,
    gathered: &'a Gathered,
) -> Result<Option<signature::Signed<'a>>, Refusal> {
    match digest {
        Some(digest) => Ok(Some(signature::Signed::Digest(digest))),
        None if signed.part.is_last() => scheme.signed(gathered.bytes()).map(Some),
        None => Ok(None),
    }
}

/// Adds the data of this part, or the digest that the client has computed.
fn gather(
    call: &Call<'_>,
    scheme: SignatureScheme,
    signed: &Signed<'_>,
    mut gathered: Gathered,
) -> Result<(Gathered, Option<aws_lc_rs::digest::Digest>), Refusal> {
    if let Some(digested) = signed.digested {
        if signed.part != Part::Only || signed.data.is_some() {
            return Err(Cause::InvalidField.because("Digested Data stand for all data, and come alone"));
        }
        if call.view.habits.no_digested_data {
            return Err(Cause::InvalidField.because("the server does not take Digested Data, the test wants it so"));
        }
        return Ok((gathered, Some(scheme.digested(digested)?)));
    }
    if signed.part == Part::Only && signed.data.is_none() {
        return Err(Cause::InvalidField.because("there are neither Data nor Digested Data"));
    }
    let piece = Zeroizing::new(call.data(signed.data)?.to_vec());
    gathered.push(&piece)?;
    Ok((gathered, None))
}
