//! Parts that are not public, for the fuzz targets of this project. Not for use from outside.

#[cfg(feature = "test-server")]
pub use crate::test_server::fuzzed::{Answered, Bare};
#[cfg(feature = "https")]
pub use crate::transport::http::fuzzed::http;
