//! Import: an object goes to the server with all its attributes.

use kmip_ttlv::enumeration::{KeyWrapType, ObjectType};
use kmip_ttlv::{Decode, Encode, ProtocolVersion, Reader, Result, Tag, V2_0, Writer, ttlv_struct};

use super::new_object;
use crate::protocol::Id;
use crate::protocol::attribute::Attributes;
use crate::protocol::object::Object;

/// Import: an object goes to the server with all its attributes, those included that Register leaves to the server, and under an
/// identifier of the client's choice. The way back from [`Export`](super::Export). KMIP 2.1, 6.1.25. Since KMIP 1.4.
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
    /// Imports this object under the identifier. Its attributes are added to the request.
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
    /// What to import.
    pub struct ImportRequest<'a> {
        /// What it is to be called.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The kind of object, where KMIP 2.0 and later say it.
        pub object_type: Option<ImportedType> = OBJECT_TYPE,
        /// Whether it replaces an object with the same identifier, where there is one.
        pub replace_existing: Option<bool> = REPLACE_EXISTING,
        /// Whether the server is to unwrap a wrapped key before it keeps it.
        pub key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE,
        /// All attributes of the object, as Export has returned them.
        pub attributes: Attributes<'a> = ATTRIBUTE,
        /// The object.
        pub object: Object<'a> = OBJECT_TYPE,
    }
}

/// The kind of an imported object, which the object tells anyhow: KMIP 2.0 and later want it said, 1.4 has no place for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportedType {
    /// Said where the version has a place for it: what a new request has.
    SinceV2(ObjectType),
    /// Said in every version: what was received.
    Said(ObjectType),
}

impl ImportedType {
    /// The kind of object.
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

/// No kind yet, for fields that are not read yet.
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

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        if self.is_written(version) { self.object_type().encoded_len(tag, version) } else { 0 }
    }
}

new_object!(ImportRequest);

impl ImportRequest<'_> {
    /// Has the server unwrap the key before it keeps it.
    #[must_use]
    pub fn unwrapped(mut self) -> Self {
        self.key_wrap_type = Some(KeyWrapType::NOT_WRAPPED);
        self
    }
}

ttlv_struct! {
    /// What was imported.
    pub struct ImportResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
    }
}
