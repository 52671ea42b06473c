//! Structures whose wire form is written by hand.

/// Declares a structure with the setters that [`kmip_ttlv::ttlv_struct!`] gives to a table. It is non-exhaustive too.
macro_rules! with_setters {
    (
        $(#[$meta:meta])*
        pub struct $name:ident<$lt:lifetime $(, $param:ident $(= $default:ty)?)?> { $($fields:tt)* }
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        pub struct $name<$lt $(, $param $(= $default)?)?> { $($fields)* }

        impl<$lt $(, $param)?> $name<$lt $(, $param)?> {
            kmip_ttlv::__ttlv_setters! { $($fields)* }
        }
    };
}

pub(crate) use with_setters;
