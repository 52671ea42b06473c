//! One server of a KMS as the engine knows it, and a connection to it.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;

use crate::client::observe::Watch;
use crate::client::pool::{Bounds, Kept, Lease, Pool};
use crate::client::status::EndpointState;
use crate::config::{Endpoint, Thumbprint};
use crate::exchange::Refusal;
use crate::transport::network::Link;

/// How long a connection that has brought an answer is taken to be at rest without a look at it, which is a system call.
///
/// Only for requests that may be sent twice, and only on servers that repeat the ID of a request in its answer: there a stray answer is
/// told from the right one.
const FRESH: Duration = Duration::from_millis(1);

/// How many payloads of a server are known again. A late one belongs to a request that was not long ago.
const MOST_MADE: usize = 64;

/// One server.
pub(super) struct Server<L> {
    pub(super) endpoint: Endpoint,
    pub(super) pool: Pool<Line<L>>,
    peer: Mutex<Peer>,
    health: Mutex<Health>,
    /// Whether `health` has a failure: a success need not look otherwise.
    fails: AtomicBool,
    /// Whether it has ended connections after an answer.
    hangs_up: AtomicBool,
    /// Whether its last answer has repeated the ID of the request.
    echoes: AtomicBool,
    /// The hashes of the last payloads that named new objects, the newest last.
    made: Mutex<VecDeque<u64>>,
}

/// How a server did last.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) state: EndpointState,
    /// The report of what failed last, if it has not answered since.
    pub(super) failure: Option<String>,
    /// The certificate that it showed last, in DER.
    pub(super) certificate: Option<Vec<u8>>,
}

/// What is known of a server.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peer {
    /// The version that was agreed on.
    pub(super) version: Option<ProtocolVersion>,
    /// The version that was guessed last, where the server would not name any.
    pub(super) guess: Option<ProtocolVersion>,
    /// The SHA-256 thumbprint of the certificate that it showed last.
    pub(super) thumbprint: Option<Thumbprint>,
}

/// A version to speak with a server.
#[derive(Debug)]
pub(super) enum Agreed {
    /// The server has named it, or knows no way to name any.
    Told(ProtocolVersion),
    /// The server has refused to name any, for a reason that may have passed by the next time. Holds for one connection.
    Guessed(Guess),
}

/// A version that a server has not named, and how it has refused to.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    pub(super) version: ProtocolVersion,
    pub(super) refusal: Box<Refusal>,
}

impl<L> Server<L> {
    /// A server without connections. With a `version` there is nothing to negotiate.
    pub(super) fn new(endpoint: Endpoint, bounds: Bounds, version: Option<ProtocolVersion>) -> Self {
        Self {
            endpoint,
            pool: Pool::new(bounds),
            peer: Mutex::new(Peer { version, ..Peer::default() }),
            health: Mutex::new(Health { state: EndpointState::Untried, failure: None, certificate: None }),
            fails: AtomicBool::new(true),
            hangs_up: AtomicBool::new(false),
            echoes: AtomicBool::new(false),
            made: Mutex::default(),
        }
    }

    pub(super) fn peer(&self) -> MutexGuard<'_, Peer> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that the server has answered.
    pub(super) fn record_success(&self) {
        if self.fails.swap(false, Ordering::Relaxed) {
            let mut health = self.health();
            (health.state, health.failure) = (EndpointState::Normal, None);
        }
    }

    /// Records that an attempt has failed.
    pub(super) fn record_failure(&self, state: EndpointState, failure: String) {
        self.fails.store(true, Ordering::Relaxed);
        let mut health = self.health();
        (health.state, health.failure) = (state, Some(failure));
    }

    /// Records the certificate of a connection that was opened.
    pub(super) fn record_certificate(&self, certificate: Option<&[u8]>) {
        self.peer().thumbprint = certificate.map(Thumbprint::sha256_of);
        self.health().certificate = certificate.map(<[u8]>::to_vec);
    }

    /// Returns the version to speak on a connection, unless it has yet to be negotiated.
    pub(super) fn version_on(&self, line: &Line<L>) -> Option<ProtocolVersion> {
        line.guess.as_ref().map(|guess| guess.version).or(self.peer().version)
    }

    /// Records what was agreed on over a connection, and returns the version.
    pub(super) fn record_agreed(&self, line: &mut Line<L>, agreed: Agreed) -> ProtocolVersion {
        let mut peer = self.peer();
        match agreed {
            Agreed::Told(version) => {
                peer.version = Some(version);
                version
            }
            Agreed::Guessed(guess) => {
                peer.guess = Some(guess.version);
                line.guess.insert(guess).version
            }
        }
    }

    /// Records that a connection ended although it had seemed alive.
    pub(super) fn record_hang_up(&self) {
        self.hangs_up.store(true, Ordering::Relaxed);
    }

    /// Records a payload that names a new object. Returns `true` if there was the same before: the server has repeated its answer, since no two
    /// objects have one identifier. What is around the payload does not count: a time stamp changes, and an ID may come and go.
    pub(super) fn record_made(&self, object: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        object.hash(&mut hasher);
        let hash = hasher.finish();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = made.contains(&hash);
        if made.len() == MOST_MADE {
            made.pop_front();
        }
        made.push_back(hash);
        is_known
    }

    /// Records whether an answer has repeated the ID of its request.
    pub(super) fn record_echo(&self, echoes: bool) {
        self.echoes.store(echoes, Ordering::Relaxed);
    }
}

impl<L: Link> Server<L> {
    /// Returns an idle connection that is at rest, if there is one. Drops the others.
    pub(super) fn idle(&self, lease: &mut Lease<'_, Line<L>>, repeatable: bool, now: Instant) -> Option<Line<L>> {
        let trusting = repeatable && self.echoes.load(Ordering::Relaxed) && !self.hangs_up.load(Ordering::Relaxed);
        let mut next = lease.take();
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

/// A connection to a server. Its end is counted.
pub(super) struct Line<L> {
    /// Boxed, since it moves in every call, and TLS is large.
    pub(super) link: Box<L>,
    /// The index of the server.
    pub(super) server: usize,
    /// The version to speak, where that holds for this connection alone.
    pub(super) guess: Option<Guess>,
    watch: Arc<Watch>,
}

impl<L: Link> Line<L> {
    pub(super) fn new(link: L, server: usize, watch: Arc<Watch>) -> Self {
        Self { link: Box::new(link), server, guess: None, watch }
    }

    /// Puts the connection back into the pool if it is at rest; closes it otherwise.
    pub(super) fn give_back(self, lease: Lease<'_, Self>, now: Instant) {
        if self.link.is_ready() {
            lease.keep(self, now);
        } else {
            // In this order: the slot is free once the connection is closed.
            drop(self);
            drop(lease);
        }
    }
}

impl<L> Drop for Line<L> {
    fn drop(&mut self) {
        self.watch.closed(self.server);
    }
}
