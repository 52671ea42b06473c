//! What may be tried again: decided here, from the outcome of an attempt, and nowhere else.

use crate::error::{Attempt, Error, Fault};

/// How an attempt ended that brought no answer.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The server cannot have seen the request.
    NotSent(Fault),
    /// The request was written, at least in part: the server may have done it.
    Ambiguous(Fault),
}

/// What was tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tried {
    /// Whether the connection was one that had been idle, and may have died meanwhile.
    pub(crate) kept: bool,
    /// Whether sending the request twice has the effect of sending it once.
    pub(crate) idempotent: bool,
}

impl Outcome {
    /// Whether to try once more, on a fresh connection.
    ///
    /// A time limit that has passed has passed for the whole call.
    pub(crate) fn may_be_repeated(&self, tried: Tried) -> bool {
        match self {
            Self::NotSent(Fault::TimedOut { .. }) | Self::Ambiguous(Fault::TimedOut { .. }) => false,
            Self::NotSent(_) => tried.kept,
            Self::Ambiguous(_) => tried.kept && tried.idempotent,
        }
    }

    /// What the caller is told.
    pub(crate) fn into_error(self, tried: Tried, attempt: impl FnOnce(Fault) -> Attempt) -> Error {
        match self {
            Self::NotSent(fault) => Error::Unreachable(Box::new(attempt(fault))),
            Self::Ambiguous(fault) if tried.idempotent => Error::NoAnswer(Box::new(attempt(fault))),
            Self::Ambiguous(fault) => Error::OutcomeUnknown(Box::new(attempt(fault))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Tried = Tried { kept: true, idempotent: false };
    const KEPT_IDEMPOTENT: Tried = Tried { kept: true, idempotent: true };
    const FRESH_IDEMPOTENT: Tried = Tried { kept: false, idempotent: true };

    #[test]
    fn a_request_that_was_written_goes_out_again_only_if_it_is_idempotent() {
        assert!(Outcome::NotSent(Fault::Closed).may_be_repeated(KEPT));
        assert!(!Outcome::Ambiguous(Fault::Closed).may_be_repeated(KEPT));
        assert!(Outcome::Ambiguous(Fault::Closed).may_be_repeated(KEPT_IDEMPOTENT));
    }

    #[test]
    fn a_fresh_connection_that_fails_would_fail_again() {
        assert!(!Outcome::NotSent(Fault::Closed).may_be_repeated(FRESH_IDEMPOTENT));
        assert!(!Outcome::Ambiguous(Fault::Closed).may_be_repeated(FRESH_IDEMPOTENT));
    }
}
