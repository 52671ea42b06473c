//! The Get Attributes operation.

use kmip_ttlv::{Tag, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, Attributes};

/// Returns attributes of an object. KMIP 2.1, 6.1.20.
///
/// ```
/// use kmip_client::protocol::operation::GetAttributes;
/// use kmip_client::ttlv::Tag;
///
/// let request = GetAttributes::id("9dc02223").attribute(Tag::STATE).attribute(Tag::NAME);
/// assert_eq!(request.attribute_references.len(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GetAttributes;

impl GetAttributes {
    /// Requests all attributes of this object, or the ones that are added to the request.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> GetAttributesRequest<'a> {
        GetAttributesRequest { unique_identifier: Some(id.into()), attribute_references: Vec::new() }
    }
}

ttlv_struct! {
    /// A request for some or all attributes.
    pub struct GetAttributesRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attributes to return; an empty list requests all.
        pub attribute_references: Vec<AttributeReference<'a>> = ATTRIBUTE_REFERENCE,
    }
}

impl<'a> GetAttributesRequest<'a> {
    /// Requests this attribute: its tag, or its [`AttributeReference`].
    #[must_use]
    pub fn attribute(mut self, attribute: impl Into<AttributeReference<'a>>) -> Self {
        self.attribute_references.push(attribute.into());
        self
    }

    /// Requests the state of the object.
    #[must_use]
    pub fn state(self) -> Self {
        self.attribute(Tag::STATE)
    }
}

ttlv_struct! {
    /// The attributes. Attributes that the object does not have are missing.
    pub struct GetAttributesResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attributes of the object.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTE,
    }
}
