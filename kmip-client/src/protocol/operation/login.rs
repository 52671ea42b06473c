//! Login: the server gives a ticket that stands for the client in later requests.

use kmip_ttlv::{DateTime, Interval, V2_0, ttlv_struct};

use crate::protocol::Ticket;
use crate::protocol::attribute::UsageLimits;
use crate::protocol::either::either;

/// Login: the server gives a ticket that stands for the client in later requests. KMIP 2.1, 6.1.30. Since KMIP 2.0.
///
/// [`TicketCredential`](crate::protocol::message::TicketCredential) shows the ticket; [`Logout`](super::Logout) ends it.
///
/// ```
/// use kmip_client::protocol::operation::{Login, TicketTime};
/// use kmip_client::ttlv::Interval;
///
/// let request = Login::ticket().lasting(Interval(3600)).at_most(100);
/// assert_eq!(request.lease_time, Some(TicketTime::Lasting(Interval(3600))));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Login;

impl Login {
    /// Asks for a ticket, good for as long as the server thinks fit.
    #[must_use]
    pub fn ticket() -> LoginRequest {
        LoginRequest::default()
    }
}

ttlv_struct! {
    /// What the ticket is to be good for.
    pub struct LoginRequest {
        /// For how long, or until when.
        pub lease_time: Option<TicketTime> = LEASE_TIME in V2_0..,
        /// For how many requests.
        pub request_count: Option<i32> = REQUEST_COUNT in V2_0..,
        /// For how much of what the operations do.
        pub usage_limits: Option<UsageLimits> = USAGE_LIMITS in V2_0..,
    }
}

either! {
    /// How long a ticket is good.
    pub enum TicketTime {
        /// For so long from now.
        Lasting(Interval): Interval,
        /// Until then.
        Until(DateTime): DateTime,
    }
}

impl LoginRequest {
    /// The ticket is to be good for so long.
    #[must_use]
    pub fn lasting(mut self, time: Interval) -> Self {
        self.lease_time = Some(TicketTime::Lasting(time));
        self
    }

    /// The ticket is to be good for so many requests.
    #[must_use]
    pub fn at_most(mut self, requests: i32) -> Self {
        self.request_count = Some(requests);
        self
    }
}

ttlv_struct! {
    /// The ticket.
    pub struct LoginResponse<'a> {
        /// What stands for the client from now on.
        pub ticket: Ticket<'a> = TICKET in V2_0..,
    }
}
