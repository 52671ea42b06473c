//! The Interop operation.

use kmip_ttlv::enumeration::InteropFunction;
use kmip_ttlv::{V2_0, ttlv_struct};

/// Notifies a server under test of the start and end of a test. KMIP 2.1, 6.1.26. Since KMIP 2.0.
///
/// Production servers do not offer it.
///
/// ```
/// use kmip_client::protocol::operation::Interop;
///
/// assert_eq!(Interop::begin("BL-M-1-21").interop_identifier, Some("BL-M-1-21"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Interop;

impl Interop {
    /// Announces the start of this test.
    #[must_use]
    pub const fn begin(test: &str) -> InteropRequest<'_> {
        InteropRequest { interop_function: InteropFunction::BEGIN, interop_identifier: Some(test) }
    }

    /// Announces the end of this test.
    #[must_use]
    pub const fn end(test: &str) -> InteropRequest<'_> {
        InteropRequest { interop_function: InteropFunction::END, interop_identifier: Some(test) }
    }

    /// Resets this test: the server discards the test's effects.
    #[must_use]
    pub const fn reset(test: &str) -> InteropRequest<'_> {
        InteropRequest { interop_function: InteropFunction::RESET, interop_identifier: Some(test) }
    }
}

ttlv_struct! {
    #[compact]
    /// A notice about an interoperability test.
    pub struct InteropRequest<'a> {
        /// The notice: the test begins, ends, or is reset.
        pub interop_function: InteropFunction = INTEROP_FUNCTION in V2_0..,
        /// The name of the test. The standard always requires it.
        pub interop_identifier: Option<&'a str> = INTEROP_IDENTIFIER in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// An empty acknowledgement.
    pub struct InteropResponse {}
}
