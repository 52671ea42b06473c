//! Requests and their responses, without I/O: encoding, and the evaluation of received messages.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use kmip_ttlv::{ProtocolVersion, Result as TtlvResult};

use super::answered::Answered;
use super::asked::{Asked, BatchOptions};
use super::batch::{Batch, Operations};
use super::no_reply::NoReply;
use super::options::RequestOptions;
use super::outgoing::Outgoing;
use super::reply::Reply;
use crate::protocol::operation::{Operation, Repeat, Request};

/// A request message, and the expectations for its response: one request, as in `Exchange<Get>`, or a batch, as in
/// `Exchange<(Create, Get)>` and `Exchange<Vec<Get>>`.
///
/// This is the core of both clients. Together with [`Incoming`](crate::Incoming) it supports KMIP over any transport.
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
    outgoing: Outgoing,
    operations: PhantomData<fn() -> O>,
}

impl<O: Operation> Exchange<O> {
    /// Encodes a request for this version.
    ///
    /// # Errors
    ///
    /// Fails if the version cannot express a part of the request: the operation, a field, an attribute, a name. Also
    /// fails if the request contradicts itself, such as Register of PEM text labelled as PKCS#8.
    pub fn new<R: Request<Operation = O>>(version: ProtocolVersion, request: &R) -> TtlvResult<Self> {
        Self::with(version, request, &RequestOptions::new())
    }

    /// Encodes a request for this version, with header options such as credentials.
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
    /// Fails if the version cannot express a part of the request or of the options.
    pub fn with<R: Request<Operation = O>>(
        version: ProtocolVersion,
        request: &R,
        options: &RequestOptions,
    ) -> TtlvResult<Self> {
        Outgoing::new(version, &[Asked::new(request)], BatchOptions::default(), options, None).map(Self::from)
    }

    /// Evaluates a whole message as the response.
    ///
    /// # Errors
    ///
    /// Fails if the server refused the request, and if the message does not match the request.
    pub fn answer(&self, frame: Bytes) -> Result<Reply<O>, NoReply> {
        let (mut answered, _) = Answered::read(&self.outgoing, frame)?;
        answered.next_reply()
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
    /// Returns the same errors as [`Exchange::new`].
    pub fn batch<B: Batch<Operations = O> + ?Sized>(version: ProtocolVersion, batch: &B) -> TtlvResult<Self> {
        Self::batch_with(version, batch, &RequestOptions::new())
    }

    /// Encodes a batch of requests for this version, with header options.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Exchange::with`].
    pub fn batch_with<B: Batch<Operations = O> + ?Sized>(
        version: ProtocolVersion,
        batch: &B,
        options: &RequestOptions,
    ) -> TtlvResult<Self> {
        Outgoing::new(version, &batch.asked(), batch.options(), options, None).map(Self::from)
    }

    /// Evaluates a whole message as the response to the batch.
    ///
    /// # Errors
    ///
    /// Fails if the server refused the batch as a whole, and if the message does not match it. A single request that
    /// failed, or whose response cannot be decoded, has its error among the replies, unless the message has nothing
    /// else.
    pub fn answers(&self, frame: Bytes) -> Result<O::Replies<NoReply>, NoReply> {
        Answered::read(&self.outgoing, frame).map(|(answered, _)| O::replies(answered))
    }
}

impl<O> Exchange<O> {
    /// Returns the message to send. It may hold keys, and is wiped on drop.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        self.outgoing.request()
    }

    /// Returns `true` if sending the message twice has neither an effect nor a cost beyond that of sending it once:
    /// each of its requests is [idempotent](Request::is_idempotent).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.repeat() == Repeat::Free
    }

    /// Returns the cost of sending the message a second time: that of the most expensive request.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        self.outgoing.repeat()
    }
}

impl<O> From<Outgoing> for Exchange<O> {
    fn from(outgoing: Outgoing) -> Self {
        Self { outgoing, operations: PhantomData }
    }
}

/// Prints the length of the message, not its contents.
impl<O> fmt::Debug for Exchange<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outgoing { request, version, expected, .. } = &self.outgoing;
        match expected.as_slice() {
            [expected] => write!(f, "Exchange({}", expected.operation)?,
            several => write!(f, "Exchange({} requests", several.len())?,
        }
        write!(f, ", KMIP {version}, {} bytes)", request.len())
    }
}
