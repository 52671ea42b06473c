//! The Deactivate operation.

use kmip_ttlv::enumeration::DeactivationReasonCode;
use kmip_ttlv::{DateTime, V3_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::DeactivationReason;

/// Ends the protection period of an active object. KMIP 3.0, 6.1.14; before, [`Revoke`](super::Revoke) does this.
///
/// ```
/// use kmip_client::protocol::operation::Deactivate;
/// use kmip_client::ttlv::enumeration::DeactivationReasonCode;
///
/// let request = Deactivate::id("9dc02223").reason(DeactivationReasonCode::USAGE_LIMIT);
/// assert_eq!(request.deactivation_date, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Deactivate;

impl Deactivate {
    /// Deactivates this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> DeactivateRequest<'a> {
        DeactivateRequest { unique_identifier: Some(id.into()), ..DeactivateRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to deactivate an object.
    pub struct DeactivateRequest<'a> {
        /// The object.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER in V3_0..,
        /// The reason.
        pub deactivation_reason: Option<DeactivationReason<'a>> = DEACTIVATION_REASON in V3_0..,
        /// The time of deactivation; now if missing.
        pub deactivation_date: Option<DateTime> = DEACTIVATION_DATE in V3_0..,
    }
}

impl DeactivateRequest<'_> {
    /// Sets the reason.
    #[must_use]
    #[inline]
    pub fn reason(mut self, code: DeactivationReasonCode) -> Self {
        self.deactivation_reason = Some(DeactivationReason { code, message: None });
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The object that was deactivated.
    pub struct DeactivateResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER in V3_0..,
    }
}
