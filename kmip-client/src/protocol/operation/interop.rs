//! Interop: a server under test is told which test begins and ends.

use kmip_ttlv::enumeration::InteropFunction;
use kmip_ttlv::{V2_0, ttlv_struct};

/// Interop: a server under test is told which test begins and ends. KMIP 2.1, 6.1.26. Since KMIP 2.0.
///
/// No server in production offers it.
///
/// ```
/// use kmip_client::protocol::operation::Interop;
///
/// assert_eq!(Interop::begin("BL-M-1-21").interop_identifier, Some("BL-M-1-21"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Interop;

impl Interop {
    /// This test begins.
    #[must_use]
    pub const fn begin(test: &str) -> InteropRequest<'_> {
        InteropRequest { interop_function: InteropFunction::BEGIN, interop_identifier: Some(test) }
    }

    /// This test ends.
    #[must_use]
    pub const fn end(test: &str) -> InteropRequest<'_> {
        InteropRequest { interop_function: InteropFunction::END, interop_identifier: Some(test) }
    }

    /// This test is given up: the server forgets what it did in it.
    #[must_use]
    pub const fn reset(test: &str) -> InteropRequest<'_> {
        InteropRequest { interop_function: InteropFunction::RESET, interop_identifier: Some(test) }
    }
}

ttlv_struct! {
    /// What becomes of which test.
    pub struct InteropRequest<'a> {
        /// Whether it begins, ends or is given up.
        pub interop_function: InteropFunction = INTEROP_FUNCTION in V2_0..,
        /// The test. The standard wants it always.
        pub interop_identifier: Option<&'a str> = INTEROP_IDENTIFIER in V2_0..,
    }
}

ttlv_struct! {
    /// That the server knows.
    pub struct InteropResponse {}
}
