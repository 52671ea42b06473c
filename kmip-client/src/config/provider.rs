//! The cryptographic provider of TLS: aws-lc-rs, or else ring, by features; or else the default provider of the
//! process.

#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
mod built_in;
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
mod installed;

#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) use self::built_in::{provider, signing_key};
#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
pub(crate) use self::installed::{provider, signing_key};
