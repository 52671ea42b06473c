//! The Activate operation.

use super::{id_only, object_only};

/// Changes an object's state from Pre-Active to Active. KMIP 2.1, 6.1.1.
///
/// ```
/// use kmip_client::protocol::operation::Activate;
///
/// let request = Activate::id("9dc02223");
/// assert_eq!(request.unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Activate;

object_only! {
    /// Activates this object.
    Activate::id;
    /// A request to activate an object.
    ActivateRequest
}

id_only! {
    /// The object that was affected.
    ActivateResponse
}
