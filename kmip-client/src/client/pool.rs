//! Connections that are kept between calls, and the callers that wait for one. Wakers only: no I/O, no runtime, and no clock but the times
//! that are passed in.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// What a pool is to keep to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How many connections there are at most, idle, in use and being opened.
    pub(crate) most: usize,
    /// How many idle ones are not closed for being idle.
    pub(crate) least_idle: usize,
    /// How long a connection is kept that nobody uses.
    pub(crate) idle: Duration,
}

/// The connections to one endpoint. Who may have one holds a [`Lease`]; whoever comes when all are leased waits, and the first to come is
/// the first to get one.
///
/// The connection that was used last is the first to be used again, so that the others can be closed for being idle. That happens when the
/// pool is touched next: there is nobody to do it meanwhile.
#[derive(Debug)]
pub(crate) struct Pool<L> {
    bounds: Bounds,
    state: Mutex<State<L>>,
}

#[derive(Debug)]
struct State<L> {
    /// The one that was used last is at the end.
    idle: VecDeque<Kept<L>>,
    /// Idle connections, and leases. Somebody waits only where this is the most that may be, and none of them is idle.
    places: usize,
    /// In the order in which they came.
    waiting: VecDeque<(Ticket, Waker)>,
    /// What was given to those who have waited, until they take it.
    granted: Vec<(Ticket, Option<Kept<L>>)>,
    next_ticket: Ticket,
}

/// A connection between two calls.
#[derive(Debug)]
pub(crate) struct Kept<L> {
    pub(crate) link: L,
    /// When it was given back.
    pub(crate) since: Instant,
}

type Ticket = u64;

impl<L> Pool<L> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        let state =
            State { idle: VecDeque::new(), places: 0, waiting: VecDeque::new(), granted: Vec::new(), next_ticket: 0 };
        Self { bounds, state: Mutex::new(state) }
    }

    /// A lease, where one can be had without waiting: with a kept connection, or with the right to open one.
    pub(crate) fn try_lease(&self, now: Instant) -> Option<Lease<'_, L>> {
        let mut state = self.lock();
        let old = state.too_old(self.bounds, now);
        let leased = state.lease(self.bounds);
        drop(state);
        // Closing takes system calls: not under the lock.
        drop(old);
        leased.map(|kept| Lease::new(self, kept))
    }

    /// A lease, as soon as those who came before have theirs. Whoever drops the future gives up its place in the queue.
    pub(crate) fn lease(&self) -> Turn<'_, L> {
        Turn { pool: self, ticket: None }
    }

    /// How many connections are idle, and how many callers wait.
    #[cfg(test)]
    pub(crate) fn idle_and_waiting(&self) -> (usize, usize) {
        let state = self.lock();
        (state.idle.len(), state.waiting.len())
    }

    /// How many places are taken, by idle connections and by leases.
    #[cfg(test)]
    pub(crate) fn places(&self) -> usize {
        self.lock().places
    }

    /// Takes a lease back: for the one who has waited longest, or else the connection is kept, or the place is free.
    fn take_back(&self, kept: Option<Kept<L>>) {
        let mut state = self.lock();
        let mut old = Vec::new();
        let waker = match (state.waiting.pop_front(), kept) {
            (Some((ticket, waker)), kept) => {
                state.granted.push((ticket, kept));
                Some(waker)
            }
            (None, Some(kept)) => {
                let now = kept.since;
                state.idle.push_back(kept);
                old = state.too_old(self.bounds, now);
                None
            }
            (None, None) => {
                state.places -= 1;
                None
            }
        };
        drop(state);
        drop(old);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// A list of connections is whole at any time, whatever panicked elsewhere.
    fn lock(&self) -> MutexGuard<'_, State<L>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L> State<L> {
    /// Takes out what has been idle for too long.
    fn too_old(&mut self, bounds: Bounds, now: Instant) -> Vec<L> {
        let mut old = Vec::new();
        while self.idle.len() > bounds.least_idle {
            match self.idle.front() {
                Some(kept) if now.saturating_duration_since(kept.since) >= bounds.idle => {
                    old.extend(self.idle.pop_front().map(|kept| kept.link));
                    self.places -= 1;
                }
                _ => break,
            }
        }
        old
    }

    /// A kept connection, or the right to open one; nothing where there are enough.
    fn lease(&mut self, bounds: Bounds) -> Option<Option<Kept<L>>> {
        if let Some(kept) = self.idle.pop_back() {
            return Some(Some(kept));
        }
        (self.places < bounds.most).then(|| {
            self.places += 1;
            None
        })
    }
}

/// The right to one connection. When it goes, somebody else may have one: also where a caller gives up in the middle of a call, and takes
/// the connection with it.
#[derive(Debug)]
pub(crate) struct Lease<'p, L> {
    pool: &'p Pool<L>,
    given: Option<Kept<L>>,
    /// What is given back.
    back: Option<Kept<L>>,
}

impl<'p, L> Lease<'p, L> {
    fn new(pool: &'p Pool<L>, given: Option<Kept<L>>) -> Self {
        Self { pool, given, back: None }
    }

    /// The connection that was kept, if there is one.
    pub(crate) fn take(&mut self) -> Option<Kept<L>> {
        self.given.take()
    }

    /// Another connection that was kept, in place of one that has turned out to be dead.
    pub(crate) fn another(&mut self) -> Option<Kept<L>> {
        let mut state = self.pool.lock();
        let kept = state.idle.pop_back()?;
        // Two places become one. Nobody waits for the other, since there was an idle connection.
        state.places -= 1;
        Some(kept)
    }

    /// Gives back a connection that is known to be in step.
    pub(crate) fn keep(mut self, link: L, now: Instant) {
        self.back = Some(Kept { link, since: now });
    }
}

impl<L> Drop for Lease<'_, L> {
    fn drop(&mut self) {
        // Nobody has said that it is in step. The next one opens its own.
        drop(self.given.take());
        self.pool.take_back(self.back.take());
    }
}

/// Waits for a [`Lease`].
#[derive(Debug)]
pub(crate) struct Turn<'p, L> {
    pool: &'p Pool<L>,
    ticket: Option<Ticket>,
}

impl<'p, L> Future for Turn<'p, L> {
    type Output = Lease<'p, L>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Lease<'p, L>> {
        let pool = self.pool;
        let mut state = pool.lock();
        let Some(ticket) = self.ticket else {
            if let Some(kept) = state.lease(pool.bounds) {
                return Poll::Ready(Lease::new(pool, kept));
            }
            let ticket = state.next_ticket;
            state.next_ticket += 1;
            state.waiting.push_back((ticket, context.waker().clone()));
            self.ticket = Some(ticket);
            return Poll::Pending;
        };
        if let Some(place) = state.granted.iter().position(|(granted, _)| *granted == ticket) {
            let (_, kept) = state.granted.swap_remove(place);
            self.ticket = None;
            return Poll::Ready(Lease::new(pool, kept));
        }
        if let Some((_, waker)) = state.waiting.iter_mut().find(|(waiting, _)| *waiting == ticket) {
            waker.clone_from(context.waker());
        }
        Poll::Pending
    }
}

impl<L> Drop for Turn<'_, L> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.pool.lock();
        state.waiting.retain(|(waiting, _)| *waiting != ticket);
        let granted = state.granted.iter().position(|(granted, _)| *granted == ticket);
        let granted = granted.map(|place| state.granted.swap_remove(place));
        drop(state);
        // Its turn had come, and it did not wait to see it: the next one's has.
        if let Some((_, kept)) = granted {
            drop(Lease::new(self.pool, kept));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
