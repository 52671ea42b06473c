//! Operations added by the user of the server.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use kmip_ttlv::enumeration::{OperationCode, ResultReason};
use kmip_ttlv::{Item, ProtocolVersion, Rules, Tag, decode, encode};
use zeroize::Zeroizing;

use crate::protocol::operation::Operation;
use crate::test_server::base::produced::Answer;
use crate::test_server::base::refusal::{Cause, Refusal};

type Handler = Arc<dyn Fn(&Item<'_>, ProtocolVersion) -> Result<Answer, Refusal> + Send + Sync>;

/// Creates the response of an operation that the user of the server has added.
pub struct Responder<O> {
    version: ProtocolVersion,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> Responder<O> {
    /// Responds with this payload. If the version of the request cannot carry it, the operation fails.
    pub fn payload(self, payload: &O::Response<'_>) -> Responded {
        Responded(encode(payload, Tag::RESPONSE_PAYLOAD, self.version).map(Zeroizing::new).map_err(invalid))
    }

    /// Refuses the operation.
    pub fn refuse(self, reason: ResultReason, message: impl Into<String>) -> Responded {
        Responded(Err(Refusal::custom(reason, message.into())))
    }
}

impl<O> fmt::Debug for Responder<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").finish_non_exhaustive()
    }
}

/// The response of an operation that the user of the server has added: see [`Responder`].
pub struct Responded(Result<Answer, Refusal>);

impl fmt::Debug for Responded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responded").finish_non_exhaustive()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a function for `map_err`")]
fn invalid(error: kmip_ttlv::Error) -> Refusal {
    Cause::InvalidMessage.because(error.to_string())
}

/// The handlers, by their operations.
#[derive(Clone, Default)]
pub(in crate::test_server) struct CustomOperations(BTreeMap<OperationCode, Handler>);

impl CustomOperations {
    pub(in crate::test_server) fn add<O: Operation>(
        &mut self,
        handler: impl Fn(O::Request<'_>, Responder<O>) -> Responded + Send + Sync + 'static,
    ) {
        let handler = move |payload: &Item<'_>, version: ProtocolVersion| {
            let payload = Zeroizing::new(encode(payload, Tag::REQUEST_PAYLOAD, version).map_err(invalid)?);
            let request = decode(&payload, Tag::REQUEST_PAYLOAD, version, Rules::STRICT).map_err(invalid)?;
            handler(request, Responder { version, operation: PhantomData }).0
        };
        self.0.insert(O::CODE, Arc::new(handler));
    }

    /// Answers the operation, if it has a handler.
    pub(in crate::test_server) fn answer(
        &self,
        operation: OperationCode,
        payload: &Item<'_>,
        version: ProtocolVersion,
    ) -> Option<Result<Answer, Refusal>> {
        self.0.get(&operation).map(|handler| handler(payload, version))
    }
}

impl fmt::Debug for CustomOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
