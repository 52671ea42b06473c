//! Tickets, which Login issues and which authenticate a client afterwards.

use kmip_ttlv::enumeration::TicketType;
use kmip_ttlv::ttlv_struct;

use super::Secret;

ttlv_struct! {
    #[compact]
    /// A ticket that a client presents instead of its other credentials (KMIP 2.1, 7.39). Since KMIP 2.0.
    ///
    /// [`Login`](super::operation::Login) and [`DelegatedLogin`](super::operation::DelegatedLogin) issue one;
    /// [`TicketCredential`](super::message::TicketCredential) presents it.
    ///
    /// ```
    /// use kmip_client::Credentials;
    /// use kmip_client::protocol::Ticket;
    /// use kmip_client::protocol::Secret;
    /// use kmip_client::ttlv::enumeration::TicketType;
    ///
    /// let ticket = Ticket::new(TicketType::LOGIN, Secret::new(b"kept from Login")); // for `with_credential` of the clients
    /// let credentials = Credentials::ticket(ticket);
    /// assert!(!format!("{credentials:?}").contains("kept"));
    /// ```
    pub struct Ticket<'a> {
        /// The origin of the ticket.
        pub ticket_type: TicketType = TICKET_TYPE,
        /// The ticket itself, a bearer token: anyone who has it can act as the client.
        pub ticket_value: Secret<'a> = TICKET_VALUE,
    }
}
