//! What the engine stands on: the network as the two clients supply it, and messages over it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use super::error::{Broken, TransportError};
use super::time::Limit;
use crate::config::Endpoint;

/// Access to a network: how a client resolves names, connects, and waits. All that differs between runtimes.
///
/// The engine awaits nothing else: if the futures of an `Io` never pend, one poll completes a call. Deadlines are moments of [`Instant`]; one
/// that passes is an error of the kind [`TimedOut`](io::ErrorKind::TimedOut).
pub trait Io: Send + Sync + 'static {
    /// A TCP connection.
    type Stream: Stream;

    /// Resolves the host of an endpoint, and returns its addresses in the order in which they are to be tried.
    fn addresses(
        &self,
        endpoint: &Endpoint,
        deadline: Instant,
    ) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;

    /// Opens a TCP connection. It should send small messages at once (`TCP_NODELAY`).
    fn connect(&self, address: SocketAddr, deadline: Instant) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Runs a task in the background, as far as that is possible. Never waits for it.
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Waits for a future that needs nothing but its waker, or for the deadline.
    ///
    /// # Errors
    ///
    /// `TimedOut` if the deadline passes first; others if the runtime has no timers.
    fn until<F>(&self, deadline: Instant, what: F) -> impl Future<Output = io::Result<F::Output>> + Send
    where
        F: Future<Output: Send> + Send;
}

/// A TCP connection to the first address of the endpoint that answers. Each gets its share of the time that is left, so that one which swallows
/// what is sent to it, as where a network has no way for IPv6, does not keep us from the others.
pub(crate) async fn connect<I: Io>(io: &I, endpoint: &Endpoint, deadline: Instant) -> io::Result<I::Stream> {
    let addresses = io.addresses(endpoint, deadline).await?;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name of the host has no address");
    for (place, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let others = u32::try_from(addresses.len() - place).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(now) / others;
        match io.connect(*address, now + share).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A TCP connection, under TLS: what goes through it is ciphertext. A deadline that passes is an error of the kind `TimedOut`.
///
/// Connections are pooled: a later call may come from another task or thread.
pub trait Stream: Send + Sync + 'static {
    /// Makes the connection ready for whoever polls now, before anything is written. Does nothing by default; a runtime whose sockets belong to
    /// the reactor that made them moves them here.
    ///
    /// # Errors
    ///
    /// If whoever polls cannot wait for it.
    fn prepare(&mut self, deadline: Instant) -> io::Result<()> {
        let _ = deadline;
        Ok(())
    }

    /// Waits until at least a byte has arrived, and reads what there is. Returns 0 at the end.
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> impl Future<Output = io::Result<usize>> + Send;

    /// Writes all of these bytes.
    fn write_all(&mut self, bytes: &[u8], deadline: Instant) -> impl Future<Output = io::Result<()>> + Send;

    /// Reads what has arrived already, by asking the system, without waiting. Returns 0 at the end.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing has arrived.
    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes as much as goes without waiting: the close_notify of TLS.
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
    ) -> impl Future<Output = Result<Self::Link, TransportError>> + Send;

    /// As [`Io::until`].
    fn until<F>(&self, deadline: Instant, what: F) -> impl Future<Output = io::Result<F::Output>> + Send
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use super::*;

    /// Knows two addresses; the first one swallows what is sent to it, until the deadline.
    struct Half;

    /// The port of the address that was reached, and how much time it was given.
    struct Reached(u16, Duration);

    impl Io for Half {
        type Stream = Reached;

        async fn addresses(&self, _: &Endpoint, _: Instant) -> io::Result<Vec<SocketAddr>> {
            Ok(vec!["[2001:db8::1]:1".parse().unwrap(), "192.0.2.1:2".parse().unwrap()])
        }

        async fn connect(&self, address: SocketAddr, deadline: Instant) -> io::Result<Reached> {
            let left = deadline.saturating_duration_since(Instant::now());
            if address.is_ipv6() {
                std::thread::sleep(left);
                return Err(io::ErrorKind::TimedOut.into());
            }
            Ok(Reached(address.port(), left))
        }

        fn detach(&self, _: impl Future<Output = ()> + Send + 'static) {}

        async fn until<F: Future<Output: Send> + Send>(&self, _: Instant, what: F) -> io::Result<F::Output> {
            Ok(what.await)
        }
    }

    impl Stream for Reached {
        async fn read(&mut self, _: &mut [u8], _: Instant) -> io::Result<usize> {
            Ok(0)
        }
        async fn write_all(&mut self, _: &[u8], _: Instant) -> io::Result<()> {
            Ok(())
        }
        fn read_now(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Ok(0)
        }
        fn write_now(&mut self, _: &[u8]) {}
    }

    #[test]
    fn an_address_that_does_not_answer_leaves_time_for_the_next() {
        let endpoint = "kms.example".parse().unwrap();
        let connected = pin!(connect(&Half, &endpoint, Instant::now() + Duration::from_millis(400)));
        let Poll::Ready(reached) = connected.poll(&mut Context::from_waker(Waker::noop())) else { panic!("it pends") };
        let Reached(port, left) = reached.unwrap();
        assert_eq!(port, 2);
        assert!(left > Duration::ZERO && left <= Duration::from_millis(200), "{left:?}");
    }
}
