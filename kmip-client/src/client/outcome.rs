//! The outcome of an attempt, the next step, and the final result of a call.

use std::time::Duration;

use crate::client::error::{Attempt, Error};
use crate::transport::error::{Broken, Phase, TransportError};
#[cfg(feature = "https")]
use crate::transport::http::HttpError;

/// The outcome of an attempt.
#[derive(Debug)]
pub(crate) enum Outcome<A> {
    /// The server has answered, possibly with a refusal.
    Answered(A),
    /// The server is alive but refuses for now, and another server of the same KMS might not: it is read-only, or busy.
    /// Nothing was executed.
    Declined(A),
    /// There is no response.
    Broken(Broken),
}

/// The properties of an attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptInfo {
    /// `true` if the connection had been idle, and may have died meanwhile.
    pub(crate) kept: bool,
    /// `true` if sending the request twice has the same effect as sending it once.
    pub(crate) repeatable: bool,
    /// `true` if the deadline of the whole call has passed.
    pub(crate) out_of_time: bool,
}

/// The step after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Return the outcome to the caller.
    Return,
    /// Retry the same endpoint, on a fresh connection.
    Retry,
    /// The next endpoint.
    Failover,
    /// Try the next endpoint after a backoff: all have been tried, and some errors may have been transient.
    Backoff(Duration),
}

/// The outcomes of the attempts of a call without a response so far.
#[derive(Debug)]
pub(crate) struct History<A> {
    attempts: Vec<Attempt>,
    /// `true` if a server may have seen the request.
    was_sent: bool,
    declined: Option<A>,
}

impl<A> History<A> {
    pub(crate) const fn new() -> Self {
        Self { attempts: Vec::new(), was_sent: false, declined: None }
    }

    /// Returns `true` if no attempt was made.
    pub(crate) fn is_empty(&self) -> bool {
        self.attempts.is_empty() && self.declined.is_none()
    }

    /// Records a server that declined. The first one is kept, because it is preferred.
    pub(crate) fn declined(&mut self, answer: A) {
        self.declined.get_or_insert(answer);
    }

    pub(crate) fn broken(&mut self, broken: Broken, attempt: impl FnOnce(TransportError) -> Attempt) {
        self.was_sent |= matches!(broken, Broken::Ambiguous(_));
        let (Broken::NotSent(error) | Broken::Ambiguous(error)) = broken;
        self.attempts.push(attempt(error));
    }

    /// Returns the result of the call: the response of a server that declined, or an error.
    ///
    /// # Panics
    ///
    /// Panics if there was no attempt.
    pub(crate) fn end(mut self, repeatable: bool) -> Result<A, Error> {
        let uncertain = self.was_sent && !repeatable;
        if let Some(answer) = self.declined.filter(|_| !uncertain) {
            return Ok(answer);
        }
        let mut attempt = self.attempts.pop().expect("a call ends without an answer after an attempt, not before");
        attempt.earlier = self.attempts;
        let attempt = Box::new(attempt);
        Err(match (self.was_sent, repeatable) {
            (false, _) => Error::Unreachable(attempt),
            (true, true) => Error::NoAnswer(attempt),
            (true, false) => Error::OutcomeUnknown(attempt),
        })
    }
}

/// Returns `true` if an error means that the server is down, or refuses this client. A server with invalid responses is
/// up, and so is one whose connections are all in use.
pub(super) fn is_down(error: &TransportError) -> bool {
    match error {
        TransportError::Connect(_)
        | TransportError::Tls(_)
        | TransportError::Closed(_)
        | TransportError::Truncated { .. }
        | TransportError::Io(_) => true,
        TransportError::TimedOut { phase, .. } => matches!(phase, Phase::Connecting | Phase::Attempt),
        TransportError::Malformed(_) | TransportError::OutOfStep(_) => false,
        #[cfg(feature = "https")]
        TransportError::Http(_) => false,
    }
}

/// Returns `true` if an error on a connection that had been idle may be due to its age, so that a fresh connection to
/// the same server may succeed.
///
/// A server that has refused the client or the request, by an alert or an HTTP status, would do so again.
pub(super) fn may_be_stale(broken: &Broken) -> bool {
    match (broken, broken.error()) {
        (_, TransportError::TimedOut { .. }) | (Broken::NotSent(_), TransportError::Tls(_)) => false,
        #[cfg(feature = "https")]
        (Broken::Ambiguous(_), TransportError::Http(error)) if error.may_be_unasked() => true,
        #[cfg(feature = "https")]
        (_, TransportError::Http(HttpError::Status { .. })) | (Broken::NotSent(_), TransportError::Http(_)) => false,
        _ => true,
    }
}

/// Returns `true` if an error may be due to a restart of the server. Timeouts and permanent errors are not retried.
pub(super) fn may_be_transient(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Connect(_)
            | TransportError::Closed(_)
            | TransportError::Truncated { .. }
            | TransportError::Io(_)
    )
}
