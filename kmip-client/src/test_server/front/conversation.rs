//! Requests in the stream of a connection, and the framing of their responses: bare, or in HTTP.

use std::io::{self, Read};

use bytes::Bytes;
#[cfg(feature = "https")]
use zeroize::Zeroizing;

use crate::exchange::incoming::Incoming;
use crate::test_server::front::fault;
use crate::test_server::state::call::Answer;
#[cfg(feature = "https")]
use crate::{
    config::MessageEncoding,
    transport::http::{self, Head, HttpError, Start},
};

/// The longest request that is accepted, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// The path of KMIP over HTTPS (KMIP Additional Message Encodings 1.0, 2.3).
#[cfg(feature = "https")]
pub(in crate::test_server) const PATH: &str = "/kmip";

/// A connection, and the bytes of its next request that have arrived.
pub(in crate::test_server) struct Conversation {
    incoming: Framed,
    /// The first byte, which determined the framing.
    first: Option<u8>,
}

enum Framed {
    Bare(Incoming),
    #[cfg(feature = "https")]
    Http(Box<http::MessageReader>),
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
    #[cfg(feature = "https")]
    Refused { status: u16, close: bool },
}

/// The framing of a response.
#[derive(Clone, Copy)]
pub(in crate::test_server) enum Wrapping {
    None,
    #[cfg(feature = "https")]
    Http {
        encoding: MessageEncoding,
        close: bool,
    },
}

impl Conversation {
    /// Creates a conversation from its first byte: that of a message, or of an HTTP method. The specification allows
    /// both on one port (KMIP Additional Message Encodings 1.0, 2.2).
    pub(in crate::test_server) fn begun_with(first: u8, https: bool) -> Self {
        let incoming = match first {
            #[cfg(feature = "https")]
            b'C'..=b'Z' if https => {
                let longest = MessageEncoding::ALL.iter().map(|encoding| encoding.longest_body(LONGEST)).max();
                let limit = http::BodyLimit { bytes: longest.unwrap_or(LONGEST), is_text: false };
                Framed::Http(Box::new(http::MessageReader::of_requests(limit)))
            }
            _ => Framed::Bare(Incoming::new(LONGEST)),
        };
        let _ = https;
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
                #[cfg(feature = "https")]
                Framed::Http(incoming) => match incoming.filled(arrived) {
                    Ok(None) => {}
                    Ok(Some((head, body))) => return Ok(unwrapped(&head, body)),
                    Err(fault) => return Ok(Received::Refused { status: status_of(&fault), close: true }),
                },
            }
        }
    }

    fn is_empty(&self) -> bool {
        match &self.incoming {
            Framed::Bare(incoming) => incoming.is_empty(),
            #[cfg(feature = "https")]
            Framed::Http(incoming) => incoming.is_empty(),
        }
    }

    fn space(&mut self) -> &mut [u8] {
        match &mut self.incoming {
            Framed::Bare(incoming) => incoming.space(),
            #[cfg(feature = "https")]
            Framed::Http(incoming) => incoming.space(),
        }
    }
}

/// Extracts the message from an HTTP request, or returns the status to refuse it with.
#[cfg(feature = "https")]
fn unwrapped(head: &Head, body: Zeroizing<Vec<u8>>) -> Received {
    let close = head.close;
    let refused = |status| Received::Refused { status, close };
    let Start::Request { method, target } = &head.start else { return refused(400) };
    if target != PATH {
        return refused(404);
    }
    if method != "POST" {
        return refused(405);
    }
    let named = |encoding: &&MessageEncoding| head.content_type.as_deref() == Some(encoding.media_type());
    let Some(encoding) = MessageEncoding::ALL.iter().copied().find(|encoding| named(&encoding)) else {
        return refused(415);
    };
    match encoding.read(body, LONGEST) {
        Ok(frame) => Received::Message(Bytes::from_owner(frame), Wrapping::Http { encoding, close }),
        Err(fault) => refused(status_of(&fault)),
    }
}

#[cfg(feature = "https")]
fn status_of(fault: &HttpError) -> u16 {
    match fault {
        HttpError::TooLarge { part: "the body", .. } => 413,
        HttpError::TooLarge { .. } => 431,
        _ => 400,
    }
}

/// Builds a response without a body.
#[cfg(feature = "https")]
pub(in crate::test_server) fn status(status: u16, close: bool) -> String {
    let close = if close { "Connection: close\r\n" } else { "" };
    let elsewhere = if (300..400).contains(&status) { "Location: https://elsewhere.example/kmip\r\n" } else { "" };
    format!("HTTP/1.1 {status} \r\nContent-Length: 0\r\nAllow: POST\r\n{elsewhere}{close}\r\n")
}

impl Wrapping {
    /// Frames the response.
    pub(in crate::test_server) fn around(self, answer: &[u8]) -> Answer {
        match self {
            Self::None => Answer::new(answer.to_vec()),
            #[cfg(feature = "https")]
            Self::Http { encoding, close } => {
                // A client with another encoding may have stored text that XML cannot carry.
                http::response(encoding, close, answer).unwrap_or_else(|_| Answer::new(status(500, close).into_bytes()))
            }
        }
    }

    /// Returns `true` if the client asked to close the connection after the response.
    pub(in crate::test_server) const fn is_last(self) -> bool {
        match self {
            Self::None => false,
            #[cfg(feature = "https")]
            Self::Http { close, .. } => close,
        }
    }

    /// Builds a response with this status; `None` without HTTP.
    pub(in crate::test_server) fn status(self, status: u16) -> Option<String> {
        match self {
            Self::None => {
                let _ = status;
                None
            }
            #[cfg(feature = "https")]
            Self::Http { close, .. } => Some(self::status(status, close)),
        }
    }

    /// Builds the beginning of a response of 2 GiB.
    pub(in crate::test_server) fn oversized(self) -> Vec<u8> {
        match self {
            Self::None => fault::OVERSIZED.to_vec(),
            #[cfg(feature = "https")]
            Self::Http { encoding, .. } => {
                let length = u64::from(u32::MAX / 2) + 1;
                // XML and JSON are longer than the message in them.
                let length = length * encoding.longest_body(1) as u64;
                let media_type = encoding.media_type();
                format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n")
                    .into_bytes()
            }
        }
    }
}
