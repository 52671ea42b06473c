//! KMIP over HTTPS (KMIP Additional Message Encodings 1.0, 2), without I/O: a message is sent as a POST, and the
//! response contains a message.
//!
//! httparse parses heads and chunk sizes. [`MessageReader`] does the rest. ureq-proto could, but it logs every byte of
//! a body at the level TRACE, and bodies hold keys.

mod body;
mod encoding;
mod error;
#[cfg(feature = "arbitrary")]
pub(crate) mod fuzzed;
mod head;
#[cfg(any(test, feature = "arbitrary"))]
mod pieces;

use kmip_ttlv::Result as TtlvResult;
use zeroize::{Zeroize, Zeroizing};

pub use self::error::HttpError;
use crate::config::MessageEncoding;

use self::body::Body;
pub(crate) use self::body::BodyLimit;
use self::head::LONGEST;
pub(crate) use self::head::{Head, Start};
use crate::config::Endpoint;

/// The name of the protocol in TLS (RFC 7301, 6).
pub(crate) const ALPN: &[u8] = b"http/1.1";

/// Returns the HTTP request with a message for this server (2.4).
///
/// # Errors
///
/// Fails if the encoding cannot carry the contents of the message: XML has no control characters.
pub(crate) fn request(
    endpoint: &Endpoint,
    path: &str,
    encoding: MessageEncoding,
    frame: &[u8],
) -> TtlvResult<Zeroizing<Vec<u8>>> {
    let body = encoding.write(frame)?;
    let media_type = encoding.media_type();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {media_type}\r\nAccept: {media_type}\r\nContent-Length: {}\r\n\
         Cache-Control: no-cache\r\nUser-Agent: kmip-client/{}\r\n\r\n",
        authority(endpoint),
        body.len(),
        env!("CARGO_PKG_VERSION"),
    );
    Ok(joined(&head, &body))
}

/// Returns the HTTP response with a message (2.5).
pub(crate) fn response(encoding: MessageEncoding, close: bool, frame: &[u8]) -> TtlvResult<Zeroizing<Vec<u8>>> {
    let body = encoding.write(frame)?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\n{}\r\n",
        encoding.media_type(),
        body.len(),
        if close { "Connection: close\r\n" } else { "" },
    );
    Ok(joined(&head, &body))
}

/// Returns host and port in the form of HTTP, which omits the default port.
fn authority(endpoint: &Endpoint) -> String {
    let host = endpoint.host();
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    match endpoint.port() {
        443 => host,
        port => format!("{host}:{port}"),
    }
}

/// Joins head and body in one buffer, so that a small message is sent in one TLS record.
fn joined(head: &str, body: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut message = Zeroizing::new(Vec::with_capacity(head.len() + body.len()));
    message.extend_from_slice(head.as_bytes());
    message.extend_from_slice(body);
    message
}

/// A parser of HTTP messages from bytes that arrive in any pieces. Its methods are those of [`crate::Incoming`].
///
/// Memory grows as bytes arrive, not as a length promises, and is bounded: heads, and the framing of chunks, by 16 KiB;
/// bodies by the limit.
pub(crate) struct MessageReader {
    read_head: ReadHead,
    limit: BodyLimit,
    /// The bytes that have not been parsed yet; the first `filled` bytes have arrived.
    arrived: Zeroizing<Vec<u8>>,
    filled: usize,
    part: Part,
    /// The number of bytes of the message so far.
    received: usize,
    /// The number of interim responses so far.
    interim: usize,
}

/// A head and its body.
type Message = (Head, Zeroizing<Vec<u8>>);

/// Parses a head at the beginning of these bytes, and returns its length; `None` if it is incomplete.
type ReadHead = fn(&[u8]) -> Result<Option<(usize, Head)>, HttpError>;

/// The maximum number of interim responses.
const MOST_INTERIM: usize = 16;

enum Part {
    Head,
    Body { head: Head, body: Body },
}

impl MessageReader {
    /// Creates a parser of responses. A status other than 200 is an error, whatever the body.
    pub(crate) fn of_responses(limit: BodyLimit) -> Self {
        Self::new(head::of_response, limit)
    }

    /// Creates a parser of requests.
    pub(crate) fn of_requests(limit: BodyLimit) -> Self {
        Self::new(head::of_request, limit)
    }

    fn new(read_head: ReadHead, limit: BodyLimit) -> Self {
        let arrived = Zeroizing::new(vec![0; LONGEST]);
        Self { read_head, limit, arrived, filled: 0, part: Part::Head, received: 0, interim: 0 }
    }

    /// Returns the buffer for the next bytes. It is never empty.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        &mut self.arrived[self.filled..]
    }

    /// Records this many bytes in [`MessageReader::space`], and returns the message that they complete.
    pub(crate) fn filled(&mut self, bytes: usize) -> Result<Option<Message>, HttpError> {
        self.received += bytes;
        let end = (self.filled + bytes).min(self.arrived.len());
        let mut start = 0;
        let message = self.read(&mut start, end)?;
        // The rest moves to the beginning, and the bytes of the body are wiped.
        self.arrived.copy_within(start..end, 0);
        self.filled = end - start;
        self.arrived[self.filled..end].zeroize();
        if message.is_some() {
            self.received = self.filled;
        } else if self.filled == self.arrived.len() {
            return Err(HttpError::TooLarge { part: "the head", limit: LONGEST });
        }
        Ok(message)
    }

    fn read(&mut self, start: &mut usize, end: usize) -> Result<Option<Message>, HttpError> {
        loop {
            match &mut self.part {
                Part::Head => {
                    let Some((length, head)) = (self.read_head)(&self.arrived[*start..end])? else { return Ok(None) };
                    *start += length;
                    // 100 Continue, and other interim responses (RFC 9110, 15.2).
                    if head.is_interim() {
                        self.interim += 1;
                        if self.interim > MOST_INTERIM {
                            return Err(HttpError::TooLarge {
                                part: "the number of interim responses",
                                limit: MOST_INTERIM,
                            });
                        }
                        continue;
                    }
                    self.interim = 0;
                    let body = Body::new(head.length, self.limit)?;
                    self.part = Part::Body { head, body };
                }
                Part::Body { body, .. } => {
                    let (taken, complete) = body.take(&self.arrived[*start..end])?;
                    *start += taken;
                    if !complete {
                        return Ok(None);
                    }
                    let Part::Body { head, body } = std::mem::replace(&mut self.part, Part::Head) else {
                        return Ok(None);
                    };
                    return Ok(Some((head, body.into_bytes())));
                }
            }
        }
    }

    /// Returns `true` if no byte of a message has arrived.
    pub(crate) fn is_empty(&self) -> bool {
        self.received == 0
    }

    /// Returns the number of bytes of the message that have arrived.
    pub(crate) fn received(&self) -> usize {
        self.received
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests;
