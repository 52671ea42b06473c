//! The allocator that searches freed memory.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    backtrace::Backtrace,
    cell::Cell,
    slice,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
    },
    thread,
};

/// The number of bytes of a secret that are searched for.
const LENGTH: usize = 16;

/// The maximum number of secrets in one search.
const MOST: usize = 4;

/// The first bytes of a secret.
type Pattern = [AtomicU8; LENGTH];

/// The prefix of the names of unwatched threads: those of a server in this process.
const NOT_OURS: &str = "test KMS";

/// A global allocator that searches what it frees; see [`freed_with`].
#[derive(Debug)]
pub struct Watcher;

static IS_ON: AtomicBool = AtomicBool::new(false);

/// The bytes to search for, inverted, so that this copy is not found.
static INVERTED: [Pattern; MOST] = [const { [const { AtomicU8::new(0) }; LENGTH] }; MOST];

/// The number of secrets in the search.
static COUNT: AtomicUsize = AtomicUsize::new(0);

static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());

thread_local! {
    /// `true` while a backtrace is being taken on this thread, which frees memory too.
    static IS_BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Runs `action` and returns the backtrace of each block that it freed with the first 16 bytes of one of the secrets
/// in them. The innermost function comes first; those of the standard library are omitted.
///
/// Runs one caller at a time, because the search is global to the process.
///
/// # Panics
///
/// Panics if there are more than 4 secrets, or one is shorter than 16 bytes.
pub fn freed_with<R>(secrets: &[&[u8]], action: impl FnOnce() -> R) -> (R, Vec<String>) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(secrets.len() <= MOST, "{} secrets", secrets.len());
    for (pattern, secret) in INVERTED.iter().zip(secrets) {
        for (inverted, byte) in pattern.iter().zip(&secret[..LENGTH]) {
            inverted.store(!byte, Ordering::Relaxed);
        }
    }
    COUNT.store(secrets.len(), Ordering::Relaxed);
    IS_ON.store(true, Ordering::SeqCst);
    let result = action();
    IS_ON.store(false, Ordering::SeqCst);
    let found = std::mem::take(&mut *FOUND.lock().unwrap_or_else(PoisonError::into_inner));
    (result, found)
}

fn holds_secret(block: &[u8]) -> bool {
    let patterns = &INVERTED[..COUNT.load(Ordering::Relaxed)];
    patterns.iter().any(|pattern| {
        let first = !pattern[0].load(Ordering::Relaxed);
        let is_secret = |window: &[u8]| {
            window[0] == first
                && window.iter().zip(pattern).all(|(byte, inverted)| *byte == !inverted.load(Ordering::Relaxed))
        };
        block.windows(LENGTH).any(is_secret)
    })
}

/// Returns `false` for functions of the standard library and of this crate. The type of a dropped value identifies the
/// code.
fn tells_who(function: &str) -> bool {
    const THEIRS: [&str; 8] = ["std::", "core::", "alloc::", "<alloc::", "<core::", "memory::", "<memory::", "__rust"];
    let function = function.strip_prefix("core::ptr::drop_in_place<").unwrap_or(function);
    !function.starts_with('[') && !THEIRS.iter().any(|prefix| function.starts_with(prefix))
}

/// Records the backtrace of a block that is freed with a secret in it.
fn record(block: &[u8]) {
    if !holds_secret(block) || IS_BUSY.try_with(Cell::get).unwrap_or(true) {
        return;
    }
    IS_BUSY.set(true);
    if !thread::current().name().is_some_and(|name| name.starts_with(NOT_OURS)) {
        let backtrace = Backtrace::force_capture().to_string();
        let functions = backtrace.lines().filter_map(|line| line.trim().split_once(": ").map(|(_, function)| function));
        let functions = functions.filter(|function| tells_who(function));
        let functions: Vec<_> = functions.take(12).collect();
        FOUND.lock().unwrap_or_else(PoisonError::into_inner).push(functions.join(" < "));
    }
    IS_BUSY.set(false);
}

// SAFETY: all memory comes from and returns to the system's allocator, with the requested layouts.
unsafe impl GlobalAlloc for Watcher {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // All of a block is initialized, so that it may be read when it is freed. SAFETY: the caller upholds the
        // contract of the system's allocator.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if IS_ON.load(Ordering::Relaxed) && layout.size() >= LENGTH {
            // SAFETY: the block has this size, is initialized, and is no longer shared.
            record(unsafe { slice::from_raw_parts(block, layout.size()) });
        }
        // SAFETY: the caller upholds the contract of the system's allocator.
        unsafe { System.dealloc(block, layout) }
    }

    // The default `realloc` allocates, copies and frees, so the old block is searched.
}
