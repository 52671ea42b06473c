//! Get Attributes: what the server knows of an object.

use kmip_ttlv::{Tag, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, Attributes};

/// Get Attributes: what the server knows of an object. KMIP 2.1, 6.1.20.
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
    /// Asks for all attributes of this object, until one is named.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>) -> GetAttributesRequest<'a> {
        GetAttributesRequest { unique_identifier: Some(id.into()), attribute_references: Vec::new() }
    }
}

ttlv_struct! {
    /// Which attributes to return.
    pub struct GetAttributesRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attributes; all where none is named.
        pub attribute_references: Vec<AttributeReference<'a>> = ATTRIBUTE_REFERENCE,
    }
}

impl<'a> GetAttributesRequest<'a> {
    /// Asks for this attribute: its tag, or its [`AttributeReference`].
    #[must_use]
    pub fn attribute(mut self, attribute: impl Into<AttributeReference<'a>>) -> Self {
        self.attribute_references.push(attribute.into());
        self
    }

    /// Asks for the state of the object.
    #[must_use]
    pub fn state(self) -> Self {
        self.attribute(Tag::STATE)
    }
}

ttlv_struct! {
    /// The attributes. Those that the object does not have are missing.
    pub struct GetAttributesResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// Its attributes.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTE,
    }
}
