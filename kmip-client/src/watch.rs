//! Seeing what happens: counters, a hook for metrics, and `tracing`. All three are told the same facts, in one place, and never a value.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::OperationCode;

use crate::config::Endpoint;
use crate::error::{Error, Fault};

/// Is told what a client does, as it happens: for metrics, or for a log of one's own. [`Config::observer`](crate::Config::observer) takes it.
///
/// Every method does nothing unless it is written. They are called in the middle of calls, so they should be quick and must not wait.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use kmip_client::{Called, Observer};
///
/// #[derive(Default)]
/// struct Slow(AtomicU64);
///
/// impl Observer for Slow {
///     fn called(&self, call: &Called<'_>) {
///         if call.took.as_millis() > 500 {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// # let server = kmip_client::test_server::TestServer::start();
/// # let config = server.config();
/// let slow = Arc::new(Slow::default());
/// let kms = kmip_client::blocking::Client::connect(&config.observer(slow.clone()))?;
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
pub trait Observer: Send + Sync {
    /// A connection was made, TLS included.
    fn opened(&self, opened: &Opened<'_>) {
        let _ = opened;
    }

    /// A connection is closed: it has been idle for too long, has broken, or is not known to be in step.
    fn closed(&self, endpoint: &Endpoint) {
        let _ = endpoint;
    }

    /// An attempt has brought no answer. The call may go on with another.
    fn broke(&self, broke: &Broke<'_>) {
        let _ = broke;
    }

    /// A call has ended, one way or another.
    fn called(&self, call: &Called<'_>) {
        let _ = call;
    }
}

/// A connection that was made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Opened<'a> {
    /// To which server.
    pub endpoint: &'a Endpoint,
    /// How long that took.
    pub took: Duration,
    /// Whether a TLS session was resumed.
    pub resumed: bool,
}

/// An attempt that has brought no answer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Broke<'a> {
    /// Which server was tried.
    pub endpoint: &'a Endpoint,
    /// What was asked; nothing while a client connects.
    pub operations: &'a [OperationCode],
    /// What broke.
    pub fault: &'a Fault,
    /// Whether the server may have seen the request.
    pub was_sent: bool,
}

/// A call that has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Called<'a> {
    /// What was asked: one operation, or those of a batch.
    pub operations: &'a [OperationCode],
    /// The server that was tried last; none where the call ended before there was a connection.
    pub endpoint: Option<&'a Endpoint>,
    /// The version of KMIP of the request.
    pub version: Option<ProtocolVersion>,
    /// How many bytes of messages were sent, in all attempts, without those of TLS.
    pub sent: u64,
    /// How many were received.
    pub received: u64,
    /// How long it took, in all.
    pub took: Duration,
    /// How many attempts there were; each but the first is a retry.
    pub attempts: u32,
    /// How often it went on to another server.
    pub failovers: u32,
    /// How it ended.
    pub ending: Ending<'a>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ending<'a> {
    /// There is an answer. Of a batch, single requests may have failed.
    Answered,
    /// There is none, or it is a refusal.
    Failed(&'a Error),
    /// The caller has dropped the call before its end.
    Dropped,
}

impl Ending<'_> {
    /// In a word, for a label of a metric: `answered`, `refused`, `unreachable`, `no_answer`, `outcome_unknown`, `dropped` or `failed`.
    ///
    /// ```
    /// assert_eq!(kmip_client::Ending::Answered.name(), "answered");
    /// ```
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Dropped => "dropped",
            Self::Failed(Error::Refused(_)) => "refused",
            Self::Failed(Error::Unreachable(_)) => "unreachable",
            Self::Failed(Error::NoAnswer(_)) => "no_answer",
            Self::Failed(Error::OutcomeUnknown(_)) => "outcome_unknown",
            Self::Failed(_) => "failed",
        }
    }
}

/// What a client has done so far.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// # use kmip_client::{blocking::Client, protocol::operation::Locate, test_server::TestServer};
/// # let server = TestServer::start();
/// let kms = Client::connect(&server.config())?;
/// kms.call(&Locate::all())?;
/// let counters = kms.counters();
/// assert_eq!((counters.calls, counters.retries, counters.endpoints[0].opened), (1, 0, 1));
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Calls that have ended; a batch is one.
    pub calls: u64,
    /// Those of them without an answer; a refusal is an answer.
    pub failed: u64,
    /// Attempts beyond the first of their call.
    pub retries: u64,
    /// Those of them at another server.
    pub failovers: u64,
    /// For each server, in the order of the configuration.
    pub endpoints: Vec<EndpointCounters>,
}

/// What a client has done with one server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointCounters {
    /// The server.
    pub endpoint: Endpoint,
    /// Connections that were made.
    pub opened: u64,
    /// Those of them that resumed a TLS session.
    pub resumed: u64,
    /// Connections that were closed. Those that are neither closed nor in use are idle.
    pub closed: u64,
    /// Attempts on a connection that was kept from an earlier call.
    pub reused: u64,
    /// Attempts that brought no answer.
    pub broken: u64,
    /// Bytes of messages that were sent, without those of TLS.
    pub sent: u64,
    /// Bytes of messages that were received.
    pub received: u64,
}

/// Who is told. Counting is for everybody, the rest for whoever has asked for it.
pub(crate) struct Watch {
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

impl Watch {
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
            broken: read(&counts.broken),
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

    pub(crate) fn opened(&self, place: usize, took: Duration, resumed: bool) {
        let counts = &self.servers[place];
        add(&counts.opened, 1);
        add(&counts.resumed, u64::from(resumed));
        let opened = Opened { endpoint: &counts.endpoint, took, resumed };
        #[cfg(feature = "tracing")]
        tracing::debug!(endpoint = %opened.endpoint, took = ?took, resumed, "connected");
        if let Some(observer) = &self.observer {
            observer.opened(&opened);
        }
    }

    pub(crate) fn closed(&self, place: usize) {
        let counts = &self.servers[place];
        add(&counts.closed, 1);
        #[cfg(feature = "tracing")]
        tracing::debug!(endpoint = %counts.endpoint, "connection closed");
        if let Some(observer) = &self.observer {
            observer.closed(&counts.endpoint);
        }
    }

    pub(crate) fn reused(&self, place: usize) {
        add(&self.servers[place].reused, 1);
    }

    pub(crate) fn sent(&self, place: usize, bytes: usize) {
        add(&self.servers[place].sent, bytes as u64);
    }

    pub(crate) fn received(&self, place: usize, bytes: usize) {
        add(&self.servers[place].received, bytes as u64);
    }

    pub(crate) fn broke(&self, place: usize, operations: &[OperationCode], fault: &Fault, was_sent: bool) {
        let counts = &self.servers[place];
        add(&counts.broken, 1);
        let broke = Broke { endpoint: &counts.endpoint, operations, fault, was_sent };
        #[cfg(feature = "tracing")]
        tracing::warn!(endpoint = %broke.endpoint, was_sent, fault = %Told(fault), "an attempt brought no answer");
        if let Some(observer) = &self.observer {
            observer.broke(&broke);
        }
    }

    /// What a call that begins now is going to be.
    pub(crate) fn begin(&self, now: Instant) -> Facts<'_> {
        Facts {
            watch: self,
            begun: now,
            ended: None,
            operations: Vec::new(),
            place: None,
            version: None,
            sent: 0,
            received: 0,
            attempts: 0,
            failovers: 0,
            is_told: false,
        }
    }
}

/// What there is to tell of one call. Where it is dropped before it has ended, that is told.
pub(crate) struct Facts<'w> {
    watch: &'w Watch,
    pub(crate) begun: Instant,
    ended: Option<Instant>,
    pub(crate) operations: Vec<OperationCode>,
    place: Option<usize>,
    pub(crate) version: Option<ProtocolVersion>,
    sent: usize,
    received: usize,
    attempts: u32,
    failovers: u32,
    is_told: bool,
}

impl Facts<'_> {
    /// An attempt begins.
    pub(crate) fn attempt(&mut self, place: usize) {
        if self.attempts > 0 {
            add(&self.watch.retries, 1);
        }
        if self.place.is_some_and(|last| last != place) {
            self.failovers += 1;
            add(&self.watch.failovers, 1);
        }
        self.attempts += 1;
        self.place = Some(place);
    }

    /// Which server was tried last.
    pub(crate) fn place(&self) -> Option<usize> {
        self.place
    }

    pub(crate) fn sent(&mut self, bytes: usize) {
        self.sent += bytes;
    }

    pub(crate) fn received(&mut self, bytes: usize) {
        self.received += bytes;
    }

    /// The call has ended.
    pub(crate) fn end(mut self, now: Instant, error: Option<&Error>) {
        self.ended = Some(now);
        self.tell(error.map_or(Ending::Answered, Ending::Failed));
    }

    /// This was no call that anybody made.
    pub(crate) fn forget(mut self) {
        self.is_told = true;
    }

    fn tell(&mut self, ending: Ending<'_>) {
        self.is_told = true;
        let watch = self.watch;
        let call = Called {
            operations: &self.operations,
            endpoint: self.place.map(|place| &watch.servers[place].endpoint),
            version: self.version,
            sent: self.sent as u64,
            received: self.received as u64,
            // One that was dropped has no time of its end but this.
            took: self.ended.unwrap_or_else(Instant::now).saturating_duration_since(self.begun),
            attempts: self.attempts,
            failovers: self.failovers,
            ending,
        };
        add(&watch.calls, 1);
        let has_failed = !matches!(ending, Ending::Answered | Ending::Failed(Error::Refused(_)));
        add(&watch.failed, u64::from(has_failed));
        #[cfg(feature = "tracing")]
        record(&call);
        if let Some(observer) = &watch.observer {
            observer.called(&call);
        }
    }
}

impl Drop for Facts<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.tell(Ending::Dropped);
        }
    }
}

/// The span of a call: what its attempts tell belongs to it.
#[cfg(feature = "tracing")]
pub(crate) async fn in_span<F: Future>(call: F) -> F::Output {
    use tracing::field::Empty;
    let span = tracing::debug_span!(
        "kmip_call",
        operation = Empty,
        endpoint = Empty,
        version = Empty,
        sent = Empty,
        received = Empty,
        attempts = Empty,
        took = Empty,
        result = Empty
    );
    tracing::Instrument::instrument(call, span).await
}

#[cfg(not(feature = "tracing"))]
pub(crate) async fn in_span<F: Future>(call: F) -> F::Output {
    call.await
}

/// Puts the facts into the span of the call, and into an event for those who look at no spans.
#[cfg(feature = "tracing")]
fn record(call: &Called<'_>) {
    use tracing::field::{debug, display};
    let span = tracing::Span::current();
    let operation = crate::error::Named(call.operations).to_string();
    let (result, version) = (call.ending.name(), call.version.map(|version| version.to_string()).unwrap_or_default());
    let endpoint = call.endpoint.map(ToString::to_string).unwrap_or_default();
    span.record("operation", display(&operation)).record("endpoint", display(&endpoint));
    span.record("version", display(&version)).record("sent", call.sent).record("received", call.received);
    span.record("attempts", call.attempts).record("took", debug(call.took)).record("result", result);
    let Called { sent, received, took, attempts, failovers, .. } = call;
    tracing::debug!(operation, endpoint, version, sent, received, ?took, attempts, failovers, result, "call ended");
}

/// A fault with what lies below it.
#[cfg(feature = "tracing")]
struct Told<'a>(&'a Fault);

#[cfg(feature = "tracing")]
impl std::fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = std::error::Error::source(self.0);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
