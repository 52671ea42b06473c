//! The endpoints of one KMS: the order of attempts, and the backoff of each. Without I/O; the time is an argument.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::client::outcome::{AttemptInfo, Next, Outcome, is_down, may_be_stale, may_be_transient};
use crate::transport::error::{Broken, TransportError};

/// The endpoints that may get a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// All endpoints, because the request changes nothing.
    Read,
    /// All but read-only endpoints, because the request may change something.
    Write,
}

/// The health of the endpoints of one KMS, in order of preference.
#[derive(Debug)]
pub(crate) struct Cluster {
    spread: bool,
    /// The read-only endpoints, by index. The others have `false` or no entry.
    read_only: Vec<bool>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    health: Vec<EndpointHealth>,
    /// The first endpoint of the next call, if calls are spread.
    turn: usize,
    random: fastrand::Rng,
}

#[derive(Clone, Copy, Debug, Default)]
struct EndpointHealth {
    /// The number of failures since the last success.
    failures: u32,
    /// The end of its backoff. Before that it is only tried if there is no other.
    backoff_until: Option<Instant>,
}

impl EndpointHealth {
    fn is_backing_off(self, now: Instant) -> bool {
        self.backoff_until.is_some_and(|until| now < until)
    }
}

/// The backoff after the first failure. Each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest backoff.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The pauses before a call retries endpoints with transient errors, if there are several: one may come back while
/// another fails, so that a call meets both without a long outage of either.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(300)];

/// The endpoints that one call has not tried yet, in order.
#[derive(Debug)]
pub(crate) struct Route {
    left: Vec<usize>,
    /// The endpoints to retry in the next round.
    again: Vec<usize>,
    /// The number of rounds so far.
    rounds: usize,
}

impl Route {
    /// Returns the step after an endpoint that is not tried again in this round.
    fn onward(&mut self) -> Next {
        if !self.left.is_empty() {
            return Next::Failover;
        }
        match PAUSES.get(self.rounds) {
            Some(pause) if !self.again.is_empty() => {
                self.rounds += 1;
                self.left.append(&mut self.again);
                Next::Backoff(*pause)
            }
            _ => Next::Return,
        }
    }
}

/// An endpoint that a call is about to try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) index: usize,
    /// Its number of failures at that time.
    failures: u32,
}

impl Cluster {
    /// Creates a cluster of this many healthy endpoints. With `spread` each call begins with another endpoint,
    /// otherwise with the first.
    pub(crate) fn new(endpoints: usize, spread: bool, seed: u64) -> Self {
        let state = State {
            health: vec![EndpointHealth::default(); endpoints],
            turn: 0,
            random: fastrand::Rng::with_seed(seed),
        };
        Self { spread, read_only: Vec::new(), state: Mutex::new(state) }
    }

    /// Excludes these endpoints, by index, from requests that change something.
    pub(crate) fn with_read_only(self, read_only: Vec<bool>) -> Self {
        Self { read_only, ..self }
    }

    /// Returns `true` if the endpoint is read-only.
    pub(crate) fn is_read_only(&self, index: usize) -> bool {
        self.read_only.get(index).copied().unwrap_or(false)
    }

    /// Returns the route of a call that begins now.
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

    /// Returns the route of a call that only this endpoint can answer.
    pub(crate) fn route_to(&self, index: usize) -> Route {
        Route { left: vec![index], again: Vec::new(), rounds: 0 }
    }

    /// Returns the next endpoint of a route: the first without a backoff, or else the one whose backoff ends first.
    ///
    /// After a backoff one call tries the endpoint; others avoid it until that call has a response.
    pub(crate) fn next(&self, route: &mut Route, now: Instant) -> Option<Candidate> {
        let mut state = self.lock();
        let back_at = |index: &usize| state.health[*index].backoff_until.filter(|until| now < *until);
        // The first of several without a backoff: `min_by_key` returns the first of equals, and `None` is the least.
        let index = (0..route.left.len()).min_by_key(|index| back_at(&route.left[*index]))?;
        let index = route.left.remove(index);
        let failures = state.health[index].failures;
        if failures > 0 && !state.health[index].is_backing_off(now) {
            state.back_off(index, now);
        }
        Some(Candidate { index, failures })
    }

    /// Returns `true` if another endpoint should be tried first, because this one has failed other calls while this
    /// call waited for a connection.
    pub(crate) fn defer(&self, route: &mut Route, candidate: Candidate, now: Instant) -> bool {
        let state = self.lock();
        let has_failed = state.health[candidate.index].failures > candidate.failures;
        let put_off = has_failed && route.left.iter().any(|index| !state.health[*index].is_backing_off(now));
        if put_off {
            route.left.push(candidate.index);
        }
        put_off
    }

    /// Records the outcome of an attempt, and returns the next step.
    pub(crate) fn judge<A>(
        &self,
        route: &mut Route,
        candidate: Candidate,
        outcome: &Outcome<A>,
        tried: AttemptInfo,
        now: Instant,
    ) -> Next {
        let broken = match outcome {
            Outcome::Answered(_) => {
                self.record_success(candidate.index);
                return Next::Return;
            }
            Outcome::Declined(_) => {
                self.record_success(candidate.index);
                return if tried.out_of_time { Next::Return } else { route.onward() };
            }
            Outcome::Broken(broken) => broken,
        };
        // A kept connection may have died of old age; a fresh one shows if the server has.
        let timed_out = matches!(broken.error(), TransportError::TimedOut { .. });
        if is_down(broken.error()) && (timed_out || !tried.kept) {
            self.record_failure(candidate, now);
        }
        if tried.out_of_time || (matches!(broken, Broken::Ambiguous(_)) && !tried.repeatable) {
            Next::Return
        } else if tried.kept && may_be_stale(broken) {
            Next::Retry
        } else {
            if self.lock().health.len() > 1 && may_be_transient(broken.error()) {
                route.again.push(candidate.index);
            }
            route.onward()
        }
    }

    /// Records that an endpoint has answered.
    pub(crate) fn record_success(&self, index: usize) {
        self.lock().health[index] = EndpointHealth::default();
    }

    /// Records a failure, once for all calls that were in flight together.
    fn record_failure(&self, candidate: Candidate, now: Instant) {
        let mut state = self.lock();
        let health = &mut state.health[candidate.index];
        if health.failures == candidate.failures {
            health.failures = health.failures.saturating_add(1);
            state.back_off(candidate.index, now);
        }
    }

    /// Locks the state, which is consistent at any time, even if another thread panicked.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Starts the backoff of an endpoint for its number of failures, with a random reduction of up to half, so that
    /// clients do not return all at once.
    fn back_off(&mut self, index: usize, now: Instant) {
        let doublings = self.health[index].failures.saturating_sub(1).min(16);
        let pause = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        let pause = pause.mul_f64(0.5 + self.random.f64() / 2.0);
        self.health[index].backoff_until = now.checked_add(pause);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
