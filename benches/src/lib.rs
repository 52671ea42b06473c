//! What is measured: five messages, the codec on them, and what it is measured against.
//!
//! `cargo run --release -p benches --bin ratios` prints it all in one table; `cargo bench -p benches` takes its time over each.
#![forbid(unsafe_code)]

pub mod bare;
pub mod floor;
pub mod machine;
pub mod report;
pub mod workload;

pub use workload::{Message, Workload};
