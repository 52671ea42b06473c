//! Locate: which objects have these attributes.

use kmip_ttlv::enumeration::{ObjectGroupMember, ObjectType, StorageStatusMask};
use kmip_ttlv::{V1_1, V1_3, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeValue, Attributes};

/// Locate: which objects have these attributes. KMIP 2.1, 6.1.28.
///
/// ```
/// use kmip_client::protocol::operation::Locate;
/// use kmip_ttlv::enumeration::ObjectType;
///
/// let request = Locate::name("vm-42").object_type(ObjectType::SYMMETRIC_KEY).at_most(1);
/// assert_eq!(request.maximum_items, Some(1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Locate;

impl Locate {
    /// Looks for the objects with this name.
    #[must_use]
    pub fn name(name: &str) -> LocateRequest<'_> {
        Self::attribute(AttributeValue::Name(name.into()))
    }

    /// Looks for the objects with this attribute.
    #[must_use]
    pub fn attribute(value: AttributeValue<'_>) -> LocateRequest<'_> {
        Self::all().attribute(value)
    }

    /// Looks for every object that the client may see.
    #[must_use]
    pub fn all<'a>() -> LocateRequest<'a> {
        LocateRequest::default()
    }
}

ttlv_struct! {
    /// What to look for.
    pub struct LocateRequest<'a> {
        /// How many identifiers to return at most.
        pub maximum_items: Option<i32> = MAXIMUM_ITEMS,
        /// How many of those found to leave out first.
        pub offset_items: Option<i32> = OFFSET_ITEMS in V1_3..,
        /// Whether objects in the archive, and destroyed ones, count.
        pub storage_status_mask: Option<StorageStatusMask> = STORAGE_STATUS_MASK,
        /// Whether any member of a group will do, or a fresh one.
        pub object_group_member: Option<ObjectGroupMember> = OBJECT_GROUP_MEMBER in V1_1..,
        /// What the objects have to have; all of it.
        pub attributes: Attributes<'a> = ATTRIBUTE,
    }
}

impl<'a> LocateRequest<'a> {
    /// Asks for this attribute too. A second date of one kind makes a range.
    #[must_use]
    pub fn attribute(mut self, value: AttributeValue<'a>) -> Self {
        self.attributes.push(value);
        self
    }

    /// Asks for objects of this kind.
    #[must_use]
    pub fn object_type(self, object_type: ObjectType) -> Self {
        self.attribute(AttributeValue::ObjectType(object_type))
    }

    /// Asks for so many identifiers at most.
    #[must_use]
    pub fn at_most(mut self, items: i32) -> Self {
        self.maximum_items = Some(items);
        self
    }
}

ttlv_struct! {
    /// What was found.
    pub struct LocateResponse<'a> {
        /// How many objects there are in all, where the server says so.
        pub located_items: Option<i32> = LOCATED_ITEMS in V1_3..,
        /// The objects.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
    }
}
