//! The table that a structure is.

/// Declares a KMIP structure as one table: field, type, tag, and the versions that have it.
///
/// `T` stands for a field that has to be there, `Option<T>` for one that may be missing, `Vec<T>` for one that may repeat. Fields are
/// written, and expected, in the order of the table. `in V1_4..` makes encoding the field for any other version an error; decoding
/// takes what comes.
///
/// ```
/// use kmip_ttlv::{Rules, V1_0, V1_1, V1_4, decode, encode, ttlv_struct};
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
/// let frame = encode(&dated, kmip_ttlv::Tag::NAME, V1_4)?;
/// assert_eq!(decode::<Dated>(&frame, kmip_ttlv::Tag::NAME, V1_4, Rules::STRICT)?, dated);
/// let error = encode(&dated, kmip_ttlv::Tag::NAME, V1_0).unwrap_err();
/// assert_eq!(error.to_string(), "Name/Fresh: not in KMIP 1.0: it exists in 1.1 and later");
/// # Ok::<(), kmip_ttlv::Error>(())
/// ```
///
/// The table above becomes
///
/// ```ignore
/// #[derive(Clone, Debug, Default, PartialEq)]
/// pub struct Dated<'a> { pub value: &'a str, pub fresh: Option<bool> }
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
///     fn encoded_len(&self, _: Tag, version: ProtocolVersion) -> usize {
///         8 + self.value.field_len(Tag::NAME_VALUE, version) + self.fresh.field_len(Tag::FRESH, version)
///     }
/// }
/// ```
#[macro_export]
macro_rules! ttlv_struct {
    // A structure that borrows from the message, and one that does not: they differ in the lifetime of `Decode` only.
    ($(#[$meta:meta])* $vis:vis struct $name:ident <$lt:lifetime> { $($fields:tt)* }) => {
        $crate::ttlv_struct! { @ [$(#[$meta])* $vis] $name [<$lt>] $lt { $($fields)* } }
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($fields:tt)* }) => {
        $crate::ttlv_struct! { @ [$(#[$meta])* $vis] $name [] 'ttlv { $($fields)* } }
    };
    (@ [$(#[$meta:meta])* $vis:vis] $name:ident [$($generics:tt)*] $lt:lifetime {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty = $tag:ident $(in $range:expr)?),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        $vis struct $name $($generics)* {
            $($(#[$field_meta])* $field_vis $field: $ty,)*
        }

        impl<$lt> $crate::Table<$lt> for $name $($generics)* {
            const FIELDS: usize = <[&str]>::len(&[$(stringify!($field)),*]);

            #[inline(always)]
            fn decode_fields(&mut self, mut body: $crate::Reader<$lt>) -> $crate::Result<$crate::Ended> {
                #[allow(unused_mut, reason = "a structure without fields")]
                let mut read = 0;
                let in_order = 'fields: {
                    $(
                        if let Err(error) = $crate::DecodeField::decode_field(&mut self.$field, &mut body, $crate::Tag::$tag) {
                            break 'fields Err(error);
                        }
                        read += 1;
                    )*
                    Ok(())
                };
                if in_order.is_ok() && body.is_empty() {
                    return body.end();
                }
                body.clone().read_on(in_order, read, &mut [$(($crate::Tag::$tag, &mut self.$field)),*])
            }
        }

        impl<$lt> $crate::Decode<$lt> for $name $($generics)* {
            #[inline(always)]
            fn decode_into(&mut self, reader: &mut $crate::Reader<$lt>, tag: $crate::Tag) -> $crate::Result<()> {
                let body = reader.enter_table(tag)?;
                let ended = body.read_table(self)?;
                reader.leave_table(ended);
                Ok(())
            }
        }

        impl<$lt> $crate::Encode for $name $($generics)* {
            #[inline]
            fn encode(&self, tag: $crate::Tag, writer: &mut $crate::Writer) -> $crate::Result<()> {
                let started = writer.begin(tag);
                $(
                    $(if !$crate::EncodeField::is_absent(&self.$field) {
                        writer.require($crate::Tag::$tag, $range).map_err(|error| $crate::__private::within(error, tag))?;
                    })?
                    $crate::EncodeField::encode_field(&self.$field, $crate::Tag::$tag, writer)
                        .map_err(|error| $crate::__private::within(error, tag))?;
                )*
                writer.end(started)
            }

            fn encoded_len(&self, _: $crate::Tag, version: $crate::ProtocolVersion) -> usize {
                let _ = version;
                8 $(+ $crate::EncodeField::field_len(&self.$field, $crate::Tag::$tag, version))*
            }
        }
    };
}
