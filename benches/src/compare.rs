//! Other KMIP stacks beside ours: each is a program that speaks a protocol of lines on its standard streams.
//!
//! `benches/README.md` has the protocol. A stack that is missing, crashes, hangs, or answers what cannot be true is
//! reported; the others are measured all the same.

mod answer;
mod faults;
mod judge;
mod malformed;
mod measure;
mod message;
mod peer;
mod picture;
mod results;
mod table;

pub use answer::Answer;
pub use faults::Fault;
pub use judge::{Endurance, judge};
pub use malformed::{Input, inputs};
pub use measure::{Operation, Plan, measure, round_trips};
pub use message::Message;
pub use peer::{Launch, Peer};
pub use picture::draw;
pub use results::{Cell, Comparison, Machine, StackReport, Time};
pub use table::render;
