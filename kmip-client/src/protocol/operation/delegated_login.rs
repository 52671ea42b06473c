//! The Delegated Login operation.

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{V2_0, ttlv_struct};

use super::{ObjectGroups, Objects, OperationList, TicketTime};
use crate::protocol::attribute::UsageLimits;
use crate::protocol::{Id, Ticket};

/// Issues a ticket with which its holder may perform certain operations for the client. KMIP 2.1, 6.1.12. Since KMIP
/// 2.0.
///
/// ```
/// use kmip_client::protocol::operation::{DelegatedLogin, Right};
/// use kmip_client::ttlv::enumeration::OperationCode;
///
/// let right = Right::default().operation(OperationCode::GET).object("9dc02223");
/// assert_eq!(DelegatedLogin::rights([right]).rights.rights.len(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DelegatedLogin;

impl DelegatedLogin {
    /// Requests a ticket with these rights. Each right allows the operations that it describes.
    pub fn rights<'a>(rights: impl IntoIterator<Item = Right<'a>>) -> DelegatedLoginRequest<'a> {
        let rights = Rights { rights: rights.into_iter().collect() };
        DelegatedLoginRequest { rights, ..DelegatedLoginRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// The terms of the ticket.
    pub struct DelegatedLoginRequest<'a> {
        /// The lifetime or the end of validity.
        pub lease_time: Option<TicketTime> = LEASE_TIME in V2_0..,
        /// The maximum number of requests.
        pub request_count: Option<i32> = REQUEST_COUNT in V2_0..,
        /// The amount that the operations may process.
        pub usage_limits: Option<UsageLimits> = USAGE_LIMITS in V2_0..,
        /// The rights of the ticket's holder.
        pub rights: Rights<'a> = RIGHTS in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// The rights of a ticket's holder: anything that at least one of them allows (KMIP 2.1, 7.35).
    pub struct Rights<'a> {
        /// The rights.
        pub rights: Vec<Right<'a>> = RIGHT,
    }
}

ttlv_struct! {
    #[compact]
    /// A right to perform operations on objects (KMIP 2.1, 7.34). A field that is missing sets no restriction.
    pub struct Right<'a> {
        /// The amount.
        pub usage_limits: Option<UsageLimits> = USAGE_LIMITS,
        /// The operations.
        pub operations: Option<OperationList> = OPERATIONS,
        /// The objects.
        pub objects: Option<Objects<'a>> = OBJECTS,
        /// The groups of objects.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS,
    }
}

impl<'a> Right<'a> {
    /// Allows this operation.
    #[must_use]
    #[inline]
    pub fn operation(mut self, operation: OperationCode) -> Self {
        self.operations.get_or_insert_default().operations.push(operation);
        self
    }

    /// Allows the right for this object.
    #[must_use]
    pub fn object(mut self, id: impl Into<Id<'a>>) -> Self {
        self.objects.get_or_insert_default().identifiers.push(id.into());
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The ticket.
    pub struct DelegatedLoginResponse<'a> {
        /// The ticket that grants the rights.
        pub ticket: Ticket<'a> = TICKET in V2_0..,
    }
}
