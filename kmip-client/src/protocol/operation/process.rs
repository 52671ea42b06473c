//! Process: the server is to finish a request that it answers later.

use kmip_ttlv::{V2_1, ttlv_struct};

/// Process: the server is to finish a request that it answers later. KMIP 2.1, 6.1.39. Since KMIP 2.1.
///
/// The next Poll for it waits for the answer instead of saying that it is pending.
///
/// ```
/// use kmip_client::protocol::operation::Process;
///
/// assert_eq!(Process::request(b"42").asynchronous_correlation_value, b"42");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Process;

impl Process {
    /// Finishes the request that was answered with this Asynchronous Correlation Value.
    #[must_use]
    pub const fn request(asynchronous_correlation_value: &[u8]) -> ProcessRequest<'_> {
        ProcessRequest { asynchronous_correlation_value }
    }
}

ttlv_struct! {
    /// Which request to finish.
    pub struct ProcessRequest<'a> {
        /// Its mark.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE in V2_1..,
    }
}

ttlv_struct! {
    /// That it is being finished.
    pub struct ProcessResponse {}
}
