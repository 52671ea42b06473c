//! What is asked, whatever its type, and what has to be answered.

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{Encode, ProtocolVersion, Tag, V3_0};

use super::reply::{Check, check};
use crate::protocol::operation::{Operation, Request};

/// A Unique Batch Item ID: the number of the request, from 1. Eight bytes need no padding.
pub(super) type ItemId = [u8; 8];

/// Whether the items of a message have a Unique Batch Item ID: if there are several. KMIP 3.0 has none; there the order tells.
pub(super) fn names_items(version: ProtocolVersion, items: usize) -> bool {
    items > 1 && version < V3_0
}

/// A request of a batch, whatever its type.
pub struct Asked<'a> {
    pub(super) operation: OperationCode,
    pub(super) payload: &'a dyn Encode,
    pub(super) expected: Expected,
    /// The item that contradicts itself, and what to do about it.
    pub(super) problem: Option<(Tag, &'static str)>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new<R: Request>(request: &'a R) -> Self {
        let (operation, check) = (R::Operation::CODE, check::<R::Operation> as Check);
        let echoes = R::Operation::ECHOES_IDENTIFIER;
        let expected = Expected { operation, idempotent: request.is_idempotent(), check, echoes, later: false };
        Self { operation, payload: request, expected, problem: request.problem() }
    }

    #[cfg(feature = "_client")]
    pub(crate) fn operation(&self) -> OperationCode {
        self.operation
    }
}

/// What has to be answered.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) operation: OperationCode,
    pub(crate) idempotent: bool,
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
