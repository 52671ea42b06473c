//! Several endpoints of one KMS: which one next, may this be tried again, when is one well. Decided here and nowhere else, without I/O; the
//! time is passed in.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::client::error::{Attempt, Error};
use crate::transport::error::Broken;
use crate::transport::error::{Phase, TransportError};
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

/// The part of the endpoints that a request may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It changes nothing, so that every endpoint will do.
    Read,
    /// It may change something, so that an endpoint that is for reading only will not do.
    Write,
}

/// How well the endpoints of one KMS are, in the order in which they are preferred.
#[derive(Debug)]
pub(crate) struct Cluster {
    spread: bool,
    /// The endpoints that take no request that changes anything, by index; the others have `false` or no entry.
    read_only: Vec<bool>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    health: Vec<Health>,
    /// Where the next call begins, where calls are spread.
    turn: usize,
    random: fastrand::Rng,
}

#[derive(Clone, Copy, Debug, Default)]
struct Health {
    /// How often it has failed since it was well.
    failures: u32,
    /// It is not tried before, as long as there is another.
    aside_until: Option<Instant>,
}

impl Health {
    fn is_aside(self, now: Instant) -> bool {
        self.aside_until.is_some_and(|until| now < until)
    }
}

/// The pause after the first failure. Each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The pauses before a call tries those endpoints once more whose failure may have passed, where there are several: one comes back while
/// another goes, and the call that meets both has met no server that was down for long.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(300)];

/// The endpoints that one call has not tried yet, in the order in which it would.
#[derive(Debug)]
pub(crate) struct Route {
    left: Vec<usize>,
    /// Those to try once more when none is left.
    again: Vec<usize>,
    /// How often that was done.
    rounds: usize,
}

impl Route {
    /// What follows where this endpoint will not be asked any more in this round.
    fn onward(&mut self) -> Next {
        if !self.left.is_empty() {
            return Next::Another;
        }
        match PAUSES.get(self.rounds) {
            Some(pause) if !self.again.is_empty() => {
                self.rounds += 1;
                self.left.append(&mut self.again);
                Next::Later(*pause)
            }
            _ => Next::Tell,
        }
    }
}

/// An endpoint that a call is about to try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub(crate) index: usize,
    /// How often it had failed by then.
    failures: u32,
}

impl Cluster {
    /// Of so many endpoints, all taken to be well. With `spread` each call begins with another, otherwise with the first.
    pub(crate) fn new(endpoints: usize, spread: bool, seed: u64) -> Self {
        let state =
            State { health: vec![Health::default(); endpoints], turn: 0, random: fastrand::Rng::with_seed(seed) };
        Self { spread, read_only: Vec::new(), state: Mutex::new(state) }
    }

    /// Keeps requests that change something from these endpoints, given by index.
    pub(crate) fn with_read_only(self, read_only: Vec<bool>) -> Self {
        Self { read_only, ..self }
    }

    /// Returns `true` if the endpoint is for reading only.
    pub(crate) fn is_read_only(&self, index: usize) -> bool {
        self.read_only.get(index).copied().unwrap_or(false)
    }

    /// What a call that begins now would try.
    pub(crate) fn route(&self, access: Access) -> Route {
        let mut state = self.lock();
        let allowed = |index: &usize| access == Access::Read || !self.is_read_only(*index);
        let mut left: Vec<usize> = (0..state.health.len()).filter(allowed).collect();
        if self.spread && !left.is_empty() {
            let begin = state.turn % left.len();
            left.rotate_left(begin);
            state.turn = state.turn.wrapping_add(1);
        }
        Route { left, again: Vec::new(), rounds: 0 }
    }

    /// What a call would try that only this endpoint can answer.
    pub(crate) fn route_to(&self, index: usize) -> Route {
        Route { left: vec![index], again: Vec::new(), rounds: 0 }
    }

    /// The next endpoint of a route: the first that is not set aside, or else the one that is to come back first.
    ///
    /// Where the pause of one is over, one call tries it; the others keep away until that one has an answer.
    pub(crate) fn next(&self, route: &mut Route, now: Instant) -> Option<Stop> {
        let mut state = self.lock();
        let back_at = |index: &usize| state.health[*index].aside_until.filter(|until| now < *until);
        // Of several that are not aside, the first: `min_by_key` takes the first of equals, and `None` is the least.
        let index = (0..route.left.len()).min_by_key(|index| back_at(&route.left[*index]))?;
        let index = route.left.remove(index);
        let failures = state.health[index].failures;
        if failures > 0 && !state.health[index].is_aside(now) {
            state.set_aside(index, now);
        }
        Some(Stop { index, failures })
    }

    /// Whether to try another endpoint first after all: this one has failed others while the call waited for a connection to it.
    pub(crate) fn defer(&self, route: &mut Route, stop: Stop, now: Instant) -> bool {
        let state = self.lock();
        let has_failed = state.health[stop.index].failures > stop.failures;
        let put_off = has_failed && route.left.iter().any(|index| !state.health[*index].is_aside(now));
        if put_off {
            route.left.push(stop.index);
        }
        put_off
    }

    /// Notes how an attempt ended, and decides what follows.
    pub(crate) fn judge<A>(
        &self,
        route: &mut Route,
        stop: Stop,
        outcome: &Outcome<A>,
        tried: Tried,
        now: Instant,
    ) -> Next {
        let broken = match outcome {
            Outcome::Answered(_) => {
                self.record_success(stop.index);
                return Next::Tell;
            }
            Outcome::Declined(_) => {
                self.record_success(stop.index);
                return if tried.out_of_time { Next::Tell } else { route.onward() };
            }
            Outcome::Broken(broken) => broken,
        };
        // A connection that was kept may have died of old age; a fresh one tells whether the server has.
        let timed_out = matches!(broken.error(), TransportError::TimedOut { .. });
        if is_dead(broken.error()) && (timed_out || !tried.kept) {
            self.record_failure(stop, now);
        }
        if tried.out_of_time || (matches!(broken, Broken::Ambiguous(_)) && !tried.repeatable) {
            Next::Tell
        } else if tried.kept && may_be_stale(broken) {
            Next::Again
        } else {
            if self.lock().health.len() > 1 && may_have_passed(broken.error()) {
                route.again.push(stop.index);
            }
            route.onward()
        }
    }

    /// Notes that an endpoint answers.
    pub(crate) fn record_success(&self, index: usize) {
        self.lock().health[index] = Health::default();
    }

    /// Sets an endpoint aside, once for however many calls it has failed at a time.
    fn record_failure(&self, stop: Stop, now: Instant) {
        let mut state = self.lock();
        let health = &mut state.health[stop.index];
        if health.failures == stop.failures {
            health.failures = health.failures.saturating_add(1);
            state.set_aside(stop.index, now);
        }
    }

    /// Numbers are whole at any time, whatever panicked elsewhere.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Sets an endpoint aside for as long as its failures ask for, less up to half of that, so that clients do not come back all at once.
    fn set_aside(&mut self, index: usize, now: Instant) {
        let doublings = self.health[index].failures.saturating_sub(1).min(16);
        let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        let pause = pause.mul_f64(0.5 + self.random.f64() / 2.0);
        self.health[index].aside_until = now.checked_add(pause);
    }
}

/// Whether an error says that the server is not there, or not for us. One that answers nonsense is there, and one whose connections are all
/// taken is too.
fn is_dead(error: &TransportError) -> bool {
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
fn may_be_stale(broken: &Broken) -> bool {
    match (broken, broken.error()) {
        (_, TransportError::TimedOut { .. }) | (Broken::NotSent(_), TransportError::Tls(_)) => false,
        #[cfg(feature = "https")]
        (_, TransportError::Http(HttpError::Status { .. })) | (Broken::NotSent(_), TransportError::Http(_)) => false,
        _ => true,
    }
}

/// Whether what broke is of the kind that a server's restart makes. What takes long is not tried twice, nor what would end as before.
fn may_have_passed(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Connect(_)
            | TransportError::Closed(_)
            | TransportError::Truncated { .. }
            | TransportError::Io(_)
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
