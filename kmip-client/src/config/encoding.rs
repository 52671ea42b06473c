//! The encodings of messages that HTTPS can carry (KMIP Additional Message Encodings 1.0, 2, 4 and 6).

/// The encoding of messages in HTTP bodies.
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
    /// Binary, as without HTTP: the smallest encoding, which every server supports.
    #[default]
    Ttlv,
    /// XML, which cannot carry control characters.
    #[cfg(feature = "xml")]
    Xml,
    /// JSON.
    #[cfg(feature = "json")]
    Json,
}

/// The maximum number of characters per byte of a message in XML or JSON. Two are usual for keys, and five for
/// attributes.
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

    /// Returns the media type in HTTP.
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

    /// Returns the maximum length in bytes of the body with a message of at most `longest_message` bytes.
    pub(crate) const fn longest_body(self, longest_message: usize) -> usize {
        match self {
            Self::Ttlv => longest_message,
            #[cfg(any(feature = "xml", feature = "json"))]
            _ => longest_message.saturating_mul(WIDEST),
        }
    }

    /// Returns `true` for a textual encoding, in which white space is insignificant.
    pub(crate) const fn is_text(self) -> bool {
        !matches!(self, Self::Ttlv)
    }
}
