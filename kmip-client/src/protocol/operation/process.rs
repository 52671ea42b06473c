//! The Process operation.

use kmip_ttlv::{V2_1, ttlv_struct};

/// Asks the server to finish an asynchronous request. KMIP 2.1, 6.1.39. Since KMIP 2.1.
///
/// The next Poll for the request waits for the result instead of returning Operation Pending.
///
/// ```
/// use kmip_client::protocol::operation::Process;
///
/// assert_eq!(Process::request(b"42").asynchronous_correlation_value, b"42");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Process;

impl Process {
    /// Finishes the request with this Asynchronous Correlation Value.
    #[must_use]
    pub const fn request(asynchronous_correlation_value: &[u8]) -> ProcessRequest<'_> {
        ProcessRequest { asynchronous_correlation_value }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to finish an asynchronous operation synchronously.
    pub struct ProcessRequest<'a> {
        /// The correlation value of the request.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE in V2_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// An empty acknowledgement.
    pub struct ProcessResponse {}
}
