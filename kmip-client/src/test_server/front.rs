//! The conversation with clients.

pub(super) mod check;
pub(super) mod conversation;
pub(super) mod custom;
pub(super) mod door;
pub(super) mod fault;
pub(super) mod item;
pub(super) mod kms;
pub(super) mod listener;
pub(super) mod session;
pub(super) mod users;
