//! The clients: endpoints, callers, connections, and negotiated versions.

#[cfg(feature = "blocking")]
pub mod blocking;
mod calls;
mod capabilities;
mod cluster;
pub(crate) mod config;
mod engine;
pub(crate) mod error;
pub(crate) mod kmip;
#[cfg(any(feature = "blocking", feature = "tokio"))]
mod methods;
pub mod observe;
mod outcome;
#[cfg(feature = "unversioned")]
pub(crate) mod over_io;
mod pages;
mod pool;
mod status;
mod stream;
mod terms;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "tokio")]
pub use self::tokio::{Client, fetch_certificate};
pub use self::{
    capabilities::ServerCapabilities,
    config::Config,
    error::{Attempt, Error},
    kmip::Kmip,
    pages::LocatePages,
    status::{EndpointState, EndpointStatus, Status, Verdict},
    stream::{Stream, StreamError, Streamed},
};
