//! The Cancel operation.

use kmip_ttlv::enumeration::CancellationResult;
use kmip_ttlv::ttlv_struct;

/// Cancels an asynchronous operation. KMIP 2.1, 6.1.5.
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
    /// Cancels the operation with this Asynchronous Correlation Value.
    #[must_use]
    #[inline]
    pub fn correlation_value(value: &[u8]) -> CancelRequest<'_> {
        CancelRequest { asynchronous_correlation_value: value }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to cancel an operation.
    pub struct CancelRequest<'a> {
        /// The correlation value that the server returned instead of a result.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

ttlv_struct! {
    #[compact]
    /// The outcome of the cancellation.
    pub struct CancelResponse<'a> {
        /// The correlation value of the request.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
        /// The result: canceled, completed before, or not cancelable.
        pub cancellation_result: CancellationResult = CANCELLATION_RESULT,
    }
}
