//! Modify Attribute: another value for an attribute of an object.

use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeValue};

/// Modify Attribute: another value for an attribute of an object. KMIP 2.1, 6.1.34.
///
/// ```
/// use kmip_client::protocol::attribute::AttributeValue;
/// use kmip_client::protocol::operation::ModifyAttribute;
///
/// let request = ModifyAttribute::id("9dc02223", AttributeValue::ContactInformation("backup team"));
/// assert_eq!(request.current_attribute, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ModifyAttribute;

impl ModifyAttribute {
    /// Gives the attribute of this object the new value. Of several values the first is replaced, unless the index in
    /// [`ModifyAttributeRequest::new_attribute`] or [`ModifyAttributeRequest::current_attribute`] says which.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>, value: AttributeValue<'a>) -> ModifyAttributeRequest<'a> {
        ModifyAttributeRequest {
            unique_identifier: Some(id.into()),
            current_attribute: None,
            new_attribute: value.into(),
        }
    }
}

ttlv_struct! {
    /// Which attribute to modify.
    pub struct ModifyAttributeRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The value that is replaced, where the attribute has several. KMIP 2.x only.
        pub current_attribute: Option<Attribute<'a>> = CURRENT_ATTRIBUTE in V2_0..,
        /// The new value; in KMIP 1.x its index says which of several is replaced.
        pub new_attribute: Attribute<'a> = NEW_ATTRIBUTE,
    }
}

ttlv_struct! {
    /// Which attribute was modified.
    pub struct ModifyAttributeResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attribute with its new value. KMIP 1.x only.
        pub attribute: Option<Attribute<'a>> = NEW_ATTRIBUTE in ..=V1_4,
    }
}
