//! Asynchronous requests, stored until their results are fetched (KMIP 2.1, 6.1.38; KMIP 1.4, 4.28).

use std::collections::HashMap;

use kmip_ttlv::enumeration::{OperationCode, ProcessingStage};
use kmip_ttlv::{DateTimeExtended, ProtocolVersion};

use crate::test_server::base::produced::{Answer, Produced};
use crate::test_server::base::refusal::{Cause, Refusal};

/// The maximum number of pending requests of one client.
const MOST_JOBS: usize = 64;

/// An asynchronous request.
#[derive(Clone)]
pub(in crate::test_server) struct Job {
    pub(in crate::test_server) owner: String,
    /// The Asynchronous Correlation Value.
    pub(in crate::test_server) mark: Vec<u8>,
    /// The batch of the request, and its continuation option.
    pub(in crate::test_server) batch: u64,
    pub(in crate::test_server) continues: bool,
    pub(in crate::test_server) operation: OperationCode,
    /// The encoded request.
    pub(in crate::test_server) payload: Answer,
    pub(in crate::test_server) version: ProtocolVersion,
    pub(in crate::test_server) submitted: DateTimeExtended,
    /// The number of times that Poll still has to report the job as pending.
    pub(in crate::test_server) polls: u32,
    pub(in crate::test_server) polled: bool,
    pub(in crate::test_server) canceled: bool,
    /// The outcome, once the job is done.
    pub(in crate::test_server) outcome: Option<Result<Answer, Refusal>>,
}

impl Job {
    pub(in crate::test_server) fn stage(&self) -> ProcessingStage {
        match self.outcome {
            Some(_) => ProcessingStage::COMPLETED,
            None if self.polled => ProcessingStage::IN_PROCESS,
            None => ProcessingStage::SUBMITTED,
        }
    }
}

/// All asynchronous requests, in order of arrival.
#[derive(Clone, Default)]
pub(in crate::test_server) struct Jobs {
    /// The number of jobs so far.
    submitted: u64,
    batches: u64,
    jobs: Vec<Job>,
    /// The results of batches that have unfinished items.
    produced: HashMap<u64, Produced>,
}

impl Jobs {
    /// Returns the number of the next batch.
    pub(in crate::test_server) fn next_batch(&mut self) -> u64 {
        self.batches += 1;
        self.batches
    }

    /// Stores a request, and returns its correlation value.
    pub(in crate::test_server) fn submit(&mut self, job: Job) -> Result<Vec<u8>, Refusal> {
        if self.of(&job.owner).count() >= MOST_JOBS {
            return Err(Cause::ServerLimit.because("too many requests wait for their answer"));
        }
        self.submitted += 1;
        let mark = format!("job {}", self.submitted).into_bytes();
        self.produced.entry(job.batch).or_default();
        self.jobs.push(Job { mark: mark.clone(), ..job });
        Ok(mark)
    }

    /// Returns a client's jobs, oldest first.
    pub(in crate::test_server) fn of<'j>(&'j self, owner: &str) -> impl Iterator<Item = &'j Job> {
        self.jobs.iter().filter(move |job| job.owner == owner)
    }

    /// Returns the job with this correlation value, if it is the client's.
    pub(in crate::test_server) fn get(&mut self, owner: &str, mark: &[u8]) -> Result<&mut Job, Refusal> {
        let job = self.jobs.iter_mut().find(|job| job.owner == owner && job.mark == mark);
        job.ok_or_else(|| {
            Cause::NothingPending.because("no operation is pending with this Asynchronous Correlation Value")
        })
    }

    /// Returns the correlation values of all jobs to execute for this one: the unfinished ones before it in its batch,
    /// and itself.
    pub(in crate::test_server) fn up_to(&self, mark: &[u8]) -> Vec<Vec<u8>> {
        let Some(place) = self.jobs.iter().position(|job| job.mark == mark) else { return Vec::new() };
        let batch = self.jobs[place].batch;
        let waiting = self.jobs[..=place].iter().filter(|job| job.batch == batch && job.outcome.is_none());
        waiting.map(|job| job.mark.clone()).collect()
    }

    /// Returns `true` if an earlier item of the batch has failed and the batch stops at failures.
    pub(in crate::test_server) fn is_stopped(&self, job: &Job) -> bool {
        let failed = |other: &Job| other.batch == job.batch && matches!(other.outcome, Some(Err(_)));
        !job.continues && self.jobs.iter().take_while(|other| other.mark != job.mark).any(failed)
    }

    /// Takes the results of the batch so far, to be put back with [`Self::put_produced`].
    pub(in crate::test_server) fn take_produced(&mut self, batch: u64) -> Produced {
        self.produced.remove(&batch).unwrap_or_default()
    }

    pub(in crate::test_server) fn put_produced(&mut self, batch: u64, produced: Produced) {
        self.produced.insert(batch, produced);
    }

    /// Removes a job whose result was fetched. A failure is remembered while other jobs of its batch remain.
    pub(in crate::test_server) fn remove(&mut self, mark: &[u8]) {
        let Some(place) = self.jobs.iter().position(|job| job.mark == mark) else { return };
        let job = self.jobs.remove(place);
        if !self.jobs.iter().any(|other| other.batch == job.batch) {
            self.produced.remove(&job.batch);
        } else if matches!(job.outcome, Some(Err(_))) && !job.continues {
            let rest = self.jobs.iter_mut().filter(|other| other.batch == job.batch && other.outcome.is_none());
            rest.for_each(|other| other.outcome = Some(Err(stopped())));
        }
    }
}

/// Returns the refusal for the rest of a batch after a failure.
pub(in crate::test_server) fn stopped() -> Refusal {
    Cause::General.because("it was not done, since another request of its batch has failed")
}
