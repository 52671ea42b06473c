//! The Modify Attribute operation.

use kmip_ttlv::{V1_4, V2_0, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeValue};

/// Replaces the value of an object's attribute. KMIP 2.1, 6.1.34.
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
    /// Sets the attribute of this object to the new value. Of several values the first is replaced, unless the index in
    /// [`ModifyAttributeRequest::new_attribute`] or [`ModifyAttributeRequest::current_attribute`] selects another.
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
    #[compact]
    /// A request to modify an attribute.
    pub struct ModifyAttributeRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The value to replace, if the attribute has several. KMIP 2.x only.
        pub current_attribute: Option<Attribute<'a>> = CURRENT_ATTRIBUTE in V2_0..,
        /// The new value. In KMIP 1.x its index selects the one of several values to replace.
        pub new_attribute: Attribute<'a> = NEW_ATTRIBUTE,
    }
}

ttlv_struct! {
    #[compact]
    /// The attribute that was modified.
    pub struct ModifyAttributeResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attribute with its new value. KMIP 1.x only.
        pub attribute: Option<Attribute<'a>> = NEW_ATTRIBUTE in ..=V1_4,
    }
}
