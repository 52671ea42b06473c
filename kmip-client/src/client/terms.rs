//! The terms of a call.

use crate::client::config::Config;
use crate::exchange::options::RequestOptions;
use crate::protocol::operation::Repeat;
use crate::transport::time::Allowance;

/// The terms on which a client makes its calls.
#[derive(Clone)]
pub struct Terms {
    /// The time that a call may take.
    pub(crate) allowance: Allowance,
    /// The options of the header.
    pub(crate) options: RequestOptions,
    /// The index of the one server that is asked; `None` for any.
    pub(crate) only: Option<usize>,
    /// What a second try may cost at most.
    pub(crate) affordable: Repeat,
}

impl Terms {
    /// The terms of the configuration: any server, its time limits, its header.
    pub(crate) fn new(config: &Config) -> Self {
        let terms = Self {
            allowance: Allowance::Configured,
            options: config.given_request_options().clone(),
            only: None,
            affordable: Repeat::Free,
        };
        terms.repeating_metered(config.repeats_metered())
    }

    /// The same terms, which allow or forbid to repeat what may use up a Usage Limit.
    pub(crate) fn repeating_metered(self, repeat: bool) -> Self {
        Self { affordable: if repeat { Repeat::Metered } else { Repeat::Free }, ..self }
    }
}
