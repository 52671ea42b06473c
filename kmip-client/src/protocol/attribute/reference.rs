//! What names an attribute, and the attributes that only their names tell.

use kmip_ttlv::{
    Decode, Encode, Error, ErrorKind, ProtocolVersion, Reader, Result, Tag, Type, V2_0, Value, VersionRange, Writer,
    ttlv_struct,
};

use super::table::Row;

/// The name of an attribute.
///
/// KMIP 1.x says it as text (Attribute Name), KMIP 2.x as a tag or as a structure (Attribute Reference, KMIP 2.1, 7.3).
///
/// ```
/// use kmip_client::protocol::attribute::AttributeReference;
/// use kmip_ttlv::Tag;
///
/// assert_eq!(AttributeReference::from_name("State"), AttributeReference::Standard(Tag::STATE));
/// assert_eq!(AttributeReference::from_name("x-Colour").to_string(), "x-Colour");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
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

impl<'a> AttributeReference<'a> {
    /// The attribute that KMIP 1.x calls so.
    #[must_use]
    pub fn from_name(name: &'a str) -> Self {
        match (Row::of_name(name.as_bytes()), name.split_at_checked(2)) {
            (Some(row), _) => Self::Standard(row.tag),
            (None, Some(("x-" | "y-", rest))) => Self::Vendor { vendor_identification: &name[..1], name: rest },
            _ => Self::Named(name),
        }
    }

    /// The text that KMIP 1.x calls the attribute, in two parts that follow each other.
    fn name_in(&self, version: ProtocolVersion) -> Result<(&'a str, &'a str)> {
        let fail = |kind| Err(Error::of_value(Tag::ATTRIBUTE_NAME, kind));
        match *self {
            Self::Standard(tag) => match Row::of_tag(tag) {
                Some(row) if row.versions.contains(version) => Ok((row.name, "")),
                Some(row) => fail(ErrorKind::NotInVersion { tag, version, range: row.versions }),
                None => fail(ErrorKind::NotInVersion { tag, version, range: VersionRange::since(V2_0) }),
            },
            Self::Vendor { vendor_identification: "x", name } => Ok(("x-", name)),
            Self::Vendor { vendor_identification: "y", name } => Ok(("y-", name)),
            Self::Vendor { .. } => fail(ErrorKind::Value("KMIP 1.x knows no other vendors than x and y")),
            Self::Named(name) => Ok((name, "")),
            Self::Unnamed => Ok(("", "")),
        }
    }

    /// Writes the name as the text of KMIP 1.x.
    pub(super) fn encode_name(&self, writer: &mut Writer) -> Result<()> {
        if *self == Self::Unnamed {
            return Ok(());
        }
        match self.name_in(writer.version())? {
            (name, "") => writer.text_string(Tag::ATTRIBUTE_NAME, name),
            (prefix, name) => writer.text_string(Tag::ATTRIBUTE_NAME, &[prefix, name].concat()),
        }
    }

    /// How many bytes [`Self::encode_name`] writes; 0 where it fails.
    pub(super) fn name_len(&self, version: ProtocolVersion) -> usize {
        if *self == Self::Unnamed {
            return 0;
        }
        self.name_in(version).map_or(0, |(prefix, name)| 8 + (prefix.len() + name.len()).next_multiple_of(8))
    }
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

ttlv_struct! {
    /// The wire form of [`AttributeReference::Vendor`].
    struct VendorReference<'a> {
        vendor_identification: &'a str = VENDOR_IDENTIFICATION,
        name: &'a str = ATTRIBUTE_NAME,
    }
}

/// The tag under which the version names an attribute.
fn wire_tag(tag: Tag, version: ProtocolVersion) -> Tag {
    if version < V2_0 { Tag::ATTRIBUTE_NAME } else { tag }
}

impl<'a> Decode<'a> for AttributeReference<'a> {
    fn follows(reader: &Reader<'a>, tag: Tag) -> bool {
        reader.at(wire_tag(tag, reader.version()))
    }

    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        let tag = wire_tag(tag, reader.version());
        *self = match reader.peek_type() {
            _ if tag == Tag::ATTRIBUTE_NAME && !reader.at(tag) => Self::Unnamed,
            _ if tag == Tag::ATTRIBUTE_NAME => Self::from_name(reader.text_string(tag)?),
            Some(Type::Structure) => {
                let VendorReference { vendor_identification, name } = Decode::decode_next(reader, tag)?;
                Self::Vendor { vendor_identification, name }
            }
            _ => Self::Standard(Tag::decode_next(reader, tag)?),
        };
        Ok(())
    }
}

impl Encode for AttributeReference<'_> {
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match *self {
            _ if writer.version() < V2_0 => self.encode_name(writer),
            Self::Standard(attribute) => attribute.encode(tag, writer),
            Self::Vendor { vendor_identification, name } => {
                VendorReference { vendor_identification, name }.encode(tag, writer)
            }
            Self::Named(_) | Self::Unnamed => {
                let kind = ErrorKind::Value("an attribute name of KMIP 1.x for which KMIP 2.x has no tag");
                Err(Error::of_value(tag, kind))
            }
        }
    }

    fn encoded_len(&self, tag: Tag, version: ProtocolVersion) -> usize {
        match *self {
            _ if version < V2_0 => self.name_len(version),
            Self::Vendor { vendor_identification, name } => {
                VendorReference { vendor_identification, name }.encoded_len(tag, version)
            }
            Self::Standard(_) | Self::Named(_) | Self::Unnamed => 16,
        }
    }
}

/// An attribute that this crate has no type for: a vendor's, a custom one, or one that is newer than it. Its value is kept.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct OtherAttribute<'a> {
    /// Its name.
    pub name: AttributeReference<'a>,
    /// Its value.
    pub value: Value<'a>,
}

ttlv_struct! {
    /// A vendor's attribute as KMIP 2.x writes it: the structure Attribute (KMIP 2.1, 4.62).
    pub(super) struct VendorAttribute<'a> {
        pub(super) vendor_identification: &'a str = VENDOR_IDENTIFICATION,
        pub(super) name: &'a str = ATTRIBUTE_NAME,
        pub(super) value: Value<'a> = ATTRIBUTE_VALUE,
    }
}
