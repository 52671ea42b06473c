//! The Revoke operation.

use kmip_ttlv::enumeration::RevocationReasonCode;
use kmip_ttlv::{DateTime, ttlv_struct};

use super::id_only;
use crate::protocol::Id;
use crate::protocol::attribute::RevocationReason;

/// Revokes an object. KMIP 2.1, 6.1.44.
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
    /// Revokes this object for the reason. It becomes Compromised for a compromise, and Deactivated otherwise.
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
    #[compact]
    /// A request to revoke an object.
    pub struct RevokeRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The reason. Required before KMIP 3.0.
        pub revocation_reason: Option<RevocationReason<'a>> = REVOCATION_REASON,
        /// The time since which the object is compromised; required for a compromise.
        pub compromise_occurrence_date: Option<DateTime> = COMPROMISE_OCCURRENCE_DATE,
    }
}

impl<'a> RevokeRequest<'a> {
    /// Adds a note for humans.
    #[must_use]
    #[inline]
    pub fn message(mut self, message: &'a str) -> Self {
        self.revocation_reason.get_or_insert_default().message = Some(message);
        self
    }
}

id_only! {
    /// The object that was revoked.
    RevokeResponse
}
