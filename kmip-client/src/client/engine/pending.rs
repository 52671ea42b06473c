//! Asynchronous requests, polled until their results arrive (KMIP 2.1, 6.1.38; KMIP 1.4, 4.28).

use std::sync::Arc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::message::Message;
use super::{Answer, Engine};
use crate::client::error::Error;
use crate::client::observe::Facts;
use crate::client::terms::Terms;
use crate::exchange::{Answered, Asked, Checked, Expected, Outgoing};
use crate::protocol::operation::{Cancel, Repeat};
use crate::transport::error::Phase;
use crate::transport::network::{Boxed, Network};
use crate::transport::time::{Allowance, Limit};

/// The first and the longest pause between polls. Each pause doubles the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The terms of polls, and what they inherit from the call.
struct Poller {
    /// The terms of one Poll: only the server with the request, because others of its KMS may not know it.
    terms: Terms,
    /// The end of all polls.
    deadline: Instant,
    /// The maximum cost of repeating the request itself.
    affordable: Repeat,
}

impl<N: Network> Engine<N> {
    /// Sends a message, and waits for asynchronous results if the options say so: until the deadline of the call, or
    /// without one for the configured time from now on.
    ///
    /// Boxed, so that the engine is compiled once: the body of an async function is compiled wherever it is polled.
    pub(super) fn send_and_wait<'a>(
        self: &'a Arc<Self>,
        message: &'a mut Message<'_>,
        facts: &'a mut Facts<'_>,
    ) -> Boxed<'a, Answer> {
        Box::pin(async move {
            let over = message.terms.allowance.deadline(self.network.now());
            let mut answered = self.send_with_retries(message, facts).await?;
            let waits = message.terms.options.waits_for_pending();
            if waits && answered.items_mut().iter().any(|item| mark_of(item).is_some()) {
                let limit = Limit::start(self.network.now(), Phase::Waiting, self.config.limit_of_pending());
                let deadline = over.unwrap_or(limit.deadline);
                let terms = message.terms.of_poll(facts.index(), deadline);
                let poller = Poller { terms, deadline, affordable: message.terms.affordable };
                // Boxed, so that it does not enlarge every call.
                Box::pin(self.wait_for_pending(&poller, message, &mut answered)).await;
            }
            Ok(answered)
        })
    }

    /// Replaces pending items by their results. Those without a result by the deadline stay pending.
    async fn wait_for_pending(
        self: &Arc<Self>,
        poller: &Poller,
        message: &Message<'_>,
        answered: &mut Answered<Error>,
    ) {
        let items = answered.items_mut();
        let marks = items.iter().filter_map(|item| mark_of(item).map(<[u8]>::to_vec)).collect();
        // Dropping the call cancels the requests.
        let mut cancel = CancelOnDrop { engine: self, terms: &poller.terms, marks };
        let mut pause = FIRST_PAUSE;
        while !cancel.marks.is_empty() {
            let left = poller.deadline.saturating_duration_since(self.network.now());
            if left.is_zero() {
                break;
            }
            if self.pause(pause.min(left)).await.is_err() {
                break;
            }
            pause = LONGEST_PAUSE.min(pause * 2);
            for (index, (item, expected)) in items.iter_mut().zip(message.expected()).enumerate() {
                let Some(mark) = mark_of(item).map(<[u8]>::to_vec) else { continue };
                let asked_first = message.payload(index);
                if let Some(done) = self.poll(poller, &mark, (*expected, &asked_first)).await {
                    *item = done;
                    cancel.marks.retain(|other| *other != mark);
                }
            }
        }
        // The caller gets the correlation values of the others.
        cancel.marks.clear();
    }

    /// Polls once. Returns `None` if there is no result yet.
    async fn poll(
        self: &Arc<Self>,
        poller: &Poller,
        mark: &[u8],
        (expected, asked_first): (Expected, &Zeroizing<Vec<u8>>),
    ) -> Option<Result<Checked, Error>> {
        let number = self.number(1);
        // With the timeout of any other call, but not beyond the deadline.
        let total = Limit::start(self.network.now(), Phase::Total, self.config.limit_in_total());
        let terms = Terms { allowance: Allowance::Until(poller.deadline.min(total.deadline)), ..poller.terms.clone() };
        let encode = |version| Outgoing::poll(version, mark, (expected, asked_first.clone()), &terms.options, number);
        match self.send(Message::new(&encode, &terms)).await {
            Ok(mut answered) => match answered.next_item() {
                Err(Error::Pending(_)) => None,
                done => Some(done),
            },
            // The original request has reached the server, so a poll that does not reach it means nothing.
            Err(Error::Unreachable(_)) => None,
            Err(error) => Some(Err(reclassify_poll_error(error, expected.repeat >= poller.affordable))),
        }
    }
}

/// Converts an error of Poll to one of the original request: Poll is not repeatable, but the request may be.
fn reclassify_poll_error(error: Error, is_repeatable: bool) -> Error {
    match error {
        Error::OutcomeUnknown(attempt) if is_repeatable => Error::NoAnswer(attempt),
        error => error,
    }
}

/// Returns the Asynchronous Correlation Value of a pending item.
fn mark_of(item: &Result<Checked, Error>) -> Option<&[u8]> {
    match item {
        Err(Error::Pending(pending)) => pending.asynchronous_correlation_value.as_deref(),
        _ => None,
    }
}

/// Pending requests. Dropping this cancels them on the server.
struct CancelOnDrop<'e, N: Network> {
    engine: &'e Arc<Engine<N>>,
    terms: &'e Terms,
    marks: Vec<Vec<u8>>,
}

impl<N: Network> Drop for CancelOnDrop<'_, N> {
    fn drop(&mut self) {
        let Some(server) = self.terms.only else { return };
        for mark in &self.marks {
            self.engine.send_detached(self.terms, server, Asked::new(&Cancel::correlation_value(mark)));
        }
    }
}
