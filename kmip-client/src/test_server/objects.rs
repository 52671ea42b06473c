//! The objects of the server, and their rules.

pub(super) mod attributes;
pub(super) mod object;
pub(super) mod rules;
pub(super) mod store;
pub(super) mod view;
