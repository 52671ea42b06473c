//! Cancel: an operation that is answered later is not wanted any more.

use kmip_ttlv::enumeration::CancellationResult;
use kmip_ttlv::ttlv_struct;

/// Cancel: an operation that is answered later is not wanted any more. KMIP 2.1, 6.1.5.
///
/// ```
/// use kmip_client::protocol::operation::Cancel;
///
/// let request = Cancel::correlation_value(b"job 7");
/// assert_eq!(request.asynchronous_correlation_value, b"job 7");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cancel;

impl Cancel {
    /// Cancels the operation that was answered with this Asynchronous Correlation Value.
    #[must_use]
    pub fn correlation_value(value: &[u8]) -> CancelRequest<'_> {
        CancelRequest { asynchronous_correlation_value: value }
    }
}

ttlv_struct! {
    /// Which operation to cancel.
    pub struct CancelRequest<'a> {
        /// What the server gave in place of an answer.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

ttlv_struct! {
    /// What became of it.
    pub struct CancelResponse<'a> {
        /// That of the request.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
        /// Whether it was canceled, or was done before.
        pub cancellation_result: CancellationResult = CANCELLATION_RESULT,
    }
}
