//! One item of a message: executed or deferred, and answered.

use kmip_ttlv::enumeration::{BatchErrorContinuationOption, OperationCode, ResultStatus};
use kmip_ttlv::{DateTimeExtended, Item, ProtocolVersion, Reader, Tag, encode};
use zeroize::Zeroizing;

use crate::protocol::message::{RequestBatchItem, ResponseBatchItem};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::operations::asynchronous::{self, Polled};
use crate::test_server::state::call::{Answer, Call, Handler};
use crate::test_server::state::jobs::Job;

/// The result of an item.
pub(in crate::test_server) struct ItemOutcome {
    /// The operation that the response names.
    operation: OperationCode,
    answer: Result<Answer, Refusal>,
    /// The Asynchronous Correlation Value, if the item was deferred.
    mark: Option<Vec<u8>>,
}

impl ItemOutcome {
    /// Creates the outcome of an item from the answer of a user's handler.
    pub(in crate::test_server) fn of(item: &RequestBatchItem<'_, Item<'_>>, answer: Result<Answer, Refusal>) -> Self {
        Self { operation: item.operation, answer, mark: None }
    }

    pub(in crate::test_server) fn is_failed(&self) -> bool {
        self.answer.is_err()
    }
}

/// The terms on which items are deferred.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct Deferral {
    pub(in crate::test_server) batch: u64,
    pub(in crate::test_server) polls: u32,
    pub(in crate::test_server) continues: bool,
}

/// Returns `true` if a batch continues after a failure.
pub(in crate::test_server) fn continues(option: Option<BatchErrorContinuationOption>) -> bool {
    option == Some(BatchErrorContinuationOption::CONTINUE)
}

/// Returns the operation that executes the item, and its encoded payload.
fn prepared(call: &Call<'_>, item: &RequestBatchItem<'_, Item<'_>>) -> Result<(Handler, Answer), Refusal> {
    let version = call.view.version;
    let Some(operation) = call.operations.find(item.operation, version) else {
        let message = format!("the server does not support {} in KMIP {version}", item.operation);
        return Err(Cause::OperationNotSupported.because(message));
    };
    let payload = encode(&item.payload, Tag::REQUEST_PAYLOAD, version);
    let payload = Zeroizing::new(payload.map_err(|error| Cause::InvalidMessage.because(error.to_string()))?);
    Ok((operation, payload))
}

/// Executes one item.
pub(in crate::test_server) fn execute(call: &mut Call<'_>, item: &RequestBatchItem<'_, Item<'_>>) -> ItemOutcome {
    let prepared = prepared(call, item);
    let (operation, answer, mark) = match prepared {
        Ok((_, payload)) if item.operation == OperationCode::POLL => match asynchronous::poll(call, &payload) {
            Ok(Polled::Done(operation, answer)) => (operation, answer, None),
            Ok(Polled::Pending(mark)) => (item.operation, Ok(Answer::default()), Some(mark)),
            Err(refusal) => (item.operation, Err(refusal), None),
        },
        Ok((operation, payload)) => (item.operation, operation(call, &payload), None),
        Err(refusal) => (item.operation, Err(refusal), None),
    };
    ItemOutcome { operation, answer, mark }
}

/// Refuses one item.
pub(in crate::test_server) fn refused(item: &RequestBatchItem<'_, Item<'_>>, refusal: Refusal) -> ItemOutcome {
    ItemOutcome { operation: item.operation, answer: Err(refusal), mark: None }
}

/// Stores one item for later execution.
pub(in crate::test_server) fn defer(
    call: &mut Call<'_>,
    item: &RequestBatchItem<'_, Item<'_>>,
    deferral: Deferral,
) -> ItemOutcome {
    let kept = prepared(call, item).and_then(|(_, payload)| {
        call.jobs.submit(Job {
            owner: call.view.owner.to_owned(),
            mark: Vec::new(),
            batch: deferral.batch,
            continues: deferral.continues,
            operation: item.operation,
            payload,
            version: call.view.version,
            submitted: DateTimeExtended(call.view.now.0.saturating_mul(1_000_000)),
            polls: deferral.polls,
            polled: false,
            canceled: false,
            outcome: None,
        })
    });
    let (answer, mark) = match kept {
        Ok(mark) => (Ok(Answer::default()), Some(mark)),
        Err(refusal) => (Err(refusal), None),
    };
    ItemOutcome { operation: item.operation, answer, mark }
}

/// Builds the response item. `success` is the status of an item that has not failed.
pub(in crate::test_server) fn answered<'a>(
    item: &RequestBatchItem<'a, Item<'_>>,
    outcome: &'a ItemOutcome,
    success: ResultStatus,
    version: ProtocolVersion,
) -> ResponseBatchItem<'a, Item<'a>> {
    let answer = ResponseBatchItem {
        operation: Some(outcome.operation),
        unique_batch_item_id: item.unique_batch_item_id,
        result_status: success,
        ..ResponseBatchItem::default()
    };
    match (&outcome.answer, &outcome.mark) {
        (Ok(_), Some(mark)) => ResponseBatchItem {
            result_status: ResultStatus::OPERATION_PENDING,
            asynchronous_correlation_value: Some(mark),
            ..answer
        },
        (Ok(payload), None) => ResponseBatchItem { payload: Reader::new(payload).next_item().ok().flatten(), ..answer },
        (Err(refusal), _) => failed(Some(outcome.operation), item.unique_batch_item_id, refusal, version),
    }
}

pub(in crate::test_server) fn of_item<'a>(
    item: &RequestBatchItem<'a, Item<'_>>,
    refusal: &'a Refusal,
    version: ProtocolVersion,
) -> ResponseBatchItem<'a, Item<'a>> {
    failed(Some(item.operation), item.unique_batch_item_id, refusal, version)
}

pub(in crate::test_server) fn failed<'a>(
    operation: Option<OperationCode>,
    unique_batch_item_id: Option<&'a [u8]>,
    refusal: &'a Refusal,
    version: ProtocolVersion,
) -> ResponseBatchItem<'a, Item<'a>> {
    ResponseBatchItem {
        operation,
        unique_batch_item_id,
        result_status: ResultStatus::OPERATION_FAILED,
        result_reason: Some(refusal.reason(version)),
        result_message: Some(refusal.message()),
        payload: refusal.payload().and_then(|payload| Reader::new(payload).next_item().ok().flatten()),
        ..ResponseBatchItem::default()
    }
}
