//! Query Asynchronous Requests: which requests the server has still to answer.

use kmip_ttlv::enumeration::{OperationCode, ProcessingStage};
use kmip_ttlv::{DateTimeExtended, V2_1, ttlv_struct};

use super::OperationList;

/// Query Asynchronous Requests: which requests the server has still to answer. KMIP 2.1, 6.1.41. Since KMIP 2.1.
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
    /// Asks for all of them.
    #[must_use]
    pub const fn all<'a>() -> QueryAsynchronousRequestsRequest<'a> {
        QueryAsynchronousRequestsRequest { asynchronous_correlation_values: None, operations: None }
    }

    /// Asks for those of these operations.
    pub fn operations<'a>(operations: impl IntoIterator<Item = OperationCode>) -> QueryAsynchronousRequestsRequest<'a> {
        let operations = Some(OperationList { operations: operations.into_iter().collect() });
        QueryAsynchronousRequestsRequest { operations, ..Self::all() }
    }

    /// Asks for those that were answered with these Asynchronous Correlation Values.
    pub fn correlation_values<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> QueryAsynchronousRequestsRequest<'a> {
        let values = Some(AsynchronousCorrelationValues { values: values.into_iter().collect() });
        QueryAsynchronousRequestsRequest { asynchronous_correlation_values: values, ..Self::all() }
    }
}

ttlv_struct! {
    /// Which requests to tell of; all that have not been polled to their end where nothing is said.
    pub struct QueryAsynchronousRequestsRequest<'a> {
        /// Those with these marks.
        pub asynchronous_correlation_values: Option<AsynchronousCorrelationValues<'a>> = ASYNCHRONOUS_CORRELATION_VALUES in V2_1..,
        /// Those of these operations.
        pub operations: Option<OperationList> = OPERATIONS in V2_1..,
    }
}

ttlv_struct! {
    /// The marks of requests that are answered later (KMIP 2.1, 7.1).
    pub struct AsynchronousCorrelationValues<'a> {
        /// The marks.
        pub values: Vec<&'a [u8]> = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

ttlv_struct! {
    /// The requests.
    pub struct QueryAsynchronousRequestsResponse<'a> {
        /// Each of them.
        pub asynchronous_requests: Vec<AsynchronousRequest<'a>> = ASYNCHRONOUS_REQUEST in V2_1..,
    }
}

ttlv_struct! {
    /// A request that the server has still to answer (KMIP 2.1, 7.2).
    pub struct AsynchronousRequest<'a> {
        /// Its mark, to poll with.
        pub asynchronous_correlation_value: &'a [u8] = ASYNCHRONOUS_CORRELATION_VALUE,
        /// What was asked.
        pub operation: OperationCode = OPERATION,
        /// When it was asked.
        pub submission_date: DateTimeExtended = SUBMISSION_DATE,
        /// How far the server is with it.
        pub processing_stage: ProcessingStage = PROCESSING_STAGE,
    }
}
