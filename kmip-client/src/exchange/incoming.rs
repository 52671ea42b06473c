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
