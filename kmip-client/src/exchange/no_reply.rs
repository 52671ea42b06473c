//! The reasons for which a response message has no reply to a request.

#[cfg(feature = "_client")]
mod client;

use std::fmt;

use kmip_ttlv::enumeration::{ObjectType, OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{Item, ProtocolVersion};

use super::endpoint::Endpoint;
use super::report::{Hex, Printable, Report};
use crate::protocol::message::{Nonce, ResponseBatchItem, ResponseHeader};

/// The reason for which a response message has no reply to a request.
///
/// ```
/// use kmip_client::protocol::operation::Get;
/// use kmip_client::ttlv::V1_4;
/// use kmip_client::{Exchange, NoReply};
///
/// let exchange = Exchange::new(V1_4, &Get::id("9dc02223"))?;
/// let frame = vec![0x42, 0x00, 0x7B, 0x01, 0, 0, 0, 0]; // a Response Message with nothing in it
/// match exchange.answer(frame.into()) {
///     Err(NoReply::Refused(refusal)) => println!("no: {refusal}"),
///     Err(NoReply::Pending(_)) => println!("later: ask by Poll"),
///     Err(no_reply) => println!("no answer: {}", no_reply.report()),
///     Ok(reply) => drop(reply),
/// }
/// # Ok::<(), kmip_client::ttlv::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoReply {
    /// The server refused the request.
    #[error(transparent)]
    Refused(Refusal),
    /// The server did not execute the request, because an earlier request of the batch failed.
    #[error("{0} was not executed, since another request of its batch failed")]
    NotExecuted(OperationCode),
    /// The server will answer later.
    #[error(transparent)]
    Pending(Pending),
    /// The message cannot be decoded.
    #[error("the answer cannot be read")]
    Malformed(#[source] kmip_ttlv::Error),
    /// The message is well formed, but does not answer the request.
    #[error(transparent)]
    OutOfStep(OutOfStep),
}

impl NoReply {
    /// Returns the error and all of its causes as one line, without repetitions: see [`Report`].
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report::of(self)
    }
}

impl From<OutOfStep> for NoReply {
    fn from(reason: OutOfStep) -> Self {
        Self::OutOfStep(reason)
    }
}

/// A response that does not match the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutOfStep {
    /// The response has another version of KMIP.
    #[error("the answer is in KMIP {received}, the request was in {expected}")]
    Version {
        /// The version of the request.
        expected: ProtocolVersion,
        /// The version of the response.
        received: ProtocolVersion,
    },
    /// The response names another operation.
    #[error("the answer is one to {received}, asked was {expected}")]
    Operation {
        /// The requested operation.
        expected: OperationCode,
        /// The operation in the response.
        received: OperationCode,
    },
    /// The response has more items than the request, or none.
    #[error("the answer has {received} items, the request had {expected}")]
    BatchCount {
        /// The number of items of the request.
        expected: usize,
        /// The number of items of the response.
        received: usize,
    },
    /// An item has an ID that no request of the batch has.
    #[error("an item of the answer has the ID of no request")]
    ForeignItem,
    /// The response names another object than the request.
    #[error("the answer to {operation} is about another object than was asked for")]
    ForeignObject {
        /// The operation of the request.
        operation: OperationCode,
    },
    /// The object has another type than the request or the response states.
    #[error("the answer to {operation} has an object of the type {received} in the place of {expected}")]
    ObjectType {
        /// The operation of the request.
        operation: OperationCode,
        /// The requested type, or the type that the response states.
        expected: ObjectType,
        /// The type that the response states, or the type of its object.
        received: ObjectType,
    },
    /// The key has another length than the response states.
    #[error("the answer has a key of {received} bits and says that it has {stated}")]
    KeyLength {
        /// The stated length in bits.
        stated: i32,
        /// The length of the key in bits.
        received: usize,
    },
    /// The response repeats an earlier one, which named the same newly created object.
    #[error("the answer to {operation} is a repeat of an earlier one")]
    Repeated {
        /// The operation of the request.
        operation: OperationCode,
    },
    /// The response has no Unique Batch Item ID, although the server has repeated those of earlier requests on the same
    /// connection.
    #[error(
        "the answer does not repeat the Unique Batch Item ID of the request, as earlier ones on the same connection did"
    )]
    Unnumbered,
    /// Two items have the same ID.
    #[error("two items of the answer have the same ID")]
    ItemTwice,
    /// The response omits a request of the batch, although no earlier request failed.
    #[error("the answer leaves out {operation}, and nothing tells why")]
    Unanswered {
        /// The requested operation.
        operation: OperationCode,
    },
    /// The response to the first of several parts lacks the Correlation Value that the other parts need: the server
    /// took it for the whole data.
    #[error("the answer to the first part has no Correlation Value: the server does not take data in parts")]
    NoCorrelationValue,
}

/// A server's refusal (KMIP 2.1, 9.18 to 9.20; KMIP 1.4, 6.9 to 6.11).
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// use kmip_client::blocking::Client;
/// use kmip_client::Error;
/// use kmip_client::protocol::operation::Get;
/// use kmip_client::ttlv::enumeration::OperationCode;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = kmip_client::test_server::TestServer::start();
/// # let kms = Client::connect(&server.config())?;
/// let Err(Error::Refused(refusal)) = kms.call(&Get::id("no such key")) else { panic!("there is one") };
/// assert_eq!(refusal.operation, Some(OperationCode::GET));
/// println!("{refusal}"); // with the server's own words
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The refused operation; `None` for a batch as a whole.
    pub operation: Option<OperationCode>,
    /// The outcome: usually Operation Failed. Operation Undone if it was executed and then undone, because another
    /// request of the batch failed.
    pub status: ResultStatus,
    /// The reason, as a code.
    pub reason: Option<ResultReason>,
    /// The reason, in the server's words: at most 1,000 characters, with control characters and the like escaped.
    pub message: Option<String>,
    /// The nonce that came with the refusal, for an attestation or a hashed password.
    pub nonce: Option<ServerNonce>,
}

/// A nonce of the server, which a client includes in its attestation (KMIP 2.1, 9.14).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerNonce {
    /// The identifier of the nonce on the server.
    pub id: Vec<u8>,
    /// The random value.
    pub value: Vec<u8>,
}

impl ServerNonce {
    /// Returns the nonce in the form that a credential contains.
    ///
    /// ```
    /// use kmip_client::protocol::Secret;
    /// use kmip_client::protocol::message::{AttestationCredential, Credential};
    /// use kmip_client::{Credentials, Refusal};
    /// use kmip_client::ttlv::enumeration::AttestationType;
    ///
    /// /// The credential that answers a refusal which asks for an attestation.
    /// fn attested(refusal: &Refusal, quote: impl Fn(&[u8]) -> Vec<u8>) -> Option<Credentials> {
    ///     let nonce = refusal.nonce.as_ref()?;
    ///     let measurement = quote(&nonce.value);
    ///     let proof = AttestationCredential::new(nonce.as_nonce(), AttestationType::TPM_QUOTE)
    ///         .attestation_measurement(Secret::new(&measurement));
    ///     Credentials::of(&Credential::Attestation(proof)).ok()
    /// }
    /// ```
    #[must_use]
    pub fn as_nonce(&self) -> Nonce<'_> {
        Nonce { nonce_id: &self.id, nonce_value: &self.value }
    }
}

/// Prints the first bytes of each field.
impl fmt::Debug for ServerNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerNonce").field("id", &Hex(&self.id)).field("value", &Hex(&self.value)).finish()
    }
}

impl Refusal {
    /// Creates a refusal. The server's message goes to logs and terminals, so it is truncated and escaped here, at its
    /// source.
    pub(super) fn new(
        operation: Option<OperationCode>,
        header: &ResponseHeader<'_>,
        item: &ResponseBatchItem<'_, Item<'_>>,
    ) -> Self {
        let message = item.result_message.map(|text| Printable::new(text).to_string());
        let own = |nonce: &Nonce<'_>| ServerNonce { id: nonce.nonce_id.to_vec(), value: nonce.nonce_value.to_vec() };
        let nonce = header.nonce.as_ref().map(own);
        Self { operation, status: item.result_status, reason: item.result_reason, message, nonce }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operation {
            Some(operation) => operation.fmt(f)?,
            None => f.write_str("the batch")?,
        }
        write!(f, " refused: {}", self.status)?;
        if let Some(reason) = self.reason {
            write!(f, ", {reason}")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        if self.reason == Some(ResultReason::RESPONSE_TOO_LARGE) {
            f.write_str(
                "; ask for less at a time (Locate::at_most and offset_items, or locate_pages), or raise RequestOptions::max_response_size",
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// A response without a result yet: the server will finish the operation later (KMIP 2.1, 9.1 and 9.2). Some servers
/// send it even if the client has not allowed it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The pending operation.
    pub operation: OperationCode,
    /// The correlation value for Poll.
    pub asynchronous_correlation_value: Option<Vec<u8>>,
    /// The server that has the pending operation, if a client sent the request: other servers of its KMS may not know
    /// it. `with_endpoint` of both clients directs Poll and Cancel there.
    pub endpoint: Option<Endpoint>,
}

impl Pending {
    pub(super) fn new(operation: OperationCode, item: &ResponseBatchItem<'_, Item<'_>>) -> Self {
        let asynchronous_correlation_value = item.asynchronous_correlation_value.map(<[u8]>::to_vec);
        Self { operation, asynchronous_correlation_value, endpoint: None }
    }
}

/// Prints the first bytes of the correlation value.
impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Pending");
        debug.field("operation", &self.operation);
        let value = self.asynchronous_correlation_value.as_deref().map(Hex);
        debug.field("asynchronous_correlation_value", &value);
        debug.field("endpoint", &self.endpoint);
        debug.finish()
    }
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is pending: the server will answer it later", self.operation)
    }
}

impl std::error::Error for Pending {}
