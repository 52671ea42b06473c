//! Locate: which objects have these attributes.

use kmip_ttlv::enumeration::{LinkType, ObjectGroupMember, ObjectType, StorageStatusMask};
use kmip_ttlv::{Tag, V1_1, V1_3, V2_1, V3_0, Value, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeFilters, AttributePart, AttributeValue};

/// Locate: which objects have these attributes. KMIP 2.1, 6.1.28.
///
/// ```
/// use kmip_client::protocol::operation::Locate;
/// use kmip_client::ttlv::enumeration::ObjectType;
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
        pub object_group_member: Option<ObjectGroupMember> = OBJECT_GROUP_MEMBER in V1_1..=V2_1,
        /// Whether objects of users (1), of the system (2), or both (3) count. Those of users where it is left out.
        pub object_class_mask: Option<i32> = OBJECT_CLASS_MASK in V3_0..,
        /// What the objects have to have; all of it.
        pub attributes: AttributeFilters<'a> = ATTRIBUTE,
    }
}

impl<'a> LocateRequest<'a> {
    /// Asks for this attribute too. A second date of one kind makes a range.
    #[must_use]
    pub fn attribute(mut self, value: AttributeValue<'a>) -> Self {
        self.attributes.push(value);
        self
    }

    /// Asks for these fields of an attribute that is a structure, whatever its other fields are.
    #[must_use]
    pub fn part(mut self, attribute: Tag, fields: impl IntoIterator<Item = (Tag, Value<'a>)>) -> Self {
        self.attributes.push_part(AttributePart::new(attribute, fields));
        self
    }

    /// Asks for objects with a link of this type, wherever it leads.
    #[must_use]
    pub fn link_type(self, link_type: LinkType) -> Self {
        self.part(Tag::LINK, [(Tag::LINK_TYPE, Value::Enumeration(link_type.value()))])
    }

    /// Asks for objects with a link to this one, of whatever type.
    #[must_use]
    pub fn linked_to(self, id: &'a str) -> Self {
        self.part(Tag::LINK, [(Tag::LINKED_OBJECT_IDENTIFIER, Value::TextString(id))])
    }

    /// Asks for objects with Application Specific Information in this namespace, whatever the information is.
    #[must_use]
    pub fn application_namespace(self, namespace: &'a str) -> Self {
        let namespace = (Tag::APPLICATION_NAMESPACE, Value::TextString(namespace));
        self.part(Tag::APPLICATION_SPECIFIC_INFORMATION, [namespace])
    }

    /// Asks for objects in these places: on-line, archived, destroyed. Without it only those on-line are found.
    #[must_use]
    pub fn stored(mut self, places: StorageStatusMask) -> Self {
        self.storage_status_mask = Some(places);
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
