//! Answers that come later: asked for by Poll until they are there (KMIP 2.1, 6.1.38; KMIP 1.4, 4.28).

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::message::Message;
use super::{Answer, Engine};
use crate::client::error::Error;
use crate::client::observe::Facts;
use crate::exchange::options::RequestOptions;
use crate::exchange::{Answered, Checked, Exchange, Expected};
use crate::protocol::operation::Cancel;
use crate::transport::fault::Phase;
use crate::transport::network::Network;
use crate::transport::time::{Allowance, Limit};

/// The first pause, and the longest: each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Where and how long to ask for what is answered later.
#[derive(Clone, Copy)]
struct Later {
    /// The server that will answer: others of its KMS need not know of it.
    place: Option<usize>,
    deadline: Instant,
    /// How long each Poll may take.
    allowance: Allowance,
}

impl<N: Network> Engine<N> {
    /// Sends a message, and waits for what is answered later, where the options say so: until the time is over that the caller allows for the
    /// whole call, or else as long as the configuration says from now on.
    pub(super) async fn converse_to_the_end<O>(
        self: &Arc<Self>,
        allowance: Allowance,
        message: &mut Message<'_, O>,
        facts: &mut Facts<'_>,
    ) -> Answer {
        let over = allowance.deadline(self.network.now());
        let mut answered = self.converse(allowance, message, facts).await?;
        if message.options.waits_for_pending() && answered.items_mut().iter().any(|item| mark_of(item).is_some()) {
            let limit = Limit::start(self.network.now(), Phase::Waiting, self.config.limit_of_pending());
            let later = Later {
                place: facts.place(),
                deadline: over.unwrap_or(limit.deadline),
                allowance: over.map_or(Allowance::Configured, Allowance::Until),
            };
            // Boxed, so that not every call makes room for it.
            Box::pin(self.wait_for_pending(later, message, &mut answered)).await;
        }
        Ok(answered)
    }

    /// Puts the answers in the places of those items that have none yet. What has none by the end of the limit stays pending.
    async fn wait_for_pending<O>(
        self: &Arc<Self>,
        later: Later,
        message: &Message<'_, O>,
        answered: &mut Answered<Error>,
    ) {
        let options = message.options.at_once();
        let items = answered.items_mut();
        let marks = items.iter().filter_map(|item| mark_of(item).map(<[u8]>::to_vec)).collect();
        // Whoever drops this call does not want them any more.
        let mut wanted = Wanted { engine: self, options: &options, place: later.place, marks };
        let mut pause = FIRST_PAUSE;
        while !wanted.marks.is_empty() {
            let left = later.deadline.saturating_duration_since(self.network.now());
            if left.is_zero() {
                break;
            }
            self.pause(pause.min(left)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
            for (item, expected) in items.iter_mut().zip(message.expected()) {
                let Some(mark) = mark_of(item).map(<[u8]>::to_vec) else { continue };
                if let Some(done) = self.poll(later, &mark, *expected, &options).await {
                    *item = done;
                    wanted.marks.retain(|wanted| *wanted != mark);
                }
            }
        }
        // The caller gets the marks of the rest.
        wanted.marks.clear();
    }

    /// Asks once; `None` where there is no answer yet.
    async fn poll(
        &self,
        later: Later,
        mark: &[u8],
        expected: Expected,
        options: &RequestOptions,
    ) -> Option<Result<Checked, Error>> {
        let encode = |version| Exchange::poll(version, mark, expected, options);
        match self.ask(later.allowance, Message::new(&encode, options).to(later.place)).await {
            Ok(mut answered) => match answered.next_item() {
                Err(Error::Pending(_)) => None,
                Err(error) => Some(Err(of_what_was_asked(error, expected))),
                done => Some(done),
            },
            // What was asked at first has reached the server; that it cannot be asked now tells nothing.
            Err(Error::Unreachable(_)) => None,
            Err(error) => Some(Err(of_what_was_asked(error, expected))),
        }
    }
}

/// Poll is not sent twice; whether what was asked may be is another matter.
fn of_what_was_asked(error: Error, expected: Expected) -> Error {
    match error {
        Error::OutcomeUnknown(attempt) if expected.idempotent => Error::NoAnswer(attempt),
        error => error,
    }
}

/// What to poll with, where the answer comes later.
fn mark_of(item: &Result<Checked, Error>) -> Option<&[u8]> {
    match item {
        Err(Error::Pending(pending)) => pending.asynchronous_correlation_value.as_deref(),
        _ => None,
    }
}

/// Requests that somebody waits for; canceled when nobody does any more.
struct Wanted<'e, N: Network> {
    engine: &'e Arc<Engine<N>>,
    options: &'e RequestOptions,
    place: Option<usize>,
    marks: Vec<Vec<u8>>,
}

impl<N: Network> Drop for Wanted<'_, N> {
    fn drop(&mut self) {
        let Some(place) = self.place else { return };
        for mark in &self.marks {
            self.engine.leave(self.options, place, &Cancel::correlation_value(mark));
        }
    }
}
