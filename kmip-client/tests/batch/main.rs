//! Batches: what goes out, what is made of what comes back, and what the callers of both clients see of it.

#![allow(clippy::unwrap_used, reason = "a test")]

mod answers;
mod clients;
mod faults;
mod requests;
mod wire;
