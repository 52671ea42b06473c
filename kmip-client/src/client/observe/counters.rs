//! Counters of a client's activity.

use std::fmt;

use crate::config::Endpoint;

/// The counters of a client and its clones.
///
/// `Display` prints one line, for logs.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "test-server"))] {
/// # use kmip_client::{blocking::Client, protocol::operation::Locate, test_server::TestServer};
/// # let server = TestServer::start();
/// let kms = Client::connect(&server.config())?;
/// kms.call(&Locate::all())?;
/// let counters = kms.counters();
/// assert_eq!((counters.calls, counters.retries, counters.endpoints[0].opened), (1, 0, 1));
/// assert!(counters.to_string().starts_with("calls 1, failed 0, retries 0, failovers 0; 127.0.0.1:"));
/// # }
/// # Ok::<(), kmip_client::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Calls that have ended; a batch is one, and so is each Poll.
    pub calls: u64,
    /// Calls without a response; a refusal is a response.
    pub failed: u64,
    /// Attempts beyond the first of their call.
    pub retries: u64,
    /// Retries on another server.
    pub failovers: u64,
    /// The counters of each server, in the order of the configuration.
    pub endpoints: Vec<EndpointCounters>,
}

/// The counters of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointCounters {
    /// The server.
    pub endpoint: Endpoint,
    /// Connections that were opened.
    pub opened: u64,
    /// Connections that resumed a TLS session.
    pub resumed: u64,
    /// Connections that were closed. Those that are neither closed nor in use are idle.
    pub closed: u64,
    /// Attempts on a connection that was idle before.
    pub reused: u64,
    /// Attempts without a response.
    pub failed_attempts: u64,
    /// Bytes of messages sent, without the overhead of TLS.
    pub sent: u64,
    /// Bytes of messages received, without the overhead of TLS.
    pub received: u64,
}

impl fmt::Display for Counters {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, failed, retries, failovers, endpoints } = self;
        write!(f, "calls {calls}, failed {failed}, retries {retries}, failovers {failovers}")?;
        endpoints.iter().try_for_each(|endpoint| write!(f, "; {endpoint}"))
    }
}

impl fmt::Display for EndpointCounters {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, opened, resumed, closed, reused, failed_attempts, sent, received } = self;
        write!(
            f,
            "{endpoint}: opened {opened}, resumed {resumed}, reused {reused}, closed {closed}, failed attempts {failed_attempts}, \
             sent {sent} B, received {received} B"
        )
    }
}
