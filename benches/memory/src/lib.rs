//! Finds memory that is freed while it still holds a secret.
//!
//! [`Watcher`] is a global allocator. Within [`freed_with`] it searches every block that is freed, or moved by growing, for the first
//! bytes of a secret, and keeps the backtrace of who freed it. Memory on the stack is out of its sight.

mod watcher;

pub use watcher::{Watcher, freed_with};
