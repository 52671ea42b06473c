//! The requester's view of the store.

use kmip_ttlv::{DateTime, ProtocolVersion};

use crate::test_server::base::habits::Habits;

/// The requester, the time, and the version of KMIP.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct View<'s> {
    pub(in crate::test_server) owner: &'s str,
    pub(in crate::test_server) now: DateTime,
    pub(in crate::test_server) version: ProtocolVersion,
    /// `true` to accept requests that deviate from the standard: see
    /// [`Builder::lenient`](crate::test_server::Builder::lenient).
    pub(in crate::test_server) lenient: bool,
    /// The server's deviations from its default behaviour.
    pub(in crate::test_server) habits: Habits,
}
