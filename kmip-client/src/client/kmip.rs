//! What both clients are.

use std::future::Future;
use std::time::Duration;

use kmip_ttlv::ProtocolVersion;

use crate::client::error::Error;
use crate::config::Endpoint;
use crate::exchange::batch::{Batch, Replies};
use crate::exchange::options::RequestOptions;
use crate::exchange::reply::Reply;
use crate::protocol::operation::Request;

/// A client, whichever: for code that serves the blocking and the async one alike.
///
/// Sealed: for generic code, not for mocks. Tests use the embedded server.
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
pub trait Kmip: Sealed + Sync {
    /// Sends a request and waits for the answer.
    fn call<R: Request>(&self, request: &R) -> impl Future<Output = Result<Reply<R::Operation>, Error>> + Send;

    /// Sends a batch of requests in one message and waits for the answer. The outer error is one of the batch as a whole.
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
    fn batch<B: Batch + ?Sized>(&self, batch: &B) -> impl Future<Output = Result<Replies<B, Error>, Error>> + Send;

    /// Waits for so long, as the client does: without blocking others where it is async.
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

    /// The version of KMIP that is spoken with the server.
    fn version(&self) -> ProtocolVersion;

    /// What the header of its requests says beside what has to be there.
    fn request_options(&self) -> &RequestOptions;

    /// The same client, on the same connections, with requests whose header says this.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Destroy;
    /// use kmip_client::{Credentials, Error, Kmip};
    ///
    /// async fn destroy_as_officer(kms: &impl Kmip, id: &str, officer: Credentials) -> Result<(), Error> {
    ///     let as_officer = kms.request_options().clone().credential(officer);
    ///     kms.with_request_options(as_officer).call(&Destroy::id(id)).await.map(drop)
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_request_options(&self, options: RequestOptions) -> Self
    where
        Self: Sized;

    /// The same client, on the same connections, whose calls go to this server alone; `None` where it is none of the configuration's.
    ///
    /// ```
    /// # #[cfg(feature = "test-server")] {
    /// use kmip_client::protocol::operation::Cancel;
    /// use kmip_client::{Error, Kmip, Pending};
    ///
    /// /// Cancels a request where it is pending.
    /// async fn cancel(kms: &impl Kmip, pending: &Pending) -> Result<(), Error> {
    ///     let server = pending.endpoint.as_ref().and_then(|endpoint| kms.with_endpoint(endpoint));
    ///     let (Some(server), Some(mark)) = (server, &pending.asynchronous_correlation_value) else { return Ok(()) };
    ///     server.call(&Cancel::correlation_value(mark)).await.map(drop)
    /// }
    /// # }
    /// ```
    #[must_use]
    fn with_endpoint(&self, endpoint: &Endpoint) -> Option<Self>
    where
        Self: Sized;
}

/// Keeps [`Kmip`] to the clients of this crate, and has what other parts of it want of them.
pub trait Sealed {
    /// Sends a request to this server, or to those that the client asks; tells which one has answered.
    fn call_at<R: Request>(
        &self,
        only: Option<usize>,
        request: &R,
    ) -> impl Future<Output = Result<(Reply<R::Operation>, usize), Error>> + Send;

    /// Sends a request to this server that nobody waits for.
    fn leave<R: Request>(&self, place: usize, request: &R);
}

/// What the two clients have in common: all but how they wait. `Client` is a struct with the fields `engine` and `terms`.
#[cfg(any(feature = "blocking", feature = "tokio"))]
macro_rules! both_clients {
    ($name:literal) => {
        impl Client {
            /// The version of KMIP that is spoken with the server.
            #[must_use]
            pub fn version(&self) -> kmip_ttlv::ProtocolVersion {
                self.engine.version()
            }

            /// The SHA-256 thumbprint of the certificate that the server showed last.
            #[must_use]
            pub fn server_thumbprint(&self) -> Option<crate::Thumbprint> {
                self.engine.server_thumbprint()
            }

            /// What the header of its requests says beside what has to be there.
            pub fn request_options(&self) -> &RequestOptions {
                &self.terms.options
            }

            /// The same client, on the same connections, with requests whose header says this.
            #[must_use]
            pub fn with_request_options(&self, options: RequestOptions) -> Self {
                crate::Kmip::with_request_options(self, options)
            }

            /// The same client, on the same connections, for requests in which this is who asks, beside the client certificate. Kept for
            /// some requests, or made for one:
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::protocol::operation::Create;
            /// use kmip_client::test_server::TestServer;
            /// use kmip_client::{Credentials, blocking};
            ///
            /// let server = TestServer::builder().user("alice", "secret").user("bob", "hunter2").start();
            /// let kms = blocking::Client::connect(&server.config().credential(Credentials::user("alice", "secret")))?;
            /// kms.call(&Create::aes(256))?;
            /// kms.with_credential(Credentials::user("bob", "hunter2")).call(&Create::aes(256))?;
            /// # }
            /// # Ok::<(), kmip_client::Error>(())
            /// ```
            #[must_use]
            pub fn with_credential(&self, credentials: crate::Credentials) -> Self {
                self.with_request_options(self.terms.options.clone().credential(credentials))
            }

            /// The same client, on the same connections, for requests that the server may answer later. A call then waits for the answer by
            /// Poll, with growing pauses, up to [`Config::pending_timeout`](crate::Config::pending_timeout). Servers decide for themselves
            /// what they answer later, if anything.
            ///
            /// A call of the async client that is dropped while it waits has the request canceled, as far as the server can.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::blocking;
            /// use kmip_client::protocol::operation::CreateKeyPair;
            /// use kmip_client::test_server::TestServer;
            ///
            /// let server = TestServer::start();
            /// server.answer_later(1); // it says once that it has not come to it yet
            /// let kms = blocking::Client::connect(&server.config())?.with_asynchronous(true);
            /// let made = kms.call(&CreateKeyPair::rsa(2048))?;
            /// # let _ = made;
            /// # }
            /// # Ok::<(), kmip_client::Error>(())
            /// ```
            #[must_use]
            pub fn with_asynchronous(&self, allowed: bool) -> Self {
                use kmip_ttlv::enumeration::AsynchronousIndicator as Indicator;
                let indicator = if allowed { Indicator::OPTIONAL } else { Indicator::PROHIBITED };
                self.with_request_options(self.terms.options.clone().asynchronous(indicator).wait_for_pending(allowed))
            }

            /// The server that answered last.
            #[must_use]
            pub fn endpoint(&self) -> &crate::Endpoint {
                self.engine.endpoint()
            }

            /// What this client and its clones have done so far.
            #[must_use]
            pub fn counters(&self) -> crate::observe::Counters {
                self.engine.counters()
            }

            /// The same client, whose calls may take so long each, in all: waiting for a connection, reaching servers, and every attempt. It
            /// takes the place of [`Config::total_timeout`](crate::Config::total_timeout); the limits for connecting and for one attempt hold
            /// as before. The two share their connections.
            ///
            /// A call that is late ends with an error of which [`Error::is_timeout`](crate::Error::is_timeout) holds, and which says whether
            /// the server may have done it.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// # use kmip_client::{blocking::Client, protocol::operation::Locate, test_server::TestServer};
            /// use std::time::Duration;
            ///
            /// # let server = TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// let soon = kms.with_timeout(Duration::from_secs(2));
            /// soon.call(&Locate::name("vm-42"))?;
            /// # }
            /// # Ok::<(), kmip_client::Error>(())
            /// ```
            #[must_use]
            pub fn with_timeout(&self, limit: std::time::Duration) -> Self {
                self.on(Terms { allowance: crate::transport::time::Allowance::Each(limit), ..self.terms.clone() })
            }

            /// The same client, which repeats a request whose answer was lost also if it may use up a Usage Limit of a key; or which does not.
            /// See [`Config::repeat_metered`](crate::Config::repeat_metered) for the trade.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// # use kmip_client::{blocking::Client, test_server::TestServer};
            /// use kmip_client::protocol::operation::{Activate, Create, Encrypt};
            ///
            /// # fn main() -> Result<(), kmip_client::Error> {
            /// # let server = TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// # let created = kms.call(&Create::aes(256))?;
            /// # let id = created.payload().unique_identifier;
            /// # kms.call(&Activate::id(id))?;
            /// // This key has no Usage Limit: encrypting twice costs nothing.
            /// let sealed = kms.with_repeat_metered(true).call(&Encrypt::aes_gcm(id, b"attack at dawn"))?;
            /// # assert!(sealed.payload().data.is_some());
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            #[must_use]
            pub fn with_repeat_metered(&self, repeat: bool) -> Self {
                self.on(self.terms.clone().repeating_metered(repeat))
            }

            /// The same client, whose calls may not go on after this: for several calls that share a limit. Otherwise as `with_timeout`.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// # use kmip_client::{blocking::Client, test_server::TestServer};
            /// use kmip_client::protocol::operation::{Activate, Create};
            /// use std::time::{Duration, Instant};
            ///
            /// # let server = TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// let kms = kms.with_deadline(Instant::now() + Duration::from_secs(5));
            /// let created = kms.call(&Create::aes(256))?;
            /// kms.call(&Activate::id(created.payload().unique_identifier))?;
            /// # }
            /// # Ok::<(), kmip_client::Error>(())
            /// ```
            #[must_use]
            pub fn with_deadline(&self, deadline: std::time::Instant) -> Self {
                self.on(Terms { allowance: crate::transport::time::Allowance::Until(deadline), ..self.terms.clone() })
            }

            /// The same client, whose calls go to this server alone, whatever its state: for what the other servers of the KMS need not know
            /// of, such as the answer to a request that is [pending](crate::Pending), and to ask each server the same. The two share their
            /// connections. `None` where the server is none of the configuration's.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// # use kmip_client::{blocking::Client, test_server::TestServer};
            /// use kmip_client::protocol::operation::Locate;
            ///
            /// # let server = TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// for endpoint in kms.status().endpoints {
            ///     let server = kms.with_endpoint(&endpoint.endpoint).expect("it is one of its own");
            ///     println!("{}: {} keys", endpoint.endpoint, server.call(&Locate::all())?.payload().unique_identifiers.len());
            /// }
            /// # }
            /// # Ok::<(), kmip_client::Error>(())
            /// ```
            #[must_use]
            pub fn with_endpoint(&self, endpoint: &crate::Endpoint) -> Option<Self> {
                crate::Kmip::with_endpoint(self, endpoint)
            }

            fn on(&self, terms: Terms) -> Self {
                Self { engine: self.engine.clone(), terms }
            }
        }

        impl std::fmt::Debug for Client {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({}, KMIP {})", $name, self.endpoint(), self.version())
            }
        }

        impl crate::client::kmip::Sealed for Client {
            async fn call_at<R: Request>(
                &self,
                only: Option<usize>,
                request: &R,
            ) -> Result<(Reply<R::Operation>, usize), Error> {
                self.engine.call(&self.terms, only, request).await
            }

            fn leave<R: Request>(&self, place: usize, request: &R) {
                self.engine.send_detached(&self.terms.options, place, request);
            }
        }

        impl crate::client::kmip::Kmip for Client {
            async fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
                self.engine.call(&self.terms, None, request).await.map(|(reply, _)| reply)
            }

            async fn batch<B: Batch + ?Sized>(&self, batch: &B) -> Result<Replies<B, Error>, Error> {
                self.engine.batch(&self.terms, batch).await
            }

            async fn pause(&self, time: std::time::Duration) {
                // Without timers there is no pause; the call that follows tells why.
                let _ = self.engine.pause(time).await;
            }

            fn version(&self) -> kmip_ttlv::ProtocolVersion {
                self.engine.version()
            }

            fn request_options(&self) -> &RequestOptions {
                &self.terms.options
            }

            fn with_request_options(&self, options: RequestOptions) -> Self {
                self.on(Terms { options, ..self.terms.clone() })
            }

            fn with_endpoint(&self, endpoint: &crate::Endpoint) -> Option<Self> {
                let only = Some(self.engine.index_of(endpoint)?);
                Some(self.on(Terms { only, ..self.terms.clone() }))
            }
        }
    };
}

#[cfg(any(feature = "blocking", feature = "tokio"))]
pub(crate) use both_clients;
