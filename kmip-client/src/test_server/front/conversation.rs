//! Requests in the stream of a connection, and the framing of their responses: bare, or in HTTP.

#[cfg(feature = "https")]
mod http;
#[cfg(not(feature = "https"))]
#[path = "conversation/no_http.rs"]
mod http;

use std::io::{self, Read};

use bytes::Bytes;

pub(in crate::test_server) use self::http::offer as offer_http;

use self::http::{HttpRefusal, HttpRequests, HttpWrapping};
use crate::exchange::incoming::Incoming;
use crate::test_server::front::fault;
use crate::test_server::state::call::Answer;

/// The longest request that is accepted, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// A connection, and the bytes of its next request that have arrived.
pub(in crate::test_server) struct Conversation {
    incoming: Framed,
    /// The first byte, which determined the framing.
    first: Option<u8>,
}

enum Framed {
    Bare(Incoming),
    Http(Box<HttpRequests>),
}

/// The next event of a connection.
pub(in crate::test_server) enum Received {
    /// The client has closed the connection.
    End,
    /// A message, and the framing of its response.
    Message(Bytes, Wrapping),
    /// Bytes that are no KMIP.
    Unreadable(kmip_ttlv::Error),
    /// A request that is refused with an HTTP status.
    Refused(HttpRefusal),
}

/// The framing of a response.
#[derive(Clone, Copy)]
pub(in crate::test_server) enum Wrapping {
    None,
    Http(HttpWrapping),
}

impl Conversation {
    /// Creates a conversation from its first byte: that of a message, or of an HTTP method. The specification allows
    /// both on one port (KMIP Additional Message Encodings 1.0, 2.2).
    pub(in crate::test_server) fn begun_with(first: u8, https: bool) -> Self {
        let http = if https { HttpRequests::begun_with(first, LONGEST) } else { None };
        let incoming = match http {
            Some(http) => Framed::Http(Box::new(http)),
            None => Framed::Bare(Incoming::new(LONGEST)),
        };
        Self { incoming, first: Some(first) }
    }

    /// Reads until a request is complete. `closes` is called when its first bytes have arrived, and may end the
    /// connection.
    pub(in crate::test_server) fn next(
        &mut self,
        stream: &mut impl Read,
        closes: impl Fn() -> bool,
    ) -> io::Result<Received> {
        let mut begun = false;
        loop {
            let empty = self.is_empty();
            let arrived = match self.first.take() {
                Some(first) => {
                    self.space()[0] = first;
                    1
                }
                // These bytes arrived together with the previous request.
                None if !empty && !begun => 0,
                None => match stream.read(self.space())? {
                    0 if empty => return Ok(Received::End),
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    arrived => arrived,
                },
            };
            if !begun && closes() {
                return Ok(Received::End);
            }
            begun = true;
            match &mut self.incoming {
                Framed::Bare(incoming) => match incoming.filled(arrived) {
                    Ok(None) => {}
                    Ok(Some(frame)) => return Ok(Received::Message(frame, Wrapping::None)),
                    Err(error) => return Ok(Received::Unreadable(error)),
                },
                Framed::Http(incoming) => match incoming.filled(arrived) {
                    Ok(None) => {}
                    Ok(Some((frame, wrapping))) => return Ok(Received::Message(frame, Wrapping::Http(wrapping))),
                    Err(refusal) => return Ok(Received::Refused(refusal)),
                },
            }
        }
    }

    fn is_empty(&self) -> bool {
        match &self.incoming {
            Framed::Bare(incoming) => incoming.is_empty(),
            Framed::Http(incoming) => incoming.is_empty(),
        }
    }

    fn space(&mut self) -> &mut [u8] {
        match &mut self.incoming {
            Framed::Bare(incoming) => incoming.space(),
            Framed::Http(incoming) => incoming.space(),
        }
    }
}

impl Wrapping {
    /// Frames the response.
    pub(in crate::test_server) fn around(self, answer: &[u8]) -> Answer {
        match self {
            Self::None => Answer::new(answer.to_vec()),
            Self::Http(http) => http.around(answer),
        }
    }

    /// Returns `true` if the client asked to close the connection after the response.
    pub(in crate::test_server) const fn is_last(self) -> bool {
        match self {
            Self::None => false,
            Self::Http(http) => http.is_last(),
        }
    }

    /// Builds a response with this status; `None` without HTTP.
    pub(in crate::test_server) fn status(self, status: u16) -> Option<String> {
        match self {
            Self::None => None,
            Self::Http(http) => Some(http.status(status)),
        }
    }

    /// Builds the beginning of a response of 2 GiB.
    pub(in crate::test_server) fn oversized(self) -> Vec<u8> {
        match self {
            Self::None => fault::OVERSIZED.to_vec(),
            Self::Http(http) => http.oversized(),
        }
    }
}
