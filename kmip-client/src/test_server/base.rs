//! Answers and refusals.

pub(super) mod produced;
pub(super) mod refusal;
