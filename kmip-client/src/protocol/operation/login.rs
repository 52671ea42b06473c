//! The Login operation.

use kmip_ttlv::{DateTime, Interval, V2_0, ttlv_struct};

use crate::protocol::Ticket;
use crate::protocol::attribute::UsageLimits;
use crate::protocol::either::either;

/// Issues a ticket that authenticates the client in later requests. KMIP 2.1, 6.1.30. Since KMIP 2.0.
///
/// [`TicketCredential`](crate::protocol::message::TicketCredential) presents the ticket; [`Logout`](super::Logout) ends
/// it.
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
    /// Requests a ticket whose lifetime the server chooses.
    #[must_use]
    #[inline]
    pub fn ticket() -> LoginRequest {
        LoginRequest::default()
    }
}

ttlv_struct! {
    #[compact]
    /// The terms of the ticket.
    pub struct LoginRequest {
        /// The lifetime or the end of validity.
        pub lease_time: Option<TicketTime> = LEASE_TIME in V2_0..,
        /// The maximum number of requests.
        pub request_count: Option<i32> = REQUEST_COUNT in V2_0..,
        /// The amount that the operations may process.
        pub usage_limits: Option<UsageLimits> = USAGE_LIMITS in V2_0..,
    }
}

either! {
    /// The lifetime of a ticket.
    pub enum TicketTime {
        /// The time from now.
        Lasting(Interval): Interval,
        /// The end of validity.
        Until(DateTime): DateTime,
    }
}

impl LoginRequest {
    /// Requests a ticket that is valid for this long.
    #[must_use]
    #[inline]
    pub fn lasting(mut self, time: Interval) -> Self {
        self.lease_time = Some(TicketTime::Lasting(time));
        self
    }

    /// Requests a ticket that is valid for this many requests.
    #[must_use]
    #[inline]
    pub fn at_most(mut self, requests: i32) -> Self {
        self.request_count = Some(requests);
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The ticket.
    pub struct LoginResponse<'a> {
        /// The ticket that authenticates the client from now on.
        pub ticket: Ticket<'a> = TICKET in V2_0..,
    }
}
