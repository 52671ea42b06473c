//! Migration of many objects from one KMS to another: planned, journaled, resumed and compared.

mod import;
mod journal;
mod report;

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::Poll;

use kmip_ttlv::enumeration::{LinkType, OperationCode, QueryFunction, ResultReason, State};
use kmip_ttlv::{Tag, V1_3, V1_4};

pub use self::report::{Carried, Left, MigrationReport};

use self::import::{Transit, import};
use self::journal::Journal;
use super::migrate::{Migrated, Naming, compare, copy};
use super::{FlowError, named, state_in};
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::exchange::reply::Reply;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, Link};
use crate::protocol::operation::{AddAttribute, DeleteAttribute, GetAttributes, Locate, LocateRequest, Query};
use crate::transport::error::TransportError;

/// The default number of concurrent copies.
const CONCURRENCY: usize = 8;

/// The number of identifiers on a page of Locate, if one reply cannot hold them all.
const PAGE: u32 = 500;

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
    progress: Box<dyn FnMut(Progress) -> ControlFlow<()> + Send + 'a>,
}

/// The progress of a [`Migration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The number of processed objects: copied, found in the journal, or left behind.
    pub done: usize,
    /// The total number of objects.
    pub total: usize,
}

impl<'a, F: Kmip, T: Kmip> Migration<'a, F, T> {
    /// Creates a plan to copy every object that the client of `from` can locate.
    #[must_use]
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
        let mut journal = self.journal.as_deref().map(Journal::open).transpose()?;
        let known = journal.as_ref().map(Journal::entries).unwrap_or_default();
        let method = Method::between(self.from, self.to, self.transit.as_ref()).await;
        let mut report = MigrationReport::default();
        let mut progress = Progress { done: 0, total: ids.len() };

        let (before, todo): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| known.contains_key(id));
        for id in before {
            let entry = &known[&id];
            report.carried.push(Carried::resumed(id, entry.copy.clone(), entry.left_out.clone()));
            progress.done += 1;
        }
        let mut stopped = (self.progress)(progress).is_break();
        let mut failed = None;
        let (from, to) = (self.from, self.to);
        let start = |id: String| async move {
            let outcome = one(from, to, &id, method).await;
            (id, outcome)
        };
        each(todo, self.concurrency.get(), start, |result| {
            let (id, outcome) = match result {
                Started::Not(id) => {
                    report.left.push(Left::new(id, None));
                    return ControlFlow::Break(());
                }
                Started::Ended(ended) => ended,
            };
            match outcome {
                Ok(copy) => {
                    if let Some(journal) = &mut journal
                        && let Err(error) = journal.record(&id, &copy)
                    {
                        failed = Some(error);
                    }
                    report.carried.push(Carried::new(id, copy));
                }
                Err(error) => report.left.push(Left::new(id, Some(error))),
            }
            progress.done += 1;
            stopped |= (self.progress)(progress).is_break();
            if stopped || failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await;
        if let Some(error) = failed {
            return Err(error);
        }
        if !stopped {
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

/// The operations by which objects are copied.
#[derive(Clone, Copy)]
enum Method<'a> {
    /// Get and Register.
    Register,
    /// Export and Import; Get and Register for objects that Import refuses.
    Import,
    /// Export and Import of wrapped keys.
    Wrapped(&'a Transit),
}

impl<'a> Method<'a> {
    async fn between(from: &impl Kmip, to: &impl Kmip, transit: Option<&'a Transit>) -> Self {
        match transit {
            Some(transit) => Self::Wrapped(transit),
            None if has(from, OperationCode::EXPORT).await && has(to, OperationCode::IMPORT).await => Self::Import,
            None => Self::Register,
        }
    }
}

/// Returns `true` if the server lists the operation.
async fn has(kms: &impl Kmip, operation: OperationCode) -> bool {
    if kms.version() < V1_4 {
        return false;
    }
    let reply = kms.call(&Query::functions([QueryFunction::QUERY_OPERATIONS])).await;
    reply.is_ok_and(|reply| reply.payload().operations.contains(&operation))
}

/// Copies one object.
async fn one(from: &impl Kmip, to: &impl Kmip, id: &str, method: Method<'_>) -> Result<Migrated, FlowError> {
    match method {
        Method::Wrapped(transit) => {
            import(from, to, id, Some(transit)).await?.ok_or_else(|| FlowError::NotWrapped { id: id.to_owned() })
        }
        Method::Import => match import(from, to, id, None).await? {
            Some(copy) => Ok(copy),
            None => register(from, to, id).await,
        },
        Method::Register => register(from, to, id).await,
    }
}

/// Copies one object by Get and Register. If its name is taken there, or it has none, it gets a unique temporary name,
/// so that the copy is found after an interruption.
async fn register(from: &impl Kmip, to: &impl Kmip, id: &str) -> Result<Migrated, FlowError> {
    let marker = format!("migrated-from:{id}");
    let copied = match copy(from, to, id, Naming::OwnOr(&marker)).await {
        Err(FlowError::NameTaken { .. }) => copy(from, to, id, Naming::Marker(&marker)).await,
        other => other,
    }?;
    unmark(to, copied, &marker).await
}

/// Removes the temporary name of the migration.
async fn unmark(to: &impl Kmip, copied: Migrated, marker: &str) -> Result<Migrated, FlowError> {
    let reply = to.call(&GetAttributes::id(copied.id()).attribute(Tag::NAME)).await?;
    let attributes = reply.payload().attributes.unwrap_or_default();
    let mut names = attributes.find(Tag::NAME);
    let Some(at) = names.position(|name| matches!(name, AttributeValue::Name(name) if name.value == marker)) else {
        return Ok(copied);
    };
    drop(names);
    // Before 2.0 an attribute is deleted by its index. The marker is the first name.
    let removed = at == 0 && to.call(&DeleteAttribute::id(copied.id(), Tag::NAME)).await.is_ok();
    Ok(if removed { copied } else { copied.also_left_out(&format!("the name {marker}, which it has kept")) })
}

/// Sets the same links between the copies as between the originals.
async fn link(from: &impl Kmip, to: &impl Kmip, report: &mut MigrationReport) {
    let copies: BTreeMap<String, String> =
        report.carried.iter().map(|carried| (carried.from.clone(), carried.to.clone())).collect();
    for carried in &mut report.carried {
        if let Err(error) = link_one(from, to, carried, &copies).await {
            carried.differences.push(format!("its links could not be set: {error}"));
        }
    }
}

async fn link_one(
    from: &impl Kmip,
    to: &impl Kmip,
    carried: &mut Carried,
    copies: &BTreeMap<String, String>,
) -> Result<(), Error> {
    if !carried.left_out.iter().any(|name| name == "Link") {
        return Ok(());
    }
    let here = from.call(&GetAttributes::id(&carried.from).links(from.version())).await?;
    let here = links(&here.payload().attributes.unwrap_or_default());
    let there = to.call(&GetAttributes::id(&carried.to).links(to.version())).await?;
    let there = links(&there.payload().attributes.unwrap_or_default());
    let mut all = true;
    for (link_type, target) in here {
        let Some(target) = copies.get(&target) else {
            all = false;
            continue;
        };
        if there.contains(&(link_type, target.clone())) {
            continue;
        }
        let link = Link { link_type, linked_object_identifier: Id::from(target.as_str()) };
        match to.call(&AddAttribute::id(&carried.to, AttributeValue::Link(link))).await {
            Ok(_) => {}
            Err(Error::Refused(_) | Error::Encode(_)) => all = false,
            Err(error) => return Err(error),
        }
    }
    if all {
        carried.left_out.retain(|name| name != "Link");
    }
    Ok(())
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

/// Fails for an object that would not be copied.
async fn check_transferable(from: &impl Kmip, to: &impl Kmip, id: &str) -> Result<(), FlowError> {
    let reply = from.call(&GetAttributes::id(id)).await?;
    let attributes = reply.payload().attributes.unwrap_or_default();
    if let Some(state @ (State::DESTROYED | State::DESTROYED_COMPROMISED)) =
        attributes.find(Tag::STATE).find_map(state_in)
    {
        return Err(FlowError::State { id: id.to_owned(), state });
    }
    let kept = [AttributeValue::Extractable(false), AttributeValue::Sensitive(true)];
    if attributes.values().any(|value| kept.contains(value)) {
        return Err(FlowError::NotPlain { id: id.to_owned() });
    }
    for value in attributes.find(Tag::NAME) {
        if let AttributeValue::Name(name) = value
            && let Some(there) = named(to, name.value).await?.into_iter().next()
        {
            return Err(FlowError::NameTaken { name: name.value.to_owned(), id: there });
        }
    }
    Ok(())
}

/// Returns the identifiers of all objects that the request finds.
async fn locate_all(kms: &impl Kmip, filter: &LocateRequest<'_>) -> Result<Vec<String>, Error> {
    let ids = |found: &Reply<Locate>| -> Vec<String> {
        found.payload().unique_identifiers.iter().map(ToString::to_string).collect()
    };
    match kms.call(filter).await {
        Ok(found) => return Ok(ids(&found)),
        // Too many for one reply.
        Err(error) if kms.version() >= V1_3 && filter.maximum_items.is_none() && is_too_large(&error) => {}
        Err(error) => return Err(error),
    }
    let mut all = Vec::new();
    let mut pages = kms.locate_pages(filter.clone(), PAGE);
    while let Some(page) = pages.next().await {
        all.extend(ids(&page?));
    }
    Ok(all)
}

/// Returns `true` if a reply was larger than one of the two sides allows.
fn is_too_large(error: &Error) -> bool {
    error.reason() == Some(ResultReason::RESPONSE_TOO_LARGE)
        || matches!(error.transport_error(), Some(TransportError::Malformed(_)))
}

/// Returns the links of an object.
fn links(attributes: &Attributes<'_>) -> Vec<(LinkType, String)> {
    let links = attributes.values().filter_map(AttributeValue::link);
    links.map(|link| (link.link_type, link.linked_object_identifier.to_string())).collect()
}

/// An element of [`each`].
enum Started<I, O> {
    /// An item that was not started.
    Not(I),
    /// The output of its future.
    Ended(O),
}

/// Runs a future for each item, at most `most` at once. After a break no further one is started, and those in flight
/// are completed.
async fn each<I, Fut: Future>(
    items: Vec<I>,
    at_once: usize,
    mut start: impl FnMut(I) -> Fut,
    mut ended: impl FnMut(Started<I, Fut::Output>) -> ControlFlow<()>,
) {
    let mut waiting = items.into_iter();
    let mut running: Vec<Pin<Box<Fut>>> = Vec::new();
    let mut stopped = false;
    poll_fn(|context| {
        loop {
            while !stopped && running.len() < at_once {
                let Some(item) = waiting.next() else { break };
                running.push(Box::pin(start(item)));
            }
            if running.is_empty() {
                return Poll::Ready(());
            }
            let mut any = false;
            running.retain_mut(|future| match future.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(output) => {
                    any = true;
                    stopped |= ended(Started::Ended(output)).is_break();
                    false
                }
            });
            if !any {
                return Poll::Pending;
            }
        }
    })
    .await;
    for item in waiting {
        let _ = ended(Started::Not(item));
    }
}
