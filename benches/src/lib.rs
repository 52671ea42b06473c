//! The subjects of the benchmarks: five messages, the codec on them, and the code that it is compared with.
//!
//! `cargo run --release -p benches --bin ratios` prints everything in one table; `cargo bench -p benches` measures each
//! in detail.
#![forbid(unsafe_code)]

pub mod bare;
pub mod floor;
pub mod machine;
pub mod report;
pub mod workload;

pub use workload::{Message, Workload};
