//! The trait of all clients, for code that supports each of them.

use std::future::Future;
use std::time::{Duration, Instant};

use kmip_ttlv::ProtocolVersion;
use kmip_ttlv::enumeration::AsynchronousIndicator as Indicator;

use crate::client::calls::Calls;
use crate::client::capabilities::ServerCapabilities;
use crate::client::error::Error;
use crate::client::observe::Counters;
use crate::client::pages::LocatePages;
use crate::client::status::Status;
use crate::client::stream::Stream;
use crate::client::terms::Terms;
use crate::config::{Endpoint, Thumbprint};
use crate::exchange::batch::{Batch, Operations as _, Replies};
use crate::exchange::options::{Credentials, RequestOptions};
use crate::exchange::reply::Reply;
use crate::protocol::operation::{LocateRequest, MultiPart, Request};
use crate::transport::time::Allowance;

/// A client of any kind, for code that is written once, such as the functions of [`flow`](crate::flow).
///
/// The async client implements it. The blocking client passes a [`FlowClient`](crate::blocking::FlowClient) to the
/// closure of its [`run`](crate::blocking::Client::run), whose futures wait only for the server, so that no runtime is
/// needed.
///
/// Sealed: it is for generic code, not for mocks. Tests use the embedded server.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::protocol::operation::{Activate, Create};
/// use kmip_client::test_server::TestServer;
/// use kmip_client::{Error, Kmip, blocking};
///
/// async fn create_active(kms: &impl Kmip, name: &str) -> Result<String, Error> {
///     let created = kms.call(&Create::aes(256).name(name)).await?;
///     let id = created.payload().unique_identifier;
///     kms.call(&Activate::id(id)).await?;
///     Ok(id.to_string())
/// }
///
/// let server = TestServer::start();
/// let kms = blocking::Client::connect(&server.config())?;
/// let id = kms.run(async |kms| create_active(&kms, "vm-42").await)?;
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
///
/// The blocking client itself does not implement it, because its calls are not futures:
///
/// ```compile_fail,E0277
/// # #[cfg(not(all(feature = "test-server", feature = "blocking")))] compile_error!("it needs these features");
/// # let server = kmip_client::test_server::TestServer::start();
/// let kms = kmip_client::blocking::Client::connect(&server.config())?;
/// let newer = kmip_client::flow::rotate(&kms, "vm-42")?; // kms.run(async |kms| flow::rotate(&kms, "vm-42").await)
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no client that async code can use",
    label = "expected `kmip_client::Client`, or what `run` of the blocking client hands to its closure",
    note = "with the blocking client, run the flow: `kms.run(async |kms| flow::rotate(&kms, id).await)`; a second client goes in as `other.for_flow()`"
)]
pub trait Kmip: Calls {
    /// Sends a request and waits for the reply.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Destroy;
    /// use kmip_client::{Error, Kmip};
    ///
    /// async fn destroy_all(kms: &impl Kmip, ids: &[&str]) -> Result<(), Error> {
    ///     for id in ids {
    ///         kms.call(&Destroy::id(*id)).await?;
    ///     }
    ///     Ok(())
    /// }
    /// # }
    /// ```
    fn call<R: Request>(&self, request: &R) -> impl Future<Output = Result<Reply<R::Operation>, Error>> + Send {
        async move { Ok(self.call_at(None, request).await?.0) }
    }

    /// Sends a batch of requests in one message and waits for the replies. The outer error concerns the batch as a
    /// whole.
    ///
    /// ```
    /// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
    /// use kmip_client::protocol::Id;
    /// use kmip_client::protocol::operation::{Activate, Create};
    /// use kmip_client::{Error, Kmip, blocking, test_server::TestServer};
    ///
    /// async fn create_active(kms: &impl Kmip, name: &str) -> Result<String, Error> {
    ///     let (created, activated) = kms.batch(&(Create::aes(256).name(name), Activate::id(Id::Placeholder))).await?;
    ///     activated?;
    ///     Ok(created?.payload().unique_identifier.to_string())
    /// }
    ///
    /// let server = TestServer::start();
    /// let kms = blocking::Client::connect(&server.config())?;
    /// kms.run(async |kms| create_active(&kms, "vm-42").await)?;
    /// assert_eq!(server.requests().len(), 3); // and Discover Versions
    /// # }
    /// # Ok::<(), kmip_client::Error>(())
    /// ```
    fn batch<B: Batch + ?Sized>(&self, batch: &B) -> impl Future<Output = Result<Replies<B, Error>, Error>> + Send {
        async move { Ok(B::Operations::replies(self.send_batch(&batch).await?)) }
    }

    /// Starts a multi-part operation, to which data is pushed: see [`Stream`]. Nothing is sent yet. With a reader and a
    /// writer, `stream` of both clients does all of it.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Hash;
    /// use kmip_client::{Error, Kmip};
    ///
    /// async fn digest(kms: &impl Kmip, chunks: &[&[u8]]) -> Result<Vec<u8>, Error> {
    ///     let mut stream = kms.open_stream(Hash::sha256(b""));
    ///     for chunk in chunks {
    ///         stream.push(chunk).await?;
    ///     }
    ///     Ok(stream.finish().await?.last().payload().data.unwrap_or_default().to_vec())
    /// }
    /// # }
    /// ```
    fn open_stream<R: MultiPart>(&self, request: R) -> Stream<'_, Self, R> {
        Stream::new(self, request)
    }

    /// Locates objects page by page, each with at most `size` identifiers: see [`LocatePages`]. Nothing is sent yet.
    ///
    /// ```
    /// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
    /// use kmip_client::protocol::operation::Locate;
    /// use kmip_client::{Error, Kmip};
    ///
    /// async fn count(kms: &impl Kmip) -> Result<usize, Error> {
    ///     let (mut pages, mut found) = (kms.locate_pages(Locate::all(), 500), 0);
    ///     while let Some(page) = pages.next().await {
    ///         found += page?.payload().unique_identifiers.len();
    ///     }
    ///     Ok(found)
    /// }
    /// # }
    /// ```
    fn locate_pages<'r>(&self, request: LocateRequest<'r>, size: u32) -> LocatePages<'r, Self> {
        LocatePages::new(self.clone(), request, size)
    }

    /// Requests the capabilities of the server. They are only a hint: see [`ServerCapabilities`].
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::ttlv::enumeration::OperationCode;
    /// use kmip_client::{Error, Kmip};
    ///
    /// async fn signs(kms: &impl Kmip) -> Result<bool, Error> {
    ///     Ok(kms.capabilities().await?.operations().contains(&OperationCode::SIGN))
    /// }
    /// # }
    /// ```
    fn capabilities(&self) -> impl Future<Output = Result<ServerCapabilities, Error>> + Send {
        ServerCapabilities::ask(self)
    }

    /// Waits for this time in the way of the client. The async client does not block other tasks.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::{Poll, Recover};
    /// use kmip_client::{Error, Kmip};
    /// use std::time::Duration;
    ///
    /// /// Waits by hand until an object is back from the archive.
    /// async fn recovered(kms: &impl Kmip, mark: &[u8]) -> Result<(), Error> {
    ///     loop {
    ///         match kms.call(&Poll::correlation_value(mark)).await {
    ///             Err(Error::Pending(_)) => kms.pause(Duration::from_secs(10)).await,
    ///             done => return done.map(drop),
    ///         }
    ///     }
    /// }
    /// # }
    /// ```
    fn pause(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Returns the known status of the servers, without connecting: see [`Status`].
    fn status(&self) -> Status;

    /// Probes every server on a connection of its own: see [`Status`].
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::{Kmip, Verdict};
    ///
    /// async fn is_up(kms: &impl Kmip) -> bool {
    ///     kms.probe().await.verdict() != Verdict::Down
    /// }
    /// # }
    /// ```
    fn probe(&self) -> impl Future<Output = Status> + Send;

    /// Returns the version of KMIP negotiated with the server.
    fn version(&self) -> ProtocolVersion {
        self.negotiated_version()
    }

    /// Returns the server that answered last.
    fn endpoint(&self) -> &Endpoint;

    /// Returns the SHA-256 thumbprint of the certificate of the server that answered last.
    fn server_thumbprint(&self) -> Option<Thumbprint>;

    /// Returns the counters of this client and its clones.
    fn counters(&self) -> Counters;

    /// Closes the idle connections of this client and its clones, and refuses further calls with
    /// [`Error::ClientClosed`].
    fn close(&self);

    /// Returns the header options of the requests.
    fn request_options(&self) -> &RequestOptions {
        &self.terms().options
    }

    /// Returns a client on the same connections with these header options.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Destroy;
    /// use kmip_client::{Credentials, Error, Kmip};
    ///
    /// async fn destroy_as_officer(kms: &impl Kmip, id: &str, officer: Credentials) -> Result<(), Error> {
    ///     kms.with_credential(officer).call(&Destroy::id(id)).await.map(drop)
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_request_options(&self, options: RequestOptions) -> Self {
        self.on(Terms { options, ..self.terms().clone() })
    }

    /// Returns a client on the same connections whose requests have this credential, in addition to the client
    /// certificate.
    #[must_use]
    fn with_credential(&self, credentials: Credentials) -> Self {
        self.with_request_options(self.request_options().clone().credential(credentials))
    }

    /// Returns a client on the same connections that allows asynchronous responses, and waits for their results by
    /// Poll.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::CreateKeyPair;
    /// use kmip_client::{Error, Kmip};
    ///
    /// async fn make_pair(kms: &impl Kmip) -> Result<String, Error> {
    ///     let made = kms.with_asynchronous(true).call(&CreateKeyPair::rsa(4096)).await?; // waits, if the server takes its time
    ///     Ok(made.payload().private_key_unique_identifier.to_string())
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_asynchronous(&self, allowed: bool) -> Self {
        let indicator = if allowed { Indicator::OPTIONAL } else { Indicator::PROHIBITED };
        self.with_request_options(self.request_options().clone().asynchronous(indicator).wait_for_pending(allowed))
    }

    /// Returns a client on the same connections with this timeout for each whole call.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Locate;
    /// use kmip_client::{Error, Kmip};
    /// use std::time::Duration;
    ///
    /// async fn exists(kms: &impl Kmip, name: &str) -> Result<bool, Error> {
    ///     let found = kms.with_timeout(Duration::from_secs(2)).call(&Locate::name(name)).await?;
    ///     Ok(!found.payload().unique_identifiers.is_empty())
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_timeout(&self, limit: Duration) -> Self {
        self.on(Terms { allowance: Allowance::Each(limit), ..self.terms().clone() })
    }

    /// Returns a client on the same connections whose calls share this deadline.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::flow::{self, FlowError};
    /// use kmip_client::Kmip;
    /// use std::time::{Duration, Instant};
    ///
    /// /// Rotates a key within ten seconds, however many calls that takes.
    /// async fn rotate_soon(kms: &impl Kmip, id: &str) -> Result<String, FlowError> {
    ///     let kms = kms.with_deadline(Instant::now() + Duration::from_secs(10));
    ///     Ok(flow::rotate(&kms, id).await?.id().to_owned())
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_deadline(&self, deadline: Instant) -> Self {
        self.on(Terms { allowance: Allowance::Until(deadline), ..self.terms().clone() })
    }

    /// Returns a client on the same connections that repeats, or does not repeat, requests that may use up a Usage
    /// Limit of a key. See [`Config::repeat_metered`](crate::Config::repeat_metered) for the trade.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Encrypt;
    /// use kmip_client::{Error, Kmip};
    ///
    /// /// Encrypts with a key that has no Usage Limits: a second try costs nothing.
    /// async fn encrypt(kms: &impl Kmip, id: &str, data: &[u8]) -> Result<Vec<u8>, Error> {
    ///     let reply = kms.with_repeat_metered(true).call(&Encrypt::aes_gcm(id, data)).await?;
    ///     Ok(reply.payload().data.unwrap_or_default().to_vec())
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_repeat_metered(&self, repeat: bool) -> Self {
        self.on(self.terms().clone().repeating_metered(repeat))
    }

    /// Returns a client on the same connections whose calls go to this server alone; `None` if the configuration does
    /// not have it.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Cancel;
    /// use kmip_client::{Error, Kmip, Pending};
    ///
    /// /// Cancels a pending request.
    /// async fn cancel(kms: &impl Kmip, pending: &Pending) -> Result<(), Error> {
    ///     let server = pending.endpoint.as_ref().and_then(|endpoint| kms.with_endpoint(endpoint));
    ///     let (Some(server), Some(mark)) = (server, &pending.asynchronous_correlation_value) else { return Ok(()) };
    ///     server.call(&Cancel::correlation_value(mark)).await.map(drop)
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_endpoint(&self, endpoint: &Endpoint) -> Option<Self> {
        let only = Some(self.index_of(endpoint)?);
        Some(self.on(Terms { only, ..self.terms().clone() }))
    }
}

/// Implements [`Kmip`] for a type that holds a `Client`, a struct with the fields `engine` and `terms`.
#[cfg(any(feature = "blocking", feature = "tokio", feature = "unversioned"))]
macro_rules! impl_kmip {
    ($(@[$($generics:tt)+])? $type:ty, |$this:ident| $client:expr, |$made:ident| $wrapped:expr) => {
        impl$(<$($generics)+>)? crate::client::calls::Calls for $type {
            #[inline]
            fn terms(&self) -> &Terms {
                let $this = self;
                &$client.terms
            }

            #[inline]
            fn on(&self, terms: Terms) -> Self {
                let $this = self;
                let $made = Client { engine: Arc::clone(&$client.engine), terms };
                $wrapped
            }

            #[inline]
            fn negotiated_version(&self) -> ProtocolVersion {
                let $this = self;
                $client.engine.version()
            }

            #[inline]
            fn index_of(&self, endpoint: &Endpoint) -> Option<usize> {
                let $this = self;
                $client.engine.index_of(endpoint)
            }

            #[inline]
            async fn send(&self, only: Option<usize>, asked: Asked<'_>) -> Result<(Answered<Error>, usize), Error> {
                let $this = self;
                $client.engine.call(&$client.terms, only, asked).await
            }

            #[inline]
            async fn send_batch(&self, batch: &dyn Requests) -> Result<Answered<Error>, Error> {
                let $this = self;
                $client.engine.batch(&$client.terms, batch).await
            }

            #[inline]
            fn send_detached(&self, server: usize, asked: Asked<'_>) {
                let $this = self;
                $client.engine.send_detached(&$client.terms, server, asked);
            }
        }

        impl$(<$($generics)+>)? Kmip for $type {
            #[inline]
            async fn pause(&self, time: Duration) {
                let $this = self;
                // Without timers there is no pause; the following call returns the reason.
                let _ = $client.engine.pause(time).await;
            }

            #[inline]
            fn status(&self) -> Status {
                let $this = self;
                $client.engine.status()
            }

            #[inline]
            async fn probe(&self) -> Status {
                let $this = self;
                $client.engine.probe(&$client.terms).await
            }

            #[inline]
            fn endpoint(&self) -> &Endpoint {
                let $this = self;
                $client.engine.endpoint()
            }

            #[inline]
            fn server_thumbprint(&self) -> Option<Thumbprint> {
                let $this = self;
                $client.engine.server_thumbprint()
            }

            #[inline]
            fn counters(&self) -> Counters {
                let $this = self;
                $client.engine.counters()
            }

            #[inline]
            fn close(&self) {
                let $this = self;
                $client.engine.close();
            }
        }
    };
}

#[cfg(any(feature = "blocking", feature = "tokio", feature = "unversioned"))]
pub(crate) use impl_kmip;
