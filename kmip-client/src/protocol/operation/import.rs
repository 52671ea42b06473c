//! The Import operation.

use kmip_ttlv::enumeration::{KeyWrapType, ObjectType};
use kmip_ttlv::{Decode, Encode, ProtocolVersion, Reader, Result, Tag, V2_0, Writer, ttlv_struct};

use super::new_object;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;
use crate::protocol::object::Object;

/// Imports an object with all its attributes, including those that Register leaves to the server, under an identifier
/// of the client's choice. The inverse of [`Export`](super::Export). KMIP 2.1, 6.1.25. Since KMIP 1.4.
///
/// ```
/// use kmip_client::protocol::object::{Object, SymmetricKey};
/// use kmip_client::protocol::operation::Import;
///
/// let object = Object::SymmetricKey(SymmetricKey::default()); // as Export has returned it, with its attributes
/// let request = Import::object("9dc02223", object).replace_existing(true);
/// assert_eq!(request.replace_existing, Some(true));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Import;

impl Import {
    /// Imports this object under the identifier. The request takes its attributes.
    #[must_use]
    pub fn object<'a>(id: impl Into<Id<'a>>, object: Object<'a>) -> ImportRequest<'a> {
        ImportRequest {
            unique_identifier: id.into(),
            object_type: Some(ImportedType::SinceV2(object.object_type())),
            object,
            ..ImportRequest::default()
        }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to import an object.
    pub struct ImportRequest<'a> {
        /// The identifier that the object will have.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The type of the object, in KMIP 2.0 and later.
        pub object_type: Option<ImportedType> = OBJECT_TYPE,
        /// `true` to replace an existing object with the same identifier.
        pub replace_existing: Option<bool> = REPLACE_EXISTING,
        /// The form in which to keep a wrapped key: wrapped, or unwrapped by the server first.
        pub key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE,
        /// All attributes of the object, as returned by Export.
        pub attributes: Attributes<'a> = ATTRIBUTE,
        /// The object.
        pub object: Object<'a> = OBJECT_TYPE,
    }
}

/// The type of an imported object. The object implies it; KMIP 2.0 and later require the field, 1.4 does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportedType {
    /// A type that is encoded only in versions that have the field: the value of a new request.
    SinceV2(ObjectType),
    /// A type that is encoded in every version: the value of a received message.
    Said(ObjectType),
}

impl ImportedType {
    /// Returns the type of the object.
    #[must_use]
    pub const fn object_type(self) -> ObjectType {
        match self {
            Self::SinceV2(object_type) | Self::Said(object_type) => object_type,
        }
    }

    fn is_written(self, version: ProtocolVersion) -> bool {
        version >= V2_0 || matches!(self, Self::Said(_))
    }
}

/// No type: the initial value of a field before decoding.
impl Default for ImportedType {
    fn default() -> Self {
        Self::Said(ObjectType::default())
    }
}

impl<'a> Decode<'a> for ImportedType {
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        *self = Self::Said(ObjectType::decode_next(reader, tag)?);
        Ok(())
    }
}

impl Encode for ImportedType {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        if self.is_written(writer.version()) { self.object_type().encode(tag, writer) } else { Ok(()) }
    }
}

new_object!(ImportRequest);

impl ImportRequest<'_> {
    /// Requests that the server unwrap the key before storing it.
    #[must_use]
    #[inline]
    pub fn unwrapped(mut self) -> Self {
        self.key_wrap_type = Some(KeyWrapType::NOT_WRAPPED);
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The object that was imported.
    pub struct ImportResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
    }
}
