//! A client of KMIP, the Key Management Interoperability Protocol: for programs that keep their keys in an external key management server
//! (KMS) and reach it over mutual TLS.
//!
//! # In scope
//!
//! - The messages of KMIP 1.0 to 2.1, and of 3.0 as far as the test cases of OASIS tell, as Rust types, both directions: [`protocol`].
//! - The conversation: connecting, trust and identity, version negotiation, time limits. [`blocking::Client`] for threads, [`Client`] for
//!   tokio, on one engine.
//! - The same without I/O, for other transports and for servers: [`Exchange`], [`Incoming`]. With `default-features = false` that and the
//!   messages are all there is: no sockets, no TLS, no runtime.
//! - A KMS for tests: [`test_server`], feature `test-server`.
//!
//! # Not in scope
//!
//! A server for production, and cryptography with the keys that were fetched.
//!
//! # A first call
//!
//! ```
//! # #[cfg(all(feature = "blocking", feature = "test-server"))] {
//! use kmip_client::blocking::Client;
//! use kmip_client::protocol::operation::{Create, Get};
//! use kmip_client::{Config, Identity, Trust};
//!
//! # fn main() -> Result<(), kmip_client::Error> {
//! # let server = kmip_client::test_server::TestServer::start();
//! # let (issued, ca) = (server.pki().issue_client("alice"), server.pki().ca_pem());
//! # let (address, certificate, key) = (server.address().to_string(), issued.certificate_pem(), issued.private_key_pem());
//! let config = Config::new(address) // HOST:PORT, 5696 where no port is given
//!     .identity(Identity::from_pem(certificate, key)?)
//!     .trust(Trust::ca_pem(ca)?);
//! let kms = Client::connect(&config)?;
//!
//! let created = kms.call(&Create::aes(256).name("vm-42"))?;
//! let fetched = kms.call(&Get::id(created.payload().unique_identifier))?;
//! let object = fetched.payload().object;
//! let key = object.key_block().and_then(|block| block.bytes()).expect("the server sends a plain key");
//! assert_eq!(key.expose().len(), 32);
//! # Ok(())
//! # }
//! # main().unwrap();
//! # }
//! ```
//!
//! An [`Operation`](protocol::operation::Operation) such as `Create` makes requests; `call` takes one and returns a [`Reply`], which owns
//! the message and lends its payload. `batch` takes several, for one round trip: see [`Batch`]. [`Error`] tells whether something has
//! happened on the server. What the server says it can do is a [`ServerCapabilities`].
//!
//! Who asks is said by [`Credentials`], and the rest of a header by [`RequestOptions`]. `stream` takes data of any length through an operation
//! ([`Parts`] without I/O), `with_asynchronous` waits for answers that come later, and [`flow`] has the steps that take several calls: create
//! once, rotate, migrate.
//!
//! # Several servers, many callers
//!
//! A [`Config`] may name several servers of one KMS. A call goes to the first, and to the next where that one fails, in the middle of the call
//! if need be; it is never sent twice where that could do something twice. One client serves any number of threads or tasks, on a bounded
//! number of connections to each server, which are kept between calls. Everything that waits has a time limit. [`Status`] tells how the servers
//! are, [`Counters`](observe::Counters) and an [`Observer`](observe::Observer) what the client does.
//!
//! # Features
//!
//! `blocking`, `tokio`: the clients. `aws-lc-rs` or `ring`: the cryptography of TLS; with neither, the default provider of the process.
//! `webpki-roots`, `system-roots`: the CAs that browsers trust, or the operating system. `passphrase`: private keys that are
//! encrypted, and PKCS#12. `keys`: PEM, DER and typed keys in and out of the KMS, see the module of that name; with `rsa-recover` for transparent
//! RSA keys that lack numbers. `https`: KMIP over HTTPS, see [`MessageEncoding`]; with `xml` and `json` in those too. `tracing`: spans and events
//! of what the clients do. `test-server`. The first three are on by default. For FIPS see [`Config::require_fips`].

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
pub mod flow;
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
pub use self::client::{
    Attempt, Config, EndpointState, EndpointStatus, Error, Kmip, Pages, ServerCapabilities, Status, Stream,
    StreamError, Streamed, Verdict, observe,
};
#[cfg(feature = "tokio")]
pub use self::client::{Client, fetch_certificate};
#[cfg(feature = "https")]
pub use self::config::MessageEncoding;
#[cfg(feature = "_client")]
pub use self::config::{Cause, ConfigError, Endpoint, Identity, Input, NotPem, Thumbprint, Trust, UnknownRevocation};
pub use self::exchange::{
    Arranged, Batch, Credentials, Exchange, Incoming, NoReply, Operations, OutOfStep, Parts, Pending, Refusal, Replies,
    Reply, Report, RequestOptions, ServerNonce,
};
#[cfg(feature = "https")]
pub use self::transport::HttpFault;
#[cfg(feature = "_client")]
pub use self::transport::{
    CertificateState, ConnectionStep, Fault, HangUp, Phase, ServerCertificate, ServerCheck, TlsFault, UntrustedServer,
};

/// The buffers that a [`Reply`] lends and an [`Exchange`] takes.
pub use bytes;
/// The codec and the vocabulary of KMIP: [`Tag`](ttlv::Tag), [`ProtocolVersion`](ttlv::ProtocolVersion), [`enumeration`](ttlv::enumeration),
/// [`ttlv_struct!`](ttlv::ttlv_struct). A program needs no dependency of its own on it.
pub use kmip_ttlv as ttlv;

/// The TLS library, for what is given to it as it is: a provider of cryptography, a signing key, a resolver of client
/// certificates.
#[cfg(feature = "_client")]
pub use rustls;

/// The examples of README run as tests.
#[cfg(all(doctest, feature = "blocking"))]
#[doc = include_str!("../../README.md")]
struct Readme;
