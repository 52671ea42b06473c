//! Set Endpoint Role: client and server change places on their connection.

use kmip_ttlv::enumeration::EndpointRole;
use kmip_ttlv::{V2_0, ttlv_struct};

/// Set Endpoint Role: client and server change places on their connection. KMIP 2.1, 6.1.54 and 6.2.5. Since KMIP 2.0.
///
/// Either side may ask. The payloads are the same in both directions: who asks says which role the other is to take.
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
    /// Which role to take.
    pub struct SetEndpointRoleRequest {
        /// The role.
        pub endpoint_role: EndpointRole = ENDPOINT_ROLE in V2_0..,
    }
}

ttlv_struct! {
    /// Which role was taken.
    pub struct SetEndpointRoleResponse {
        /// The role.
        pub endpoint_role: EndpointRole = ENDPOINT_ROLE in V2_0..,
    }
}
