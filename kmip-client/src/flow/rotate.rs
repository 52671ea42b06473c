//! Replacement of an old key by a new one.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{CryptographicUsageMask, LinkType, ObjectType, State};

use super::{FlowError, SETTLING, TRIES, activate, create_active, is_unknown, lacks_operation, named, state, state_in};
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, Link};
use crate::protocol::operation::{AddAttribute, CreateRequest, GetAttributes, ReKey};

/// The replacement of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    id: String,
    name: Option<String>,
    is_linked: bool,
    old_state: Option<State>,
}

impl Rotated {
    /// Returns a replacement that an earlier run created.
    pub(super) fn found(id: String, name: String) -> Self {
        Self { id, name: Some(name), is_linked: false, old_state: None }
    }

    pub(super) fn renamed(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Returns the identifier of the new key, which is active.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name of the new key, if it has one. A server with Re-key moves the name of the old key to it;
    /// otherwise it has a new name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the current state of the old key; `None` if the server no longer knows it.
    #[must_use]
    pub fn old_state(&self) -> Option<State> {
        self.old_state
    }

    /// Returns `true` if the two keys are linked to each other on the server.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        self.is_linked
    }
}

/// Replaces this symmetric key by a new, active one. The old key is not changed, so that data encrypted with it can
/// still be read; revoke it later.
///
/// Uses Re-key if the server has it, and [`rotate_by_create`] otherwise. Some servers retire the old key on Re-key,
/// against the standard: Cosmian KMS deactivates it, and no longer returns it. [`Rotated::old_state`] reports this; use
/// [`rotate_by_create`] for such servers.
///
/// A key that was already replaced is not rotated again: its replacement is returned. So this may be repeated after an
/// interruption, and to rotate once more means to rotate the new key. That holds for keys with a name, and for servers
/// that link the two keys. Otherwise an interruption may leave a second key behind; the error then reports it with its
/// identifier.
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
/// let old = kms.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
/// let new = kms.run(async |kms| flow::rotate(&kms, &old).await)?;
/// assert_ne!(new.id(), old);
/// assert_eq!(new.name(), Some("vm-42")); // the new key has the name now
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// Returns [`FlowError::Kind`] if the object is not a symmetric key, [`FlowError::State`] if the replacement exists but
/// can no longer be used, [`FlowError::Kms`] if a call failed, and [`FlowError::CannotRepeat`] if a call failed and the
/// key has no name.
pub async fn rotate(kms: &impl Kmip, id: &str) -> Result<Rotated, FlowError> {
    rotate_by(kms, id, Some(&mut ReKeyed::Not)).await
}

/// Does the same as [`rotate`] without Re-key: creates a key with the same algorithm, length and usage, and the name
/// `NAME.rotated-1`, then `NAME.rotated-2`, and so on. The keys are linked to each other if the server supports links.
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
/// let old = kms.run(async |kms| flow::create_active(&kms, "vm-42", &Create::aes(256)).await)?;
/// let new = kms.run(async |kms| flow::rotate_by_create(&kms, &old).await)?;
/// assert_eq!(new.name(), Some("vm-42.rotated-1"));
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # Errors
///
/// Returns the same errors as [`rotate`].
pub async fn rotate_by_create(kms: &impl Kmip, id: &str) -> Result<Rotated, FlowError> {
    rotate_by(kms, id, None).await
}

/// Rotates by Re-key, and counts its effect in `re_keyed`.
pub(super) async fn rotate_counting(kms: &impl Kmip, id: &str, re_keyed: &mut ReKeyed) -> Result<Rotated, FlowError> {
    rotate_by(kms, id, Some(re_keyed)).await
}

/// The effect of Re-key in a rotation that failed.
#[derive(Debug, Default)]
pub(super) enum ReKeyed {
    /// It was not sent, or refused.
    #[default]
    Not,
    /// Its outcome is unknown.
    Perhaps,
    /// It made this key.
    As(String),
}

async fn rotate_by(kms: &impl Kmip, id: &str, re_keyed: Option<&mut ReKeyed>) -> Result<Rotated, FlowError> {
    let reply = kms.call(&GetAttributes::id(id)).await?;
    let old = reply.payload().attributes.unwrap_or_default();
    if let Some(object_type) = old.find(Tag::OBJECT_TYPE).find_map(object_type_in)
        && object_type != ObjectType::SYMMETRIC_KEY
    {
        return Err(FlowError::Kind { id: id.to_owned(), object_type });
    }
    if let Some(state @ (State::DESTROYED | State::DESTROYED_COMPROMISED)) = old.find(Tag::STATE).find_map(state_in) {
        return Err(FlowError::State { id: id.to_owned(), state });
    }
    let name = old.find(Tag::NAME).find_map(name_in);
    let new = match (replacement(&old), re_keyed) {
        (Some(there), _) => Some(there),
        (None, Some(re_keyed)) => re_key(kms, id, name, re_keyed).await?,
        (None, None) => None,
    };
    match new {
        Some(new) => {
            activate(kms, &new).await?;
            let reply = kms.call(&GetAttributes::id(&new)).await?;
            let attributes = reply.payload().attributes.unwrap_or_default();
            let name = attributes.find(Tag::NAME).find_map(name_in).map(str::to_owned);
            // An earlier run without Re-key may have been interrupted between the two links.
            if attributes.linked(LinkType::REPLACED_OBJECT_LINK).next().is_none() {
                link_back(kms, id, &new).await?;
            }
            let is_linked = linked(kms, id).await?.is_some_and(|there| there == new);
            Ok(Rotated { id: new, name, is_linked, old_state: state(kms, id).await? })
        }
        None => create(kms, id, &old, name).await,
    }
}

/// Rotates by Re-key. If the outcome is unknown, a link of the old key, or the new holder of its name, is looked up.
/// Returns `None` if the server has no Re-key.
async fn re_key(
    kms: &impl Kmip,
    id: &str,
    name: Option<&str>,
    re_keyed: &mut ReKeyed,
) -> Result<Option<String>, FlowError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match kms.call(&ReKey::id(id)).await {
            Ok(made) => {
                let new = made.payload().unique_identifier.to_string();
                *re_keyed = ReKeyed::As(new.clone());
                return Ok(Some(new));
            }
            Err(error) if lacks_operation(&error) => return Ok(None),
            Err(error) if is_unknown(&error) => error,
            Err(error) => return Err(error.into()),
        };
        *re_keyed = ReKeyed::Perhaps;
        kms.pause(SETTLING).await;
        let new = match (linked(kms, id).await?, name) {
            (None, Some(name)) => new_holder(kms, id, name).await?,
            (linked, _) => linked,
        };
        if let Some(new) = new {
            *re_keyed = ReKeyed::As(new.clone());
            return Ok(Some(new));
        }
        if name.is_none() {
            // The outcome cannot be looked up, and another Re-key might create another key.
            return Err(FlowError::from(error).leaving(None));
        }
        // Whoever has the name still has it.
        *re_keyed = ReKeyed::Not;
        if tries == TRIES {
            return Err(error.into());
        }
    }
}

/// Returns the key to which Re-key moved the name of this one, if it did.
///
/// Other objects may have had the same name before, and are not taken for it: the new key is linked to the old one, or
/// has become the only holder.
async fn new_holder(kms: &impl Kmip, id: &str, name: &str) -> Result<Option<String>, FlowError> {
    let holders = named(kms, name).await?;
    let (old, others): (Vec<_>, Vec<_>) = holders.into_iter().partition(|holder| holder == id);
    for other in &others {
        let reply = kms.call(&GetAttributes::id(other)).await?;
        let attributes = reply.payload().attributes.unwrap_or_default();
        let mut replaced = attributes.linked(LinkType::REPLACED_OBJECT_LINK);
        if replaced.any(|replaced| replaced.as_str() == Some(id)) {
            return Ok(Some(other.clone()));
        }
    }
    match (others.len(), old.is_empty()) {
        (0, _) => Ok(None),
        (1, true) => Ok(others.into_iter().next()),
        (found, _) => Err(FlowError::SeveralNamed { name: name.to_owned(), found: found + old.len() }),
    }
}

/// Rotates by Create.
async fn create(kms: &impl Kmip, id: &str, old: &Attributes<'_>, name: Option<&str>) -> Result<Rotated, FlowError> {
    let request = like(old);
    match name.map(next_name) {
        Some(name) => {
            let new = create_active(kms, &name, &request).await?;
            let is_linked = link(kms, id, &new).await? && link_back(kms, id, &new).await?;
            Ok(Rotated { id: new, name: Some(name), is_linked, old_state: state(kms, id).await? })
        }
        None => {
            let new = match kms.call(&request).await {
                Ok(created) => created.payload().unique_identifier.to_string(),
                Err(error) if is_unknown(&error) => return Err(FlowError::from(error).leaving(None)),
                Err(error) => return Err(error.into()),
            };
            // A repetition finds the new key by this link, so it is set first.
            let is_found = link(kms, id, &new).await.map_err(|error| error.leaving(Some(&new)))?;
            let finished = finish(kms, id, &new, is_found).await;
            finished.map_err(|error| if is_found { error } else { error.leaving(Some(&new)) })
        }
    }
}

/// Completes a new key without a name, to which the old one is linked if the server supports links.
async fn finish(kms: &impl Kmip, id: &str, new: &str, is_found: bool) -> Result<Rotated, FlowError> {
    activate(kms, new).await?;
    let is_linked = is_found && link_back(kms, id, new).await?;
    Ok(Rotated { id: new.to_owned(), name: None, is_linked, old_state: state(kms, id).await? })
}

/// Links the old key to the new one. Returns `false` if the server does not support links.
async fn link(kms: &impl Kmip, id: &str, new: &str) -> Result<bool, FlowError> {
    add_link(kms, id, LinkType::REPLACEMENT_OBJECT_LINK, new).await
}

/// Links the new key to the old one. Returns `false` if the server does not support links.
async fn link_back(kms: &impl Kmip, id: &str, new: &str) -> Result<bool, FlowError> {
    add_link(kms, new, LinkType::REPLACED_OBJECT_LINK, id).await
}

async fn add_link(kms: &impl Kmip, from: &str, link_type: LinkType, to: &str) -> Result<bool, FlowError> {
    let link = Link { link_type, linked_object_identifier: Id::Text(to) };
    match kms.call(&AddAttribute::id(from, AttributeValue::Link(link))).await {
        Ok(_) => Ok(true),
        // The server does not support links, or lacks the attribute.
        Err(Error::Refused(_) | Error::Encode(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Returns a request for a key like this one.
#[inline]
fn like<'a>(old: &Attributes<'a>) -> CreateRequest<'a> {
    let mut request = CreateRequest { object_type: ObjectType::SYMMETRIC_KEY, ..CreateRequest::default() };
    for value in old {
        if matches!(
            value,
            AttributeValue::CryptographicAlgorithm(_)
                | AttributeValue::CryptographicLength(_)
                | AttributeValue::CryptographicUsageMask(_)
        ) {
            request = request.attribute(value.clone());
        }
    }
    match old.find(Tag::CRYPTOGRAPHIC_USAGE_MASK).next() {
        Some(_) => request,
        None => request.usage(CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT),
    }
}

/// Separates a name from the number of the rotation.
pub(super) const ROTATED: &str = ".rotated-";

/// Returns the name of the key that replaces one with this name.
#[inline]
pub(super) fn next_name(name: &str) -> String {
    let rotated = name.rsplit_once(ROTATED).and_then(|(base, number)| Some((base, number.parse::<u32>().ok()?)));
    let (base, number) = rotated.unwrap_or((name, 0));
    format!("{base}{ROTATED}{}", number.saturating_add(1))
}

/// Returns the replacement of this key, by its link.
async fn linked(kms: &impl Kmip, id: &str) -> Result<Option<String>, FlowError> {
    let reply = kms.call(&GetAttributes::id(id)).await?;
    Ok(replacement(&reply.payload().attributes.unwrap_or_default()))
}

#[inline]
fn replacement(attributes: &Attributes<'_>) -> Option<String> {
    attributes.linked(LinkType::REPLACEMENT_OBJECT_LINK).find_map(|id| id.as_str().map(str::to_owned))
}

fn object_type_in(value: &AttributeValue<'_>) -> Option<ObjectType> {
    match value {
        AttributeValue::ObjectType(object_type) => Some(*object_type),
        _ => None,
    }
}

pub(super) fn name_in<'a>(value: &AttributeValue<'a>) -> Option<&'a str> {
    match value {
        AttributeValue::Name(name) => Some(name.value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::next_name;

    #[test]
    fn names_count_on() {
        assert_eq!(next_name("vm-42"), "vm-42.rotated-1");
        assert_eq!(next_name("vm-42.rotated-1"), "vm-42.rotated-2");
        assert_eq!(next_name("vm.rotated-x"), "vm.rotated-x.rotated-1");
    }
}
