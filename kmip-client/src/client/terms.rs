//! The terms of a call.

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
