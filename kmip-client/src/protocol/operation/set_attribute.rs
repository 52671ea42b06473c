//! The Set Attribute operation.

use kmip_ttlv::{V2_0, ttlv_struct};

use super::id_only;
use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeValue};

/// Sets an attribute, whether or not the object has it. Since KMIP 2.0. KMIP 2.1, 6.1.51.
///
/// A server refuses if the attribute has several values: [`ModifyAttribute`](super::ModifyAttribute) can select one.
///
/// ```
/// use kmip_client::protocol::attribute::AttributeValue;
/// use kmip_client::protocol::operation::SetAttribute;
///
/// let request = SetAttribute::id("9dc02223", AttributeValue::ContactInformation("storage team"));
/// assert_eq!(request.new_attribute.reference().to_string(), "Contact Information");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SetAttribute;

impl SetAttribute {
    /// Sets the only value of the attribute of this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>, value: AttributeValue<'a>) -> SetAttributeRequest<'a> {
        SetAttributeRequest { unique_identifier: Some(id.into()), new_attribute: value.into() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to set an attribute.
    pub struct SetAttributeRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attribute with its value.
        pub new_attribute: Attribute<'a> = NEW_ATTRIBUTE in V2_0..,
    }
}

id_only! {
    /// The object that was affected.
    SetAttributeResponse
}
