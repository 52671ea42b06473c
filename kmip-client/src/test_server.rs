//! A key management server for tests.
//!
//! It runs in threads of the process and keeps everything in memory: dropping it drops its objects. It listens on
//! 127.0.0.1 and a free port unless [`Builder::listen`] sets another address. It speaks KMIP 1.0 to 2.1, and 3.0 on
//! request, over mutual TLS with certificates of its own authority. Its responses follow the specification, so a
//! program that works with it is likely to work with other servers.
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
//! # Behaviour
//!
//! - Operations: Create (symmetric keys; secret data since 2.0), Create Key Pair (RSA, elliptic curves P-256, P-384,
//!   P-521, Ed25519), Register, Re-key, Re-key Key Pair, Derive Key, Certify, Re-certify, Validate, Locate, Check, Get,
//!   Get Attributes, Get Attribute List, Add, Modify, Delete, Set and Adjust Attribute, Obtain Lease, Get Usage
//!   Allocation, Activate, Revoke, Destroy, Archive, Recover, Query, Poll, Cancel, Ping; since 2.0 Log, which discards
//!   the message; since 2.1 Process and Query Asynchronous Requests; since 1.1 Discover Versions; since 1.2 Encrypt,
//!   Decrypt, Sign, Signature Verify, MAC, MAC Verify, Hash, RNG Retrieve, RNG Seed, Create and Join Split Key; since
//!   1.4 Import and Export. Batches support the ID Placeholder, the further placeholders of 2.x, and each of the three
//!   continuation options. A response that would exceed the client's Maximum Response Size is refused, and the request
//!   has no effect.
//! - Keys are real. RSA keys are made as PKCS#1, which is the default of the specification; elliptic-curve keys as
//!   PKCS#8 and X.509. Get converts between Raw and Transparent Symmetric Key, and asymmetric keys between PKCS#1,
//!   PKCS#8, ECPrivateKey, X.509, Raw and the transparent formats, as far as the algorithm has them. Get and Export
//!   wrap by AES Key Wrap, with and without padding, and by AES-GCM; the wrapping key needs matching Cryptographic
//!   Parameters.
//! - Cryptography is real, by aws-lc-rs: AES in the modes ECB, CBC, CFB, OFB, CTR and GCM, ChaCha20-Poly1305, RSA with
//!   PKCS#1 v1.5, OAEP and PSS, ECDSA, Ed25519, HMAC, CMAC, SHA-1, SHA-2 and SHA-3; keys are derived by PBKDF2, HKDF,
//!   HMAC, hash, encryption, the counter mode of NIST SP 800-108 and AWS Signature Version 4, and split by XOR and by
//!   polynomials in GF(2^8). Operations take one part or several; each client may have 16 multi-part operations in
//!   progress. A key's state, dates, Cryptographic Usage Mask and Usage Limits decide whether it may be used.
//! - Objects go through the states of the specification, by operations and by their dates. [`TestServer::advance`]
//!   moves the clock forward.
//! - Locate compares every attribute. In a structure it compares the given fields only. Text must be equal; there are
//!   no patterns.
//! - Requests are answered synchronously, unless [`TestServer::answer_later`] is set and the client allows an
//!   asynchronous response, or a client of KMIP 2.x requires one. The result is then fetched by Poll; Cancel works, and
//!   in 2.1 Process and Query Asynchronous Requests. Such a request is executed when its result is fetched, a batch in
//!   order. A batch with the Undo option is always answered synchronously.
//! - Leases last an hour. Usage Limits are counted, by Get Usage Allocation. Recover is the only operation on an
//!   archived object.
//! - Certify issues server certificates from the authority of [`TestServer::pki`], valid for a year. Validate trusts
//!   that authority, and the self-signed certificates that the client has registered.
//! - A destroyed object keeps its attributes and its identifier. Its names can be used again.
//! - [`Builder::operations`] restricts the operations, [`Builder::lenient`] accepts the known deviations of widespread
//!   clients.
//!
//! # KMIP 3.0
//!
//! A server speaks KMIP 3.0 if [`Builder::versions`] begins or ends with it, as in `V1_0..=V3_0`. It then has
//! Deactivate, Obliterate and Log too. The text of 3.0 was not available: the server follows the OASIS test cases for
//! 3.0 and, where they are silent, KMIP 2.1. Open questions, and the behaviour of this server:
//!
//! - Identifiers, references and names of objects have the item types 0C, 0D and 0E, which are assumed to be encoded
//!   like a Text String.
//! - A message with a Batch Count, a Batch Order Option or a Unique Batch Item ID is refused. Items are executed in
//!   order.
//! - Each type of link is an attribute of its own. Clients of earlier versions see it as Link, and may set it. Links
//!   that only 3.0 has are for clients of 3.0. Object Group, which 3.0 does not have, stays hidden from them.
//! - An object that a link refers to by name is not resolved: the name is stored, and compared literally.
//! - Revoke without a reason revokes for an unspecified one. Deactivate with a future date sets the date.
//! - Obliterate takes an object in any state but Active. Its identifier is then unknown: Item Not Found.
//! - Users, groups and their credentials, which are objects in 3.0, cannot be created: [`Builder::user`] sets the known
//!   users. Uses are not counted.
//!
//! # Visibility of objects
//!
//! An object belongs to the client that made it: to the common name of its certificate, or to the whole subject if that
//! has none. For other clients it does not exist: they get Item Not Found, because Permission Denied would reveal its
//! existence. A name is unique among the objects of one client.
//!
//! User names and passwords in messages are ignored, unless the server was started with users ([`Builder::user`]): then
//! every message must have the credentials of one of them. The certificate still determines the owner of objects.
//!
//! # Fault injection
//!
//! [`TestServer::fail_next`] makes the next request fail in a way that is hard to provoke in a healthy server;
//! [`TestServer::fail`] does so for the requests that a [`Script`] selects. [`TestServer::requests`] counts the
//! requests. [`TestServer::set_read_only`] refuses all changes, [`TestServer::revoke_client`] locks a client out, and
//! [`TestServer::present`] presents another certificate, for example an expired one.
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
//! A program that handles a Create whose reply is lost, by locating the name:
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
//! With the feature `https` a server that was built with [`Builder::https`] speaks KMIP over HTTPS too, on the same
//! port, in every enabled encoding of [`MessageEncoding`](crate::MessageEncoding).

mod authority;
mod base;
mod builder;
mod crypto;
mod front;
#[cfg(feature = "arbitrary")]
pub(crate) mod fuzzed;
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

/// The reason for which [`TestServer::start`] does not fail.
const INFALLIBLE: &str =
    "certificates that were made just now are good, and there is a provider in every build with this feature";

/// A key management server that runs until it is dropped. The [module](self) describes its behaviour.
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
    /// Starts a server that speaks all versions of KMIP and TLS that this crate supports.
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

    /// Starts another server of the same KMS. It shares the objects and the authority, and has an address, a request
    /// record and a certificate of its own. Meant for clients with several endpoints.
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
    /// Panics if [`try_start`](Self::try_start) fails. With the default settings that happens only if the system has no
    /// port or no thread left.
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
    /// Returns [`SetupError`] if the address is taken, or if a name, a certificate or the range of versions cannot be
    /// used.
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

/// The information that a client needs.
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

    /// Returns the configuration of a client with this name. Clients of different names do not see each other's
    /// objects. Each call issues a new certificate, which identifies the same client.
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

    /// Returns the address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.network.listener.address()
    }

    /// Returns the endpoint of the server for a client on this machine: loopback if the server listens on all
    /// addresses.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.url().parse().expect("an address and a port are an endpoint")
    }

    /// Returns an address and a port, or a URL.
    fn url(&self) -> String {
        let address = self.network.listener.reachable();
        if self.door().https { format!("https://{address}/kmip") } else { address.to_string() }
    }

    /// Returns the authority that issued the server's certificate, and whose client certificates the server accepts.
    #[must_use]
    pub fn pki(&self) -> &Pki {
        &self.pki
    }

    /// Returns the SHA-256 thumbprint of the server's certificate.
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

    /// Locks the door. Its state is consistent at any time, even if another thread panicked.
    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fault injection.
impl TestServer {
    /// Injects a fault into the next request, on any connection. Several faults apply to as many requests, one each.
    pub fn fail_next(&self, fault: Fault) {
        self.fail(fault);
    }

    /// Injects faults into the requests that the script selects. If several scripts select the same request, the first
    /// one applies.
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

    /// Removes all scripts, so that requests succeed again.
    pub fn heal(&self) {
        self.network.kms.clear_scripts();
    }

    /// Refuses operations that change something, with Permission Denied, from now on. Keys can still be read and used.
    /// `false` ends this mode.
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

    /// Revokes all certificates that [`TestServer::pki`] has issued to a client so far, and closes its connections. New
    /// connections are refused with the TLS alert `certificate_revoked`. A certificate that is issued later is accepted
    /// again.
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

    /// Presents this certificate on new connections, as after a renewal, or an expired one:
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
    /// Panics if certificate and key do not belong together. Those of a [`Pki`] always do.
    pub fn present(&self, certificate: &Issued) {
        let identity = certificate.identity().expect(INFALLIBLE);
        self.change_door(|door| door.identity = identity);
    }

    /// Changes the settings for new connections.
    fn change_door(&self, change: impl FnOnce(&mut Door)) {
        let mut door = self.door();
        change(&mut door);
        self.network.listener.set_tls(door.tls(&self.pki).expect(INFALLIBLE));
    }

    /// Answers asynchronously from now on, if the client allows it: Poll reports a pending result this many times. 0
    /// answers synchronously again.
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

    /// Moves the server's clock forward by whole seconds, so that tests reach dates without waiting.
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
    /// Returns the number of requests for each operation so far. In a batch each item counts, executed or not.
    /// Operations without a request are missing.
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

    /// Returns the number of messages that have arrived so far. Each is one round trip, however many items it has.
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

    /// Returns the number of connections that the server has accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.network.listener.accepted()
    }
}
