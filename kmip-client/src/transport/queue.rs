//! The callers that wait for a connection, or for a lookup.

use std::collections::VecDeque;
use std::task::Waker;

/// The number that a caller waits under.
pub(crate) type Ticket = u64;

/// Callers in FIFO order. A sorted list rather than a map: tickets only grow, and a caller leaves in O(log n).
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// In the order of the tickets. A caller that left is `None`, until such places are more than half of all.
    callers: VecDeque<(Ticket, Option<Waker>)>,
    left: usize,
    next_ticket: Ticket,
}

impl Queue {
    pub(crate) fn push(&mut self, waker: Waker) -> Ticket {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.callers.push_back((ticket, Some(waker)));
        ticket
    }

    /// Removes the first caller.
    pub(crate) fn pop(&mut self) -> Option<(Ticket, Waker)> {
        while let Some((ticket, waker)) = self.callers.pop_front() {
            match waker {
                Some(waker) => return Some((ticket, waker)),
                None => self.left -= 1,
            }
        }
        None
    }

    /// Returns the waker of a caller in the queue.
    pub(crate) fn waker(&mut self, ticket: Ticket) -> Option<&mut Waker> {
        self.place(ticket)?.as_mut()
    }

    /// Removes a caller, if it is in the queue.
    pub(crate) fn remove(&mut self, ticket: Ticket) -> Option<Waker> {
        let waker = self.place(ticket)?.take()?;
        self.left += 1;
        if self.left > self.callers.len() / 2 {
            self.callers.retain(|(_, waker)| waker.is_some());
            self.left = 0;
        }
        Some(waker)
    }

    /// Removes all callers.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = Waker> + use<> {
        self.left = 0;
        std::mem::take(&mut self.callers).into_iter().filter_map(|(_, waker)| waker)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.callers.len() - self.left
    }

    fn place(&mut self, ticket: Ticket) -> Option<&mut Option<Waker>> {
        let place = self.callers.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()?;
        self.callers.get_mut(place).map(|(_, waker)| waker)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn callers_leave_in_any_order_and_their_places_are_freed() {
        let mut queue = Queue::default();
        let tickets: Vec<_> = (0..1000).map(|_| queue.push(Waker::noop().clone())).collect();
        for ticket in tickets.iter().skip(1).step_by(2).chain(tickets.iter().step_by(4)) {
            assert!(queue.remove(*ticket).is_some());
            assert!(queue.remove(*ticket).is_none() && queue.waker(*ticket).is_none());
            assert!(queue.callers.len() <= 2 * queue.len(), "{} places for {}", queue.callers.len(), queue.len());
        }
        assert_eq!(queue.len(), 250);
        let served: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(ticket, _)| ticket).collect();
        assert_eq!(served, tickets.iter().copied().skip(2).step_by(4).collect::<Vec<_>>());
        assert_eq!((queue.len(), queue.callers.len(), queue.left), (0, 0, 0));
    }
}
