//! Migration of one object by Export and Import, which keep its identifier and its dates.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{KeyWrapType, ResultReason, State};

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::exchange::reply::Reply;
use crate::flow::migrate::{Migrated, digest, finish, is_same, transferable};
use crate::flow::{FlowError, TRIES, is_unknown, state_in};
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;
use crate::protocol::object::{KeyBlock, Object};
use crate::protocol::operation::{Export, ExportRequest, GetAttributes, Import, ImportRequest};

/// A key that both servers have, to wrap objects in transit.
#[derive(Clone, Debug)]
pub(super) struct Transit {
    pub(super) from_key: String,
    pub(super) to_key: String,
}

/// Copies an object with all its attributes. Returns `None`, without an effect, if one of the servers does not support
/// this.
pub(super) async fn import(
    from: &impl Kmip,
    to: &impl Kmip,
    id: &str,
    transit: Option<&Transit>,
) -> Result<Option<Migrated>, FlowError> {
    let request = match transit {
        Some(transit) => Export::id(id).wrapped_with(transit.from_key.as_str()),
        None => Export::id(id),
    };
    let exported = match export(from, request).await? {
        Some(exported) => exported,
        None => return Ok(None),
    };
    let payload = exported.payload();
    let attributes = payload.attributes.unwrap_or_default();
    if let Some(state @ (State::DESTROYED | State::DESTROYED_COMPROMISED)) =
        attributes.find(Tag::STATE).find_map(state_in)
    {
        return Err(FlowError::State { id: id.to_owned(), state });
    }
    let Some(object) = payload.object else { return Ok(None) };
    let Some((object, unwrap)) = for_the_other(*object, transit) else { return Ok(None) };

    let mut request = Import::object(id, object.clone());
    request.attributes = transferable(&attributes);
    request.key_wrap_type = unwrap.then_some(KeyWrapType::NOT_WRAPPED);
    match send(to, &request).await? {
        Sent::Taken(copy) => {
            let left_out = finish(to, &copy, &attributes).await?;
            Ok(Some(Migrated::new(copy, left_out)))
        }
        // An earlier run was interrupted here, or another object has this identifier.
        Sent::There if is_there(to, id, &object, &attributes, unwrap).await? => {
            let left_out = finish(to, id, &attributes).await?;
            Ok(Some(Migrated::new(id.to_owned(), left_out)))
        }
        Sent::There | Sent::Refused => Ok(None),
    }
}

/// Returns `true` if the object under this identifier on the other server is the same, judged by its bytes, or by its
/// digest if they are wrapped.
async fn is_there(
    to: &impl Kmip,
    id: &str,
    object: &Object<'_>,
    attributes: &Attributes<'_>,
    wrapped: bool,
) -> Result<bool, FlowError> {
    if !wrapped {
        return is_same(to, id, object).await;
    }
    let there = to.call(&GetAttributes::id(id).attribute(Tag::DIGEST)).await?;
    let there = there.payload().attributes.unwrap_or_default();
    Ok(digest(attributes).is_some() && digest(attributes) == digest(&there))
}

async fn export(from: &impl Kmip, request: ExportRequest<'_>) -> Result<Option<Reply<Export>>, FlowError> {
    match from.call(&request).await {
        Ok(exported) => Ok(Some(exported)),
        Err(error) if error.is_not_found() => Err(error.into()),
        Err(Error::Refused(_) | Error::Encode(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns the object in the form for the other server, and whether that server has to unwrap it. Returns `None` for an
/// object that would not be transferred in the requested form.
#[inline]
fn for_the_other<'a>(mut object: Object<'a>, transit: Option<&'a Transit>) -> Option<(Object<'a>, bool)> {
    let Some(transit) = transit else {
        // A key that was registered wrapped stays wrapped by a key of the first server. The caller has to migrate that
        // key.
        let wrapped = object.key_block().is_some_and(KeyBlock::is_wrapped);
        return (!wrapped).then_some((object, false));
    };
    match object.key_block_mut() {
        Some(block) => name_wrapping_key(block, &transit.to_key)?,
        // A certificate is not secret.
        None => return matches!(object, Object::Certificate(_)).then_some((object, false)),
    }
    Some((object, true))
}

/// Replaces the identifier of the first server's wrapping key by the other server's. Returns `None` if the key is not
/// wrapped.
#[inline]
fn name_wrapping_key<'a>(block: &mut KeyBlock<'a>, key: &'a str) -> Option<()> {
    let information = block.key_wrapping_data.as_mut()?.encryption_key_information.as_mut()?;
    information.unique_identifier = Id::from(key);
    Some(())
}

/// The answer of the other server.
enum Sent {
    Taken(String),
    There,
    Refused,
}

/// Sends the object. If the reply is lost, the request is repeated, because a second Import under the same identifier
/// is refused.
async fn send(to: &impl Kmip, request: &ImportRequest<'_>) -> Result<Sent, FlowError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match to.call(request).await {
            Ok(imported) => return Ok(Sent::Taken(imported.payload().unique_identifier.to_string())),
            Err(error) if error.reason() == Some(ResultReason::OBJECT_ALREADY_EXISTS) => return Ok(Sent::There),
            Err(Error::Refused(_) | Error::Encode(_)) => return Ok(Sent::Refused),
            Err(error) if is_unknown(&error) && attempt < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}
