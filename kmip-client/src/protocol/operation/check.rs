//! Check: whether an object may be used for something.

use kmip_ttlv::enumeration::CryptographicUsageMask;
use kmip_ttlv::{Interval, ttlv_struct};

use crate::protocol::Id;

/// Check: whether an object may be used for something, before it is fetched or used. KMIP 2.1, 6.1.7.
///
/// In a batch it guards the items that follow: where the answer is no, the batch has no ID Placeholder any more.
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
    /// Asks whether this object may be used, for what is added to the request.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> CheckRequest<'a> {
        CheckRequest { unique_identifier: Some(id.into()), ..CheckRequest::default() }
    }
}

ttlv_struct! {
    /// Which object is meant, and what for.
    pub struct CheckRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// How much it is to protect, in the unit of its Usage Limits. Nothing is taken of it.
        pub usage_limits_count: Option<i64> = USAGE_LIMITS_COUNT,
        /// What it is to be used for.
        pub cryptographic_usage_mask: Option<CryptographicUsageMask> = CRYPTOGRAPHIC_USAGE_MASK,
        /// For how many seconds a lease is wanted. None is given yet.
        pub lease_time: Option<Interval> = LEASE_TIME,
    }
}

impl CheckRequest<'_> {
    /// Asks whether the object may be used for all of this.
    #[must_use]
    pub fn usage(mut self, mask: CryptographicUsageMask) -> Self {
        self.cryptographic_usage_mask = Some(mask);
        self
    }

    /// Asks whether so much is left of the object's Usage Limits.
    #[must_use]
    pub fn usage_limits(mut self, units: i64) -> Self {
        self.usage_limits_count = Some(units);
        self
    }

    /// Asks whether a lease of so many seconds would be given.
    #[must_use]
    pub fn lease(mut self, seconds: u32) -> Self {
        self.lease_time = Some(Interval(seconds));
        self
    }
}

ttlv_struct! {
    /// Which object it was; or, beside a refusal, what of the request is the reason for it.
    pub struct CheckResponse<'a> {
        /// The object; missing in a refusal.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The amount, where it is more than is left.
        pub usage_limits_count: Option<i64> = USAGE_LIMITS_COUNT,
        /// The uses, where the object is not for all of them.
        pub cryptographic_usage_mask: Option<CryptographicUsageMask> = CRYPTOGRAPHIC_USAGE_MASK,
        /// The lease, where it is longer than the server gives.
        pub lease_time: Option<Interval> = LEASE_TIME,
    }
}
