//! The Archive operation.

use super::{id_only, object_only};

/// Lets the server move an object to slower storage. KMIP 2.1, 6.1.4.
///
/// Until the object is recovered, the server refuses other operations on it ([`OBJECT_ARCHIVED`]). Locate finds it only
/// if the request's Storage Status Mask includes archived objects.
///
/// ```
/// use kmip_client::protocol::operation::Archive;
///
/// let request = Archive::id("9dc02223");
/// assert_eq!(request.unique_identifier, Some("9dc02223".into()));
/// ```
///
/// [`OBJECT_ARCHIVED`]: kmip_ttlv::enumeration::ResultReason::OBJECT_ARCHIVED
#[derive(Clone, Copy, Debug)]
pub struct Archive;

object_only! {
    /// Archives this object.
    Archive::id;
    /// A request to archive an object.
    ArchiveRequest
}

id_only! {
    /// The object that was affected.
    ArchiveResponse
}
