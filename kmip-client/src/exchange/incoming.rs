//! Message framing for bytes that arrive, without I/O.

use std::fmt;

use bytes::Bytes;
use kmip_ttlv::{Error, ErrorKind, Result, Tag, frame_len};
use zeroize::Zeroizing;

/// A buffer that assembles messages from bytes that arrive in any pieces.
///
/// Memory grows as bytes arrive, not as a length promises, and is wiped when the last handle to a message is dropped.
/// After invalid bytes the connection is unusable, because the start of the next message is unknown.
///
/// ```
/// use kmip_client::Incoming;
///
/// let mut incoming = Incoming::new(65_536);
/// let message = [0x42, 0x00, 0x7B, 0x01, 0, 0, 0, 0]; // a response with nothing in it
/// let space = incoming.space();
/// space[..8].copy_from_slice(&message);
/// assert_eq!(incoming.filled(8)?.as_deref(), Some(&message[..]));
/// # Ok::<(), kmip_client::ttlv::Error>(())
/// ```
pub struct Incoming {
    limit: usize,
    /// The header of the message, which determines the memory for the whole message.
    header: [u8; HEADER],
    /// The part of the message that has arrived. The memory grows by doubling up to the length of the message; it is
    /// empty before the header has arrived.
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    /// The length of the message, once its header has arrived.
    length: Option<usize>,
}

/// Length of a header in bytes.
const HEADER: usize = 8;

/// Initial size of the buffer in bytes. Most messages are shorter.
const FIRST: usize = 4096;

impl Incoming {
    /// Creates a buffer for messages of at most `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, header: [0; HEADER], buffer: Zeroizing::new(Vec::new()), filled: 0, length: None }
    }

    /// Returns the buffer for the next bytes, which is never empty and never extends beyond the end of the message.
    pub fn space(&mut self) -> &mut [u8] {
        let Some(length) = self.length else { return &mut self.header[self.filled..] };
        if self.filled == self.buffer.len() {
            self.buffer = moved(&self.buffer, (2 * self.filled).min(length));
        }
        &mut self.buffer[self.filled..]
    }

    /// Records that this many bytes were written at the beginning of [`Incoming::space`], and returns the message that
    /// they complete, if any.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are no message, if the message exceeds the limit, or if there are more bytes than the space
    /// has. Nothing more can be read afterwards.
    pub fn filled(&mut self, bytes: usize) -> Result<Option<Bytes>> {
        let end = self.length.map_or(HEADER, |_| self.buffer.len());
        if bytes > end - self.filled {
            return Err(Error::of_value(Tag::RESPONSE_MESSAGE, ErrorKind::TrailingBytes(bytes - (end - self.filled))));
        }
        self.filled += bytes;
        if self.length.is_none() {
            let Some(length) = frame_len(&self.header[..self.filled], self.limit)? else { return Ok(None) };
            self.length = Some(length);
            self.buffer = moved(&self.header, FIRST.min(length));
        }
        if self.length != Some(self.filled) {
            return Ok(None);
        }
        self.filled = 0;
        self.length = None;
        Ok(Some(Bytes::from_owner(std::mem::take(&mut self.buffer))))
    }

    /// Returns `true` if no byte of a message has arrived.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Returns the number of bytes that have arrived, and the length of the message once it is known.
    #[must_use]
    pub fn progress(&self) -> (usize, Option<usize>) {
        (self.filled, self.length)
    }
}

/// Returns a buffer of this length that begins with these bytes. It is a fresh buffer, because growing in place would
/// leave an unwiped copy.
fn moved(bytes: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut larger = Zeroizing::new(Vec::with_capacity(length));
    larger.extend_from_slice(bytes);
    larger.resize(length, 0);
    larger
}

/// Prints the number of bytes, not the bytes.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            Some(length) => write!(f, "Incoming({} of {length} bytes)", self.filled),
            None => write!(f, "Incoming({} bytes)", self.filled),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Returns the beginning of a message of this length.
    fn header_of(length: usize) -> [u8; HEADER] {
        let [a, b, c, d] = u32::try_from(length - HEADER).unwrap().to_be_bytes();
        [0x42, 0x00, 0x7B, 0x01, a, b, c, d]
    }

    fn arrive(incoming: &mut Incoming, bytes: &[u8]) -> Result<Option<Bytes>> {
        incoming.space()[..bytes.len()].copy_from_slice(bytes);
        incoming.filled(bytes.len())
    }

    #[test]
    fn more_bytes_than_the_space_has_are_an_error() {
        let beyond = |incoming: &mut Incoming, by| {
            let space = incoming.space().len();
            incoming.filled(space + by).unwrap_err().kind()
        };
        let mut incoming = Incoming::new(65_536);
        assert_eq!(beyond(&mut incoming, 1), ErrorKind::TrailingBytes(1));
        assert_eq!(arrive(&mut incoming, &header_of(5000)[..3]).unwrap(), None);
        assert_eq!(beyond(&mut incoming, 2), ErrorKind::TrailingBytes(2), "in the middle of the header");
        assert_eq!(arrive(&mut incoming, &header_of(5000)[3..]).unwrap(), None);
        assert_eq!(beyond(&mut incoming, 3), ErrorKind::TrailingBytes(3), "in the middle of the message");
        assert_eq!(beyond(&mut incoming, usize::MAX - 8192), ErrorKind::TrailingBytes(usize::MAX - 8192));
    }

    #[test]
    fn memory_grows_with_what_arrives_up_to_the_length_of_the_message() {
        for length in [HEADER, 16, FIRST, FIRST + 8, 2 * FIRST, 3 * FIRST, 8 * FIRST + 8] {
            let mut incoming = Incoming::new(1 << 20);
            let message: Vec<u8> = header_of(length).into_iter().chain((0..=250).cycle()).take(length).collect();
            let mut arrived = 0;
            let whole = loop {
                let space = incoming.space().len();
                assert!(
                    arrived + space <= FIRST.max(2 * arrived).min(length).max(HEADER),
                    "{length}: {arrived}, {space}"
                );
                let piece = &message[arrived..][..space.min(1000)];
                arrived += piece.len();
                match arrive(&mut incoming, piece).unwrap() {
                    Some(whole) => break whole,
                    None => assert_eq!(incoming.progress().0, arrived),
                }
            };
            assert_eq!((&whole[..], arrived), (&message[..], length));
            assert!(incoming.is_empty() && incoming.progress() == (0, None));
        }
    }

    #[test]
    fn it_is_shown_by_numbers_of_bytes() {
        let mut incoming = Incoming::new(64);
        arrive(&mut incoming, &header_of(24)[..3]).unwrap();
        assert_eq!((format!("{incoming:?}"), incoming.is_empty()), ("Incoming(3 bytes)".to_owned(), false));
        arrive(&mut incoming, &header_of(24)[3..]).unwrap();
        assert_eq!(format!("{incoming:?}"), "Incoming(8 of 24 bytes)");
    }
}
