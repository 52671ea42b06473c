//! The getters of single attributes.

use super::list::Attributes;
use super::table::*;
use super::value::AttributeValue;

/// Declares a getter for each row.
macro_rules! attribute_getters {
    ($(
        $variant:ident($ty:ty) = $name:literal, $tag:ident $(in $since:ident $(..= $until:ident)? $(..)?)? => $times:ident($getter:ident);
    )*) => {
        /// The values of single attributes.
        impl<'a> Attributes<'a> {
            $(attribute_getters! { @ get $times $variant($ty) $name $getter })*
        }
    };
    (@ get one $variant:ident($ty:ty) $name:literal $getter:ident) => {
        #[doc = concat!("Returns the ", $name, ", if it is there.")]
        #[must_use]
        #[inline]
        pub fn $getter(&self) -> Option<$ty> {
            self.iter().find_map(|value| if let AttributeValue::$variant(value) = value { Some(*value) } else { None })
        }
    };
    (@ get one_by_ref $variant:ident($ty:ty) $name:literal $getter:ident) => {
        #[doc = concat!("Returns the ", $name, ", if it is there.")]
        #[must_use]
        #[inline]
        pub fn $getter(&self) -> Option<&$ty> {
            self.iter().find_map(|value| if let AttributeValue::$variant(value) = value { Some(value) } else { None })
        }
    };
    (@ get many $variant:ident($ty:ty) $name:literal $getter:ident) => {
        #[doc = concat!("Returns each ", $name, ": an object may have several.")]
        #[inline]
        pub fn $getter(&self) -> impl Iterator<Item = &$ty> + '_ {
            self.iter().filter_map(|value| if let AttributeValue::$variant(value) = value { Some(value) } else { None })
        }
    };
}

attributes!(attribute_getters);
