//! Requests and their answer, without I/O: what to send, and what to make of what comes back.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
#[cfg(feature = "_client")]
use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{
    Encode, Error, ErrorKind, ProtocolVersion, Result as TtlvResult, Tag, V2_0, V3_0, Writer, check_vocabulary,
};
use zeroize::Zeroizing;

use super::answered::{Answered, read};
use super::asked::{Asked, Expected, ItemId};
use super::batch::sealed::Options;
use super::batch::{Batch, Operations};
#[cfg(feature = "_client")]
use super::binding::{Items, makes_object};
use super::no_reply::NoReply;
use super::options::RequestOptions;
use super::reply::Reply;
use crate::protocol::message::{RequestBatchItem, RequestMessage};
use crate::protocol::operation::{Operation, Repeat, Request};

/// A message on its way, and what its answer has to be: one request, as in `Exchange<Get>`, or a batch of them, as in
/// `Exchange<(Create, Get)>` and `Exchange<Vec<Get>>`.
///
/// This is the core of both clients; with it and [`Incoming`](crate::Incoming) KMIP goes over any transport.
///
/// ```
/// use kmip_client::Exchange;
/// use kmip_client::protocol::operation::Get;
/// use kmip_client::ttlv::V1_4;
///
/// let exchange = Exchange::new(V1_4, &Get::id("9dc02223"))?;
/// assert_eq!(exchange.request()[..3], [0x42, 0x00, 0x78]); // a Request Message
/// # Ok::<(), kmip_client::ttlv::Error>(())
/// ```
pub struct Exchange<O> {
    pub(super) request: Zeroizing<Vec<u8>>,
    pub(super) version: ProtocolVersion,
    /// What has to be answered, in the order of the requests.
    pub(super) expected: Vec<Expected>,
    pub(super) in_any_order: bool,
    /// The Unique Batch Item ID of the first request, where the items have one; the others count up from it.
    pub(super) first_id: Option<u64>,
    /// What a Poll asks the answer of: the payload of the request that was sent at first.
    pub(super) asked_first: Option<Zeroizing<Vec<u8>>>,
    operations: PhantomData<fn() -> O>,
}

impl<O: Operation> Exchange<O> {
    /// Encodes a request for this version.
    ///
    /// # Errors
    ///
    /// Where the version cannot carry something that is in the request: the operation, a field, an attribute, a name. And where the
    /// request contradicts itself, as Register does of PEM text that it says is PKCS#8.
    pub fn new<R: Request<Operation = O>>(version: ProtocolVersion, request: &R) -> TtlvResult<Self> {
        Self::with(version, request, &RequestOptions::new())
    }

    /// Encodes a request for this version, with a header that says more: who asks, for example.
    ///
    /// ```
    /// use kmip_client::protocol::operation::Get;
    /// use kmip_client::{Credentials, Exchange, RequestOptions};
    /// use kmip_client::ttlv::V1_4;
    ///
    /// let alice = RequestOptions::new().credential(Credentials::user("alice", "secret"));
    /// let exchange = Exchange::with(V1_4, &Get::id("9dc02223"), &alice)?;
    /// # let _ = exchange;
    /// # Ok::<(), kmip_client::ttlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the version cannot carry something that is in the request or in the options.
    pub fn with<R: Request<Operation = O>>(
        version: ProtocolVersion,
        request: &R,
        options: &RequestOptions,
    ) -> TtlvResult<Self> {
        Self::encode(version, &[Asked::new(request)], Options::default(), options, None)
    }

    /// Reads a whole message as the answer.
    ///
    /// # Errors
    ///
    /// Where the server refuses, and where the message is no answer to the request.
    pub fn answer(&self, frame: Bytes) -> Result<Reply<O>, NoReply> {
        self.read(frame)?.next_reply()
    }
}

impl<O: Operations> Exchange<O> {
    /// Encodes a batch of requests for this version. Servers refuse an empty one.
    ///
    /// ```
    /// use kmip_client::Exchange;
    /// use kmip_client::protocol::Id;
    /// use kmip_client::protocol::operation::{Create, Get};
    /// use kmip_client::ttlv::V1_4;
    ///
    /// let exchange: Exchange<(Create, Get)> = Exchange::batch(V1_4, &(Create::aes(256), Get::id(Id::Placeholder)))?;
    /// # let _ = exchange;
    /// # Ok::<(), kmip_client::ttlv::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Exchange::new`].
    pub fn batch<B: Batch<Operations = O> + ?Sized>(version: ProtocolVersion, batch: &B) -> TtlvResult<Self> {
        Self::batch_with(version, batch, &RequestOptions::new())
    }

    /// Encodes a batch of requests for this version, with a header that says more.
    ///
    /// # Errors
    ///
    /// As [`Exchange::with`].
    pub fn batch_with<B: Batch<Operations = O> + ?Sized>(
        version: ProtocolVersion,
        batch: &B,
        options: &RequestOptions,
    ) -> TtlvResult<Self> {
        Self::encode(version, &batch.asked(), batch.options(), options, None)
    }

    /// Reads a whole message as the answer to the batch.
    ///
    /// # Errors
    ///
    /// Where the server refuses the batch as a whole, and where the message is no answer to it. A single request that failed, or whose
    /// answer cannot be read, has its error among the replies, unless there is nothing else in the message.
    pub fn answers(&self, frame: Bytes) -> Result<O::Replies<NoReply>, NoReply> {
        self.read(frame).map(O::replies)
    }
}

impl<O> Exchange<O> {
    /// The message to send. It may hold keys, and is wiped when the exchange goes.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// Returns `true` if sending the message twice has neither an effect nor a cost that sending it once does not have: each of its requests
    /// is [idempotent](Request::is_idempotent).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.repeat() == Repeat::Free
    }

    /// Says what it costs to send the message a second time: as much as the request that costs most.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        self.expected.iter().map(|expected| expected.repeat).min().unwrap_or(Repeat::Free)
    }

    fn encode(
        version: ProtocolVersion,
        asked: &[Asked<'_>],
        options: Options,
        of_header: &RequestOptions,
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
        of_header.apply(&mut message.header)?;
        if asked.len() > 1 {
            message.header.batch_error_continuation_option = options.on_failure;
            message.header.batch_order_option = order_option(version, options.in_any_order);
        }
        let request = message.encode_message().map(Zeroizing::new)?;
        check_vocabulary(&request, version)?;
        let expected = asked.iter().map(|asked| asked.expected).collect();
        let in_any_order = options.in_any_order;
        Ok(Self { request, version, expected, in_any_order, first_id, asked_first: None, operations: PhantomData })
    }

    /// What the message says to each request; an error where it is no answer to any.
    pub(crate) fn read(&self, frame: Bytes) -> Result<Answered<NoReply>, NoReply> {
        read(frame, self)
    }

    /// What has to be answered, in the order of the requests.
    #[cfg(feature = "_client")]
    pub(crate) fn expected(&self) -> &[Expected] {
        &self.expected
    }

    /// Returns the payload of the request with this index.
    #[cfg(feature = "_client")]
    pub(crate) fn payload(&self, index: usize) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(Items::payloads(&self.request).nth(index).unwrap_or_default().0.to_vec())
    }

    /// The version that it is encoded for.
    #[cfg(feature = "_client")]
    pub(crate) fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// Returns the first operation that makes an object: two answers to it never name the same one.
    #[cfg(feature = "_client")]
    pub(crate) fn made_object(&self) -> Option<OperationCode> {
        self.expected.iter().map(|expected| expected.operation).find(|operation| makes_object(*operation))
    }

    /// The operations that are asked for, in their order.
    #[cfg(feature = "_client")]
    pub(crate) fn operations(&self) -> Vec<OperationCode> {
        self.expected.iter().map(|expected| expected.operation).collect()
    }
}

#[cfg(feature = "_client")]
impl Exchange<()> {
    /// Encodes requests of any types, with batch item IDs that no other request of their client has.
    pub(crate) fn of_any(
        version: ProtocolVersion,
        asked: &[Asked<'_>],
        options: Options,
        of_header: &RequestOptions,
        number: Option<u64>,
    ) -> TtlvResult<Self> {
        Self::encode(version, asked, options, of_header, number)
    }

    /// Asks by Poll for the answer that was to come later. It has to be one to what was asked at first, of which this is the payload.
    ///
    /// It is not sent twice: a server may have forgotten the answer that it has sent.
    pub(crate) fn poll(
        version: ProtocolVersion,
        correlation_value: &[u8],
        (expected, asked_first): (Expected, Zeroizing<Vec<u8>>),
        options: &RequestOptions,
        number: Option<u64>,
    ) -> TtlvResult<Self> {
        let payload = crate::protocol::operation::Poll::correlation_value(correlation_value);
        let expected = Expected { repeat: Repeat::Never, later: true, ..expected };
        let asked = Asked { operation: OperationCode::POLL, payload: &payload, expected, problem: None };
        let exchange = Self::encode(version, &[asked], Options::default(), options, number)?;
        Ok(Self { asked_first: Some(asked_first), ..exchange })
    }
}

/// Prints how large the message is, not what is in it.
impl<O> fmt::Debug for Exchange<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expected.as_slice() {
            [expected] => write!(f, "Exchange({}", expected.operation)?,
            several => write!(f, "Exchange({} requests", several.len())?,
        }
        write!(f, ", KMIP {}, {} bytes)", self.version, self.request.len())
    }
}

/// Returns the Unique Batch Item ID of the first request: its number among all requests of its client, or 1 for a batch without a client.
///
/// A single request has one only if a client numbers it. KMIP 3.0 has no such field; there the order tells.
fn first_id(version: ProtocolVersion, requests: usize, number: Option<u64>) -> Option<u64> {
    let unnumbered = (requests > 1).then_some(1);
    number.or(unnumbered).filter(|_| version < V3_0)
}

/// What to say of the order. Before KMIP 2.0 nothing means any, since then it means theirs; 3.0 has no word for it.
fn order_option(version: ProtocolVersion, in_any_order: bool) -> Option<bool> {
    let unsaid = if version < V2_0 { in_any_order } else { !in_any_order };
    (!unsaid && version < V3_0).then_some(!in_any_order)
}

/// A payload that stays with the caller.
struct Borrowed<'p>(&'p dyn Encode);

impl Encode for Borrowed<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> TtlvResult<()> {
        self.0.encode(tag, writer)
    }

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.0.encoded_len(tag, version)
    }
}
