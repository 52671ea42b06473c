//! The methods of both clients, which differ only in how they wait.

/// Declares the methods of `Client`, a struct with the fields `engine` and `terms`, whose `for_flow` returns a
/// [`Kmip`](crate::Kmip).
///
/// `$wait!` waits for a future of the engine. `$async` and `$await` are `async` and `.await`, or nothing. Each method
/// has its example in the form of the client: `$dot_await` stands behind each call, and `$open` and `$close` make a
/// program of it.
macro_rules! client_methods {
    (
        name: $name:literal, io: $io:expr, wait: $wait:ident [$($async:tt)?] [$($await:tt)*],
        stream: $adapter:ident [$reader:ty] [$writer:ty], pages: $pages:ty,
        examples: {
            open: $open:literal, client: $client:literal, connect: $connect:literal, dot_await: $dot_await:literal,
            each_page: $each_page:literal, io: $library:literal, close: $close:literal $(,)?
        } $(,)?
    ) => {
        #[allow(clippy::useless_conversion, reason = "one client is what flows take, the other is wrapped")]
        impl Client {
            /// Connects to the server, and negotiates a version of KMIP.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # let server = kmip_client::test_server::TestServer::start();
            /// # let config = server.config();
            #[doc = concat!("let kms = Client::connect(&config)", $dot_await, "?;")]
            /// println!("KMIP {} with {}", kms.version(), kms.endpoint());
            #[doc = $close]
            /// ```
            ///
            /// # Errors
            ///
            /// Returns [`Error::Config`] if the configuration cannot be used, [`Error::Unreachable`] if no server can
            /// be reached or one side does not accept the other, and [`Error::NoCommonVersion`].
            pub $($async)? fn connect(config: &Config) -> Result<Self, Error> {
                let engine = $wait!(Engine::connect(config.network($io)?, config))?;
                Ok(Self { engine, terms: Terms::new(config) })
            }

            /// Sends a request and waits for the reply.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// use kmip_client::protocol::operation::{Create, Get};
            ///
            /// # let server = kmip_client::test_server::TestServer::start();
            #[doc = $connect]
            #[doc = concat!(r#"let created = kms.call(&Create::aes(256).name("vm-42"))"#, $dot_await, "?; // a reply to Create")]
            #[doc = concat!("let fetched = kms.call(&Get::id(created.payload().unique_identifier))", $dot_await, "?; // one to Get")]
            /// assert_eq!(fetched.payload().unique_identifier, created.payload().unique_identifier);
            #[doc = $close]
            /// ```
            ///
            /// # Errors
            ///
            /// Returns [`Error::Refused`] if the server refuses the request; see [`Error`] for the other variants.
            pub $($async)? fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
                self.send(None, Asked::new(request))$($await)*?.0.next_reply()
            }

            /// Sends a batch of requests in one message, and waits for the replies: a tuple of replies for a tuple of
            /// requests, and a list for a list. See [`Batch`].
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::test_server::TestServer;
            /// use kmip_client::protocol::Id;
            /// use kmip_client::protocol::operation::{Activate, Create, Get};
            ///
            /// # let server = TestServer::start();
            #[doc = $connect]
            /// let (activate, get) = (Activate::id(Id::Placeholder), Get::id(Id::Placeholder));
            /// let requests = (Create::aes(256).name("vm-43"), activate, get);
            #[doc = concat!("let (created, activated, fetched) = kms.batch(&requests)", $dot_await, "?;")]
            /// let id = created?.payload().unique_identifier.to_string(); // each request has an outcome of its own
            /// assert_eq!(activated?.payload().unique_identifier, id.as_str().into());
            /// assert_eq!(fetched?.payload().unique_identifier, id.as_str().into());
            #[doc = $close]
            /// ```
            ///
            /// # Errors
            ///
            /// Fails if the batch as a whole failed: nothing was sent, there was no usable response, or the server
            /// refused all of it. The result of a single request is among the replies.
            pub $($async)? fn batch<B: Batch + ?Sized>(&self, batch: &B) -> Result<Replies<B, Error>, Error> {
                Ok(B::Operations::replies(self.send_batch(&batch)$($await)*?))
            }

            /// Passes data of any length from a reader through an operation, and writes the partial results: ciphertext
            /// or plaintext. A result at the end, such as a digest, is in the last reply; pass a sink as the writer
            /// then.
            ///
            /// The data is sent in parts of 64 KiB, which KMIP supports since 1.3, and few servers do; data that fits
            /// one part works on any server. Cosmian KMS 5.28 accepts parts for Hash in KMIP 2.1 and returns a wrong
            /// digest, so test a server first. Plaintext from authenticated decryption is genuine only once this has
            /// returned `Ok`. If the call fails or is dropped, the operation is ended on the server, if possible.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// use kmip_client::protocol::operation::{Activate, Create, Decrypt, Encrypt, Hash};
            /// use kmip_client::test_server::TestServer;
            ///
            /// let server = TestServer::start();
            #[doc = concat!("let kms = Client::connect(&server.config())", $dot_await, "?;")]
            #[doc = concat!("let created = kms.call(&Create::aes(256))", $dot_await, "?;")]
            /// let id = created.payload().unique_identifier;
            #[doc = concat!("kms.call(&Activate::id(id))", $dot_await, "?;")]
            ///
            /// let disk = vec![7; 1_000_000]; // or a file
            /// let mut ciphertext = Vec::new();
            #[doc = concat!(r#"let done = kms.stream(Encrypt::aes_cbc(id, b""), disk.as_slice(), &mut ciphertext)"#, $dot_await, "?;")]
            /// let first = done.first().payload();
            /// let iv = first.iv_counter_nonce.ok_or("the server makes the IV")?;
            ///
            /// let mut plaintext = Vec::new();
            #[doc = concat!(r#"kms.stream(Decrypt::aes_cbc(id, iv, b""), ciphertext.as_slice(), &mut plaintext)"#, $dot_await, "?;")]
            /// assert_eq!(plaintext, disk);
            ///
            #[doc = concat!(r#"let done = kms.stream(Hash::sha256(b""), disk.as_slice(), "#, $library, "::io::sink())", $dot_await, "?;")]
            /// assert_eq!(done.last().payload().data.map(<[u8]>::len), Some(32));
            #[doc = $close]
            /// ```
            ///
            /// # Errors
            ///
            /// Returns [`StreamError::Kms`] with the errors of a call, and other variants if reading or writing fails.
            pub $($async)? fn stream<R: MultiPart>(
                &self,
                request: R,
                reader: $reader,
                writer: $writer,
            ) -> Result<Streamed<R::Operation>, StreamError> {
                let kms = self.for_flow();
                $wait!(transfer(&kms, request, $adapter(reader), $adapter(writer)))
            }

            /// Locates objects page by page, each with at most `size` identifiers. Nothing is sent yet.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::test_server::TestServer;
            /// use kmip_client::protocol::operation::{Create, Locate};
            ///
            /// # let server = TestServer::start();
            #[doc = $connect]
            #[doc = concat!("# for _ in 0..5 { kms.call(&Create::aes(128))", $dot_await, "?; }")]
            /// let mut found = Vec::new();
            #[doc = $each_page]
            ///     found.extend(page?.payload().unique_identifiers.iter().map(ToString::to_string));
            /// }
            /// assert_eq!(found.len(), 5);
            #[doc = $close]
            /// ```
            #[inline]
            pub fn locate_pages<'r>(&self, request: LocateRequest<'r>, size: u32) -> $pages {
                crate::client::pages::LocatePages::new(self.for_flow(), request, size).into()
            }

            /// Requests the capabilities of the server. They are only a hint: see [`ServerCapabilities`].
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::test_server::TestServer;
            /// # let server = TestServer::start();
            #[doc = $connect]
            #[doc = concat!("let capabilities = kms.capabilities()", $dot_await, "?;")]
            /// let vendor = capabilities.vendor().unwrap_or("it");
            /// println!("{vendor} has {} operations", capabilities.operations().len());
            #[doc = $close]
            /// ```
            ///
            /// # Errors
            ///
            /// Fails if the server answers none of the functions.
            #[inline]
            pub $($async)? fn capabilities(&self) -> Result<ServerCapabilities, Error> {
                let kms = self.for_flow();
                $wait!(ServerCapabilities::ask(&kms))
            }

            /// Returns the status of the servers known from the calls so far, without connecting. See [`Status`].
            #[must_use]
            #[inline]
            pub fn status(&self) -> Status {
                self.engine.status()
            }

            /// Probes every server on a connection of its own: the blocking client one after the other, the async
            /// client concurrently. See [`Status`].
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// use kmip_client::Verdict;
            ///
            /// # let server = kmip_client::test_server::TestServer::start();
            #[doc = $connect]
            #[doc = concat!("let status = kms.probe()", $dot_await, ";")]
            /// println!("{status}"); // normal; 127.0.0.1:5696 is normal, KMIP 2.1, 3.2ms
            /// assert_eq!(status.verdict(), Verdict::Normal);
            #[doc = $close]
            /// ```
            #[inline]
            pub $($async)? fn probe(&self) -> Status {
                $wait!(self.engine.probe(&self.terms))
            }

            /// Closes the idle connections of this client and its clones. Calls in flight are completed; later ones
            /// return [`Error::ClientClosed`].
            ///
            /// Dropping the last clone closes the connections too. This method is for programs that end while clones
            /// still exist.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::{Error, protocol::operation::Locate, test_server::TestServer};
            /// # let server = TestServer::start();
            #[doc = $connect]
            /// kms.close();
            #[doc = concat!("assert!(matches!(kms.call(&Locate::all())", $dot_await, ", Err(Error::ClientClosed)));")]
            #[doc = $close]
            /// ```
            #[inline]
            pub fn close(&self) {
                self.engine.close();
            }

            /// Returns the version of KMIP negotiated with the server.
            #[must_use]
            pub fn version(&self) -> ProtocolVersion {
                self.engine.version()
            }

            /// Returns the SHA-256 thumbprint of the certificate of the server that answered last.
            #[must_use]
            #[inline]
            pub fn server_thumbprint(&self) -> Option<Thumbprint> {
                self.engine.server_thumbprint()
            }

            /// Returns the server that answered last.
            #[must_use]
            pub fn endpoint(&self) -> &Endpoint {
                self.engine.endpoint()
            }

            /// Returns the counters of this client and its clones.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// use kmip_client::protocol::operation::Locate;
            ///
            /// # let server = kmip_client::test_server::TestServer::start();
            #[doc = $connect]
            #[doc = concat!("kms.call(&Locate::all())", $dot_await, "?;")]
            /// println!("{}", kms.counters());
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn counters(&self) -> Counters {
                self.engine.counters()
            }

            /// Returns the header options of the requests.
            pub fn request_options(&self) -> &RequestOptions {
                &self.terms.options
            }

            /// Returns a client on the same connections with these header options.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// use kmip_client::protocol::operation::Locate;
            ///
            /// # let server = kmip_client::test_server::TestServer::start();
            #[doc = $connect]
            /// // For the server's log.
            /// let options = kms.request_options().clone().client_correlation_value("request 4711");
            #[doc = concat!("kms.with_request_options(options).call(&Locate::all())", $dot_await, "?;")]
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn with_request_options(&self, options: RequestOptions) -> Self {
                Kmip::with_request_options(&self.for_flow(), options).into()
            }

            /// Returns a client on the same connections whose requests have this credential, in addition to the client
            /// certificate. It can be stored for several requests, or created for one:
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// use kmip_client::protocol::operation::Create;
            /// use kmip_client::test_server::TestServer;
            /// use kmip_client::Credentials;
            ///
            /// let server = TestServer::builder().user("alice", "secret").user("bob", "hunter2").start();
            #[doc = concat!(r#"let kms = Client::connect(&server.config().credential(Credentials::user("alice", "secret")))"#, $dot_await, "?;")]
            #[doc = concat!("kms.call(&Create::aes(256))", $dot_await, "?;")]
            #[doc = concat!(r#"kms.with_credential(Credentials::user("bob", "hunter2")).call(&Create::aes(256))"#, $dot_await, "?;")]
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn with_credential(&self, credentials: Credentials) -> Self {
                Kmip::with_credential(&self.for_flow(), credentials).into()
            }

            /// Returns a client on the same connections that allows asynchronous responses. A call then waits for the
            /// result by Poll, with growing pauses, up to [`Config::pending_timeout`]. The server decides which
            /// requests it answers asynchronously, if any.
            ///
            /// Dropping a call of the async client while it waits cancels the request, as far as the server supports
            /// that.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// use kmip_client::protocol::operation::CreateKeyPair;
            /// use kmip_client::test_server::TestServer;
            ///
            /// let server = TestServer::start();
            /// server.answer_later(1); // it says once that it has not come to it yet
            #[doc = concat!("let kms = Client::connect(&server.config())", $dot_await, "?.with_asynchronous(true);")]
            #[doc = concat!("let made = kms.call(&CreateKeyPair::rsa(2048))", $dot_await, "?;")]
            /// # let _ = made;
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn with_asynchronous(&self, allowed: bool) -> Self {
                Kmip::with_asynchronous(&self.for_flow(), allowed).into()
            }

            /// Returns a client on the same connections with this timeout for each whole call: waiting for a
            /// connection, connecting, and every attempt. It replaces [`Config::total_timeout`]; the timeouts for
            /// connecting and for one attempt still apply.
            ///
            /// After a timeout [`Error::is_timeout`] returns `true`, and the error states whether the server may have
            /// executed the request.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::{protocol::operation::Locate, test_server::TestServer};
            /// use std::time::Duration;
            ///
            /// # let server = TestServer::start();
            #[doc = $connect]
            /// let soon = kms.with_timeout(Duration::from_secs(2));
            #[doc = concat!(r#"soon.call(&Locate::name("vm-42"))"#, $dot_await, "?;")]
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn with_timeout(&self, limit: Duration) -> Self {
                Kmip::with_timeout(&self.for_flow(), limit).into()
            }

            /// Returns a client on the same connections whose calls share this deadline. Otherwise does the same as
            /// [`with_timeout`](Self::with_timeout).
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::test_server::TestServer;
            /// use kmip_client::protocol::operation::{Activate, Create};
            /// use std::time::{Duration, Instant};
            ///
            /// # let server = TestServer::start();
            #[doc = $connect]
            /// let kms = kms.with_deadline(Instant::now() + Duration::from_secs(5));
            #[doc = concat!("let created = kms.call(&Create::aes(256))", $dot_await, "?;")]
            #[doc = concat!("kms.call(&Activate::id(created.payload().unique_identifier))", $dot_await, "?;")]
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn with_deadline(&self, deadline: Instant) -> Self {
                Kmip::with_deadline(&self.for_flow(), deadline).into()
            }

            /// Returns a client on the same connections that repeats, or does not repeat, requests whose reply was lost
            /// if they may use up a Usage Limit of a key. See [`Config::repeat_metered`] for the trade.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::test_server::TestServer;
            /// use kmip_client::protocol::operation::{Activate, Create, Encrypt};
            ///
            /// # let server = TestServer::start();
            #[doc = $connect]
            #[doc = concat!("# let created = kms.call(&Create::aes(256))", $dot_await, "?;")]
            /// # let id = created.payload().unique_identifier;
            #[doc = concat!("# kms.call(&Activate::id(id))", $dot_await, "?;")]
            /// // This key has no Usage Limit: encrypting twice costs nothing.
            #[doc = concat!(r#"let sealed = kms.with_repeat_metered(true).call(&Encrypt::aes_gcm(id, b"attack at dawn"))"#, $dot_await, "?;")]
            /// # assert!(sealed.payload().data.is_some());
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn with_repeat_metered(&self, repeat: bool) -> Self {
                Kmip::with_repeat_metered(&self.for_flow(), repeat).into()
            }

            /// Returns a client on the same connections whose calls go to this server alone, whatever its state: for
            /// requests that other servers of the KMS cannot answer, such as polling a [pending](crate::Pending)
            /// request, and for querying each server. Returns `None` if the configuration does not have the server.
            ///
            /// ```
            #[doc = $open]
            #[doc = $client]
            /// # use kmip_client::test_server::TestServer;
            /// use kmip_client::protocol::operation::Locate;
            ///
            /// # let server = TestServer::start();
            #[doc = $connect]
            /// for endpoint in kms.status().endpoints {
            ///     let server = kms.with_endpoint(&endpoint.endpoint).expect("it is one of its own");
            #[doc = concat!(r#"    println!("{}: {} keys", endpoint.endpoint, server.call(&Locate::all())"#, $dot_await, "?.payload().unique_identifiers.len());")]
            /// }
            #[doc = $close]
            /// ```
            #[must_use]
            #[inline]
            pub fn with_endpoint(&self, endpoint: &Endpoint) -> Option<Self> {
                Kmip::with_endpoint(&self.for_flow(), endpoint).map(Into::into)
            }

            // These are not generic over the operation, so that the engine is compiled once.

            $($async)? fn send(&self, only: Option<usize>, asked: Asked<'_>) -> Result<(Answered<Error>, usize), Error> {
                $wait!(self.engine.call(&self.terms, only, asked))
            }

            #[inline]
            $($async)? fn send_batch(&self, batch: &dyn Requests) -> Result<Answered<Error>, Error> {
                $wait!(self.engine.batch(&self.terms, batch))
            }
        }

        impl fmt::Debug for Client {
            #[inline]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}, KMIP {})", $name, self.endpoint(), self.version())
            }
        }
    };
}

pub(crate) use client_methods;
