//! Checks of a message before any of its items is executed.

use kmip_ttlv::enumeration::{AsynchronousIndicator, BatchErrorContinuationOption};
use kmip_ttlv::{Decode, Item, ProtocolVersion, Reader, Tag, V3_0, encode};
use zeroize::Zeroizing;

use crate::protocol::message::{Asynchronous, RequestBatchItem, RequestHeader, RequestMessage};
use crate::test_server::base::produced::Answer;
use crate::test_server::base::refusal::{Cause, Refusal};

/// A request whose payloads are decoded one by one, so that a malformed one fails alone.
pub(in crate::test_server) type Request<'a> = RequestMessage<'a, Item<'a>>;

/// Reads the version in the header of a request, which determines how the rest is decoded.
pub(in crate::test_server) fn version_of(frame: &[u8]) -> kmip_ttlv::Result<ProtocolVersion> {
    let mut reader = Reader::new(frame);
    let version = reader
        .enter(Tag::REQUEST_MESSAGE)
        .and_then(|mut message| message.enter(Tag::REQUEST_HEADER))
        .and_then(|mut header| ProtocolVersion::decode_next(&mut header, Tag::PROTOCOL_VERSION));
    version.map_err(|error| error.locate(frame))
}

/// Refuses a message as a whole if its header and its items are inconsistent.
pub(in crate::test_server) fn check(request: &Request<'_>) -> Result<(), Refusal> {
    let RequestMessage { header, batch_items: items } = request;
    // It may have a password in it.
    let encoded = encode(header, Tag::REQUEST_HEADER, header.protocol_version).map(Zeroizing::new);
    if let Err(error) = encoded {
        return Err(Cause::InvalidField.because(error.to_string()));
    }
    if header.protocol_version >= V3_0 {
        check_unmarked(items)?;
    } else {
        check_marked(header, items)?;
    }
    // In KMIP 1.x the client can only allow an asynchronous response; in 2.x it can require one.
    if header.asynchronous_indicator == Some(Asynchronous::Indicated(AsynchronousIndicator::MANDATORY))
        && header.batch_error_continuation_option == Some(BatchErrorContinuationOption::UNDO)
    {
        return Err(Cause::FeatureNotSupported.because("the server does not undo what it answers later"));
    }
    let mut extensions = items.iter().flat_map(|item| &item.message_extensions);
    match extensions.find(|extension| extension.criticality_indicator) {
        Some(extension) => {
            let message = format!("the server does not know the extension of {}", extension.vendor_identification);
            Err(Cause::UnknownExtension.because(message))
        }
        None => Ok(()),
    }
}

/// Checks a message up to KMIP 2.1: items are counted, and several items need distinct IDs.
fn check_marked(header: &RequestHeader<'_>, items: &[RequestBatchItem<'_, Item<'_>>]) -> Result<(), Refusal> {
    if items.is_empty() || header.batch_count.is_none_or(|count| usize::try_from(count) != Ok(items.len())) {
        return Err(Cause::InvalidMessage.because("the Batch Count is not the number of batch items, or is 0"));
    }
    if items.len() > 1 && items.iter().any(|item| item.unique_batch_item_id.is_none()) {
        return Err(Cause::InvalidMessage.because("of several batch items each needs a Unique Batch Item ID"));
    }
    Ok(())
}

/// Checks a message of KMIP 3.0, whose items are neither counted nor numbered. Decoding the header has refused a Batch
/// Count.
fn check_unmarked(items: &[RequestBatchItem<'_, Item<'_>>]) -> Result<(), Refusal> {
    if items.is_empty() {
        return Err(Cause::InvalidMessage.because("there is no batch item"));
    }
    if items.iter().any(|item| item.unique_batch_item_id.is_some()) {
        return Err(Cause::InvalidMessage.because("KMIP 3.0 has no Unique Batch Item ID"));
    }
    Ok(())
}

/// Returns `true` if the reply is not longer than the client allows.
pub(in crate::test_server) fn fits(reply: &Answer, limit: i32) -> bool {
    usize::try_from(limit).is_ok_and(|limit| reply.len() <= limit)
}
