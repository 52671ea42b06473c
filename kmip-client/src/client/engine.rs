//! The engine of both clients, async over [`Io`](crate::transport::network::Io), which they supply. TLS runs in here; a
//! driver only moves bytes.

mod attempt;
mod fetch;
mod message;
mod negotiate;
mod pending;
mod probe;
mod retry;
mod server;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stdout)]
mod simulated;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;

pub(crate) use self::fetch::fetch_certificate;

use self::message::Message;
use self::server::Server;
use crate::client::cluster::Cluster;
use crate::client::config::Config;
use crate::client::error::Error;
use crate::client::observe::{Counters, Recorder, in_span};
use crate::client::terms::Terms;
use crate::config::{ConfigError, Endpoint, Thumbprint};
use crate::exchange::asked::Requests;
use crate::exchange::{Answered, Asked, Outgoing};
use crate::transport::error::Phase;
use crate::transport::network::{Boxed, Network};
use crate::transport::time::Limit;

/// The servers of one KMS, the connections to them, and the versions negotiated with each.
pub(crate) struct Engine<N: Network> {
    network: N,
    config: Config,
    /// The allowed versions, newest first; at least one.
    versions: Vec<ProtocolVersion>,
    /// The servers in order of preference; at least one.
    servers: Vec<Server<N::Link>>,
    cluster: Cluster,
    /// The index of the server that answered last.
    last: AtomicUsize,
    /// The Unique Batch Item ID of the next request, which distinguishes its response from others.
    next_number: AtomicU64,
    /// The number of tasks in the background.
    detached: AtomicUsize,
    recorder: Arc<Recorder>,
    closed: AtomicBool,
}

/// The maximum number of tasks in the background. Further ones are dropped, because they only clean up on a server.
const MOST_DETACHED: usize = 16;

/// The answer of a server: a response or a refusal.
type Answer = Result<Answered<Error>, Error>;

impl<N: Network> Engine<N> {
    /// Creates an engine that has reached one of the servers, and negotiated a version with it.
    pub(crate) async fn connect(network: N, config: &Config) -> Result<Arc<Self>, Error> {
        let engine = Arc::new(Self::new(network, config)?);
        let terms = Terms::new(config);
        let terms = engine.recorder.terms(Vec::new, &terms);
        let mut message = Message::none(&terms);
        let begun = engine.network.now();
        let mut facts = engine.recorder.begin(begun);
        let reached = in_span(engine.send_and_wait(&mut message, &mut facts)).await;
        facts.forget();
        reached?;
        engine.warm_up(terms.allowance.start(begun, engine.config.limit_in_total())).await;
        Ok(engine)
    }

    fn new(network: N, config: &Config) -> Result<Self, ConfigError> {
        let versions = config.allowed_versions()?;
        // A single version is not negotiated.
        let version = if let [only] = versions[..] { Some(only) } else { None };
        let endpoints = config.endpoints()?;
        let recorder = Arc::new(Recorder::new(config.given_observer(), &endpoints));
        let servers = endpoints.into_iter().map(|endpoint| Server::new(endpoint, config.bounds_of_pool(), version));
        let servers: Vec<_> = servers.collect();
        let cluster = Cluster::new(servers.len(), config.is_spread(), fastrand::u64(..))
            .with_read_only(config.read_only_endpoints());
        let (last, next_number) = (AtomicUsize::new(0), AtomicU64::new(fastrand::u64(..)));
        let detached = AtomicUsize::new(0);
        let config = config.clone();
        Ok(Self {
            network,
            config,
            versions,
            servers,
            cluster,
            last,
            next_number,
            detached,
            recorder,
            closed: AtomicBool::new(false),
        })
    }

    /// Opens `min_idle` connections to the server that was reached, as many as the time of the connect permits. A
    /// failure is ignored, because the connection may not be needed.
    async fn warm_up(&self, total: Limit) {
        let index = self.last.load(Ordering::Relaxed);
        let server = &self.servers[index];
        let mut leases = Vec::new();
        for _ in 0..self.config.bounds_of_pool().least_idle {
            let Some(mut lease) = server.pool.try_lease(self.network.now()) else { break };
            let line = match lease.take() {
                Some(kept) => Ok(kept.link),
                None => self.open(index, total).await,
            };
            let Ok(line) = line else { break };
            leases.push((lease, line));
        }
        for (lease, line) in leases {
            line.give_back(lease, self.network.now());
        }
    }

    /// Returns the first of as many numbers as there are requests; `None` if they have none.
    fn number(&self, requests: usize) -> Option<u64> {
        self.config.numbers_requests().then(|| self.next_number.fetch_add(requests as u64, Ordering::Relaxed))
    }

    /// Returns the version used with the server that answered last.
    pub(crate) fn version(&self) -> ProtocolVersion {
        let peer = *self.last_server().peer();
        peer.version.or(peer.guess).unwrap_or(self.versions[0])
    }

    /// Returns the version in which a message will most likely be sent. A guess does not count, because the next
    /// connection may negotiate another.
    fn likely_version(&self) -> ProtocolVersion {
        self.last_server().peer().version.unwrap_or(self.versions[0])
    }

    /// Returns the SHA-256 thumbprint of the certificate of the server that answered last.
    pub(crate) fn server_thumbprint(&self) -> Option<Thumbprint> {
        self.last_server().peer().thumbprint
    }

    /// Returns the server that answered last.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.last_server().endpoint
    }

    fn last_server(&self) -> &Server<N::Link> {
        &self.servers[self.last.load(Ordering::Relaxed)]
    }

    fn record_last(&self, index: usize) {
        self.last.store(index, Ordering::Relaxed);
    }

    /// Returns the index of a server in the configuration.
    pub(crate) fn index_of(&self, endpoint: &Endpoint) -> Option<usize> {
        self.servers.iter().position(|server| server.endpoint == *endpoint)
    }

    /// Sends a request, to this server or to those of the terms. Also returns the index of the server that answered.
    pub(crate) async fn call(
        self: &Arc<Self>,
        terms: &Terms,
        only: Option<usize>,
        asked: Asked<'_>,
    ) -> Result<(Answered<Error>, usize), Error> {
        let mut terms = self.recorder.terms(|| vec![asked.operation], terms);
        if only.is_some() {
            terms.to_mut().only = only;
        }
        let number = self.number(1);
        let asked = [asked];
        let encode = |version| Outgoing::new(version, &asked, Default::default(), &terms.options, number);
        let mut message = Message::new(&encode, &terms);
        let (answered, index) = self.observe(&mut message, Answered::into_success).await?;
        Ok((answered, index.expect("there is an answer, so there was an attempt")))
    }

    /// Sends a message, and waits for its result if it is asynchronous, which is one call to an observer. `judge`
    /// decides if the answer counts as a failure. Also returns the index of the server that was tried last.
    async fn observe(
        self: &Arc<Self>,
        message: &mut Message<'_>,
        judge: fn(Answered<Error>) -> Answer,
    ) -> Result<(Answered<Error>, Option<usize>), Error> {
        in_span(async {
            let mut facts = self.recorder.begin(self.network.now());
            let answered = self.send_and_wait(message, &mut facts).await.and_then(judge);
            let index = facts.index();
            facts.end(self.network.now(), answered.as_ref().err());
            Ok((answered?, index))
        })
        .await
    }

    /// Sends a request in the background to a server that has answered others, and ignores the reply. Never waits.
    pub(crate) fn send_detached(self: &Arc<Self>, terms: &Terms, index: usize, asked: Asked<'_>) {
        let peer = *self.servers[index].peer();
        let Some(version) = peer.version.or(peer.guess) else { return };
        let terms = terms.of_cleanup(index);
        let number = self.number(1);
        let Ok(encoded) = Outgoing::new(version, &[asked], Default::default(), &terms.options, number) else { return };
        let Some(running) = Running::start(self) else { return };
        self.network.detach(async move {
            let _ = running.0.send(Message::encoded(encoded, &terms)).await;
        });
    }

    /// Sends a message from within another call. Boxed, so that it does not enlarge that one.
    fn send<'a>(self: &'a Arc<Self>, mut message: Message<'a>) -> Boxed<'a, Answer> {
        Box::pin(async move { self.observe(&mut message, Ok).await.map(|(answered, _)| answered) })
    }

    /// Sends a batch of requests. An empty one needs no server.
    pub(crate) async fn batch(self: &Arc<Self>, terms: &Terms, batch: &dyn Requests) -> Result<Answered<Error>, Error> {
        let operations = || -> Vec<_> { batch.asked().iter().map(|asked| asked.operation).collect() };
        let terms = self.recorder.terms(operations, terms);
        let number = self.number(operations().len());
        let encode = |version| Outgoing::new(version, &batch.asked(), batch.options(), &terms.options, number);
        let mut message = Message::new(&encode, &terms);
        message.prepare(self.likely_version()).map_err(Error::Encode)?;
        if message.operations().is_empty() {
            return Ok(Answered::to_nothing(self.likely_version()));
        }
        self.observe(&mut message, Ok).await.map(|(answered, _)| answered)
    }

    /// Waits for this time.
    pub(crate) async fn pause(&self, time: Duration) -> std::io::Result<()> {
        self.sleep_until(Limit::start(self.network.now(), Phase::Waiting, time).deadline).await
    }

    /// Waits until the deadline.
    ///
    /// # Errors
    ///
    /// Fails if the runtime has no timers.
    async fn sleep_until(&self, deadline: Instant) -> std::io::Result<()> {
        match self.network.until(deadline, std::future::pending::<std::convert::Infallible>()).await {
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Closes the idle connections, and refuses further calls.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.servers.iter().for_each(|server| server.pool.close());
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Returns the counters.
    pub(crate) fn counters(&self) -> Counters {
        self.recorder.counters()
    }
}

/// A task in the background, which is counted while it runs.
struct Running<N: Network>(Arc<Engine<N>>);

impl<N: Network> Running<N> {
    /// Counts another task. Returns `None` if the maximum is reached.
    fn start(engine: &Arc<Engine<N>>) -> Option<Self> {
        let one_more = |running| (running < MOST_DETACHED).then_some(running + 1);
        engine.detached.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Self(Arc::clone(engine)))
    }
}

impl<N: Network> Drop for Running<N> {
    fn drop(&mut self) {
        self.0.detached.fetch_sub(1, Ordering::Relaxed);
    }
}
