//! Who asks.

use kmip_ttlv::{DateTime, ProtocolVersion};

use crate::test_server::base::habits::Habits;

/// Who looks, when, and in which version of KMIP.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct View<'s> {
    pub(in crate::test_server) owner: &'s str,
    pub(in crate::test_server) now: DateTime,
    pub(in crate::test_server) version: ProtocolVersion,
    /// Whether requests are accepted that do not keep to the standard: see [`Builder::lenient`](crate::test_server::Builder::lenient).
    pub(in crate::test_server) lenient: bool,
    /// How the server does things in another way.
    pub(in crate::test_server) habits: Habits,
}
