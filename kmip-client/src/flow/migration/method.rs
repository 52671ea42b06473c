//! The operations by which one object is copied.

use kmip_ttlv::enumeration::{OperationCode, QueryFunction, State};
use kmip_ttlv::{Tag, V1_4};

use super::import::{Transit, import};
use super::marks::marker;
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::flow::migrate::{Migrated, Naming, copy};
use crate::flow::{FlowError, named, state_in};
use crate::protocol::attribute::AttributeValue;
use crate::protocol::operation::{GetAttributes, Query};
use crate::transport::error::TransportError;

/// The operations by which objects are copied.
#[derive(Clone, Copy)]
pub(super) enum Method<'a> {
    /// Get and Register.
    Register,
    /// Export and Import; Get and Register for objects that Import refuses.
    Import,
    /// Export and Import of wrapped keys.
    Wrapped(&'a Transit),
}

impl<'a> Method<'a> {
    pub(super) async fn between(from: &impl Kmip, to: &impl Kmip, transit: Option<&'a Transit>) -> Result<Self, Error> {
        Ok(match transit {
            Some(transit) => Self::Wrapped(transit),
            None if has(from, OperationCode::EXPORT).await? && has(to, OperationCode::IMPORT).await? => Self::Import,
            None => Self::Register,
        })
    }
}

/// Returns `true` if the server lists the operation, and `false` if it does not answer Query in a readable way.
///
/// Without a connection the method is unknown. A run must not choose another one than the run before it, which may have
/// copied objects already.
async fn has(kms: &impl Kmip, operation: OperationCode) -> Result<bool, Error> {
    if kms.version() < V1_4 {
        return Ok(false);
    }
    match kms.call(&Query::functions([QueryFunction::QUERY_OPERATIONS])).await {
        Ok(reply) => Ok(reply.payload().operations.contains(&operation)),
        Err(error) => match error.transport_error() {
            None | Some(TransportError::Malformed(_) | TransportError::OutOfStep(_)) => Ok(false),
            Some(_) => Err(error),
        },
    }
}

/// Copies one object.
pub(super) async fn one(from: &impl Kmip, to: &impl Kmip, id: &str, method: Method<'_>) -> Result<Migrated, FlowError> {
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
/// so that the copy is found after an interruption. [`unmark_all`](super::marks::unmark_all) removes it later.
async fn register(from: &impl Kmip, to: &impl Kmip, id: &str) -> Result<Migrated, FlowError> {
    let marker = marker(id);
    match copy(from, to, id, Naming::OwnOr(&marker)).await {
        Err(FlowError::NameTaken { .. }) => copy(from, to, id, Naming::Marker(&marker)).await,
        other => other,
    }
}

/// Fails for an object that would not be copied.
pub(super) async fn check_transferable(from: &impl Kmip, to: &impl Kmip, id: &str) -> Result<(), FlowError> {
    let reply = from.call(&GetAttributes::id(id)).await?;
    let attributes = reply.payload().attributes.unwrap_or_default();
    if let Some(state @ (State::DESTROYED | State::DESTROYED_COMPROMISED)) =
        attributes.find(Tag::STATE).find_map(state_in)
    {
        return Err(FlowError::State { id: id.to_owned(), state });
    }
    let kept = [AttributeValue::Extractable(false), AttributeValue::Sensitive(true)];
    if attributes.iter().any(|value| kept.contains(value)) {
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
