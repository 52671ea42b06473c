//! A request message to send, with the types of its requests erased.

#[cfg(feature = "_client")]
mod client;

use kmip_ttlv::{
    Encode, Error, ErrorKind, ProtocolVersion, Result as TtlvResult, Tag, V2_0, V3_0, Writer, check_vocabulary,
};
use zeroize::Zeroizing;

use super::asked::{Asked, BatchOptions, Expected, ItemId};
use super::options::RequestOptions;
use crate::protocol::message::{RequestBatchItem, RequestMessage};
use crate::protocol::operation::Repeat;

/// An encoded request message, and the expectations for its response.
///
/// Not generic over the operations, so that encoding is compiled once.
pub(crate) struct Outgoing {
    pub(super) request: Zeroizing<Vec<u8>>,
    pub(super) version: ProtocolVersion,
    /// The version of the payloads, if it is later than that of the message.
    pub(super) payload_version: Option<ProtocolVersion>,
    /// The expectations for the responses, in the order of the requests.
    pub(super) expected: Vec<Expected>,
    pub(super) in_any_order: bool,
    /// The Unique Batch Item ID of the first request, if the items have one; the others count up from it.
    pub(super) first_id: Option<u64>,
    /// For a Poll: the payload of the original request.
    pub(super) asked_first: Option<Zeroizing<Vec<u8>>>,
}

impl Outgoing {
    /// Encodes requests. A client passes their numbers among all of its requests, for unique batch item IDs.
    pub(crate) fn new(
        version: ProtocolVersion,
        asked: &[Asked<'_>],
        batch: BatchOptions,
        options: &RequestOptions,
        number: Option<u64>,
    ) -> TtlvResult<Self> {
        if let Some((tag, what)) = asked.iter().find_map(|asked| asked.problem) {
            return Err(Error::of_value(tag, ErrorKind::Value(what)));
        }
        let first_id = first_id(version, asked.len(), number);
        let id_of = |index: usize| first_id.map(|first| first.wrapping_add(index as u64).to_be_bytes());
        let ids: Vec<Option<ItemId>> = (0..asked.len()).map(id_of).collect();
        let items = asked.iter().zip(&ids).map(|(asked, id)| RequestBatchItem {
            unique_batch_item_id: id.as_ref().map(ItemId::as_slice),
            ..RequestBatchItem::new(asked.operation, Borrowed(asked.payload))
        });
        let mut message = RequestMessage::new(version, items.collect());
        options.apply(&mut message.header)?;
        if asked.len() > 1 {
            message.header.batch_error_continuation_option = batch.on_failure;
            message.header.batch_order_option = order_option(version, batch.in_any_order);
        }
        let payload_version = options.payload_version_in(version)?;
        let vocabulary = payload_version.unwrap_or(version);
        let request = message.encode_message_with(vocabulary).map(Zeroizing::new)?;
        check_vocabulary(&request, vocabulary)?;
        let expected = asked.iter().map(|asked| asked.expected).collect();
        let in_any_order = batch.in_any_order;
        Ok(Self { request, version, payload_version, expected, in_any_order, first_id, asked_first: None })
    }

    /// Returns the message.
    pub(crate) fn request(&self) -> &[u8] {
        &self.request
    }

    /// Returns the cost of sending the message a second time: that of the most expensive request.
    pub(crate) fn repeat(&self) -> Repeat {
        self.expected.iter().map(|expected| expected.repeat).min().unwrap_or(Repeat::Free)
    }
}

/// Returns the Unique Batch Item ID of the first request: its number among all requests of its client, or 1 for a batch
/// without a client.
///
/// A single request has one only if a client numbers it. KMIP 3.0 has no such field; there the order determines the
/// request.
fn first_id(version: ProtocolVersion, requests: usize, number: Option<u64>) -> Option<u64> {
    let unnumbered = (requests > 1).then_some(1);
    number.or(unnumbered).filter(|_| version < V3_0)
}

/// Returns the Batch Order Option. Its absence means any order before KMIP 2.0, and that of the requests since then;
/// 3.0 does not have the field.
fn order_option(version: ProtocolVersion, in_any_order: bool) -> Option<bool> {
    let is_default = if version < V2_0 { in_any_order } else { !in_any_order };
    (!is_default && version < V3_0).then_some(!in_any_order)
}

/// A payload that is borrowed from the caller.
struct Borrowed<'p>(&'p dyn Encode);

impl Encode for Borrowed<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> TtlvResult<()> {
        self.0.encode(tag, writer)
    }
}
