//! Get Constraints: what the attributes of new objects have to keep to.

use kmip_ttlv::{V2_1, ttlv_struct};

use super::Constraints;

/// Get Constraints: what the attributes of new objects have to keep to. KMIP 2.1, 6.1.22. Since KMIP 2.1.
///
/// ```
/// use kmip_client::protocol::operation::{GetConstraints, GetConstraintsRequest};
///
/// assert_eq!(GetConstraints::all(), GetConstraintsRequest::default());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GetConstraints;

impl GetConstraints {
    /// Asks for all constraints.
    #[must_use]
    pub const fn all() -> GetConstraintsRequest {
        GetConstraintsRequest {}
    }
}

ttlv_struct! {
    /// The question; there is nothing to say in it.
    pub struct GetConstraintsRequest {}
}

ttlv_struct! {
    /// The constraints.
    pub struct GetConstraintsResponse<'a> {
        /// All that there are.
        pub constraints: Constraints<'a> = CONSTRAINTS in V2_1..,
    }
}
