//! The conversation, written once: async over [`Io`], which the two clients supply. TLS runs in here; a driver moves bytes only.

mod link;
mod pending;

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::OperationCode;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use self::link::Link;
use crate::batch::{Batch, Operations, Replies};
use crate::cluster::{Outcome, Tried};
use crate::config::{Config, Endpoint, Thumbprint};
use crate::error::{Attempt, Error, Fault, Phase};
use crate::exchange::{Answered, Exchange, NoReply};
use crate::options::RequestOptions;
use crate::pool::Pool;
use crate::protocol::operation::Request;
use crate::reply::Reply;
use crate::tls;

/// How a client reaches the network: the whole difference between the blocking and the async one.
///
/// Nothing else is awaited in the engine, so where an `Io` never pends, one poll completes a call.
pub(crate) trait Io: Send + Sync + 'static {
    type Stream: Stream;

    /// Makes a TCP connection to any address of the endpoint.
    fn connect(&self, endpoint: &Endpoint, deadline: Instant) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Waits for so long.
    fn pause(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Does something after the caller has gone, where that is possible.
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static);
}

/// A TCP connection. A deadline that passes is an error of the kind `TimedOut`.
pub(crate) trait Stream: Send + Sync + 'static {
    /// Reads what has arrived, at least a byte; 0 at the end.
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> impl Future<Output = io::Result<usize>> + Send;

    /// Writes all of it.
    fn write_all(&mut self, bytes: &[u8], deadline: Instant) -> impl Future<Output = io::Result<()>> + Send;

    /// Reads what has arrived already; an error of the kind `WouldBlock` where nothing has, 0 at the end. Does not wait.
    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes as much as goes without waiting: the farewell of TLS.
    fn write_now(&mut self, bytes: &[u8]);
}

/// A time limit, and when it passes.
#[derive(Clone, Copy, Debug)]
struct Limit {
    phase: Phase,
    limit: Duration,
    deadline: Instant,
}

impl Limit {
    fn start(phase: Phase, limit: Duration) -> Self {
        // Longer than a clock can tell is as good as a year.
        let now = Instant::now();
        let deadline = now.checked_add(limit).unwrap_or(now + Duration::from_secs(365 * 24 * 60 * 60));
        Self { phase, limit, deadline }
    }

    /// What an I/O error means, where the limit may be its cause.
    fn fault(self, error: io::Error, otherwise: fn(io::Error) -> Fault) -> Fault {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                Fault::TimedOut { phase: self.phase, limit: self.limit }
            }
            _ => otherwise(error),
        }
    }
}

/// One server, the connections to it, and what was agreed on with it.
pub(crate) struct Engine<I: Io> {
    io: I,
    config: Config,
    endpoint: Endpoint,
    server_name: ServerName<'static>,
    tls: Arc<ClientConfig>,
    pool: Pool<Link<I::Stream>>,
    peer: Mutex<Peer>,
}

/// What is known of the server.
#[derive(Clone, Debug)]
struct Peer {
    version: ProtocolVersion,
    thumbprint: Option<Thumbprint>,
}

impl<I: Io> Engine<I> {
    /// An engine with one connection, which speaks the newest version that the configuration allows.
    pub(crate) async fn start(io: I, config: &Config) -> Result<Self, Error> {
        // What `Config::check` asks, in its order, and kept: TLS is set up once.
        let endpoint = config.endpoint()?;
        let version = config.allowed_versions()?[0];
        config.check_limits()?;
        let engine = Self {
            io,
            endpoint,
            server_name: tls::server_name(config)?,
            tls: tls::client_config(config)?,
            config: config.clone(),
            pool: Pool::new(),
            peer: Mutex::new(Peer { version, thumbprint: None }),
        };
        let link = engine.open().await.map_err(|fault| {
            let tried = Tried { kept: false, idempotent: true };
            Outcome::NotSent(fault).into_error(tried, |fault| engine.attempt(Vec::new(), fault))
        })?;
        engine.pool.put(link);
        Ok(engine)
    }

    /// Speaks this version from now on.
    pub(crate) fn agree_on(&self, version: ProtocolVersion) {
        self.peer().version = version;
    }

    /// The version that was agreed on.
    pub(crate) fn version(&self) -> ProtocolVersion {
        self.peer().version
    }

    /// The SHA-256 thumbprint of the certificate that the server showed last.
    pub(crate) fn server_thumbprint(&self) -> Option<Thumbprint> {
        self.peer().thumbprint
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request in the version that was agreed on.
    pub(crate) async fn call<R: Request>(
        self: &Arc<Self>,
        request: &R,
        options: &RequestOptions,
    ) -> Result<Reply<R::Operation>, Error> {
        let exchange = Exchange::with(self.version(), request, options).map_err(Error::Encode)?;
        self.converse_to_the_end(&exchange, options).await?.next_reply()
    }

    /// Sends a request in this version, and takes what is answered at once.
    pub(crate) async fn call_in<R: Request>(
        &self,
        version: ProtocolVersion,
        request: &R,
        options: &RequestOptions,
    ) -> Result<Reply<R::Operation>, Error> {
        let exchange = Exchange::with(version, request, options).map_err(Error::Encode)?;
        self.converse(&exchange).await?.next_reply()
    }

    /// Sends a batch of requests in the version that was agreed on. An empty one needs no server.
    pub(crate) async fn batch<B: Batch + ?Sized>(
        self: &Arc<Self>,
        batch: &B,
        options: &RequestOptions,
    ) -> Result<Replies<B, Error>, Error> {
        let exchange = Exchange::batch_with(self.version(), batch, options).map_err(Error::Encode)?;
        let answered = match exchange.operations()[..] {
            [] => Answered::to_nothing(self.version()),
            _ => self.converse_to_the_end(&exchange, options).await?,
        };
        Ok(B::Operations::replies(answered))
    }

    /// Waits for so long.
    pub(crate) async fn pause(&self, time: Duration) {
        self.io.pause(time).await;
    }

    /// Sends a message until there is an answer, or it may not be sent again.
    async fn converse<O>(&self, exchange: &Exchange<O>) -> Result<Answered<Error>, Error> {
        let idempotent = exchange.is_idempotent();
        loop {
            let mut kept = true;
            let outcome = match self.attempt_exchange(exchange, &mut kept).await {
                Ok(answered) => return answered,
                Err(outcome) => outcome,
            };
            let tried = Tried { kept, idempotent };
            if !outcome.may_be_repeated(tried) {
                return Err(outcome.into_error(tried, |fault| self.attempt(exchange.operations(), fault)));
            }
        }
    }

    /// Sends the message once. The inner result is that of the server: an answer or a refusal.
    async fn attempt_exchange<O>(
        &self,
        exchange: &Exchange<O>,
        kept: &mut bool,
    ) -> Result<Result<Answered<Error>, Error>, Outcome> {
        let mut link = match self.idle() {
            Some(link) => link,
            None => {
                *kept = false;
                self.open().await.map_err(Outcome::NotSent)?
            }
        };
        // The limit of a call starts when there is a connection; connecting has one of its own.
        let limit = Limit::start(Phase::Calling, self.config.limit_of_call());
        let frame = link.exchange(exchange.request(), limit).await?;
        let answered = match exchange.read(frame) {
            Ok(answered) => answered,
            Err(no_reply) => {
                let error = settled(no_reply)?;
                self.pool.put(link);
                return Ok(Err(error));
            }
        };
        let mut in_step = true;
        let answered = answered.explain(exchange, |operation, idempotent, no_reply| match settled(no_reply) {
            Ok(error) => error,
            Err(outcome) => {
                in_step = false;
                let tried = Tried { kept: *kept, idempotent };
                outcome.into_error(tried, |fault| self.attempt(vec![operation], fault))
            }
        });
        // Only here is the connection known to be in step: whatever failed above drops it.
        if in_step {
            self.pool.put(link);
        }
        Ok(Ok(answered))
    }

    /// A kept connection that is still alive.
    fn idle(&self) -> Option<Link<I::Stream>> {
        while let Some(mut link) = self.pool.take() {
            if link.is_quiet() {
                return Some(link);
            }
        }
        None
    }

    /// A fresh connection, TLS included.
    async fn open(&self) -> Result<Link<I::Stream>, Fault> {
        let limit = Limit::start(Phase::Connecting, self.config.limit_to_connect());
        let stream = self.io.connect(&self.endpoint, limit.deadline).await;
        let stream = stream.map_err(|error| limit.fault(error, Fault::Connect))?;
        let link = Link::open(stream, &self.tls, &self.server_name, self.config.limit_of_response(), limit).await?;
        self.peer().thumbprint = link.server_thumbprint();
        Ok(link)
    }

    fn attempt(&self, operations: Vec<OperationCode>, fault: Fault) -> Attempt {
        Attempt { endpoint: self.endpoint.clone(), operations, fault }
    }

    fn peer(&self) -> std::sync::MutexGuard<'_, Peer> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the server has made clear, for the caller; or that it has not.
fn settled(no_reply: NoReply) -> Result<Error, Outcome> {
    match no_reply {
        NoReply::Refused(refusal) => Ok(Error::Refused(Box::new(refusal))),
        NoReply::NotExecuted(operation) => Ok(Error::NotExecuted(operation)),
        NoReply::Pending(pending) => Ok(Error::Pending(Box::new(pending))),
        NoReply::Malformed(error) => Err(Outcome::Ambiguous(Fault::Malformed(error))),
        NoReply::OutOfStep(what) => Err(Outcome::Ambiguous(Fault::OutOfStep(what))),
    }
}
