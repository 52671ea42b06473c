//! The state of one run of a migration.

use std::ops::ControlFlow;

use super::journal::Journal;
use super::report::{Carried, Left, MigrationReport};
use crate::flow::FlowError;
use crate::flow::migrate::Migrated;

/// The progress of a [`Migration`](super::Migration).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The number of processed objects: copied, found in the journal, or left behind.
    pub done: usize,
    /// The total number of objects.
    pub total: usize,
}

/// Called after each object.
pub(super) type OnProgress<'a> = Box<dyn FnMut(Progress) -> ControlFlow<()> + Send + 'a>;

/// The state of one run.
pub(super) struct Run<'a> {
    report: MigrationReport,
    journal: Option<Journal>,
    progress: Progress,
    on_progress: OnProgress<'a>,
    /// `true` if the caller has stopped the run.
    stopped: bool,
    /// The error of the journal, which ends the run.
    failed: Option<FlowError>,
}

impl<'a> Run<'a> {
    #[inline]
    pub(super) fn new(journal: Option<Journal>, total: usize, on_progress: OnProgress<'a>) -> Self {
        let progress = Progress { done: 0, total };
        Self { report: MigrationReport::default(), journal, progress, on_progress, stopped: false, failed: None }
    }

    /// Records the objects that an earlier run has copied.
    pub(super) fn resume(&mut self, carried: impl Iterator<Item = Carried>) {
        self.report.carried.extend(carried);
        self.progress.done = self.report.carried.len();
        self.stopped = (self.on_progress)(self.progress).is_break();
    }

    /// Records an object that was not started, because the run has ended.
    #[inline]
    pub(super) fn skip(&mut self, id: String) -> ControlFlow<()> {
        self.report.left.push(Left::new(id, None));
        ControlFlow::Break(())
    }

    /// Records the outcome for an object. Breaks if no further one is to be started.
    #[inline]
    pub(super) fn record(&mut self, id: String, outcome: Result<Migrated, FlowError>) -> ControlFlow<()> {
        match outcome {
            Ok(copy) => {
                if let Some(journal) = &mut self.journal
                    && let Err(error) = journal.record(&id, copy.id(), copy.left_out())
                {
                    self.failed = Some(error);
                }
                self.report.carried.push(Carried::new(id, copy));
            }
            Err(error) => self.report.left.push(Left::new(id, Some(error))),
        }
        self.progress.done += 1;
        self.stopped |= (self.on_progress)(self.progress).is_break();
        if self.stopped || self.failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    #[inline]
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Returns the report and the journal, unless the journal could not be written.
    #[inline]
    pub(super) fn finish(self) -> Result<(MigrationReport, Option<Journal>), FlowError> {
        self.failed.map_or(Ok((self.report, self.journal)), Err)
    }
}
