//! The blocking client: threads, and nothing of a runtime.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::config::{Config, Endpoint};
use crate::engine::{Engine, Io, Stream};
use crate::error::Error;
use crate::flow;
use crate::kmip::both_clients;
use crate::protocol::operation::Request;
use crate::reply::Reply;

/// A client that waits.
///
/// Cheap to clone; all clones share their connections, and any number of threads may call at once.
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// use kmip_client::blocking::Client;
/// use kmip_client::protocol::operation::{Create, Get};
/// use kmip_client::test_server::TestServer;
///
/// let server = TestServer::start();
/// let kms = Client::connect(&server.config())?;
/// let created = kms.call(&Create::aes(256).name("vm-42"))?;
/// let fetched = kms.call(&Get::id(created.payload().unique_identifier))?;
/// assert_eq!(fetched.payload().object.key_block().and_then(|block| block.bytes()).map(|key| key.len()), Some(32));
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    engine: Arc<Engine<Std>>,
}

impl Client {
    /// Connects to the server, and agrees on a version of KMIP with it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] where the configuration cannot be used, [`Error::Unreachable`] where the server is not there or one side does not
    /// accept the other, [`Error::NoCommonVersion`].
    pub fn connect(config: &Config) -> Result<Self, Error> {
        Ok(Self { engine: Arc::new(wait(flow::connect(Std, config))?) })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the server will not; see [`Error`] for the rest.
    pub fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
        wait(self.engine.call(request))
    }

    /// Runs a flow that was written for either client, over `&impl Kmip`.
    ///
    /// The flow may await nothing but calls of the client: there is no runtime that could wake it.
    ///
    /// # Panics
    ///
    /// Where the flow awaits something else.
    pub fn run<F: Future>(&self, flow: impl FnOnce(Self) -> F) -> F::Output {
        wait(flow(self.clone()))
    }
}

both_clients!("blocking::Client");

/// Completes a future that never pends, in one poll.
fn wait<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a flow of the blocking client awaits something else than the client"),
    }
}

/// The network by way of the standard library.
struct Std;

impl Io for Std {
    type Stream = TcpStream;

    /// The time limit does not hold while the name is looked up: the standard library knows none there.
    async fn connect(&self, endpoint: &Endpoint, deadline: Instant) -> io::Result<TcpStream> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name of the host has no address");
        for address in (endpoint.host(), endpoint.port()).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(deadline)?) {
                Ok(stream) => return stream.set_nodelay(true).map(|()| stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Stream for TcpStream {
    async fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        loop {
            self.set_read_timeout(Some(left(deadline)?))?;
            match Read::read(self, buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }

    async fn write_all(&mut self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            self.set_write_timeout(Some(left(deadline)?))?;
            match Write::write(self, bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read_now(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.set_nonblocking(true)?;
        let read = Read::read(self, buffer);
        self.set_nonblocking(false)?;
        read
    }

    fn write_now(&mut self, bytes: &[u8]) {
        if self.set_nonblocking(true).is_ok() {
            let _ = Write::write(self, bytes);
        }
    }
}

/// The time until the deadline: never zero, which the standard library would take for none.
fn left(deadline: Instant) -> io::Result<Duration> {
    match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}
