//! The objects to be copied.

use kmip_ttlv::V1_3;
use kmip_ttlv::enumeration::ResultReason;

use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::flow::{PAGE, identifiers, states_more, with_further_pages};
use crate::protocol::operation::LocateRequest;
use crate::transport::error::TransportError;

/// Returns the identifiers of all objects that the request finds.
pub(super) async fn locate_all(kms: &impl Kmip, filter: &LocateRequest<'_>) -> Result<Vec<String>, Error> {
    match kms.call(filter).await {
        Ok(found) if filter.maximum_items.is_none() && states_more(&found) => {
            with_further_pages(kms, filter, identifiers(&found)).await
        }
        Ok(found) => Ok(identifiers(&found)),
        // Too many for one reply.
        Err(error) if kms.version() >= V1_3 && filter.maximum_items.is_none() && is_too_large(&error) => {
            let mut all = Vec::new();
            let mut pages = kms.locate_pages(filter.clone(), PAGE);
            while let Some(page) = pages.next().await {
                all.extend(identifiers(&page?));
            }
            Ok(all)
        }
        Err(error) => Err(error),
    }
}

/// Returns `true` if a reply was larger than one of the two sides allows.
#[inline]
fn is_too_large(error: &Error) -> bool {
    error.reason() == Some(ResultReason::RESPONSE_TOO_LARGE)
        || matches!(error.transport_error(), Some(TransportError::Malformed(_)))
}
