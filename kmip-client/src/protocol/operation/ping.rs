//! Ping: whether the server is alive.

use kmip_ttlv::ttlv_struct;

/// Ping: whether the server is alive. KMIP 2.1, 6.1.36. Since KMIP 2.1.
///
/// ```
/// use kmip_client::protocol::operation::{Ping, PingRequest};
///
/// assert_eq!(Ping::server(), PingRequest::default());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ping;

impl Ping {
    /// Asks the server for an answer.
    #[must_use]
    pub const fn server() -> PingRequest {
        PingRequest {}
    }
}

ttlv_struct! {
    /// The question; there is nothing to say in it.
    pub struct PingRequest {}
}

ttlv_struct! {
    /// The answer: the server is alive.
    pub struct PingResponse {}
}
