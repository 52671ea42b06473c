//! Structures for `Debug`, which redacts as [`Text`](crate::Text) does.

use core::fmt;

use crate::codec::EncodeField;
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

impl<T: EncodeField + fmt::Debug> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(field, tag) = self;
        let redacted = hides(*tag, Type::ByteString) && field.field_prints_bytes();
        if redacted { f.write_str("<redacted>") } else { field.fmt(f) }
    }
}
