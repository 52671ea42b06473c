//! The Query Asynchronous Requests operation.

use kmip_ttlv::enumeration::{OperationCode, ProcessingStage};
use kmip_ttlv::{DateTimeExtended, V2_1, ttlv_struct};

use super::OperationList;

/// Lists the asynchronous requests that the server has not completed. KMIP 2.1, 6.1.41. Since KMIP 2.1.
///
/// ```
/// use kmip_client::protocol::operation::QueryAsynchronousRequests;
/// use kmip_client::ttlv::enumeration::OperationCode;
///
/// let request = QueryAsynchronousRequests::operations([OperationCode::CREATE_KEY_PAIR]);
/// assert!(request.asynchronous_correlation_values.is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct QueryAsynchronousRequests;

impl QueryAsynchronousRequests {
    /// Requests all of them.
    #[must_use]
    pub const fn all<'a>() -> QueryAsynchronousRequestsRequest<'a> {
        QueryAsynchronousRequestsRequest { asynchronous_correlation_values: None, operations: None }
    }

    /// Requests the ones of these operations.
    pub fn operations<'a>(operations: impl IntoIterator<Item = OperationCode>) -> QueryAsynchronousRequestsRequest<'a> {
        let operations = Some(OperationList { operations: operations.into_iter().collect() });
        QueryAsynchronousRequestsRequest { operations, ..Self::all() }
    }

    /// Requests the ones with these Asynchronous Correlation Values.
    pub fn correlation_values<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> QueryAsynchronousRequestsRequest<'a> {
        let values = Some(AsynchronousCorrelationValues { values: values.into_iter().collect() });
        QueryAsynchronousRequestsRequest { asynchronous_correlation_values: values, ..Self::all() }
    }
}

ttlv_struct! {
    #[compact]
    /// The requests to report on. By default, all requests that have not been polled to their end.
    pub struct QueryAsynchronousRequestsRequest<'a> {
        /// The correlation values to report on.
        pub asynchronous_correlation_values: Option<AsynchronousCorrelationValues<'a>> = ASYNCHRONOUS_CORRELATION_VALUES in V2_1..,
        /// The operations to report on.
        pub operations: Option<OperationList> = OPERATIONS in V2_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// The correlation values of asynchronous requests (KMIP 2.1, 7.1).
    pub struct AsynchronousCorrelationValues<'a> {
        /// The marks.
        pub values: Vec<&'a [u8]> = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

ttlv_struct! {
    #[compact]
    /// The requests.
    pub struct QueryAsynchronousRequestsResponse<'a> {
        /// The requests.
        pub asynchronous_requests: Vec<AsynchronousRequest<'a>> = ASYNCHRONOUS_REQUEST in V2_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// An asynchronous request that the server has not completed (KMIP 2.1, 7.2).
    pub struct AsynchronousRequest<'a> {
        /// The correlation value to poll with.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
        /// The requested operation.
        pub operation: OperationCode = OPERATION,
        /// The time of the request.
        pub submission_date: DateTimeExtended = SUBMISSION_DATE,
        /// The stage that the server has reached.
        pub processing_stage: ProcessingStage = PROCESSING_STAGE,
    }
}
