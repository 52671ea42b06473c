//! Poll, Cancel, Process and Query Asynchronous Requests (KMIP 2.1, 6.1.38, 6.1.5, 6.1.39 and 6.1.41; KMIP 1.4, 4.28
//! and 4.27).

use kmip_ttlv::enumeration::{CancellationResult, OperationCode};

use crate::protocol::operation::{
    AsynchronousRequest, CancelRequest, CancelResponse, PollRequest, ProcessRequest, ProcessResponse,
    QueryAsynchronousRequestsRequest, QueryAsynchronousRequestsResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::view::View;
use crate::test_server::state::call::{Answer, Call};
use crate::test_server::state::jobs::stopped;

/// The result of Poll.
pub(in super::super) enum Polled {
    /// No result yet.
    Pending(Vec<u8>),
    /// The response to this operation, as it would have been synchronously.
    Done(OperationCode, Result<Answer, Refusal>),
}

/// Executes the job at the last Poll, so that tests can control the time.
pub(in super::super) fn poll(call: &mut Call<'_>, payload: &[u8]) -> Result<Polled, Refusal> {
    let PollRequest { asynchronous_correlation_value: mark } = call.request(payload)?;
    let version = call.view.version;
    let job = call.jobs.get(call.view.owner, mark)?;
    if job.version != version {
        return Err(Cause::InvalidField.because(format!("the request that is pending came in KMIP {}", job.version)));
    }
    job.polled = true;
    if job.outcome.is_none() && job.polls > 0 {
        job.polls -= 1;
        return Ok(Polled::Pending(mark.to_vec()));
    }
    execute(call, mark)?;
    let job = call.jobs.get(call.view.owner, mark)?;
    let (operation, outcome) = (job.operation, job.outcome.clone());
    call.jobs.remove(mark);
    Ok(Polled::Done(operation, outcome.unwrap_or_else(|| Err(stopped()))))
}

/// Represents Poll in the table of operations, so that the server advertises it. Its responses have another type.
pub(super) fn poll_as_any(_: &mut Call<'_>, _: &[u8]) -> Result<Answer, Refusal> {
    Err(Cause::General.because("Poll is answered by what it asks for"))
}

/// Cancels a pending request. KMIP 1.x has no refusal for a missing job, only a result with the same meaning.
pub(super) fn cancel(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let CancelRequest { asynchronous_correlation_value } = call.request(payload)?;
    let is_v1 = call.is_v1();
    let cancellation_result = match call.jobs.get(call.view.owner, asynchronous_correlation_value) {
        Ok(job) => match &job.outcome {
            Some(Ok(_)) => CancellationResult::COMPLETED,
            Some(Err(_)) if !job.canceled => CancellationResult::FAILED,
            _ => {
                job.canceled = true;
                job.outcome = Some(Err(Cause::Canceled.because("the request was canceled before it was done")));
                CancellationResult::CANCELED
            }
        },
        Err(_) if is_v1 => CancellationResult::UNAVAILABLE,
        Err(refusal) => return Err(refusal),
    };
    call.answer(&CancelResponse { asynchronous_correlation_value, cancellation_result })
}

pub(super) fn process(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let ProcessRequest { asynchronous_correlation_value: mark } = call.request(payload)?;
    if call.jobs.get(call.view.owner, mark)?.outcome.is_some() {
        return Err(Cause::AlreadyProcessed.because("the request is done already"));
    }
    execute(call, mark)?;
    call.answer(&ProcessResponse {})
}

pub(super) fn query(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: QueryAsynchronousRequestsRequest<'_> = call.request(payload)?;
    let marks = request.asynchronous_correlation_values.map(|values| values.values);
    let operations = request.operations.map(|operations| operations.operations);
    let jobs = call.jobs.of(call.view.owner).filter(|job| {
        !job.canceled
            && marks.as_ref().is_none_or(|marks| marks.contains(&job.mark.as_slice()))
            && operations.as_ref().is_none_or(|operations| operations.contains(&job.operation))
    });
    let asynchronous_requests = jobs
        .map(|job| AsynchronousRequest {
            asynchronous_correlation_value: &job.mark,
            operation: job.operation,
            submission_date: job.submitted,
            processing_stage: job.stage(),
        })
        .collect();
    call.answer(&QueryAsynchronousRequestsResponse { asynchronous_requests })
}

/// Executes the job, after the jobs before it in the same batch.
fn execute(call: &mut Call<'_>, mark: &[u8]) -> Result<(), Refusal> {
    for mark in call.jobs.up_to(mark) {
        let job = call.jobs.get(call.view.owner, &mark)?.clone();
        let outcome = match call.operations.find(job.operation, job.version) {
            _ if call.jobs.is_stopped(&job) => Err(stopped()),
            None => Err(Cause::OperationNotSupported.because("the server does not have the operation")),
            Some(operation) => {
                let mut produced = call.jobs.take_produced(job.batch);
                let mut later = Call {
                    store: &mut *call.store,
                    streams: &mut *call.streams,
                    jobs: &mut *call.jobs,
                    view: View { version: job.version, ..call.view },
                    random: call.random,
                    authority: call.authority,
                    versions: call.versions,
                    operations: call.operations,
                    produced: &mut produced,
                };
                let outcome = operation(&mut later, &job.payload);
                call.jobs.put_produced(job.batch, produced);
                outcome
            }
        };
        call.jobs.get(call.view.owner, &mark)?.outcome = Some(outcome);
    }
    Ok(())
}
