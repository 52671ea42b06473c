//! The objects to be copied.

use kmip_ttlv::V1_3;
use kmip_ttlv::enumeration::ResultReason;

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::exchange::reply::Reply;
use crate::protocol::operation::{Locate, LocateRequest};
use crate::transport::error::TransportError;

/// The number of identifiers on a page of Locate, if one reply cannot hold them all.
const PAGE: u32 = 500;

/// Returns the identifiers of all objects that the request finds.
pub(super) async fn locate_all(kms: &impl Kmip, filter: &LocateRequest<'_>) -> Result<Vec<String>, Error> {
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
