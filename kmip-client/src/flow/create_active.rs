//! A key that exists once, and is active.

use kmip_ttlv::Tag;

use super::{FlowError, SETTLING, TRIES, activate, after_creation, is_unknown, one_named};
use crate::client::kmip::Kmip;
use crate::protocol::attribute::{Attribute, AttributeValue};
use crate::protocol::operation::{CreateRequest, GetAttributes, GetAttributesRequest};

/// Returns the identifier of the active key with this name, which is created if it does not exist.
///
/// May be called any number of times, by one program after a restart or by several concurrently, provided that the
/// server enforces unique names. If the outcome of Create is unknown, the key is located by its name.
///
/// ```
/// # #[cfg(all(feature = "test-server", feature = "blocking"))] {
/// use kmip_client::flow::{self, FlowError};
/// use kmip_client::protocol::operation::Create;
/// use kmip_client::test_server::{Fault, TestServer};
/// use kmip_client::{Kmip, blocking};
///
/// async fn key_of(kms: &impl Kmip, disk: &str) -> Result<String, FlowError> {
///     flow::create_active(kms, &format!("disk {disk}"), &Create::aes(256)).await
/// }
///
/// let server = TestServer::start();
/// let kms = blocking::Client::connect(&server.config())?;
/// let first = kms.run(async |kms| key_of(&kms, "sda").await)?;
/// let again = kms.run(async |kms| key_of(&kms, "sda").await)?;
/// assert_eq!(first, again);
/// # }
/// # Ok::<(), kmip_client::flow::FlowError>(())
/// ```
///
/// # Errors
///
/// Returns [`FlowError::NameTaken`] if the object with the name has another kind, algorithm or length than requested,
/// [`FlowError::SeveralNamed`] if several objects have the name, [`FlowError::State`] if the key can no longer be used,
/// [`FlowError::CannotRepeat`] if a call failed after the key was created and the server does not find it by the name,
/// and [`FlowError::Kms`] if a call failed.
pub async fn create_active(kms: &impl Kmip, name: &str, request: &CreateRequest<'_>) -> Result<String, FlowError> {
    let named = request.clone().name(name);
    let mut failed = None;
    for tries in 0.. {
        if let Some(id) = one_named(kms, name).await? {
            if !is_as_asked(kms, &id, request).await? {
                return Err(FlowError::NameTaken { name: name.to_owned(), id });
            }
            activate(kms, &id).await?;
            return Ok(id);
        }
        if let Some(error) = failed.take_if(|error| tries == TRIES || !is_unknown(error)) {
            return Err(error.into());
        }
        match kms.call(&named).await {
            Ok(created) => {
                let id = created.payload().unique_identifier.to_string();
                return match activate(kms, &id).await {
                    Ok(()) => Ok(id),
                    Err(error) => Err(after_creation(kms, name, &id, error).await),
                };
            }
            // The key may have been created, or another program was faster. The name is looked up.
            Err(error) if is_unknown(&error) || error.reason().is_some() => failed = Some(error),
            Err(error) => return Err(error.into()),
        }
        kms.pause(SETTLING).await;
    }
    unreachable!("the last try has returned")
}

/// Returns `true` if an object has the requested kind, algorithm and length.
async fn is_as_asked(kms: &impl Kmip, id: &str, request: &CreateRequest<'_>) -> Result<bool, FlowError> {
    const TELLING: [Tag; 3] = [Tag::OBJECT_TYPE, Tag::CRYPTOGRAPHIC_ALGORITHM, Tag::CRYPTOGRAPHIC_LENGTH];
    let asked = TELLING.into_iter().fold(GetAttributes::id(id), GetAttributesRequest::attribute);
    let reply = kms.call(&asked).await?;
    let there = reply.payload().attributes.unwrap_or_default();
    let object_type = AttributeValue::ObjectType(request.object_type);
    let mut wanted = request.attributes.iter().chain([&object_type]);
    Ok(wanted.all(|wanted| {
        let tag = TELLING.into_iter().find(|tag| Attribute::from(wanted.clone()).reference() == (*tag).into());
        // An attribute that the server does not return counts as equal.
        tag.and_then(|tag| there.find(tag).next()).is_none_or(|there| there == wanted)
    }))
}
