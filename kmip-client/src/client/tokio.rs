//! The async client, on tokio.

mod io;
mod stream;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;
use tokio::io::{AsyncRead, AsyncWrite};

use self::io::Tokio;
use self::stream::TokioIo;
use crate::client::capabilities::ServerCapabilities;
use crate::client::config::Config;
use crate::client::engine::{self, Engine};
use crate::client::error::Error;
use crate::client::kmip::{Kmip, impl_kmip};
use crate::client::methods::client_methods;
use crate::client::observe::Counters;
use crate::client::pages::LocatePages;
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
use crate::protocol::operation::{LocateRequest, MultiPart, Request};
use crate::transport::connect::Tls;
use crate::transport::tls::ServerCertificate;

/// A client for async programs, on tokio.
///
/// Cheap to clone; all clones share their connections, and any number of tasks may call at once. Dropping a call closes
/// its connection, so that the next call starts in step.
///
/// Any runtime with I/O and timers may poll a call, also another than the one that has opened the connection, and a
/// call may move between runtimes while it waits. The runtime has to be driven: a current-thread runtime drives its I/O
/// and timers only in `Runtime::block_on`, so that nothing on it meets a deadline while only its handle is used.
/// Timeouts are in real time, even if tokio's clock is paused.
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

client_methods! {
    name: "Client", io: Tokio::default(), wait: wait_for [async] [.await], stream: TokioIo [impl AsyncRead + Unpin] [impl AsyncWrite + Unpin],
    pages: LocatePages<'r, Client>,
    examples: {
        open: "# #[cfg(feature = \"test-server\")] {\n# async fn example() -> Result<(), Box<dyn std::error::Error>> {",
        client: "use kmip_client::Client;",
        connect: "# let kms = Client::connect(&server.config()).await?;",
        dot_await: ".await",
        each_page: "let mut pages = kms.locate_pages(Locate::all(), 2);\nwhile let Some(page) = pages.next().await {",
        io: "tokio",
        close: "# Ok(())\n# }\n# tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example()).unwrap();\n# }",
    },
}

impl Client {
    fn for_flow(&self) -> Self {
        self.clone()
    }
}

impl_kmip!(Client, |client| client, |client| client);

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
/// Returns [`Error::Config`] if the address cannot be used, and [`Error::Unreachable`] if nothing answers there, or not
/// in TLS 1.2 or 1.3, or the server does not have the key of its certificate.
pub async fn fetch_certificate(server: impl Into<Config>) -> Result<ServerCertificate, Error> {
    engine::fetch_certificate(Tokio::default(), &server.into()).await
}

/// Waits for a future of the engine.
macro_rules! wait_for {
    ($future:expr) => {
        $future.await
    };
}
use wait_for;
