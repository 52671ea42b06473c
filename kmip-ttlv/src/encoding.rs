//! Other encodings of the same items: transcoders between TTLV and JSON, XML or text.

#[cfg(feature = "json")]
pub mod json;
#[cfg(any(feature = "xml", feature = "json"))]
mod notation;
pub(crate) mod text;
#[cfg(feature = "xml")]
pub mod xml;
