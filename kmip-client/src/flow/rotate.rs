//! A new key in the place of an old one.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{CryptographicUsageMask, LinkType, ObjectType, State};

use super::{FlowError, SETTLING, TRIES, activate, create_active, is_unknown, lacks_operation, named, state, state_in};
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes, Link};
use crate::protocol::operation::{AddAttribute, CreateRequest, GetAttributes, ReKey};

/// The key that has taken the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    id: String,
    name: Option<String>,
    is_linked: bool,
    old_state: Option<State>,
}

impl Rotated {
    /// A replacement that an earlier run has made.
    pub(super) fn found(id: String, name: String) -> Self {
        Self { id, name: Some(name), is_linked: false, old_state: None }
    }

    pub(super) fn renamed(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// The new key. It is active.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the new key, where it has one: that of the old key where the server does Re-key, which takes it from the old one; else a
    /// new name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The state of the old key now; `None` where the server does not know it any more.
    #[must_use]
    pub fn old_state(&self) -> Option<State> {
        self.old_state
    }

    /// Whether the two keys have a link to each other on the server.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        self.is_linked
    }
}

/// Puts a new, active symmetric key in the place of this one. The old one stays as it is, so that what was encrypted with it can be read;
/// revoking it is for later.
///
/// By Re-key where the server has it. Where it does not, as [`rotate_by_create`]. Some servers retire the old key on Re-key, against the
/// standard: Cosmian KMS deactivates it, and does not give it any more. [`Rotated::old_state`] tells; [`rotate_by_create`] is for those.
///
/// A key whose place was taken already is not rotated again: its replacement is the answer. So this may be repeated where it was cut off, and
/// rotating once more means rotating the new key. That holds for keys with a name, and for servers that link the two keys. Otherwise a step
/// that was cut off may leave a second key behind; an error says so, and names it.
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
/// [`FlowError::Kind`] where it is no symmetric key, [`FlowError::State`] where the replacement is there, and not to be used any more,
/// [`FlowError::Kms`] where a step failed, [`FlowError::CannotRepeat`] where it did and the key has no name.
pub async fn rotate(kms: &impl Kmip, id: &str) -> Result<Rotated, FlowError> {
    rotate_by(kms, id, true).await
}

/// [`rotate`] without Re-key: by Create of a key with the same algorithm, length and usage, and the name `NAME.rotated-1`, `NAME.rotated-2`
/// after that, and so on. The keys are linked to each other if the server takes links.
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
/// As [`rotate`].
pub async fn rotate_by_create(kms: &impl Kmip, id: &str) -> Result<Rotated, FlowError> {
    rotate_by(kms, id, false).await
}

async fn rotate_by(kms: &impl Kmip, id: &str, by_re_key: bool) -> Result<Rotated, FlowError> {
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
    let new = match replacement(&old) {
        Some(there) => Some(there),
        None if by_re_key => re_key(kms, id, name).await?,
        None => None,
    };
    match new {
        Some(new) => {
            activate(kms, &new).await?;
            let reply = kms.call(&GetAttributes::id(&new).attribute(Tag::NAME)).await?;
            let attributes = reply.payload().attributes.unwrap_or_default();
            let name = attributes.find(Tag::NAME).find_map(name_in).map(str::to_owned);
            let is_linked = linked(kms, id).await?.is_some_and(|there| there == new);
            Ok(Rotated { id: new, name, is_linked, old_state: state(kms, id).await? })
        }
        None => create(kms, id, &old, name).await,
    }
}

/// Rotates by Re-key. Where its outcome is unknown, a link of the old key tells, or who has its name. `None` where the server has no Re-key.
async fn re_key(kms: &impl Kmip, id: &str, name: Option<&str>) -> Result<Option<String>, FlowError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match kms.call(&ReKey::id(id)).await {
            Ok(rekeyed) => return Ok(Some(rekeyed.payload().unique_identifier.to_string())),
            Err(error) if lacks_operation(&error) => return Ok(None),
            Err(error) if is_unknown(&error) => error,
            Err(error) => return Err(error.into()),
        };
        kms.pause(SETTLING).await;
        if let Some(new) = linked(kms, id).await? {
            return Ok(Some(new));
        }
        if let Some(name) = name
            && let Some(new) = named(kms, name).await?.into_iter().find(|other| other != id)
        {
            return Ok(Some(new));
        }
        // Nothing tells whether it was done: another Re-key might make another key.
        if name.is_none() {
            return Err(FlowError::from(error).leaving(None));
        }
        if tries == TRIES {
            return Err(error.into());
        }
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
            // The link is what a repetition finds the new key by, so it comes first.
            let is_found = link(kms, id, &new).await.map_err(|error| error.leaving(Some(&new)))?;
            let finished = finish(kms, id, &new, is_found).await;
            finished.map_err(|error| if is_found { error } else { error.leaving(Some(&new)) })
        }
    }
}

/// Makes a new key without a name ready, to which the old one has a link where the server takes links.
async fn finish(kms: &impl Kmip, id: &str, new: &str, is_found: bool) -> Result<Rotated, FlowError> {
    activate(kms, new).await?;
    let is_linked = is_found && link_back(kms, id, new).await?;
    Ok(Rotated { id: new.to_owned(), name: None, is_linked, old_state: state(kms, id).await? })
}

/// Gives the old key a link to the new one. Returns `false` if the server does not take links.
async fn link(kms: &impl Kmip, id: &str, new: &str) -> Result<bool, FlowError> {
    add_link(kms, id, LinkType::REPLACEMENT_OBJECT_LINK, new).await
}

/// Gives the new key a link to the old one. Returns `false` if the server does not take links.
async fn link_back(kms: &impl Kmip, id: &str, new: &str) -> Result<bool, FlowError> {
    add_link(kms, new, LinkType::REPLACED_OBJECT_LINK, id).await
}

async fn add_link(kms: &impl Kmip, from: &str, link_type: LinkType, to: &str) -> Result<bool, FlowError> {
    let link = Link { link_type, linked_object_identifier: Id::Text(to) };
    match kms.call(&AddAttribute::id(from, AttributeValue::Link(link))).await {
        Ok(_) => Ok(true),
        // It takes no links, or has no such attribute.
        Err(Error::Refused(_) | Error::Encode(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A request for a key like this one.
fn like<'a>(old: &Attributes<'a>) -> CreateRequest<'a> {
    let mut request = CreateRequest { object_type: ObjectType::SYMMETRIC_KEY, ..CreateRequest::default() };
    for value in old.values() {
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

/// Stands between a name and the number of the rotation.
pub(super) const ROTATED: &str = ".rotated-";

/// The name of the key that takes the place of one with this name.
pub(super) fn next_name(name: &str) -> String {
    let rotated = name.rsplit_once(ROTATED).and_then(|(base, number)| Some((base, number.parse::<u32>().ok()?)));
    let (base, number) = rotated.unwrap_or((name, 0));
    format!("{base}{ROTATED}{}", number.saturating_add(1))
}

/// The key that has taken the place of this one, by its link.
async fn linked(kms: &impl Kmip, id: &str) -> Result<Option<String>, FlowError> {
    let reply = kms.call(&GetAttributes::id(id)).await?;
    Ok(replacement(&reply.payload().attributes.unwrap_or_default()))
}

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
