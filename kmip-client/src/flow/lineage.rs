//! Chains of replaced keys, and a name that moves to the newest one.

use std::collections::BTreeSet;

use kmip_ttlv::enumeration::{LinkType, State};
use kmip_ttlv::{Tag, V2_0};

use super::rotate::{ROTATED, ReKeyed, Rotated, name_in, next_name, rotate_counting};
use super::{FlowError, SETTLING, TRIES, is_unknown, named, one_named, state_in};
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::protocol::attribute::{AttributeValue, Attributes};
use crate::protocol::operation::{GetAttributes, ModifyAttribute};

/// Separates the name of a key from the number of an earlier holder of that name.
const RETIRED: &str = ".retired-";

/// The number of generations that are followed: an hourly rotation of more than a year.
const MAX_GENERATIONS: u32 = 10_000;

/// A chain of keys, each of which replaced the one before, oldest first. It is never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage {
    generations: Vec<Generation>,
}

/// One key of a [`Lineage`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generation {
    /// The identifier of the key.
    pub id: String,
    /// Its first name.
    pub name: Option<String>,
    /// Its state; `None` if the server does not return it.
    pub state: Option<State>,
}

impl Lineage {
    /// Returns the keys, oldest first.
    #[must_use]
    pub fn generations(&self) -> &[Generation] {
        &self.generations
    }

    /// Returns the key that has not been replaced.
    #[must_use]
    #[inline]
    pub fn newest(&self) -> &Generation {
        &self.generations[self.generations.len() - 1]
    }

    /// Returns the first key that the server still knows.
    #[must_use]
    #[inline]
    pub fn oldest(&self) -> &Generation {
        &self.generations[0]
    }
}

/// Follows the links from this key forward to its newest replacement, and back to the oldest key.
///
/// An identifier that was stored years ago thus leads to the current key. If the server keeps no links, the names that
/// [`rotate_by_create`](super::rotate_by_create) assigns are followed. The chain ends at a key that the server no
/// longer knows.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::flow::{self, FlowError};
/// use kmip_client::protocol::operation::Create;
/// use kmip_client::{blocking, test_server::TestServer};
///
/// # fn main() -> Result<(), FlowError> {
/// let server = TestServer::start();
/// let kms = blocking::Client::connect(&server.config())?;
/// let first = kms.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
/// let second = kms.run(async |kms| flow::rotate(&kms, &first).await)?;
/// let third = kms.run(async |kms| flow::rotate(&kms, second.id()).await)?;
///
/// let lineage = kms.run(async |kms| flow::lineage(&kms, &first).await)?;
/// assert_eq!(lineage.newest().id, third.id());
/// assert_eq!(lineage.generations().len(), 3);
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// Returns [`FlowError::Kms`] if the server does not know the key, or a call failed, and
/// [`FlowError::TooManyGenerations`] if there are more than 10,000 on one side.
pub async fn lineage(kms: &impl Kmip, id: &str) -> Result<Lineage, FlowError> {
    let start = look(kms, id).await?;
    let mut seen = BTreeSet::from([id.to_owned()]);
    let mut older = Vec::new();
    let mut newer = Vec::new();
    for (direction, found) in [(Direction::Older, &mut older), (Direction::Newer, &mut newer)] {
        let mut at = start.step(kms, direction).await?;
        while let Some(next) = at.take_if(|id| seen.insert(id.clone())) {
            let next = match look(kms, &next).await {
                Ok(next) => next,
                Err(FlowError::Kms(error)) if error.is_not_found() => break,
                Err(error) => return Err(error),
            };
            at = next.step(kms, direction).await?;
            found.push(next.generation);
            if found.len() >= MAX_GENERATIONS as usize {
                return Err(too_many(id));
            }
        }
    }
    older.reverse();
    older.push(start.generation);
    older.append(&mut newer);
    Ok(Lineage { generations: older })
}

/// Rotates the key with this name, as [`rotate`](super::rotate) does, and moves the name to the new key, so that
/// programs can keep looking up their key by name.
///
/// A server with Re-key moves the name itself. On others the old key is renamed to `NAME.retired-1` and so on, and the
/// new one gets the name. If the server does not allow renaming, [`Rotated::name`] returns the name of the new key.
///
/// May be repeated after an interruption, unless the error is [`FlowError::CannotRepeat`]: the server has moved the
/// name, or may have, so that a repetition would rotate the new key. [`rotate`](super::rotate) of the old key then
/// continues.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::flow::{self, FlowError};
/// use kmip_client::protocol::operation::{Create, Locate};
/// use kmip_client::{blocking, test_server::TestServer};
///
/// # fn main() -> Result<(), FlowError> {
/// let server = TestServer::start();
/// let kms = blocking::Client::connect(&server.config())?;
/// kms.run(async |kms| flow::create_active(&kms, "backup", &Create::aes(256)).await)?;
/// let new = kms.run(async |kms| flow::rotate_named(&kms, "backup").await)?;
/// assert_eq!(new.name(), Some("backup"));
/// let found = kms.call(&Locate::name("backup"))?;
/// assert_eq!(found.payload().unique_identifiers[0].to_string(), new.id());
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// Returns [`FlowError::NotNamed`] if no key has the name, [`FlowError::SeveralNamed`] if several do,
/// [`FlowError::CannotRepeat`] if a call failed after the name may have moved, and otherwise the errors of
/// [`rotate`](super::rotate).
pub async fn rotate_named(kms: &impl Kmip, name: &str) -> Result<Rotated, FlowError> {
    let provisional = next_name(name);
    let old = one_named(kms, name).await?;
    let rotated = match &old {
        Some(old) => rotate_once(kms, old).await?,
        // An earlier run was interrupted after renaming the old key.
        None => match one_named(kms, &provisional).await? {
            Some(new) => Rotated::found(new, provisional.clone()),
            None => return Err(FlowError::NotNamed { name: name.to_owned() }),
        },
    };
    if rotated.name() != Some(provisional.as_str()) {
        return Ok(rotated);
    }
    if let Some(old) = &old
        && !rename(kms, old, name, &free_name(kms, name).await?).await?
    {
        return Ok(rotated);
    }
    match rename(kms, rotated.id(), &provisional, name).await {
        Ok(true) => Ok(rotated.renamed(name)),
        Ok(false) => Ok(rotated),
        // If the new key has the name by now, a repetition would rotate it once more.
        Err(error) if is_unknown(&error) => Err(FlowError::from(error).leaving(Some(rotated.id()))),
        Err(error) => Err(error.into()),
    }
}

/// Rotates a key that was found by its name. If the name has moved, or may have, a repetition of the caller would find
/// the new key, and rotate it once more.
async fn rotate_once(kms: &impl Kmip, old: &str) -> Result<Rotated, FlowError> {
    let mut re_keyed = ReKeyed::default();
    let rotated = rotate_counting(kms, old, &mut re_keyed).await;
    rotated.map_err(|error| match re_keyed {
        ReKeyed::Not => error,
        // It was told before.
        _ if matches!(error, FlowError::CannotRepeat { .. }) => error,
        ReKeyed::Perhaps => error.leaving(None),
        ReKeyed::As(new) => error.leaving(Some(&new)),
    })
}

/// Renames the key. Returns `false` if the server does not allow it. If the outcome is unknown, the name is looked up.
async fn rename(kms: &impl Kmip, id: &str, old: &str, new: &str) -> Result<bool, Error> {
    let mut request = ModifyAttribute::id(id, AttributeValue::Name(new.into()));
    if kms.version() >= V2_0 {
        // This request names the value to replace; older versions replace the first one.
        request.current_attribute = Some(AttributeValue::Name(old.into()).into());
    }
    let mut unknown = None;
    for _ in 0..TRIES {
        match kms.call(&request).await {
            Ok(_) => return Ok(true),
            Err(error) if is_unknown(&error) => unknown = Some(error),
            Err(Error::Refused(_) | Error::Encode(_)) => return Ok(false),
            Err(error) => return Err(unknown.unwrap_or(error)),
        }
        kms.pause(SETTLING).await;
        match has_name(kms, id, new).await {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => return Err(unknown.unwrap_or(error)),
        }
    }
    unknown.map_or(Ok(false), Err)
}

async fn has_name(kms: &impl Kmip, id: &str, name: &str) -> Result<bool, Error> {
    let reply = kms.call(&GetAttributes::id(id).attribute(Tag::NAME)).await?;
    Ok(reply.payload().attributes.unwrap_or_default().names().any(|told| told.value == name))
}

/// Returns the first free name for a retired key.
async fn free_name(kms: &impl Kmip, name: &str) -> Result<String, FlowError> {
    for number in 1..=MAX_GENERATIONS {
        let free = format!("{name}{RETIRED}{number}");
        if named(kms, &free).await?.is_empty() {
            return Ok(free);
        }
    }
    Err(too_many(name))
}

fn too_many(key: &str) -> FlowError {
    FlowError::TooManyGenerations { key: key.to_owned(), limit: MAX_GENERATIONS }
}

#[derive(Clone, Copy)]
enum Direction {
    Older,
    Newer,
}

/// A key, and the links from it.
struct Step {
    generation: Generation,
    older: Option<String>,
    newer: Option<String>,
}

impl Step {
    /// Returns the next key in this direction.
    async fn step(&self, kms: &impl Kmip, direction: Direction) -> Result<Option<String>, FlowError> {
        let linked = match direction {
            Direction::Older => &self.older,
            Direction::Newer => &self.newer,
        };
        if linked.is_some() || self.older.is_some() || self.newer.is_some() {
            return Ok(linked.clone());
        }
        // The server has no links at all. The names that rotation assigns are followed instead.
        let Some(name) = &self.generation.name else { return Ok(None) };
        for next in neighbours(name, direction) {
            if let Some(id) = one_named(kms, &next).await? {
                return Ok(Some(id));
            }
        }
        if matches!(direction, Direction::Older) {
            return last_retired(kms, name).await;
        }
        Ok(None)
    }
}

/// Returns the possible names of the next key in this direction, after [`rotate_by_create`](super::rotate_by_create) or
/// [`rotate_named`].
#[inline]
fn neighbours(name: &str, direction: Direction) -> Vec<String> {
    if let Some((base, number)) = numbered(name, RETIRED) {
        return match direction {
            Direction::Newer => vec![format!("{base}{RETIRED}{}", number.saturating_add(1)), base.to_owned()],
            Direction::Older if number > 1 => vec![format!("{base}{RETIRED}{}", number - 1)],
            Direction::Older => Vec::new(),
        };
    }
    match (direction, numbered(name, ROTATED)) {
        (Direction::Newer, _) => vec![next_name(name)],
        (Direction::Older, Some((base, 1))) => vec![base.to_owned()],
        (Direction::Older, Some((base, number))) if number > 1 => vec![format!("{base}{ROTATED}{}", number - 1)],
        (Direction::Older, _) => Vec::new(),
    }
}

/// Returns the previous holder of this name, if it was renamed.
async fn last_retired(kms: &impl Kmip, name: &str) -> Result<Option<String>, FlowError> {
    let mut last = None;
    for number in 1..=MAX_GENERATIONS {
        match one_named(kms, &format!("{name}{RETIRED}{number}")).await? {
            Some(id) => last = Some(id),
            None => return Ok(last),
        }
    }
    Err(too_many(name))
}

/// Splits `BASE.mark-N`.
#[inline]
fn numbered<'a>(name: &'a str, mark: &str) -> Option<(&'a str, u32)> {
    let (base, number) = name.rsplit_once(mark)?;
    Some((base, number.parse().ok()?))
}

async fn look(kms: &impl Kmip, id: &str) -> Result<Step, FlowError> {
    let reply = kms.call(&GetAttributes::id(id)).await?;
    let attributes = reply.payload().attributes.unwrap_or_default();
    Ok(Step {
        generation: Generation {
            id: id.to_owned(),
            name: attributes.find(Tag::NAME).find_map(name_in).map(str::to_owned),
            state: attributes.find(Tag::STATE).find_map(state_in),
        },
        older: linked(&attributes, LinkType::REPLACED_OBJECT_LINK),
        newer: linked(&attributes, LinkType::REPLACEMENT_OBJECT_LINK),
    })
}

/// Returns the object at a link of this type.
#[inline]
fn linked(attributes: &Attributes<'_>, link_type: LinkType) -> Option<String> {
    attributes.linked(link_type).find_map(|id| id.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::{Direction, neighbours};

    #[test]
    fn names_lead_both_ways() {
        for (name, older, newer) in [
            ("vm", &[][..], &["vm.rotated-1"][..]),
            ("vm.rotated-1", &["vm"], &["vm.rotated-2"]),
            ("vm.rotated-2", &["vm.rotated-1"], &["vm.rotated-3"]),
            ("vm.retired-1", &[], &["vm.retired-2", "vm"]),
            ("vm.retired-2", &["vm.retired-1"], &["vm.retired-3", "vm"]),
        ] {
            assert_eq!(neighbours(name, Direction::Older), older, "{name}");
            assert_eq!(neighbours(name, Direction::Newer), newer, "{name}");
        }
    }
}
