//! Recover: an archived object comes back.

use super::{id_only, object_only};

/// Recover: an archived object comes back and can be used again. KMIP 2.1, 6.1.42.
///
/// ```
/// use kmip_client::protocol::operation::Recover;
///
/// let request = Recover::id("9dc02223");
/// assert_eq!(request.unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Recover;

object_only! {
    /// Recovers this object.
    Recover::id;
    /// Which object to recover.
    RecoverRequest
}

id_only! {
    /// Which object it was.
    RecoverResponse
}
