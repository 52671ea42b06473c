//! For tests and nothing else.

mod pki;

pub use self::pki::{Issued, Pki};
