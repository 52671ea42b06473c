//! Answers and refusals.

pub(super) mod habits;
pub(super) mod produced;
pub(super) mod refusal;
pub(super) mod setup;
