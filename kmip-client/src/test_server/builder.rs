//! The settings of a server before it starts.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{V1_0, V2_1, VersionRange};
use rustls::{ALL_VERSIONS, SupportedProtocolVersion, version};

use super::authority::pki::Pki;
use super::front::custom::{CustomOperations, Responded, Responder};
use super::front::users::Users;
use crate::config::Identity;
use crate::protocol::operation::Operation;

static TLS12: &[&SupportedProtocolVersion] = &[&version::TLS12];
static TLS13: &[&SupportedProtocolVersion] = &[&version::TLS13];

/// The settings of a [`TestServer`](super::TestServer). [`TestServer::builder`](super::TestServer::builder) returns
/// one.
///
/// A server on a fixed port, with a CA that outlives it, for clients outside of this process:
///
/// ```
/// use kmip_client::test_server::{Pki, TestServer};
///
/// let pki = Pki::new(); // or `Pki::from_pem`, with the files of the last run
/// let server = TestServer::builder()
///     .listen(([127, 0, 0, 1], 0)) // 5696 is the port of KMIP
///     .pki(pki)
///     .server_names(["kms.test", "127.0.0.1"])
///     .try_start()?;
/// # drop(server);
/// # Ok::<(), kmip_client::test_server::SetupError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "the server is not running until it is started"]
pub struct Builder {
    pub(super) address: SocketAddr,
    pub(super) pki: Option<Arc<Pki>>,
    pub(super) certificate: CertificateChoice,
    pub(super) versions: VersionRange,
    pub(super) tls: &'static [&'static SupportedProtocolVersion],
    pub(super) https: bool,
    pub(super) users: Users,
    /// The operations that are supported; `None` for all that the server knows.
    pub(super) operations: Option<BTreeSet<OperationCode>>,
    /// `true` to accept requests that deviate from the standard.
    pub(super) lenient: bool,
    /// Operations that the caller added.
    pub(super) custom: CustomOperations,
}

/// The server's certificate.
#[derive(Debug, Clone)]
pub(super) enum CertificateChoice {
    /// A certificate that the authority issues for loopback.
    Loopback,
    /// A certificate that the authority issues for these names.
    Names(Vec<String>),
    /// The caller's certificate.
    Identity(Identity),
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            pki: None,
            certificate: CertificateChoice::Loopback,
            versions: VersionRange::between(V1_0, V2_1),
            tls: ALL_VERSIONS,
            https: false,
            users: Users::default(),
            operations: None,
            lenient: false,
            custom: CustomOperations::default(),
        }
    }

    /// Listens on this address. Port 0 lets the system choose one. Default: 127.0.0.1, port 0.
    ///
    /// The server is meant for tests: on a reachable address it accepts everybody with a certificate of its CA.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Uses this authority. It issues the server's certificate, and clients need a certificate of it. Default: a new
    /// authority.
    pub fn pki(mut self, pki: Pki) -> Self {
        self.pki = Some(Arc::new(pki));
        self
    }

    /// Issues the server's certificate for these DNS names and IP addresses. Default: `localhost`, 127.0.0.1 and ::1.
    pub fn server_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.certificate = CertificateChoice::Names(names.into_iter().map(Into::into).collect());
        self
    }

    /// Presents this certificate instead of a newly issued one. It may be of any CA;
    /// [`TestServer::config`](super::TestServer::config) trusts the one of [`pki`](Self::pki).
    ///
    /// ```
    /// use kmip_client::test_server::{Pki, TestServer};
    ///
    /// let pki = Pki::new();
    /// let certificate = pki.issue_server_for(&["127.0.0.1", "kms.test"]);
    /// let server = TestServer::builder().pki(pki).identity(certificate.identity()?).start();
    /// assert_eq!(server.thumbprint(), certificate.identity()?.thumbprint());
    /// # Ok::<(), kmip_client::ConfigError>(())
    /// ```
    pub fn identity(mut self, identity: Identity) -> Self {
        self.certificate = CertificateChoice::Identity(identity);
        self
    }

    /// Speaks these versions of KMIP, as in `V1_0..=V1_2`. Default: 1.0 to 2.1. KMIP 3.0 is spoken only if the range
    /// begins or ends with it: see [the module](crate::test_server#kmip-30).
    pub fn versions(mut self, versions: impl Into<VersionRange>) -> Self {
        self.versions = versions.into();
        self
    }

    /// Supports these operations only: others are refused with Operation Not Supported, and Query does not list them.
    /// Default: all that the server knows. Operations that the server does not know have no effect.
    ///
    /// ```
    /// use kmip_client::test_server::TestServer;
    /// use kmip_client::ttlv::enumeration::OperationCode;
    ///
    /// let server = TestServer::builder().operations([OperationCode::CREATE, OperationCode::GET]).start();
    /// # drop(server);
    /// ```
    pub fn operations(mut self, operations: impl IntoIterator<Item = OperationCode>) -> Self {
        self.operations = Some(operations.into_iter().collect());
        self
    }

    /// Adds an operation of the caller, such as a vendor's, or replaces a standard one. The handler gets the decoded
    /// request, and a [`Responder`] that creates its return value. It is called synchronously, even if the client
    /// allows an asynchronous response, and Query does not list the operation. It sees neither objects, user nor
    /// version, and an ID Placeholder as it came. [`operation!`](crate::operation)
    /// declares an operation, with an example of this method.
    pub fn operation<O: Operation>(
        mut self,
        handler: impl Fn(O::Request<'_>, Responder<O>) -> Responded + Send + Sync + 'static,
    ) -> Self {
        self.custom.add::<O>(handler);
        self
    }

    /// Accepts the known deviations of widespread clients from the standard. Default: off, so that tests detect invalid
    /// requests.
    ///
    /// With this setting the server
    ///
    /// - ignores unknown items, accepts an Integer for an Enumeration, and reads fields that the version of the message
    ///   does not have, such as Offset Items of Locate before KMIP 1.3;
    /// - lets several objects of one client have the same name;
    /// - wraps by any key whose Cryptographic Usage Mask allows it: by NIST Key Wrap, if neither the request nor the
    ///   key specifies the method;
    /// - derives from keys that are not active, keys of any length, and by HKDF if a client requests HMAC with secret
    ///   data;
    /// - forgets destroyed objects: they are reported as not found, with the reason of KMIP 1.x;
    /// - gives new objects the Operation Policy Name "default", and states the index 0 of attributes with several
    ///   values.
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Requires a user name and password in every message: those of this user, or of another one added by the same
    /// method. Without users the server ignores credentials.
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

    /// Speaks TLS 1.2 only.
    pub fn tls12_only(mut self) -> Self {
        self.tls = TLS12;
        self
    }

    /// Speaks TLS 1.3 only.
    pub fn tls13_only(mut self) -> Self {
        self.tls = TLS13;
        self
    }

    /// Serves KMIP over HTTPS too, on the same port, at the path `/kmip`.
    /// [`TestServer::config`](super::TestServer::config) is then one for HTTPS.
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
}
