//! Tickets: what Login gives, and what stands for a client afterwards.

use kmip_ttlv::enumeration::TicketType;
use kmip_ttlv::ttlv_struct;

use super::Secret;

ttlv_struct! {
    /// What a client shows instead of its other credentials (KMIP 2.1, 7.39). Since KMIP 2.0.
    ///
    /// [`Login`](super::operation::Login) and [`DelegatedLogin`](super::operation::DelegatedLogin) give one;
    /// [`TicketCredential`](super::message::TicketCredential) shows it.
    pub struct Ticket<'a> {
        /// Where it comes from.
        pub ticket_type: TicketType = TICKET_TYPE,
        /// The ticket itself: who has it is taken for the client.
        pub ticket_value: Secret<'a> = TICKET_VALUE,
    }
}
