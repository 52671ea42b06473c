//! The Get Constraints operation.

use kmip_ttlv::{V2_1, ttlv_struct};

use super::Constraints;

/// Returns the constraints on the attributes of new objects. KMIP 2.1, 6.1.22. Since KMIP 2.1.
///
/// ```
/// use kmip_client::protocol::operation::{GetConstraints, GetConstraintsRequest};
///
/// assert_eq!(GetConstraints::all(), GetConstraintsRequest::default());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GetConstraints;

impl GetConstraints {
    /// Requests all constraints.
    #[must_use]
    pub const fn all() -> GetConstraintsRequest {
        GetConstraintsRequest {}
    }
}

ttlv_struct! {
    #[compact]
    /// An empty request.
    pub struct GetConstraintsRequest {}
}

ttlv_struct! {
    #[compact]
    /// The constraints.
    pub struct GetConstraintsResponse<'a> {
        /// All constraints of the server.
        pub constraints: Constraints<'a> = CONSTRAINTS in V2_1..,
    }
}
