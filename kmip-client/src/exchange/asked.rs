//! What is asked, whatever its type, and what has to be answered.

use kmip_ttlv::enumeration::{BatchErrorContinuationOption, OperationCode};
use kmip_ttlv::{Encode, Tag};

use super::reply::{Check, check};
use crate::protocol::operation::{Operation, Repeat, Request};

/// A Unique Batch Item ID: a number of the client's own. Eight bytes need no padding.
pub(super) type ItemId = [u8; 8];

/// A request of a batch, whatever its type.
pub struct Asked<'a> {
    pub(super) operation: OperationCode,
    pub(super) payload: &'a (dyn Encode + Sync),
    pub(super) expected: Expected,
    /// The item that contradicts itself, and what to do about it.
    pub(super) problem: Option<(Tag, &'static str)>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new<R: Request>(request: &'a R) -> Self {
        let (operation, check) = (R::Operation::CODE, check::<R::Operation> as Check);
        let echoes = R::Operation::ECHOES_IDENTIFIER;
        let expected = Expected { operation, repeat: request.repeat(), check, echoes, later: false };
        Self { operation, payload: request, expected, problem: request.problem() }
    }

    pub(crate) fn operation(&self) -> OperationCode {
        self.operation
    }
}

/// What has to be answered.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) operation: OperationCode,
    pub(crate) repeat: Repeat,
    pub(super) check: Check,
    /// Whether the answer says nothing that the request did not: see [`Operation::ECHOES_IDENTIFIER`].
    pub(super) echoes: bool,
    /// Whether Poll asks for it.
    pub(super) later: bool,
}

impl Expected {
    /// Whether the answer may name this operation. The answer that came later is to be as it would have been at once (KMIP 2.1, 6.1.38), so
    /// that it may name what was asked at first or Poll; who polls by hand takes any.
    pub(super) fn allows(&self, received: OperationCode) -> bool {
        received == self.operation
            || self.operation == OperationCode::POLL
            || (self.later && received == OperationCode::POLL)
    }
}

/// How the server should process a batch. By default in order, up to the first failure.
#[derive(Clone, Copy, Default, Debug)]
pub struct BatchOptions {
    pub(super) on_failure: Option<BatchErrorContinuationOption>,
    pub(super) in_any_order: bool,
}

/// The requests of a batch, without the type of their replies.
pub trait Requests: Sync {
    /// Returns the requests in order.
    fn asked(&self) -> Vec<Asked<'_>>;

    /// Returns how the server should process them.
    fn options(&self) -> BatchOptions {
        BatchOptions::default()
    }
}
