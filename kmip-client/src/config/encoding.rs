//! The encodings of messages that HTTPS can carry (KMIP Additional Message Encodings 1.0, 2, 4 and 6).

/// How messages are written in the bodies of HTTP.
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
    /// Binary, as without HTTP: the smallest, and the one that every server has.
    #[default]
    Ttlv,
    /// XML. Text with control characters cannot be said in it.
    #[cfg(feature = "xml")]
    Xml,
    /// JSON.
    #[cfg(feature = "json")]
    Json,
}

/// How many characters a byte of a message may take, in XML or JSON. Five are usual.
#[cfg(any(feature = "xml", feature = "json"))]
const WIDEST: usize = 16;

impl MessageEncoding {
    #[cfg(any(test, feature = "test-server"))]
    pub(crate) const ALL: &[Self] = &[
        Self::Ttlv,
        #[cfg(feature = "xml")]
        Self::Xml,
        #[cfg(feature = "json")]
        Self::Json,
    ];

    /// What HTTP calls it.
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

    /// The longest body of a message of at most so many bytes.
    pub(crate) const fn longest_body(self, longest_message: usize) -> usize {
        match self {
            Self::Ttlv => longest_message,
            #[cfg(any(feature = "xml", feature = "json"))]
            _ => longest_message.saturating_mul(WIDEST),
        }
    }
}
