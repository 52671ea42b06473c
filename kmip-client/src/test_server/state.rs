//! The state of a conversation between its messages and items.

pub(super) mod call;
pub(super) mod jobs;
pub(super) mod streams;
