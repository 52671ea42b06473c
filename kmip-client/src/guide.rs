//! A guide, chapter by chapter. It is here in the documentation only, and costs a program nothing.
//!
//! 1. [Connecting and trust](connecting): addresses, certificates, pins, rotation of files, credentials, versions.
//! 2. [Keys in and out](keys): create, register, fetch, PEM, wrapping, keys that stay.
//! 3. [Rotation and lineage](rotation): new keys in the place of old ones, and moving to another KMS.
//! 4. [Clusters and time limits](clusters): several endpoints, deadlines, the pool, health.
//! 5. [Errors and what to do](errors): what each error says about the server, and the next step.
//! 6. [Streams and asynchronous answers](streams): data of any length, and answers that come later.
//! 7. [A server or a proxy on the sans-I/O core](sans_io): messages and state machines without a socket.
//! 8. [Fuzzing and comparing](fuzzing): campaigns against this crate or another stack, and benchmarks.
//! 9. [Cookbook](cookbook): a dozen tasks, each complete.
//!
//! The examples run against the [embedded KMS](crate::test_server); a program has a [`Config`](crate::Config) of its
//! own in the place of `server.config()`. Where an example is blocking, the async one differs in `.await`, and the
//! other way round. Code for both is written over [`&impl Kmip`](crate::Kmip).

#[doc = include_str!("guide/connecting.md")]
pub mod connecting {}

#[doc = include_str!("guide/keys.md")]
pub mod keys {}

#[doc = include_str!("guide/rotation.md")]
pub mod rotation {}

#[doc = include_str!("guide/clusters.md")]
pub mod clusters {}

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/streams.md")]
pub mod streams {}

#[doc = include_str!("guide/sans_io.md")]
pub mod sans_io {}

#[doc = include_str!("guide/fuzzing.md")]
pub mod fuzzing {}

#[doc = include_str!("guide/cookbook.md")]
pub mod cookbook {}
