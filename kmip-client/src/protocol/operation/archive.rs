//! Archive: an object may go to slower storage.

use super::{id_only, object_only};

/// Archive: the client does without an object for now, and the server may move it to slower storage. KMIP 2.1, 6.1.4.
///
/// Until it is recovered a server refuses to do anything else with it ([`OBJECT_ARCHIVED`]), and Locate finds it only where the
/// request's Storage Status Mask asks for archived objects.
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
    /// Which object to archive.
    ArchiveRequest
}

id_only! {
    /// Which object it was.
    ArchiveResponse
}
