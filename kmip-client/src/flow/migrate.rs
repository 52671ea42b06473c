//! Migration of one object from one KMS to another.

mod attributes;
mod compare;
mod plain;
mod state;

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{KeyFormatType, ObjectType, State};

pub(super) use self::attributes::transferable;
pub(super) use self::compare::{Copied, compare, digest, is_same};

use self::attributes::{Transfer, add_the_rest, transfer};
use self::compare::{fetch, is_copy};
use self::plain::{bytes_of, plain};
use self::state::reach;
use super::{FlowError, SETTLING, TRIES, after_creation, is_unknown, named, state_in};
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::object::Object;
use crate::protocol::operation::{GetAttributes, Register, RegisterRequest};

/// An object that was copied to another KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    id: String,
    left_out: Vec<String>,
}

impl Migrated {
    pub(super) fn new(id: String, left_out: Vec<String>) -> Self {
        Self { id, left_out }
    }

    pub(super) fn into_parts(self) -> (String, Vec<String>) {
        (self.id, self.left_out)
    }

    /// Returns the identifier of the copy.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the names of the attributes that the other server does not accept, and of links, whose targets have
    /// other identifiers there. Attributes that each server sets for itself, such as Initial Date, are not included.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

/// Copies an object from one KMS to another, of any vendor and version, and checks the copy: its bytes are fetched and
/// compared. Names, usage and the other attributes that clients set are copied as far as the other server accepts them,
/// and the copy gets the same state.
///
/// The original is not changed; revoke or destroy it once nothing uses it. May be repeated after an interruption: an
/// existing copy is found by its name. If the copy of an object without a name is interrupted, the error reports an
/// unknown outcome.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::flow::{self, FlowError};
/// use kmip_client::protocol::operation::Create;
/// use kmip_client::{Kmip, blocking, test_server::TestServer};
///
/// async fn move_all(from: &impl Kmip, to: &impl Kmip, ids: &[&str]) -> Result<(), FlowError> {
///     for id in ids {
///         let copy = flow::migrate(from, to, id).await?;
///         println!("{id} is {} now, without {:?}", copy.id(), copy.left_out());
///     }
///     Ok(())
/// }
///
/// # fn main() -> Result<(), FlowError> {
/// let (old, new) = (TestServer::start(), TestServer::start());
/// let old = blocking::Client::connect(&old.config())?;
/// let new = blocking::Client::connect(&new.config())?.for_flow();
/// let id = old.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
/// old.run(async |old| move_all(&old, &new, &[&id]).await)?;
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// Returns [`FlowError::NotPlain`] if the bytes cannot be fetched, [`FlowError::State`] if the object is destroyed,
/// [`FlowError::NameTaken`] if another object has its name on the other server, [`FlowError::Differs`] if the copy
/// differs, [`FlowError::Kms`] if a call failed, and [`FlowError::CannotRepeat`] if a call failed after an object
/// without a name was copied.
pub async fn migrate(from: &impl Kmip, to: &impl Kmip, id: &str) -> Result<Migrated, FlowError> {
    copy(from, to, id, Naming::Own).await
}

/// The name under which a copy is registered, and found again after an interruption.
#[derive(Clone, Copy, Debug)]
pub(super) enum Naming<'a> {
    /// The first name of the original, if it has one.
    Own,
    /// The first name of the original, or else this one.
    OwnOr(&'a str),
    /// This name, regardless of the original's name.
    Marker(&'a str),
}

impl<'a> Naming<'a> {
    #[inline]
    fn choose(self, attributes: &Attributes<'a>) -> Option<&'a str> {
        let own = || {
            attributes.find(Tag::NAME).find_map(|value| match value {
                AttributeValue::Name(name) => Some(name.value),
                _ => None,
            })
        };
        match self {
            Self::Own => own(),
            Self::OwnOr(marker) => own().or(Some(marker)),
            Self::Marker(marker) => Some(marker),
        }
    }

    /// Returns the temporary name, if the copy got it.
    fn temporary(self, chosen: Option<&str>) -> Option<&'a str> {
        match self {
            Self::Own => None,
            Self::OwnOr(marker) | Self::Marker(marker) => Some(marker).filter(|marker| chosen == Some(*marker)),
        }
    }
}

/// Copies by Get and Register; see [`migrate`].
pub(super) async fn copy(
    from: &impl Kmip,
    to: &impl Kmip,
    id: &str,
    naming: Naming<'_>,
) -> Result<Migrated, FlowError> {
    let attributes = from.call(&GetAttributes::id(id)).await?;
    let attributes = attributes.payload().attributes.unwrap_or_default();
    let original_state = attributes.find(Tag::STATE).find_map(state_in);
    if let Some(state @ (State::DESTROYED | State::DESTROYED_COMPROMISED)) = original_state {
        return Err(FlowError::State { id: id.to_owned(), state });
    }
    let symmetric =
        attributes.find(Tag::OBJECT_TYPE).any(|value| *value == AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY));
    let format = symmetric.then_some(KeyFormatType::RAW);
    let fetched = fetch(from, id, format).await?;
    let original = fetched.payload().object;
    let not_plain = || FlowError::NotPlain { id: id.to_owned() };
    let object = plain(&original).ok_or_else(not_plain)?;
    let bytes = bytes_of(&object).ok_or_else(not_plain)?;
    let format = object.key_block().map(|block| block.key_format_type);

    let copied = Copied { bytes, format };
    let name = naming.choose(&attributes);
    let copy = register(to, object, &attributes, copied, name).await?;
    match complete(to, &copy, &attributes, copied).await {
        Ok(mut left_out) => {
            left_out.extend(naming.temporary(name).map(kept_name));
            Ok(Migrated { id: copy, left_out })
        }
        // Without a name, a repetition would not find the copy.
        Err(error) => Err(match name {
            None => error.leaving(Some(&copy)),
            Some(name) => after_creation(to, name, &copy, error).await,
        }),
    }
}

/// Describes a temporary name that the copy still has, in the list of what was left out.
pub(super) fn kept_name(temporary: &str) -> String {
    format!("the name {temporary}, which it has kept")
}

/// Checks the copy, and completes it.
async fn complete(
    to: &impl Kmip,
    copy: &str,
    attributes: &Attributes<'_>,
    copied: Copied<'_>,
) -> Result<Vec<String>, FlowError> {
    if is_copy(to, copy, copied).await? {
        finish(to, copy, attributes).await
    } else {
        Err(FlowError::Differs { id: copy.to_owned() })
    }
}

/// Sets the attributes and the state of the original on the copy. Returns the names of the attributes that were left
/// out.
pub(super) async fn finish(to: &impl Kmip, copy: &str, attributes: &Attributes<'_>) -> Result<Vec<String>, FlowError> {
    let wanted = attributes.find(Tag::STATE).find_map(state_in);
    let left_out = add_the_rest(to, copy, attributes, wanted).await?;
    if let Some(wanted) = wanted {
        reach(to, copy, wanted, attributes).await?;
    }
    Ok(left_out)
}

/// Registers the object under `name`, or finds the copy that an earlier attempt registered under it.
async fn register(
    to: &impl Kmip,
    object: Object<'_>,
    attributes: &Attributes<'_>,
    copied: Copied<'_>,
    name: Option<&str>,
) -> Result<String, FlowError> {
    let mut scope = Scope::All;
    let mut request = registration(object.clone(), attributes, name, scope);
    let mut failed: Option<Error> = None;
    for tries in 0.. {
        if let Some(name) = name {
            let there = named(to, name).await?;
            for id in &there {
                if is_copy(to, id, copied).await? {
                    return Ok(id.clone());
                }
            }
            if let Some(id) = there.into_iter().next() {
                return Err(FlowError::NameTaken { name: name.to_owned(), id });
            }
        }
        if let Some(error) = failed.take_if(|_| tries == TRIES || name.is_none()) {
            let error = FlowError::from(error);
            return Err(if name.is_none() { error.leaving(None) } else { error });
        }
        match to.call(&request).await {
            Ok(registered) => return Ok(registered.payload().unique_identifier.to_string()),
            Err(error) if is_unknown(&error) => failed = Some(error),
            Err(Error::Refused(_) | Error::Encode(_)) if scope == Scope::All => {
                scope = Scope::NameAndUsage;
                request = registration(object.clone(), attributes, name, scope);
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        to.pause(SETTLING).await;
    }
    unreachable!("the last try has returned")
}

/// The attributes in the request for a copy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// All that a client may set, because some servers accept them only with the object.
    All,
    /// The name and the usage alone, because some servers refuse the whole request because of one of the others.
    NameAndUsage,
}

/// Returns the request for a copy under `name`. The object contains algorithm and length, but some servers require them
/// as attributes too.
#[inline]
fn registration<'a>(
    object: Object<'a>,
    attributes: &Attributes<'a>,
    name: Option<&'a str>,
    scope: Scope,
) -> RegisterRequest<'a> {
    let state = attributes.find(Tag::STATE).find_map(state_in);
    let mut request = Register::object(object);
    if let Some(name) = name {
        request = request.attribute(AttributeValue::Name(name.into()));
    }
    for value in attributes {
        let goes = match value {
            AttributeValue::Name(own) => scope == Scope::All && name != Some(own.value),
            AttributeValue::CryptographicAlgorithm(_)
            | AttributeValue::CryptographicLength(_)
            | AttributeValue::CryptographicUsageMask(_) => request.object.key_block().is_some(),
            other => scope == Scope::All && matches!(transfer(other, state), Transfer::Added),
        };
        if goes {
            request = request.attribute(value.clone());
        }
    }
    request
}
