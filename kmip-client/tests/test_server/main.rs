//! The embedded KMS, over real TLS, by typed messages that this test sends itself: no client is involved.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod attributes;
mod batches;
mod faults;
mod frames;
mod life;
mod locate;
mod objects;
mod peers;
mod states;
mod wire;
