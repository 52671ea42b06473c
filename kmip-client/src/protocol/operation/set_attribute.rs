//! Set Attribute: an attribute gets a value, whether it had one or not.

use kmip_ttlv::{V2_0, ttlv_struct};

use super::id_only;
use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeValue};

/// Set Attribute: an attribute gets a value, whether it had one or not. Since KMIP 2.0. KMIP 2.1, 6.1.51.
///
/// A server refuses where the attribute has several values: [`ModifyAttribute`](super::ModifyAttribute) says which of them is meant.
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
    /// Makes this the only value of the attribute of this object.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>, value: AttributeValue<'a>) -> SetAttributeRequest<'a> {
        SetAttributeRequest { unique_identifier: Some(id.into()), new_attribute: value.into() }
    }
}

ttlv_struct! {
    /// Which attribute to set, and to what.
    pub struct SetAttributeRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attribute with its value.
        pub new_attribute: Attribute<'a> = NEW_ATTRIBUTE in V2_0..,
    }
}

id_only! {
    /// Which object it was.
    SetAttributeResponse
}
