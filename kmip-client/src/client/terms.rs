//! How a client asks.

use crate::exchange::options::RequestOptions;
use crate::transport::time::Allowance;

/// How a client asks, whatever it asks for.
#[derive(Clone)]
pub(crate) struct Terms {
    /// How long a call may take.
    pub(crate) allowance: Allowance,
    /// What the header says.
    pub(crate) options: RequestOptions,
    /// The one server that is asked; otherwise any.
    pub(crate) only: Option<usize>,
}

impl Terms {
    /// Any server, as long as the configuration says.
    pub(crate) fn new(options: RequestOptions) -> Self {
        Self { allowance: Allowance::Configured, options, only: None }
    }
}
