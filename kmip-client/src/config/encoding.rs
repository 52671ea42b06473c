//! The encodings of messages that HTTPS can carry (KMIP Additional Message Encodings 1.0, 2, 4 and 6).

/// The encoding of messages in the bodies of HTTP.
///
/// ```
/// use kmip_client::{Config, MessageEncoding};
///
/// let config = Config::new("https://kms.example:9998/kmip").encoding(MessageEncoding::Ttlv);
/// # let _ = config;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum MessageEncoding {
    /// Binary, as without HTTP: the smallest encoding, and the one that every server has.
    #[default]
    Ttlv,
    /// XML. It has no way to write control characters.
    #[cfg(feature = "xml")]
    Xml,
    /// JSON.
    #[cfg(feature = "json")]
    Json,
}

/// How many characters a byte of a message may take in XML or JSON. Two are usual for keys, and five for attributes.
#[cfg(any(feature = "xml", feature = "json"))]
const WIDEST: usize = 8;

impl MessageEncoding {
    #[cfg(any(test, feature = "test-server"))]
    pub(crate) const ALL: &[Self] = &[
        Self::Ttlv,
        #[cfg(feature = "xml")]
        Self::Xml,
        #[cfg(feature = "json")]
        Self::Json,
    ];

    /// Returns the media type that HTTP names it by.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ttlv => "application/octet-stream",
            #[cfg(feature = "xml")]
            Self::Xml => "text/xml",
            #[cfg(feature = "json")]
            Self::Json => "application/json",
        }
    }

    /// Returns the length in bytes that the body of a message of at most `longest_message` bytes may have.
    pub(crate) const fn longest_body(self, longest_message: usize) -> usize {
        match self {
            Self::Ttlv => longest_message,
            #[cfg(any(feature = "xml", feature = "json"))]
            _ => longest_message.saturating_mul(WIDEST),
        }
    }

    /// Returns `true` for an encoding as text, in which white space says nothing.
    pub(crate) const fn is_text(self) -> bool {
        !matches!(self, Self::Ttlv)
    }
}
