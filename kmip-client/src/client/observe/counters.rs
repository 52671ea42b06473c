//! What was done so far, in numbers.

use crate::config::Endpoint;

/// What a client has done so far.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// # use kmip_client::{blocking::Client, protocol::operation::Locate, test_server::TestServer};
/// # let server = TestServer::start();
/// let kms = Client::connect(&server.config())?;
/// kms.call(&Locate::all())?;
/// let counters = kms.counters();
/// assert_eq!((counters.calls, counters.retries, counters.endpoints[0].opened), (1, 0, 1));
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Calls that have ended; a batch is one.
    pub calls: u64,
    /// Those of them without an answer; a refusal is an answer.
    pub failed: u64,
    /// Attempts beyond the first of their call.
    pub retries: u64,
    /// Those of them at another server.
    pub failovers: u64,
    /// For each server, in the order of the configuration.
    pub endpoints: Vec<EndpointCounters>,
}

/// What a client has done with one server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointCounters {
    /// The server.
    pub endpoint: Endpoint,
    /// Connections that were made.
    pub opened: u64,
    /// Those of them that resumed a TLS session.
    pub resumed: u64,
    /// Connections that were closed. Those that are neither closed nor in use are idle.
    pub closed: u64,
    /// Attempts on a connection that was kept from an earlier call.
    pub reused: u64,
    /// Attempts that brought no answer.
    pub broken: u64,
    /// Bytes of messages that were sent, without those of TLS.
    pub sent: u64,
    /// Bytes of messages that were received.
    pub received: u64,
}
