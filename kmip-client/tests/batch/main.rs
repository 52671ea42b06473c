//! Batches: their encoding, the evaluation of responses, and the view of both clients' callers.

#![allow(clippy::unwrap_used, reason = "a test")]

mod answers;
#[path = "../bytes/mod.rs"]
mod bytes;
mod clients;
mod faults;
mod requests;
mod wire;
