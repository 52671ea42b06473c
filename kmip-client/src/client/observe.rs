//! Observability of a client: counters, an [`Observer`] for metrics and headers, and `tracing`.
//!
//! All three get the same facts, and never a value from a message.

mod counters;
mod observer;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "observe/no_spans.rs"]
mod spans;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::OperationCode;

pub use self::counters::{Counters, EndpointCounters};
pub use self::observer::{AttemptFailed, CallEnded, CallOutcome, ConnectionClosed, ConnectionOpened, Observer};
pub(crate) use self::spans::in_span;

use crate::client::error::Error;
use crate::client::terms::Terms;
use crate::config::Endpoint;
use crate::transport::error::TransportError;

/// The receivers of events. Counters are always updated, the others only if present.
pub(crate) struct Recorder {
    observer: Option<Arc<dyn Observer>>,
    calls: AtomicU64,
    failed: AtomicU64,
    retries: AtomicU64,
    failovers: AtomicU64,
    servers: Vec<Counts>,
}

/// The counters of one server.
struct Counts {
    endpoint: Endpoint,
    opened: AtomicU64,
    resumed: AtomicU64,
    closed: AtomicU64,
    reused: AtomicU64,
    broken: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

impl Recorder {
    pub(crate) fn new(observer: Option<Arc<dyn Observer>>, endpoints: &[Endpoint]) -> Self {
        let zero = || AtomicU64::new(0);
        let servers = endpoints.iter().map(|endpoint| Counts {
            endpoint: endpoint.clone(),
            opened: zero(),
            resumed: zero(),
            closed: zero(),
            reused: zero(),
            broken: zero(),
            sent: zero(),
            received: zero(),
        });
        let servers = servers.collect();
        Self { observer, calls: zero(), failed: zero(), retries: zero(), failovers: zero(), servers }
    }

    pub(crate) fn counters(&self) -> Counters {
        let endpoints = self.servers.iter().map(|counts| EndpointCounters {
            endpoint: counts.endpoint.clone(),
            opened: read(&counts.opened),
            resumed: read(&counts.resumed),
            closed: read(&counts.closed),
            reused: read(&counts.reused),
            failed_attempts: read(&counts.broken),
            sent: read(&counts.sent),
            received: read(&counts.received),
        });
        Counters {
            calls: read(&self.calls),
            failed: read(&self.failed),
            retries: read(&self.retries),
            failovers: read(&self.failovers),
            endpoints: endpoints.collect(),
        }
    }

    pub(crate) fn opened(&self, index: usize, took: Duration, resumed: bool) {
        let counts = &self.servers[index];
        add(&counts.opened, 1);
        add(&counts.resumed, u64::from(resumed));
        let opened = ConnectionOpened { endpoint: &counts.endpoint, elapsed: took, resumed };
        spans::opened(&opened);
        if let Some(observer) = &self.observer {
            observer.connection_opened(&opened);
        }
    }

    pub(crate) fn closed(&self, index: usize) {
        let counts = &self.servers[index];
        add(&counts.closed, 1);
        let closed = ConnectionClosed { endpoint: &counts.endpoint };
        spans::closed(&closed);
        if let Some(observer) = &self.observer {
            observer.connection_closed(&closed);
        }
    }

    pub(crate) fn reused(&self, index: usize) {
        add(&self.servers[index].reused, 1);
    }

    pub(crate) fn sent(&self, index: usize, bytes: usize) {
        add(&self.servers[index].sent, bytes as u64);
    }

    pub(crate) fn received(&self, index: usize, bytes: usize) {
        add(&self.servers[index].received, bytes as u64);
    }

    pub(crate) fn broke(&self, index: usize, operations: &[OperationCode], error: &TransportError, was_sent: bool) {
        let counts = &self.servers[index];
        add(&counts.broken, 1);
        let broke = AttemptFailed { endpoint: &counts.endpoint, operations, error, was_sent };
        spans::failed(&broke);
        if let Some(observer) = &self.observer {
            observer.attempt_failed(&broke);
        }
    }

    /// Returns the terms of a call with these operations, with the header options as the observer wants them.
    pub(crate) fn terms<'t>(
        &self,
        operations: impl FnOnce() -> Vec<OperationCode>,
        terms: &'t Terms,
    ) -> Cow<'t, Terms> {
        match &self.observer {
            Some(observer) => {
                let options = observer.request_options(&operations(), terms.options.clone());
                Cow::Owned(Terms { options, ..terms.clone() })
            }
            None => Cow::Borrowed(terms),
        }
    }

    /// Returns the facts of a call that begins now.
    pub(crate) fn begin(&self, now: Instant) -> Facts<'_> {
        Facts {
            recorder: self,
            begun: now,
            ended: None,
            operations: Vec::new(),
            index: None,
            version: None,
            sent: 0,
            received: 0,
            attempts: 0,
            failovers: 0,
            is_told: false,
        }
    }
}

/// The facts of one call. If dropped before the end of the call, the call is reported as cancelled.
pub(crate) struct Facts<'w> {
    recorder: &'w Recorder,
    pub(crate) begun: Instant,
    ended: Option<Instant>,
    pub(crate) operations: Vec<OperationCode>,
    index: Option<usize>,
    pub(crate) version: Option<ProtocolVersion>,
    sent: usize,
    received: usize,
    attempts: u32,
    failovers: u32,
    is_told: bool,
}

impl Facts<'_> {
    /// Records the start of an attempt.
    pub(crate) fn attempt(&mut self, index: usize) {
        if self.attempts > 0 {
            add(&self.recorder.retries, 1);
        }
        if self.index.is_some_and(|last| last != index) {
            self.failovers += 1;
            add(&self.recorder.failovers, 1);
        }
        self.attempts += 1;
        self.index = Some(index);
    }

    /// Returns the index of the server that was tried last.
    pub(crate) fn index(&self) -> Option<usize> {
        self.index
    }

    pub(crate) fn sent(&mut self, bytes: usize) {
        self.sent += bytes;
    }

    pub(crate) fn received(&mut self, bytes: usize) {
        self.received += bytes;
    }

    /// Records the end of the call.
    pub(crate) fn end(mut self, now: Instant, error: Option<&Error>) {
        self.ended = Some(now);
        self.tell(error.map_or(CallOutcome::Answered, CallOutcome::Failed));
    }

    /// Discards the facts of an internal call.
    pub(crate) fn forget(mut self) {
        self.is_told = true;
    }

    fn tell(&mut self, ending: CallOutcome<'_>) {
        self.is_told = true;
        let recorder = self.recorder;
        let call = CallEnded {
            operations: &self.operations,
            endpoint: self.index.map(|index| &recorder.servers[index].endpoint),
            version: self.version,
            sent: self.sent as u64,
            received: self.received as u64,
            // A dropped call ends now.
            elapsed: self.ended.unwrap_or_else(Instant::now).saturating_duration_since(self.begun),
            attempts: self.attempts,
            failovers: self.failovers,
            outcome: ending,
        };
        add(&recorder.calls, 1);
        let has_failed = !matches!(ending, CallOutcome::Answered | CallOutcome::Failed(Error::Refused(_)));
        add(&recorder.failed, u64::from(has_failed));
        spans::ended(&call);
        if let Some(observer) = &recorder.observer {
            observer.call_ended(&call);
        }
    }
}

impl Drop for Facts<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.tell(CallOutcome::Cancelled);
        }
    }
}
