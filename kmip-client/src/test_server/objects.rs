//! The objects of the server, and the rules that hold for them.

pub(super) mod attributes;
pub(super) mod object;
pub(super) mod rules;
pub(super) mod store;
pub(super) mod view;
