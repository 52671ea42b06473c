//! Attribute references, and attributes that are identified by name only.

use kmip_ttlv::{Tag, Value, ttlv_struct};

use crate::protocol::with_setters::with_setters;

/// The name of an attribute.
///
/// The wire form is text in KMIP 1.x (Attribute Name), and a tag or a structure in KMIP 2.x (Attribute Reference, KMIP
/// 2.1, 5.5).
///
/// ```
/// use kmip_client::protocol::attribute::AttributeReference;
/// use kmip_client::ttlv::Tag;
///
/// assert_eq!(AttributeReference::from_name("State"), AttributeReference::Standard(Tag::STATE));
/// assert_eq!(AttributeReference::from_name("x-Colour").to_string(), "x-Colour");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum AttributeReference<'a> {
    /// An attribute of the standard, by its tag.
    Standard(Tag),
    /// A vendor's attribute, or a custom one: in KMIP 1.x `x-NAME` if the client defined it, `y-NAME` if the server
    /// did.
    Vendor {
        /// The owner of the attribute: `x`, `y`, or in KMIP 2.x any vendor.
        vendor_identification: &'a str,
        /// The name, as given by the vendor.
        name: &'a str,
    },
    /// Another name of KMIP 1.x, outside of the standard and without a prefix.
    Named(&'a str),
    /// An empty name. No version allows it, but a test case of the standard has it (`CS-AC-M-3-12`), so it is
    /// preserved.
    #[default]
    Unnamed,
}

impl From<Tag> for AttributeReference<'_> {
    fn from(tag: Tag) -> Self {
        Self::Standard(tag)
    }
}

impl std::fmt::Display for AttributeReference<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Standard(tag) => f.write_str(tag.title().unwrap_or("an unknown attribute")),
            Self::Vendor { vendor_identification, name } => write!(f, "{vendor_identification}-{name}"),
            Self::Named(name) => f.write_str(name),
            Self::Unnamed => f.write_str("an attribute without a name"),
        }
    }
}

with_setters! {
    /// An attribute that this crate has no type for: a vendor's, a custom one, or one of a newer version. Its value is
    /// kept.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct OtherAttribute<'a> {
        /// The attribute's name.
        pub name: AttributeReference<'a>,
        /// The attribute's value.
        pub value: Value<'a>,
    }
}

ttlv_struct! {
    #[compact]
    /// A vendor's attribute in KMIP 2.x: the structure Attribute (KMIP 2.1, 4.60).
    pub(super) struct VendorAttribute<'a> {
        pub(super) vendor_identification: &'a str = VENDOR_IDENTIFICATION,
        pub(super) name: &'a str = ATTRIBUTE_NAME,
        pub(super) value: Value<'a> = ATTRIBUTE_VALUE,
    }
}
