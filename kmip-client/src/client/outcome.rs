//! How an attempt ended, what follows from it, and what a call tells its caller in the end.

use std::time::Duration;

use crate::client::error::{Attempt, Error};
use crate::transport::error::{Broken, Phase, TransportError};
#[cfg(feature = "https")]
use crate::transport::http::HttpError;

/// How an attempt ended.
#[derive(Debug)]
pub(crate) enum Outcome<A> {
    /// The server has answered, be it with a refusal.
    Answered(A),
    /// The server is alive and will not do it now, but another one of the same KMS might: it is read-only, or busy. Nothing was done.
    Declined(A),
    /// There is no answer.
    Broken(Broken),
}

/// What was tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tried {
    /// Whether the connection was one that had been idle, and may have died meanwhile.
    pub(crate) kept: bool,
    /// Whether sending the request twice has the effect of sending it once.
    pub(crate) repeatable: bool,
    /// Whether the time for the whole call is over.
    pub(crate) out_of_time: bool,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The caller is told how it ended.
    Tell,
    /// The same endpoint again, on a fresh connection.
    Again,
    /// The next endpoint.
    Another,
    /// The next endpoint, after a pause: each has been tried, and what went wrong with some may have passed.
    Later(Duration),
}

/// What has come of the attempts of a call that has no answer yet.
#[derive(Debug)]
pub(crate) struct Trail<A> {
    attempts: Vec<Attempt>,
    /// Whether a server may have seen the request.
    was_sent: bool,
    declined: Option<A>,
}

impl<A> Trail<A> {
    pub(crate) const fn new() -> Self {
        Self { attempts: Vec::new(), was_sent: false, declined: None }
    }

    /// Returns `true` if no attempt was made.
    pub(crate) fn is_empty(&self) -> bool {
        self.attempts.is_empty() && self.declined.is_none()
    }

    /// The first to decline is remembered: it is the one that is preferred.
    pub(crate) fn declined(&mut self, answer: A) {
        self.declined.get_or_insert(answer);
    }

    pub(crate) fn broken(&mut self, broken: Broken, attempt: impl FnOnce(TransportError) -> Attempt) {
        self.was_sent |= matches!(broken, Broken::Ambiguous(_));
        let (Broken::NotSent(error) | Broken::Ambiguous(error)) = broken;
        self.attempts.push(attempt(error));
    }

    /// What the caller is told in the end: the answer of a server that declined, or an error.
    ///
    /// # Panics
    ///
    /// Where there was no attempt.
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

/// Whether an error says that the server is not there, or not for us. One that answers nonsense is there, and one whose connections are all
/// taken is too.
pub(super) fn is_dead(error: &TransportError) -> bool {
    match error {
        TransportError::Connect(_)
        | TransportError::Tls(_)
        | TransportError::Closed(_)
        | TransportError::Truncated { .. }
        | TransportError::Io(_) => true,
        TransportError::TimedOut { phase, .. } => matches!(phase, Phase::Connecting | Phase::Calling),
        TransportError::Malformed(_) | TransportError::OutOfStep(_) => false,
        #[cfg(feature = "https")]
        TransportError::Http(_) => false,
    }
}

/// Returns `true` if an error on a connection that had been idle may come from its age, so that a fresh one to the same server does without.
///
/// A server that has said what it thinks of the client or of the request, by an alert or by an HTTP status, would say it again.
pub(super) fn may_be_stale(broken: &Broken) -> bool {
    match (broken, broken.error()) {
        (_, TransportError::TimedOut { .. }) | (Broken::NotSent(_), TransportError::Tls(_)) => false,
        #[cfg(feature = "https")]
        (_, TransportError::Http(HttpError::Status { .. })) | (Broken::NotSent(_), TransportError::Http(_)) => false,
        _ => true,
    }
}

/// Whether what broke is of the kind that a server's restart makes. What takes long is not tried twice, nor what would end as before.
pub(super) fn may_have_passed(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Connect(_)
            | TransportError::Closed(_)
            | TransportError::Truncated { .. }
            | TransportError::Io(_)
    )
}
