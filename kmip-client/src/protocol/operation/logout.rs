//! The Logout operation.

use kmip_ttlv::{V2_0, ttlv_struct};

use crate::protocol::Ticket;

/// Invalidates a ticket. KMIP 2.1, 6.1.31. Since KMIP 2.0.
///
/// ```
/// use kmip_client::protocol::operation::Logout;
/// use kmip_client::protocol::{Secret, Ticket};
/// use kmip_client::ttlv::enumeration::TicketType;
///
/// let ticket = Ticket::new(TicketType::LOGIN, Secret::new(b"from Login"));
/// assert_eq!(Logout::ticket(ticket.clone()).ticket, ticket);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Logout;

impl Logout {
    /// Invalidates this ticket.
    #[must_use]
    pub const fn ticket(ticket: Ticket<'_>) -> LogoutRequest<'_> {
        LogoutRequest { ticket }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to end a ticket.
    pub struct LogoutRequest<'a> {
        /// The ticket.
        pub ticket: Ticket<'a> = TICKET in V2_0..,
    }
}

ttlv_struct! {
    #[compact]
    /// An empty acknowledgement.
    pub struct LogoutResponse {}
}
