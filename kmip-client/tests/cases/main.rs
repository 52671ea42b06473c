//! Deviations of real servers, and corner cases of the standard, evaluated by the core of both clients.
//!
//! Each message is assembled by hand. Most kinds come from public reports of KMIP users.

#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "../bytes/mod.rs"]
mod bytes;
mod interop;
mod left_out;
mod order;
mod refusals;
mod reported;
mod successes;
mod vendors;
mod wire;
mod wrapped;
