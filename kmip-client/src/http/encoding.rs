//! The encodings of messages that HTTPS can carry (KMIP Additional Message Encodings 1.0, 2, 4 and 6).

use kmip_ttlv::{Result as TtlvResult, frame_len};
use zeroize::Zeroizing;

use super::HttpFault;

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

    /// The body for a message. Wiped when it goes; XML and JSON leave smaller copies behind while they grow.
    pub(super) fn write(self, frame: &[u8]) -> TtlvResult<Zeroizing<Vec<u8>>> {
        Ok(Zeroizing::new(match self {
            Self::Ttlv => frame.to_vec(),
            #[cfg(feature = "xml")]
            Self::Xml => kmip_ttlv::xml::to_xml(frame)?.into_bytes(),
            #[cfg(feature = "json")]
            Self::Json => kmip_ttlv::json::to_compact_json(frame)?.into_bytes(),
        }))
    }

    /// The message in a body: one, of at most so many bytes, and nothing else.
    pub(crate) fn read(self, body: Zeroizing<Vec<u8>>, limit: usize) -> Result<Zeroizing<Vec<u8>>, HttpFault> {
        let frame = match self {
            Self::Ttlv => body,
            #[cfg(feature = "xml")]
            Self::Xml => only(kmip_ttlv::xml::from_xml(text(&body)?).limit(limit))?,
            #[cfg(feature = "json")]
            Self::Json => only(kmip_ttlv::json::from_json(text(&body)?).limit(limit))?,
        };
        match frame_len(&frame, limit).map_err(HttpFault::Unreadable)? {
            Some(length) if length == frame.len() => Ok(frame),
            _ => Err(HttpFault::Malformed("its body is not one whole KMIP message")),
        }
    }
}

#[cfg(any(feature = "xml", feature = "json"))]
fn text(body: &[u8]) -> Result<&str, HttpFault> {
    std::str::from_utf8(body).map_err(|_| HttpFault::Malformed("its body is not UTF-8"))
}

#[cfg(any(feature = "xml", feature = "json"))]
fn only(messages: impl Iterator<Item = TtlvResult<Vec<u8>>>) -> Result<Zeroizing<Vec<u8>>, HttpFault> {
    let mut messages = messages.map(|message| message.map(Zeroizing::new));
    match (messages.next().transpose(), messages.next().transpose()) {
        (Err(error), _) | (_, Err(error)) => Err(HttpFault::Unreadable(error)),
        (Ok(Some(message)), Ok(None)) => Ok(message),
        _ => Err(HttpFault::Malformed("its body is not one whole KMIP message")),
    }
}
