//! The Get Attributes operation.

use kmip_ttlv::{ProtocolVersion, Tag, V3_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeReference, Attributes, LINK_TAGS};

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

    /// Requests the links of the object as this version names them: one attribute up to KMIP 2.1, one for each type of
    /// link in 3.0. [`Attributes::linked`] finds them in the response.
    ///
    /// ```
    /// use kmip_client::protocol::operation::GetAttributes;
    /// use kmip_client::ttlv::{V2_1, V3_0};
    ///
    /// assert_eq!(GetAttributes::id("9dc02223").links(V2_1).attribute_references.len(), 1);
    /// assert_eq!(GetAttributes::id("9dc02223").links(V3_0).attribute_references.len(), 14);
    /// ```
    #[must_use]
    #[inline]
    pub fn links(mut self, version: ProtocolVersion) -> Self {
        let tags = if version < V3_0 { &[Tag::LINK] } else { LINK_TAGS };
        self.attribute_references.extend(tags.iter().map(|tag| AttributeReference::from(*tag)));
        self
    }

    /// Requests the state of the object.
    #[must_use]
    #[inline]
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
