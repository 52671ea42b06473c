//! The conversation, written once: async over [`Io`], which the two clients supply. TLS runs in here; a driver moves bytes only.

mod fetch;
mod message;
mod negotiate;
mod pending;
mod probe;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stdout)]
mod simulated;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::OperationCode;

pub(crate) use self::fetch::fetch_certificate;

use self::message::Message;
use crate::client::cluster::{Cluster, Next, Outcome, Stop, Trail, Tried};
use crate::client::config::Config;
use crate::client::error::{Attempt, Error};
use crate::client::observe::{Counters, Facts, Watch, in_span};
use crate::client::pool::{Kept, Lease, Pool};
use crate::client::terms::Terms;
use crate::config::{ConfigError, Endpoint, Thumbprint};
use crate::exchange::batch::{Batch, Operations, Replies};
use crate::exchange::options::RequestOptions;
use crate::exchange::reply::Reply;
use crate::exchange::{Answered, Asked, Exchange, NoReply};
use crate::protocol::operation::{Operation as _, Request};
use crate::transport::fault::Broken;
use crate::transport::fault::{Fault, Phase};
use crate::transport::network::{Link, Network};
use crate::transport::time::{Allowance, Limit};

/// The servers of one KMS, the connections to them, and what was agreed on with each.
pub(crate) struct Engine<N: Network> {
    network: N,
    config: Config,
    /// What may be spoken, newest first; at least one.
    versions: Vec<ProtocolVersion>,
    /// At least one, in the order in which they are preferred.
    servers: Vec<Server<N::Link>>,
    cluster: Cluster,
    /// The place of the server that answered last.
    last: AtomicUsize,
    watch: Arc<Watch>,
}

/// One server.
struct Server<L> {
    endpoint: Endpoint,
    pool: Pool<Line<L>>,
    peer: Mutex<Peer>,
    /// Whether it has ended connections after an answer.
    hangs_up: AtomicBool,
}

/// What is known of a server.
#[derive(Clone, Copy, Debug)]
struct Peer {
    /// What was agreed on.
    version: Option<ProtocolVersion>,
    /// The SHA-256 thumbprint of the certificate that it showed last.
    thumbprint: Option<Thumbprint>,
}

impl<L> Server<L> {
    fn peer(&self) -> std::sync::MutexGuard<'_, Peer> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a connection that has brought an answer is taken to be alive without a look at it, which is a system call. A request that must
/// not be sent twice never relies on that.
const FRESH: Duration = Duration::from_millis(1);

impl<L: Link> Server<L> {
    /// A connection that was kept and is alive, unless it is to be a `fresh` one.
    fn idle(&self, lease: &mut Lease<'_, Line<L>>, fresh: bool, idempotent: bool, now: Instant) -> Option<Line<L>> {
        let trusting = idempotent && !self.hangs_up.load(Ordering::Relaxed);
        let mut next = lease.take().filter(|_| !fresh);
        while let Some(Kept { mut link, since }) = next {
            let is_fresh = now.saturating_duration_since(since) < FRESH;
            if (trusting && is_fresh && link.link.is_ready()) || link.link.is_quiet() {
                return Some(link);
            }
            next = lease.another();
        }
        None
    }
}

/// A connection whose end is noticed.
struct Line<L> {
    /// Boxed, since it goes from hand to hand in every call, and TLS is large.
    link: Box<L>,
    place: usize,
    watch: Arc<Watch>,
}

impl<L> Drop for Line<L> {
    fn drop(&mut self) {
        self.watch.closed(self.place);
    }
}

/// What a server has said: an answer or a refusal.
type Answer = Result<Answered<Error>, Error>;

impl<N: Network> Engine<N> {
    /// An engine that has reached one of the servers, and agreed with it on a version.
    pub(crate) async fn connect(network: N, config: &Config) -> Result<Self, Error> {
        let engine = Self::new(network, config)?;
        let options = engine.watch.header(Vec::new, config.given_request_options());
        let mut message = Message::<()>::none(&options);
        let mut facts = engine.watch.begin(engine.network.now());
        let reached = in_span(engine.converse(Allowance::default(), &mut message, &mut facts)).await;
        facts.forget();
        reached?;
        engine.warm_up().await;
        Ok(engine)
    }

    fn new(network: N, config: &Config) -> Result<Self, ConfigError> {
        let versions = config.allowed_versions()?;
        // If there is but one, it is not negotiated.
        let version = if let [only] = versions[..] { Some(only) } else { None };
        let endpoints = config.endpoints()?;
        let watch = Arc::new(Watch::new(config.given_observer(), &endpoints));
        let servers = endpoints.into_iter().map(|endpoint| Server {
            endpoint,
            pool: Pool::new(config.bounds_of_pool()),
            peer: Mutex::new(Peer { version, thumbprint: None }),
            hangs_up: AtomicBool::new(false),
        });
        let servers: Vec<_> = servers.collect();
        let cluster = Cluster::new(servers.len(), config.is_spread(), fastrand::u64(..));
        let last = AtomicUsize::new(0);
        Ok(Self { network, config: config.clone(), versions, servers, cluster, last, watch })
    }

    /// Opens as many connections to the server that was reached as are to be kept. One that fails now may not be needed.
    async fn warm_up(&self) {
        let place = self.last.load(Ordering::Relaxed);
        let server = &self.servers[place];
        let total = Allowance::default().start(self.network.now(), self.config.limit_in_total());
        let mut leases = Vec::new();
        for _ in 0..self.config.bounds_of_pool().least_idle {
            let Some(mut lease) = server.pool.try_lease(self.network.now()) else { break };
            let link = match lease.take() {
                Some(kept) => Ok(kept.link),
                None => self.open(place, total).await,
            };
            let Ok(link) = link else { break };
            leases.push((lease, link));
        }
        for (lease, link) in leases {
            lease.keep(link, self.network.now());
        }
    }

    /// The version that was agreed on with the server that answered last.
    pub(crate) fn version(&self) -> ProtocolVersion {
        self.last_server().peer().version.unwrap_or(self.versions[0])
    }

    /// The SHA-256 thumbprint of the certificate that this server showed last.
    pub(crate) fn server_thumbprint(&self) -> Option<Thumbprint> {
        self.last_server().peer().thumbprint
    }

    /// The server that answered last.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.last_server().endpoint
    }

    fn last_server(&self) -> &Server<N::Link> {
        &self.servers[self.last.load(Ordering::Relaxed)]
    }

    /// The place of a server in the configuration.
    pub(crate) fn place_of(&self, endpoint: &Endpoint) -> Option<usize> {
        self.servers.iter().position(|server| server.endpoint == *endpoint)
    }

    /// Sends a request, to this server or to those of the terms. Tells which one has answered.
    pub(crate) async fn call<R: Request>(
        self: &Arc<Self>,
        terms: &Terms,
        only: Option<usize>,
        request: &R,
    ) -> Result<(Reply<R::Operation>, usize), Error> {
        let options = self.watch.header(|| vec![R::Operation::CODE], &terms.options);
        let encode = |version| Exchange::<R::Operation>::with(version, request, &options);
        let mut message = Message::new(&encode, &options).to(only.or(terms.only));
        in_span(async {
            let mut facts = self.watch.begin(self.network.now());
            let answered = self.converse_to_the_end(terms.allowance, &mut message, &mut facts).await;
            let reply = answered.and_then(|mut answered| answered.next_reply());
            let place = facts.place();
            facts.end(self.network.now(), reply.as_ref().err());
            Ok((reply?, place.expect("there is an answer, so there was an attempt")))
        })
        .await
    }

    /// Sends a request to a server that has answered others, and lets its answer go: for those who do not wait any more.
    pub(crate) fn leave<R: Request>(self: &Arc<Self>, options: &RequestOptions, place: usize, request: &R) {
        let Some(version) = self.servers[place].peer().version else { return };
        let options = options.at_once();
        let Ok(encoded) = Exchange::<R::Operation>::with(version, request, &options) else { return };
        let engine = Arc::clone(self);
        self.network.detach(async move {
            let message = Message::encoded(encoded, &options).to(Some(place));
            // What comes of it is of no interest to anybody.
            let _ = engine.ask(Allowance::Configured, message).await;
        });
    }

    /// Sends a message: a call of its own to whoever watches.
    async fn ask<O>(&self, allowance: Allowance, mut message: Message<'_, O>) -> Answer {
        in_span(async {
            let mut facts = self.watch.begin(self.network.now());
            let answered = self.converse(allowance, &mut message, &mut facts).await;
            facts.end(self.network.now(), answered.as_ref().err());
            answered
        })
        .await
    }

    /// Sends a batch of requests. An empty one needs no server.
    pub(crate) async fn batch<B: Batch + ?Sized>(
        self: &Arc<Self>,
        terms: &Terms,
        batch: &B,
    ) -> Result<Replies<B, Error>, Error> {
        let operations = || batch.asked().iter().map(Asked::operation).collect();
        let options = self.watch.header(operations, &terms.options);
        let encode = |version| Exchange::batch_with(version, batch, &options);
        let mut message = Message::new(&encode, &options).to(terms.only);
        message.prepare(self.version()).map_err(Error::Encode)?;
        let answered = match message.operations()[..] {
            [] => Answered::to_nothing(self.version()),
            _ => {
                in_span(async {
                    let mut facts = self.watch.begin(self.network.now());
                    let answered = self.converse_to_the_end(terms.allowance, &mut message, &mut facts).await;
                    facts.end(self.network.now(), answered.as_ref().err());
                    answered
                })
                .await?
            }
        };
        Ok(B::Operations::replies(answered))
    }

    /// Waits for so long.
    pub(crate) async fn pause(&self, time: Duration) {
        let deadline = Limit::start(self.network.now(), Phase::Waiting, time).deadline;
        self.network.until(deadline, std::future::pending::<()>()).await;
    }

    /// Sends a message until there is an answer, or it may not be sent again.
    async fn converse<O>(&self, allowance: Allowance, message: &mut Message<'_, O>, facts: &mut Facts<'_>) -> Answer {
        message.prepare(self.version()).map_err(Error::Encode)?;
        facts.operations = message.operations();
        // Looking at the clock costs as much as reading a short message: it is passed on until something has been waited for.
        let mut now = facts.begun;
        let total = allowance.start(now, self.config.limit_in_total());
        let mut route = match message.only {
            Some(place) => self.cluster.route_to(place),
            None => self.cluster.route(),
        };
        let mut trail = Trail::new();
        while let Some(stop) = self.cluster.next(&mut route, now) {
            let server = &self.servers[stop.place];
            let mut fresh = false;
            loop {
                let mut kept = false;
                let outcome = match self.lease(server, total, &mut now).await {
                    Ok(_) if !fresh && self.cluster.puts_off(&mut route, stop, now) => break,
                    Ok(mut lease) => {
                        facts.attempt(stop.place);
                        let link = server.idle(&mut lease, fresh, message.is_idempotent(), now);
                        kept = link.is_some();
                        self.attempt(stop, lease, link, message, total, facts).await
                    }
                    Err(fault) => Outcome::Broken(Broken::NotSent(fault)),
                };
                now = self.network.now();
                let tried = Tried { kept, idempotent: message.is_idempotent(), out_of_time: total.has_passed(now) };
                let next = self.cluster.judge(&mut route, stop, &outcome, tried, now);
                match outcome {
                    Outcome::Answered(answer) => return answer,
                    Outcome::Declined(answer) => trail.declined(answer),
                    Outcome::Broken(broken) => {
                        let was_sent = matches!(broken, Broken::Ambiguous(_));
                        self.watch.broke(stop.place, &facts.operations, broken.fault(), was_sent);
                        let broken = if next == Next::Again { broken.on_a_kept_connection() } else { broken };
                        trail.broken(broken, |fault| attempt(server, message.operations(), fault));
                    }
                }
                match next {
                    Next::Tell => return trail.end(message.is_idempotent())?,
                    Next::Again => {
                        fresh = true;
                        server.hangs_up.store(true, Ordering::Relaxed);
                    }
                    Next::Another => break,
                    Next::Later(pause) => {
                        let deadline = total.deadline.min(now.checked_add(pause).unwrap_or(total.deadline));
                        self.network.until(deadline, std::future::pending::<()>()).await;
                        now = self.network.now();
                        break;
                    }
                }
            }
        }
        trail.end(message.is_idempotent())?
    }

    /// The right to a connection to this server, in the order of those who ask for it. Sets `now` anew where it has waited.
    async fn lease<'s>(
        &self,
        server: &'s Server<N::Link>,
        total: Limit,
        now: &mut Instant,
    ) -> Result<Lease<'s, Line<N::Link>>, Fault> {
        if total.has_passed(*now) {
            return Err(total.fault());
        }
        if let Some(lease) = server.pool.try_lease(*now) {
            return Ok(lease);
        }
        let waited = self.network.until(total.deadline, server.pool.lease()).await;
        *now = self.network.now();
        waited.ok_or_else(|| Limit { phase: Phase::Waiting, ..total }.fault())
    }

    /// Sends the message once, to one server: on a connection that was kept, or on one of its own.
    async fn attempt<O>(
        &self,
        stop: Stop,
        lease: Lease<'_, Line<N::Link>>,
        kept: Option<Line<N::Link>>,
        message: &mut Message<'_, O>,
        total: Limit,
        facts: &mut Facts<'_>,
    ) -> Outcome<Answer> {
        let server = &self.servers[stop.place];
        let mut link = match kept {
            Some(link) => {
                self.watch.reused(stop.place);
                link
            }
            // What is rare is boxed, here and below, so that not every call makes room for it.
            None => match Box::pin(self.open(stop.place, total)).await {
                Ok(link) => link,
                Err(fault) => return Outcome::Broken(Broken::NotSent(fault)),
            },
        };
        let agreed = server.peer().version;
        let version = match agreed {
            Some(version) => version,
            None => match Box::pin(self.negotiate(stop.place, &mut link, message.options, total)).await {
                Ok(version) => version,
                Err(outcome) => return outcome,
            },
        };
        server.peer().version = Some(version);
        self.last.store(stop.place, Ordering::Relaxed);
        let exchange = match message.prepare(version) {
            Ok(Some(exchange)) => exchange,
            prepared => {
                // Nothing was asked: the connection is in step.
                lease.keep(link, self.network.now());
                let answer = prepared.map(|_| Answered::to_nothing(version)).map_err(Error::Encode);
                return Outcome::Answered(answer);
            }
        };
        // The limit of a call starts when there is a connection; connecting has one of its own.
        let limit = Limit::start(self.network.now(), Phase::Calling, self.config.limit_of_call()).within(total);
        facts.version = Some(version);
        facts.sent(exchange.request().len());
        let frame = match self.say(stop.place, &mut link, exchange.request(), limit).await {
            Ok(frame) => frame,
            Err(broken) => return Outcome::Broken(broken),
        };
        facts.received(frame.len());
        let answered = match exchange.read(frame) {
            Ok(answered) => answered,
            Err(no_reply) => {
                let declined = no_reply.is_declined();
                return match settled(no_reply, &server.endpoint) {
                    Ok(error) => {
                        lease.keep(link, self.network.now());
                        if declined { Outcome::Declined(Err(error)) } else { Outcome::Answered(Err(error)) }
                    }
                    Err(broken) => Outcome::Broken(broken),
                };
            }
        };
        let declined = answered.is_declined();
        let mut in_step = true;
        let answered = answered.explain(exchange.expected(), |operation, idempotent, no_reply| {
            match settled(no_reply, &server.endpoint) {
                Ok(error) => error,
                Err(broken) => {
                    in_step = false;
                    let mut trail = Trail::<std::convert::Infallible>::new();
                    trail.broken(broken, |fault| attempt(server, vec![operation], fault));
                    trail.end(idempotent).map_or_else(|error| error, |never| match never {})
                }
            }
        });
        // Only here is the connection known to be in step: whatever failed above drops it.
        if in_step {
            lease.keep(link, self.network.now());
        }
        if declined { Outcome::Declined(Ok(answered)) } else { Outcome::Answered(Ok(answered)) }
    }

    /// A fresh connection, TLS included.
    async fn open(&self, place: usize, total: Limit) -> Result<Line<N::Link>, Fault> {
        let server = &self.servers[place];
        let start = self.network.now();
        let limit = Limit::start(start, Phase::Connecting, self.config.limit_to_connect()).within(total);
        let link = self.network.open(place, &server.endpoint, limit).await?;
        server.peer().thumbprint = link.server_certificate().map(Thumbprint::sha256_of);
        self.watch.opened(place, self.network.now().saturating_duration_since(start), link.is_resumed());
        Ok(Line { link: Box::new(link), place, watch: Arc::clone(&self.watch) })
    }

    /// Sends a request on this connection, once, and reads the reply. The inner error is the server's.
    async fn say_once<R: Request>(
        &self,
        place: usize,
        link: &mut Line<N::Link>,
        version: ProtocolVersion,
        request: &R,
        options: &RequestOptions,
        total: Limit,
    ) -> Result<Result<Reply<R::Operation>, Error>, Broken> {
        let exchange = match Exchange::<R::Operation>::with(version, request, options) {
            Ok(exchange) => exchange,
            Err(error) => return Ok(Err(Error::Encode(error))),
        };
        let limit = Limit::start(self.network.now(), Phase::Calling, self.config.limit_of_call()).within(total);
        let frame = self.say(place, link, exchange.request(), limit).await?;
        match exchange.answer(frame) {
            Ok(reply) => Ok(Ok(reply)),
            Err(no_reply) => settled(no_reply, &self.servers[place].endpoint).map(Err),
        }
    }

    /// Sends a message on this connection, and receives one.
    async fn say(&self, place: usize, link: &mut Line<N::Link>, request: &[u8], limit: Limit) -> Result<Bytes, Broken> {
        self.watch.sent(place, request.len());
        let frame = link.link.exchange(request, limit).await?;
        self.watch.received(place, frame.len());
        Ok(frame)
    }

    /// What was done so far.
    pub(crate) fn counters(&self) -> Counters {
        self.watch.counters()
    }
}

fn attempt<L>(server: &Server<L>, operations: Vec<OperationCode>, fault: Fault) -> Attempt {
    Attempt { endpoint: server.endpoint.clone(), operations, fault, earlier: Vec::new() }
}

/// What the server has made clear, for the caller; or that it has not.
fn settled(no_reply: NoReply, endpoint: &Endpoint) -> Result<Error, Broken> {
    match no_reply {
        NoReply::Refused(refusal) => Ok(Error::Refused(Box::new(refusal))),
        NoReply::NotExecuted(operation) => Ok(Error::NotExecuted(operation)),
        NoReply::Pending(pending) => Ok(Error::Pending(Box::new(pending.at(endpoint)))),
        NoReply::Malformed(error) => Err(Broken::Ambiguous(Fault::Malformed(error))),
        NoReply::OutOfStep(what) => Err(Broken::Ambiguous(Fault::OutOfStep(what))),
    }
}
