//! Delegated Login: the server gives a ticket that lets its holder do a few things for the client.

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{V2_0, ttlv_struct};

use super::{ObjectGroups, Objects, OperationList, TicketTime};
use crate::protocol::attribute::UsageLimits;
use crate::protocol::{Id, Ticket};

/// Delegated Login: the server gives a ticket that lets its holder do a few things for the client. KMIP 2.1, 6.1.12. Since KMIP 2.0.
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
    /// Asks for a ticket with these rights. Its holder may do what any one of them allows.
    pub fn rights<'a>(rights: impl IntoIterator<Item = Right<'a>>) -> DelegatedLoginRequest<'a> {
        let rights = Rights { rights: rights.into_iter().collect() };
        DelegatedLoginRequest { rights, ..DelegatedLoginRequest::default() }
    }
}

ttlv_struct! {
    /// What the ticket is to be good for.
    pub struct DelegatedLoginRequest<'a> {
        /// For how long, or until when.
        pub lease_time: Option<TicketTime> = LEASE_TIME in V2_0..,
        /// For how many requests.
        pub request_count: Option<i32> = REQUEST_COUNT in V2_0..,
        /// For how much of what the operations do.
        pub usage_limits: Option<UsageLimits> = USAGE_LIMITS in V2_0..,
        /// What its holder may do.
        pub rights: Rights<'a> = RIGHTS in V2_0..,
    }
}

ttlv_struct! {
    /// What the holder of a ticket may do: what any one of the rights allows (KMIP 2.1, 7.35).
    pub struct Rights<'a> {
        /// The rights.
        pub rights: Vec<Right<'a>> = RIGHT,
    }
}

ttlv_struct! {
    /// A right to do something with something (KMIP 2.1, 7.34). What is left out is not narrowed.
    pub struct Right<'a> {
        /// How much.
        pub usage_limits: Option<UsageLimits> = USAGE_LIMITS,
        /// What to do.
        pub operations: Option<OperationList> = OPERATIONS,
        /// With which objects.
        pub objects: Option<Objects<'a>> = OBJECTS,
        /// With the objects of which groups.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS,
    }
}

impl<'a> Right<'a> {
    /// Allows this operation.
    #[must_use]
    pub fn operation(mut self, operation: OperationCode) -> Self {
        self.operations.get_or_insert_default().operations.push(operation);
        self
    }

    /// Allows it for this object.
    #[must_use]
    pub fn object(mut self, id: impl Into<Id<'a>>) -> Self {
        self.objects.get_or_insert_default().identifiers.push(id.into());
        self
    }
}

ttlv_struct! {
    /// The ticket.
    pub struct DelegatedLoginResponse<'a> {
        /// What gives its holder the rights.
        pub ticket: Ticket<'a> = TICKET in V2_0..,
    }
}
