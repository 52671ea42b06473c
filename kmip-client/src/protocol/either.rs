//! Enums whose variant is chosen by the TTLV item type.

/// Declares an enum whose variant is chosen by the TTLV item type. A row has the variant with its content, the item
/// type, and the versions that have it (all by default); encoding it for another version is an error.
///
/// An item of another type is reported with the error of the first variant. The table
///
/// ```ignore
/// either! {
///     /// The permission to answer later.
///     pub enum Asynchronous {
///         /// KMIP 1.x: `true` if the server may answer later.
///         Allowed(bool): Boolean in ..=V1_4,
///         /// KMIP 2.0 and later: answering later is mandatory, optional, or prohibited.
///         Indicated(AsynchronousIndicator): Enumeration in V2_0..,
///     }
/// }
/// ```
///
/// becomes the enumeration of two variants, its `Default` (the first variant), and
///
/// ```ignore
/// impl Decode<'_> for Asynchronous {
///     fn decode_into(&mut self, reader: &mut Reader<'_>, tag: Tag) -> Result<()> {
///         *self = match reader.peek_type() {
///             Some(Type::Enumeration) => Self::Indicated(Decode::decode_next(reader, tag)?),
///             _ => Self::Allowed(Decode::decode_next(reader, tag)?),
///         };
///         Ok(())
///     }
/// }
///
/// impl Encode for Asynchronous { /* the variant's value, after asking for its versions */ }
/// ```
macro_rules! either {
    // Two forms, with a lifetime and without: they differ only in the lifetime of `Decode`.
    ($(#[$meta:meta])* pub enum $name:ident<$lt:lifetime> { $($rows:tt)* }) => {
        $crate::protocol::either::either! { @ [$(#[$meta])*] $name [<$lt>] $lt { $($rows)* } }
    };
    ($(#[$meta:meta])* pub enum $name:ident { $($rows:tt)* }) => {
        $crate::protocol::either::either! { @ [$(#[$meta])*] $name [] 'ttlv { $($rows)* } }
    };
    (@ [$(#[$meta:meta])*] $name:ident [$($generics:tt)*] $lt:lifetime {
        $(#[$first_meta:meta])* $first:ident($first_ty:ty): $first_type:ident $(in $first_range:expr)?,
        $($(#[$row_meta:meta])* $row:ident($ty:ty): $type:ident $(in $range:expr)?),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub enum $name $($generics)* {
            $(#[$first_meta])* $first($first_ty),
            $($(#[$row_meta])* $row($ty),)+
        }

        impl $($generics)* Default for $name $($generics)* {
            fn default() -> Self {
                Self::$first(Default::default())
            }
        }

        impl<$lt> kmip_ttlv::Decode<$lt> for $name $($generics)* {
            #[inline(always)]
            fn decode_into(&mut self, reader: &mut kmip_ttlv::Reader<$lt>, tag: kmip_ttlv::Tag) -> kmip_ttlv::Result<()> {
                // By value: a reader that is lent to a function lies in memory wherever it is used.
                (*self, *reader) = Self::decode_either(reader.clone(), tag)?;
                Ok(())
            }
        }

        impl<$lt> $name $($generics)* {
            #[inline(never)]
            fn decode_either(
                mut reader: kmip_ttlv::Reader<$lt>,
                tag: kmip_ttlv::Tag,
            ) -> kmip_ttlv::Result<(Self, kmip_ttlv::Reader<$lt>)> {
                let either = match reader.peek_type().filter(|_| reader.at(tag)) {
                    $(Some(kmip_ttlv::Type::$type) => Self::$row(kmip_ttlv::Decode::decode_next(&mut reader, tag)?),)+
                    _ => Self::$first(kmip_ttlv::Decode::decode_next(&mut reader, tag)?),
                };
                Ok((either, reader))
            }
        }

        #[cfg(feature = "arbitrary")]
        impl<$lt> kmip_ttlv::arbitrary::Generate<$lt> for $name $($generics)* {
            fn generate(generator: &mut kmip_ttlv::arbitrary::Generator<$lt>, tag: kmip_ttlv::Tag) -> Self {
                type Row<$lt> = (bool, fn(&mut kmip_ttlv::arbitrary::Generator<$lt>, kmip_ttlv::Tag) -> $name $($generics)*);

                let version = generator.version();
                let rows: &[Row<$lt>] = &[
                    (
                        <$first_ty as kmip_ttlv::arbitrary::Generate<$lt>>::exists(version)
                            $(&& kmip_ttlv::VersionRange::from($first_range).contains(version))?,
                        |generator, tag| Self::$first(generator.value(tag)),
                    ),
                    $((
                        <$ty as kmip_ttlv::arbitrary::Generate<$lt>>::exists(version)
                            $(&& kmip_ttlv::VersionRange::from($range).contains(version))?,
                        |generator, tag| Self::$row(generator.value(tag)),
                    ),)+
                ];
                match generator.pick(rows.iter().filter(|(there, _)| *there)) {
                    Some((_, make)) => make(generator, tag),
                    None => Self::default(),
                }
            }

            fn exists(version: kmip_ttlv::ProtocolVersion) -> bool {
                <$first_ty as kmip_ttlv::arbitrary::Generate<$lt>>::exists(version)
                    $(&& kmip_ttlv::VersionRange::from($first_range).contains(version))?
                    $(|| <$ty as kmip_ttlv::arbitrary::Generate<$lt>>::exists(version)
                        $(&& kmip_ttlv::VersionRange::from($range).contains(version))?)+
            }
        }

        impl $($generics)* kmip_ttlv::Encode for $name $($generics)* {
            #[inline(never)]
            fn encode(&self, tag: kmip_ttlv::Tag, writer: &mut kmip_ttlv::Writer) -> kmip_ttlv::Result<()> {
                match self {
                    Self::$first(value) => {
                        $(writer.require(tag, $first_range)?;)?
                        value.encode(tag, writer)
                    }
                    $(Self::$row(value) => {
                        $(writer.require(tag, $range)?;)?
                        value.encode(tag, writer)
                    })+
                }
            }
        }
    };
}

pub(crate) use either;
