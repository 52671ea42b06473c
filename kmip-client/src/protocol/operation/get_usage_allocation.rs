//! Get Usage Allocation: a share of what a key may still be used for.

use kmip_ttlv::ttlv_struct;

use super::id_only;
use crate::protocol::Id;

/// Get Usage Allocation: a client takes a share of what a key may still be used for. KMIP 2.1, 6.1.23.
///
/// A key with the attribute Usage Limits may protect so many bytes or objects and no more. What is taken counts as used, and is not given
/// back.
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
    /// Takes so many bytes of a key whose Usage Limits count bytes.
    #[must_use]
    pub fn bytes<'a>(id: impl Into<Id<'a>>, bytes: i64) -> GetUsageAllocationRequest<'a> {
        Self::units(id, bytes)
    }

    /// Takes so many objects of a key whose Usage Limits count objects.
    #[must_use]
    pub fn objects<'a>(id: impl Into<Id<'a>>, objects: i64) -> GetUsageAllocationRequest<'a> {
        Self::units(id, objects)
    }

    /// Takes so many of whatever the Usage Limits of the key count; the request does not say what that is.
    #[must_use]
    pub fn units<'a>(id: impl Into<Id<'a>>, units: i64) -> GetUsageAllocationRequest<'a> {
        GetUsageAllocationRequest { unique_identifier: Some(id.into()), usage_limits_count: units }
    }
}

ttlv_struct! {
    /// How much is taken, and of which key.
    pub struct GetUsageAllocationRequest<'a> {
        /// The key; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// How much, in the unit of the key's Usage Limits.
        pub usage_limits_count: i64 = USAGE_LIMITS_COUNT,
    }
}

id_only! {
    /// Which key it was. All that was asked for is granted.
    GetUsageAllocationResponse
}
