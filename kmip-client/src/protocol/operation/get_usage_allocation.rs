//! The Get Usage Allocation operation.

use kmip_ttlv::ttlv_struct;

use super::id_only;
use crate::protocol::Id;

/// Allocates a part of the usage that is left of a key. KMIP 2.1, 6.1.23.
///
/// A key with the attribute Usage Limits may protect a limited number of bytes or objects. An allocation counts as used
/// and cannot be returned.
///
/// ```
/// use kmip_client::protocol::operation::GetUsageAllocation;
///
/// let request = GetUsageAllocation::bytes("9dc02223", 1 << 20);
/// assert_eq!(request.usage_limits_count, 1_048_576);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GetUsageAllocation;

impl GetUsageAllocation {
    /// Allocates this many bytes of a key whose Usage Limits count bytes.
    #[must_use]
    pub fn bytes<'a>(id: impl Into<Id<'a>>, bytes: i64) -> GetUsageAllocationRequest<'a> {
        Self::units(id, bytes)
    }

    /// Allocates this many objects of a key whose Usage Limits count objects.
    #[must_use]
    pub fn objects<'a>(id: impl Into<Id<'a>>, objects: i64) -> GetUsageAllocationRequest<'a> {
        Self::units(id, objects)
    }

    /// Allocates this many units of whatever the Usage Limits of the key count. The request does not name the unit.
    #[must_use]
    pub fn units<'a>(id: impl Into<Id<'a>>, units: i64) -> GetUsageAllocationRequest<'a> {
        GetUsageAllocationRequest { unique_identifier: Some(id.into()), usage_limits_count: units }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to allocate a part of a key's Usage Limits.
    pub struct GetUsageAllocationRequest<'a> {
        /// The key; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The amount, in the unit of the key's Usage Limits.
        pub usage_limits_count: i64 = USAGE_LIMITS_COUNT,
    }
}

id_only! {
    /// The key. The allocation is always granted in full.
    GetUsageAllocationResponse
}
