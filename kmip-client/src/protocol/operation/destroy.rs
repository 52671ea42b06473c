//! The Destroy operation.

use super::{id_only, object_only};

/// Destroys an object's key and keeps its attributes. KMIP 2.1, 6.1.15.
///
/// ```
/// use kmip_client::protocol::operation::Destroy;
///
/// let request = Destroy::id("9dc02223");
/// assert_eq!(request.unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Destroy;

object_only! {
    /// Destroys this object. Most servers refuse this for an active object.
    Destroy::id;
    /// A request to destroy an object.
    DestroyRequest
}

id_only! {
    /// The object that was affected.
    DestroyResponse
}
