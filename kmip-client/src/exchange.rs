//! One request and its answer, without I/O: what to send, and what to make of what comes back.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use kmip_ttlv::enumeration::{OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{Encode, Item, ProtocolVersion, Result as TtlvResult, Tag, Writer, check_vocabulary};
use zeroize::Zeroizing;

use crate::protocol::message::{RequestBatchItem, RequestMessage, ResponseBatchItem, ResponseMessage};
use crate::protocol::operation::{Operation, Request};
use crate::reply::{RULES, Reply};

/// A request on its way, and what its answer has to be.
///
/// This is the core of both clients; with it and [`Incoming`](crate::Incoming) KMIP goes over any transport.
///
/// ```
/// use kmip_client::Exchange;
/// use kmip_client::protocol::operation::Get;
/// use kmip_ttlv::V1_4;
///
/// let exchange = Exchange::new(V1_4, &Get::id("9dc02223"))?;
/// assert_eq!(exchange.request()[..3], [0x42, 0x00, 0x78]); // a Request Message
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
pub struct Exchange<O> {
    request: Zeroizing<Vec<u8>>,
    version: ProtocolVersion,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> Exchange<O> {
    /// Encodes a request for this version.
    ///
    /// # Errors
    ///
    /// Where the version cannot carry something that is in the request: a field, an attribute, a name.
    pub fn new<R: Request<Operation = O>>(version: ProtocolVersion, request: &R) -> TtlvResult<Self> {
        let message = RequestMessage::new(version, vec![RequestBatchItem::new(O::CODE, Borrowed(request))]);
        let request = message.encode_message().map(Zeroizing::new)?;
        check_vocabulary(&request, version)?;
        Ok(Self { request, version, operation: PhantomData })
    }

    /// The message to send. It may hold keys, and is wiped when the exchange goes.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// Reads a whole message as the answer.
    ///
    /// # Errors
    ///
    /// Where the server refuses, and where the message is no answer to the request.
    pub fn answer(&self, frame: Bytes) -> Result<Reply<O>, NoReply> {
        let (message, skipped) =
            ResponseMessage::<Item<'_>>::decode_message_as(&frame, RULES).map_err(NoReply::Malformed)?;
        let payload = self.payload(&message)?;
        Reply::new(frame, payload, self.version, skipped).map_err(NoReply::Malformed)
    }

    /// Where the payload is, once it is clear that the message is an answer to the request and not a refusal.
    fn payload(&self, message: &ResponseMessage<'_, Item<'_>>) -> Result<Option<std::ops::Range<usize>>, NoReply> {
        let out_of_step = |what| Err(NoReply::OutOfStep(what));
        let [item] = message.batch_items.as_slice() else {
            return out_of_step(OutOfStep::BatchCount { expected: 1, received: message.batch_items.len() });
        };
        // Servers leave the operation out where they could not read the request, and some leave it out always.
        if let Some(received) = item.operation.filter(|operation| *operation != O::CODE) {
            return out_of_step(OutOfStep::Operation { expected: O::CODE, received });
        }
        // A refusal holds whatever version it comes in: a server that does not speak ours has no other way to say so.
        if item.result_status != ResultStatus::SUCCESS {
            return Err(NoReply::Refused(Refusal::new(O::CODE, item)));
        }
        let received = message.header.protocol_version;
        if received != self.version {
            return out_of_step(OutOfStep::Version { expected: self.version, received });
        }
        if let Some(announced) = message.header.batch_count.filter(|count| *count != 1) {
            return out_of_step(OutOfStep::BatchAnnounced { announced, received: 1 });
        }
        Ok(item.payload.map(|payload| payload.range()))
    }
}

/// Prints how large the request is, not what is in it.
impl<O: Operation> fmt::Debug for Exchange<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exchange({}, KMIP {}, {} bytes)", O::CODE, self.version, self.request.len())
    }
}

/// A payload that stays with the caller.
struct Borrowed<'p, P>(&'p P);

impl<P: Encode> Encode for Borrowed<'_, P> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> TtlvResult<()> {
        self.0.encode(tag, writer)
    }

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        self.0.encoded_len(tag, version)
    }
}

/// Why there is no reply to a request, though a message came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoReply {
    /// The server will not.
    #[error(transparent)]
    Refused(Refusal),
    /// The message cannot be read.
    #[error("the answer cannot be read")]
    Malformed(#[source] kmip_ttlv::Error),
    /// The message can be read, and answers something else.
    #[error(transparent)]
    OutOfStep(OutOfStep),
}

/// An answer to something else than was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutOfStep {
    /// It speaks another version of KMIP.
    #[error("the answer is in KMIP {received}, the request was in {expected}")]
    Version {
        /// The version of the request.
        expected: ProtocolVersion,
        /// The version of the answer.
        received: ProtocolVersion,
    },
    /// It answers another operation.
    #[error("the answer is one to {received}, asked was {expected}")]
    Operation {
        /// What was asked.
        expected: OperationCode,
        /// What was answered.
        received: OperationCode,
    },
    /// It has another number of items.
    #[error("the answer has {received} items, the request had {expected}")]
    BatchCount {
        /// Items of the request.
        expected: usize,
        /// Items of the answer.
        received: usize,
    },
    /// It announces another number of items than it has.
    #[error("the answer announces {announced} items and has {received}")]
    BatchAnnounced {
        /// Items that its header announces.
        announced: i32,
        /// Items that it has.
        received: usize,
    },
    /// Bytes came that nobody had asked for.
    #[error("the server sent more than the answer")]
    Unasked,
}

/// A server's refusal (KMIP 2.1, 9.18 to 9.20; KMIP 1.4, 6.9 to 6.11).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What it refuses.
    pub operation: OperationCode,
    /// How it went: Operation Failed, mostly.
    pub status: ResultStatus,
    /// Why.
    pub reason: Option<ResultReason>,
    /// Why, in the server's words.
    pub message: Option<String>,
}

impl Refusal {
    /// The words of a server go to logs and terminals: control characters are replaced.
    fn new(operation: OperationCode, item: &ResponseBatchItem<'_, Item<'_>>) -> Self {
        let message = item.result_message.map(|text| text.replace(char::is_control, " "));
        Self { operation, status: item.result_status, reason: item.result_reason, message }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} refused: {}", self.operation, self.status)?;
        if let Some(reason) = self.reason {
            write!(f, ", {reason}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}
