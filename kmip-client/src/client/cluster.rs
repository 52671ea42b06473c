//! Several endpoints of one KMS: which one is next, and which are set aside. Without I/O; the time is passed in.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::client::outcome::{Next, Outcome, Tried, is_dead, may_be_stale, may_have_passed};
use crate::transport::error::{Broken, TransportError};

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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
