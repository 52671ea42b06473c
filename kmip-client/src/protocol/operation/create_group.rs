//! Create Group: a new group of objects.

use kmip_ttlv::{V3_0, ttlv_struct};

use super::new_object;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};

/// Create Group: a new group of objects. KMIP 3.0, 6.1.10.
///
/// An object is in the group once it has a Group Link to it.
///
/// ```
/// use kmip_client::protocol::operation::CreateGroup;
///
/// assert_eq!(CreateGroup::named("backup").attributes.list.len(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CreateGroup;

impl CreateGroup {
    /// A group with this name.
    #[must_use]
    pub fn named(name: &str) -> CreateGroupRequest<'_> {
        CreateGroupRequest::default().attribute(AttributeValue::Name(name.into()))
    }
}

ttlv_struct! {
    /// What group to make.
    pub struct CreateGroupRequest<'a> {
        /// What it is to be like. A group has nothing but attributes.
        pub attributes: Attributes<'a> = ATTRIBUTES in V3_0..,
    }
}

new_object!(CreateGroupRequest);

ttlv_struct! {
    /// What group was made.
    pub struct CreateGroupResponse<'a> {
        /// The group.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER in V3_0..,
    }
}
