//! Messages out of the bytes that arrive, without I/O.

use std::fmt;

use bytes::Bytes;
use kmip_ttlv::{Error, ErrorKind, Result, Tag, frame_len};
use zeroize::Zeroizing;

/// Collects one message after another from bytes that arrive in any pieces.
///
/// Memory is taken as bytes arrive, not as a length promises, and wiped when the last handle to a message goes. A connection whose bytes are
/// no message cannot be used any more: where the next one starts is not known.
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
    /// The header of the message, which tells how much memory to take for all of it.
    header: [u8; HEADER],
    /// What has arrived of the message, in memory that grows by doubling up to the length of the message; nothing before the header is there.
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    /// The length of the message, once its header is there.
    length: Option<usize>,
}

/// How many bytes a header has.
const HEADER: usize = 8;

/// How much memory is taken for the first bytes of a message. Most have less.
const FIRST: usize = 4096;

impl Incoming {
    /// For messages of at most `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, header: [0; HEADER], buffer: Zeroizing::new(Vec::new()), filled: 0, length: None }
    }

    /// Where the next bytes go. Never empty, and never beyond the end of the message.
    pub fn space(&mut self) -> &mut [u8] {
        let Some(length) = self.length else { return &mut self.header[self.filled..] };
        if self.filled == self.buffer.len() {
            self.buffer = moved(&self.buffer, (2 * self.filled).min(length));
        }
        &mut self.buffer[self.filled..]
    }

    /// Takes note of this many bytes at the beginning of [`Incoming::space`], and returns the message that they have completed.
    ///
    /// # Errors
    ///
    /// Where the bytes are no message, or one over the limit, or there are more of them than the space has. Nothing more can be read then.
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

    /// Whether nothing of a message is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// How many bytes of the message are there, and how many it has in all, where that is known.
    #[must_use]
    pub fn progress(&self) -> (usize, Option<usize>) {
        (self.filled, self.length)
    }
}

/// A buffer of this length that begins with these bytes. The one that they come from is not grown in place, which would leave them behind.
fn moved(bytes: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut larger = Zeroizing::new(Vec::with_capacity(length));
    larger.extend_from_slice(bytes);
    larger.resize(length, 0);
    larger
}

/// Adds bytes to others, which are wiped where they have to move.
#[cfg(feature = "https")]
pub(crate) fn append(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let length = bytes.len() + more.len();
    if length > bytes.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.max(2 * bytes.capacity())));
        larger.extend_from_slice(bytes);
        *bytes = larger;
    }
    bytes.extend_from_slice(more);
}

/// Prints how much has arrived, not what.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            Some(length) => write!(f, "Incoming({} of {length} bytes)", self.filled),
            None => write!(f, "Incoming({} bytes)", self.filled),
        }
    }
}
