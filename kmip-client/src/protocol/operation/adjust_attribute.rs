//! Adjust Attribute: a number, a date or a truth value is changed by what it was.

use kmip_ttlv::enumeration::AdjustmentType;
use kmip_ttlv::{V2_0, Value, ttlv_struct};

use super::id_only;
use crate::protocol::Id;
use crate::protocol::attribute::AttributeReference;

/// Adjust Attribute: the server changes a number, a date or a truth value by what it was, so that nobody has to read it first. Since KMIP
/// 2.0. KMIP 2.1, 6.1.3.
///
/// ```
/// use kmip_client::protocol::attribute::AttributeReference;
/// use kmip_client::protocol::operation::AdjustAttribute;
/// use kmip_client::ttlv::{Tag, Value};
///
/// let uses = AttributeReference::Vendor { vendor_identification: "x", name: "uses" };
/// let request = AdjustAttribute::increment("9dc02223", uses).by(Value::Integer(10));
/// assert_eq!(request.adjustment_value, Some(Value::Integer(10)));
/// let request = AdjustAttribute::negate("9dc02223", Tag::SENSITIVE);
/// assert_eq!(request.adjustment_value, None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct AdjustAttribute;

impl AdjustAttribute {
    /// Adds to the attribute of this object: 1, or a second to a date (a microsecond where it counts those), unless
    /// [`by`](AdjustAttributeRequest::by) says how much.
    #[must_use]
    pub fn increment<'a>(
        id: impl Into<Id<'a>>,
        attribute: impl Into<AttributeReference<'a>>,
    ) -> AdjustAttributeRequest<'a> {
        Self::id(id, attribute, AdjustmentType::INCREMENT)
    }

    /// Takes from the attribute of this object, as much as [`increment`](Self::increment) would add.
    #[must_use]
    pub fn decrement<'a>(
        id: impl Into<Id<'a>>,
        attribute: impl Into<AttributeReference<'a>>,
    ) -> AdjustAttributeRequest<'a> {
        Self::id(id, attribute, AdjustmentType::DECREMENT)
    }

    /// Turns the attribute of this object into its opposite: the sign of a number, or true and false.
    #[must_use]
    pub fn negate<'a>(
        id: impl Into<Id<'a>>,
        attribute: impl Into<AttributeReference<'a>>,
    ) -> AdjustAttributeRequest<'a> {
        Self::id(id, attribute, AdjustmentType::NEGATE)
    }

    /// Changes the attribute of this object in any way that there is.
    #[must_use]
    pub fn id<'a>(
        id: impl Into<Id<'a>>,
        attribute: impl Into<AttributeReference<'a>>,
        adjustment_type: AdjustmentType,
    ) -> AdjustAttributeRequest<'a> {
        AdjustAttributeRequest {
            unique_identifier: Some(id.into()),
            attribute_reference: attribute.into(),
            adjustment_type,
            adjustment_value: None,
        }
    }
}

ttlv_struct! {
    /// Which attribute to adjust, and how.
    pub struct AdjustAttributeRequest<'a> {
        /// The object; the ID Placeholder of the batch where it is left out.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attribute.
        pub attribute_reference: AttributeReference<'a> = ATTRIBUTE_REFERENCE in V2_0..,
        /// How its value is changed.
        pub adjustment_type: AdjustmentType = ADJUSTMENT_TYPE in V2_0..,
        /// By how much, where that is not 1.
        pub adjustment_value: Option<Value<'a>> = ADJUSTMENT_VALUE in V2_0..,
    }
}

impl<'a> AdjustAttributeRequest<'a> {
    /// Says by how much; the value has the type of the attribute.
    #[must_use]
    pub fn by(mut self, value: Value<'a>) -> Self {
        self.adjustment_value = Some(value);
        self
    }
}

id_only! {
    /// Which object it was. The new value is not told.
    AdjustAttributeResponse
}
