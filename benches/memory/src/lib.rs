//! Finds memory that is freed while it still holds a secret.
//!
//! [`Watcher`] is a global allocator. Within [`freed_with`] it searches every block that is freed, or moved by growing,
//! for the first bytes of a secret, and records the backtrace of the free. It does not see memory on the stack.

mod watcher;

pub use watcher::{Watcher, freed_with};
