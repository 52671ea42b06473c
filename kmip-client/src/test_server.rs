//! A key management server for tests, and for nothing else.
//!
//! It runs inside the process, on 127.0.0.1 and a free port, in threads of its own, and keeps everything in memory: what it held is gone
//! when it is dropped. It speaks KMIP 1.0 to 2.1 over mutual TLS, with certificates that it makes. Its answers are those of a server that
//! keeps to the specification, so that a program that works with it has a good chance with others.
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
//! # What it does
//!
//! - Operations: Create (symmetric keys; secret data since 2.0), Create Key Pair (RSA, elliptic curves P-256, P-384, P-521, Ed25519), Register,
//!   Re-key, Re-key Key Pair, Derive Key, Certify, Re-certify, Validate, Locate, Check, Get, Get Attributes, Get Attribute List, Add, Modify,
//!   Delete, Set and Adjust Attribute, Obtain Lease, Get Usage Allocation, Activate, Revoke, Destroy, Archive, Recover, Query, Poll, Cancel,
//!   Ping; since 2.1 Process and Query Asynchronous Requests; since 1.1 Discover Versions; since 1.2 Encrypt, Decrypt, Sign, Signature
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
//! - Locate looks at every attribute. Of a structure only the fields count that are given; text has to be equal, without patterns.
//! - Everything is answered at once, unless [`TestServer::answer_later`] says otherwise and the client allows it, or KMIP 2.x insists on it:
//!   then by Poll, with Cancel, and in 2.1 Process and Query Asynchronous Requests. It is done when its answer is fetched, a batch in its
//!   order; a batch that is to be undone is not put off.
//! - Leases are for an hour. Usage Limits are counted, by Get Usage Allocation. Nothing but Recover is done with an archived object.
//! - Certificates are issued for a year, by the authority of [`TestServer::pki`], and are for servers. Validate trusts that authority, and
//!   the self-signed certificates that the client has registered.
//! - A destroyed object keeps its attributes and its identifier; its names are free again.
//!
//! # Who sees what
//!
//! An object belongs to the client that made it: to the common name of its certificate, or to the whole subject where that has none. For
//! every other client it does not exist: the answer is that nothing was found, not that access is denied, which would tell that there is
//! something. A name is unique among the objects of one client.
//!
//! User names and passwords in messages are not looked at, unless the server was started with users ([`Builder::user`]): then every message
//! has to show one of them. Whose the objects are is still a matter of the certificate.
//!
//! # What goes wrong on purpose
//!
//! [`TestServer::fail_next`] makes the next request fail in a way that is hard to get from a healthy server, [`TestServer::fail`] those that
//! a [`Script`] picks, and [`TestServer::requests`] tells what has arrived. [`TestServer::set_read_only`] refuses all changes,
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
//! How a program takes a Create whose answer is lost, by looking for the name:
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
mod crypto;
mod front;
mod objects;
mod operations;
mod state;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{V1_0, V2_1, VersionRange};
use rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion, version};

pub use self::{
    authority::pki::{Issued, Pki},
    front::fault::{Fault, Script},
};

use self::front::{kms::Kms, listener::Restartable, users::Users};
use crate::client::config::Config;
use crate::config::{Endpoint, Identity, SPOKEN, Thumbprint, Trust, provider};
use crate::transport::tls::server_config_without;

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
    https: bool,
    door: Mutex<Door>,
    network: Network,
}

/// How connections are met.
#[derive(Debug)]
struct Door {
    identity: Identity,
    tls: &'static [&'static SupportedProtocolVersion],
    /// The clients that are not let in.
    revoked: Vec<String>,
}

impl Door {
    fn tls(&self, pki: &Pki, https: bool) -> Arc<ServerConfig> {
        let clients = Trust::ca_pem(pki.ca_pem()).expect(INFALLIBLE);
        let revoked = if self.revoked.is_empty() { Vec::new() } else { vec![pki.revoke(&self.revoked)] };
        let mut tls = server_config_without(&self.identity, &clients, revoked, self.tls).expect(INFALLIBLE);
        #[cfg(feature = "https")]
        if https {
            Arc::make_mut(&mut tls).alpn_protocols = vec![crate::transport::http::ALPN.to_vec()];
        }
        let _ = (https, &mut tls);
        tls
    }
}

/// What runs.
struct Network {
    kms: Arc<Kms>,
    listener: Restartable,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Network({})", self.listener.address())
    }
}

impl TestServer {
    /// Starts a server that speaks all versions of KMIP and of TLS that this crate does.
    ///
    /// # Panics
    ///
    /// Where the system has no port or no thread left.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// A server that is to speak less.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::ttlv::{V1_0, V1_4};
    ///
    /// let old = TestServer::builder().versions(V1_0..=V1_4).tls12_only().start();
    /// # drop(old);
    /// ```
    pub fn builder() -> Builder {
        Builder {
            versions: VersionRange::between(V1_0, V2_1),
            tls: ALL_VERSIONS,
            https: false,
            users: Users::default(),
        }
    }

    /// The configuration of a client of this server that is called "alice".
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

    /// The configuration of a client with this name. Clients of different names see nothing of each other's objects; each call makes a new
    /// certificate, which for the server is the same client.
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

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.network.listener.address()
    }

    /// Where the server listens, as a client takes it.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.url().parse().expect("an address and a port are an endpoint")
    }

    /// Address and port, or a URL.
    fn url(&self) -> String {
        match self.https {
            true => format!("https://{}/kmip", self.address()),
            false => self.address().to_string(),
        }
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

    /// Makes the next request go wrong, whichever connection it comes on. What is asked for several times waits for as many requests.
    pub fn fail_next(&self, fault: Fault) {
        self.fail(fault);
    }

    /// Makes requests go wrong that a script picks. Where several scripts pick the same request, the one that was given first befalls it.
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

    /// Lets all requests go right from now on, whatever was scripted.
    pub fn heal(&self) {
        self.network.kms.clear_scripts();
    }

    /// Refuses from now on, with Permission Denied, whatever would change something; reading and using keys goes on. With `false` all is as it
    /// was.
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
    /// TLS alert `certificate_revoked`; with a certificate that is issued later the client is let in again.
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
        let mut door = self.door();
        door.revoked.push(name.to_owned());
        self.network.listener.set_tls(door.tls(&self.pki, self.https));
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
    /// None, as long as certificate and key belong together, as those of a [`Pki`] do.
    pub fn present(&self, certificate: &Issued) {
        let mut door = self.door();
        door.identity = certificate.identity().expect(INFALLIBLE);
        self.network.listener.set_tls(door.tls(&self.pki, self.https));
    }

    /// What is in there is whole at any time, whatever panicked elsewhere.
    fn door(&self) -> std::sync::MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on answers later what clients allow to be: Poll is told so many times that there is no answer yet. 0 answers at once again.
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

    /// How often each operation was asked for so far; in a batch each item counts, done or not. Operations that nobody asked for are missing.
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

    /// How many messages have arrived whole so far: each is a round trip, whatever it asks.
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

    /// How many connections the server has accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.network.listener.accepted()
    }

    /// Stops the server as if it were killed: all connections end, and new ones are refused. What it keeps stays, for
    /// [`restart`](Self::restart). Nothing happens where it is stopped already.
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

    /// Starts the server again, at the same address, after [`stop`](Self::stop). Nothing happens where it runs.
    ///
    /// # Panics
    ///
    /// Where somebody else has taken the port for good, or the system has no thread left.
    pub fn restart(&self) {
        self.network.listener.restart().expect("the port is free again after a while, and there is a thread left");
    }

    /// Another server of the same KMS: with the same objects and the same authority, at an address of its own, and with a record and a
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
    /// As [`TestServer::start`].
    #[must_use]
    pub fn replica(&self) -> Self {
        let tls = self.door().tls;
        Self::run(Arc::clone(&self.pki), Arc::new(self.network.kms.replica()), self.https, tls)
    }

    fn run(pki: Arc<Pki>, kms: Arc<Kms>, https: bool, tls: &'static [&'static SupportedProtocolVersion]) -> Self {
        let identity = pki.issue_server().identity().expect(INFALLIBLE);
        let door = Door { identity, tls, revoked: Vec::new() };
        let listener = Restartable::start(door.tls(&pki, https), https, Arc::clone(&kms));
        let listener = listener.expect("the system has a port of loopback and a thread left");
        Self { pki, https, door: Mutex::new(door), network: Network { kms, listener } }
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

static TLS12: &[&SupportedProtocolVersion] = &[&version::TLS12];
static TLS13: &[&SupportedProtocolVersion] = &[&version::TLS13];

/// What a server is to speak; [`TestServer::builder`] gives one.
#[derive(Debug, Clone)]
#[must_use = "the server is not running until it is started"]
pub struct Builder {
    versions: VersionRange,
    tls: &'static [&'static SupportedProtocolVersion],
    https: bool,
    users: Users,
}

impl Builder {
    /// The versions of KMIP, as in `V1_0..=V1_2`. Default: 1.0 to 2.1, which is all that the server knows.
    pub fn versions(mut self, versions: impl Into<VersionRange>) -> Self {
        self.versions = versions.into();
        self
    }

    /// Lets in none but this user and others that are named so: every message has to show a name and its password. Without any the server
    /// does not look.
    ///
    /// ```
    /// use kmip_client::Credentials;
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::builder().user("alice", "secret").start();
    /// let config = server.config().credential(Credentials::user("alice", "secret"));
    /// # config.check()?;
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.users.add(name.into(), password.into());
        self
    }

    /// TLS 1.2 and no other.
    pub fn tls12_only(mut self) -> Self {
        self.tls = TLS12;
        self
    }

    /// TLS 1.3 and no other.
    pub fn tls13_only(mut self) -> Self {
        self.tls = TLS13;
        self
    }

    /// KMIP over HTTPS too, on the same port, at the path `/kmip`. [`TestServer::config`] is then one for HTTPS.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    ///
    /// let server = TestServer::builder().https().start();
    /// assert_eq!(server.endpoint().path(), Some("/kmip"));
    /// ```
    #[cfg(feature = "https")]
    pub const fn https(mut self) -> Self {
        self.https = true;
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    ///
    /// Where none of the versions is among 1.0 to 2.1, and where the system has no port or no thread left.
    #[must_use]
    pub fn start(self) -> TestServer {
        let versions: Vec<_> = SPOKEN.into_iter().rev().filter(|version| self.versions.contains(*version)).collect();
        assert!(!versions.is_empty(), "the test server speaks KMIP 1.0 to 2.1, and none of the versions asked for");
        let pki = Arc::new(Pki::new());
        let kms = Kms::new(versions, self.users, provider().expect(INFALLIBLE).secure_random, Arc::clone(&pki));
        TestServer::run(pki, Arc::new(kms), self.https, self.tls)
    }
}
