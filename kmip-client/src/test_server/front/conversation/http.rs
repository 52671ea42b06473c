//! Requests and responses in the bodies of HTTP (KMIP Additional Message Encodings 1.0, 2).

use std::sync::Arc;

use bytes::Bytes;
use rustls::ServerConfig;
use zeroize::Zeroizing;

use crate::config::MessageEncoding;
use crate::test_server::state::call::Answer;
use crate::transport::http::{self, BodyLimit, Head, HttpError, MessageReader, Start};

/// The path of KMIP over HTTPS (KMIP Additional Message Encodings 1.0, 2.3).
const PATH: &str = "/kmip";

/// The bytes of the next request that have arrived.
pub(super) struct HttpRequests {
    incoming: MessageReader,
    /// The longest message that is accepted, in bytes.
    longest: usize,
}

/// The framing of a response: that of its request.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct HttpWrapping {
    encoding: MessageEncoding,
    close: bool,
}

/// A request that is refused with an HTTP status.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct HttpRefusal {
    status: u16,
    close: bool,
}

/// Offers HTTP/1.1 in ALPN.
pub(in crate::test_server) fn offer(tls: &mut Arc<ServerConfig>) {
    Arc::make_mut(tls).alpn_protocols = vec![http::ALPN.to_vec()];
}

impl HttpRequests {
    /// Starts to read requests with messages of at most `longest` bytes, if this is the first byte of an HTTP method.
    pub(super) fn begun_with(first: u8, longest: usize) -> Option<Self> {
        if !(b'C'..=b'Z').contains(&first) {
            return None;
        }
        let body = MessageEncoding::ALL.iter().map(|encoding| encoding.longest_body(longest)).max();
        let limit = BodyLimit { bytes: body.unwrap_or(longest), is_text: false };
        Some(Self { incoming: MessageReader::of_requests(limit), longest })
    }

    /// Returns `true` if nothing of a request has arrived.
    pub(super) fn is_empty(&self) -> bool {
        self.incoming.is_empty()
    }

    /// Returns the buffer for the next bytes.
    pub(super) fn space(&mut self) -> &mut [u8] {
        self.incoming.space()
    }

    /// Records this many bytes in [`HttpRequests::space`], and returns the message that they complete.
    pub(super) fn filled(&mut self, bytes: usize) -> Result<Option<(Bytes, HttpWrapping)>, HttpRefusal> {
        match self.incoming.filled(bytes) {
            Ok(None) => Ok(None),
            Ok(Some((head, body))) => message(&head, body, self.longest).map(Some),
            Err(fault) => Err(HttpRefusal { status: status_of(&fault), close: true }),
        }
    }
}

/// Extracts the message of at most `longest` bytes from a request.
fn message(head: &Head, body: Zeroizing<Vec<u8>>, longest: usize) -> Result<(Bytes, HttpWrapping), HttpRefusal> {
    let close = head.close;
    let refused = |status| HttpRefusal { status, close };
    let Start::Request { method, target } = &head.start else { return Err(refused(400)) };
    if target != PATH {
        return Err(refused(404));
    }
    if method != "POST" {
        return Err(refused(405));
    }
    let named = |encoding: &&MessageEncoding| head.content_type.as_deref() == Some(encoding.media_type());
    let Some(encoding) = MessageEncoding::ALL.iter().copied().find(|encoding| named(&encoding)) else {
        return Err(refused(415));
    };
    match encoding.read(body, longest) {
        Ok(frame) => Ok((Bytes::from_owner(frame), HttpWrapping { encoding, close })),
        Err(fault) => Err(refused(status_of(&fault))),
    }
}

fn status_of(fault: &HttpError) -> u16 {
    match fault {
        HttpError::TooLarge { part: "the body", .. } => 413,
        HttpError::TooLarge { .. } => 431,
        _ => 400,
    }
}

impl HttpRefusal {
    /// Returns `true` if the connection ends after the response.
    pub(in crate::test_server) const fn is_last(self) -> bool {
        self.close
    }

    /// Builds the response, which has no body.
    pub(in crate::test_server) fn response(self) -> String {
        let Self { status, close } = self;
        let close = if close { "Connection: close\r\n" } else { "" };
        let elsewhere = if (300..400).contains(&status) { "Location: https://elsewhere.example/kmip\r\n" } else { "" };
        format!("HTTP/1.1 {status} \r\nContent-Length: 0\r\nAllow: POST\r\n{elsewhere}{close}\r\n")
    }
}

impl HttpWrapping {
    /// Returns `true` if the client asked to close the connection after the response.
    pub(super) const fn is_last(self) -> bool {
        self.close
    }

    /// Frames the response. A client with another encoding may have stored text that XML cannot carry.
    pub(super) fn around(self, answer: &[u8]) -> Answer {
        http::response(self.encoding, self.close, answer).unwrap_or_else(|_| Answer::new(self.status(500).into_bytes()))
    }

    /// Builds a response with this status.
    pub(super) fn status(self, status: u16) -> String {
        HttpRefusal { status, close: self.close }.response()
    }

    /// Builds the beginning of a response of 2 GiB.
    pub(super) fn oversized(self) -> Vec<u8> {
        let length = u64::from(u32::MAX / 2) + 1;
        // XML and JSON are longer than the message in them.
        let length = length * self.encoding.longest_body(1) as u64;
        let media_type = self.encoding.media_type();
        format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n").into_bytes()
    }
}
