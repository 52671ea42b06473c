//! The Set Endpoint Role operation.

use kmip_ttlv::enumeration::EndpointRole;
use kmip_ttlv::{V2_0, ttlv_struct};

/// Swaps the roles of client and server on their connection. KMIP 2.1, 6.1.54 and 6.2.5. Since KMIP 2.0.
///
/// Either side may send the request. The payloads are the same in both directions: the sender names the role that the
/// receiver should take.
///
/// ```
/// use kmip_client::protocol::operation::SetEndpointRole;
/// use kmip_client::ttlv::enumeration::EndpointRole;
///
/// assert_eq!(SetEndpointRole::role(EndpointRole::CLIENT).endpoint_role, EndpointRole::CLIENT);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SetEndpointRole;

impl SetEndpointRole {
    /// Asks the other side to take this role.
    #[must_use]
    pub const fn role(endpoint_role: EndpointRole) -> SetEndpointRoleRequest {
        SetEndpointRoleRequest { endpoint_role }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to change the endpoint's role.
    pub struct SetEndpointRoleRequest {
        /// The role.
        pub endpoint_role: EndpointRole = ENDPOINT_ROLE in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// The role that was taken.
    pub struct SetEndpointRoleResponse {
        /// The role.
        pub endpoint_role: EndpointRole = ENDPOINT_ROLE in V2_0..,
    }
}
