//! Time limits.

use std::io;
use std::time::{Duration, Instant};

use super::error::{Phase, TransportError};

/// Longer than a clock can tell is as good as a year.
const ENDLESS: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A time limit, and when it passes.
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

    /// The one of both that passes first.
    pub(crate) fn within(self, other: Self) -> Self {
        if other.deadline < self.deadline { other } else { self }
    }

    pub(crate) fn has_passed(self, now: Instant) -> bool {
        now >= self.deadline
    }

    /// That it has passed.
    pub(crate) fn timed_out(self) -> TransportError {
        TransportError::TimedOut { phase: self.phase, limit: self.limit }
    }

    /// What an I/O error means, where the limit may be its cause.
    pub(crate) fn error_of(self, error: io::Error, otherwise: fn(io::Error) -> TransportError) -> TransportError {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => self.timed_out(),
            _ => otherwise(error),
        }
    }
}

/// How long a call may take in all, where it is not as the configuration says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Allowance {
    #[default]
    Configured,
    Each(Duration),
    Until(Instant),
}

impl Allowance {
    /// When a call that begins now is to be over, where the caller has said so.
    pub(crate) fn deadline(self, now: Instant) -> Option<Instant> {
        match self {
            Self::Configured => None,
            Self::Each(_) | Self::Until(_) => Some(self.start(now, ENDLESS).deadline),
        }
    }

    /// The limit of a call that begins now.
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
