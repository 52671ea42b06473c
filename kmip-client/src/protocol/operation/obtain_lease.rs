//! The Obtain Lease operation.

use kmip_ttlv::{DateTime, Interval, ttlv_struct};

use super::object_only;
use crate::protocol::Id;

/// Obtains a lease: the time for which a client may use its copy of an object. KMIP 2.1, 6.1.35.
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
    /// Requests a lease of this object.
    ObtainLease::id;
    /// A request to lease an object.
    ObtainLeaseRequest
}

ttlv_struct! {
    #[compact]
    /// The lease.
    pub struct ObtainLeaseResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The duration of the lease in seconds; 0 means no limit.
        pub lease_time: Interval = LEASE_TIME,
        /// The time of the last change to the object or its attributes. A copy from before that time is stale.
        pub last_change_date: DateTime = LAST_CHANGE_DATE,
    }
}
