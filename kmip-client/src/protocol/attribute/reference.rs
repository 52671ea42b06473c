//! What names an attribute, and the attributes that only their names tell.

use kmip_ttlv::{Tag, Value, ttlv_struct};

use crate::protocol::with_setters::with_setters;

/// The name of an attribute.
///
/// KMIP 1.x says it as text (Attribute Name), KMIP 2.x as a tag or as a structure (Attribute Reference, KMIP 2.1, 5.5).
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
    /// A vendor's attribute, or a custom one: KMIP 1.x calls it `x-NAME` where a client made it, `y-NAME` where the server did.
    Vendor {
        /// Whose attribute it is: `x`, `y`, or in KMIP 2.x any vendor.
        vendor_identification: &'a str,
        /// The name that the vendor gave it.
        name: &'a str,
    },
    /// A name of KMIP 1.x that is neither.
    Named(&'a str),
    /// No name. No version allows it, and test cases of the standard have it (`CS-AC-M-3-12`), so it is not lost.
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
    /// An attribute that this crate has no type for: a vendor's, a custom one, or one that is newer than it. Its value is kept.
    #[derive(Clone, Copy, PartialEq, Debug, Default)]
    pub struct OtherAttribute<'a> {
        /// Its name.
        pub name: AttributeReference<'a>,
        /// Its value.
        pub value: Value<'a>,
    }
}

ttlv_struct! {
    /// A vendor's attribute as KMIP 2.x writes it: the structure Attribute (KMIP 2.1, 4.60).
    pub(super) struct VendorAttribute<'a> {
        pub(super) vendor_identification: &'a str = VENDOR_IDENTIFICATION,
        pub(super) name: &'a str = ATTRIBUTE_NAME,
        pub(super) value: Value<'a> = ATTRIBUTE_VALUE,
    }
}
