//! The Adjust Attribute operation.

use kmip_ttlv::enumeration::AdjustmentType;
use kmip_ttlv::{V2_0, Value, ttlv_struct};

use super::id_only;
use crate::protocol::Id;
use crate::protocol::attribute::AttributeReference;

/// Changes a numeric, date or Boolean attribute relative to its value, without reading it first. Since KMIP 2.0. KMIP
/// 2.1, 6.1.3.
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
    /// Increments the attribute of this object: by 1, or for a date by one second (one microsecond if it has that
    /// resolution), unless [`by`](AdjustAttributeRequest::by) sets the amount.
    #[must_use]
    pub fn increment<'a>(
        id: impl Into<Id<'a>>,
        attribute: impl Into<AttributeReference<'a>>,
    ) -> AdjustAttributeRequest<'a> {
        Self::id(id, attribute, AdjustmentType::INCREMENT)
    }

    /// Decrements the attribute of this object, by the amount that [`increment`](Self::increment) would add.
    #[must_use]
    pub fn decrement<'a>(
        id: impl Into<Id<'a>>,
        attribute: impl Into<AttributeReference<'a>>,
    ) -> AdjustAttributeRequest<'a> {
        Self::id(id, attribute, AdjustmentType::DECREMENT)
    }

    /// Negates the attribute of this object: the sign of a number, or a Boolean.
    #[must_use]
    pub fn negate<'a>(
        id: impl Into<Id<'a>>,
        attribute: impl Into<AttributeReference<'a>>,
    ) -> AdjustAttributeRequest<'a> {
        Self::id(id, attribute, AdjustmentType::NEGATE)
    }

    /// Adjusts the attribute of this object in any other way.
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
    #[compact]
    /// A request to adjust an attribute.
    pub struct AdjustAttributeRequest<'a> {
        /// The object; the batch's ID Placeholder if missing.
        pub unique_identifier: Option<Id<'a>> = UNIQUE_IDENTIFIER,
        /// The attribute.
        pub attribute_reference: AttributeReference<'a> = ATTRIBUTE_REFERENCE in V2_0..,
        /// The kind of adjustment.
        pub adjustment_type: AdjustmentType = ADJUSTMENT_TYPE in V2_0..,
        /// The amount; 1 by default.
        pub adjustment_value: Option<Value<'a>> = ADJUSTMENT_VALUE in V2_0..,
    }
}

impl<'a> AdjustAttributeRequest<'a> {
    /// Sets the amount, whose type is that of the attribute.
    #[must_use]
    #[inline]
    pub fn by(mut self, value: Value<'a>) -> Self {
        self.adjustment_value = Some(value);
        self
    }
}

id_only! {
    /// The object that was affected. The new value is not reported.
    AdjustAttributeResponse
}
