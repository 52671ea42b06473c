//! The terms of a call.

use std::time::Instant;

use crate::client::config::Config;
use crate::exchange::options::RequestOptions;
use crate::protocol::operation::Repeat;
use crate::transport::time::Allowance;

/// The terms on which a client makes its calls: deadline, header, server, and permitted repetitions.
#[derive(Clone)]
pub struct Terms {
    /// The time that a call may take.
    pub(crate) allowance: Allowance,
    /// The options of the header.
    pub(crate) options: RequestOptions,
    /// The index of the only server to use; `None` for any.
    pub(crate) only: Option<usize>,
    /// The maximum cost of a repetition.
    pub(crate) affordable: Repeat,
}

/// The terms of the client's own messages. Each is written field by field: a new option has to be decided here, for every
/// kind of message, before it compiles.
impl Terms {
    /// Returns the terms of the Polls for the result of a call on these terms: to the server that has the request, until
    /// the deadline.
    pub(crate) fn of_poll(&self, server: Option<usize>, deadline: Instant) -> Self {
        let Self { allowance: _, options, only: _, affordable: _ } = self;
        // Not repeated, because a server may forget a result that it has told.
        let affordable = Repeat::Free;
        Self { allowance: Allowance::Until(deadline), options: options.at_once(), only: server, affordable }
    }

    /// Returns the terms of a message in the background that tidies up after a call on these terms. The deadline of the
    /// call may have passed.
    pub(crate) fn of_cleanup(&self, server: usize) -> Self {
        let Self { allowance: _, options, only: _, affordable: _ } = self;
        let (allowance, affordable) = (Allowance::Configured, Repeat::Free);
        Self { allowance, options: options.at_once(), only: Some(server), affordable }
    }
}

impl Terms {
    /// Returns the terms of the configuration: any server, its timeouts, its header.
    pub(crate) fn new(config: &Config) -> Self {
        let terms = Self {
            allowance: Allowance::Configured,
            options: config.given_request_options().clone(),
            only: None,
            affordable: Repeat::Free,
        };
        terms.repeating_metered(config.repeats_metered())
    }

    /// Returns the same terms, with or without repetitions that may use up a Usage Limit.
    pub(crate) fn repeating_metered(self, repeat: bool) -> Self {
        Self { affordable: if repeat { Repeat::Metered } else { Repeat::Free }, ..self }
    }
}
