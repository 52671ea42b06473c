//! One server of a KMS in the view of the engine, and a connection to it.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;

use super::message::Message;
use crate::client::observe::Recorder;
use crate::client::pool::{Bounds, Kept, Lease, Pool};
use crate::client::status::EndpointState;
use crate::config::{Endpoint, Thumbprint};
use crate::exchange::{Carried, Refusal};
use crate::transport::network::Link;

/// The time for which a connection is assumed to be quiet after a response, without checking, which costs a system
/// call.
///
/// Only for repeatable requests, and only on connections whose server has returned the ID of a request: there a stray
/// response is recognized.
const FRESH: Duration = Duration::from_millis(1);

/// The number of recent payloads of a server that are recognized. A late response belongs to a recent request.
const MOST_MADE: usize = 64;

/// One server.
pub(super) struct Server<L> {
    pub(super) endpoint: Endpoint,
    pub(super) pool: Pool<Line<L>>,
    peer: Mutex<Peer>,
    health: Mutex<Health>,
    /// `true` if `health` has a failure; otherwise a success need not lock it.
    fails: AtomicBool,
    /// `true` if the server has closed connections after a response.
    hangs_up: AtomicBool,
    /// The hashes of the last payloads that named new objects, the newest last.
    made: Mutex<VecDeque<u64>>,
}

/// The latest state of a server.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) state: EndpointState,
    /// The report of the last failure, if it has not answered since.
    pub(super) failure: Option<String>,
    /// The certificate of the last connection, in DER.
    pub(super) certificate: Option<Vec<u8>>,
}

/// The known properties of a server.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peer {
    /// The negotiated version.
    pub(super) version: Option<ProtocolVersion>,
    /// The last guess of the version, if the server refused to negotiate.
    pub(super) guess: Option<ProtocolVersion>,
    /// The SHA-256 thumbprint of the certificate of the last connection.
    pub(super) thumbprint: Option<Thumbprint>,
}

/// A version to use with a server.
#[derive(Debug)]
pub(super) enum Agreed {
    /// The server has chosen it, or does not support negotiation.
    Negotiated(ProtocolVersion),
    /// The server has refused to negotiate, for a reason that may be transient. Applies to one connection.
    Guessed(Guess),
}

/// A version that a server has not confirmed, and its refusal.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    pub(super) version: ProtocolVersion,
    pub(super) refusal: Box<Refusal>,
}

impl<L> Server<L> {
    /// Creates a server without connections. With a `version` there is nothing to negotiate.
    pub(super) fn new(endpoint: Endpoint, bounds: Bounds, version: Option<ProtocolVersion>) -> Self {
        Self {
            endpoint,
            pool: Pool::new(bounds),
            peer: Mutex::new(Peer { version, ..Peer::default() }),
            health: Mutex::new(Health { state: EndpointState::Untried, failure: None, certificate: None }),
            fails: AtomicBool::new(true),
            hangs_up: AtomicBool::new(false),
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

    /// Records the certificate of a new connection.
    pub(super) fn record_certificate(&self, certificate: Option<&[u8]>) {
        self.peer().thumbprint = certificate.map(Thumbprint::sha256_of);
        self.health().certificate = certificate.map(<[u8]>::to_vec);
    }

    /// Returns the version for a connection, unless it has yet to be negotiated.
    pub(super) fn version_on(&self, line: &Line<L>) -> Option<ProtocolVersion> {
        line.guess.as_ref().map(|guess| guess.version).or(self.peer().version)
    }

    /// Records the result of a negotiation over a connection, and returns the version.
    pub(super) fn record_agreed(&self, line: &mut Line<L>, agreed: Agreed) -> ProtocolVersion {
        let mut peer = self.peer();
        match agreed {
            Agreed::Negotiated(version) => {
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

    /// Records a payload that names a new object. Returns `true` if there was an equal one before: the server has
    /// repeated its response, because no two objects have the same identifier. Only the payload is compared, because a
    /// repetition may have another time stamp, or lack the ID.
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
}

impl<L: Link> Server<L> {
    /// Returns a quiet idle connection on which no late response can be mistaken for the one to this message, if there
    /// is one. Drops the others.
    pub(super) fn idle(&self, lease: &mut Lease<'_, Line<L>>, message: &Message<'_>, now: Instant) -> Option<Line<L>> {
        let trusting = message.is_repeatable() && !self.hangs_up.load(Ordering::Relaxed);
        let mut next = lease.take();
        while let Some(Kept { mut link, since }) = next {
            let is_fresh = now.saturating_duration_since(since) < FRESH;
            let is_trusted = trusting && is_fresh && link.carried.is_numbered();
            let mut is_at_rest = || (is_trusted && link.link.is_ready()) || link.link.is_quiet();
            if message.is_allowed_by(&link.carried) && is_at_rest() {
                return Some(link);
            }
            next = lease.another();
        }
        None
    }
}

/// A connection to a server. Its end is counted.
pub(super) struct Line<L> {
    /// Boxed, because it is moved in every call, and TLS is large.
    pub(super) link: Box<L>,
    /// The index of the server.
    pub(super) server: usize,
    /// The version, if it applies to this connection alone.
    pub(super) guess: Option<Guess>,
    pub(super) carried: Carried,
    recorder: Arc<Recorder>,
}

impl<L: Link> Line<L> {
    pub(super) fn new(link: L, server: usize, recorder: Arc<Recorder>) -> Self {
        Self { link: Box::new(link), server, guess: None, carried: Carried::default(), recorder }
    }

    /// Returns the connection to the pool if it is quiet and may carry more requests, and closes it otherwise.
    pub(super) fn give_back(self, lease: Lease<'_, Self>, now: Instant) {
        if self.link.is_ready() && !self.carried.is_spent() {
            lease.keep(self, now);
        } else {
            // The connection is closed before its slot becomes free.
            drop(self);
            drop(lease);
        }
    }
}

impl<L> Drop for Line<L> {
    fn drop(&mut self) {
        self.recorder.closed(self.server);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_last_objects_of_a_server_are_known_again() {
        let bounds = Bounds { most: 1, least_idle: 0, idle: Duration::ZERO };
        let server = Server::<()>::new("kms-1.example".parse().unwrap(), bounds, None);
        let object = |number: usize| number.to_be_bytes();
        for number in 0..MOST_MADE {
            assert!(!server.record_made(&object(number)), "{number} is new");
        }
        assert!(server.record_made(&object(1)));
        for number in MOST_MADE..2 * MOST_MADE {
            assert!(!server.record_made(&object(number)), "{number} is new");
        }
        assert_eq!(server.made.lock().unwrap().len(), MOST_MADE);
        assert!(!server.record_made(&object(1)), "it is forgotten");
        assert!(server.record_made(&object(2 * MOST_MADE - 1)));
    }
}
