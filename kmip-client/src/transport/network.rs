//! The interface below the engine: the network of the two clients, and messages over it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Instant;

use bytes::Bytes;

use super::error::{Broken, TransportError};
use super::time::Limit;
use crate::config::Endpoint;

/// A future on the heap. Its code is compiled once, where a future that is awaited is compiled into each program that
/// awaits it, and it does not enlarge the future of its caller.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Access to a network: resolving names, connecting, and waiting. This is all that differs between runtimes.
///
/// The engine awaits nothing else: if the futures of an `Io` never pend, one poll completes a call. Deadlines are
/// points in time of [`Instant`]; a passed deadline is an error of the kind [`TimedOut`](io::ErrorKind::TimedOut).
pub trait Io: Send + Sync + 'static {
    /// A TCP connection.
    type Socket: Socket;

    /// Resolves the host of an endpoint, and returns its addresses in order of preference.
    fn addresses(
        &self,
        endpoint: &Endpoint,
        deadline: Instant,
    ) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;

    /// Opens a TCP connection. It should send small messages at once (`TCP_NODELAY`).
    ///
    /// A transport without addresses invents one for each endpoint in [`Io::addresses`], and recognizes it here.
    fn connect(&self, address: SocketAddr, deadline: Instant) -> impl Future<Output = io::Result<Self::Socket>> + Send;

    /// Runs a task in the background, if possible. Never waits for it.
    ///
    /// If a runtime drops the task, the server is not told that a dropped call or stream needs no more work.
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Waits for a future that needs only its waker, or for the deadline.
    ///
    /// # Errors
    ///
    /// Returns `TimedOut` if the deadline passes first, and other errors if the runtime has no timers.
    fn until<F>(&self, deadline: Instant, future: F) -> impl Future<Output = io::Result<F::Output>> + Send
    where
        F: Future<Output: Send> + Send;
}

/// Opens a TCP connection to the first address of the endpoint that answers. Each address gets its share of the
/// remaining time, so that an address that drops packets, such as IPv6 on some networks, does not prevent the others.
pub(crate) async fn connect<I: Io>(io: &I, endpoint: &Endpoint, deadline: Instant) -> io::Result<I::Socket> {
    let addresses = io.addresses(endpoint, deadline).await?;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name of the host has no address");
    for (index, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let others = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(now) / others;
        match io.connect(*address, now + share).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A TCP connection, which carries the ciphertext of TLS. A passed deadline is an error of the kind `TimedOut`.
///
/// Connections are pooled: a later call may come from another task or thread.
pub trait Socket: Send + Sync + 'static {
    /// Prepares the connection for the current task, before anything is written. Does nothing by default. A runtime
    /// whose sockets belong to the reactor that created them moves them here.
    ///
    /// # Errors
    ///
    /// Fails if the current task cannot wait for it.
    fn prepare(&mut self, deadline: Instant) -> io::Result<()> {
        let _ = deadline;
        Ok(())
    }

    /// Waits until at least one byte has arrived, and reads the available bytes. Returns 0 at the end.
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> impl Future<Output = io::Result<usize>> + Send;

    /// Writes all of these bytes.
    fn write_all(&mut self, bytes: &[u8], deadline: Instant) -> impl Future<Output = io::Result<()>> + Send;

    /// Reads bytes that have already arrived, by asking the system, without waiting. Returns 0 at the end.
    ///
    /// # Errors
    ///
    /// Returns `WouldBlock` if nothing has arrived.
    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes as much as possible without waiting: the close_notify of TLS.
    fn write_now(&mut self, bytes: &[u8]);
}

/// A transport of messages to the servers of one KMS, with its clock.
pub(crate) trait Network: Send + Sync + 'static {
    type Link: Link;

    /// Connects to a server: to `endpoint`, which has this index in the configuration.
    fn open(
        &self,
        index: usize,
        endpoint: &Endpoint,
        limit: Limit,
    ) -> impl Future<Output = Result<Self::Link, TransportError>> + Send;

    /// Does the same as [`Io::until`].
    fn until<F>(&self, deadline: Instant, future: F) -> impl Future<Output = io::Result<F::Output>> + Send
    where
        F: Future<Output: Send> + Send;

    /// Does the same as [`Io::detach`].
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static);

    fn now(&self) -> Instant;
}

/// A connection that carries messages. It is in step as long as every request had its response; after a failure it is
/// dropped.
pub(crate) trait Link: Send + Sync + 'static {
    /// Returns `true` if it can accept a request, as far as is known without a system call.
    fn is_ready(&self) -> bool;

    /// Returns `true` if it can accept a request: it has not ended, and nothing unexpected has arrived. Does not wait.
    fn is_quiet(&mut self) -> bool;

    /// Sends a request and receives the response.
    fn exchange(&mut self, request: &[u8], limit: Limit) -> impl Future<Output = Result<Bytes, Broken>> + Send;

    /// Returns the server's certificate, in DER.
    fn server_certificate(&self) -> Option<&[u8]>;

    /// Returns `true` if the TLS session was resumed, which saves a signature on each side.
    fn is_resumed(&self) -> bool;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use super::*;

    /// A network with two addresses; the first one drops packets until the deadline.
    struct Half;

    /// The port of the address that was reached, and its time limit.
    struct Reached(u16, Duration);

    impl Io for Half {
        type Socket = Reached;

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

        async fn until<F: Future<Output: Send> + Send>(&self, _: Instant, future: F) -> io::Result<F::Output> {
            Ok(future.await)
        }
    }

    impl Socket for Reached {
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
