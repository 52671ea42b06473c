//! The blocking client: threads, and nothing of a runtime.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::batch::{Batch, Replies};
use crate::capabilities::ServerCapabilities;
use crate::config::{Config, Endpoint};
use crate::engine::{Engine, Io, Stream};
use crate::error::Error;
use crate::flow;
use crate::kmip::both_clients;
use crate::options::RequestOptions;
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
    options: RequestOptions,
}

impl Client {
    /// Connects to the server, and agrees on a version of KMIP with it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] where the configuration cannot be used, [`Error::Unreachable`] where the server is not there or one side does not
    /// accept the other, [`Error::NoCommonVersion`].
    pub fn connect(config: &Config) -> Result<Self, Error> {
        let engine = Arc::new(wait(flow::connect(Std, config))?);
        Ok(Self { engine, options: config.given_request_options().clone() })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the server will not; see [`Error`] for the rest.
    pub fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
        wait(self.engine.call(request, &self.options))
    }

    /// Sends a batch of requests in one message, and waits for the answer: a tuple of requests is answered by a tuple of replies, a list by a
    /// list. See [`Batch`].
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// # use kmip_client::{blocking::Client, test_server::TestServer};
    /// use kmip_client::protocol::Id;
    /// use kmip_client::protocol::operation::{Activate, Create, Get};
    ///
    /// # fn main() -> Result<(), kmip_client::Error> {
    /// # let server = TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// let requests = (Create::aes(256).name("vm-43"), Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
    /// let (created, activated, fetched) = kms.batch(&requests)?;
    /// let id = created?.payload().unique_identifier.to_string(); // each request has an outcome of its own
    /// assert_eq!(activated?.payload().unique_identifier, id.as_str().into());
    /// assert_eq!(fetched?.payload().unique_identifier, id.as_str().into());
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the batch as a whole failed: nothing was sent, no usable answer came, or the server refuses all of it. What became of a single
    /// request is among the replies.
    pub fn batch<B: Batch + ?Sized>(&self, batch: &B) -> Result<Replies<B, Error>, Error> {
        wait(self.engine.batch(batch, &self.options))
    }

    /// Asks the server what it is and what it can do. A hint: see [`ServerCapabilities`].
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// # use kmip_client::{blocking::Client, test_server::TestServer};
    /// # let server = TestServer::start();
    /// # let kms = Client::connect(&server.config())?;
    /// let capabilities = kms.capabilities()?;
    /// println!("{} has {} operations", capabilities.vendor().unwrap_or("it"), capabilities.operations().len());
    /// # }
    /// # Ok::<(), kmip_client::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the server answers none of the questions.
    pub fn capabilities(&self) -> Result<ServerCapabilities, Error> {
        self.run(async |kms| ServerCapabilities::ask(&kms).await)
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
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
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

    async fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }

    /// A call that blocks is not dropped while it waits.
    fn detach(&self, _: impl Future<Output = ()> + Send + 'static) {}
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
