//! Destroy: the server forgets the key, and keeps what is known of it.

use super::{id_only, object_only};

/// Destroy: the server forgets the key, and keeps what is known of it. KMIP 2.1, 6.1.15.
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
    /// Destroys this object. Most servers refuse while it is active.
    Destroy::id;
    /// Which object to destroy.
    DestroyRequest
}

id_only! {
    /// Which object it was.
    DestroyResponse
}
