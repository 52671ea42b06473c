//! What is kept, and its rules.

pub(super) mod attributes;
pub(super) mod object;
pub(super) mod rules;
pub(super) mod store;
