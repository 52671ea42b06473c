//! The macro that declares a structure as a table.

/// Declares a KMIP structure as one table: field, type, tag, and the versions that have it.
///
/// `T` is a required field, `Option<T>` an optional one, `Vec<T>` a repeatable one. Fields are written, and expected,
/// in the order of the table. `in V1_4..` makes it an error to encode the field for any other version; decoding accepts
/// it in every version. A tag is the name of a constant of [`Tag`](crate::Tag), or an expression in parentheses, for
/// vendors' tags.
///
/// The structure is `#[non_exhaustive]`, so that fields can be added. Outside its crate it is built by `new`, which
/// takes the required public fields, and by a setter for each public field: of the value in the `Option`, or of all
/// values of a list. It is `Clone`, `Default` and `Eq`, and so have to be the types of its fields: KMIP has no
/// floating-point numbers.
///
/// Each field has its own code, which is fast and long. `#[compact]` before anything else makes short code instead,
/// which goes through the fields one by one: for structures that are rarely read or written. It changes nothing else.
///
/// ```
/// use kmip_ttlv::{Rules, Tag, V1_0, V1_1, V1_4, decode, encode, ttlv_struct};
///
/// ttlv_struct! {
///     /// A name, with a date that only newer versions have.
///     pub struct Dated<'a> {
///         /// The text.
///         pub value: &'a str = NAME_VALUE,
///         /// When it was made.
///         pub fresh: Option<bool> = FRESH in V1_1..,
///     }
/// }
///
/// let dated = Dated { value: "vm-42", fresh: Some(true) };
/// let frame = encode(&dated, Tag::NAME, V1_4)?;
/// assert_eq!(decode::<Dated>(&frame, Tag::NAME, V1_4, Rules::STRICT)?, dated);
/// let error = encode(&dated, Tag::NAME, V1_0).unwrap_err();
/// assert_eq!(error.to_string(), "Name/Fresh: not in KMIP 1.0: it exists in 1.1 and later");
///
/// const COLOUR: Tag = Tag::from_bytes([0x54, 0x00, 0x01]);
///
/// ttlv_struct! {
///     #[compact]
///     /// A structure with a field of a vendor's.
///     pub struct Coloured<'a> {
///         /// The colour.
///         pub colour: Option<&'a str> = (COLOUR),
///         /// The names.
///         pub names: Vec<Dated<'a>> = NAME,
///     }
/// }
///
/// let coloured = Coloured::default().colour("blue").names([Dated::new("vm-42")]);
/// assert_eq!(encode(&coloured, Tag::ATTRIBUTES, V1_4)?.len(), 48);
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// The first table above becomes
///
/// ```ignore
/// #[derive(Clone, Default, PartialEq, Eq)]
/// #[non_exhaustive]
/// pub struct Dated<'a> { pub value: &'a str, pub fresh: Option<bool> }
///
/// impl Debug for Dated<'_> { /* as derived, but without the values that `Text` keeps back */ }
///
/// impl<'a> Dated<'a> {
///     pub fn new(value: &'a str) -> Self { Self { value, ..Self::default() } }
///     pub fn value(mut self, value: &'a str) -> Self { self.value = value; self }
///     pub fn fresh(mut self, value: bool) -> Self { self.fresh = Some(value); self }
/// }
///
/// impl<'a> Table<'a> for Dated<'a> {
///     const FIELDS: usize = 2;
///
///     fn decode_fields(&mut self, mut body: Reader<'a>) -> Result<Ended> {
///         let mut read = 0;
///         let in_order = 'fields: {
///             if let Err(error) = self.value.decode_field(&mut body, Tag::NAME_VALUE) { break 'fields Err(error) }
///             read += 1;
///             if let Err(error) = self.fresh.decode_field(&mut body, Tag::FRESH) { break 'fields Err(error) }
///             read += 1;
///             Ok(())
///         };
///         if in_order.is_ok() && body.is_empty() { return body.end() }
///         // Something is wrong, or stands behind an item that is unknown and skipped.
///         body.clone().read_on(in_order, read, &mut [(Tag::NAME_VALUE, &mut self.value), (Tag::FRESH, &mut self.fresh)])
///     }
/// }
///
/// impl<'a> Decode<'a> for Dated<'a> {
///     const MIN_LEN: usize = 8 + 8 + 0;
///
///     fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
///         // Entered in the function that reads what is around it, and read in one of its own.
///         let body = reader.enter_table(tag)?;
///         let ended = body.read_table(self)?;
///         reader.leave_table(ended);
///         Ok(())
///     }
/// }
///
/// impl<'a> Encode for Dated<'a> {
///     fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
///         let started = writer.begin(tag);
///         write_field(writer, tag, &self.value, Tag::NAME_VALUE)?;
///         if !self.fresh.is_absent() { writer.require(Tag::FRESH, V1_1..)?; }
///         write_field(writer, tag, &self.fresh, Tag::FRESH)?;
///         writer.end(started)
///     }
/// }
/// ```
#[macro_export]
macro_rules! ttlv_struct {
    (#[compact] $($structure:tt)*) => { $crate::ttlv_struct! { = compact $($structure)* } };
    // A structure that borrows from the message, or one that does not: they differ only in the lifetime of `Decode`.
    (= $code:ident $(#[$meta:meta])* $vis:vis struct $name:ident <$lt:lifetime> { $($fields:tt)* }) => {
        $crate::ttlv_struct! { @ $code [$(#[$meta])* $vis] $name [<$lt>] $lt { $($fields)* } }

        impl<$lt> $name<$lt> {
            $crate::__ttlv_new! { [] [] $($fields)* }
            $crate::__ttlv_setters! { $($fields)* }
        }
    };
    (= $code:ident $(#[$meta:meta])* $vis:vis struct $name:ident { $($fields:tt)* }) => {
        $crate::ttlv_struct! { @ $code [$(#[$meta])* $vis] $name [] 'ttlv { $($fields)* } }

        impl $name {
            $crate::__ttlv_new! { [] [] $($fields)* }
            $crate::__ttlv_setters! { $($fields)* }
        }
    };
    // Standard tags, by the names of their constants; or any tags, some as expressions in parentheses.
    (@ $code:ident [$($head:tt)*] $name:ident [$($generics:tt)*] $lt:lifetime {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty = $tag:ident $(in $range:expr)?),* $(,)?
    }) => {
        $crate::ttlv_struct! { @@ $code [$($head)*] $name [$($generics)*] $lt {
            $($(#[$field_meta])* $field_vis $field: $ty = [$crate::Tag::$tag] $(in $range)?,)*
        } }
    };
    (@ $code:ident [$($head:tt)*] $name:ident [$($generics:tt)*] $lt:lifetime {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty = $tag:tt $(in $range:expr)?),* $(,)?
    }) => {
        $crate::ttlv_struct! { @@ $code [$($head)*] $name [$($generics)*] $lt {
            $($(#[$field_meta])* $field_vis $field: $ty = [$crate::ttlv_struct!(@tag $tag)] $(in $range)?,)*
        } }
    };
    (@range) => { None };
    (@range $range:expr) => { Some($crate::VersionRange::from($range)) };
    (@tag ($tag:expr)) => { $tag };
    (@tag $tag:ident) => { $crate::Tag::$tag };
    (@@ $code:ident [$(#[$meta:meta])* $vis:vis] $name:ident [$($generics:tt)*] $lt:lifetime {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty = [$tag:expr] $(in $range:expr)?,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq)]
        #[non_exhaustive]
        $vis struct $name $($generics)* {
            $($(#[$field_meta])* $field_vis $field: $ty,)*
        }

        impl<$lt> ::core::fmt::Debug for $name $($generics)* {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::__private::debug(f, stringify!($name), &[
                    $((stringify!($field), &$crate::__private::Shown(&self.$field, $tag)),)*
                ])
            }
        }

        impl<$lt> $crate::Table<$lt> for $name $($generics)* {
            const FIELDS: usize = <[&str]>::len(&[$(stringify!($field)),*]);

            $crate::__ttlv_decode_fields! { $code $lt $($field = [$tag],)* }
        }

        impl<$lt> $crate::Decode<$lt> for $name $($generics)* {
            const MIN_LEN: usize = 8 $(+ <$ty as $crate::__private::FieldLen<$lt>>::MIN_LEN)*;

            #[inline(always)]
            fn decode_into(&mut self, reader: &mut $crate::Reader<$lt>, tag: $crate::Tag) -> $crate::Result<()> {
                let body = reader.enter_table(tag)?;
                let ended = body.read_table(self)?;
                reader.leave_table(ended);
                Ok(())
            }
        }

        impl<$lt> $crate::Encode for $name $($generics)* {
            $crate::__ttlv_encode! { $code $($field = [$tag] $(in $range)?,)* }
        }

        $crate::__if_arbitrary! {
            impl<$lt> $crate::arbitrary::Generate<$lt> for $name $($generics)* {
                fn generate(generator: &mut $crate::arbitrary::Generator<$lt>, _: $crate::Tag) -> Self {
                    #[allow(unused_imports, reason = "the type of a field decides which of them is used")]
                    use $crate::arbitrary::{Generated as _, Left as _};

                    generator.structure(|generator| {
                        let _ = &generator;
                        Self { $(
                            $field: {
                                let there = true $(
                                    && $crate::VersionRange::from($range).contains(generator.version())
                                )?;
                                (&&$crate::arbitrary::Field::<$ty>::new()).make(generator, $tag, there)
                            },
                        )* }
                    })
                }
            }
        }
    };
    ($($structure:tt)*) => { $crate::ttlv_struct! { = inline $($structure)* } };
}

/// Declares how the fields of a [`ttlv_struct!`] are read: by code for each of them, or through one table.
#[doc(hidden)]
#[macro_export]
macro_rules! __ttlv_decode_fields {
    (inline $lt:lifetime $($field:ident = [$tag:expr],)*) => {
        #[inline(always)]
        fn decode_fields(&mut self, mut body: $crate::Reader<$lt>) -> $crate::Result<$crate::Ended> {
            #[allow(unused_mut, reason = "a structure without fields")]
            let mut read = 0;
            let in_order = 'fields: {
                $(
                    if let Err(error) = $crate::DecodeField::decode_field(&mut self.$field, &mut body, $tag) {
                        break 'fields Err(error);
                    }
                    read += 1;
                )*
                Ok(())
            };
            if in_order.is_ok() && body.is_empty() {
                return body.end();
            }
            body.clone().read_on(in_order, read, &mut [$(($tag, &mut self.$field)),*])
        }
    };
    (compact $lt:lifetime $($field:ident = [$tag:expr],)*) => {
        #[inline]
        fn decode_fields(&mut self, body: $crate::Reader<$lt>) -> $crate::Result<$crate::Ended> {
            body.read_fields(&mut [$(($tag, &mut self.$field)),*])
        }
    };
}

/// Declares how a [`ttlv_struct!`] is written, in the same two ways.
#[doc(hidden)]
#[macro_export]
macro_rules! __ttlv_encode {
    (inline $($field:ident = [$tag:expr] $(in $range:expr)?,)*) => {
        #[inline]
        fn encode(&self, tag: $crate::Tag, writer: &mut $crate::Writer) -> $crate::Result<()> {
            let started = writer.begin(tag);
            $(
                $(if !$crate::EncodeField::is_absent(&self.$field) {
                    writer.require($tag, $range).map_err(|error| $crate::__private::within(error, tag))?;
                })?
                $crate::EncodeField::encode_field(&self.$field, $tag, writer)
                    .map_err(|error| $crate::__private::within(error, tag))?;
            )*
            writer.end(started)
        }
    };
    (compact $($field:ident = [$tag:expr] $(in $range:expr)?,)*) => {
        #[inline]
        fn encode(&self, tag: $crate::Tag, writer: &mut $crate::Writer) -> $crate::Result<()> {
            $crate::__private::encode_fields(writer, tag, &[
                $((&self.$field, $tag, $crate::ttlv_struct!(@range $($range)?)),)*
            ])
        }
    };
}

/// Expands to its input only with the feature `arbitrary` of this crate, whichever crate uses the macro.
#[cfg(feature = "arbitrary")]
#[doc(hidden)]
#[macro_export]
macro_rules! __if_arbitrary {
    ($($items:tt)*) => { $($items)* };
}

/// Nothing: the feature `arbitrary` is off.
#[cfg(not(feature = "arbitrary"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __if_arbitrary {
    ($($items:tt)*) => {};
}

/// Declares the constructor of a [`ttlv_struct!`], which takes the required public fields. If all fields are optional,
/// `Default` is enough.
#[doc(hidden)]
#[macro_export]
macro_rules! __ttlv_new {
    ([] []) => {};
    ([$($args:tt)+] [$($values:tt)+]) => {
        /// Creates a structure from its required fields. All others are empty; the setters fill them.
        #[must_use]
        #[inline]
        #[allow(clippy::needless_update, clippy::too_many_arguments)]
        pub fn new($($args)+) -> Self {
            Self { $($values)+ ..Self::default() }
        }
    };
    ([$($args:tt)*] [$($values:tt)*] $(#[$meta:meta])* pub $field:ident: Option<$ty:ty> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_new! { [$($args)*] [$($values)*] $($($rest)*)? }
    };
    ([$($args:tt)*] [$($values:tt)*] $(#[$meta:meta])* pub $field:ident: Vec<$ty:ty> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_new! { [$($args)*] [$($values)*] $($($rest)*)? }
    };
    ([$($args:tt)*] [$($values:tt)*] $(#[$meta:meta])* pub $field:ident: &$lt:lifetime $ty:ty $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_new! { [$($args)* $field: &$lt $ty,] [$($values)* $field: $field,] $($($rest)*)? }
    };
    ([$($args:tt)*] [$($values:tt)*] $(#[$meta:meta])* pub $field:ident: i32 $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_new! { [$($args)* $field: i32,] [$($values)* $field: $field,] $($($rest)*)? }
    };
    ([$($args:tt)*] [$($values:tt)*] $(#[$meta:meta])* pub $field:ident: bool $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_new! { [$($args)* $field: bool,] [$($values)* $field: $field,] $($($rest)*)? }
    };
    ([$($args:tt)*] [$($values:tt)*] $(#[$meta:meta])* pub $field:ident: $ty:ty $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_new! { [$($args)* $field: impl Into<$ty>,] [$($values)* $field: $field.into(),] $($($rest)*)? }
    };
    ([$($args:tt)*] [$($values:tt)*] $(#[$meta:meta])* $vis:vis $field:ident: $ty:ty $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_new! { [$($args)*] [$($values)*] $($($rest)*)? }
    };
}

/// Declares the setters of the public fields of a [`ttlv_struct!`]. The setter of an optional field takes its value,
/// that of a list all its values.
///
/// Numbers, Booleans and borrowed values are taken without `Into`, so that literals and references to buffers convert
/// as usual.
#[doc(hidden)]
#[macro_export]
macro_rules! __ttlv_setters {
    () => {};
    ($(#[$meta:meta])* pub $field:ident: Option<&$lt:lifetime $ty:ty> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: &$lt $ty, Some(value) }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: Option<i32> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: i32, Some(value) }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: Option<bool> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: bool, Some(value) }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: Option<$ty:ty> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: impl Into<$ty>, Some(value.into()) }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: Vec<&$lt:lifetime $ty:ty> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: impl IntoIterator<Item = &$lt $ty>,
            value.into_iter().collect() }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: Vec<$ty:ty> $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: impl IntoIterator<Item = impl Into<$ty>>,
            value.into_iter().map(Into::into).collect() }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: &$lt:lifetime $ty:ty $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: &$lt $ty, value }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: i32 $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: i32, value }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: bool $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: bool, value }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    ($(#[$meta:meta])* pub $field:ident: $ty:ty $(= $tag:tt $(in $range:expr)?)?
        $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { @ [$(#[$meta])*] $field, value: impl Into<$ty>, value.into() }
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    // A private field has no setter.
    ($(#[$meta:meta])* $vis:vis $field:ident: $ty:ty $(= $tag:tt $(in $range:expr)?)? $(, $($rest:tt)*)?) => {
        $crate::__ttlv_setters! { $($($rest)*)? }
    };
    (@ [$(#[$meta:meta])*] $field:ident, $value:ident: $ty:ty, $stored:expr) => {
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        #[doc = ""]
        $(#[$meta])*
        #[must_use]
        #[inline]
        pub fn $field(mut self, $value: $ty) -> Self {
            self.$field = $stored;
            self
        }
    };
}
