//! Tags, which identify items on the wire.

mod table;

use core::fmt;

use crate::enumeration::Entry;
use crate::version::VersionRange;

/// The tag of an item: 24 bits that identify its meaning (KMIP 2.1, 11.56).
///
/// There is a constant for each tag of KMIP 1.0 to 3.0. Other tags, such as a vendor's or a later version's, are
/// preserved in a round trip and print as hex.
///
/// ```
/// use kmip_ttlv::{Tag, V1_4};
///
/// let tag = Tag::from_bytes([0x42, 0x00, 0x28]);
/// assert_eq!(tag, Tag::CRYPTOGRAPHIC_ALGORITHM);
/// assert_eq!(tag.name(), Some("CryptographicAlgorithm")); // as XML and JSON have it
/// assert_eq!(tag.title(), Some("Cryptographic Algorithm")); // as the specification has it
/// assert_eq!(Tag::from_name("CryptographicAlgorithm"), Some(tag));
///
/// // KMIP 2.0 did away with Template-Attribute.
/// assert_eq!(Tag::TEMPLATE_ATTRIBUTE.versions(), Some((..=V1_4).into()));
///
/// // What the value of an item under this tag is called.
/// let values = tag.enumeration().expect("an enumeration");
/// assert_eq!(values.entry(3).map(|entry| entry.name()), Some("AES"));
///
/// // A tag of one's own.
/// const SPEED: Tag = Tag::from_bytes([0x54, 0x00, 0x01]);
/// assert!(SPEED.is_extension());
/// assert_eq!(SPEED.to_string(), "0x540001");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tag(u32);

impl Tag {
    /// Creates the tag of these bytes, in the order of the wire. Any three bytes are a tag.
    #[must_use]
    pub const fn from_bytes([high, middle, low]: [u8; 3]) -> Self {
        Self(u32::from_be_bytes([0, high, middle, low]))
    }

    /// Returns the bytes in the order of the wire.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 3] {
        let [_, high, middle, low] = self.0.to_be_bytes();
        [high, middle, low]
    }

    /// Returns the number, which has 24 bits. `Tag::try_from` is the inverse.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// Returns the tag of this canonical name in any version. Names are case-sensitive.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::TABLE.value_of(name).map(Self)
    }

    /// Returns the tag of this name as the specification prints it. Attribute names of KMIP 1.x have this form.
    ///
    /// ```
    /// # use kmip_ttlv::Tag;
    /// assert_eq!(Tag::from_title("X.509 Certificate Issuer"), Some(Tag::X_509_CERTIFICATE_ISSUER));
    /// ```
    #[must_use]
    pub fn from_title(title: &str) -> Option<Self> {
        Self::TABLE.entries().find(|entry| entry.title() == title).map(|entry| Self(entry.value()))
    }

    /// Returns the canonical name, as in XML and JSON: `X_509CertificateIssuer`; `None` for a tag without a constant.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Self::TABLE.entry(self.0).map(Entry::name)
    }

    /// Returns the name as the specification prints it: `X.509 Certificate Issuer`; `None` for a tag without a
    /// constant.
    #[must_use]
    pub fn title(self) -> Option<&'static str> {
        Self::TABLE.entry(self.0).map(Entry::title)
    }

    /// Returns the versions that have this tag; `None` for a tag without a constant.
    #[must_use]
    pub fn versions(self) -> Option<VersionRange> {
        Self::TABLE.versions_of(self.0)
    }

    /// Returns `true` if the tag is in the range of vendors: `0x540000` to `0x54FFFF`.
    #[must_use]
    pub const fn is_extension(self) -> bool {
        self.0 >> 16 == 0x54
    }
}

impl TryFrom<u32> for Tag {
    type Error = InvalidTag;

    fn try_from(value: u32) -> Result<Self, InvalidTag> {
        if value > 0xFF_FFFF { Err(InvalidTag(value)) } else { Ok(Self(value)) }
    }
}

impl From<Tag> for u32 {
    fn from(tag: Tag) -> Self {
        tag.value()
    }
}

/// A number that is no tag, because it has more than 24 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("0x{0:08X} is not a tag: tags have 24 bits")]
pub struct InvalidTag(u32);

/// Writes the canonical name, or six hex digits if there is none.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "0x{:06X}", self.0),
        }
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
