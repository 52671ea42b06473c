//! A client of KMIP, the Key Management Interoperability Protocol: for programs that keep their keys in an external key
//! management server (KMS) and reach it over mutual TLS.
//!
//! # A first call
//!
//! ```
//! # #[cfg(all(feature = "blocking", feature = "test-server"))] {
//! use kmip_client::blocking::Client;
//! use kmip_client::protocol::operation::Create;
//! use kmip_client::{Config, Identity, Trust};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = kmip_client::test_server::TestServer::start();
//! # let (issued, ca) = (server.pki().issue_client("alice"), server.pki().ca_pem());
//! # let (address, certificate, key) = (server.address().to_string(), issued.certificate_pem(), issued.private_key_pem());
//! let config = Config::new(address) // HOST:PORT; without a port 5696
//!     .identity(Identity::from_pem(certificate, key)?)
//!     .trust(Trust::ca_pem(ca)?);
//! let kms = Client::connect(&config)?;
//!
//! let id = kms.call(&Create::aes(256).name("vm-42"))?.payload().unique_identifier.to_string();
//! let key = kms.secret_key(&id)?; // a key in one expression (feature `keys`); wiped when it drops
//! assert_eq!(key.expose().len(), 32);
//! # Ok(())
//! # }
//! # main().unwrap();
//! # }
//! ```
//!
//! The async client is the same with `.await`:
//!
//! ```
//! # #[cfg(all(feature = "tokio", feature = "test-server"))] {
//! use kmip_client::Client;
//! use kmip_client::protocol::operation::{Create, Get};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = kmip_client::test_server::TestServer::start();
//! # let config = server.config();
//! let kms = Client::connect(&config).await?;
//! let id = kms.call(&Create::aes(256).name("vm-43")).await?.payload().unique_identifier.to_string();
//!
//! let fetched = kms.call(&Get::id(&id)).await?; // the same by the operation itself: the reply owns the key, and lends it
//! let object = fetched.payload().object;
//! let key = object.key_block().and_then(|block| block.bytes()).ok_or("the server sent no plain key")?;
//! assert_eq!(key.expose().len(), 32);
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
//! # }
//! ```
//!
//! # Where things are
//!
//! | To | look at |
//! |---|---|
//! | learn it chapter by chapter, or copy from a cookbook | the [guide] |
//! | configure a connection | [`Config`], [`Identity`], [`Trust`], [`Credentials`]; [`Endpoint`], [`RequestOptions`], [`MessageEncoding`] |
//! | look at the certificate of a server, and pin it | [`fetch_certificate`], [`ServerCertificate`], [`CertificateState`], [`Thumbprint`] |
//! | make calls | [`Client`], [`blocking::Client`], and [`Kmip`] for code that serves both; [`Reply`] |
//! | find the operation for a task | [`protocol::operation`], which begins with a table by task |
//! | know what a server can do | [`ServerCapabilities`] |
//! | go through many objects | [`LocatePages`], returned by `locate_pages` of the clients |
//! | send several requests in one message | [`Batch`], and [`Arranged`] for another order or what follows a failure; [`Operations`] and [`Replies`] are its types |
//! | know whether something has happened on the server | [`Error`]: [`Refusal`], [`Pending`], [`Attempt`]; [`ServerNonce`] for an attestation |
//! | know what broke under a call | [`TransportError`]: [`Phase`] of a time limit, [`HangUp`] at a [`ConnectionStep`], [`TlsError`], [`HttpError`], [`OutOfStep`] |
//! | know why a server is not trusted | [`UntrustedServer`] and its [`ServerCheck`] |
//! | know what is wrong with a configuration | [`ConfigError`]: the [`Input`], what it is if it is [`NotPem`], [`UnknownRevocation`], and the [`Cause`] |
//! | print an error with its causes in one line | [`Report`] |
//! | create once, rotate, follow a lineage, migrate | [`flow`] |
//! | read and write keys as PEM and DER, sign with keys that stay in the KMS | [`keys`] |
//! | watch servers and calls | [`Status`]: a [`Verdict`], and for each server an [`EndpointStatus`] with its [`EndpointState`]; [`observe`] |
//! | send data of any length | `stream` of the clients; [`Stream`], [`Streamed`], [`StreamError`]; [`Parts`] without a client |
//! | test a program against a KMS | [`test_server`] |
//! | use another transport, or write a server or a proxy | [`Exchange`] and [`NoReply`], [`Incoming`], [`protocol::message`] |
//! | run on another async runtime | [`unversioned::transport`] |
//! | fuzz a program or another KMIP stack | [`arbitrary`] |
//! | declare a vendor's operation | [`operation!`] |
//! | name the types of other crates without depending on them | [`ttlv`], [`bytes`], [`rustls`], [`zeroize`] |
//!
//! A [`Config`] may name several servers of one KMS. A call goes to the first one, and fails over to the next, even
//! during the call; it is never sent twice if that could repeat a side effect. One client serves any number of threads
//! or tasks on a bounded number of connections. Every wait has a deadline.
//!
//! # Features
//!
//! | Feature | Adds | Default |
//! |---|---|---|
//! | `blocking` | [`blocking::Client`], for threads | yes |
//! | `tokio` | [`Client`], for async programs on tokio | yes |
//! | `aws-lc-rs` | the cryptography of TLS; with neither this nor `ring`, the default provider of the process | yes |
//! | `ring` | the same by ring; `aws-lc-rs` wins where both are on | |
//! | `webpki-roots` | [`Trust::webpki_roots`]: the CAs that browsers trust | |
//! | `system-roots` | [`Trust::system_roots`]: the CAs of the operating system | |
//! | `passphrase` | identities whose key is encrypted, and PKCS#12 | |
//! | `keys` | [`keys`]: PEM, DER and typed keys in and out of the KMS | |
//! | `rsa-recover` | transparent RSA keys that lack their CRT numbers | |
//! | `unwrap` | opening keys that the server has wrapped | |
//! | `signer` | signatures, TLS keys and an AEAD whose keys stay in the KMS | |
//! | `https` | KMIP over HTTPS: [`MessageEncoding`] | |
//! | `xml`, `json` | those encodings, for `https` and for [`ttlv`] | |
//! | `tracing` | spans and events of what the clients do | |
//! | `test-server` | [`test_server`]: a KMS in memory, for tests; turns on `keys` and `aws-lc-rs` | |
//! | `arbitrary` | [`arbitrary`]: typed messages made from any bytes, for fuzzing and property tests | |
//! | `unversioned` | [`unversioned`]: interfaces that may change in any release | |
//!
//! With `default-features = false` there are messages and state machines only: no sockets, no TLS, no runtime. For FIPS
//! see [`Config::require_fips`].
//!
//! # Versions
//!
//! KMIP 1.0 to 2.1, negotiated or fixed. KMIP 3.0 has to be enabled explicitly, and is implemented as far as the OASIS
//! test cases cover it: [`Config::version`] lists the open points. A production server, and local cryptography with
//! fetched keys, are out of scope.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Users turn on drivers, which turn on this.
#![cfg_attr(docsrs, doc(auto_cfg(hide(feature = "_client"))))]

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
#[cfg(feature = "_client")]
#[cfg_attr(
    not(any(feature = "blocking", feature = "tokio")),
    allow(dead_code, unused_imports, reason = "the test server needs a part, and no driver")
)]
mod client;
#[cfg(feature = "_client")]
mod config;
mod exchange;
#[cfg(feature = "_client")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "blocking", feature = "tokio", feature = "unversioned"))))]
pub mod flow;
#[cfg(feature = "arbitrary")]
#[doc(hidden)]
pub mod fuzzed;
#[cfg(any(
    doc,
    all(
        doctest,
        feature = "arbitrary",
        feature = "blocking",
        feature = "signer",
        feature = "test-server",
        feature = "tokio"
    )
))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
pub mod guide;
#[cfg(feature = "keys")]
pub mod keys;
pub mod protocol;
#[cfg(feature = "test-server")]
pub mod test_server;
#[cfg(feature = "_client")]
#[cfg_attr(
    not(all(feature = "test-server", any(feature = "blocking", feature = "tokio"))),
    allow(dead_code, unused_imports, reason = "clients and the test server need a half each")
)]
mod transport;
#[cfg(feature = "unversioned")]
pub mod unversioned;

#[cfg(feature = "blocking")]
pub use self::client::blocking;
#[cfg(feature = "_client")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "blocking", feature = "tokio", feature = "unversioned"))))]
pub use self::client::{
    Attempt, Config, EndpointState, EndpointStatus, Error, Kmip, LocatePages, ServerCapabilities, Status, Stream,
    StreamError, Streamed, Verdict, observe,
};
#[cfg(feature = "tokio")]
pub use self::client::{Client, fetch_certificate};
#[cfg(feature = "https")]
pub use self::config::MessageEncoding;
#[cfg(feature = "_client")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "blocking", feature = "tokio", feature = "unversioned"))))]
pub use self::config::{Cause, ConfigError, Identity, Input, NotPem, Thumbprint, Trust, UnknownRevocation};
pub use self::exchange::{
    Arranged, Batch, Credentials, Endpoint, Exchange, Incoming, NoReply, Operations, OutOfStep, Parts, Pending,
    Refusal, Replies, Reply, Report, RequestOptions, ServerNonce,
};
#[cfg(feature = "https")]
pub use self::transport::HttpError;
#[cfg(feature = "_client")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "blocking", feature = "tokio", feature = "unversioned"))))]
pub use self::transport::{
    CertificateState, ConnectionStep, HangUp, Phase, ServerCertificate, ServerCheck, TlsError, TransportError,
    UntrustedServer,
};

/// The buffers that a [`Reply`] lends and an [`Exchange`] accepts.
pub use bytes;
/// The codec and the vocabulary of KMIP: [`Tag`](ttlv::Tag), [`ProtocolVersion`](ttlv::ProtocolVersion),
/// [`enumeration`](ttlv::enumeration), [`ttlv_struct!`](ttlv::ttlv_struct). A program needs no direct dependency on it.
pub use kmip_ttlv as ttlv;

/// The TLS library, for the values that are passed to it: a cryptographic provider, a signing key, a resolver of client
/// certificates.
#[cfg(feature = "_client")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "blocking", feature = "tokio", feature = "unversioned"))))]
pub use rustls;
/// The type of bytes that are wiped when they are dropped, which [`keys`] takes and returns.
#[cfg(feature = "keys")]
pub use zeroize;

/// Runs the examples of the crate's README as tests.
#[cfg(all(doctest, feature = "keys"))]
#[doc = include_str!("../README.md")]
struct Readme;
