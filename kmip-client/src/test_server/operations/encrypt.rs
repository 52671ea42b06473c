//! Encrypt and Decrypt (KMIP 2.1, 6.1.17 and 6.1.11; KMIP 1.4, 4.29 and 4.30).

use kmip_ttlv::V1_4;
use kmip_ttlv::enumeration::{CryptographicAlgorithm, ObjectType, OperationCode};
use zeroize::Zeroizing;

use super::super::crypto::cipher::{self, Blocks, CipherScheme, Direction};
use super::super::crypto::rsa::Padding;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::operation::{DecryptRequest, DecryptResponse, EncryptRequest, EncryptResponse};
use crate::protocol::{Id, Secret};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate::random_bytes;
use crate::test_server::operations::limits::{Key, Purpose, spend};
use crate::test_server::state::call::{Answer, Call};
use crate::test_server::state::streams::{Gathered, Part, Work};

type Bytes = Zeroizing<Vec<u8>>;

/// The parameters that both requests share.
struct How<'a> {
    direction: Direction,
    parameters: Option<&'a CryptographicParameters<'a>>,
    iv: Option<&'a [u8]>,
    additional: Option<&'a [u8]>,
    tag: Option<&'a [u8]>,
}

pub(super) fn encrypt(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::ENCRYPT;
    let request: EncryptRequest<'_> = call.request(payload)?;
    let part = Part::of(request.correlation_value, request.init_indicator, request.final_indicator)?;
    let how = How {
        direction: Direction::Encrypt,
        parameters: request.cryptographic_parameters.as_ref(),
        iv: request.iv_counter_nonce,
        additional: request.additional_data,
        tag: None,
    };
    let resumed = call.resume(CODE, part)?;
    let (key, work) = go_on(call, request.unique_identifier.as_ref(), Purpose::ENCRYPT, resumed)?;
    let data = Zeroizing::new(call.data(request.data.as_ref())?.to_vec());
    let (mut work, made_iv) = match work {
        Some(work) => (work, None),
        None => begin(call, &key, &how)?,
    };
    let (mut out, tag) = step(&mut work, Direction::Encrypt, &key, &data, part.is_last())?;
    spend(call, &key.id, data.len(), part.is_last())?;
    // Before KMIP 1.4 there is no field for the tag.
    let mut tag = tag;
    if call.view.version < V1_4
        && let Some(tag) = tag.take()
    {
        out = Zeroizing::new([out.as_slice(), &tag].concat());
    }
    let correlation = call.suspend(CODE, part, Some(&key.id), work)?;
    call.produce_data(CODE, &out);
    call.answer(&EncryptResponse {
        unique_identifier: Id::Text(&key.id),
        data: Some(&out),
        iv_counter_nonce: made_iv.as_deref(),
        correlation_value: correlation.as_deref(),
        tag: tag.as_deref(),
    })
}

pub(super) fn decrypt(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    const CODE: OperationCode = OperationCode::DECRYPT;
    let request: DecryptRequest<'_> = call.request(payload)?;
    let part = Part::of(request.correlation_value, request.init_indicator, request.final_indicator)?;
    let how = How {
        direction: Direction::Decrypt,
        parameters: request.cryptographic_parameters.as_ref(),
        iv: request.iv_counter_nonce,
        additional: request.additional_data,
        tag: request.tag,
    };
    let resumed = call.resume(CODE, part)?;
    let (key, work) = go_on(call, request.unique_identifier.as_ref(), Purpose::DECRYPT, resumed)?;
    let data = Zeroizing::new(call.data(request.data.as_ref())?.to_vec());
    let mut work = match work {
        Some(work) => work,
        None => begin(call, &key, &how)?.0,
    };
    let (out, _) = step(&mut work, Direction::Decrypt, &key, &data, part.is_last())?;
    let correlation = call.suspend(CODE, part, Some(&key.id), work)?;
    call.produce_data(CODE, &out);
    call.answer(&DecryptResponse {
        unique_identifier: Id::Text(&key.id),
        data: Some(Secret::new(&out)),
        correlation_value: correlation.as_deref(),
    })
}

/// Returns the key of a request. A request that continues an operation uses the key of its first part. The key's
/// permitted uses are checked each time.
pub(super) fn go_on(
    call: &mut Call<'_>,
    id: Option<&Id<'_>>,
    purpose: Purpose,
    resumed: Option<(Option<String>, Work)>,
) -> Result<(Key, Option<Work>), Refusal> {
    let (began_with, work) = resumed.map_or((None, None), |(id, work)| (id, Some(work)));
    let began_with = began_with.as_deref().map(Id::Text);
    if let (Some(id), Some(began_with)) = (id, began_with)
        && call.resolve(Some(id))? != call.resolve(Some(&began_with))?
    {
        return Err(Cause::InvalidField.because("the operation has begun with another key"));
    }
    Ok((Key::of(call, began_with.as_ref().or(id), purpose)?, work))
}

/// Begins the work of a request, and returns the IV if the server generates it.
fn begin(call: &Call<'_>, key: &Key, how: &How<'_>) -> Result<(Work, Option<Vec<u8>>), Refusal> {
    let parameters = key.parameters(how.parameters);
    let algorithm = key.algorithm(&parameters)?;
    if algorithm == CryptographicAlgorithm::RSA {
        key.expect(&[match how.direction {
            Direction::Encrypt => ObjectType::PUBLIC_KEY,
            Direction::Decrypt => ObjectType::PRIVATE_KEY,
        }])?;
        return Ok((Work::Rsa { padding: Padding::of(&parameters)?, data: Gathered::default() }, None));
    }
    key.expect(&[ObjectType::SYMMETRIC_KEY])?;
    let scheme = CipherScheme::of(algorithm, key.bytes.len(), &parameters)?;
    let needed = scheme.iv_len();
    let made = match how.iv {
        None if needed > 0 && how.direction == Direction::Encrypt && parameters.random_iv == Some(true) => {
            Some(random_bytes(call.random, needed)?)
        }
        None if needed > 0 => return Err(Cause::MissingIv.because(format!("the mode needs an IV of {needed} bytes"))),
        _ => None,
    };
    let iv = made.as_deref().or(how.iv.filter(|_| needed > 0)).unwrap_or_default();
    if iv.len() != needed {
        return Err(Cause::InvalidField.because(format!("the IV has {} bytes, and the mode needs {needed}", iv.len())));
    }
    let work = match scheme {
        CipherScheme::Blocks(..) if how.additional.is_some() || how.tag.is_some() => {
            return Err(Cause::BadParameters.because("the mode does not authenticate anything"));
        }
        CipherScheme::Blocks(mode, padded) => Work::Blocks(Blocks::new((mode, padded), how.direction, iv)),
        CipherScheme::Authenticated(algorithm, tag_len) => Work::Sealed {
            scheme: (algorithm, tag_len),
            iv: iv.to_vec(),
            additional: how.additional.unwrap_or_default().to_vec(),
            tag: how.tag.unwrap_or_default().to_vec(),
            data: Gathered::default(),
        },
    };
    Ok((work, made))
}

/// Returns the output available after this part, and the tag at the end.
fn step(
    work: &mut Work,
    direction: Direction,
    key: &Key,
    piece: &[u8],
    last: bool,
) -> Result<(Bytes, Option<Vec<u8>>), Refusal> {
    match work {
        Work::Blocks(blocks) => Ok((blocks.update(&key.bytes, piece, last)?, None)),
        Work::Rsa { padding, data } => {
            data.push(piece)?;
            match direction {
                _ if !last => Ok((Bytes::default(), None)),
                Direction::Encrypt => Ok((padding.encrypt(&key.bytes, key.format, data.bytes())?, None)),
                Direction::Decrypt => Ok((padding.decrypt(&key.bytes, key.format, data.bytes())?, None)),
            }
        }
        Work::Sealed { scheme, iv, additional, tag, data } => {
            data.push(piece)?;
            let all = data.bytes();
            if !last {
                return Ok((Bytes::default(), None));
            }
            if direction == Direction::Encrypt {
                let (ciphertext, tag) = cipher::seal(*scheme, &key.bytes, iv, additional, all)?;
                return Ok((ciphertext, Some(tag)));
            }
            // Without a field for it, as before KMIP 1.4, the tag follows the data.
            let (ciphertext, tag) = match tag.as_slice() {
                [] => all.split_at_checked(all.len().saturating_sub(scheme.1)).unwrap_or((all, &[])),
                tag => (all, tag),
            };
            Ok((cipher::open(*scheme, &key.bytes, iv, additional, ciphertext, tag)?, None))
        }
        _ => Err(Cause::General.because("the operation has begun as another")),
    }
}
