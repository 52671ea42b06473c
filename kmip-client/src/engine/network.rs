//! What the engine stands on: the network as the two clients supply it, and messages over it.

use std::future::Future;
use std::io;
use std::time::Instant;

use bytes::Bytes;

use crate::cluster::Broken;
use crate::config::Endpoint;
use crate::error::Fault;
use crate::time::Limit;

/// How a client reaches the network: the whole difference between the blocking and the async one.
///
/// Nothing else is awaited in the engine, so where an `Io` never pends, one poll completes a call.
pub(crate) trait Io: Send + Sync + 'static {
    type Stream: Stream;

    /// Makes a TCP connection to any address of the endpoint.
    fn connect(&self, endpoint: &Endpoint, deadline: Instant) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Does something that the caller does not wait for, as far as that is possible.
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Waits for something that a waker tells of; `None` where the deadline comes first.
    fn until<F>(&self, deadline: Instant, what: F) -> impl Future<Output = Option<F::Output>> + Send
    where
        F: Future<Output: Send> + Send;
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

/// A way to carry messages to the servers of one KMS, and the clock that goes with it.
pub(crate) trait Network: Send + Sync + 'static {
    type Link: Link;

    /// Makes a connection to a server: to `endpoint`, which is at `place` in the configuration.
    fn open(
        &self,
        place: usize,
        endpoint: &Endpoint,
        limit: Limit,
    ) -> impl Future<Output = Result<Self::Link, Fault>> + Send;

    /// As [`Io::until`].
    fn until<F>(&self, deadline: Instant, what: F) -> impl Future<Output = Option<F::Output>> + Send
    where
        F: Future<Output: Send> + Send;

    /// As [`Io::detach`].
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static);

    fn now(&self) -> Instant;
}

/// A connection that carries messages. It is in step as long as every request had its answer; whoever sees it fail drops it.
pub(crate) trait Link: Send + Sync + 'static {
    /// Whether it can take a request, as far as that is known without asking the system.
    fn is_ready(&self) -> bool;

    /// Whether it can take a request: it has not ended, and nothing has arrived that was not asked for. Does not wait.
    fn is_quiet(&mut self) -> bool;

    /// Sends a request and receives the answer.
    fn exchange(&mut self, request: &[u8], limit: Limit) -> impl Future<Output = Result<Bytes, Broken>> + Send;

    /// The certificate that the server has shown, in DER.
    fn server_certificate(&self) -> Option<&[u8]>;

    /// Whether TLS went on from an earlier connection, which saves a signature on each side.
    fn is_resumed(&self) -> bool;
}
