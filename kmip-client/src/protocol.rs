//! KMIP messages: every structure as a Rust type. No I/O, no TLS, no clock.
//!
//! Each structure is declared once for all versions of the protocol; its table states the differences. All types borrow
//! from the message that they were decoded from. They decode and encode, so servers can use them too.

#[cfg(feature = "arbitrary")]
mod arbitrary;
pub mod attribute;
mod data;
mod either;
mod id;
pub mod message;
pub mod object;
pub mod operation;
mod secret;
mod ticket;
mod with_setters;

pub use data::Data;
pub use id::Id;
pub use secret::{Password, Secret};
pub use ticket::Ticket;

/// Writes a value into a place that [`vacate`] has emptied, so that there is nothing to drop.
#[inline(always)]
fn begin<T>(place: &mut T, value: T) {
    std::mem::forget(std::mem::replace(place, value));
}

/// Drops the contents of a place, unless they are known to own nothing. Almost always they own nothing, and the check
/// is cheaper than the drop.
#[inline(always)]
fn vacate<T: Default>(place: &mut T, owns_nothing: bool) {
    #[cold]
    #[inline(never)]
    fn drop_it<T: Default>(place: &mut T) {
        drop(std::mem::take(place));
    }
    if !owns_nothing {
        drop_it(place);
    }
}

/// Makes room in a list for all values that follow. A vector that grows by itself takes room for four at once, and then
/// for twice what it holds.
fn make_room<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() == 0 {
        list.reserve_exact(more);
    } else {
        // Not exactly: were the count too low, over and over, adding would take time by the square of the length.
        list.reserve(more);
    }
}
