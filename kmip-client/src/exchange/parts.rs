//! Data of any length for one operation, in several requests, without I/O.

use std::fmt;

use zeroize::Zeroizing;

use crate::exchange::OutOfStep;
use crate::exchange::reply::Reply;
use crate::protocol::Data;
use crate::protocol::operation::{MultiPart, Part, Place};

/// Cuts data into the parts of one operation: Encrypt, Decrypt, Sign, Signature Verify, MAC, MAC Verify or Hash (KMIP 2.1, 6.1).
///
/// It keeps one part, whatever the length of the data, and wipes it. Data that fit one part become a request of the usual kind, so that short
/// ones need no server that takes parts. `stream` of both clients and [`Stream`](crate::Stream) are this with a client.
///
/// ```
/// use kmip_client::protocol::operation::Hash;
/// use kmip_client::{Exchange, Parts};
/// use kmip_client::ttlv::V1_4;
///
/// let mut parts = Parts::new(Hash::sha256(b""), 4096);
/// assert_eq!(parts.push(&[7; 5000]), 4096); // it is full
/// let first = Exchange::new(V1_4, &parts.request())?;
/// // ... sent, answered, and noted with `parts.answered(&reply)`; then comes the rest
/// # let _ = first;
/// # Ok::<(), kmip_client::ttlv::Error>(())
/// ```
pub struct Parts<R> {
    whole: R,
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
    correlation_value: Option<Vec<u8>>,
}

impl<R: MultiPart> Parts<R> {
    /// For this request, in parts of so many bytes; at least one. Servers may want a multiple of the block length.
    ///
    /// Data that the request has already come first, or as much of them as fits one part.
    #[must_use]
    pub fn new(whole: R, part_size: usize) -> Self {
        let buffer = Zeroizing::new(vec![0; part_size.max(1)]);
        let mut parts = Self { whole, buffer, filled: 0, correlation_value: None };
        let start = parts.whole.data().and_then(Data::bytes).map(|bytes| Zeroizing::new(bytes.expose().to_vec()));
        if let Some(start) = start {
            if parts.buffer.len() < start.len() {
                parts.buffer = Zeroizing::new(vec![0; start.len()]);
            }
            parts.push(&start);
        }
        parts
    }

    /// Where the next data go; nowhere once the part is full, and has to be sent before more can come.
    pub fn space(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// Takes note of this many bytes at the beginning of [`Parts::space`].
    ///
    /// # Panics
    ///
    /// Where that is more than the space has.
    pub fn filled(&mut self, bytes: usize) {
        let space = self.buffer.len() - self.filled;
        assert!(bytes <= space, "{bytes} bytes are said to fill a space of {space}");
        self.filled += bytes;
    }

    /// Takes as many of these bytes as fit the part, and says how many.
    pub fn push(&mut self, data: &[u8]) -> usize {
        let space = self.space();
        let taken = space.len().min(data.len());
        space[..taken].copy_from_slice(&data[..taken]);
        self.filled(taken);
        taken
    }

    /// Whether the part is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.filled == self.buffer.len()
    }

    /// The request for this part, to which more will follow.
    #[must_use]
    pub fn request(&self) -> Part<'_, R::Operation> {
        let place = self.correlation_value.as_deref().map_or(Place::First, Place::Next);
        self.whole.part(place, &self.buffer[..self.filled])
    }

    /// The request for this part, which is the last; of all data where there was none before it.
    #[must_use]
    pub fn last_request(&self) -> Part<'_, R::Operation> {
        let place = self.correlation_value.as_deref().map_or(Place::Only, Place::Last);
        self.whole.part(place, &self.buffer[..self.filled])
    }

    /// Takes note of the answer to [`Parts::request`], and makes room for the next part.
    ///
    /// # Errors
    ///
    /// Where the server does not say how to go on.
    pub fn answered(&mut self, reply: &Reply<R::Operation>) -> Result<(), OutOfStep> {
        if self.correlation_value.is_none() {
            let value = R::correlation_value(&reply.payload()).map(<[u8]>::to_vec);
            self.correlation_value = Some(value.ok_or(OutOfStep::NoCorrelationValue)?);
        }
        self.filled = 0;
        Ok(())
    }

    /// Whether the server waits for another part.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.correlation_value.is_some()
    }

    /// Leaves out what is in this part.
    #[cfg(feature = "_client")]
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Takes note that the server has been told that it was the last part.
    #[cfg(feature = "_client")]
    pub(crate) fn end(&mut self) {
        self.correlation_value = None;
    }
}

/// Prints how much there is, not what.
impl<R> fmt::Debug for Parts<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parts({} of {} bytes)", self.filled, self.buffer.len())
    }
}
