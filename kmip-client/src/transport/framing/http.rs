//! Messages in the bodies of HTTP/1.1 (KMIP Additional Message Encodings 1.0, 2).

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::config::{Endpoint, MessageEncoding, Messages};
use crate::transport::error::TransportError;
use crate::transport::http::{self, HttpError};

/// The HTTP of one connection, and the bytes that have arrived.
pub(crate) struct Http {
    endpoint: Endpoint,
    path: String,
    encoding: MessageEncoding,
    limit: usize,
    incoming: http::MessageReader,
    /// `true` if the server has announced that the connection ends with its last response.
    closing: bool,
}

impl Http {
    /// Creates the framing for a connection to this server; `None` if its endpoint is no URL.
    pub(super) fn new(endpoint: &Endpoint, messages: Messages) -> Option<Self> {
        let Messages { encoding, limit } = messages;
        let body = http::BodyLimit { bytes: encoding.longest_body(limit), is_text: encoding.is_text() };
        Some(Self {
            endpoint: endpoint.clone(),
            path: endpoint.path()?.to_owned(),
            encoding,
            limit,
            incoming: http::MessageReader::of_responses(body),
            closing: false,
        })
    }

    /// Returns the name of the protocol in ALPN.
    pub(super) fn alpn(&self) -> &'static [u8] {
        http::ALPN
    }

    /// Frames a request.
    pub(super) fn outgoing(&self, request: &[u8]) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        http::request(&self.endpoint, &self.path, self.encoding, request)
            .map_err(|error| TransportError::Http(HttpError::Unwritable(error)))
    }

    /// Returns the buffer for the next bytes.
    pub(super) fn space(&mut self) -> &mut [u8] {
        self.incoming.space()
    }

    /// Returns `true` if nothing of a response has arrived, and the server has not announced the end of the connection.
    pub(super) fn is_ready(&self) -> bool {
        !self.closing && self.incoming.is_empty()
    }

    /// Returns the number of bytes of the message that have arrived.
    pub(super) fn received(&self) -> usize {
        self.incoming.received()
    }

    /// Records this many bytes in [`Http::space`], and returns the message that they complete.
    pub(super) fn filled(&mut self, bytes: usize) -> Result<Option<Bytes>, TransportError> {
        let Some((head, body)) = self.incoming.filled(bytes).map_err(TransportError::Http)? else { return Ok(None) };
        // Bytes after a response do not belong to it: the response is accepted, but the connection is not reused.
        self.closing = head.close || !self.incoming.is_empty();
        let expected = self.encoding.media_type();
        let frame = self.encoding.read(body, self.limit).map_err(|fault| match head.content_type {
            // A readable body is accepted, whatever its type. An unreadable one is most likely not KMIP.
            Some(found) if found != expected => TransportError::Http(HttpError::ContentType { expected, found }),
            _ => match fault {
                HttpError::Unreadable(error) => TransportError::Malformed(error),
                fault => TransportError::Http(fault),
            },
        })?;
        Ok(Some(Bytes::from_owner(frame)))
    }
}
