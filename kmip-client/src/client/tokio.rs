//! The async client, on tokio.

mod io;

use std::sync::Arc;

use self::io::Tokio;
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

/// A client for async programs, on tokio.
///
/// Cheap to clone; all clones share their connections, and any number of tasks may call at once. A call that is dropped takes its connection
/// with it, so the next one starts in step.
///
/// ```
/// # #[cfg(feature = "test-server")] {
/// use kmip_client::Client;
/// use kmip_client::protocol::operation::{Create, Get};
/// use kmip_client::test_server::TestServer;
///
/// # async fn example() -> Result<(), kmip_client::Error> {
/// let server = TestServer::start();
/// let kms = Client::connect(&server.config()).await?;
/// let created = kms.call(&Create::aes(256).name("vm-42")).await?;
/// let fetched = kms.call(&Get::id(created.payload().unique_identifier)).await?;
/// assert_eq!(fetched.payload().object.key_block().and_then(|block| block.bytes()).map(|key| key.len()), Some(32));
/// # Ok(())
/// # }
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(example()).unwrap();
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    engine: Arc<Engine<Tls<Tokio>>>,
    terms: Terms,
}

impl Client {
    /// Connects to the server, and agrees on a version of KMIP with it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] where the configuration cannot be used, [`Error::Unreachable`] where the server is not there or one side does not
    /// accept the other, [`Error::NoCommonVersion`].
    pub async fn connect(config: &Config) -> Result<Self, Error> {
        let engine = Engine::connect(config.network(Tokio)?, config).await?;
        Ok(Self { engine: Arc::new(engine), terms: Terms::new(config) })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where the server will not; see [`Error`] for the rest.
    pub async fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
        Kmip::call(self, request).await
    }

    /// Sends a batch of requests in one message, and waits for the answer: a tuple of requests is answered by a tuple of replies, a list by a
    /// list. See [`Batch`].
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// # use kmip_client::{Client, test_server::TestServer};
    /// use kmip_client::protocol::Id;
    /// use kmip_client::protocol::operation::{Activate, Create, Get};
    ///
    /// # async fn example() -> Result<(), kmip_client::Error> {
    /// # let server = TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// let requests = (Create::aes(256).name("vm-43"), Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
    /// let (created, activated, fetched) = kms.batch(&requests).await?;
    /// let id = created?.payload().unique_identifier.to_string(); // each request has an outcome of its own
    /// assert_eq!(activated?.payload().unique_identifier, id.as_str().into());
    /// assert_eq!(fetched?.payload().unique_identifier, id.as_str().into());
    /// # Ok(())
    /// # }
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    /// # runtime.block_on(example()).unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the batch as a whole failed: nothing was sent, no usable answer came, or the server refuses all of it. What became of a single
    /// request is among the replies.
    pub async fn batch<B: Batch + ?Sized>(&self, batch: &B) -> Result<Replies<B, Error>, Error> {
        Kmip::batch(self, batch).await
    }

    /// Asks the server what it is and what it can do. A hint: see [`ServerCapabilities`].
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// # use kmip_client::{Client, test_server::TestServer};
    /// # async fn example() -> Result<(), kmip_client::Error> {
    /// # let server = TestServer::start();
    /// # let kms = Client::connect(&server.config()).await?;
    /// let capabilities = kms.capabilities().await?;
    /// println!("{} has {} operations", capabilities.vendor().unwrap_or("it"), capabilities.operations().len());
    /// # Ok(())
    /// # }
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    /// # runtime.block_on(example()).unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the server answers none of the questions.
    pub async fn capabilities(&self) -> Result<ServerCapabilities, Error> {
        ServerCapabilities::ask(self).await
    }

    /// Asks every server how it is, each on a connection of its own, and all at once. See [`Status`].
    pub async fn status(&self) -> Status {
        self.engine.status(&self.terms).await
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
/// # async fn example() -> Result<(), kmip_client::Error> {
/// # let server = TestServer::start();
/// # let address = server.address().to_string();
/// let shown = kmip_client::fetch_certificate(&*address).await?;
/// println!("{shown}"); // and ask: is this the one?
/// # assert_eq!(shown.sha256, server.thumbprint());
/// # Ok(())
/// # }
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(example()).unwrap();
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Config`] where the address cannot be used, [`Error::Unreachable`] where nothing answers there, or not in TLS 1.2
/// or 1.3, or the server has not the key of its certificate.
pub async fn fetch_certificate(server: impl Into<Config>) -> Result<ServerCertificate, Error> {
    engine::fetch_certificate(Tokio, &server.into()).await
}

both_clients!("Client");
