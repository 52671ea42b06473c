//! Revoke: an object is not to be used any more.

use kmip_ttlv::enumeration::RevocationReasonCode;
use kmip_ttlv::{DateTime, ttlv_struct};

use super::id_only;
use crate::protocol::Id;
use crate::protocol::attribute::RevocationReason;

/// Revoke: an object is not to be used any more. KMIP 2.1, 6.1.44.
///
/// ```
/// use kmip_client::protocol::operation::Revoke;
/// use kmip_client::ttlv::enumeration::RevocationReasonCode;
///
/// let request = Revoke::id("9dc02223", RevocationReasonCode::CESSATION_OF_OPERATION).message("disk retired");
/// assert_eq!(request.revocation_reason.unwrap().message, Some("disk retired"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Revoke;

impl Revoke {
    /// Revokes this object for the reason: it becomes Deactivated, or Compromised where the reason is a compromise.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>, code: RevocationReasonCode) -> RevokeRequest<'a> {
        RevokeRequest {
            unique_identifier: Some(id.into()),
            revocation_reason: Some(RevocationReason { code, message: None }),
            compromise_occurrence_date: None,
        }
    }

    /// Revokes this key as compromised since a point in time.
    #[must_use]
    pub fn key_compromise<'a>(id: impl Into<Id<'a>>, since: DateTime) -> RevokeRequest<'a> {
        let compromise_occurrence_date = Some(since);
        RevokeRequest { compromise_occurrence_date, ..Self::id(id, RevocationReasonCode::KEY_COMPROMISE) }
    }
}

ttlv_struct! {
    /// Which object to revoke, and why.
    pub struct RevokeRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The reason. Every version before KMIP 3.0 wants one.
        pub revocation_reason: Option<RevocationReason<'a>> = REVOCATION_REASON,
        /// Since when it is compromised; needed where the reason is a compromise.
        pub compromise_occurrence_date: Option<DateTime> = COMPROMISE_OCCURRENCE_DATE,
    }
}

impl<'a> RevokeRequest<'a> {
    /// Adds a note for people.
    #[must_use]
    pub fn message(mut self, message: &'a str) -> Self {
        self.revocation_reason.get_or_insert_default().message = Some(message);
        self
    }
}

id_only! {
    /// Which object was revoked.
    RevokeResponse
}
