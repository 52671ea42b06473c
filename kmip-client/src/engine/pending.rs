//! Answers that come later: asked for by Poll until they are there (KMIP 2.1, 6.1.38; KMIP 1.4, 4.28).

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Engine, Io};
use crate::error::Error;
use crate::exchange::{Answered, Checked, Exchange, Expected};
use crate::options::RequestOptions;
use crate::protocol::operation::Cancel;

/// The first pause, and the longest: each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl<I: Io> Engine<I> {
    /// Sends a message, and waits for what is answered later, where the options say so.
    pub(super) async fn converse_to_the_end<O>(
        self: &Arc<Self>,
        exchange: &Exchange<O>,
        options: &RequestOptions,
    ) -> Result<Answered<Error>, Error> {
        let mut answered = self.converse(exchange).await?;
        if options.waits_for_pending() && answered.items_mut().iter().any(|item| mark_of(item).is_some()) {
            self.wait_for_pending(exchange, &mut answered, options).await;
        }
        Ok(answered)
    }

    /// Puts the answers in the places of those items that have none yet. What has none by the end of the limit stays pending.
    async fn wait_for_pending<O>(
        self: &Arc<Self>,
        exchange: &Exchange<O>,
        answered: &mut Answered<Error>,
        options: &RequestOptions,
    ) {
        let deadline = Instant::now().checked_add(self.config.limit_of_pending());
        let options = options.at_once();
        let items = answered.items_mut();
        let marks = items.iter().filter_map(|item| mark_of(item).map(<[u8]>::to_vec)).collect();
        // Whoever drops this call does not want them any more.
        let mut wanted = Wanted { engine: self, options: &options, marks };
        let mut pause = FIRST_PAUSE;
        while !wanted.marks.is_empty() {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                break;
            }
            self.io.pause(left.map_or(pause, |left| pause.min(left))).await;
            pause = LONGEST_PAUSE.min(pause * 2);
            for (item, expected) in items.iter_mut().zip(exchange.expected()) {
                let Some(mark) = mark_of(item).map(<[u8]>::to_vec) else { continue };
                if let Some(done) = self.poll(&mark, *expected, &options).await {
                    *item = done;
                    wanted.marks.retain(|wanted| *wanted != mark);
                }
            }
        }
        // The caller gets the marks of the rest.
        wanted.marks.clear();
    }

    /// Asks once; `None` where there is no answer yet.
    async fn poll(&self, mark: &[u8], expected: Expected, options: &RequestOptions) -> Option<Result<Checked, Error>> {
        let exchange = match Exchange::poll(self.version(), mark, expected, options) {
            Ok(exchange) => exchange,
            Err(error) => return Some(Err(Error::Encode(error))),
        };
        match self.converse(&exchange).await {
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
struct Wanted<'e, I: Io> {
    engine: &'e Arc<Engine<I>>,
    options: &'e RequestOptions,
    marks: Vec<Vec<u8>>,
}

impl<I: Io> Drop for Wanted<'_, I> {
    fn drop(&mut self) {
        for mark in std::mem::take(&mut self.marks) {
            let (engine, options) = (Arc::clone(self.engine), self.options.clone());
            self.engine.io.detach(async move {
                // Whether it could be canceled is of no interest to anybody.
                let _ = engine.call_in(engine.version(), &Cancel::correlation_value(&mark), &options).await;
            });
        }
    }
}
