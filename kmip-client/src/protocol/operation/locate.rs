//! The Locate operation.

use kmip_ttlv::enumeration::{LinkType, ObjectGroupMember, ObjectType, StorageStatusMask};
use kmip_ttlv::{Tag, V1_1, V1_3, V2_1, V3_0, Value, ttlv_struct};

use crate::protocol::Id;
use crate::protocol::attribute::{AttributeFilters, AttributePart, AttributeValue, Link};

/// Searches for objects by their attributes. KMIP 2.1, 6.1.28.
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
    /// Searches for objects with this name.
    #[must_use]
    #[inline]
    pub fn name(name: &str) -> LocateRequest<'_> {
        Self::attribute(AttributeValue::Name(name.into()))
    }

    /// Searches for objects with this attribute.
    #[must_use]
    #[inline]
    pub fn attribute(value: AttributeValue<'_>) -> LocateRequest<'_> {
        Self::all().attribute(value)
    }

    /// Searches for all objects that the client may see.
    #[must_use]
    #[inline]
    pub fn all<'a>() -> LocateRequest<'a> {
        LocateRequest::default()
    }
}

ttlv_struct! {
    /// A search for objects.
    pub struct LocateRequest<'a> {
        /// The maximum number of identifiers to return.
        pub maximum_items: Option<i32> = MAXIMUM_ITEMS,
        /// The number of matching objects to skip.
        pub offset_items: Option<i32> = OFFSET_ITEMS in V1_3..,
        /// The storage in which to search: online, archived, or destroyed objects.
        pub storage_status_mask: Option<StorageStatusMask> = STORAGE_STATUS_MASK,
        /// The requested member of a group: any, or a fresh one.
        pub object_group_member: Option<ObjectGroupMember> = OBJECT_GROUP_MEMBER in V1_1..=V2_1,
        /// The classes of objects to search: users' (1), the system's (2), or both (3). Users' by default.
        pub object_class_mask: Option<i32> = OBJECT_CLASS_MASK in V3_0..,
        /// The filters, all of which an object has to match.
        pub attributes: AttributeFilters<'a> = ATTRIBUTE,
    }
}

impl<'a> LocateRequest<'a> {
    /// Requires this attribute too. A second date of the same kind makes a range.
    #[must_use]
    #[inline]
    pub fn attribute(mut self, value: AttributeValue<'a>) -> Self {
        self.attributes.push(value);
        self
    }

    /// Requires these fields of a structured attribute, and ignores its other fields.
    #[must_use]
    pub fn part(mut self, attribute: Tag, fields: impl IntoIterator<Item = (Tag, Value<'a>)>) -> Self {
        self.attributes.push_part(AttributePart::new(attribute, fields));
        self
    }

    /// Requires a link of this type to this object, in all versions of KMIP.
    ///
    /// ```
    /// use kmip_client::Exchange;
    /// use kmip_client::protocol::operation::Locate;
    /// use kmip_client::ttlv::enumeration::LinkType;
    /// use kmip_client::ttlv::{V1_4, V3_0};
    ///
    /// let private_key = Locate::all().linked(LinkType::PUBLIC_KEY_LINK, "9dc02223");
    /// assert!(Exchange::new(V1_4, &private_key).is_ok());
    /// assert!(Exchange::new(V3_0, &private_key).is_ok());
    /// ```
    #[must_use]
    pub fn linked(self, link_type: LinkType, id: impl Into<Id<'a>>) -> Self {
        self.attribute(AttributeValue::Link(Link { link_type, linked_object_identifier: id.into() }))
    }

    /// Requires a link of this type, to any object. KMIP 3.0 cannot express it: see [`Self::linked`].
    #[must_use]
    #[inline]
    pub fn link_type(self, link_type: LinkType) -> Self {
        self.part(Tag::LINK, [(Tag::LINK_TYPE, Value::Enumeration(link_type.value()))])
    }

    /// Requires a link to this object, of any type. KMIP 3.0 cannot express it: see [`Self::linked`].
    #[must_use]
    #[inline]
    pub fn linked_to(self, id: &'a str) -> Self {
        self.part(Tag::LINK, [(Tag::LINKED_OBJECT_IDENTIFIER, Value::TextString(id))])
    }

    /// Requires Application Specific Information in this namespace, with any data.
    #[must_use]
    #[inline]
    pub fn application_namespace(self, namespace: &'a str) -> Self {
        let namespace = (Tag::APPLICATION_NAMESPACE, Value::TextString(namespace));
        self.part(Tag::APPLICATION_SPECIFIC_INFORMATION, [namespace])
    }

    /// Searches in this storage: online, archived, destroyed. By default only online objects are found.
    #[must_use]
    #[inline]
    pub fn stored(mut self, places: StorageStatusMask) -> Self {
        self.storage_status_mask = Some(places);
        self
    }

    /// Requires objects of this type.
    #[must_use]
    #[inline]
    pub fn object_type(self, object_type: ObjectType) -> Self {
        self.attribute(AttributeValue::ObjectType(object_type))
    }

    /// Asks for at most this many identifiers.
    #[must_use]
    #[inline]
    pub fn at_most(mut self, items: i32) -> Self {
        self.maximum_items = Some(items);
        self
    }
}

ttlv_struct! {
    /// The objects that were found.
    pub struct LocateResponse<'a> {
        /// The total number of matches, if the server states it.
        pub located_items: Option<i32> = LOCATED_ITEMS in V1_3..,
        /// The objects.
        pub unique_identifiers: Vec<Id<'a>> = UNIQUE_IDENTIFIER,
    }
}
