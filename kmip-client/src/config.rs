//! What a client is told before it connects: the values of which a `Config` is made, checked when they are made.

#[cfg(feature = "https")]
mod encoding;
#[cfg(feature = "passphrase")]
pub(crate) mod encrypted_pem;
pub(crate) mod endpoint;
mod error;
mod identity;
mod key;
#[cfg(feature = "passphrase")]
mod legacy_pem;
#[cfg(feature = "passphrase")]
pub(crate) mod pbe;
pub(crate) mod pem;
#[cfg(feature = "passphrase")]
mod pkcs12;
mod provider;
mod thumbprint;
mod tls;
mod trust;
mod watched;

use kmip_ttlv::{ProtocolVersion, V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0, VersionRange};

#[cfg(feature = "https")]
pub use self::encoding::MessageEncoding;
pub(crate) use self::provider::provider;
pub(crate) use self::tls::{ClientCertificate, Messages, TlsSettings};
pub(crate) use self::trust::Anchors;
pub use self::{
    error::{Cause, ConfigError, Input, NotPem},
    identity::Identity,
    thumbprint::Thumbprint,
    trust::{Trust, UnknownRevocation},
};
pub(crate) use crate::exchange::endpoint::Endpoint;

/// The versions that this client speaks, oldest first.
pub(crate) const SPOKEN: [ProtocolVersion; 8] = [V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, V3_0];

/// Returns the versions of the range that this client speaks, newest first.
///
/// KMIP 3.0 is spoken by choice alone: the range has to begin or to end with it. A range without an end, such as `V2_0..`, ends with 2.1.
pub(crate) fn spoken(range: VersionRange) -> Vec<ProtocolVersion> {
    let is_chosen = range.first() >= V3_0 || range.last().is_some_and(|last| last >= V3_0);
    let is_offered = |version: &ProtocolVersion| range.contains(*version) && (is_chosen || *version < V3_0);
    SPOKEN.into_iter().rev().filter(is_offered).collect()
}
