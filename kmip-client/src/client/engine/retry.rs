//! The retry loop: one call across connections and servers. The cluster decides what may be retried.

use std::time::Instant;

use super::attempt::attempt;
use super::message::Message;
use super::server::{Line, Server};
use super::{Answer, Engine};
use crate::client::error::Error;
use crate::client::observe::Facts;
use crate::client::outcome::{AttemptInfo, History, Next, Outcome};
use crate::client::pool::Lease;
use crate::client::status::EndpointState;
use crate::exchange::Report;
use crate::transport::error::{Broken, Phase, TransportError};
use crate::transport::network::Network;
use crate::transport::time::Limit;

impl<N: Network> Engine<N> {
    /// Retries across connections and endpoints until one answers, or until a retry could repeat a side effect.
    pub(super) async fn send_with_retries(&self, message: &mut Message<'_>, facts: &mut Facts<'_>) -> Answer {
        message.prepare(self.likely_version()).map_err(Error::Encode)?;
        facts.operations = message.operations();
        // Reading the clock costs as much as decoding a short message: the time is passed on until the call has waited
        // for something.
        let mut now = facts.begun;
        let total = message.terms.allowance.start(now, self.config.limit_in_total());
        let mut route = match message.terms.only {
            Some(index) => self.cluster.route_to(index),
            None => self.cluster.route(message.access()),
        };
        let mut history = History::new();
        while let Some(candidate) = self.cluster.next(&mut route, now) {
            if self.is_closed() {
                return if history.is_empty() {
                    Err(Error::ClientClosed)
                } else {
                    history.end(message.is_repeatable())?
                };
            }
            let server = &self.servers[candidate.index];
            let mut fresh = false;
            loop {
                let mut kept = false;
                let outcome = match self.lease(server, total, &mut now).await {
                    Ok(_) if !fresh && self.cluster.defer(&mut route, candidate, now) => break,
                    Ok(mut lease) => {
                        facts.attempt(candidate.index);
                        let line = if fresh {
                            // There is one connection per lease: the fresh one replaces the idle one.
                            drop(lease.take());
                            None
                        } else {
                            server.idle(&mut lease, message, now)
                        };
                        kept = line.is_some();
                        self.attempt(candidate, lease, line, message, total, facts).await
                    }
                    Err(error) => Outcome::Broken(Broken::NotSent(error)),
                };
                now = self.network.now();
                let tried =
                    AttemptInfo { kept, repeatable: message.is_repeatable(), out_of_time: total.has_passed(now) };
                let next = self.cluster.judge(&mut route, candidate, &outcome, tried, now);
                record(server, &outcome, next);
                match outcome {
                    Outcome::Answered(answer) => return answer,
                    Outcome::Declined(answer) => history.declined(answer),
                    Outcome::Broken(broken) => {
                        let was_sent = matches!(broken, Broken::Ambiguous(_));
                        self.recorder.broke(candidate.index, &facts.operations, broken.error(), was_sent);
                        history.broken(broken, |error| attempt(server, message.operations(), error));
                    }
                }
                match next {
                    Next::Return => return history.end(message.is_repeatable())?,
                    Next::Retry => {
                        fresh = true;
                        server.record_hang_up();
                    }
                    Next::Failover => break,
                    Next::Backoff(pause) => {
                        let deadline = total.deadline.min(now.checked_add(pause).unwrap_or(total.deadline));
                        // Without timers there is no backoff; the number of attempts is bounded in any case.
                        let _ = self.sleep_until(deadline).await;
                        now = self.network.now();
                        break;
                    }
                }
            }
        }
        history.end(message.is_repeatable())?
    }

    /// Waits for a lease of a connection to this server, in FIFO order. Updates `now` if it has waited.
    pub(super) async fn lease<'s>(
        &self,
        server: &'s Server<N::Link>,
        total: Limit,
        now: &mut Instant,
    ) -> Result<Lease<'s, Line<N::Link>>, TransportError> {
        if total.has_passed(*now) {
            return Err(total.timed_out());
        }
        if let Some(lease) = server.pool.try_lease(*now) {
            return Ok(lease);
        }
        let waited = self.network.until(total.deadline, server.pool.lease()).await;
        *now = self.network.now();
        waited.map_err(|error| Limit { phase: Phase::Waiting, ..total }.error_of(error, TransportError::Io))
    }
}

/// Records the state of a server after an attempt.
fn record<L>(server: &Server<L>, outcome: &Outcome<Answer>, next: Next) {
    match outcome {
        Outcome::Answered(_) | Outcome::Declined(_) => server.record_success(),
        // The end of an idle connection does not mean that the server has failed.
        Outcome::Broken(_) if next == Next::Retry => {}
        Outcome::Broken(broken) => {
            let error = broken.error();
            server.record_failure(EndpointState::of_transport_error(error), Report::of(error).to_string());
        }
    }
}
