//! Object identifiers.

use core::fmt;

use kmip_ttlv::enumeration::UniqueIdentifierPlaceholder;
use kmip_ttlv::{Decode, Encode, Identifier, NameReference, Reader, Reference, Result, Tag, Type, V2_0, V3_0, Writer};

/// The Unique Identifier of an object (KMIP 2.1, 4.58): a text that the server chose, or a placeholder inside a batch.
///
/// ```
/// use kmip_client::protocol::Id;
///
/// let id = Id::from("9dc02223-da42-6384");
/// assert_eq!(id.as_str(), Some("9dc02223-da42-6384"));
/// assert_eq!(Id::Placeholder.to_string(), "ID Placeholder");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Id<'a> {
    /// The identifier itself. Text String up to KMIP 2.1, Identifier in 3.0.
    Text(&'a str),
    /// The object that an earlier item of the same batch has created or found. Before KMIP 2.0 the field is omitted
    /// instead.
    Placeholder,
    /// Another enumerated placeholder of KMIP 2.0 and later, such as the private key of the last Create Key Pair.
    Enumerated(UniqueIdentifierPlaceholder),
    /// The object with this number in the results of the batch so far, from 0; negative numbers count from the last.
    /// KMIP 2.0 and later.
    Index(i32),
    /// The identifier as a reference to another object. KMIP 3.0.
    Reference(&'a str),
    /// The name of the object instead of an identifier. KMIP 3.0.
    Name(&'a str),
}

impl<'a> Id<'a> {
    /// Returns the identifier; `None` for a placeholder.
    #[must_use]
    pub const fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Reference(text) => Some(text),
            _ => None,
        }
    }
}

/// An empty text: the initial value of a field before decoding.
impl Default for Id<'_> {
    fn default() -> Self {
        Self::Text("")
    }
}

impl<'a> From<&'a str> for Id<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Id<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<Id<'_>> for String {
    /// Converts to the identifier, or to the display text of a placeholder.
    fn from(id: Id<'_>) -> Self {
        id.as_str().map_or_else(|| id.to_string(), Self::from)
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Reference(text) => f.write_str(text),
            Self::Name(name) => write!(f, "the object named {name}"),
            Self::Placeholder => f.write_str("ID Placeholder"),
            Self::Enumerated(meaning) => meaning.fmt(f),
            Self::Index(index) => write!(f, "result {index}"),
        }
    }
}

impl<'a> Decode<'a> for Id<'a> {
    #[inline(always)]
    fn decode_into(&mut self, reader: &mut Reader<'a>, tag: Tag) -> Result<()> {
        // Fast path: almost every identifier is text.
        if reader.peek_type() == Some(Type::TextString) && reader.version().major() < 3 {
            *self = Self::Text(reader.text_string(tag)?);
            return Ok(());
        }
        (*self, *reader) = Self::decode_other(reader.clone(), tag)?;
        Ok(())
    }
}

impl<'a> Id<'a> {
    #[cold]
    fn decode_other(mut reader: Reader<'a>, tag: Tag) -> Result<(Self, Reader<'a>)> {
        // Identifiers have a type of their own in KMIP 3.0. Strict rules accept only the type of the version.
        let identifier = reader.version().major() == 3;
        let either = reader.rules().skips_unknown();
        let id = match reader.peek_type().filter(|_| reader.at(tag)) {
            Some(Type::Enumeration) => match UniqueIdentifierPlaceholder::from_value(reader.enumeration(tag)?) {
                // Before KMIP 2.0 the placeholder is an omitted field, so a value that was sent stays a value.
                UniqueIdentifierPlaceholder::ID_PLACEHOLDER if reader.version() >= V2_0 => Self::Placeholder,
                meaning => Self::Enumerated(meaning),
            },
            Some(Type::Integer) => Self::Index(reader.integer(tag)?),
            Some(Type::TextString) if either || !identifier => Self::Text(reader.text_string(tag)?),
            Some(Type::Reference) => Self::Reference(Reference::decode_next(&mut reader, tag)?.0),
            Some(Type::NameReference) => Self::Name(NameReference::decode_next(&mut reader, tag)?.0),
            Some(Type::Identifier) if either || identifier => Self::Text(Identifier::decode_next(&mut reader, tag)?.0),
            _ if identifier => Self::Text(Identifier::decode_next(&mut reader, tag)?.0),
            _ => Self::Text(reader.text_string(tag)?),
        };
        Ok((id, reader))
    }
}

impl Encode for Id<'_> {
    #[inline(always)]
    fn encode(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match *self {
            Self::Text(text) if writer.version().major() != 3 => writer.text_string(tag, text),
            _ => self.encode_other(tag, writer),
        }
    }
}

impl Id<'_> {
    #[cold]
    fn encode_other(&self, tag: Tag, writer: &mut Writer) -> Result<()> {
        match *self {
            Self::Text(text) => return Identifier(text).encode(tag, writer),
            Self::Reference(text) => {
                writer.require(tag, V3_0..)?;
                return Reference(text).encode(tag, writer);
            }
            Self::Name(name) => {
                writer.require(tag, V3_0..)?;
                return NameReference(name).encode(tag, writer);
            }
            Self::Placeholder if writer.version() < V2_0 => {}
            Self::Placeholder => writer.enumeration(tag, UniqueIdentifierPlaceholder::ID_PLACEHOLDER.value()),
            Self::Enumerated(meaning) => {
                writer.require(tag, V2_0..)?;
                writer.enumeration(tag, meaning.value());
            }
            Self::Index(index) => {
                writer.require(tag, V2_0..)?;
                writer.integer(tag, index);
            }
        }
        Ok(())
    }
}
