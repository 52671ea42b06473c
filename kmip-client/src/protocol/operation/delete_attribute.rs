//! The Delete Attribute operation.

use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeReference};

/// Deletes an attribute of an object. KMIP 2.1, 6.1.13.
///
/// ```
/// use kmip_client::protocol::operation::DeleteAttribute;
/// use kmip_client::ttlv::Tag;
///
/// let request = DeleteAttribute::id("9dc02223", Tag::CONTACT_INFORMATION);
/// assert_eq!(request.attribute_index, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DeleteAttribute;

impl DeleteAttribute {
    /// Deletes the attribute of this object: the first value in KMIP 1.x, all values in 2.x.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>, attribute: impl Into<AttributeReference<'a>>) -> DeleteAttributeRequest<'a> {
        DeleteAttributeRequest {
            unique_identifier: Some(id.into()),
            attribute_reference: Some(attribute.into()),
            ..DeleteAttributeRequest::default()
        }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to delete an attribute.
    pub struct DeleteAttributeRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The value to delete, if the attribute has several. KMIP 2.x only.
        pub current_attribute: Option<Attribute<'a>> = CURRENT_ATTRIBUTE in V2_0..,
        /// The attribute. Required in KMIP 1.x; in 2.x either this or the current attribute is required.
        pub attribute_reference: Option<AttributeReference<'a>> = ATTRIBUTE_REFERENCE,
        /// The index among several values, from 0. KMIP 1.x only.
        pub attribute_index: Option<i32> = ATTRIBUTE_INDEX in ..=V1_4,
    }
}

ttlv_struct! {
    #[compact]
    /// The attribute that was deleted.
    pub struct DeleteAttributeResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attribute with its former value. KMIP 1.x only.
        pub attribute: Option<Attribute<'a>> = NEW_ATTRIBUTE in ..=V1_4,
    }
}
