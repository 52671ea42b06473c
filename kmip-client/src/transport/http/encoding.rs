//! The encodings of messages that HTTPS can carry (KMIP Additional Message Encodings 1.0, 2, 4 and 6).

use kmip_ttlv::{Result as TtlvResult, frame_len};
use zeroize::Zeroizing;

use super::HttpError;
use crate::config::MessageEncoding;

impl MessageEncoding {
    /// Returns the body for a message. It is wiped on drop; XML and JSON leave smaller copies behind while they grow.
    pub(super) fn write(self, frame: &[u8]) -> TtlvResult<Zeroizing<Vec<u8>>> {
        Ok(Zeroizing::new(match self {
            Self::Ttlv => frame.to_vec(),
            #[cfg(feature = "xml")]
            Self::Xml => kmip_ttlv::xml::to_xml(frame)?.into_bytes(),
            #[cfg(feature = "json")]
            Self::Json => kmip_ttlv::json::to_compact_json(frame)?.into_bytes(),
        }))
    }

    /// Returns the only message in a body, of at most `limit` bytes.
    pub(crate) fn read(self, body: Zeroizing<Vec<u8>>, limit: usize) -> Result<Zeroizing<Vec<u8>>, HttpError> {
        let frame = match self {
            Self::Ttlv => body,
            #[cfg(feature = "xml")]
            Self::Xml => only(kmip_ttlv::xml::from_xml(text(&body)?).limit(limit))?,
            #[cfg(feature = "json")]
            Self::Json => only(kmip_ttlv::json::from_json(text(&body)?).limit(limit))?,
        };
        match frame_len(&frame, limit).map_err(HttpError::Unreadable)? {
            Some(length) if length == frame.len() => Ok(frame),
            _ => Err(HttpError::Malformed("its body is not one whole KMIP message")),
        }
    }
}

#[cfg(any(feature = "xml", feature = "json"))]
fn text(body: &[u8]) -> Result<&str, HttpError> {
    std::str::from_utf8(body).map_err(|_| HttpError::Malformed("its body is not UTF-8"))
}

#[cfg(any(feature = "xml", feature = "json"))]
fn only(messages: impl Iterator<Item = TtlvResult<Vec<u8>>>) -> Result<Zeroizing<Vec<u8>>, HttpError> {
    let mut messages = messages.map(|message| message.map(Zeroizing::new));
    match (messages.next().transpose(), messages.next().transpose()) {
        (Err(error), _) | (_, Err(error)) => Err(HttpError::Unreadable(error)),
        (Ok(Some(message)), Ok(None)) => Ok(message),
        _ => Err(HttpError::Malformed("its body is not one whole KMIP message")),
    }
}
