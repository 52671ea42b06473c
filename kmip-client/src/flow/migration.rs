//! Migration of many objects from one KMS to another: planned, journaled, resumed and compared.

mod concurrent;
mod import;
mod journal;
mod links;
mod locate;
mod marks;
mod method;
mod report;
mod run;

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub use self::report::{Carried, Left, MigrationReport};
pub use self::run::Progress;

use self::concurrent::{Started, each};
use self::import::Transit;
use self::journal::Journal;
use self::links::link;
use self::locate::locate_all;
use self::marks::unmark_all;
use self::method::{Method, check_transferable, one};
use self::run::{OnProgress, Run};
use super::FlowError;
use super::migrate::compare;
use crate::client::kmip::Kmip;
use crate::protocol::operation::{Locate, LocateRequest};

/// The default number of concurrent copies.
const CONCURRENCY: usize = 8;

/// Copies many objects from one KMS to another, of any vendor and version.
///
/// Each object is copied as by [`migrate`](super::migrate). If both servers have Export and Import (KMIP 1.4), these
/// are used, and the object keeps its identifier. Then the links between the copies are set, and both sides are
/// compared. The originals are not changed.
///
/// With a [`journal`](Self::journal) an interrupted run continues where it stopped, even after a power failure. Objects
/// that the journal does not yet list are found on the other server by their identifier or name, or by a temporary
/// name. So nothing is copied twice. Without a journal a second run still finds copies by identifier or name; it copies
/// an object again if it has no name and the other server did not keep its identifier.
///
/// The async client copies up to [`concurrency`](Self::concurrency) objects at once; the blocking one copies them in
/// turn. The journal is written with blocking I/O: a line and a sync to disk for each object.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::flow::{self, FlowError, Migration};
/// use kmip_client::protocol::operation::Create;
/// use kmip_client::{blocking, test_server::TestServer};
///
/// # fn main() -> Result<(), FlowError> {
/// let (old, new) = (TestServer::start(), TestServer::start());
/// let old = blocking::Client::connect(&old.config())?;
/// let new = blocking::Client::connect(&new.config())?.for_flow();
/// for name in ["vm-1", "vm-2"] {
///     old.run(async |kms| flow::create_active(&kms, name, &Create::aes(256)).await)?;
/// }
///
/// let report = old.run(async |old| Migration::new(&old, &new).run().await)?;
/// assert_eq!(report.carried().len(), 2);
/// assert!(report.is_complete());
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
pub struct Migration<'a, F, T> {
    from: &'a F,
    to: &'a T,
    filter: LocateRequest<'a>,
    only: Option<Vec<String>>,
    concurrency: NonZeroUsize,
    journal: Option<PathBuf>,
    transit: Option<Transit>,
    dry_run: bool,
    progress: OnProgress<'a>,
}

impl<'a, F: Kmip, T: Kmip> Migration<'a, F, T> {
    /// Creates a plan to copy every object that the client of `from` can locate.
    #[must_use]
    #[inline]
    pub fn new(from: &'a F, to: &'a T) -> Self {
        Self {
            from,
            to,
            filter: Locate::all(),
            only: None,
            concurrency: NonZeroUsize::new(CONCURRENCY).unwrap_or(NonZeroUsize::MIN),
            journal: None,
            transit: None,
            dry_run: false,
            progress: Box::new(|_| ControlFlow::Continue(())),
        }
    }

    /// Copies only the objects that this request finds.
    #[must_use]
    #[inline]
    pub fn filter(mut self, filter: LocateRequest<'a>) -> Self {
        self.filter = filter;
        self
    }

    /// Copies only the objects with these identifiers, without a Locate.
    #[must_use]
    pub fn only<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.only = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Copies at most this many objects at once. Default: 8.
    #[must_use]
    #[inline]
    pub fn concurrency(mut self, objects: NonZeroUsize) -> Self {
        self.concurrency = objects;
        self
    }

    /// Keeps a journal in this file, and resumes from it if it exists. The journal holds identifiers, but no keys.
    #[must_use]
    pub fn journal(mut self, path: impl AsRef<Path>) -> Self {
        self.journal = Some(path.as_ref().to_owned());
        self
    }

    /// Transfers keys in wrapped form only: `from_key` on the first server and `to_key` on the second are the same AES
    /// key, with which the first wraps and the second unwraps. Both servers need Export and Import. A key that cannot
    /// be wrapped is left behind, and never sent as plain bytes.
    #[must_use]
    pub fn wrapped_in_transit(mut self, from_key: impl Into<String>, to_key: impl Into<String>) -> Self {
        self.transit = Some(Transit { from_key: from_key.into(), to_key: to_key.into() });
        self
    }

    /// Changes nothing on either server and writes no journal: the report lists what would be copied, and what would
    /// not.
    #[must_use]
    #[inline]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Calls this after each object. On [`ControlFlow::Break`] no further object is started; the report lists the
    /// remaining ones, and a later run with the same journal continues with them.
    #[must_use]
    pub fn on_progress(mut self, progress: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// Copies the objects. A failed object does not stop the others; the report has its identifier and the reason.
    ///
    /// # Errors
    ///
    /// Returns [`FlowError::Kms`] if Locate fails, and [`FlowError::Journal`] if the journal cannot be read or written.
    /// The latter ends the run at once, because the next run would not know its progress.
    pub async fn run(mut self) -> Result<MigrationReport, FlowError> {
        let ids = match self.only.take() {
            Some(ids) => ids,
            None => locate_all(self.from, &self.filter).await?,
        };
        if self.dry_run {
            return self.plan(ids).await;
        }
        let journal = self.journal.as_deref().map(Journal::open).transpose()?;
        let known = journal.as_ref().map(Journal::entries).unwrap_or_default();
        let method = Method::between(self.from, self.to, self.transit.as_ref()).await?;
        let mut run = Run::new(journal, ids.len(), self.progress);

        let (before, todo): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| known.contains_key(id));
        run.resume(before.into_iter().map(|id| {
            let entry = &known[&id];
            Carried::resumed(id, entry.copy.clone(), entry.left_out.clone())
        }));
        let (from, to) = (self.from, self.to);
        let start = |id: String| async move {
            let outcome = one(from, to, &id, method).await;
            (id, outcome)
        };
        each(todo, self.concurrency.get(), start, |result| match result {
            Started::Not(id) => run.skip(id),
            Started::Ended((id, outcome)) => run.record(id, outcome),
        })
        .await;
        let is_stopped = run.is_stopped();
        let (mut report, mut journal) = run.finish()?;
        unmark_all(to, &mut report, journal.as_mut()).await?;
        if !is_stopped {
            link(from, to, &mut report).await;
            compare_all(from, to, self.transit.is_none(), &mut report).await;
        }
        report.sort();
        Ok(report)
    }

    /// Returns the report of a run that changes nothing.
    async fn plan(mut self, ids: Vec<String>) -> Result<MigrationReport, FlowError> {
        let mut report = MigrationReport::default();
        let mut progress = Progress { done: 0, total: ids.len() };
        for id in ids {
            match check_transferable(self.from, self.to, &id).await {
                Ok(()) => report.carried.push(Carried::planned(id)),
                Err(error) => report.left.push(Left::new(id, Some(error))),
            }
            progress.done += 1;
            if (self.progress)(progress).is_break() {
                break;
            }
        }
        Ok(report)
    }
}

impl<F, T> fmt::Debug for Migration<'_, F, T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migration")
            .field("filter", &self.filter)
            .field("only", &self.only)
            .field("concurrency", &self.concurrency)
            .field("journal", &self.journal)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

/// Compares each copy with its original: the bytes, and the attributes that should have been copied.
async fn compare_all(from: &impl Kmip, to: &impl Kmip, fetches_plain: bool, report: &mut MigrationReport) {
    for carried in &mut report.carried {
        match compare(from, to, &carried.from, &carried.to, fetches_plain).await {
            Ok(differences) => {
                let is_unexpected = |name: &String| !carried.left_out.contains(name);
                let unexpected: Vec<_> = differences.into_iter().filter(is_unexpected).collect();
                carried.differences.extend(unexpected);
            }
            Err(error) => carried.differences.push(format!("they could not be compared: {error}")),
        }
    }
}
