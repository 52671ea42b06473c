//! Leaf settings: the validated values that a `Config` consists of.

#[cfg(feature = "https")]
mod encoding;
#[cfg(feature = "passphrase")]
pub(crate) mod encrypted_pem;
pub(crate) mod endpoint;
mod error;
mod identity;
mod input;
mod key;
#[cfg(feature = "passphrase")]
mod legacy_pem;
#[cfg(feature = "passphrase")]
pub(crate) mod pbe;
pub(crate) mod pem;
#[cfg(feature = "passphrase")]
mod pkcs12;
mod provider;
mod revocation;
mod thumbprint;
mod tls;
mod trust;
mod versions;
mod watched;

#[cfg(feature = "https")]
pub use self::encoding::MessageEncoding;
pub(crate) use self::provider::{provider, sha256};
pub(crate) use self::tls::{ClientCertificate, Messages, TlsSettings};
pub(crate) use self::trust::{Anchors, Pin};
pub(crate) use self::versions::spoken;
pub use self::{
    error::{Cause, ConfigError},
    identity::Identity,
    input::{Input, NotPem},
    thumbprint::Thumbprint,
    trust::{Trust, UnknownRevocation},
};
pub(crate) use crate::exchange::endpoint::Endpoint;
