//! The framing of messages on a connection: concatenated, or each in the body of an HTTP message.

#[cfg(feature = "https")]
mod http;
#[cfg(not(feature = "https"))]
#[path = "framing/no_http.rs"]
mod http;

use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use rustls::ClientConfig;
use zeroize::Zeroizing;

use self::http::Http;
use super::error::TransportError;
use crate::config::{Endpoint, Messages};
use crate::exchange::Incoming;

/// The framing of one connection, and the bytes that have arrived.
pub(crate) enum Framing {
    /// KMIP directly over TLS.
    Bare(Incoming),
    Http(Box<Http>),
}

/// A framed request.
pub(crate) enum FramedRequest<'r> {
    Bare(&'r [u8]),
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
        match Http::new(endpoint, messages) {
            Some(http) => Self::Http(Box::new(http)),
            None => Self::Bare(Incoming::new(messages.limit)),
        }
    }

    /// Returns the TLS configuration for this framing. ALPN selects HTTP/1.1 on servers that also support HTTP/2.
    pub(crate) fn tls(&self, tls: &Arc<ClientConfig>) -> Arc<ClientConfig> {
        match self {
            Self::Bare(_) => Arc::clone(tls),
            Self::Http(http) => {
                let mut tls = ClientConfig::clone(tls);
                tls.alpn_protocols = vec![http.alpn().to_vec()];
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
            Self::Http(http) => http.outgoing(request).map(FramedRequest::Framed),
        }
    }

    /// Returns the buffer for the next bytes. It is never empty.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        match self {
            Self::Bare(incoming) => incoming.space(),
            Self::Http(http) => http.space(),
        }
    }

    /// Records this many bytes in [`Framing::space`], and returns the message that they complete.
    pub(crate) fn filled(&mut self, bytes: usize) -> Result<Option<Bytes>, TransportError> {
        match self {
            Self::Bare(incoming) => incoming.filled(bytes).map_err(TransportError::Malformed),
            Self::Http(http) => http.filled(bytes),
        }
    }

    /// Returns `true` if nothing of a response has arrived, and the server has not announced the end of the connection.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Bare(incoming) => incoming.is_empty(),
            Self::Http(http) => http.is_ready(),
        }
    }

    /// Returns the number of bytes of the message that have arrived, and its length if known.
    pub(crate) fn progress(&self) -> (usize, Option<usize>) {
        match self {
            Self::Bare(incoming) => incoming.progress(),
            Self::Http(http) => (http.received(), None),
        }
    }
}
