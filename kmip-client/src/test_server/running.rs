//! A server that runs.

mod behaviour;
mod reach;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::authority::pki::Pki;
use super::base::setup::SetupError;
use super::builder::{Builder, CertificateChoice};
use super::front::door::Door;
use super::front::kms::{Kms, Settings};
use super::front::listener::Restartable;
use crate::config::{provider, spoken};

/// The reason for which [`TestServer::start`] does not fail.
const INFALLIBLE: &str =
    "certificates that were made just now are good, and there is a provider in every build with this feature";

/// A key management server that runs until it is dropped. The [module](crate::test_server) describes its behaviour.
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

    /// Locks the door. Its state is consistent at any time, even if another thread panicked.
    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
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
            CertificateChoice::Loopback => pki.issue_server().identity()?,
            CertificateChoice::Names(names) => pki.try_issue_server_for(&names)?.identity()?,
            CertificateChoice::Identity(identity) => identity,
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
