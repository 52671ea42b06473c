//! The Ping operation.

use kmip_ttlv::ttlv_struct;

/// Checks if the server is alive. KMIP 2.1, 6.1.36. Since KMIP 2.1.
///
/// ```
/// use kmip_client::protocol::operation::{Ping, PingRequest};
///
/// assert_eq!(Ping::server(), PingRequest::default());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ping;

impl Ping {
    /// Asks the server for a response.
    #[must_use]
    pub const fn server() -> PingRequest {
        PingRequest {}
    }
}

ttlv_struct! {
    #[compact]
    /// An empty request.
    pub struct PingRequest {}
}

ttlv_struct! {
    #[compact]
    /// The response of a live server.
    pub struct PingResponse {}
}
