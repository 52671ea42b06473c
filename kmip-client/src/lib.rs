//! Placeholder of the skeleton.

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "_client")]
mod cluster;
#[cfg(feature = "_tls")]
mod config;
#[cfg(feature = "_client")]
mod engine;
#[cfg(feature = "_client")]
mod error;
mod exchange;
#[cfg(feature = "_client")]
mod flow;
mod incoming;
#[cfg(feature = "_client")]
mod kmip;
#[cfg(feature = "_client")]
mod pool;
pub mod protocol;
mod reply;
#[cfg(feature = "test-server")]
pub mod test_server;
#[cfg(feature = "_tls")]
mod tls;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "tokio")]
pub use self::tokio::Client;
#[cfg(feature = "_tls")]
pub use self::{
    config::{Cause, Config, ConfigError, Endpoint, Identity, Input, NotPem, Thumbprint, Trust},
    tls::{ServerCheck, TlsFault, UntrustedServer},
};
#[cfg(feature = "_client")]
pub use self::{
    error::{Attempt, Error, Fault, Phase},
    kmip::Kmip,
};
pub use self::{
    exchange::{Exchange, NoReply, OutOfStep, Refusal},
    incoming::Incoming,
    reply::Reply,
};
