//! Time limits.

use std::io;
use std::time::{Duration, Instant};

use super::error::{Phase, TransportError};

/// A year stands in for durations that exceed the clock.
const ENDLESS: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A time limit, and the instant at which it passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) phase: Phase,
    pub(crate) limit: Duration,
    pub(crate) deadline: Instant,
}

impl Limit {
    pub(crate) fn start(now: Instant, phase: Phase, limit: Duration) -> Self {
        Self { phase, limit, deadline: now.checked_add(limit).unwrap_or(now + ENDLESS) }
    }

    /// Returns the limit that passes first.
    pub(crate) fn within(self, other: Self) -> Self {
        if other.deadline < self.deadline { other } else { self }
    }

    pub(crate) fn has_passed(self, now: Instant) -> bool {
        now >= self.deadline
    }

    /// Returns the error of a passed limit.
    pub(crate) fn timed_out(self) -> TransportError {
        TransportError::TimedOut { phase: self.phase, limit: self.limit }
    }

    /// Returns the meaning of an I/O error, which the limit may have caused.
    pub(crate) fn error_of(self, error: io::Error, otherwise: fn(io::Error) -> TransportError) -> TransportError {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => self.timed_out(),
            _ => otherwise(error),
        }
    }
}

/// The time limit of a call, if it differs from the configuration.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Allowance {
    #[default]
    Configured,
    Each(Duration),
    Until(Instant),
}

impl Allowance {
    /// Returns the deadline of a call that begins now, if the caller has set one.
    pub(crate) fn deadline(self, now: Instant) -> Option<Instant> {
        match self {
            Self::Configured => None,
            Self::Each(_) | Self::Until(_) => Some(self.start(now, ENDLESS).deadline),
        }
    }

    /// Returns the limit of a call that begins now.
    pub(crate) fn start(self, now: Instant, configured: Duration) -> Limit {
        match self {
            Self::Configured => Limit::start(now, Phase::Total, configured),
            Self::Each(limit) => Limit::start(now, Phase::Total, limit),
            Self::Until(deadline) => {
                Limit { phase: Phase::Total, limit: deadline.saturating_duration_since(now), deadline }
            }
        }
    }
}
