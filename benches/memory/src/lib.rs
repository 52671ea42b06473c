//! Finds memory that is freed while it still holds a secret.
//!
//! [`Watcher`] is a global allocator. Within [`freed_with`] it searches every block that is freed, or moved by growing,
//! for the first bytes of a secret, and records the backtrace of the free. It does not see memory on the stack.

mod watcher;

use std::collections::BTreeMap;

pub use watcher::{Watcher, freed_with};

/// Runs `action`, and checks that nothing but rustls frees one of the secrets. Also returns how many blocks rustls has
/// freed with one.
///
/// rustls copies plaintext through buffers of its own, at most a record at a time, which a program cannot wipe. Blocks
/// that it frees are told apart by their backtrace.
///
/// # Panics
///
/// If something else has freed a secret, and as [`freed_with`].
#[track_caller]
pub fn assert_wiped<R>(what: &str, secrets: &[&[u8]], action: impl FnOnce() -> R) -> (R, usize) {
    let (result, freed) = freed_with(secrets, action);
    let rustls = ["rustls::", "<rustls::", "core::ptr::drop_in_place<rustls::"];
    let is_of_rustls = |backtrace: &String| rustls.iter().any(|prefix| backtrace.starts_with(prefix));
    let (theirs, ours): (Vec<_>, Vec<_>) = freed.into_iter().partition(is_of_rustls);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    ours.into_iter().for_each(|backtrace| *places.entry(backtrace).or_default() += 1);
    assert!(places.is_empty(), "{what}: {} places free the secret unwiped:\n{places:#?}", places.len());
    (result, theirs.len())
}
