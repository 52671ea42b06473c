//! The subjects of the benchmarks: five messages, the codec on them, and the code that it is compared with.
//!
//! `cargo run --release -p benches --bin ratios` prints everything in one table; `cargo bench -p benches` measures each
//! in detail; `cargo run --release -p benches --bin compare` compares other KMIP stacks with ours. See `README.md`.
#![forbid(unsafe_code)]

pub mod bare;
pub mod compare;
pub mod driver;
pub mod floor;
pub mod machine;
pub mod report;
pub mod server;
pub mod workload;

pub use workload::{Message, Workload};
