//! Other forms of the same items than TTLV: transcoders, so that every message has them.

#[cfg(feature = "json")]
pub mod json;
#[cfg(any(feature = "xml", feature = "json"))]
mod notation;
pub(crate) mod text;
#[cfg(feature = "xml")]
pub mod xml;
