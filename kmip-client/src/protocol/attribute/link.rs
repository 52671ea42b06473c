//! Links: an attribute Link with a type up to KMIP 2.1, an attribute for each type in 3.0.

use kmip_ttlv::enumeration::{LinkType, UniqueIdentifierPlaceholder};
use kmip_ttlv::{NameReference, Reference, Tag};

use super::list::Attributes;
use super::single::Attribute;
use super::structure::{Link, ObjectLink};
use super::value::AttributeValue;
use crate::protocol::Id;

/// A row is: the type of a link up to KMIP 2.1, and in 3.0 the attribute and its tag.
macro_rules! links {
    ($($link_type:ident = $variant:ident, $tag:ident;)*) => {
        /// The attributes of KMIP 3.0 that are a [`Link`] before.
        pub(crate) const LINK_TAGS: &[Tag] = &[$(Tag::$tag),*];

        impl<'a> AttributeValue<'a> {
            /// Returns the link, if the attribute is one: a [`Link`] up to KMIP 2.1, or an attribute of KMIP 3.0 for
            /// one type of link, such as [`PublicKeyLink`](Self::PublicKeyLink). Returns `None` for the types that came
            /// with KMIP 3.0.
            ///
            /// ```
            /// use kmip_client::protocol::attribute::AttributeValue;
            /// use kmip_client::ttlv::enumeration::LinkType;
            ///
            /// let link = AttributeValue::PublicKeyLink("9dc02223".into()).link().unwrap();
            /// assert_eq!(link.link_type, LinkType::PUBLIC_KEY_LINK);
            /// assert_eq!(link.linked_object_identifier.as_str(), Some("9dc02223"));
            /// ```
            #[must_use]
            pub fn link(&self) -> Option<Link<'a>> {
                let (link_type, object) = match self {
                    Self::Link(link) => return Some(link.clone()),
                    $(Self::$variant(object) => (LinkType::$link_type, object),)*
                    _ => return None,
                };
                Some(Link { link_type, linked_object_identifier: id_of(object) })
            }

            /// Returns the attribute of KMIP 3.0 with the meaning of the link, if there is one.
            pub(crate) fn of_link(link: &Link<'a>) -> Option<Self> {
                let object = object_of(link.linked_object_identifier);
                Some(match link.link_type {
                    $(LinkType::$link_type => Self::$variant(object),)*
                    _ => return None,
                })
            }
        }

        /// Returns the type of the links that this attribute of KMIP 3.0 holds.
        #[cfg_attr(not(feature = "test-server"), allow(dead_code, reason = "servers look attributes up by their tags"))]
        pub(crate) fn link_type_of(tag: Tag) -> Option<LinkType> {
            match tag {
                $(Tag::$tag => Some(LinkType::$link_type),)*
                _ => None,
            }
        }
    };
}

links! {
    CERTIFICATE_LINK = CertificateLink, CERTIFICATE_LINK;
    PUBLIC_KEY_LINK = PublicKeyLink, PUBLIC_KEY_LINK;
    PRIVATE_KEY_LINK = PrivateKeyLink, PRIVATE_KEY_LINK;
    DERIVATION_BASE_OBJECT_LINK = DerivationObjectLink, DERIVATION_OBJECT_LINK;
    DERIVED_KEY_LINK = DerivedObjectLink, DERIVED_OBJECT_LINK;
    REPLACEMENT_OBJECT_LINK = ReplacementObjectLink, REPLACEMENT_OBJECT_LINK;
    REPLACED_OBJECT_LINK = ReplacedObjectLink, REPLACED_OBJECT_LINK;
    PARENT_LINK = ParentLink, PARENT_LINK;
    CHILD_LINK = ChildLink, CHILD_LINK;
    PREVIOUS_LINK = PreviousLink, PREVIOUS_LINK;
    NEXT_LINK = NextLink, NEXT_LINK;
    PKCS_12_CERTIFICATE_LINK = Pkcs12CertificateLink, PKCS_12_CERTIFICATE_LINK;
    PKCS_12_PASSWORD_LINK = Pkcs12PasswordLink, PKCS_12_PASSWORD_LINK;
    WRAPPING_KEY_LINK = WrappingKeyLink, WRAPPING_KEY_LINK;
}

fn id_of<'a>(object: &ObjectLink<'a>) -> Id<'a> {
    match *object {
        ObjectLink::Reference(Reference(id)) => Id::Text(id),
        ObjectLink::Name(name) => Id::Name(name.0),
        ObjectLink::Enumerated(meaning) => Id::Enumerated(meaning),
        ObjectLink::Index(index) => Id::Index(index),
    }
}

fn object_of(id: Id<'_>) -> ObjectLink<'_> {
    match id {
        Id::Text(id) | Id::Reference(id) => ObjectLink::from(id),
        Id::Name(name) => ObjectLink::Name(NameReference(name)),
        Id::Placeholder => ObjectLink::Enumerated(UniqueIdentifierPlaceholder::ID_PLACEHOLDER),
        Id::Enumerated(meaning) => ObjectLink::Enumerated(meaning),
        Id::Index(index) => ObjectLink::Index(index),
    }
}

impl<'a> Attribute<'a> {
    /// Returns the attribute that KMIP 3.0 has for a [`Link`]; `None` for any other attribute.
    pub(super) fn split_link(&self) -> Option<Self> {
        match &self.value {
            AttributeValue::Link(link) => AttributeValue::of_link(link).map(Self::from),
            _ => None,
        }
    }
}

impl<'a> Attributes<'a> {
    /// Returns the objects to which links of this type lead, whichever version of KMIP has written the links.
    ///
    /// ```
    /// use kmip_client::protocol::attribute::{AttributeValue, Attributes};
    /// use kmip_client::ttlv::enumeration::LinkType;
    ///
    /// let attributes = Attributes::from(AttributeValue::NextLink("9dc02223".into()));
    /// let next = attributes.linked(LinkType::NEXT_LINK).next().unwrap();
    /// assert_eq!(next.as_str(), Some("9dc02223"));
    /// ```
    pub fn linked(&self, link_type: LinkType) -> impl Iterator<Item = Id<'a>> + '_ {
        let links = self.iter().filter_map(AttributeValue::link);
        links.filter(move |link| link.link_type == link_type).map(|link| link.linked_object_identifier)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kmip_ttlv::{Rules, V2_1, V3_0, decode, encode};

    use super::*;

    #[test]
    fn a_link_goes_out_as_its_version_writes_it() {
        let link = Link { link_type: LinkType::PUBLIC_KEY_LINK, linked_object_identifier: Id::Text("9dc02223") };
        let attribute = Attribute::from(AttributeValue::Link(link.clone()));
        let before = encode(&attribute, Tag::NEW_ATTRIBUTE, V2_1).unwrap();
        let read: Attribute<'_> = decode(&before, Tag::NEW_ATTRIBUTE, V2_1, Rules::STRICT).unwrap();
        assert_eq!(read.value, AttributeValue::Link(link.clone()));

        let since = encode(&attribute, Tag::NEW_ATTRIBUTE, V3_0).unwrap();
        let [a, b, c] = Tag::PUBLIC_KEY_LINK.to_bytes();
        assert_eq!(since[8..16], [a, b, c, 0x0D, 0, 0, 0, 8]);
        assert_eq!(&since[16..], b"9dc02223");
        let read: Attribute<'_> = decode(&since, Tag::NEW_ATTRIBUTE, V3_0, Rules::STRICT).unwrap();
        assert_eq!(read.value, AttributeValue::PublicKeyLink("9dc02223".into()));
        assert_eq!(read.value.link(), Some(link));
    }

    #[test]
    fn each_tag_stands_for_one_type_of_link() {
        for tag in LINK_TAGS {
            let link_type = link_type_of(*tag).unwrap();
            let value = AttributeValue::of_link(&Link { link_type, linked_object_identifier: Id::Index(1) }).unwrap();
            assert_eq!(value.reference(), (*tag).into());
            assert_eq!(value.link().map(|link| link.link_type), Some(link_type));
        }
    }
}
