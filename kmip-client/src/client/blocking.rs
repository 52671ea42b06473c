//! The blocking client: threads, and nothing of a runtime.

mod io;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use self::io::Std;
use crate::client::capabilities::ServerCapabilities;
use crate::client::config::Config;
use crate::client::engine::{self, Engine};
use crate::client::error::Error;
use crate::client::kmip::{Kmip, both_clients};
use crate::client::status::Status;
use crate::client::terms::Terms;
use crate::exchange::batch::{Batch, Replies};
use crate::exchange::options::RequestOptions;
use crate::exchange::reply::Reply;
use crate::protocol::operation::Request;
use crate::transport::link::Tls;
use crate::transport::tls::ServerCertificate;

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
    engine: Arc<Engine<Tls<Std>>>,
    terms: Terms,
}

impl Client {
    /// Connects to the server, and agrees on a version of KMIP with it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] where the configuration cannot be used, [`Error::Unreachable`] where the server is not there or one side does not
    /// accept the other, [`Error::NoCommonVersion`].
    pub fn connect(config: &Config) -> Result<Self, Error> {
        let engine = wait(Engine::connect(config.network(Std)?, config))?;
        Ok(Self { engine: Arc::new(engine), terms: Terms::new(config) })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the server will not; see [`Error`] for the rest.
    pub fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
        wait(Kmip::call(self, request))
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
        wait(Kmip::batch(self, batch))
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

    /// Asks every server how it is, one after the other, each on a connection of its own. See [`Status`].
    pub fn status(&self) -> Status {
        wait(self.engine.status(&self.terms))
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

/// Shows the certificate of a server, without trusting it: for the step where an operator compares its thumbprint with what
/// the server's administrator says, and trusts it from then on.
///
/// The argument is an address, an [`Endpoint`](crate::Endpoint), or a [`Config`], of which the first address, the server name (for SNI), the
/// time to connect and the cryptography count; it needs neither trust nor identity. Only the TLS handshake is made, without a
/// client certificate; a server that wants one shows its own before it refuses. No KMIP is sent.
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// # use kmip_client::test_server::TestServer;
/// use kmip_client::{Config, Trust, blocking};
///
/// # fn main() -> Result<(), kmip_client::Error> {
/// # let server = TestServer::start();
/// # let address = server.address().to_string();
/// # let identity = server.pki().issue_client("alice").identity()?;
/// let shown = blocking::fetch_certificate(&*address)?;
/// println!("{shown}"); // and ask: is this the one?
///
/// let config = Config::new(address).identity(identity).trust(Trust::pinned(shown.sha256));
/// let kms = blocking::Client::connect(&config)?;
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Config`] where the address cannot be used, [`Error::Unreachable`] where nothing answers there, or not in TLS 1.2
/// or 1.3, or the server has not the key of its certificate.
pub fn fetch_certificate(server: impl Into<Config>) -> Result<ServerCertificate, Error> {
    wait(engine::fetch_certificate(Std, &server.into()))
}

both_clients!("blocking::Client");

/// Completes a future that never pends, in one poll.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a flow of the blocking client awaits something else than the client"),
    }
}
