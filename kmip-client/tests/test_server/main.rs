//! The embedded KMS, over real TLS, by typed messages that this test sends itself, without a client.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod adjust;
mod attributes;
mod batches;
mod certificates;
mod faults;
mod frames;
mod kmip_3_0;
mod life;
mod locate;
mod objects;
#[path = "../openssl/mod.rs"]
mod openssl;
mod peers;
mod re_key;
mod settings;
mod states;
mod usage;
mod wire;
