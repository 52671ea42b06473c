//! The framing of messages on a connection: one after another, or each in the body of an HTTP message.

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

/// The framing of one connection, and what has arrived in it.
pub(crate) enum Framing {
    /// As KMIP goes over TLS.
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
    incoming: http::Incoming,
    /// The server has said that the connection ends with its last answer.
    closing: bool,
}

/// A request as it goes out.
pub(crate) enum Outgoing<'r> {
    Bare(&'r [u8]),
    #[cfg_attr(not(feature = "https"), allow(dead_code, reason = "HTTP puts more around"))]
    Framed(Zeroizing<Vec<u8>>),
}

impl Deref for Outgoing<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Bare(bytes) => bytes,
            Self::Framed(bytes) => bytes,
        }
    }
}

impl Framing {
    /// For a connection to this server.
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
                incoming: http::Incoming::of_responses(http::BodyLimit {
                    bytes: encoding.longest_body(limit),
                    is_text: encoding.is_text(),
                }),
                closing: false,
            }));
        }
        let _ = endpoint;
        Self::Bare(Incoming::new(limit))
    }

    /// The TLS that goes with it: a server that has HTTP/2 too has to be told that we mean HTTP/1.1.
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
    /// Where the encoding cannot carry it.
    pub(crate) fn outgoing<'r>(&self, request: &'r [u8]) -> Result<Outgoing<'r>, TransportError> {
        match self {
            Self::Bare(_) => Ok(Outgoing::Bare(request)),
            #[cfg(feature = "https")]
            Self::Http(http) => http::request(&http.endpoint, &http.path, http.encoding, request)
                .map(Outgoing::Framed)
                .map_err(|error| TransportError::Http(HttpError::Unwritable(error))),
        }
    }

    /// Where the next bytes go. Never empty.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        match self {
            Self::Bare(incoming) => incoming.space(),
            #[cfg(feature = "https")]
            Self::Http(http) => http.incoming.space(),
        }
    }

    /// Takes note of this many bytes in [`Framing::space`], and returns the message that they have completed.
    pub(crate) fn filled(&mut self, bytes: usize) -> Result<Option<Bytes>, TransportError> {
        match self {
            Self::Bare(incoming) => incoming.filled(bytes).map_err(TransportError::Malformed),
            #[cfg(feature = "https")]
            Self::Http(http) => http.filled(bytes),
        }
    }

    /// Returns `true` if nothing of an answer is there, and the server has not said that the connection ends.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Bare(incoming) => incoming.is_empty(),
            #[cfg(feature = "https")]
            Self::Http(http) => !http.closing && http.incoming.is_empty(),
        }
    }

    /// Returns how many bytes of the message are there, and how many it has in all if that is known.
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
        // What comes behind an answer belongs to none: the answer is taken, and nothing more on this connection.
        self.closing = head.close || !self.incoming.is_empty();
        let expected = self.encoding.media_type();
        let frame = self.encoding.read(body, self.limit).map_err(|fault| match head.content_type {
            // What can be read is taken whatever it is called. What cannot is most likely no KMIP.
            Some(found) if found != expected => TransportError::Http(HttpError::ContentType { expected, found }),
            _ => match fault {
                HttpError::Unreadable(error) => TransportError::Malformed(error),
                fault => TransportError::Http(fault),
            },
        })?;
        Ok(Some(Bytes::from_owner(frame)))
    }
}
