//! KMIP's sentences: every structure of a message as a Rust type. No I/O, no TLS, no clock.
//!
//! Each structure is declared once for all versions of the protocol; what differs between them stands in its table. All types borrow
//! from the message that they were decoded from, and go both ways, since a server needs them too.

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

/// Puts a value that is about to be read in a place that [`vacate`] has emptied, so nothing has to be dropped.
#[inline(always)]
fn begin<T>(place: &mut T, value: T) {
    std::mem::forget(std::mem::replace(place, value));
}

/// Drops what is in a place, unless that is known to own nothing: almost always it is, and to find out costs less than to drop it.
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
