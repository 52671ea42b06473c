//! Export: the server returns an object with all its attributes.

use kmip_ttlv::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType, ObjectType};
use kmip_ttlv::ttlv_struct;

use super::fetched_key;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;
use crate::protocol::object::{KeyWrappingSpecification, Object};

/// Export: the server returns an object with all its attributes, for [`Import`](super::Import) into another. KMIP 2.1, 6.1.18. Since
/// KMIP 1.4.
///
/// ```
/// use kmip_client::protocol::operation::Export;
///
/// let request = Export::id("9dc02223").wrapped_with("transport-key");
/// assert!(request.key_wrapping_specification.is_some());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Export;

impl Export {
    /// Asks for this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ExportRequest<'a> {
        ExportRequest { unique_identifier: Some(id.into()), ..ExportRequest::default() }
    }
}

ttlv_struct! {
    /// Which object to return, and how: as with Get.
    pub struct ExportRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The format that the key is to have.
        pub key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
        /// Whether to return the key as it was registered, or not wrapped.
        pub key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE,
        /// How the point of an elliptic curve is to be compressed.
        pub key_compression_type: Option<KeyCompressionType> = KEY_COMPRESSION_TYPE,
        /// How the server is to wrap the key.
        pub key_wrapping_specification: Option<Box<KeyWrappingSpecification<'a>>> = KEY_WRAPPING_SPECIFICATION,
    }
}

fetched_key!(ExportRequest);

ttlv_struct! {
    /// The object and what the server knows of it.
    pub struct ExportResponse<'a> {
        /// Its kind.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// Its identifier.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// All its attributes.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTE,
        /// The object itself; missing, or without its key, where it was destroyed.
        pub object: Option<Box<Object<'a>>> = OBJECT_TYPE,
    }
}
