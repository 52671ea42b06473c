//! Type-erased requests, and the expectations for their responses.

use kmip_ttlv::enumeration::{BatchErrorContinuationOption, OperationCode};
use kmip_ttlv::{Encode, Tag};

use super::reply::{Check, check};
use crate::protocol::operation::{Operation, Repeat, Request};

/// A Unique Batch Item ID: a number of the client's own. Eight bytes need no padding.
pub(super) type ItemId = [u8; 8];

/// A request of a batch, with its type erased.
pub struct Asked<'a> {
    pub(crate) operation: OperationCode,
    pub(super) payload: &'a (dyn Encode + Sync),
    pub(super) expected: Expected,
    /// The first contradictory item of the request, and the remedy.
    pub(super) problem: Option<(Tag, &'static str)>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new<R: Request>(request: &'a R) -> Self {
        let (operation, check) = (R::Operation::CODE, check::<R::Operation> as Check);
        let echoes = R::Operation::ECHOES_IDENTIFIER;
        let expected = Expected { operation, repeat: request.repeat(), check, echoes, later: false };
        Self { operation, payload: request, expected, problem: request.problem() }
    }
}

/// The expectations for the response to a request.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) operation: OperationCode,
    pub(crate) repeat: Repeat,
    pub(super) check: Check,
    /// `true` if the response only repeats the request's identifier: see [`Operation::ECHOES_IDENTIFIER`].
    pub(super) echoes: bool,
    /// `true` if the response is polled for.
    pub(super) later: bool,
}

impl Expected {
    /// Returns `true` if the response may name this operation. A polled response is to equal the synchronous one (KMIP
    /// 2.1, 6.1.38), so it may name the original operation or Poll. An explicit Poll accepts any operation.
    pub(super) fn allows(&self, received: OperationCode) -> bool {
        received == self.operation
            || self.operation == OperationCode::POLL
            || (self.later && received == OperationCode::POLL)
    }
}

/// The processing of a batch by the server. By default in order, up to the first failure.
#[derive(Clone, Copy, Default, Debug)]
pub struct BatchOptions {
    pub(super) on_failure: Option<BatchErrorContinuationOption>,
    pub(super) in_any_order: bool,
}

/// The requests of a batch, with the type of their replies erased.
pub trait Requests: Sync {
    /// Returns the requests in order.
    fn asked(&self) -> Vec<Asked<'_>>;

    /// Returns the options of the batch.
    fn options(&self) -> BatchOptions {
        BatchOptions::default()
    }
}
