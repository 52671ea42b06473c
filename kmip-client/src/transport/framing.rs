//! The framing of messages on a connection: concatenated, or each in the body of an HTTP message.

use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use rustls::ClientConfig;
use zeroize::Zeroizing;

use super::error::TransportError;
#[cfg(feature = "https")]
use super::http::{self, HttpError};
#[cfg(feature = "https")]
use crate::config::MessageEncoding;
use crate::config::{Endpoint, Messages};
use crate::exchange::Incoming;

/// The framing of one connection, and the bytes that have arrived.
pub(crate) enum Framing {
    /// KMIP directly over TLS.
    Bare(Incoming),
    #[cfg(feature = "https")]
    Http(Box<Http>),
}

/// HTTP/1.1 (KMIP Additional Message Encodings 1.0, 2).
#[cfg(feature = "https")]
pub(crate) struct Http {
    endpoint: Endpoint,
    path: String,
    encoding: MessageEncoding,
    limit: usize,
    incoming: http::MessageReader,
    /// `true` if the server has announced that the connection ends with its last response.
    closing: bool,
}

/// A framed request.
pub(crate) enum FramedRequest<'r> {
    Bare(&'r [u8]),
    #[cfg_attr(not(feature = "https"), allow(dead_code, reason = "HTTP puts more around"))]
    Framed(Zeroizing<Vec<u8>>),
}

impl Deref for FramedRequest<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Bare(bytes) => bytes,
            Self::Framed(bytes) => bytes,
        }
    }
}

impl Framing {
    /// Creates the framing for a connection to this server.
    pub(crate) fn new(endpoint: &Endpoint, messages: Messages) -> Self {
        let limit = messages.limit;
        #[cfg(feature = "https")]
        if let Some(path) = endpoint.path() {
            let encoding = messages.encoding;
            return Self::Http(Box::new(Http {
                endpoint: endpoint.clone(),
                path: path.to_owned(),
                encoding,
                limit,
                incoming: http::MessageReader::of_responses(http::BodyLimit {
                    bytes: encoding.longest_body(limit),
                    is_text: encoding.is_text(),
                }),
                closing: false,
            }));
        }
        let _ = endpoint;
        Self::Bare(Incoming::new(limit))
    }

    /// Returns the TLS configuration for this framing. ALPN selects HTTP/1.1 on servers that also support HTTP/2.
    pub(crate) fn tls(&self, tls: &Arc<ClientConfig>) -> Arc<ClientConfig> {
        match self {
            Self::Bare(_) => Arc::clone(tls),
            #[cfg(feature = "https")]
            Self::Http(_) => {
                let mut tls = ClientConfig::clone(tls);
                tls.alpn_protocols = vec![http::ALPN.to_vec()];
                Arc::new(tls)
            }
        }
    }

    /// Frames a request.
    ///
    /// # Errors
    ///
    /// Fails if the encoding cannot carry it.
    pub(crate) fn outgoing<'r>(&self, request: &'r [u8]) -> Result<FramedRequest<'r>, TransportError> {
        match self {
            Self::Bare(_) => Ok(FramedRequest::Bare(request)),
            #[cfg(feature = "https")]
            Self::Http(http) => http::request(&http.endpoint, &http.path, http.encoding, request)
                .map(FramedRequest::Framed)
                .map_err(|error| TransportError::Http(HttpError::Unwritable(error))),
        }
    }

    /// Returns the buffer for the next bytes. It is never empty.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        match self {
            Self::Bare(incoming) => incoming.space(),
            #[cfg(feature = "https")]
            Self::Http(http) => http.incoming.space(),
        }
    }

    /// Records this many bytes in [`Framing::space`], and returns the message that they complete.
    pub(crate) fn filled(&mut self, bytes: usize) -> Result<Option<Bytes>, TransportError> {
        match self {
            Self::Bare(incoming) => incoming.filled(bytes).map_err(TransportError::Malformed),
            #[cfg(feature = "https")]
            Self::Http(http) => http.filled(bytes),
        }
    }

    /// Returns `true` if nothing of a response has arrived, and the server has not announced the end of the connection.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Bare(incoming) => incoming.is_empty(),
            #[cfg(feature = "https")]
            Self::Http(http) => !http.closing && http.incoming.is_empty(),
        }
    }

    /// Returns the number of bytes of the message that have arrived, and its length if known.
    pub(crate) fn progress(&self) -> (usize, Option<usize>) {
        match self {
            Self::Bare(incoming) => incoming.progress(),
            #[cfg(feature = "https")]
            Self::Http(http) => (http.incoming.received(), None),
        }
    }
}

#[cfg(feature = "https")]
impl Http {
    fn filled(&mut self, bytes: usize) -> Result<Option<Bytes>, TransportError> {
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
