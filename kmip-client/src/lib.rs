//! Placeholder of the skeleton.

#[cfg(feature = "_tls")]
mod config;
pub mod protocol;
#[cfg(feature = "test-server")]
pub mod test_server;
#[cfg(feature = "_tls")]
mod tls;

#[cfg(feature = "_tls")]
pub use {
    config::{Cause, Config, ConfigError, Endpoint, Identity, Input, NotPem, Thumbprint, Trust},
    tls::{ServerCheck, TlsFault, UntrustedServer},
};
