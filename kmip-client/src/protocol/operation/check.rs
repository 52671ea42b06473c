//! The Check operation.

use kmip_ttlv::enumeration::CryptographicUsageMask;
use kmip_ttlv::{Interval, ttlv_struct};

use crate::protocol::Id;

/// Checks if an object may be used in a certain way, before it is fetched or used. KMIP 2.1, 6.1.7.
///
/// In a batch it guards the items that follow: after a negative result the batch has no ID Placeholder.
///
/// ```
/// use kmip_client::protocol::operation::Check;
/// use kmip_client::ttlv::enumeration::CryptographicUsageMask;
///
/// let request = Check::id("9dc02223").usage(CryptographicUsageMask::ENCRYPT).usage_limits(1 << 20);
/// assert_eq!(request.usage_limits_count, Some(1_048_576));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Check;

impl Check {
    /// Checks if this object may be used in the ways that are added to the request.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> CheckRequest<'a> {
        CheckRequest { unique_identifier: Some(id.into()), ..CheckRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// The object to check, and the intended use.
    pub struct CheckRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The amount to protect, in the unit of its Usage Limits. The check consumes nothing.
        pub usage_limits_count: Option<i64> = USAGE_LIMITS_COUNT,
        /// The intended use.
        pub cryptographic_usage_mask: Option<CryptographicUsageMask> = CRYPTOGRAPHIC_USAGE_MASK,
        /// The lease to check, in seconds. It is not granted.
        pub lease_time: Option<Interval> = LEASE_TIME,
    }
}

impl CheckRequest<'_> {
    /// Checks if the object may be used for all of this.
    #[must_use]
    #[inline]
    pub fn usage(mut self, mask: CryptographicUsageMask) -> Self {
        self.cryptographic_usage_mask = Some(mask);
        self
    }

    /// Checks if this amount is left of the object's Usage Limits.
    #[must_use]
    #[inline]
    pub fn usage_limits(mut self, units: i64) -> Self {
        self.usage_limits_count = Some(units);
        self
    }

    /// Checks if a lease of this many seconds would be granted.
    #[must_use]
    #[inline]
    pub fn lease(mut self, seconds: u32) -> Self {
        self.lease_time = Some(Interval(seconds));
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The object that was checked; after a refusal, also the part of the request that was refused.
    pub struct CheckResponse<'a> {
        /// The object; missing after a refusal.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The amount, if it exceeds the amount that is left.
        pub usage_limits_count: Option<i64> = USAGE_LIMITS_COUNT,
        /// The uses, if the object does not allow all of them.
        pub cryptographic_usage_mask: Option<CryptographicUsageMask> = CRYPTOGRAPHIC_USAGE_MASK,
        /// The lease, if it is longer than the server grants.
        pub lease_time: Option<Interval> = LEASE_TIME,
    }
}
