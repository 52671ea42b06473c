//! The methods of both clients, in one place. They differ in how they wait, and in nothing else.

/// Makes the methods of `Client`, a struct with the fields `engine` and `terms`, whose `for_flow` returns a [`Kmip`](crate::Kmip).
///
/// `$wait!` waits for a future of the engine. `$async` and `$await` are `async` and `.await`, or nothing.
macro_rules! client_methods {
    (
        name: $name:literal, io: $io:expr, wait: $wait:ident [$($async:tt)?] [$($await:tt)*],
        stream: $adapter:ident [$reader:ty] [$writer:ty], pages: $pages:ty $(,)?
    ) => {
        #[allow(clippy::useless_conversion, reason = "one client is what flows take, the other is wrapped")]
        impl Client {
            /// Connects to the server, and agrees on a version of KMIP with it.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::blocking::Client;
            ///
            ///
            /// # fn main() -> Result<(), kmip_client::Error> {
            /// # let server = kmip_client::test_server::TestServer::start();
            /// # let config = server.config();
            /// let kms = Client::connect(&config)?; // of the async client: Client::connect(&config).await?
            /// println!("KMIP {} with {}", kms.version(), kms.endpoint());
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// [`Error::Config`] if the configuration cannot be used, [`Error::Unreachable`] if the server is not there or one side does not
            /// accept the other, [`Error::NoCommonVersion`].
            pub $($async)? fn connect(config: &Config) -> Result<Self, Error> {
                let engine = $wait!(Engine::connect(config.network($io)?, config))?;
                Ok(Self { engine: Arc::new(engine), terms: Terms::new(config) })
            }

            /// Sends a request and waits for the reply.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::blocking::Client;
            /// use kmip_client::protocol::operation::{Create, Get};
            ///
            /// # fn main() -> Result<(), kmip_client::Error> {
            /// # let server = kmip_client::test_server::TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// let created = kms.call(&Create::aes(256).name("vm-42"))?; // a reply to Create
            /// let fetched = kms.call(&Get::id(created.payload().unique_identifier))?; // one to Get; async: .await
            /// assert_eq!(fetched.payload().unique_identifier, created.payload().unique_identifier);
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// [`Error::Refused`] if the server refuses; see [`Error`] for the rest.
            pub $($async)? fn call<R: Request>(&self, request: &R) -> Result<Reply<R::Operation>, Error> {
                self.send(None, Asked::new(request))$($await)*?.0.next_reply()
            }

            /// Sends a batch of requests in one message, and waits for the replies: a tuple of requests is answered by a tuple of replies, a
            /// list by a list. See [`Batch`].
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
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
            /// If the batch as a whole failed: nothing was sent, no usable answer came, or the server refuses all of it. The outcome of a
            /// single request is among the replies.
            pub $($async)? fn batch<B: Batch + ?Sized>(&self, batch: &B) -> Result<Replies<B, Error>, Error> {
                Ok(B::Operations::replies(self.send_batch(&batch)$($await)*?))
            }

            /// Takes the data for an operation from a reader, however long it is, and writes the result that comes in parts: ciphertext or
            /// plaintext. What comes at the end, such as a digest, is in the last reply; a sink is a writer for nothing.
            ///
            /// The data go in parts of 64 KiB, which KMIP has since 1.3, and few servers take; data that fit one part go on any. Cosmian KMS
            /// 5.28 takes those of Hash in KMIP 2.1 and gives a wrong digest, so try a server first. What is decrypted with authentication is
            /// genuine only once this has returned `Ok`. If the call fails or is dropped, the operation is ended on the server, as far as
            /// that is possible.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::blocking::Client;
            /// use kmip_client::protocol::operation::{Activate, Create, Decrypt, Encrypt, Hash};
            /// use kmip_client::test_server::TestServer;
            ///
            /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
            /// let server = TestServer::start();
            /// let kms = Client::connect(&server.config())?;
            /// let created = kms.call(&Create::aes(256))?;
            /// let id = created.payload().unique_identifier;
            /// kms.call(&Activate::id(id))?;
            ///
            /// let disk = vec![7; 1_000_000]; // or a file
            /// let mut ciphertext = Vec::new();
            /// let done = kms.stream(Encrypt::aes_cbc(id, b""), disk.as_slice(), &mut ciphertext)?;
            /// let first = done.first().payload();
            /// let iv = first.iv_counter_nonce.ok_or("the server makes the IV")?;
            ///
            /// let mut plaintext = Vec::new();
            /// kms.stream(Decrypt::aes_cbc(id, iv, b""), ciphertext.as_slice(), &mut plaintext)?;
            /// assert_eq!(plaintext, disk);
            ///
            /// let done = kms.stream(Hash::sha256(b""), disk.as_slice(), std::io::sink())?;
            /// assert_eq!(done.last().payload().data.map(<[u8]>::len), Some(32));
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// [`StreamError::Kms`] as a call; the others if reading or writing fails.
            pub $($async)? fn stream<R: MultiPart>(
                &self,
                request: R,
                reader: $reader,
                writer: $writer,
            ) -> Result<Streamed<R::Operation>, StreamError> {
                let kms = self.for_flow();
                $wait!(transfer(&kms, request, $adapter(reader), $adapter(writer)))
            }

            /// Locates objects page by page, each of `size` identifiers at most. Nothing is sent yet.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// # use kmip_client::{blocking::Client, test_server::TestServer};
            /// use kmip_client::protocol::operation::{Create, Locate};
            ///
            /// # fn main() -> Result<(), kmip_client::Error> {
            /// # let server = TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// # for _ in 0..5 { kms.call(&Create::aes(128))?; }
            /// let mut found = Vec::new();
            /// for page in kms.locate_pages(Locate::all(), 2) {
            ///     found.extend(page?.payload().unique_identifiers.iter().map(ToString::to_string));
            /// }
            /// assert_eq!(found.len(), 5);
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            pub fn locate_pages<'r>(&self, request: LocateRequest<'r>, size: u32) -> $pages {
                Pages::new(self.for_flow(), request, size).into()
            }

            /// Asks the server what it is and what it can do. A hint: see [`ServerCapabilities`].
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
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
            /// If the server answers none of the questions.
            pub $($async)? fn capabilities(&self) -> Result<ServerCapabilities, Error> {
                let kms = self.for_flow();
                $wait!(ServerCapabilities::ask(&kms))
            }

            /// Returns what is known of the servers from the calls so far, without connecting. See [`Status`].
            #[must_use]
            pub fn status(&self) -> Status {
                self.engine.status()
            }

            /// Asks every server for its status, on a connection of its own: the blocking client one after the other, the async client all
            /// at once. See [`Status`].
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::blocking::Client;
            /// use kmip_client::Verdict;
            ///
            /// # fn main() -> Result<(), kmip_client::Error> {
            /// # let server = kmip_client::test_server::TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// let status = kms.probe(); // async: .await
            /// println!("{status}"); // normal; 127.0.0.1:5696 is normal, KMIP 2.1, 3.2ms
            /// assert_eq!(status.verdict(), Verdict::Normal);
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            pub $($async)? fn probe(&self) -> Status {
                $wait!(self.engine.probe(&self.terms))
            }

            /// Closes the idle connections of this client and its clones. Calls that are under way go on to their end; later ones are
            /// [`Error::ClientClosed`].
            ///
            /// Dropping the last clone closes the connections too. This is for programs that end while clones are still around.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// # use kmip_client::{Error, blocking::Client, protocol::operation::Locate, test_server::TestServer};
            /// # let server = TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// kms.close();
            /// assert!(matches!(kms.call(&Locate::all()), Err(Error::ClientClosed)));
            /// # }
            /// # Ok::<(), kmip_client::Error>(())
            /// ```
            pub fn close(&self) {
                self.engine.close();
            }

            /// Returns the version of KMIP that is spoken with the server.
            #[must_use]
            pub fn version(&self) -> ProtocolVersion {
                self.engine.version()
            }

            /// Returns the SHA-256 thumbprint of the certificate that the server showed last.
            #[must_use]
            pub fn server_thumbprint(&self) -> Option<Thumbprint> {
                self.engine.server_thumbprint()
            }

            /// Returns the server that answered last.
            #[must_use]
            pub fn endpoint(&self) -> &Endpoint {
                self.engine.endpoint()
            }

            /// Returns what this client and its clones have done so far.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::blocking::Client;
            /// use kmip_client::protocol::operation::Locate;
            ///
            /// # fn main() -> Result<(), kmip_client::Error> {
            /// # let server = kmip_client::test_server::TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// kms.call(&Locate::all())?;
            /// println!("{}", kms.counters());
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            #[must_use]
            pub fn counters(&self) -> Counters {
                self.engine.counters()
            }

            /// Returns the options of the header of each request.
            pub fn request_options(&self) -> &RequestOptions {
                &self.terms.options
            }

            /// Returns a client on the same connections whose requests have these options in their header.
            ///
            /// ```
            /// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
            /// use kmip_client::blocking::Client;
            /// use kmip_client::protocol::operation::Locate;
            ///
            /// # fn main() -> Result<(), kmip_client::Error> {
            /// # let server = kmip_client::test_server::TestServer::start();
            /// # let kms = Client::connect(&server.config())?;
            /// let options = kms.request_options().clone().client_correlation_value("request 4711"); // for the server's log
            /// kms.with_request_options(options).call(&Locate::all())?;
            /// # Ok(())
            /// # }
            /// # main().unwrap();
            /// # }
            /// ```
            #[must_use]
            pub fn with_request_options(&self, options: RequestOptions) -> Self {
                Kmip::with_request_options(&self.for_flow(), options).into()
            }

            /// Returns a client on the same connections whose requests carry this credential, beside the client certificate. Kept for some
            /// requests, or made for one:
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
            pub fn with_credential(&self, credentials: Credentials) -> Self {
                Kmip::with_credential(&self.for_flow(), credentials).into()
            }

            /// Returns a client on the same connections that lets the server answer later. A call then waits for the answer by Poll, with
            /// growing pauses, up to [`Config::pending_timeout`]. Servers decide for themselves what they answer later, if anything.
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
                Kmip::with_asynchronous(&self.for_flow(), allowed).into()
            }

            /// Returns a client on the same connections whose calls take this long at most, each in all: waiting for a connection, reaching
            /// servers, and every attempt. It takes the place of [`Config::total_timeout`]; the limits for connecting and for one attempt
            /// hold as before.
            ///
            /// A call that is late ends with an error for which [`Error::is_timeout`] returns `true`, and which says whether the server may
            /// have done it.
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
            pub fn with_timeout(&self, limit: Duration) -> Self {
                Kmip::with_timeout(&self.for_flow(), limit).into()
            }

            /// Returns a client on the same connections whose calls end by this moment: for several calls that share a limit. Otherwise as
            /// [`with_timeout`](Self::with_timeout).
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
            pub fn with_deadline(&self, deadline: Instant) -> Self {
                Kmip::with_deadline(&self.for_flow(), deadline).into()
            }

            /// Returns a client on the same connections that repeats a request whose answer was lost also if it may use up a Usage Limit of a
            /// key; or that does not. See [`Config::repeat_metered`] for the trade.
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
                Kmip::with_repeat_metered(&self.for_flow(), repeat).into()
            }

            /// Returns a client on the same connections whose calls go to this server alone, whatever its state: for what the other servers
            /// of the KMS need not know of, such as the answer to a request that is [pending](crate::Pending), and to ask each server the
            /// same. `None` if the server is none of the configuration's.
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
            pub fn with_endpoint(&self, endpoint: &Endpoint) -> Option<Self> {
                Kmip::with_endpoint(&self.for_flow(), endpoint).map(Into::into)
            }

            // The engine behind these is compiled once, and not for each operation.

            $($async)? fn send(&self, only: Option<usize>, asked: Asked<'_>) -> Result<(Answered<Error>, usize), Error> {
                $wait!(self.engine.call(&self.terms, only, asked))
            }

            $($async)? fn send_batch(&self, batch: &dyn Requests) -> Result<Answered<Error>, Error> {
                $wait!(self.engine.batch(&self.terms, batch))
            }
        }

        impl fmt::Debug for Client {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}, KMIP {})", $name, self.endpoint(), self.version())
            }
        }
    };
}

pub(crate) use client_methods;
