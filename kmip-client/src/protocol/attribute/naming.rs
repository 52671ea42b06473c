//! Attribute names per version: text from the table in 1.x, a tag or a structure in 2.x.

use kmip_ttlv::{
    Decode, Encode, Error, ErrorKind, ProtocolVersion, Reader, Result, Tag, Type, V2_0, VersionRange, Writer,
    ttlv_struct,
};

use super::reference::AttributeReference;
use super::value::Row;

impl<'a> AttributeReference<'a> {
    /// Returns `true` if the attribute table has this tag.
    #[cfg(feature = "test-server")]
    pub(crate) fn is_attribute(tag: Tag) -> bool {
        Row::of_tag(tag).is_some()
    }

    /// Returns the attribute that has exactly this name in KMIP 1.x.
    ///
    /// Any other name is kept as [`Named`](Self::Named), because a server may have it: KMIP 1.x sends it, a server may
    /// leave it out of its answer without a word, and KMIP 2.x has no way to write it. For names that people write,
    /// [`parse`](Self::parse) refuses unknown ones.
    #[must_use]
    pub fn from_name(name: &'a str) -> Self {
        match (Row::of_name(name), name.split_at_checked(2)) {
            (Some(row), _) => Self::Standard(row.tag),
            (None, Some(("x-" | "y-", rest))) => Self::Vendor { vendor_identification: &name[..1], name: rest },
            _ => Self::Named(name),
        }
    }

    /// Returns the name in KMIP 1.x as two consecutive parts; `None` if KMIP 1.x has no name for it.
    fn text(&self) -> Option<(&'a str, &'a str)> {
        match *self {
            Self::Standard(tag) => Some((Row::of_tag(tag).map(Row::name).or(tag.title())?, "")),
            Self::Vendor { vendor_identification: "x", name } => Some(("x-", name)),
            Self::Vendor { vendor_identification: "y", name } => Some(("y-", name)),
            Self::Vendor { .. } | Self::Unnamed => None,
            Self::Named(name) => Some((name, "")),
        }
    }

    /// Writes the name as text, as in KMIP 1.x.
    pub(super) fn encode_name(&self, writer: &mut Writer) -> Result<()> {
        if let Self::Standard(tag) = *self {
            // Attributes outside of the table were added in KMIP 2.0 or later.
            let versions = Row::of_tag(tag).map_or(VersionRange::since(V2_0), |row| row.versions);
            writer.require(tag, versions).map_err(|error| Error::of_value(Tag::ATTRIBUTE_NAME, error.kind()))?;
        }
        match self.text() {
            None if *self == Self::Unnamed => Ok(()),
            None => {
                let kind = ErrorKind::Value("KMIP 1.x has no word for this attribute");
                Err(Error::of_value(Tag::ATTRIBUTE_NAME, kind))
            }
            Some((name, "")) => writer.text_string(Tag::ATTRIBUTE_NAME, name),
            Some((prefix, name)) => writer.text_string(Tag::ATTRIBUTE_NAME, &[prefix, name].concat()),
        }
    }
}

ttlv_struct! {
    #[compact]
    /// The wire form of [`AttributeReference::Vendor`].
    struct VendorReference<'a> {
        vendor_identification: &'a str = VENDOR_IDENTIFICATION,
        name: &'a str = ATTRIBUTE_NAME,
    }
}

/// The error for a name that KMIP 1.x sends as it is, and that is misspelt more often than not.
pub(super) const NO_TAG: ErrorKind = ErrorKind::Value(
    "no attribute that KMIP 2.x has a tag for: check its spelling (AttributeReference::parse lists similar names), or name \
     its vendor (AttributeReference::Vendor)",
);

/// Returns the tag under which the version names an attribute.
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
            Self::Named(_) | Self::Unnamed => Err(Error::of_value(tag, NO_TAG)),
        }
    }
}
