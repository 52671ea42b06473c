//! Activate: an object becomes Active.

use super::{id_only, object_only};

/// Activate: an object in the state Pre-Active becomes Active. KMIP 2.1, 6.1.1.
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
    /// Which object to activate.
    ActivateRequest
}

id_only! {
    /// Which object it was.
    ActivateResponse
}
