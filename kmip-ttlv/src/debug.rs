//! Structures for `Debug`, which redacts as [`Text`](crate::Text) does.

use alloc::vec::Vec;
use core::fmt;

use crate::codec::Encode;
use crate::encoding::text::hides;
use crate::tag::Tag;
use crate::types::Type;

/// Prints a structure for `Debug`.
pub fn debug(f: &mut fmt::Formatter<'_>, name: &str, fields: &[(&str, &dyn fmt::Debug)]) -> fmt::Result {
    let mut printed = f.debug_struct(name);
    for (field, value) in fields {
        printed.field(field, value);
    }
    printed.finish()
}

/// A field of a structure for `Debug`, which redacts what [`Text`](crate::Text) redacts under this tag.
#[doc(hidden)]
pub struct Shown<'f, T>(pub &'f T, pub Tag);

impl<T: Encode + fmt::Debug> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hides(self.0.prints_bytes()) { hidden(f) } else { self.0.fmt(f) }
    }
}

// As derived, but with the value itself as a trait object: the standard library takes a reference to it, which is
// another function and another table of functions for each type.

impl<T: Encode + fmt::Debug> fmt::Debug for Shown<'_, Option<T>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) if self.hides(value.prints_bytes()) => hidden(f),
            Some(value) => f.debug_tuple("Some").field(value).finish(),
            None => f.write_str("None"),
        }
    }
}

impl<T: Encode + fmt::Debug> fmt::Debug for Shown<'_, Vec<T>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hides(self.0.iter().any(Encode::prints_bytes)) {
            return hidden(f);
        }
        let mut list = f.debug_list();
        self.0.iter().for_each(|value| {
            list.entry(value);
        });
        list.finish()
    }
}

impl<T> Shown<'_, T> {
    fn hides(&self, prints_bytes: bool) -> bool {
        prints_bytes && hides(self.1, Type::ByteString)
    }
}

fn hidden(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("<redacted>")
}
