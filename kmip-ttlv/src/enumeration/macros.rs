//! The macros that turn a table into a type.

/// Declares an enumeration of KMIP: an open set of named 32-bit values.
///
/// The type is a newtype over the value, with a constant for each row. Unknown values are preserved in a round trip and
/// print as hex. The specification leaves `0x8000_0000` and up to vendors, whose values can be named this way:
///
/// ```
/// use kmip_ttlv::{V1_0, V1_4, ttlv_enum};
///
/// ttlv_enum! {
///     /// The kinds of opaque object that the Acme key manager stores.
///     pub enum AcmeBlobType = "Acme Blob Type" {
///         WALLET = 0x8000_0001, "Wallet", "Wallet", V1_0..;
///         KEY_RING = 0x8000_0002, "KeyRing" | "Keyring", "Key Ring", V1_0..=V1_4;
///     }
/// }
///
/// assert_eq!(AcmeBlobType::KEY_RING.value(), 0x8000_0002);
/// assert_eq!(AcmeBlobType::KEY_RING.to_string(), "KeyRing");
/// assert_eq!(AcmeBlobType::from_name("Keyring"), Some(AcmeBlobType::KEY_RING));
/// assert_eq!(AcmeBlobType::from_value(0x8000_0003).to_string(), "0x80000003");
/// ```
///
/// A row has the constant, its value, the canonical name (and after `|` accepted aliases), the name for people, and the
/// versions, named by constants in scope. Rows are sorted by value. One value may have two rows, for the versions
/// before and after it was renamed.
#[macro_export]
macro_rules! ttlv_enum {
    ($(#[$attribute:meta])* $vis:vis enum $($table:tt)*) => {
        $crate::__vocabulary! { (Enumeration, EnumerationTable, from_value, value) $(#[$attribute])* $vis $($table)* }
    };
}

/// Declares a mask of KMIP: an open set of named bits, an Integer on the wire.
///
/// Rows are those of [`ttlv_enum!`](crate::ttlv_enum).
///
/// ```
/// use kmip_ttlv::{V1_0, ttlv_mask};
///
/// ttlv_mask! {
///     /// What the Acme key manager may do with a wallet.
///     pub struct AcmeWalletMask = "Acme Wallet Mask" {
///         OPEN = 0x01, "Open", "Open", V1_0..;
///         LEND = 0x02, "Lend", "Lend", V1_0..;
///     }
/// }
///
/// assert_eq!((AcmeWalletMask::OPEN | AcmeWalletMask::LEND).to_string(), "Open | Lend");
/// ```
#[macro_export]
macro_rules! ttlv_mask {
    ($(#[$attribute:meta])* $vis:vis struct $($table:tt)*) => {
        $crate::__vocabulary! { (Mask, MaskTable, from_bits, bits) $(#[$attribute])* $vis $($table)* }
    };
}

/// Implements the parts that enumerations and masks share: the newtype, a constant for each row, the table, and
/// printing.
#[doc(hidden)]
#[macro_export]
macro_rules! __vocabulary {
    (
        ($trait:ident, $table:ident, $from:ident, $to:ident)
        $(#[$attribute:meta])*
        $vis:vis $type:ident = $title:literal {
            $(
                $constant:ident = $value:literal, $name:literal $(| $alias:literal)*, $entry_title:literal,
                $since:ident $(..= $until:ident)? $(..)?;
            )*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        $vis struct $type(u32);

        impl $type {
            $(
                #[doc = concat!(
                    $entry_title, ": `", stringify!($value), "`, in `",
                    stringify!($since), ".." $(, "=", stringify!($until))?, "`."
                )]
                pub const $constant: Self = Self($value);
            )*
        }

        impl $crate::enumeration::$trait for $type {
            const TABLE: &'static $crate::enumeration::$table = {
                // A static is in the program once; a constant would be in each codegen unit that uses it.
                static ROWS: &[$crate::enumeration::Row] = &$crate::enumeration::Rows::arranged([
                    $($crate::enumeration::Row::new($value, $name, $entry_title, $since)$(.until($until))?,)*
                ]);
                static TABLE: $crate::enumeration::$table = $crate::enumeration::$table::new(
                    $title,
                    $crate::enumeration::Rows::new(ROWS, concat!($($name, $entry_title),*)),
                    &[$($(($alias, $value),)*)*],
                );
                &TABLE
            };

            fn $from(number: u32) -> Self {
                Self(number)
            }

            fn $to(self) -> u32 {
                self.0
            }
        }

        impl ::core::fmt::Display for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                <Self as $crate::enumeration::$trait>::TABLE.fmt_number(self.0, f)
            }
        }

        impl ::core::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, f)
            }
        }

        $crate::__vocabulary_methods!($trait $type);

        $crate::__if_arbitrary! {
            impl $crate::arbitrary::Generate<'_> for $type {
                fn generate(generator: &mut $crate::arbitrary::Generator<'_>, _: $crate::Tag) -> Self {
                    Self(generator.$from(<Self as $crate::enumeration::$trait>::TABLE.entries()))
                }

                fn exists(version: $crate::ProtocolVersion) -> bool {
                    let mut entries = <Self as $crate::enumeration::$trait>::TABLE.entries();
                    entries.any(|entry| entry.versions().contains(version))
                }
            }
        }
    };
}

/// Implements the trait's methods as inherent ones, for use without the trait in scope.
#[doc(hidden)]
#[macro_export]
macro_rules! __vocabulary_methods {
    (Enumeration $type:ident) => {
        impl $type {
            /// Creates the member of this value, known to the table or not.
            #[must_use]
            pub const fn from_value(value: u32) -> Self {
                Self(value)
            }

            /// Returns the value on the wire.
            #[must_use]
            pub const fn value(self) -> u32 {
                self.0
            }

            /// Returns the member of this canonical name in any version. Known aliases are accepted.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                <Self as $crate::enumeration::Enumeration>::TABLE.value_of(name).map(Self)
            }

            /// Returns the canonical name in the newest version; `None` for a value that the table does not know.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                self.entry().map($crate::enumeration::Entry::name)
            }

            /// Returns the canonical name in this version, or else in the newest.
            #[must_use]
            pub fn name_in(self, version: $crate::ProtocolVersion) -> Option<&'static str> {
                let table = <Self as $crate::enumeration::Enumeration>::TABLE;
                table.entry_in(self.0, version).map($crate::enumeration::Entry::name)
            }

            /// Returns the name for people, as the specification prints it; `None` for a value that the table does not
            /// know.
            #[must_use]
            pub fn title(self) -> Option<&'static str> {
                self.entry().map($crate::enumeration::Entry::title)
            }

            /// Returns the versions that have this value; `None` for a value that the table does not know.
            #[must_use]
            pub fn versions(self) -> Option<$crate::VersionRange> {
                <Self as $crate::enumeration::Enumeration>::TABLE.versions_of(self.0)
            }

            fn entry(self) -> Option<$crate::enumeration::Entry> {
                <Self as $crate::enumeration::Enumeration>::TABLE.entry(self.0)
            }
        }

        impl $crate::Decode<'_> for $type {
            const MIN_LEN: usize = 16;
            const WORD: Option<$crate::Type> = Some($crate::Type::Enumeration);

            fn from_word(word: u32) -> Self {
                Self(word)
            }

            #[inline(always)]
            fn decode_into(&mut self, reader: &mut $crate::Reader<'_>, tag: $crate::Tag) -> $crate::Result<()> {
                *self = Self(reader.enumeration(tag)?);
                Ok(())
            }
        }

        impl $crate::Encode for $type {
            #[inline]
            fn encode(&self, tag: $crate::Tag, writer: &mut $crate::Writer) -> $crate::Result<()> {
                writer.enumeration(tag, self.0);
                Ok(())
            }

            #[inline]
            fn word(&self) -> Option<($crate::Type, u32)> {
                Some(($crate::Type::Enumeration, self.0))
            }
        }
    };
    (Mask $type:ident) => {
        impl $type {
            /// The empty mask.
            pub const EMPTY: Self = Self(0);

            /// Creates the mask of these bits, known to the table or not.
            #[must_use]
            pub const fn from_bits(bits: u32) -> Self {
                Self(bits)
            }

            /// Returns the bits of the Integer on the wire.
            #[must_use]
            pub const fn bits(self) -> u32 {
                self.0
            }

            /// Returns `true` if no bit is set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Returns `true` if every bit of `other` is set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Returns the bits of both: `|` in a constant.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Returns the bit of this canonical name. Known aliases are accepted.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                <Self as $crate::enumeration::Mask>::TABLE.bit_of(name).map(Self)
            }
        }

        impl $crate::Decode<'_> for $type {
            const MIN_LEN: usize = 16;
            const WORD: Option<$crate::Type> = Some($crate::Type::Integer);

            fn from_word(word: u32) -> Self {
                Self(word)
            }

            #[inline(always)]
            fn decode_into(&mut self, reader: &mut $crate::Reader<'_>, tag: $crate::Tag) -> $crate::Result<()> {
                *self = Self(reader.integer(tag)?.cast_unsigned());
                Ok(())
            }
        }

        impl $crate::Encode for $type {
            #[inline]
            fn encode(&self, tag: $crate::Tag, writer: &mut $crate::Writer) -> $crate::Result<()> {
                writer.integer(tag, self.0.cast_signed());
                Ok(())
            }

            #[inline]
            fn word(&self) -> Option<($crate::Type, u32)> {
                Some(($crate::Type::Integer, self.0))
            }
        }

        impl ::core::ops::BitOr for $type {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl ::core::ops::BitOrAssign for $type {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl ::core::ops::BitAnd for $type {
            type Output = Self;

            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }
    };
}
