//! The blocking client: threads, without a runtime.

mod io;
mod stream;
mod wait;

use std::fmt;
use std::future::Future;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;

use self::io::Std;
use self::stream::StdIo;
pub(crate) use self::wait::wait;
use crate::client::capabilities::ServerCapabilities;
use crate::client::config::Config;
use crate::client::engine::{self, Engine};
use crate::client::error::Error;
use crate::client::kmip::{Kmip, impl_kmip};
use crate::client::methods::client_methods;
use crate::client::observe::Counters;
use crate::client::pages;
use crate::client::status::Status;
use crate::client::stream::{StreamError, Streamed, transfer};
use crate::client::terms::Terms;
use crate::config::{Endpoint, Thumbprint};
use crate::exchange::Answered;
use crate::exchange::asked::Asked;
use crate::exchange::asked::Requests;
use crate::exchange::batch::{Batch, Operations as _, Replies};
use crate::exchange::options::{Credentials, RequestOptions};
use crate::exchange::reply::Reply;
use crate::protocol::operation::{Locate, LocateRequest, MultiPart, Request};
use crate::transport::connect::Tls;
use crate::transport::tls::ServerCertificate;

/// A client that blocks the calling thread while it waits.
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

client_methods! {
    name: "blocking::Client", io: Std::default(), wait: wait_for [] [], stream: StdIo [impl Read] [impl Write], pages: LocatePages<'r>,
    examples: {
        open: "# #[cfg(feature = \"test-server\")] {\n# fn example() -> Result<(), Box<dyn std::error::Error>> {",
        client: "use kmip_client::blocking::Client;",
        connect: "# let kms = Client::connect(&server.config())?;",
        dot_await: "",
        each_page: "for page in kms.locate_pages(Locate::all(), 2) {",
        io: "std",
        close: "# Ok(())\n# }\n# example().unwrap();\n# }",
    },
}

impl Client {
    /// Runs a flow that was written for both clients, over `&impl Kmip`.
    ///
    /// The flow may await only calls of the client, because there is no runtime that could wake it.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// # use kmip_client::{blocking::Client, flow, protocol::operation::Create, test_server::TestServer};
    /// # let server = TestServer::start();
    /// let kms = Client::connect(&server.config())?;
    /// let id = kms.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
    /// # }
    /// # Ok::<(), kmip_client::flow::FlowError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the flow awaits something else.
    pub fn run<F: Future>(&self, flow: impl FnOnce(FlowClient) -> F) -> F::Output {
        wait(flow(self.for_flow()))
    }

    /// Returns this client in the form that flows accept: for a flow between two clients, because [`run`](Self::run)
    /// passes only one.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// # use kmip_client::{blocking::Client, flow, protocol::operation::Create, test_server::TestServer};
    /// # let (old, new) = (TestServer::start(), TestServer::start());
    /// # let old = Client::connect(&old.config())?;
    /// # let new = Client::connect(&new.config())?;
    /// # let id = old.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
    /// let copy = old.run(async |old| flow::migrate(&old, &new.for_flow(), &id).await)?;
    /// # }
    /// # Ok::<(), kmip_client::flow::FlowError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn for_flow(&self) -> FlowClient {
        FlowClient(self.clone())
    }
}

/// The blocking client in the form that flows accept. [`Client::run`] passes it to its closure.
///
/// Its futures complete in the first poll, and block the thread meanwhile: they are not meant for a runtime.
#[derive(Clone)]
pub struct FlowClient(Client);

impl From<FlowClient> for Client {
    fn from(FlowClient(client): FlowClient) -> Self {
        client
    }
}

impl fmt::Debug for FlowClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl_kmip!(FlowClient, |flow| &flow.0, |client| FlowClient(client));

/// The objects that a Locate finds, page by page, returned by [`Client::locate_pages`]. An iterator over the pages that
/// [`LocatePages`](crate::LocatePages) of the async client returns one by one.
#[derive(Debug)]
#[must_use = "nothing is located until the pages are asked for"]
pub struct LocatePages<'r>(pages::LocatePages<'r, FlowClient>);

impl<'r> From<pages::LocatePages<'r, FlowClient>> for LocatePages<'r> {
    fn from(pages: pages::LocatePages<'r, FlowClient>) -> Self {
        Self(pages)
    }
}

impl Iterator for LocatePages<'_> {
    type Item = Result<Reply<Locate>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        wait(self.0.next())
    }
}

/// Fetches the certificate of a server without trusting it, so that an operator can compare its thumbprint with the one
/// from the server's administrator, and then trust it.
///
/// The argument is an address, an [`Endpoint`](crate::Endpoint), or a [`Config`]. Of a configuration only the first
/// address, the server name (for SNI), the connect timeout and the cryptographic provider are used; it needs neither
/// trust nor identity. Only the TLS handshake is performed, without a client certificate; a server that requires one
/// presents its own before it refuses. No KMIP is sent.
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
/// Returns [`Error::Config`] if the address cannot be used, and [`Error::Unreachable`] if nothing answers there, or not
/// in TLS 1.2 or 1.3, or the server does not have the key of its certificate.
#[inline]
pub fn fetch_certificate(server: impl Into<Config>) -> Result<ServerCertificate, Error> {
    wait(engine::fetch_certificate(Std::default(), &server.into()))
}

/// Waits for a future of the engine.
macro_rules! wait_for {
    ($future:expr) => {
        wait($future)
    };
}
use wait_for;
