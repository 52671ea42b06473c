//! The Add Attribute operation.

use kmip_ttlv::{V1_4, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{Attribute, AttributeValue};

/// Adds an attribute to an object. KMIP 2.1, 6.1.2.
///
/// ```
/// use kmip_client::protocol::attribute::AttributeValue;
/// use kmip_client::protocol::operation::AddAttribute;
///
/// let request = AddAttribute::id("9dc02223", AttributeValue::ContactInformation("storage team"));
/// assert_eq!(request.new_attribute.reference().to_string(), "Contact Information");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AddAttribute;

impl AddAttribute {
    /// Adds the attribute to this object. An attribute with several values gets one more.
    #[must_use]
    pub fn id<'a>(id: impl Into<Id<'a>>, value: AttributeValue<'a>) -> AddAttributeRequest<'a> {
        AddAttributeRequest { unique_identifier: Some(id.into()), new_attribute: value.into() }
    }
}

ttlv_struct! {
    #[compact]
    /// A request to add an attribute.
    pub struct AddAttributeRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attribute; in KMIP 1.x without an index.
        pub new_attribute: Attribute<'a> = NEW_ATTRIBUTE,
    }
}

ttlv_struct! {
    #[compact]
    /// The attribute that was added.
    pub struct AddAttributeResponse<'a> {
        /// The object.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER,
        /// The attribute, with the index that it was given. KMIP 1.x only.
        pub attribute: Option<Attribute<'a>> = NEW_ATTRIBUTE in ..=V1_4,
    }
}
