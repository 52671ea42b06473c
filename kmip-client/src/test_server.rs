//! A key management server for tests, and for nothing else.
//!
//! It runs in threads of the process and keeps everything in memory: its objects are gone when it is dropped. It listens on 127.0.0.1 and a
//! free port unless [`Builder::listen`] says otherwise, and speaks KMIP 1.0 to 2.1, or 3.0 if told to, over mutual TLS, with certificates of its
//! own authority. Its answers keep to the specification, so that a program that works with it has a good chance with other servers.
//!
//! ```
//! # #[cfg(feature = "blocking")] {
//! use kmip_client::blocking::Client;
//! use kmip_client::protocol::operation::Create;
//! use kmip_client::test_server::TestServer;
//!
//! let server = TestServer::start();
//! let kms = Client::connect(&server.config())?; // as "alice", trusting the server's CA
//! kms.call(&Create::aes(256))?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `cargo run --example kms` runs it as a program, for clients in any language.
//!
//! # What it does
//!
//! - Operations: Create (symmetric keys; secret data since 2.0), Create Key Pair (RSA, elliptic curves P-256, P-384, P-521, Ed25519), Register,
//!   Re-key, Re-key Key Pair, Derive Key, Certify, Re-certify, Validate, Locate, Check, Get, Get Attributes, Get Attribute List, Add, Modify,
//!   Delete, Set and Adjust Attribute, Obtain Lease, Get Usage Allocation, Activate, Revoke, Destroy, Archive, Recover, Query, Poll, Cancel,
//!   Ping; since 2.0 Log, which goes nowhere; since 2.1 Process and Query Asynchronous Requests; since 1.1 Discover Versions; since 1.2 Encrypt, Decrypt, Sign, Signature
//!   Verify, MAC, MAC Verify, Hash, RNG Retrieve, RNG Seed, Create and Join Split Key; since 1.4 Import and Export. Batches work, with the
//!   ID Placeholder and with what 2.x has beside it, and with each of the three ways to go on after a failure. A response that would be
//!   longer than the client allows is refused, and nothing is done.
//! - Keys are real. RSA keys are made as PKCS#1, which is the default of the specification; elliptic-curve keys as PKCS#8 and X.509. Get
//!   converts between Raw and Transparent Symmetric Key, and asymmetric keys between PKCS#1, PKCS#8, ECPrivateKey, X.509, Raw and the
//!   transparent formats, as far as the algorithm has them. Get and Export wrap by AES Key Wrap, with and without padding, and by AES-GCM; the
//!   wrapping key has to have Cryptographic Parameters that say so.
//! - Cryptography is real, and aws-lc-rs does it: AES in the modes ECB, CBC, CFB, OFB, CTR and GCM, ChaCha20-Poly1305, RSA with PKCS#1 v1.5,
//!   OAEP and PSS, ECDSA, Ed25519, HMAC, CMAC, SHA-1, SHA-2 and SHA-3; keys are derived by PBKDF2, HKDF, HMAC, hash, encryption, the counter mode of
//!   NIST SP 800-108 and AWS Signature Version 4, and split by XOR and by polynomials in GF(2^8). Operations come in one part or in several,
//!   16 of each client at a time. Who may use a key, its state, its dates, its Cryptographic Usage Mask and its Usage Limits tell.
//! - Objects go through the states of the specification, by operations and by their dates. [`TestServer::advance`] puts the clock forward.
//! - Locate compares every attribute. Of a structure it compares the fields that are given; text has to be equal, without patterns.
//! - Requests are answered at once, unless [`TestServer::answer_later`] is set and the client allows it, or a client of KMIP 2.x insists: then by
//!   Poll, with Cancel, and in 2.1 Process and Query Asynchronous Requests. Such a request is executed when its answer is fetched, a batch in
//!   its order. A batch that may have to be undone is answered at once.
//! - Leases are for an hour. Usage Limits are counted, by Get Usage Allocation. Recover is the only operation on an archived object.
//! - Certify issues server certificates that are valid for a year, by the authority of [`TestServer::pki`]. Validate trusts that authority, and
//!   the self-signed certificates that the client has registered.
//! - A destroyed object keeps its attributes and its identifier. Its names are free again.
//! - [`Builder::operations`] restricts the operations, [`Builder::lenient`] accepts what widespread clients send against the standard.
//!
//! # KMIP 3.0
//!
//! A server speaks KMIP 3.0 if [`Builder::versions`] begins or ends with it, as in `V1_0..=V3_0`. It then has Deactivate, Obliterate and Log
//! too. No text of 3.0 was at hand: the server keeps to the test cases of OASIS for it and, where they say nothing, to KMIP 2.1. What is open,
//! and how it is answered here:
//!
//! - Identifiers, references and names of objects have the item types 0C, 0D and 0E, which are taken to look like a Text String on the wire.
//! - A message with a Batch Count, a Batch Order Option or a Unique Batch Item ID is refused. Items are executed in their order.
//! - Each type of link is an attribute of its own. Clients of earlier versions see it as Link, and may set it. Links that only 3.0 has are for
//!   clients of 3.0. Object Group, which 3.0 does not have, stays hidden from them.
//! - An object that a link names by its name is not looked for: the name is kept, and compared as it is.
//! - Revoke without a reason revokes for an unspecified one. Deactivate with a date still to come sets the date.
//! - Obliterate takes an object in any state but Active. Its identifier is not known any more: Item Not Found.
//! - Users, groups and their credentials are objects of 3.0 that the server does not make: [`Builder::user`] says who is known. Counters of uses
//!   are not kept.
//!
//! # Who sees which objects
//!
//! An object belongs to the client that made it: to the common name of its certificate, or to the whole subject where that has none. For
//! other clients it does not exist: they get Item Not Found, since Permission Denied would reveal that there is an object. A name is unique
//! among the objects of one client.
//!
//! User names and passwords in messages are ignored, unless the server was started with users ([`Builder::user`]): then every message has to
//! show one of them. The certificate still decides whose the objects are.
//!
//! # Faults on purpose
//!
//! [`TestServer::fail_next`] makes the next request fail in a way that is hard to get from a healthy server, [`TestServer::fail`] those that
//! a [`Script`] picks. [`TestServer::requests`] counts the requests. [`TestServer::set_read_only`] refuses all changes,
//! [`TestServer::revoke_client`] shuts a client out, and [`TestServer::present`] shows another certificate, an expired one for example.
//!
//! ```
//! use kmip_client::test_server::{Fault, TestServer};
//!
//! let server = TestServer::start();
//! server.fail_next(Fault::LoseReply); // the next request is done, and the connection ends before the answer
//! // ... the client makes its call, and has to report that the outcome is unknown
//! assert_eq!(server.requests().len(), 0); // here nobody has called
//! ```
//!
//! A program that handles a Create whose answer is lost, by looking for the name:
//!
//! ```
//! # #[cfg(feature = "blocking")] {
//! use kmip_client::blocking::Client;
//! use kmip_client::protocol::operation::{Create, Locate};
//! use kmip_client::test_server::{Fault, TestServer};
//! use kmip_client::{Config, Error};
//! use kmip_client::ttlv::enumeration::OperationCode;
//!
//! fn create(kms: &Client, name: &str) -> Result<String, Error> {
//!     match kms.call(&Create::aes(256).name(name)) {
//!         Err(Error::OutcomeUnknown(_)) => {}
//!         done => return Ok(done?.payload().unique_identifier.to_string()),
//!     }
//!     let found = kms.call(&Locate::name(name))?;
//!     match found.payload().unique_identifiers.first() {
//!         Some(id) => Ok(id.to_string()),
//!         None => create(kms, name),
//!     }
//! }
//!
//! let server = TestServer::start();
//! let kms = Client::connect(&server.config())?;
//! server.fail(Fault::LoseReply.on(OperationCode::CREATE)); // done, and not answered
//! create(&kms, "vm-42")?;
//! server.fail(Fault::CloseUnanswered.on(OperationCode::CREATE)); // not even done
//! create(&kms, "vm-43")?;
//! assert_eq!(server.requests()[&OperationCode::CREATE], 3);
//! # }
//! # Ok::<(), kmip_client::Error>(())
//! ```
//!
//! # HTTPS
//!
//! With the feature `https` a server that was built with [`Builder::https`] speaks KMIP over HTTPS too, on the same port, in every encoding of
//! [`MessageEncoding`](crate::MessageEncoding) that is there.

mod authority;
mod base;
mod builder;
mod crypto;
mod front;
mod objects;
mod operations;
mod state;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kmip_ttlv::enumeration::OperationCode;

pub use self::{
    authority::pki::{Issued, Pki},
    base::setup::SetupError,
    builder::Builder,
    front::custom::{Responded, Responder},
    front::fault::{Fault, Script},
};

use self::builder::ServerCertificate;
use self::front::{
    door::Door,
    kms::{Kms, Settings},
    listener::Restartable,
};
use crate::client::config::Config;
use crate::config::{Endpoint, Thumbprint, Trust, provider, spoken};

/// Why [`TestServer::start`] does not fail.
const INFALLIBLE: &str =
    "certificates that were made just now are good, and there is a provider in every build with this feature";

/// A key management server that runs until it is dropped. See the [module](self) for what it does.
///
/// ```
/// use kmip_client::test_server::TestServer;
///
/// let server = TestServer::start();
/// assert!(server.address().ip().is_loopback());
/// ```
#[derive(Debug)]
pub struct TestServer {
    pki: Arc<Pki>,
    door: Mutex<Door>,
    network: Network,
}

/// The running parts.
struct Network {
    kms: Arc<Kms>,
    listener: Restartable,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network({})", self.listener.address())
    }
}

/// Starting and stopping.
impl TestServer {
    /// Starts a server that speaks all versions of KMIP and of TLS that this crate does.
    ///
    /// # Panics
    ///
    /// Panics if the system has no port or no thread left.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Returns the default settings, to be changed before the start.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::ttlv::{V1_0, V1_4};
    ///
    /// let old = TestServer::builder().versions(V1_0..=V1_4).tls12_only().start();
    /// # drop(old);
    /// ```
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Starts another server of the same KMS: with the same objects and the same authority, at an address, with a record and with a
    /// certificate of its own. For a client of several endpoints.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let one = TestServer::start();
    /// let two = one.replica();
    /// let config = one.config().endpoint(two.address().to_string());
    /// # config.check()?;
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the system has no port or no thread left.
    #[must_use]
    pub fn replica(&self) -> Self {
        let door = self.door().replica(self.pki.issue_server().identity().expect(INFALLIBLE));
        let kms = Arc::new(self.network.kms.replica());
        let address = SocketAddr::new(self.address().ip(), 0);
        let replica = Self::run(address, Arc::clone(&self.pki), kms, door);
        replica.expect("the system has a port of loopback and a thread left")
    }

    fn run(address: SocketAddr, pki: Arc<Pki>, kms: Arc<Kms>, door: Door) -> Result<Self, SetupError> {
        let tls = door.tls(&pki)?;
        let listener = Restartable::start(address, tls, door.https, Arc::clone(&kms));
        let listener = listener.map_err(|source| SetupError::Listen { address, source })?;
        Ok(Self { pki, door: Mutex::new(door), network: Network { kms, listener } })
    }

    /// Stops the server as if it were killed: all connections end, and new ones are refused. The objects stay, for
    /// [`restart`](Self::restart). Has no effect on a stopped server.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.stop();
    /// assert!(std::net::TcpStream::connect(server.address()).is_err());
    /// server.restart();
    /// assert!(std::net::TcpStream::connect(server.address()).is_ok());
    /// ```
    pub fn stop(&self) {
        self.network.listener.stop();
    }

    /// Starts the server again, at the same address, after [`stop`](Self::stop). Has no effect on a running server.
    ///
    /// # Panics
    ///
    /// Panics if another process has taken the port for good, or the system has no thread left.
    pub fn restart(&self) {
        self.network.listener.restart().expect("the port is free again after a while, and there is a thread left");
    }
}

impl Builder {
    /// Starts the server.
    ///
    /// # Panics
    ///
    /// Panics where [`try_start`](Self::try_start) fails: not with the default settings, unless the system has no port or no thread left.
    #[must_use]
    pub fn start(self) -> TestServer {
        match self.try_start() {
            Ok(server) => server,
            Err(SetupError::Listen { address, source }) => panic!("cannot listen on {address}: {source}"),
            Err(error) => panic!("{error}"),
        }
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if the address is taken, or if a name, a certificate or the range of versions cannot be used.
    ///
    /// ```
    /// use kmip_client::test_server::{SetupError, TestServer};
    ///
    /// let first = TestServer::start();
    /// let second = TestServer::builder().listen(first.address()).try_start();
    /// assert!(matches!(second, Err(SetupError::Listen { .. })));
    /// ```
    pub fn try_start(self) -> Result<TestServer, SetupError> {
        let versions = spoken(self.versions);
        if versions.is_empty() {
            return Err(SetupError::NoVersion(self.versions));
        }
        let pki = self.pki.unwrap_or_else(|| Arc::new(Pki::new()));
        let identity = match self.certificate {
            ServerCertificate::Loopback => pki.issue_server().identity()?,
            ServerCertificate::Names(names) => pki.try_issue_server_for(&names)?.identity()?,
            ServerCertificate::Identity(identity) => identity,
        };
        let random = provider()?.secure_random;
        let settings = Settings {
            versions,
            users: self.users,
            operations: self.operations,
            lenient: self.lenient,
            custom: self.custom,
        };
        let kms = Kms::new(settings, random, Arc::clone(&pki));
        TestServer::run(self.address, pki, Arc::new(kms), Door::new(identity, self.tls, self.https))
    }
}

/// What a client needs to know.
impl TestServer {
    /// Returns the configuration of a client of this server that is called "alice".
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.config().check()?;
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    pub fn config(&self) -> Config {
        self.config_of("alice")
    }

    /// Returns the configuration of a client with this name. Clients of different names see nothing of each other's objects. Each call makes
    /// a new certificate, which for the server is the same client.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// let (alice, bob) = (server.config(), server.config_of("bob"));
    /// # (alice.check()?, bob.check()?);
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    pub fn config_of(&self, name: &str) -> Config {
        Config::new(self.url())
            .identity(self.pki.issue_client(name).identity().expect(INFALLIBLE))
            .trust(Trust::ca_pem(self.pki.ca_pem()).expect(INFALLIBLE))
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.network.listener.address()
    }

    /// The endpoint of the server for a client on this machine: loopback where the server listens on all addresses.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.url().parse().expect("an address and a port are an endpoint")
    }

    /// An address and a port, or a URL.
    fn url(&self) -> String {
        let address = self.network.listener.reachable();
        if self.door().https { format!("https://{address}/kmip") } else { address.to_string() }
    }

    /// The authority that issued the certificate of the server, and whose certificates it lets in.
    #[must_use]
    pub fn pki(&self) -> &Pki {
        &self.pki
    }

    /// The SHA-256 of the server's certificate.
    ///
    /// ```
    /// use kmip_client::{Trust, test_server::TestServer};
    ///
    /// let server = TestServer::start();
    /// let config = server.config().trust(Trust::pinned(server.thumbprint()));
    /// # config.check()?;
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.door().identity.thumbprint()
    }

    /// Locks the door. Its state is whole at any time, even if another thread panicked.
    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Faults.
impl TestServer {
    /// Makes the next request go wrong, whichever connection it comes on. Several faults wait for as many requests.
    pub fn fail_next(&self, fault: Fault) {
        self.fail(fault);
    }

    /// Makes the requests go wrong that the script picks. Where several scripts pick the same request, the one that was given first applies.
    ///
    /// ```
    /// use kmip_client::test_server::{Fault, TestServer};
    /// use kmip_client::ttlv::enumeration::OperationCode;
    /// use std::time::Duration;
    ///
    /// let server = TestServer::start();
    /// server.fail(Fault::LoseReply.on(OperationCode::CREATE)); // the next Create
    /// server.fail(Fault::Delay(Duration::from_millis(50)).times(3)); // three other requests
    /// ```
    pub fn fail(&self, script: impl Into<Script>) {
        self.network.kms.push_script(script.into());
    }

    /// Removes all scripts: requests go right from now on.
    pub fn heal(&self) {
        self.network.kms.clear_scripts();
    }

    /// Refuses operations that change something, with Permission Denied, from now on; reading and using keys goes on. `false` ends it.
    ///
    /// ```
    /// # #[cfg(feature = "blocking")] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::{Create, Locate};
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::ttlv::enumeration::ResultReason;
    ///
    /// let server = TestServer::start();
    /// let kms = Client::connect(&server.config())?;
    /// server.set_read_only(true);
    /// kms.call(&Locate::all())?;
    /// assert_eq!(kms.call(&Create::aes(256)).unwrap_err().reason(), Some(ResultReason::PERMISSION_DENIED));
    /// # }
    /// # Ok::<(), kmip_client::Error>(())
    /// ```
    pub fn set_read_only(&self, read_only: bool) {
        self.network.kms.set_read_only(read_only);
    }

    /// Revokes all certificates that [`TestServer::pki`] has issued to a client so far, and ends its connections. New ones are refused with the
    /// TLS alert `certificate_revoked`. With a certificate that is issued later the client is let in again.
    ///
    /// ```
    /// # #[cfg(feature = "blocking")] {
    /// use kmip_client::blocking::Client;
    /// use kmip_client::protocol::operation::Locate;
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::Error;
    ///
    /// let server = TestServer::start();
    /// let kms = Client::connect(&server.config())?; // as "alice"
    /// server.revoke_client("alice");
    /// assert!(matches!(kms.call(&Locate::all()), Err(Error::Unreachable(_))));
    /// # }
    /// # Ok::<(), kmip_client::Error>(())
    /// ```
    pub fn revoke_client(&self, name: &str) {
        self.change_door(|door| door.revoked.push(name.to_owned()));
        self.network.listener.hang_up(name);
    }

    /// Shows this certificate on new connections, as after a renewal, or one that has expired:
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.present(&server.pki().issue_expired_server());
    /// ```
    ///
    /// # Panics
    ///
    /// Never, as long as certificate and key belong together, as those of a [`Pki`] do.
    pub fn present(&self, certificate: &Issued) {
        let identity = certificate.identity().expect(INFALLIBLE);
        self.change_door(|door| door.identity = identity);
    }

    /// Changes how new connections are accepted.
    fn change_door(&self, change: impl FnOnce(&mut Door)) {
        let mut door = self.door();
        change(&mut door);
        self.network.listener.set_tls(door.tls(&self.pki).expect(INFALLIBLE));
    }

    /// Answers later, from now on, where the client allows it: Poll is told so many times that there is no answer yet. 0 answers at once again.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// server.answer_later(2); // the third Poll gets the answer
    /// ```
    pub fn answer_later(&self, polls: u32) {
        self.network.kms.answer_later(polls);
    }

    /// Puts the server's clock forward, by whole seconds, so that dates are reached without waiting for them.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    /// use std::time::Duration;
    ///
    /// let server = TestServer::start();
    /// server.advance(Duration::from_secs(24 * 60 * 60)); // what ends today has ended
    /// ```
    pub fn advance(&self, by: Duration) {
        self.network.kms.advance(by);
    }
}

/// Counters.
impl TestServer {
    /// The number of requests for each operation so far. In a batch each item counts, executed or not. Operations that nobody asked for are
    /// missing.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::ttlv::enumeration::OperationCode;
    ///
    /// let server = TestServer::start();
    /// assert_eq!(server.requests().get(&OperationCode::CREATE), None);
    /// ```
    #[must_use]
    pub fn requests(&self) -> BTreeMap<OperationCode, usize> {
        self.network.kms.requests()
    }

    /// The number of messages that have arrived so far: each is a round trip, however many items it has.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::start();
    /// assert_eq!(server.messages(), 0);
    /// ```
    #[must_use]
    pub fn messages(&self) -> usize {
        self.network.kms.messages()
    }

    /// The number of connections that the server has accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.network.listener.accepted()
    }
}
