//! The Export operation.

use kmip_ttlv::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType, ObjectType};
use kmip_ttlv::ttlv_struct;

use super::fetched_key;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;
use crate::protocol::object::{KeyWrappingSpecification, Object};

/// Returns an object with all its attributes, for [`Import`](super::Import) into another server. KMIP 2.1, 6.1.18.
/// Since KMIP 1.4.
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
    /// Requests this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> ExportRequest<'a> {
        ExportRequest { unique_identifier: Some(id.into()), ..ExportRequest::default() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to export an object, with the fields of Get.
    pub struct ExportRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The requested format of the key.
        pub key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
        /// The requested form of a wrapped key: as it was registered, or not wrapped.
        pub key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE,
        /// The compression to use for an elliptic-curve point.
        pub key_compression_type: Option<KeyCompressionType> = KEY_COMPRESSION_TYPE,
        /// The way in which the server should wrap the key.
        pub key_wrapping_specification: Option<Box<KeyWrappingSpecification<'a>>> = KEY_WRAPPING_SPECIFICATION,
    }
}

fetched_key!(ExportRequest);

ttlv_struct! {
    #[compact]
    /// The object and its attributes.
    pub struct ExportResponse<'a> {
        /// The type of the object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The device's identifier.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// All attributes of the object.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTE,
        /// The object itself; missing, or without its key, if it was destroyed.
        pub object: Option<Box<Object<'a>>> = OBJECT_TYPE,
    }
}
