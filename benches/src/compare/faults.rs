//! The faults of a stack.

use std::fmt;
use std::time::Duration;

/// The reason for a missing figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Its program could not be started, or ended before it said hello.
    NotThere(String),
    /// Its program ended.
    Crashed(String),
    /// It did not answer in time, and was ended.
    Hung(Duration),
    /// Its answer was malformed or could not be true, and it was ended.
    Untrue(String),
    /// It answered with an error.
    Declined(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere(why) => write!(f, "not there: {why}"),
            Self::Crashed(how) => write!(f, "crashed: {how}"),
            Self::Hung(limit) => write!(f, "hung: no answer within {} s", limit.as_secs_f64()),
            Self::Untrue(what) => write!(f, "{what}"),
            Self::Declined(why) => write!(f, "{why}"),
        }
    }
}
