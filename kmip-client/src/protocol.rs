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

/// Puts a value that is about to be read where an empty one of the same type was, which owns nothing: so nothing has to be dropped.
#[inline(always)]
fn begin<T>(place: &mut T, value: T) {
    std::mem::forget(std::mem::replace(place, value));
}
