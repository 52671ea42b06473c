//! The Set Constraints operation.

use kmip_ttlv::{V2_1, ttlv_struct};

use super::{ObjectGroups, ObjectTypes};
use crate::protocol::attribute::Attributes;

/// Sets the constraints on the attributes of new objects. KMIP 2.1, 6.1.52. Since KMIP 2.1.
///
/// ```
/// use kmip_client::protocol::attribute::AttributeValue;
/// use kmip_client::protocol::operation::{Constraint, SetConstraints};
///
/// let long_keys = Constraint::default().attributes([AttributeValue::CryptographicLength(256)]);
/// let request = SetConstraints::constraints([long_keys]);
/// assert_eq!(request.constraints.map(|all| all.constraints.len()), Some(1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SetConstraints;

impl SetConstraints {
    /// Replaces all constraints by these.
    pub fn constraints<'a>(constraints: impl IntoIterator<Item = Constraint<'a>>) -> SetConstraintsRequest<'a> {
        SetConstraintsRequest { constraints: Some(Constraints { constraints: constraints.into_iter().collect() }) }
    }
}

ttlv_struct! {
    #[compact]
    /// The constraints.
    pub struct SetConstraintsRequest<'a> {
        /// All constraints. The specification requires them, but a test case of the standard (TC-MD-24-21) omits them.
        pub constraints: Option<Constraints<'a>> = CONSTRAINTS in V2_1..,
    }
}

ttlv_struct! {
    #[compact]
    /// All constraints (KMIP 2.1, 7.7).
    pub struct Constraints<'a> {
        /// The requests.
        pub constraints: Vec<Constraint<'a>> = CONSTRAINT,
    }
}

ttlv_struct! {
    #[compact]
    /// A constraint on operations that create objects (KMIP 2.1, 7.6).
    pub struct Constraint<'a> {
        /// The types of objects that it applies to; all if missing.
        pub object_types: Option<ObjectTypes> = OBJECT_TYPES,
        /// The groups that it applies to; all if missing.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS,
        /// The attributes that the objects must have.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
    }
}

ttlv_struct! {
    #[compact]
    /// An empty acknowledgement.
    pub struct SetConstraintsResponse {}
}
