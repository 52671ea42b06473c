//! The Get operation.

use kmip_ttlv::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType, ObjectType};
use kmip_ttlv::{V1_4, ttlv_struct};

use super::fetched_key;
use crate::protocol::Id;
use crate::protocol::object::{KeyWrappingSpecification, Object};

/// Returns an object. KMIP 2.1, 6.1.19.
///
/// ```
/// use kmip_client::protocol::operation::Get;
/// use kmip_client::ttlv::enumeration::KeyFormatType;
///
/// let request = Get::id("9dc02223").format(KeyFormatType::RAW);
/// assert_eq!(request.key_format_type, Some(KeyFormatType::RAW));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Get;

impl Get {
    /// Requests this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> GetRequest<'a> {
        GetRequest { unique_identifier: Some(id.into()), ..GetRequest::default() }
    }
}

ttlv_struct! {
    /// A request to return an object.
    pub struct GetRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The requested format of the key.
        pub key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
        /// The requested form of a wrapped key: as it was registered, or not wrapped.
        pub key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE in V1_4..,
        /// The compression to use for an elliptic-curve point.
        pub key_compression_type: Option<KeyCompressionType> = KEY_COMPRESSION_TYPE,
        /// The way in which the server should wrap the key.
        pub key_wrapping_specification: Option<Box<KeyWrappingSpecification<'a>>> = KEY_WRAPPING_SPECIFICATION,
    }
}

fetched_key!(GetRequest);

ttlv_struct! {
    /// The object.
    pub struct GetResponse<'a> {
        /// The type of the object.
        pub object_type: ObjectType = OBJECT_TYPE,
        /// The device's identifier.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The object itself.
        pub object: Object<'a> = OBJECT_TYPE,
    }
}
