//! Values of the attributes of the table, out of any bytes.

use kmip_ttlv::arbitrary::Generator;
use kmip_ttlv::{Tag, VersionRange};

use super::table::*;
use super::value::AttributeValue;

/// Declares how the value of each row is made.
macro_rules! attribute_generators {
    ($(
        $variant:ident($ty:ty) = $name:literal, $tag:ident $(in $since:ident $(..= $until:ident)? $(..)?)? => $times:ident($getter:ident);
    )*) => {
        impl<'a> AttributeValue<'a> {
            /// The tags of the table, and the versions that have them.
            pub(crate) const ROWS: &'static [(Tag, VersionRange)] =
                &[$((Tag::$tag, attribute_generators!(@ $($since $($until)?)?))),*];

            /// Makes a value of this attribute of the table.
            pub(crate) fn generate(attribute: Tag, generator: &mut Generator<'a>, tag: Tag) -> Self {
                match attribute {
                    $(Tag::$tag => Self::$variant(generator.value(tag)),)*
                    _ => Self::default(),
                }
            }
        }
    };
    (@) => { VersionRange::ALL };
    (@ $since:ident) => { VersionRange::since($since) };
    (@ $since:ident $until:ident) => { VersionRange::between($since, $until) };
}

attributes!(attribute_generators);
