//! Obtain Lease: how long a client may keep what it knows of an object.

use kmip_ttlv::{DateTime, Interval, ttlv_struct};

use super::object_only;
use crate::protocol::Id;

/// Obtain Lease: how long a client may go on with its copy of an object before it has to ask again. KMIP 2.1, 6.1.35.
///
/// ```
/// use kmip_client::protocol::operation::ObtainLease;
///
/// let request = ObtainLease::id("9dc02223");
/// assert_eq!(request.unique_identifier, Some("9dc02223".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ObtainLease;

object_only! {
    /// Asks for a lease of this object.
    ObtainLease::id;
    /// Which object to lease.
    ObtainLeaseRequest
}

ttlv_struct! {
    /// The lease.
    pub struct ObtainLeaseResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// For how many seconds the object may be used; 0 stands for no limit.
        pub lease_time: Interval = LEASE_TIME,
        /// When the object or one of its attributes was changed last. A copy that is older than this is stale.
        pub last_change_date: DateTime = LAST_CHANGE_DATE,
    }
}
