//! Set Constraints: what the attributes of new objects have to keep to.

use kmip_ttlv::{V2_1, ttlv_struct};

use super::{ObjectGroups, ObjectTypes};
use crate::protocol::attribute::Attributes;

/// Set Constraints: what the attributes of new objects have to keep to. KMIP 2.1, 6.1.52. Since KMIP 2.1.
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
    /// Sets these constraints in place of all that there were.
    pub fn constraints<'a>(constraints: impl IntoIterator<Item = Constraint<'a>>) -> SetConstraintsRequest<'a> {
        SetConstraintsRequest { constraints: Some(Constraints { constraints: constraints.into_iter().collect() }) }
    }
}

ttlv_struct! {
    /// The constraints.
    pub struct SetConstraintsRequest<'a> {
        /// All that there are to be. The specification requires it, and a test case of the standard (TC-MD-24-21) leaves it out.
        pub constraints: Option<Constraints<'a>> = CONSTRAINTS in V2_1..,
    }
}

ttlv_struct! {
    /// All constraints (KMIP 2.1, 7.7).
    pub struct Constraints<'a> {
        /// Each of them.
        pub constraints: Vec<Constraint<'a>> = CONSTRAINT,
    }
}

ttlv_struct! {
    /// What operations that make objects have to keep to (KMIP 2.1, 7.6).
    pub struct Constraint<'a> {
        /// The kinds of objects that it holds for; all where it is left out.
        pub object_types: Option<ObjectTypes> = OBJECT_TYPES,
        /// The groups that it holds for; all where it is left out.
        pub object_groups: Option<ObjectGroups<'a>> = OBJECT_GROUPS,
        /// The attributes that the objects have to have.
        pub attributes: Option<Attributes<'a>> = ATTRIBUTES,
    }
}

ttlv_struct! {
    /// That they were set.
    pub struct SetConstraintsResponse {}
}
