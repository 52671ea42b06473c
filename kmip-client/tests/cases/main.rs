//! What servers were seen to send, or may send by the letter of the standard, as the core of both clients reads it.
//!
//! Each message is put together by hand. Most kinds come from public reports of KMIP users.

#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "../bytes/mod.rs"]
mod bytes;
mod left_out;
mod order;
mod refusals;
mod successes;
mod vendors;
mod wire;
mod wrapped;
