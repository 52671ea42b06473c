//! Shapes that many requests and responses share.

/// Implements the methods that set the attributes of a new object, for every request that creates one.
///
/// For optional attributes, `get_or_insert_default` creates the list.
macro_rules! new_object {
    ($request:ident $(, $get_or_insert_default:ident)?) => {
        impl<'a> $request<'a> {
            /// Sets an attribute of the new object, or adds it if an object may have several. See
            /// [`Attributes::set`](crate::protocol::attribute::Attributes::set).
            #[must_use]
            pub fn attribute(mut self, value: crate::protocol::attribute::AttributeValue<'a>) -> Self {
                self.attributes$(.$get_or_insert_default())?.set(value);
                self
            }

            /// Sets the name of the new object.
            #[must_use]
            pub fn name(self, name: &'a str) -> Self {
                self.attribute(crate::protocol::attribute::AttributeValue::Name(name.into()))
            }

            /// Sets the usage mask of the new object. It replaces the one that the constructor has set.
            #[must_use]
            pub fn usage(self, mask: kmip_ttlv::enumeration::CryptographicUsageMask) -> Self {
                self.attribute(crate::protocol::attribute::AttributeValue::CryptographicUsageMask(mask))
            }
        }
    };
}

/// Implements the methods that choose the form of a returned key, for Get and Export.
macro_rules! fetched_key {
    ($request:ident) => {
        impl<'a> $request<'a> {
            /// Requests the key in this format.
            #[must_use]
            pub fn format(mut self, format: kmip_ttlv::enumeration::KeyFormatType) -> Self {
                self.key_format_type = Some(format);
                self
            }

            /// Returns `true` if the server is not asked to use another key, to wrap this one.
            pub(super) fn is_unwrapped(&self) -> bool {
                self.key_wrapping_specification.is_none()
            }

            /// Requests the key wrapped with another, by [`KeyWrappingSpecification::aes_key_wrap`].
            #[must_use]
            pub fn wrapped_with(mut self, key: impl Into<Id<'a>>) -> Self {
                self.key_wrapping_specification = Some(Box::new(KeyWrappingSpecification::aes_key_wrap(key)));
                self
            }
        }
    };
}

/// Declares a request that has only an object's identifier, with its constructor.
macro_rules! object_only {
    ($(#[$constructor:meta])* $operation:ident::id; $(#[$meta:meta])* $request:ident) => {
        impl $operation {
            $(#[$constructor])*
            #[must_use]
            pub fn id<'a>(id: impl Into<crate::protocol::Id<'a>>) -> $request<'a> {
                $request { unique_identifier: Some(id.into()) }
            }
        }

        kmip_ttlv::ttlv_struct! {
            $(#[$meta])*
            pub struct $request<'a> {
                /// The object; the batch's ID Placeholder if missing.
                pub unique_identifier: Option<crate::protocol::Id<'a>> = UNIQUE_IDENTIFIER,
            }
        }
    };
}

/// Declares a response that has only an object's identifier.
macro_rules! id_only {
    ($(#[$meta:meta])* $response:ident) => {
        kmip_ttlv::ttlv_struct! {
            $(#[$meta])*
            pub struct $response<'a> {
                /// The object.
                pub unique_identifier: crate::protocol::Id<'a> = UNIQUE_IDENTIFIER,
            }
        }
    };
}

pub(super) use {fetched_key, id_only, new_object, object_only};
