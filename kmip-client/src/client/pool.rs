//! A pool of idle connections, with a queue of callers. It uses only wakers: no I/O, no runtime, and no clock other
//! than the times that are passed in.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::transport::queue::{Queue, Ticket};

/// The limits of a pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The maximum number of connections: idle, in use and being opened.
    pub(crate) most: usize,
    /// The number of connections that the idle timeout spares.
    pub(crate) least_idle: usize,
    /// The idle timeout.
    pub(crate) idle: Duration,
}

/// A pool of connections to one endpoint. A [`Lease`] is the right to one of them. When all are leased, callers queue
/// in FIFO order.
///
/// The connection that was used last is used first, so that the others reach their idle timeout. They are closed when
/// the pool is used next: it has no background task.
#[derive(Debug)]
pub(crate) struct Pool<L> {
    bounds: Bounds,
    state: Mutex<State<L>>,
}

#[derive(Debug)]
struct State<L> {
    /// The idle connections, in the order of their return.
    idle: VecDeque<Kept<L>>,
    /// The number of idle connections and leases. Invariant: callers wait only while `slots == bounds.most` and `idle`
    /// is empty.
    slots: usize,
    waiting: Queue,
    /// Leases for callers at the head of the queue, until they are polled. In the order of their tickets, and never
    /// more than there are connections.
    granted: VecDeque<(Ticket, Slot<L>)>,
    /// `true` if returned connections are closed.
    closed: bool,
}

/// A connection between two calls.
#[derive(Debug)]
pub(crate) struct Kept<L> {
    pub(crate) link: L,
    /// The time of its return.
    pub(crate) since: Instant,
}

impl<L> Pool<L> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        let state = State {
            idle: VecDeque::new(),
            slots: 0,
            waiting: Queue::default(),
            granted: VecDeque::new(),
            closed: false,
        };
        Self { bounds, state: Mutex::new(state) }
    }

    /// Returns a lease if one is available without waiting: with an idle connection, or with the right to open one.
    pub(crate) fn try_lease(&self, now: Instant) -> Option<Lease<'_, L>> {
        let mut state = self.lock();
        let old = state.too_old(self.bounds, now);
        let leased = state.lease(self.bounds);
        drop(state);
        // Closing takes system calls, so it happens outside of the lock.
        drop(old);
        leased.map(|slot| Lease::new(self, slot))
    }

    /// Waits for a lease, in FIFO order. Dropping the future leaves the queue.
    pub(crate) fn lease(&self) -> Turn<'_, L> {
        Turn { pool: self, ticket: None }
    }

    /// Closes the idle connections, and those in use when they are returned.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        state.slots -= idle.len();
        drop(state);
        // Closing takes system calls, so it happens outside of the lock.
        drop(idle);
    }

    /// Returns the number of idle connections and of waiting callers.
    #[cfg(test)]
    pub(crate) fn idle_and_waiting(&self) -> (usize, usize) {
        let state = self.lock();
        (state.idle.len(), state.waiting.len())
    }

    /// Returns the number of idle connections and leases.
    #[cfg(test)]
    pub(crate) fn slots(&self) -> usize {
        self.lock().slots
    }

    /// Takes a lease back, and passes it to the first caller in the queue. If the queue is empty, keeps the connection
    /// or frees the slot.
    fn take_back(&self, kept: Option<Kept<L>>) {
        let mut state = self.lock();
        let mut old = Vec::new();
        let waker = match (state.waiting.pop(), kept) {
            (Some((ticket, waker)), kept) => {
                state.granted.push_back((ticket, Slot(kept)));
                Some(waker)
            }
            (None, Some(kept)) if state.closed => {
                state.slots -= 1;
                old.push(kept.link);
                None
            }
            (None, Some(kept)) => {
                let now = kept.since;
                state.idle.push_back(kept);
                old = state.too_old(self.bounds, now);
                None
            }
            (None, None) => {
                state.slots -= 1;
                None
            }
        };
        drop(state);
        drop(old);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Locks the state, which is consistent at any time, even if another thread panicked.
    fn lock(&self) -> MutexGuard<'_, State<L>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L> State<L> {
    /// Removes the connections whose idle timeout has passed.
    fn too_old(&mut self, bounds: Bounds, now: Instant) -> Vec<L> {
        let mut old = Vec::new();
        while self.idle.len() > bounds.least_idle {
            match self.idle.front() {
                Some(kept) if now.saturating_duration_since(kept.since) >= bounds.idle => {
                    old.extend(self.idle.pop_front().map(|kept| kept.link));
                    self.slots -= 1;
                }
                _ => break,
            }
        }
        old
    }

    /// Returns the slot of an idle connection, or a new one; `None` if all slots are taken.
    fn lease(&mut self, bounds: Bounds) -> Option<Slot<L>> {
        if let Some(kept) = self.idle.pop_back() {
            return Some(Slot(Some(kept)));
        }
        (self.slots < bounds.most).then(|| {
            self.slots += 1;
            Slot(None)
        })
    }

    /// Returns the lease that was granted to this caller.
    fn take_granted(&mut self, ticket: Ticket) -> Option<Slot<L>> {
        let place = self.granted.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()?;
        self.granted.remove(place).map(|(_, slot)| slot)
    }
}

/// The right to use one connection: the idle one in it, or a fresh one.
#[derive(Debug)]
struct Slot<L>(Option<Kept<L>>);

/// The use of one connection. Dropping it frees the slot, even if a caller cancels a call midway and drops the
/// connection.
#[derive(Debug)]
pub(crate) struct Lease<'p, L> {
    pool: &'p Pool<L>,
    given: Option<Kept<L>>,
    /// The connection to return.
    back: Option<Kept<L>>,
}

impl<'p, L> Lease<'p, L> {
    fn new(pool: &'p Pool<L>, Slot(given): Slot<L>) -> Self {
        Self { pool, given, back: None }
    }

    /// Takes the idle connection, if the lease has one.
    pub(crate) fn take(&mut self) -> Option<Kept<L>> {
        self.given.take()
    }

    /// Returns another idle connection, in place of a dead one.
    pub(crate) fn another(&mut self) -> Option<Kept<L>> {
        let mut state = self.pool.lock();
        let kept = state.idle.pop_back()?;
        // Two slots become one. No caller waits for the other, because there was an idle connection.
        state.slots -= 1;
        Some(kept)
    }

    /// Returns a quiet connection to the pool.
    pub(crate) fn keep(mut self, link: L, now: Instant) {
        self.back = Some(Kept { link, since: now });
    }
}

impl<L> Drop for Lease<'_, L> {
    fn drop(&mut self) {
        // A connection that was not returned may be in the middle of an exchange.
        drop(self.given.take());
        self.pool.take_back(self.back.take());
    }
}

/// The future of a [`Lease`].
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
            if let Some(slot) = state.lease(pool.bounds) {
                return Poll::Ready(Lease::new(pool, slot));
            }
            self.ticket = Some(state.waiting.push(context.waker().clone()));
            return Poll::Pending;
        };
        if let Some(slot) = state.take_granted(ticket) {
            self.ticket = None;
            return Poll::Ready(Lease::new(pool, slot));
        }
        if let Some(waker) = state.waiting.waker(ticket) {
            waker.clone_from(context.waker());
        }
        Poll::Pending
    }
}

impl<L> Drop for Turn<'_, L> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.pool.lock();
        let waker = state.waiting.remove(ticket);
        let granted = state.take_granted(ticket);
        drop(state);
        drop(waker);
        // This caller had already got a lease: pass it on.
        if let Some(slot) = granted {
            drop(Lease::new(self.pool, slot));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
