//! The Recover operation.

use super::{id_only, object_only};

/// Recovers an archived object, so that it can be used again. KMIP 2.1, 6.1.42.
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
    /// A request to recover an object.
    RecoverRequest
}

id_only! {
    /// The object that was affected.
    RecoverResponse
}
