//! Why a request has no reply, though a message came.

use std::fmt;

use kmip_ttlv::enumeration::{ObjectType, OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{Item, ProtocolVersion};

use super::endpoint::Endpoint;
use super::report::{Hex, Printable, Report};
use crate::protocol::message::{Nonce, ResponseBatchItem, ResponseHeader};

/// Why there is no reply to a request, though a message came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoReply {
    /// The server will not.
    #[error(transparent)]
    Refused(Refusal),
    /// The server has not come to it: an earlier request of the batch failed.
    #[error("{0} was not executed, since another request of its batch failed")]
    NotExecuted(OperationCode),
    /// The server will, later.
    #[error(transparent)]
    Pending(Pending),
    /// The message cannot be read.
    #[error("the answer cannot be read")]
    Malformed(#[source] kmip_ttlv::Error),
    /// The message can be read, and answers something else.
    #[error(transparent)]
    OutOfStep(OutOfStep),
}

impl NoReply {
    /// Tells the error and all of its causes in one line, without repeating any: see [`Report`].
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report::new(self)
    }
}

impl NoReply {
    /// Returns `true` if the server is alive and will not do it now, though another one of the same KMS might. A server that is for reading only
    /// says so in more ways: that it does not have the operation, or that nobody has the right to it there.
    pub(crate) fn is_declined(&self, read_only: bool) -> bool {
        use ResultReason as Reason;

        let Self::Refused(refusal) = self else { return false };
        let not_here = matches!(refusal.reason, Some(Reason::PERMISSION_DENIED | Reason::OPERATION_NOT_SUPPORTED));
        refusal.is_of_the_server() || (read_only && not_here)
    }
}

impl From<OutOfStep> for NoReply {
    fn from(what: OutOfStep) -> Self {
        Self::OutOfStep(what)
    }
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
    /// It has more items than the request had, or none.
    #[error("the answer has {received} items, the request had {expected}")]
    BatchCount {
        /// Items of the request.
        expected: usize,
        /// Items of the answer.
        received: usize,
    },
    /// It has an item with an ID that no request of the batch has.
    #[error("an item of the answer has the ID of no request")]
    ForeignItem,
    /// It names another object than the request.
    #[error("the answer to {operation} is about another object than was asked for")]
    ForeignObject {
        /// The operation of the request.
        operation: OperationCode,
    },
    /// Its object is of another type than the request or the answer itself says.
    #[error("the answer to {operation} has an object of the type {received} in the place of {expected}")]
    ObjectType {
        /// The operation of the request.
        operation: OperationCode,
        /// The type that was asked for, or that the answer names.
        expected: ObjectType,
        /// The type that the answer names, or that its object has.
        received: ObjectType,
    },
    /// It has a key of another length than it states.
    #[error("the answer has a key of {received} bits and says that it has {stated}")]
    KeyLength {
        /// The stated length in bits.
        stated: i32,
        /// The length of the key in bits.
        received: usize,
    },
    /// It repeats an earlier answer, which has named the object that was made then.
    #[error("the answer to {operation} is a repeat of an earlier one")]
    Repeated {
        /// The operation of the request.
        operation: OperationCode,
    },
    /// It has two items with the same ID.
    #[error("two items of the answer have the same ID")]
    ItemTwice,
    /// It leaves out a request of the batch, though none before it failed.
    #[error("the answer leaves out {operation}, and nothing tells why")]
    Unanswered {
        /// What was asked.
        operation: OperationCode,
    },
    /// It answers the first of several parts without the Correlation Value that the others need: the server took it for all there is.
    #[error("the answer to the first part has no Correlation Value: the server does not take data in parts")]
    NoCorrelationValue,
}

/// A server's refusal (KMIP 2.1, 9.18 to 9.20; KMIP 1.4, 6.9 to 6.11).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What it refuses; `None` where that is a batch as a whole.
    pub operation: Option<OperationCode>,
    /// How it went: Operation Failed, mostly. Operation Undone where it was done, and then undone since another request of the batch failed.
    pub status: ResultStatus,
    /// Why.
    pub reason: Option<ResultReason>,
    /// Why, in the server's words: at most 1,000 characters of them, with control characters and the like as escapes.
    pub message: Option<String>,
    /// The number that came with it, to prove with it what the client is or that it knows its password.
    pub nonce: Option<ServerNonce>,
}

/// A number that a server gives to be used once: a client that has to attest itself puts it into its proof (KMIP 2.1, 9.14).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerNonce {
    /// What tells it from others of the server.
    pub id: Vec<u8>,
    /// The number.
    pub value: Vec<u8>,
}

impl ServerNonce {
    /// The number as a credential holds it.
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

/// Prints of each the first bytes.
impl fmt::Debug for ServerNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerNonce").field("id", &Hex(&self.id)).field("value", &Hex(&self.value)).finish()
    }
}

impl Refusal {
    /// The words of a server go to logs and terminals, so they are cut and escaped here, where they arrive.
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

impl Refusal {
    /// Whether it is the state of this server that stands against it, not the request: the server is busy, or in read-only mode.
    ///
    /// KMIP has Server Limit Exceeded for the first, since 2.0. It has no word for the second; servers refuse by a reason that says little,
    /// and tell it in their message. Where such a text misleads, a request that was not done is sent to another server, which does it or
    /// refuses it.
    fn is_of_the_server(&self) -> bool {
        use ResultReason as Why;
        const READ_ONLY: [&str; 3] = ["read-only mode", "read only mode", "readonly mode"];
        match self.reason {
            Some(Why::SERVER_LIMIT_EXCEEDED) => true,
            None
            | Some(
                Why::GENERAL_FAILURE
                | Why::PERMISSION_DENIED
                | Why::ILLEGAL_OPERATION
                | Why::OPERATION_NOT_SUPPORTED
                | Why::FEATURE_NOT_SUPPORTED
                | Why::NOT_AUTHORISED
                | Why::INTERNAL_SERVER_ERROR,
            ) => {
                let message = self.message.as_deref().unwrap_or_default().to_ascii_lowercase();
                READ_ONLY.iter().any(|words| message.contains(words))
            }
            _ => false,
        }
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

/// What a server answers that will do something later (KMIP 2.1, 9.1 and 9.2). Only where it was allowed, but some servers do it all the
/// same.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// What it will do.
    pub operation: OperationCode,
    /// What to ask for the outcome with, by Poll.
    pub asynchronous_correlation_value: Option<Vec<u8>>,
    /// The server that will do it, where a client has asked: others of its KMS need not know of it. Poll and Cancel go there with the
    /// `with_endpoint` of both clients.
    pub endpoint: Option<Endpoint>,
}

impl Pending {
    pub(super) fn new(operation: OperationCode, item: &ResponseBatchItem<'_, Item<'_>>) -> Self {
        let asynchronous_correlation_value = item.asynchronous_correlation_value.map(<[u8]>::to_vec);
        Self { operation, asynchronous_correlation_value, endpoint: None }
    }

    pub(crate) fn at(self, endpoint: &Endpoint) -> Self {
        Self { endpoint: Some(endpoint.clone()), ..self }
    }
}

/// Prints of the correlation value the first bytes.
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
