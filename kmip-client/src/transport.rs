//! Messages over TCP, TLS and HTTP, with deadlines. The two clients supply the byte streams.

pub(crate) mod connect;
pub(crate) mod error;
pub(crate) mod framing;
pub(crate) mod hang_up;
#[cfg(feature = "https")]
pub(crate) mod http;
pub(crate) mod link;
#[cfg_attr(not(feature = "unversioned"), allow(unreachable_pub, reason = "its traits are public with the feature"))]
pub(crate) mod network;
pub(crate) mod queue;
pub(crate) mod resolve;
pub(crate) mod thread;
pub(crate) mod time;
pub(crate) mod tls;

#[cfg(feature = "https")]
pub use self::http::HttpError;
pub use self::{
    error::{Phase, TransportError},
    hang_up::{CertificateState, ConnectionStep, HangUp},
    tls::{ServerCertificate, ServerCheck, TlsError, UntrustedServer},
};
