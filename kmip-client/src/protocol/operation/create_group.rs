//! The Create Group operation.

use kmip_ttlv::{V3_0, ttlv_struct};

use super::new_object;
use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};

/// Creates a group of objects. KMIP 3.0, 6.1.10.
///
/// An object joins the group by a Group Link to it.
///
/// ```
/// use kmip_client::protocol::operation::CreateGroup;
///
/// assert_eq!(CreateGroup::named("backup").attributes.list.len(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CreateGroup;

impl CreateGroup {
    /// Requests a group with this name.
    #[must_use]
    #[inline]
    pub fn named(name: &str) -> CreateGroupRequest<'_> {
        CreateGroupRequest::default().attribute(AttributeValue::Name(name.into()))
    }
}

ttlv_struct! {
    #[compact]
    /// A request to create a group.
    pub struct CreateGroupRequest<'a> {
        /// The attributes of the group. A group has nothing else.
        pub attributes: Attributes<'a> = ATTRIBUTES in V3_0..,
    }
}

new_object!(CreateGroupRequest);

ttlv_struct! {
    #[compact]
    /// The group that was created.
    pub struct CreateGroupResponse<'a> {
        /// The group.
        pub unique_identifier: Id<'a> = UNIQUE_IDENTIFIER in V3_0..,
    }
}
