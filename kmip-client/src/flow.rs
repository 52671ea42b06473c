//! Multi-call flows, written once for both clients. The blocking client runs them by `run`.
//!
//! Each flow may be repeated after it has failed or was interrupted. Objects of an earlier attempt are found again by
//! name or link, and not created twice. An object without a name cannot be found again, and some servers do not keep
//! names: if repeating a flow would create another object, the error is [`FlowError::CannotRepeat`], which names the
//! existing one. A flow whose future is dropped midway leaves no such report. Objects with names avoid both problems.
//!
//! ```
//! # #[cfg(all(feature = "test-server", feature = "blocking"))] {
//! use kmip_client::flow::{self, FlowError};
//! use kmip_client::protocol::operation::Create;
//! use kmip_client::{blocking, test_server::TestServer};
//!
//! # fn main() -> Result<(), FlowError> {
//! let (server, other) = (TestServer::start(), TestServer::start());
//! let kms = blocking::Client::connect(&server.config())?;
//! let other = blocking::Client::connect(&other.config())?.for_flow();
//!
//! let id = kms.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
//! let newer = kms.run(async |kms| flow::rotate(&kms, &id).await)?;
//! let copy = kms.run(async |kms| flow::migrate(&kms, &other, newer.id()).await)?;
//! assert_eq!(copy.left_out(), ["Link"]); // the one to the old key, which is not there
//! # Ok(())
//! # }
//! # main().unwrap();
//! # }
//! ```

mod create_active;
mod lineage;
mod migrate;
mod migration;
mod rotate;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use kmip_ttlv::enumeration::{ObjectType, ResultReason, State};
use kmip_ttlv::{Tag, V1_3};

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::exchange::Report;
use crate::exchange::reply::Reply;
use crate::exchange::report::Printable;
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::operation::{Activate, GetAttributes, Locate, LocateRequest};

pub use self::create_active::create_active;
pub use self::lineage::{Generation, Lineage, lineage, rotate_named};
pub use self::migrate::{Migrated, migrate};
pub use self::migration::{Carried, Left, Migration, MigrationReport, Progress};
pub use self::rotate::{Rotated, rotate, rotate_by_create};

/// The reason for which a flow failed. Repeating the flow continues from the earlier attempt, except after
/// [`Self::CannotRepeat`].
///
/// ```
/// # #[cfg(all(feature = "tokio", feature = "test-server"))] {
/// use kmip_client::Client;
/// use kmip_client::flow::{self, FlowError};
/// use kmip_client::protocol::operation::Create;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = kmip_client::test_server::TestServer::start();
/// # let kms = Client::connect(&server.config()).await?;
/// # flow::create_active(&kms, "vm-42", &Create::aes(128)).await?;
/// match flow::create_active(&kms, "vm-42", &Create::aes(256)).await {
///     Ok(id) => println!("{id}"),
///     Err(FlowError::NameTaken { id, .. }) => println!("{id} is another key"), // of 128 bits
///     Err(FlowError::CannotRepeat { left, .. }) => println!("look at {left:?} before you try again"),
///     Err(error) => println!("may be repeated: {}", error.report()),
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
/// # }
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// One of the calls failed.
    #[error(transparent)]
    Kms(#[from] Error),
    /// One of the calls failed after an object was created, or may have been: repeating the flow would not recognize
    /// it, and create another one.
    #[error("do not repeat this, it would make another object: {}", LeftBehind(.left))]
    CannotRepeat {
        /// The new object that exists now. `None` if it is unknown whether there is one: it would be among the newest
        /// objects of the server.
        left: Option<String>,
        /// The cause of the failure.
        source: Box<FlowError>,
    },
    /// Several objects have the name, so it is ambiguous.
    #[error(
        "{found} objects have the name {}: rename or destroy all but one, or use its identifier",
        Printable::new(.name)
    )]
    SeveralNamed {
        /// The name.
        name: String,
        /// The number of objects that have it.
        found: usize,
    },
    /// No object has the name.
    #[error("no object has the name {}", Printable::new(.name))]
    NotNamed {
        /// The name.
        name: String,
    },
    /// The server names more and more generations of a key. Protects against a server that always names another one.
    #[error("the server names more than {limit} generations of the key {}", Printable::new(.key))]
    TooManyGenerations {
        /// The identifier or the name of the key.
        key: String,
        /// The number of generations that are followed.
        limit: u32,
    },
    /// Another object already has the name.
    #[error(
        "another object, {}, already has the name {}: choose another name, or rename that object",
        Printable::new(.id),
        Printable::new(.name)
    )]
    NameTaken {
        /// The name.
        name: String,
        /// The object that has it.
        id: String,
    },
    /// The object is in a state that does not allow this.
    #[error("the object {} is {state}, and cannot be used for this in that state", Printable::new(.id))]
    State {
        /// The object.
        id: String,
        /// Its state.
        state: State,
    },
    /// The server has answered that it revoked the object, which is in another state all the same.
    #[error("the object {} is still {state}, although the server says that it was revoked and should be {wanted}: revoke it by hand", Printable::new(.id))]
    StateDiffers {
        /// The object.
        id: String,
        /// Its state.
        state: State,
        /// The state that it should have.
        wanted: State,
    },
    /// Objects of this kind do not allow this.
    #[error("the object {} is a {object_type}, and this works with symmetric keys only", Printable::new(.id))]
    Kind {
        /// The object.
        id: String,
        /// The kind of the object.
        object_type: ObjectType,
    },
    /// The server does not return the object as plain bytes: it is wrapped, or in a transparent format.
    #[error(
        "the server does not return the object {} as plain bytes: it is wrapped, or in another format",
        Printable::new(.id)
    )]
    NotPlain {
        /// The object.
        id: String,
    },
    /// The object cannot be transferred in wrapped form, as requested.
    #[error(
        "the object {} cannot be transferred in wrapped form: both servers need Export and Import, and the wrapping key",
        Printable::new(.id)
    )]
    NotWrapped {
        /// The object.
        id: String,
    },
    /// The journal of a migration cannot be read or written.
    #[error("the journal {}: {source}", path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: std::io::Error,
    },
    /// The copy differs from the original.
    #[error("the copy {} has other bytes than the original: destroy the copy, and migrate again", Printable::new(.id))]
    Differs {
        /// The copy.
        id: String,
    },
}

impl FlowError {
    /// Returns the error and all of its causes as one line: see [`Error::report`].
    #[must_use]
    #[inline]
    pub fn report(&self) -> Report<'_> {
        Report::of(self)
    }

    /// Converts the error if an object that a repetition does not recognize was, or may have been, created before.
    #[inline]
    fn leaving(self, left: Option<&str>) -> Self {
        Self::CannotRepeat { left: left.map(str::to_owned), source: Box::new(self) }
    }
}

/// The object that was left behind, for messages.
struct LeftBehind<'a>(&'a Option<String>);

impl fmt::Display for LeftBehind<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(id) => write!(f, "{} was made already; go on with it, or destroy it", Printable::new(id)),
            None => f.write_str("one may have been made already; look among the newest objects of the server"),
        }
    }
}

/// Prints [`FlowError::report`].
impl fmt::Debug for FlowError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FlowError({})", self.report())
    }
}

/// The number of attempts at a call with an unknown outcome.
const TRIES: usize = 3;

/// The number of identifiers on a page of Locate.
const PAGE: u32 = 500;

/// The time that a server gets to finish a request before the client looks for its effect.
const SETTLING: Duration = Duration::from_millis(200);

/// Returns `true` if the request may or may not have been executed.
#[inline]
fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::OutcomeUnknown(_))
}

/// Returns `true` if the server lacks the operation. PyKMIP cannot even decode requests for operations that it lacks.
#[inline]
fn lacks_operation(error: &Error) -> bool {
    matches!(error.reason(), Some(ResultReason::OPERATION_NOT_SUPPORTED | ResultReason::INVALID_MESSAGE))
}

/// Returns the objects with this name that are not destroyed.
///
/// Some servers ignore a filter that they do not understand, so the name is compared. A server that tells no name is
/// believed.
async fn named(kms: &impl Kmip, name: &str) -> Result<Vec<String>, Error> {
    let request = Locate::name(name);
    let found = kms.call(&request).await?;
    let mut ids = identifiers(&found);
    if states_more(&found) {
        ids = with_further_pages(kms, &request, ids).await?;
    }
    let mut named = Vec::new();
    for id in ids {
        let told = kms.call(&GetAttributes::id(&id).attribute(Tag::STATE).attribute(Tag::NAME)).await;
        let Some(told) = unless_not_found(told)? else { continue };
        let told = told.payload().attributes.unwrap_or_default();
        let mut names = told.names().peekable();
        let has_name = names.peek().is_none() || names.any(|told| told.value == name);
        if has_name && !matches!(state_of(&told), State::DESTROYED | State::DESTROYED_COMPROMISED) {
            named.push(id);
        }
    }
    Ok(named)
}

/// Returns the identifiers of a page.
#[inline]
fn identifiers(page: &Reply<Locate>) -> Vec<String> {
    page.payload().unique_identifiers.iter().map(ToString::to_string).collect()
}

/// Returns `true` if the server states that it found more objects than it sent: some cap their replies.
#[inline]
fn states_more(page: &Reply<Locate>) -> bool {
    let payload = page.payload();
    payload
        .located_items
        .is_some_and(|all| usize::try_from(all).is_ok_and(|all| all > payload.unique_identifiers.len()))
}

/// Returns the identifiers of the first page, and those of the pages after it, which exist as of KMIP 1.3.
async fn with_further_pages(
    kms: &impl Kmip,
    request: &LocateRequest<'_>,
    first: Vec<String>,
) -> Result<Vec<String>, Error> {
    if kms.version() < V1_3 {
        return Ok(first);
    }
    let begin = request.offset_items.unwrap_or(0);
    let offset = begin.saturating_add(i32::try_from(first.len()).unwrap_or(i32::MAX));
    let mut request = request.clone();
    request.offset_items = Some(offset);
    let mut pages = kms.locate_pages(request, PAGE);
    let (mut seen, mut all) = (BTreeSet::from_iter(first.iter().cloned()), first);
    while let Some(page) = pages.next().await {
        let before = all.len();
        all.extend(identifiers(&page?).into_iter().filter(|id| seen.insert(id.clone())));
        if all.len() == before {
            break;
        }
    }
    Ok(all)
}

/// Returns the error of a flow that created `id` under `name`. A server that does not keep names would get another
/// object if the flow were repeated.
async fn after_creation(kms: &impl Kmip, name: &str, id: &str, error: FlowError) -> FlowError {
    match named(kms, name).await {
        Ok(found) if !found.iter().any(|found| found == id) => error.leaving(Some(id)),
        _ => error,
    }
}

/// Returns `None` for a refusal by which there is no such object.
fn unless_not_found<R>(told: Result<R, Error>) -> Result<Option<R>, Error> {
    match told {
        Err(error) if error.is_not_found() => Ok(None),
        told => told.map(Some),
    }
}

/// Returns the one object with this name, if any.
async fn one_named(kms: &impl Kmip, name: &str) -> Result<Option<String>, FlowError> {
    let mut found = named(kms, name).await?;
    match found.len() {
        0 | 1 => Ok(found.pop()),
        several => Err(FlowError::SeveralNamed { name: name.to_owned(), found: several }),
    }
}

/// Returns the state of an object. Objects without a state, such as opaque objects, count as Active. Returns `None` if
/// the server does not know the object.
async fn state(kms: &impl Kmip, id: &str) -> Result<Option<State>, Error> {
    let told = unless_not_found(kms.call(&GetAttributes::id(id).attribute(Tag::STATE)).await)?;
    Ok(told.map(|told| state_of(&told.payload().attributes.unwrap_or_default())))
}

#[inline]
fn state_of(attributes: &Attributes<'_>) -> State {
    attributes.find(Tag::STATE).find_map(state_in).unwrap_or(State::ACTIVE)
}

#[inline]
fn state_in(value: &AttributeValue<'_>) -> Option<State> {
    match value {
        AttributeValue::State(state) => Some(*state),
        _ => None,
    }
}

/// Activates an object that may already be active, or be activated by another program at the same time.
async fn activate(kms: &impl Kmip, id: &str) -> Result<(), FlowError> {
    let mut unknown = None;
    for _ in 0..TRIES {
        match state(kms, id).await? {
            Some(State::ACTIVE) => return Ok(()),
            Some(State::PRE_ACTIVE) | None => {}
            Some(state) => return Err(FlowError::State { id: id.to_owned(), state }),
        }
        match kms.call(&Activate::id(id)).await {
            Ok(_) => return Ok(()),
            Err(error) if is_unknown(&error) => unknown = Some(error),
            Err(error @ Error::Refused(_)) => {
                let is_active = state(kms, id).await.is_ok_and(|state| state == Some(State::ACTIVE));
                return if is_active { Ok(()) } else { Err(error.into()) };
            }
            Err(error) => return Err(error.into()),
        }
        kms.pause(SETTLING).await;
    }
    match unknown {
        Some(error) if state(kms, id).await? != Some(State::ACTIVE) => Err(error.into()),
        _ => Ok(()),
    }
}
