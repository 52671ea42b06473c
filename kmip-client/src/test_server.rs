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
mod running;
mod state;

pub use self::{
    authority::pki::{Issued, Pki},
    base::setup::SetupError,
    builder::Builder,
    front::custom::{Responded, Responder},
    front::fault::{Fault, Script},
    running::TestServer,
};
